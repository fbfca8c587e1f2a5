/*
 * How many came when, as few straight stages: what a load's `stages:` can say of a recorded hour.
 * The moments are counted in bins; the bins are cut where a line no longer fits them (penalised
 * least squares, the optimum over all cuts), then levels are made equal and ends are joined as long
 * as that costs nothing that could not be chance. The total is kept. Pure.
 */
#ifndef IMPORT_ACCESSLOG_FIT_CURVE_H
#define IMPORT_ACCESSLOG_FIT_CURVE_H

#include <stdint.h>

#include "base/arena.h"

#define FIT_STAGES_MAX 10u

/* A straight way from one rate to another; the first one's `from` is where the load begins. */
struct fit_stage {
	double from, to; /* arrivals per second; never below 0 */
	double seconds;
};

struct fit_curve {
	struct fit_stage stages[FIT_STAGES_MAX];
	size_t count;	    /* at least 1 */
	double seconds;	    /* of all stages */
	double bin_seconds; /* what the moments were counted by */
	double off; /* what the stages make of each hundred moments is so far from what came, on
		       the average, as a share: chance or short bursts */
};

/* COUNT moments AT_US in order, all in [FROM_US, TO_US); at least one. A is for the work alone. */
void fit_curve(struct arena *a, const int64_t *at_us, size_t count, int64_t from_us, int64_t to_us,
	       struct fit_curve *out);
/* Arrivals from the beginning to SECONDS. */
double fit_curve_upto(const struct fit_curve *curve, double seconds);
/* The beginning of the SPAN_US with the most of COUNT moments in it. */
int64_t fit_curve_busiest(const int64_t *at_us, size_t count, int64_t span_us);

#endif
