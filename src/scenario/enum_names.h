/*
 * Words that several tables accept; each list is in the order of its enum in scenario/model.h and
 * ends with NULL.
 */
#ifndef SCENARIO_ENUM_NAMES_H
#define SCENARIO_ENUM_NAMES_H

/* enum on_failure, without FAILURE_INHERIT: a row without `fallback` leaves 0, so check keys_has.
 */
extern const char *const on_failure_names[];
/* enum fixture_kind */
extern const char *const fixture_names[];
/* enum http_version */
extern const char *const http_version_names[];
/* enum transport */
extern const char *const transport_names[];
/* enum resend_policy */
extern const char *const resend_policy_names[];
/* enum trace_context */
extern const char *const trace_context_names[];

#endif
