/*
 * How many requests a second there were lately, in all and of each series: over the last
 * RATE_WINDOW_SECONDS, so that a figure neither jumps nor lags. Main thread.
 */
#ifndef TERMINAL_RATE_WINDOW_H
#define TERMINAL_RATE_WINDOW_H

#include "stats/summary.h"

#define RATE_WINDOW_SECONDS 5u

struct rate_window {
	size_t series;
	ns_t at[RATE_WINDOW_SECONDS]; /* when each row was taken */
	uint64_t *started;    /* RATE_WINDOW_SECONDS rows of one count a series, and one of all */
	unsigned next, taken; /* where the next row goes; how many there ever were, at most */
	ns_t last;	      /* the second taken last */
};

void rate_window_init(struct rate_window *p, size_t series);
void rate_window_release(struct rate_window *p);
/* To be called with every tick; takes a row for each new second. */
void rate_window_add(struct rate_window *p, const struct summary *s);
/* Of SERIES, or of all where it is s->table->defs.count. P may be NULL: over the whole run. */
double rate_window_rate(const struct rate_window *p, const struct summary *s, size_t series);

#endif
