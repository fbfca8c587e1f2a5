/*
 * Thresholds: `STAT [of "NAME"] OP VALUE [for 10s] [after 30s]`. The parser reads the short form
 * and reports which part is wrong, so that the caller can point at it. How each form is evaluated:
 *
 * - plain: the statistic over the whole run;
 * - `after 30s`: over everything counted after that time;
 * - `for 10s`: over each second; the threshold fails if it is broken for that long without
 *   interruption. A second without samples neither breaks nor repairs it.
 *
 * A statistic without samples fails its threshold. Times are those of ok responses. `error_rate` is
 * failed requests divided by started ones. `failed_iterations` is the number or the percentage of
 * iterations and users that failed. NAME is a step, group or scenario as written, or `Scenario /
 * Step`; the requests of a scenario are those of its steps.
 *
 * threshold_judge.c evaluates thresholds. threshold_default.c adds the thresholds for failures that
 * no threshold of the scenario covers.
 */
#ifndef STATS_THRESHOLD_H
#define STATS_THRESHOLD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "stats/summary.h"

enum threshold_stat {
	STAT_PERCENTILE, /* p50 … p99.99 */
	STAT_MEAN,
	STAT_MIN,
	STAT_MAX,
	STAT_REQUESTS,
	STAT_ITERATIONS,
	STAT_FAILURES,
	STAT_REQUESTS_PER_SECOND,
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
	struct str text; /* as written, trimmed */
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

/* The statistics, and the modifiers `of`, `for`, `after` and `abort`; static. */
const struct threshold_word *threshold_statistics(size_t *count);
const struct threshold_word *threshold_modifiers(size_t *count);

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
};

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
