/*
 * Two results side by side: which differences are real and which are noise. Requests of one second
 * are alike (they share a queue, a garbage collection, a neighbour), and seconds that follow each
 * other too, so what is drawn again is neither requests nor seconds but blocks of seconds, as many
 * as a cube root law gives (block bootstrap; Künsch 1989; Hall, Horowitz and Jing 1995). From how a
 * statistic spreads over the drawn runs follows its error, on both sides, and from that whether the
 * difference stands out of it.
 *
 * Two runs cannot tell how much runs vary among each other. For that COMPARE_BETWEEN is added to
 * every error. That many differences are looked at is allowed for: half of a chance of 5 % goes to
 * the totals, half to all steps (Bonferroni). Pure arithmetic with a seed of its own: the same
 * results always compare the same.
 */
#ifndef STATS_COMPARE_H
#define STATS_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "stats/summary.h"

#define COMPARE_BETWEEN 0.01 /* standard error of a change between two runs of the same */
#define COMPARE_CHANCE	0.05 /* that any difference is told where there is none */
#define COMPARE_BLOCKS	5u   /* fewer say nothing */
#define COMPARE_ALL	SERIES_MAX

/* X(name, in words, whether more is worse) */
#define COMPARE_STATS(X)                                                                           \
	X(p50, "p50", true)                                                                        \
	X(p95, "p95", true)                                                                        \
	X(p99, "p99", true)                                                                        \
	X(error_rate, "error rate", true)                                                          \
	X(throughput, "requests/s", false)
#define COMPARE_ENUM(name, words, worse) COMPARE_##name,
enum compare_stat { COMPARE_STATS(COMPARE_ENUM) COMPARE_STAT_COUNT };
#undef COMPARE_ENUM

/* ---- one side */

/* A block of seconds of one series; counters in ascending order, empty ones left out. */
struct compare_block {
	uint64_t started, failed, samples;
	uint32_t count;
	uint32_t *counters;
	uint32_t *counts;
};

struct compare_side {
	struct arena arena;
	const struct series_table *table;
	unsigned block_seconds;
	unsigned blocks, max;	       /* closed; room for */
	struct compare_block **series; /* by series, then block; the last is all together */
	ns_t *lengths;		       /* of the blocks */
	struct summary block;	       /* the one at hand */
	unsigned seconds;	       /* in it */
	ns_t length;
};

/* For a run of SECONDS seconds. TABLE outlives it. */
void compare_side_init(struct compare_side *side, const struct series_table *table,
		       unsigned seconds);
void compare_side_release(struct compare_side *side);
/* A second, closed; of a last one cut short the caller has none. */
void compare_side_add(struct compare_side *side, const struct summary *second);

/* ---- the comparison */

struct compare_value {
	bool known;    /* enough samples on both sides */
	double a, b;   /* ms, a share, per second */
	double change; /* (b - a) / a; of a share from 0: INFINITY */
	double error;  /* standard error of b - a, as a share of a; of error_rate itself a share */
	double least;  /* the least change that would have been told in four of five pairs */
	bool real;
};

struct compare_row {
	uint64_t samples[2];
	struct compare_value values[COMPARE_STAT_COUNT];
};

/* Series IA of A against IB of B (COMPARE_ALL: all requests), one of ROWS such comparisons. */
void compare_series(const struct compare_side *a, unsigned ia, const struct compare_side *b,
		    unsigned ib, unsigned rows, struct compare_row *out);
/* Is the change one for the worse? */
bool compare_is_worse(enum compare_stat stat, const struct compare_value *v);
/* Real, for the worse, and more than ALLOW (0.05: 5 %) of what it was. */
bool compare_is_regression(enum compare_stat stat, const struct compare_value *v, double allow);

#endif
