/*
 * When users come. Closed: user k of N at k/N of the ramp. Open: arrival k when the planned number
 * of arrivals reaches k, computed from the start each time and never accumulated; with random
 * spacing (Poisson) when a keyed walk of unit exponentials does. User k belongs to worker k modulo
 * the number of workers; each worker walks its own part, and the times do not depend on how many
 * workers there are. Pure arithmetic; moments count from the start of the run.
 */
#ifndef RUN_PACING_H
#define RUN_PACING_H

#include "base/random.h"
#include "run/plan.h"

struct pacing {
	const struct run_plan *plan;
	uint64_t next;	 /* number of the user who comes next on this worker, from 0 */
	ns_t due;	 /* when; NS_NEVER: nobody comes any more */
	uint64_t walked; /* random: arrivals the walk has passed */
	double walk;	 /* and where it stands */
	struct draws draws;
};

void pacing_init(struct pacing *p, const struct run_plan *plan, unsigned worker);
/* The user that was due has come (or was dropped): on to the next. */
void pacing_advance(struct pacing *p);
/* When COUNT arrivals should have come, at RATE per second after a linear ramp. */
ns_t pacing_arrival(double count, double rate, ns_t ramp);
/* Nobody comes any more. */
void pacing_stop(struct pacing *p);

#endif
