/*
 * The shape of a load over time: pieces, each a straight line from one level to another, of users
 * or of arrivals per second. Everything is worked out from the beginning: the k-th arrival is due
 * when the integral of the rate reaches k, the k-th user when the line reaches k; nothing is ever
 * accumulated, so a ramp has the exact number and no error grows. Const once made, in the arena it
 * was given; pure arithmetic. Moments count from the start of the load.
 */
#ifndef RUN_PROFILE_H
#define RUN_PROFILE_H

#include "base/arena.h"
#include "program/program.h"

struct profile_piece {
	ns_t begin, end; /* the same: a jump; NS_NEVER: until it is stopped */
	double from, to;
	double before; /* arrivals due, or users who came, before it */
};

struct profile {
	const struct profile_piece *pieces;
	size_t count;
	ns_t length;  /* NS_NEVER: no end */
	double total; /* arrivals in all, HUGE_VAL without an end; or users who come */
	double peak;
	bool rate; /* arrivals */
};

#define PROFILE_ENDLESS UINT64_MAX

/* LOAD is completed and neither a capacity search nor a replay. */
void profile_init(struct profile *p, struct arena *a, const struct load *load);
/* A level that is there from the start for LENGTH. */
void profile_init_level(struct profile *p, struct arena *a, bool rate, double level, ns_t length);

/* How many arrivals or users come in all; PROFILE_ENDLESS. */
uint64_t profile_entries(const struct profile *p);
/* Arrivals: when so many are due; NS_NEVER when there are not so many. */
ns_t profile_due(const struct profile *p, double count);
/* Users: when the one who comes as number ENTRY (from 0) comes, and when the line falls below him
 * (NS_NEVER: it does not). */
void profile_visit(const struct profile *p, uint64_t entry, ns_t *come, ns_t *go);

#endif
