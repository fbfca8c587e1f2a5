/*
 * Words that more than one table takes; each list is in the order of its enum in scenario/model.h
 * and ends with NULL.
 */
#ifndef SCENARIO_WORDS_H
#define SCENARIO_WORDS_H

/* enum on_failure, without FAILURE_INHERIT: a row without `fallback` leaves 0, so ask given_has. */
extern const char *const on_failure_words[];
/* enum around */
extern const char *const around_words[];
/* enum http_version */
extern const char *const http_words[];

#endif
