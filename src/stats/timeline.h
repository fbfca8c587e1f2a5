/*
 * The run over time: the data of the charts. It receives the totals once a second and keeps the
 * differences in at most TIMELINE_SLOTS slots of equal length, each with its percentiles, its
 * failures by class and its latencies in bins for a heat map; for the first TIMELINE_SERIES
 * series it keeps coarser slots, and the metrics that thresholds use in slots like those of the
 * run. No store grows with the length of the run: when all slots are
 * used, each two become one, and percentiles of a joined slot are the higher of the two; if the
 * planned length is known, slots are long enough from the start and none are joined. Pure; one
 * thread.
 */
#ifndef STATS_TIMELINE_H
#define STATS_TIMELINE_H

#include "stats/summary.h"
#include "stats/threshold.h"

#define TIMELINE_SLOTS	      600u
#define TIMELINE_SERIES_SLOTS 60u  /* slots of a single series */
#define TIMELINE_SERIES	      200u /* series with their own slots */
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
	int64_t users;			       /* peak */
	ns_t p50, p95, p99, max;	       /* of ok responses; -1: none */
	ns_t lag_p99;			       /* -1: nothing was scheduled */
	uint32_t limited;	      /* seconds in which the load generator could not keep up */
	uint32_t bins[TIMELINE_BINS]; /* ok responses by response time */
};

/* A series. */
struct timeline_series_slot {
	ns_t begin, length;
	uint64_t started, failed;
	ns_t p50, p95, p99; /* -1: none */
};

struct timeline_series {
	struct timeline_series_slot slots[TIMELINE_SERIES_SLOTS];
	unsigned count;
	ns_t width;
	ns_t since; /* start of the current slot */
	uint64_t started, failed;
	struct histogram before; /* response times at `since` */
};

/* A metric of all requests or iterations; its slots are at the times of the run's. */
struct timeline_metric {
	enum threshold_metric metric;
	struct timeline_metric_slot {
		ns_t p50, p95, p99, max; /* -1: none */
	} slots[TIMELINE_SLOTS];
	struct histogram before; /* at the end of the last complete slot */
};

struct timeline {
	struct timeline_slot slots[TIMELINE_SLOTS];
	unsigned count;
	ns_t width;			/* of a whole slot */
	ns_t until;			/* from the last call */
	struct timeline_series *series; /* TIMELINE_SERIES at most */
	unsigned series_count;
	struct timeline_metric *metrics;
	unsigned metric_count;
	/* Totals at `until`. */
	struct series_counts counts;
	struct run_counts run;
	uint64_t iterations;
	/* At the end of the last complete slot. */
	struct histogram before, lag_before, delta;
};

/* PLANNED is the length of the run, 0 if it is unknown. TABLE must outlive it. */
struct timeline *timeline_new(const struct series_table *table, ns_t planned);
/* Keeps the metrics that the thresholds use, except response_time, which is always kept. Call it at
 * most once, before the first second. */
void timeline_keep_metrics(struct timeline *c, const struct threshold *thresholds, size_t count);
void timeline_free(struct timeline *c);
/* Call it after each summary_close_second, with the totals; again at the end, after the rest
 * was drained. LIMITED: the load generator could not keep up in that second. */
void timeline_add_second(struct timeline *c, const struct summary *s, bool limited);
/* The lower end of BIN in ns. */
ns_t timeline_bin_low(unsigned bin);

#endif
