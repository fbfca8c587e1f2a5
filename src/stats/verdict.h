/*
 * Can the figures be believed? The generator's own health: in which seconds it was the limit (a
 * thread's CPU, or a schedule it could not keep), and whether that spoils the result. Fed once a
 * second by the collector; pure arithmetic, collector's thread.
 */
#ifndef STATS_VERDICT_H
#define STATS_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "stats/summary.h"

#define HEALTH_THREADS	     256u
#define HEALTH_CPU_MAX	     0.95	      /* of one core: above, the thread is the limit */
#define HEALTH_LAG_MAX	     (20 * NS_PER_MS) /* p99 of a second: above, the schedule was not kept */
#define HEALTH_STEAL_MAX     0.10	      /* of the machine's CPU time to other guests */
#define HEALTH_THROTTLED_MAX 0.05	      /* of a second held back by the quota */
#define HEALTH_SPOILED	     0.02 /* share of limited seconds above which it is not valid */
#define HEALTH_WHY	     96

struct generator_health {
	unsigned threads;
	double cpu[HEALTH_THREADS];	/* share of a core over the run, kept as the mean */
	double cpu_max[HEALTH_THREADS]; /* of the worst second */
	uint32_t seconds;		/* judged so far */
	uint32_t limited_seconds;
	uint32_t limited_by_cpu, limited_by_lag; /* a second may be several */
	uint32_t limited_by_steal, limited_by_quota;
	double steal_max, throttled_max; /* of the worst second */
	unsigned worst_thread;		 /* of the highest share in a limited second, from 0 */
	bool limited;			 /* in the second judged last */
	char why[HEALTH_WHY];		 /* then "CPU of thread 2 at 99 %"; else empty */
};

/* No second yet. Of more than HEALTH_THREADS threads the first are looked at. */
void health_init(struct generator_health *h, unsigned threads);
/* What kept it from its CPU in a second. */
struct health_pressure {
	double steal;	  /* share of the machine's CPU time that other guests had */
	double throttled; /* share of the second in which the quota held it back */
};

/*
 * One second went by: CPU[i] is the share of a core thread i used in it, LAG_P99 that of the row
 * (-1: nothing was due), PRESSURE may be NULL: not known. Call it for whole seconds only; the
 * cut-off last one says nothing.
 */
void health_second(struct generator_health *h, const double *cpu, ns_t lag_p99,
		   const struct health_pressure *pressure);
/* Sum of the threads' mean shares. */
double health_cpu(const struct generator_health *h);

/* What spoils a result, for whoever says what helps. */
enum verdict_cause {
	VERDICT_CPU,
	VERDICT_LAG,
	VERDICT_QUOTA,
	VERDICT_STEAL,
	VERDICT_FILES,
	VERDICT_PORTS,
	VERDICT_NO_SAMPLES,
	VERDICT_OTHER,
};

#define VERDICT_REASONS 8
#define VERDICT_TEXT	160
struct verdict_validity {
	bool valid;
	unsigned count;
	enum verdict_cause causes[VERDICT_REASONS];
	char reasons[VERDICT_REASONS]
		    [VERDICT_TEXT]; /* "the generator was the limit for 14 of 60 s (…)" */
};
/* Judges: limited seconds, failures that were the generator's own, no samples at all. */
void verdict_judge(struct verdict_validity *v, const struct summary *s,
		   const struct generator_health *h);
/* False: no connection to the target was ever made. */
bool verdict_reached(const struct summary *s);
/* What passes a run without thresholds: no request, iteration or user failed. */
bool verdict_nothing_failed(const struct summary *s);
/* False: teardown failed. No threshold allows that. */
bool verdict_tidy(const struct summary *s);
/* A further reason of the caller's ("data ran out: …"); makes it not valid. */
void verdict_add_reason(struct verdict_validity *v, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
