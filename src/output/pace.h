/*
 * How many requests a second there were lately, in all and of each series: over the last
 * PACE_SECONDS, so that a figure neither jumps nor lags. Main thread.
 */
#ifndef OUTPUT_PACE_H
#define OUTPUT_PACE_H

#include "stats/summary.h"

#define PACE_SECONDS 5u

struct pace {
	size_t series;
	ns_t at[PACE_SECONDS]; /* when each row was taken */
	uint64_t *started;     /* PACE_SECONDS rows of one count a series, and one of all */
	unsigned next, taken;  /* where the next row goes; how many there ever were, at most */
	ns_t last;	       /* the second taken last */
};

void pace_init(struct pace *p, size_t series);
void pace_release(struct pace *p);
/* To be called with every tick; takes a row for each new second. */
void pace_take(struct pace *p, const struct summary *s);
/* Of SERIES, or of all where it is s->table->defs.count. P may be NULL: over the whole run. */
double pace_rate(const struct pace *p, const struct summary *s, size_t series);

#endif
