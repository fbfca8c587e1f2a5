/*
 * The health of the load generator: for how long it could not keep up, and why. Fed once a second
 * by the collector, and by results that are read again; pure arithmetic, collector's thread.
 */
#ifndef STATS_HEALTH_H
#define STATS_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"

#define HEALTH_THREADS	     256u
#define HEALTH_CPU_MAX	     0.95	      /* of a core used by one thread */
#define HEALTH_LAG_MAX	     (20 * NS_PER_MS) /* p99 of the schedule lag in a second */
#define HEALTH_STEAL_MAX     0.10	      /* of the machine's CPU time used by other guests */
#define HEALTH_THROTTLED_MAX 0.05	      /* of a second held back by the CPU quota */
#define HEALTH_WAITING_MAX   0.10	      /* of a second a thread was ready to run but waited */
#define HEALTH_GAP_MAX	     (2 * NS_PER_S)   /* length of a "second": more means it was stopped */
#define HEALTH_SHORTEST	     (100 * NS_PER_MS) /* shorter intervals are not evaluated */
#define HEALTH_WHY	     96

/* The limits of the load generator, in the order in which they are reported. */
enum health_cause {
	HEALTH_STOPPED, /* the process did not run at all */
	HEALTH_QUOTA,
	HEALTH_STEAL,
	HEALTH_WAITING,
	HEALTH_CPU,
	HEALTH_LAG,
	HEALTH_CAUSE_COUNT
};

/* The pressure on the process in an interval, which kept it from using CPU. */
struct health_pressure {
	double steal;	  /* fraction of the machine's CPU time used by other guests */
	double throttled; /* fraction of the interval in which the CPU quota held it back */
	double waiting;	  /* fraction in which a thread was ready to run but waited; of the worst */
};

struct generator_health {
	unsigned threads;
	double cpu[HEALTH_THREADS];	/* fraction of a core, mean over the evaluated time */
	double cpu_max[HEALTH_THREADS]; /* of the worst second */
	ns_t evaluated;			/* total length of the intervals */
	ns_t limited;			/* of those in which the load generator could not keep up */
	unsigned limited_count;		/* their number */
	ns_t limited_by[HEALTH_CAUSE_COUNT]; /* an interval may have several causes */
	double steal_max, throttled_max;     /* of the worst second */
	double waiting_max, waiting_cpu;     /* and the CPU of the busiest thread in that second */
	ns_t lag_max;			     /* of the worst second */
	ns_t gap_max;			     /* length of the longest interval */
	unsigned worst_thread;		     /* with the highest CPU in a limited second, from 0 */
	bool limited_now;		     /* in the last interval */
	char why[HEALTH_WHY];		     /* then "CPU of thread 2 at 99 %"; otherwise empty */
};

/* No interval yet. If there are more than HEALTH_THREADS threads, only the first are evaluated. */
void health_init(struct generator_health *h, unsigned threads);
/*
 * An interval of LENGTH, usually a second: CPU[i] is the fraction of a core used by thread i,
 * LAG_P99 the schedule lag (-1: nothing was scheduled). PRESSURE may be NULL: not known.
 */
void health_interval(struct generator_health *h, ns_t length, const double *cpu, ns_t lag_p99,
		     const struct health_pressure *pressure);
/*
 * True if the load generator could not keep up for more than 2 % of the time, so that the result is
 * not valid. In 10 s and more, one limited second is tolerated.
 */
bool health_is_limited(const struct generator_health *h);
/* The cause of most of the limited time. */
enum health_cause health_main_cause(const struct generator_health *h);
/* Sum of the threads' mean CPU. */
double health_cpu(const struct generator_health *h);
/* Appends why a thread waited for the fraction WAITING of a second; CPU is its own share. */
void health_put_waiting(struct buf *out, double waiting, double cpu);
/* Appends "14 of 60 s", the limited and the evaluated time. */
void health_put_limited(const struct generator_health *h, struct buf *out);

#endif
