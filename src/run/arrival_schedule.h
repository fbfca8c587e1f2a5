/*
 * When the users of one load come to one worker. Moments are computed from the start each time and
 * never accumulated (run/load_shape.h); with random spacing (Poisson) an arrival is due when a
 * keyed walk of unit exponentials has gone so far in the integral of the rate. Of a load's users
 * each shard takes every N-th, and of those each worker its own; each walks the whole walk, so the
 * times depend neither on shards nor on workers. Pure arithmetic; moments count from the start of
 * the run.
 */
#ifndef RUN_ARRIVAL_SCHEDULE_H
#define RUN_ARRIVAL_SCHEDULE_H

#include "base/random.h"
#include "run/run_plan.h"

struct arrival_schedule {
	const struct load_plan *load;
	uint64_t entry;	 /* who comes next on this worker: his place in the load, from 0 */
	uint64_t step;	 /* to the next one of this worker */
	ns_t due;	 /* when; NS_NEVER: nobody comes any more */
	ns_t leave;	 /* from when on he begins nothing more; NS_NEVER */
	uint64_t walked; /* random: arrivals the walk has passed */
	double walk;	 /* and where it stands */
	struct random_stream draws;
};

/* Of load number WHICH of PLAN. */
void arrival_schedule_init(struct arrival_schedule *p, const struct run_plan *plan, uint32_t which,
			   unsigned worker);
/* The user that was due has come (or was dropped): on to the next. */
void arrival_schedule_advance(struct arrival_schedule *p);
/* The number of the user who is due. */
uint64_t arrival_schedule_number(const struct arrival_schedule *p);
/* Nobody comes any more. */
void arrival_schedule_stop(struct arrival_schedule *p);

#endif
