/*
 * The generator's own health: in which seconds it could not keep up, and why (a thread's CPU, a
 * late schedule, a quota, other guests of the host). Fed once a second by the collector; pure
 * arithmetic, collector's thread.
 */
#ifndef STATS_HEALTH_H
#define STATS_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define HEALTH_THREADS	     256u
#define HEALTH_CPU_MAX	     0.95	      /* of one core: above, the thread could not keep up */
#define HEALTH_LAG_MAX	     (20 * NS_PER_MS) /* p99 of a second: above, the schedule was not kept */
#define HEALTH_STEAL_MAX     0.10	      /* of the machine's CPU time to other guests */
#define HEALTH_THROTTLED_MAX 0.05	      /* of a second held back by the quota */
#define HEALTH_SPOILED	     0.02 /* share of limited seconds above which it is not valid */
#define HEALTH_WHY	     96

struct generator_health {
	unsigned threads;
	double cpu[HEALTH_THREADS];	/* share of a core over the run, kept as the mean */
	double cpu_max[HEALTH_THREADS]; /* of the worst second */
	uint32_t seconds;		/* evaluated so far */
	uint32_t limited_seconds;
	uint32_t limited_by_cpu, limited_by_lag; /* a second may be several */
	uint32_t limited_by_steal, limited_by_quota;
	double steal_max, throttled_max; /* of the worst second */
	unsigned worst_thread;		 /* of the highest share in a limited second, from 0 */
	bool limited;			 /* in the last second */
	char why[HEALTH_WHY];		 /* then "CPU of thread 2 at 99 %"; else empty */
};

/* Starts without a second. At most HEALTH_THREADS threads are checked. */
void health_init(struct generator_health *h, unsigned threads);
/* Effects of other programs and of the quota in a second. */
struct health_pressure {
	double steal;	  /* ratio of the machine's CPU time that other guests used */
	double throttled; /* ratio of the second in which the quota stopped it */
};

/*
 * Adds a second: CPU[i] is the part of a core that thread i used, LAG_P99 is that of the row (-1:
 * no scheduled start), PRESSURE may be NULL: unknown. Call it for complete seconds only, not for a
 * truncated last one.
 */
void health_second(struct generator_health *h, const double *cpu, ns_t lag_p99,
		   const struct health_pressure *pressure);
/* Sum of the threads' mean shares. */
double health_cpu(const struct generator_health *h);

#endif
