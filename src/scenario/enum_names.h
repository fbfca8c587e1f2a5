/*
 * Words that several tables accept; each list is in the order of its enum in scenario/model.h and
 * ends with NULL. The lists of meanings have a phrase for each word, in the same order.
 */
#ifndef SCENARIO_ENUM_NAMES_H
#define SCENARIO_ENUM_NAMES_H

/* enum on_failure, without FAILURE_INHERIT: a row without `fallback` leaves 0, so check keys_has.
 */
extern const char *const on_failure_names[], *const on_failure_meanings[];
/* enum fixture_kind */
extern const char *const fixture_names[];
/* enum http_version */
extern const char *const http_version_names[], *const http_version_meanings[];
/* enum transport */
extern const char *const transport_names[], *const transport_meanings[];
/* enum resend_policy */
extern const char *const resend_policy_names[], *const resend_policy_meanings[];
/* enum trace_context */
extern const char *const trace_context_names[], *const trace_context_meanings[];

#endif
