/*
 * Recent requests per second, in total and for each series: over the last RATE_WINDOW_SECONDS,
 * so that the number neither jumps nor lags. Main thread.
 */
#ifndef TERMINAL_RATE_WINDOW_H
#define TERMINAL_RATE_WINDOW_H

#include "stats/summary.h"

#define RATE_WINDOW_SECONDS 5u

struct rate_window {
	size_t series;
	ns_t at[RATE_WINDOW_SECONDS]; /* time of each row */
	uint64_t *started;    /* RATE_WINDOW_SECONDS rows with one count per series and one total */
	unsigned next, taken; /* index of the next row; number of rows, at most */
	ns_t last;	      /* the last second that was added */
};

void rate_window_init(struct rate_window *p, size_t series);
void rate_window_release(struct rate_window *p);
/* Call it with every tick; adds a row for each new second. */
void rate_window_add(struct rate_window *p, const struct summary *s);
/* For SERIES, or for all if it is s->table->defs.count. P may be NULL: over the whole run. */
double rate_window_rate(const struct rate_window *p, const struct summary *s, size_t series);

#endif
