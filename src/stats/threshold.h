/*
 * Thresholds: `STAT [of "NAME"] OP VALUE [for 10s] [after 30s]` (SCENARIO.md). The parser takes the
 * short form apart and says where it went wrong, so that the caller can point at it. Judging:
 *
 * - plain: the statistic over the whole run;
 * - `after 30s`: over what was counted after that moment;
 * - `for 10s`: each second by itself; it fails when it is broken for that long on end. A second
 *   without samples neither breaks nor mends it.
 *
 * A statistic without samples fails its threshold. Times are of ok answers; `error_rate` is failed
 * of started. NAME is a step, group or scenario as written, or `Scenario / Step`; of a scenario,
 * request statistics are those of its steps.
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
};

enum threshold_op {
	THRESHOLD_LESS,
	THRESHOLD_LESS_EQUAL,
	THRESHOLD_GREATER,
	THRESHOLD_GREATER_EQUAL,
	THRESHOLD_EQUAL,
	THRESHOLD_NOT_EQUAL,
};

/* What a value is counted in. */
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
	bool abort;	       /* the long form only */
	struct str at;	       /* "shop.yaml:52"; the caller's to fill in */
};

struct threshold_error {
	size_t begin, end;   /* byte range in the text */
	const char *message; /* what was expected there */
	struct str near;     /* the nearest known word, or empty */
	struct str fix;	     /* what should stand in that range, or empty */
};

/* A word of thresholds, for the manual and `reprise explain`. */
struct threshold_word {
	const char *word; /* "p95" represents all percentiles */
	const char *sentence, *example;
};

/* The statistics, and the modifiers `of`, `for`, `after` and `abort`; static. */
const struct threshold_word *threshold_statistics(size_t *count);
const struct threshold_word *threshold_modifiers(size_t *count);

/* Reads TEXT (which must outlive OUT); names with escapes are unescaped into ARENA. False: ERROR
 * says why. */
bool threshold_parse(struct arena *arena, struct str text, struct threshold *out,
		     struct threshold_error *error);
/* "ms" "%" "/s" "". */
const char *threshold_unit_name(enum threshold_unit unit);
/* "41 ms" "0.05 %" "148.2/s" "12" for people. */
void threshold_put_value(struct buf *out, const struct threshold *t, double value);
/* The kind meant by a threshold with a name: step before group before scenario. False: no such
 * name. */
bool threshold_kind(const struct threshold *t, const struct series_table *table,
		    enum series_kind *out);

struct threshold_result {
	bool has_value; /* false: no samples */
	double value;	/* in the threshold's unit; with `for`, of the worst second */
	bool pass;
	bool stop; /* abort was asked for, and it is broken for good: the run should end */
};

/* Judges a list of thresholds while a run goes on and at its end. Collector's thread. */
struct threshold_watch;
struct threshold_judge {
	const struct threshold *thresholds;
	size_t count;
	struct threshold_watch *watches;
	struct threshold_result *results; /* one each, as of the last call */
};

/* THRESHOLDS outlive it. */
void threshold_judge_init(struct threshold_judge *j, const struct threshold *thresholds,
			  size_t count);
void threshold_judge_release(struct threshold_judge *j);
/* After each summary_close_second; returns true when some result has `stop`. */
bool threshold_judge_second(struct threshold_judge *j, const struct summary *s, ns_t now);
/* The verdict, after the last summary_close_second. True when all pass. */
bool threshold_judge_end(struct threshold_judge *j, const struct summary *s);

#endif
