/*
 * The times at which the users of one load start on one worker. Each time is computed from the
 * start of the run and never accumulated (run/load_shape.h). With random spacing (Poisson) an
 * arrival is due when a keyed walk of unit exponentials has reached the integral of the rate. Each
 * shard takes every N-th user of a load, and each of its workers a part of those. All of them walk
 * the whole walk, so the times depend neither on shards nor on workers. Pure arithmetic; times
 * count from the start of the run.
 */
#ifndef RUN_ARRIVAL_SCHEDULE_H
#define RUN_ARRIVAL_SCHEDULE_H

#include "base/random.h"
#include "run/run_plan.h"

struct arrival_schedule {
	const struct load_plan *load;
	uint64_t entry;	 /* number of the next user on this worker, in the load, from 0 */
	uint64_t step;	 /* to the next user of this worker */
	ns_t due;	 /* scheduled start of the next user; NS_NEVER: no more users start */
	ns_t leave;	 /* when the next user begins nothing more; NS_NEVER */
	uint64_t walked; /* random: arrivals the walk has passed */
	double walk;	 /* random: how far the walk has come */
	struct random_stream draws;
};

/* For load number WHICH of PLAN. */
void arrival_schedule_init(struct arrival_schedule *p, const struct run_plan *plan, uint32_t which,
			   unsigned worker);
/* The next user has started, or was dropped: moves to the one after it. */
void arrival_schedule_advance(struct arrival_schedule *p);
/* The number of the user who is due. */
uint64_t arrival_schedule_number(const struct arrival_schedule *p);
/* No more users start. */
void arrival_schedule_stop(struct arrival_schedule *p);

#endif
