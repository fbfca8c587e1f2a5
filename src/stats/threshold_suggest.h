/*
 * Suggestions for thresholds that are written as in other tools. Private to
 * stats/threshold_parse.c.
 */
#ifndef STATS_THRESHOLD_SUGGEST_H
#define STATS_THRESHOLD_SUGGEST_H

#include "base/arena.h"
#include "base/str.h"
#include "stats/threshold.h"

struct threshold_suggestion {
	size_t length; /* the part of the text that FIX replaces; 0: no suggestion */
	struct str fix;
};

/* The statistic that the words at the start of REST mean, such as throughput or p(95). */
struct threshold_suggestion threshold_suggest_stat(struct arena *a, struct str rest);
/* The metric that the words at the start of REST mean, such as ttfb or http_req_waiting, with a
 * statistic unless one follows; also of `wait.p95`. */
struct threshold_suggestion threshold_suggest_metric(struct arena *a, struct str rest);
/* Sets OUT to the metric that WORD means in another tool. */
bool threshold_suggest_metric_word(struct str word, enum threshold_metric *out);
/* Whether REST begins with a statistic of a time, also as other tools write it. */
bool threshold_suggest_is_stat(struct str rest);
/* The comparison that the words at the start of REST mean, such as "is less than". */
struct threshold_suggestion threshold_suggest_op(struct str rest);
/* TEXT, which has `for NAME` or `of NAME` after its value at AT, as it should be: with `of "NAME"`
 * before the comparison; or empty. */
struct str threshold_suggest_name(struct arena *a, struct str text, size_t at, struct str name);
/* The number WORD with the usual unit, or empty. */
struct str threshold_suggest_value(struct arena *a, enum threshold_unit unit, struct str word);

#endif
