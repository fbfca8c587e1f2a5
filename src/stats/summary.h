/*
 * The totals of a run: the sum of what all workers counted, a row per second, and the failures with
 * an example each. Belongs to the collector's thread; once a second it does
 *
 *   for each worker: interval = recorder_take(); summary_drain(); recorder_return()
 *   summary_close_second(now)
 *
 * and at the end, the workers joined: drains recorder_remaining 0 and 1 of each,
 * summary_close_second again. If each second is needed separately too, one summary collects it
 * and is added to the totals:
 *
 *   summary_drain(&second, …) for each worker; summary_add_second(&total, &second)
 *   summary_close_second(&second, now); summary_close_second(&total, now); …both are looked at…
 *   summary_clear(&second)
 *
 * No store grows with the length of the run: past SUMMARY_ROWS rows, two and two become one and
 * each row then stands for twice as many seconds (percentiles of a joined row are the higher of the
 * two). What shards counted adds up without loss: summary_merge.
 */
#ifndef STATS_SUMMARY_H
#define STATS_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "stats/recorder.h"

#define SUMMARY_ROWS	 7200u
#define SUMMARY_FAILURES 200u
/* Shorter times have no rate: a few requests in some milliseconds would look like thousands per
 * second. A run of one second may be a little shorter. */
#define SUMMARY_RATE_MIN (900 * NS_PER_MS)

struct series_total {
	bool touched; /* true after any count */
	struct series_counts counts;
	uint64_t *status;	 /* STATUS_SLOTS, or NULL: no response yet */
	uint64_t *failed_status; /* the failed ones among them; NULL: none, or unknown in a file */
	struct histogram times[TIME_KIND_COUNT];
	struct exemplar longest; /* the longest ok request with a trace */
	struct exemplar latest;	 /* the longest one of the last second that had any */
};

/* The events of one second (or `seconds` of them). Percentiles are of ok responses; -1: none. */
struct summary_row {
	ns_t begin;  /* since the start */
	ns_t length; /* about 1 s, or more in a long run; the last one may be shorter */
	uint64_t started, ok, failed, cut_off;
	uint64_t bytes_sent, bytes_received;
	uint64_t arrivals_planned, arrivals_started, arrivals_dropped;
	uint64_t iterations_completed;
	int64_t users; /* peak */
	ns_t p50, p95, p99, max;
	ns_t lag_p99;
};

struct summary {
	const struct series_table *table;
	struct series_total *series; /* one per row of the table */
	struct series_total all;     /* sum of all steps */
	struct series_total
	    iterations; /* sum of all scenarios; times.response is without think time */
	struct run_counts run;
	struct histogram lag;
	int64_t users_now, users_max; /* at the last summary_close_second */

	struct summary_row *rows; /* SUMMARY_ROWS */
	unsigned row_count;
	uint32_t row_seconds; /* number of seconds in a finished row */
	ns_t duration;	      /* from the last summary_close_second */

	struct failure_note *failures; /* SUMMARY_FAILURES, in order of first appearance */
	unsigned failure_count;
	uint64_t failures_lost; /* failures without a note, because the list is full */

	struct summary_row last; /* the last second by itself */

	/* The current second, since the last summary_close_second. */
	struct summary_row now;
	struct histogram now_response, now_lag;
	int64_t worker_users[WORKERS_MAX], worker_peak[WORKERS_MAX];
};

/* TABLE must outlive it. */
void summary_init(struct summary *s, const struct series_table *table);
void summary_release(struct summary *s);
/* Adds an interval and clears it. */
void summary_drain(struct summary *s, struct interval *interval);
/* Closes the current row; NOW is the time since the start. Every worker was drained or was late. */
void summary_close_second(struct summary *s, ns_t now);
/* Adds SECOND, as it was at its summary_close_second, to INTO. SECOND is unchanged. */
void summary_add_second(struct summary *into, const struct summary *second);
/*
 * For a SECOND that was filled from elsewhere: its series, lag, run and failures were added by
 * the caller; computes the sums over the series and the row. USERS is the number at the end,
 * PEAK the maximum.
 */
void summary_complete(struct summary *second, int64_t users, int64_t peak);
/* Adds a kind of failure, or adds to its count. */
void summary_add_failure(struct summary *s, const struct failure_note *note);
/* Adds the series, lag, run and failures of FROM to INTO, whose table has series MAP[i] for
 * series i. Call summary_complete to update the sums and the row of INTO. */
void summary_merge(struct summary *into, const struct summary *from, const unsigned *map);
/* Whether S has renewals of setup, before_user or a token. */
static inline bool summary_has_renewals(const struct summary *s)
{
	return s->run.renewals || s->run.renewals_failed || s->run.renewals_waited;
}
/* The sockets that were opened and not closed since: at the end of the time that S covers, if it
 * covers the run from its start. */
static inline uint64_t summary_open_sockets(const struct summary *s)
{
	const struct run_counts *run = &s->run;

	return run->sockets_opened > run->sockets_closed ? run->sockets_opened - run->sockets_closed
							 : 0;
}
/* Clears the counts; time and users stay, for the next second. Keeps the memory. */
void summary_clear(struct summary *second);

/* The series with NAME ("Search", or "Buy / Search" if two scenarios have it) and kind; false:
 * none. */
bool summary_series_matches(const struct series_def *def, struct str name);

#endif
