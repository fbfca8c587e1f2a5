/*
 * The shape of a load over time: pieces, each a straight line from one level to another, of users
 * or of arrivals per second. Everything is worked out from the beginning: the k-th arrival is due
 * when the integral of the rate reaches k, the k-th user when the line reaches k; nothing is ever
 * accumulated, so a ramp has the exact number and no error grows. Const once made, in the arena it
 * was given; pure arithmetic. Moments count from the start of the load.
 */
#ifndef RUN_LOAD_SHAPE_H
#define RUN_LOAD_SHAPE_H

#include "base/arena.h"
#include "program/program.h"

struct load_shape_piece {
	ns_t begin, end; /* the same: a jump; NS_NEVER: until it is stopped */
	double from, to;
	double before; /* arrivals due, or users who came, before it */
};

struct load_shape {
	const struct load_shape_piece *pieces;
	size_t count;
	ns_t length;  /* NS_NEVER: no end */
	double total; /* arrivals in all, HUGE_VAL without an end; or users who come */
	double peak;
	bool rate; /* arrivals */
};

#define LOAD_SHAPE_ENDLESS UINT64_MAX

/* LOAD is completed and neither a capacity search nor a replay. */
void load_shape_init(struct load_shape *p, struct arena *a, const struct load *load);
/* A level that is there from the start for LENGTH. */
void load_shape_init_level(struct load_shape *p, struct arena *a, bool rate, double level,
			   ns_t length);

/* How many arrivals or users come in all; LOAD_SHAPE_ENDLESS. */
uint64_t load_shape_entries(const struct load_shape *p);
/* Arrivals: when so many are due; NS_NEVER when there are not so many. */
ns_t load_shape_due(const struct load_shape *p, double count);
/* Users: when the one who comes as number ENTRY (from 0) comes, and when the line falls below him
 * (NS_NEVER: it does not). */
void load_shape_user_times(const struct load_shape *p, uint64_t entry, ns_t *arrive, ns_t *leave);

#endif
