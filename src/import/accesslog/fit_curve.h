/*
 * Arrivals over time as a few straight stages: what a load's `stages:` can express of a recorded
 * hour. The arrivals are counted in bins; the bins are cut where a line no longer fits them
 * (penalised least squares, the optimum over all cuts), then levels are made equal and ends are
 * joined as long as the added error can be chance. The total is kept. Pure.
 */
#ifndef IMPORT_ACCESSLOG_FIT_CURVE_H
#define IMPORT_ACCESSLOG_FIT_CURVE_H

#include <stdint.h>

#include "base/arena.h"

#define FIT_STAGES_MAX 10u

/* A linear change from one rate to another; the first stage's `from` is the rate at which the
 * load starts. */
struct fit_stage {
	double from, to; /* arrivals per second; never below 0 */
	double seconds;
};

struct fit_curve {
	struct fit_stage stages[FIT_STAGES_MAX];
	size_t count;	    /* at least 1 */
	double seconds;	    /* total of all stages */
	double bin_seconds; /* length of the bins */
	double off; /* mean difference between a hundred arrivals and what the stages produce, as a
		       ratio: chance or short bursts */
};

/* COUNT arrivals at AT_US in order, all in [FROM_US, TO_US); at least one. A is used for
 * temporary data only. */
void fit_curve(struct arena *a, const int64_t *at_us, size_t count, int64_t from_us, int64_t to_us,
	       struct fit_curve *out);
/* Arrivals from the start to SECONDS. */
double fit_curve_upto(const struct fit_curve *curve, double seconds);
/* Start of the period of SPAN_US with the maximum number of the COUNT arrivals. */
int64_t fit_curve_busiest(const int64_t *at_us, size_t count, int64_t span_us);

#endif
