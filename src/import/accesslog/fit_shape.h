/*
 * The shape of a series of counts: straight pieces, level or not, joined or with a jump between
 * them. Where they start and end is the optimum of penalised least squares over all cuts and
 * over a grid of levels; the levels themselves are then the solution with the least squares. Pure.
 */
#ifndef IMPORT_ACCESSLOG_FIT_SHAPE_H
#define IMPORT_ACCESSLOG_FIT_SHAPE_H

#include "import/accesslog/fit_curve.h"

#define FIT_ENDS_MAX (2 * FIT_STAGES_MAX)

struct fit_bins {
	double *rate; /* arrivals per second */
	double
	    *length; /* in bins: the last bin may be half as long to one and a half times as long */
	size_t count;
	double width, seconds, mean;
	double variance; /* variance of a rate by chance */
};

/* A piece of the bins [begin, end) and the two unknowns at its ends. */
struct fit_piece {
	size_t begin, end;
	unsigned left, right;
};

struct fit_shape {
	const struct fit_bins *bins;
	struct fit_piece pieces[FIT_STAGES_MAX];
	unsigned count;
	unsigned ends;		    /* number of unknowns */
	double level[FIT_ENDS_MAX]; /* their values */
	bool pinned[FIT_ENDS_MAX];  /* to 0 */
};

/* SHAPED: false fits one constant level. A is used for temporary data only. */
void fit_shape(struct arena *a, const struct fit_bins *bins, bool shaped, struct fit_shape *out);
/* The time at which bin I begins, in bins. */
double fit_shape_edge(const struct fit_bins *bins, size_t i);

#endif
