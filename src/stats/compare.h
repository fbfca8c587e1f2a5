/*
 * Compares two results: which differences are significant and which are noise. Requests of one
 * second are similar (they share a queue, a garbage collection, a noisy neighbour), and so are
 * consecutive seconds, so neither requests nor seconds but blocks of seconds are resampled, as
 * many as a cube root law gives (block bootstrap; Künsch 1989; Hall, Horowitz and Jing 1995).
 * The spread of a statistic over the resampled runs gives its error on both sides, and thus
 * whether the difference is significant. Two runs cannot show how much runs vary among each
 * other, so COMPARE_BETWEEN is added to every error. Multiple comparisons are allowed for in the
 * limit: half of a probability of 5 % goes to the totals, half to all steps (Bonferroni). Pure
 * arithmetic with its own seed: the same results always give the same comparison.
 */
#ifndef STATS_COMPARE_H
#define STATS_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "stats/summary.h"

#define COMPARE_BETWEEN 0.01 /* standard error of a change between two runs of the same */
#define COMPARE_CHANCE                                                                             \
	0.05		  /* probability that any difference is reported although there is none    \
			   */
#define COMPARE_BLOCKS 5u /* minimum; fewer are not compared */
#define COMPARE_ALL    SERIES_MAX
/* The handshakes of WebSockets and streams; the waits for messages, and the number of messages.
 * They have no error rate, which their steps have. */
#define COMPARE_HANDSHAKES (SERIES_MAX + 1)
#define COMPARE_MESSAGES   (SERIES_MAX + 2)

/* X(name, description, whether more is worse) */
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

/* A block of seconds of one series; counters in ascending order, without empty ones. */
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
	unsigned blocks, max;	       /* number of closed blocks; capacity */
	struct compare_block **series; /* by series, then block; the last ones are the sum of all,
					  the handshakes and the messages */
	ns_t *lengths;		       /* of the blocks */
	struct summary block;	       /* the current block */
	unsigned seconds;	       /* seconds in it */
	ns_t length;
};

/* For a run of SECONDS seconds. TABLE must outlive it. */
void compare_side_init(struct compare_side *side, const struct series_table *table,
		       unsigned seconds);
void compare_side_release(struct compare_side *side);
/* Adds a closed second; the caller omits a truncated last one. */
void compare_side_add(struct compare_side *side, const struct summary *second);

/* ---- the comparison */

struct compare_value {
	bool known;    /* enough samples on both sides */
	double a, b;   /* ms, a ratio, per second */
	double change; /* (b - a) / a; INFINITY for a ratio that was 0 */
	double error;  /* standard error of b - a, relative to a; absolute for error_rate */
	double least;  /* the smallest change that would be detected in 80 % of pairs */
	bool real;
};

struct compare_row {
	uint64_t samples[2];
	bool has_errors; /* an error rate */
	struct compare_value values[COMPARE_STAT_COUNT];
};

/* True if both sides have had such handshakes or messages. */
bool compare_has(const struct compare_side *a, const struct compare_side *b, unsigned series);
/* Series IA of A and IB of B (COMPARE_ALL: all requests, and so on), one of ROWS such comparisons.
 */
void compare_series(const struct compare_side *a, unsigned ia, const struct compare_side *b,
		    unsigned ib, unsigned rows, struct compare_row *out);
/* The number of requests that both runs need for STAT; 1 for rates. */
uint64_t compare_samples_needed(enum compare_stat stat);
/* Whether the change is a regression. */
bool compare_is_worse(enum compare_stat stat, const struct compare_value *v);
/* Significant, a regression, and more than ALLOW (0.05: 5 %) of the old value. */
bool compare_is_regression(enum compare_stat stat, const struct compare_value *v, double allow);

#endif
