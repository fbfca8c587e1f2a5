/*
 * Thresholds: `[METRIC] STAT [of "NAME"] OP VALUE [for 10s] [after 30s]`. The parser reads the
 * short form and reports which part is wrong, so that the caller can point at it. How each form is
 * evaluated:
 *
 * - plain: the statistic over the whole run;
 * - `after 30s`: over everything counted after that time;
 * - `for 10s`: over each second; the threshold fails if it is broken for that long without
 *   interruption. A second without samples neither breaks nor repairs it.
 *
 * A statistic without samples fails its threshold. METRIC is what a statistic of time measures: a
 * row of threshold_words.def names the histogram that it reads. Times are those of ok responses;
 * dns, connect and tls are those of each request that opened a connection. `error_rate` is failed
 * requests divided by started ones. `failed_iterations` is the number or the percentage of
 * iterations and users that failed. NAME is a step, group or scenario as written, or `Scenario /
 * Step`; the requests of a scenario are those of its steps.
 *
 * threshold_parse.c reads the short form, threshold_judge.c evaluates thresholds.
 * threshold_default.c adds the thresholds for failures that no threshold of the scenario covers.
 */
#ifndef STATS_THRESHOLD_H
#define STATS_THRESHOLD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "stats/summary.h"

/* The time that a statistic is of. */
#define THRESHOLD_METRIC(word, metric, time, source, sentence, example) METRIC_##metric,
enum threshold_metric {
#include "stats/threshold_words.def"
	METRIC_COUNT
};

/* The samples of a metric. */
enum threshold_source {
	METRIC_OF_REQUESTS,
	METRIC_OF_ITERATIONS, /* only scenarios have it */
};

enum threshold_stat {
	STAT_PERCENTILE, /* p50 … p99.99 */
	STAT_MEAN,
	STAT_MIN,
	STAT_MAX, /* the last statistic of a time */
	STAT_REQUESTS,
	STAT_ITERATIONS,
	STAT_FAILURES,
	STAT_REQUESTS_PER_SECOND,
	STAT_OUTPUTS_PER_SECOND,
	STAT_ERROR_RATE,
	STAT_EXPECT_FAILURES,
	STAT_DROPPED,
	STAT_FAILED_ITERATIONS,
};

enum threshold_op {
	THRESHOLD_LESS,
	THRESHOLD_LESS_EQUAL,
	THRESHOLD_GREATER,
	THRESHOLD_GREATER_EQUAL,
	THRESHOLD_EQUAL,
	THRESHOLD_NOT_EQUAL,
};

/* The unit of a value. */
enum threshold_unit { THRESHOLD_MS, THRESHOLD_SHARE, THRESHOLD_PER_SECOND, THRESHOLD_COUNT };

enum threshold_scope {
	THRESHOLD_OF_ANY,
	THRESHOLD_OF_STEP,
	THRESHOLD_OF_GROUP,
	THRESHOLD_OF_SCENARIO,
};

struct threshold {
	struct str text;	      /* as written, trimmed */
	enum threshold_metric metric; /* of a statistic of time */
	enum threshold_stat stat;
	double percentile;	    /* of STAT_PERCENTILE */
	struct str name;	    /* empty: all */
	enum threshold_scope scope; /* the short form leaves it THRESHOLD_OF_ANY */
	enum threshold_op op;
	double value; /* ms, share (0.05 for 5%), per second, or a count */
	enum threshold_unit unit;
	ns_t for_ns, after_ns; /* 0: not given */
	bool abort;	       /* only in the long form */
	bool is_default; /* added for failures that no other threshold covers; counts only these */
	struct str at;	 /* "shop.yaml:52"; set by the caller; empty for a default */
	size_t stat_end; /* end of METRIC STAT in the text that was parsed; not saved */
};

struct threshold_error {
	size_t begin, end;   /* byte range in the text */
	const char *message; /* what is expected there */
	struct str near;     /* the nearest known word, or empty */
	struct str fix;	     /* the correct text for that range, or empty */
};

/* A word of thresholds, for the manual and `reprise explain`. */
struct threshold_word {
	const char *word; /* "p95" represents all percentiles */
	const char *sentence, *example;
};

/* The metrics, the statistics, and the modifiers `of`, `for`, `after` and `abort`; static. */
const struct threshold_word *threshold_metrics(size_t *count);
const struct threshold_word *threshold_statistics(size_t *count);
const struct threshold_word *threshold_modifiers(size_t *count);

