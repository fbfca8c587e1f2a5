/*
 * The shape of a load over time: pieces, each a straight line from one level to another, of users
 * or of arrivals per second. Every time is computed from the beginning: the k-th arrival is due
 * when the integral of the rate reaches k, the k-th user when the line reaches k. Nothing is
 * accumulated, so a ramp has the exact number and no error grows. Const after creation, in the
 * arena it was given; pure arithmetic. Times count from the start of the load.
 */
#ifndef RUN_LOAD_SHAPE_H
#define RUN_LOAD_SHAPE_H

#include "base/arena.h"
#include "program/program.h"

struct load_shape_piece {
	ns_t begin, end; /* the same: a jump; NS_NEVER: until the load is stopped */
	double from, to;
	double before; /* arrivals due, or users started, before it */
};

struct load_shape {
	const struct load_shape_piece *pieces;
	size_t count;
	ns_t length;  /* NS_NEVER: no end */
	double total; /* arrivals in total, HUGE_VAL without an end; or users */
	double peak;
	bool rate; /* arrivals */
};

#define LOAD_SHAPE_ENDLESS UINT64_MAX

/* LOAD is completed and neither a capacity search nor a replay. */
void load_shape_init(struct load_shape *p, struct arena *a, const struct load *load);
/* A constant level from the start, for LENGTH. */
void load_shape_init_level(struct load_shape *p, struct arena *a, bool rate, double level,
			   ns_t length);

/* Number of arrivals or users in total; LOAD_SHAPE_ENDLESS. */
uint64_t load_shape_entries(const struct load_shape *p);
/* Arrivals: when arrival number COUNT is due; NS_NEVER if there are fewer. */
ns_t load_shape_due(const struct load_shape *p, double count);
/* Users: when user number ENTRY (from 0) starts, and when the line falls below it (NS_NEVER:
 * never). */
void load_shape_user_times(const struct load_shape *p, uint64_t entry, ns_t *arrive, ns_t *leave);

#endif
