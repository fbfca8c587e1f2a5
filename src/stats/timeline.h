/*
 * The course of a run: what charts over time are drawn from. Told the totals once a second, it
 * keeps the differences in at most TIMELINE_SLOTS slots of equal length, each with its percentiles,
 * its failures by class and its latencies in bins for a heat map, and for the first TIMELINE_SERIES
 * series coarser ones. No store grows with the length of the run: when all slots are taken, two and
 * two become one and percentiles of a joined slot are the higher of the two; where the planned
 * length is known, slots are made wide enough from the start and nothing is joined. Pure; one
 * thread.
 */
#ifndef STATS_TIMELINE_H
#define STATS_TIMELINE_H

#include "stats/summary.h"

#define TIMELINE_SLOTS	      600u
#define TIMELINE_SERIES_SLOTS 60u  /* slots of a single series */
#define TIMELINE_SERIES	      200u /* series with slots of their own */
#define TIMELINE_BINS	      64u  /* eight a decade, from TIMELINE_BIN_LOW */
#define TIMELINE_BIN_LOW      (10 * NS_PER_US)
#define TIMELINE_PER_DECADE   8u

struct timeline_slot {
	ns_t begin, length; /* since the start */
	uint64_t started, ok, failed, cut_off;
	uint64_t bytes_sent, bytes_received;
	uint64_t arrivals_planned, arrivals_started, arrivals_dropped;
	uint64_t iterations;		       /* completed */
	uint64_t classes[FAILURE_CLASS_COUNT]; /* failed by class */
	int64_t users;			       /* the most at once */
	ns_t p50, p95, p99, max;	       /* of ok answers; -1: none */
	ns_t lag_p99;			       /* -1: nothing was due */
	uint32_t limited;		       /* seconds in which the generator was the limit */
	uint32_t bins[TIMELINE_BINS];	       /* ok answers by response time */
};

/* Of one series. */
struct timeline_series_slot {
	ns_t begin, length;
	uint64_t started, failed;
	ns_t p50, p95, p99; /* -1: none */
};

struct timeline_series {
	struct timeline_series_slot slots[TIMELINE_SERIES_SLOTS];
	unsigned count;
	ns_t width;
	ns_t since; /* begin of the slot being gathered */
	uint64_t started, failed;
	struct histogram before; /* response times as of `since` */
};

struct timeline {
	struct timeline_slot slots[TIMELINE_SLOTS];
	unsigned count;
	ns_t width;			/* of a whole slot */
	ns_t until;			/* what was told */
	struct timeline_series *series; /* TIMELINE_SERIES at most */
	unsigned series_count;
	/* Totals as of `until`. */
	struct series_counts counts;
	struct run_counts run;
	uint64_t iterations;
	/* As of the end of the last whole slot. */
	struct histogram before, lag_before, delta;
};

/* PLANNED is the length of the run, 0 when it is not known. TABLE outlives it. */
struct timeline *timeline_new(const struct series_table *table, ns_t planned);
void timeline_free(struct timeline *c);
/* After each summary_close_second, with the totals; once more at the end, when the rest was
 * drained. LIMITED: the generator was the limit in that second. */
void timeline_add_second(struct timeline *c, const struct summary *s, bool limited);
/* The lower end of BIN in ns. */
ns_t timeline_bin_low(unsigned bin);

#endif