/* The histogram that METRIC reads, in a series or, for METRIC_OF_ITERATIONS, in a scenario's. */
enum time_kind threshold_metric_time(enum threshold_metric metric);
enum threshold_source threshold_metric_source(enum threshold_metric metric);
/* The kind of series whose samples are those of METRIC: steps or scenarios. */
static inline enum series_kind threshold_metric_series(enum threshold_metric metric)
{
	return threshold_metric_source(metric) == METRIC_OF_ITERATIONS ? SERIES_SCENARIO
								       : SERIES_STEP;
}
/* "wait". */
const char *threshold_metric_name(enum threshold_metric metric);
/* Its meaning, for people. */
const char *threshold_metric_sentence(enum threshold_metric metric);
/* Sets OUT to the metric with this name; false: there is none. */
bool threshold_metric_find(struct str word, enum threshold_metric *out);
/* Whether a statistic is one of a time, so that it can have a metric. */
static inline bool threshold_stat_is_time(enum threshold_stat stat)
{
	return stat <= STAT_MAX;
}
/* The histogram of METRIC in S: of all requests, or of all iterations. */
const struct histogram *threshold_metric_total(enum threshold_metric metric,
					       const struct summary *s);
/* Whether one of the thresholds is about METRIC. */
bool threshold_metric_is_used(const struct threshold *list, size_t count,
			      enum threshold_metric metric);
/* True if outputs report METRIC, whose samples are TIMES: a threshold uses it, or it is one of
 * event streams and has samples. */
bool threshold_metric_is_reported(const struct threshold *list, size_t count,
				  enum threshold_metric metric, const struct histogram *times);
/* Whether one of them needs the phases of the requests inside the group SERIES: these are
 * counted only then. */
bool threshold_needs_group_phases(const struct threshold *list, size_t count,
				  const struct series_table *table, unsigned series);

/* Reads TEXT, which must outlive OUT; unescaped names are copied into ARENA. Returns false with the
 * reason in ERROR. */
bool threshold_parse(struct arena *arena, struct str text, struct threshold *out,
		     struct threshold_error *error);
/* "ms" "%" "/s" "". */
const char *threshold_unit_name(enum threshold_unit unit);
/* Appends VALUE for people: "41 ms", "0.05 %", "148.2/s" or "12". */
void threshold_put_value(struct buf *out, const struct threshold *t, double value);
/* Sets OUT to the kind of series that a threshold with a name refers to: a step before a group
 * before a scenario. Returns false if there is no such name. */
bool threshold_kind(const struct threshold *t, const struct series_table *table,
		    enum series_kind *out);

struct threshold_result {
	bool has_value; /* false: no samples */
	double value;	/* in the threshold's unit; with `for`, of the worst second */
	bool pass;
	bool stop; /* it has `abort` and has failed for good: the run should end */
	/* `failed_iterations = 0 (default)`: other iterations that failed because of a failed
	 * request. They are not in VALUE, since the limits of requests count the request. */
	uint64_t failed_by_request;
};

/* Appends the iterations that a default does not count: "8 more iterations failed because of a
 * failed request". Appends nothing if there are none. */
void threshold_put_uncounted(struct buf *out, const struct threshold_result *r);
/* Appends the measured value for people, or "no samples". A value that failed has enough digits to
 * differ from its limit: "3.004 s" if `p95 < 3s` failed. */
void threshold_put_measured(struct buf *out, const struct threshold *t,
			    const struct threshold_result *r);

/* ---- failures that no threshold covers */

/* Whether T limits the failed requests of the step SERIES: it is an upper limit on error_rate or
 * failures of all steps, of this step, or of its group or scenario. Defaults cover nothing. */
bool threshold_covers_step(const struct threshold *t, const struct series_table *table,
			   unsigned series);
/* Whether T limits the failed iterations of the scenario SERIES. */
bool threshold_covers_scenario(const struct threshold *t, const struct series_table *table,
			       unsigned series);
/* Whether T limits the users that failed outside their iterations. */
bool threshold_covers_users(const struct threshold *t);

#define THRESHOLD_DEFAULTS_MAX 2u
/*
 * Writes the thresholds for what LIST does not cover to OUT and returns their number. SEARCH: for a
 * capacity search, where 1 % of the requests may fail.
 */
size_t threshold_add_defaults(const struct threshold *list, size_t count,
			      const struct series_table *table, bool search,
			      struct threshold out[THRESHOLD_DEFAULTS_MAX]);

/* ---- evaluation */

/* Evaluates a list of thresholds during a run and at its end. Collector's thread. */
struct threshold_watch;
struct threshold_judge {
	const struct threshold *thresholds;
	size_t count;
	struct threshold_watch *watches;
	struct threshold_result *results; /* one each, as of the last call */
};

/* THRESHOLDS must outlive it. */
void threshold_judge_init(struct threshold_judge *j, const struct threshold *thresholds,
			  size_t count);
void threshold_judge_release(struct threshold_judge *j);
/* Call it after each summary_close_second. Returns true if a result has `stop`. */
bool threshold_judge_second(struct threshold_judge *j, const struct summary *s, ns_t now);
/* Call it after the last summary_close_second. Returns true if all thresholds passed. */
bool threshold_judge_end(struct threshold_judge *j, const struct summary *s);

#endif
