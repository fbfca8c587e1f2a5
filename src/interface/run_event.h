/*
 * The events of a run for the outputs and other listeners: one second of the load has passed, or
 * something happened. Plain data, filled by run control; views in it are valid only during the
 * call. Main thread.
 */
#ifndef INTERFACE_RUN_EVENT_H
#define INTERFACE_RUN_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"

struct failure_note; /* stats/recorder.h */

/* The current stage; outputs read it from the facts of the run. */
enum run_stage { STAGE_LOAD, STAGE_SETUP, STAGE_WARM_UP, STAGE_TEARDOWN };

/*
 * One second of the load. The seconds follow each other without a gap. The last one is cut short
 * (possibly to nothing), so that together they cover the run.
 */
struct run_interval {
	ns_t begin, length;	 /* since the start of the stage */
	ns_t wall;		 /* wall clock at its start */
	int64_t users;		 /* at its end */
	double arrivals_planned; /* per second; 0: no arrivals are planned */
	bool last;

	/* Measurements of the load generator. */
	ns_t lag_p99;	   /* -1: no request was scheduled */
	const double *cpu; /* of each thread, as a fraction of a core */
	unsigned threads;
	bool evaluated; /* counts for the validity of the result; false for the last one in results
			   of version 0.1.0 */
	double steal;	/* fraction of this machine's CPU time used by other guests; 0: none, or
			   unknown */
	double throttled; /* fraction of the second in which the CPU quota paused the generator; 0:
			     never */
	double waiting;	 /* fraction of the second in which a thread was ready to run but waited for
			    a CPU; of the worst thread */
	bool limited;	 /* the generator could not keep up */
	const char *why; /* "CPU of thread 2 at 99 %"; "" if it kept up */
};

/* X(name, description) */
#define RUN_EVENTS(X)                                                                              \
	X(start, "the run starts")                                                                 \
	X(phase, "a stage of the run starts")                                                      \
	X(users, "all requested users are running")                                                \
	X(failure, "the first failure of its kind at its step")                                    \
	X(threshold, "a threshold failed, or passes again")                                        \
	X(limited, "the load generator cannot keep up, or keeps up again")                         \
	X(level, "a level of a capacity search was tried")                                         \
	X(signal, "a signal was received")                                                         \
	X(stop, "the run must stop")                                                               \
	X(end, "the run has ended")
#define RUN_EVENT_ENUM(name, prose) RUN_EVENT_##name,
enum run_event_kind { RUN_EVENTS(RUN_EVENT_ENUM) RUN_EVENT_COUNT };
#undef RUN_EVENT_ENUM

struct run_event {
	enum run_event_kind kind;
	enum run_stage stage; /* the stage in which it happened */
	ns_t at;	      /* since the start of the stage */
	ns_t wall;	      /* wall clock */
	struct str text; /* one line of text: "p95 < 300ms failed: 412 ms". It may contain text from
			    a server or a scenario: it must be escaped */
	const struct failure_note
	    *failure;	  /* for `failure`, else NULL; its series is one of the summary's table */
	size_t threshold; /* for `threshold`: its index in the facts' thresholds */
	bool
	    holds; /* for `threshold`: it passes now; for `limited`: the generator keeps up again */
	int64_t users; /* at that time */
};

/* "failure". */
static inline const char *run_event_name(enum run_event_kind kind)
{
#define RUN_EVENT_NAME(name, prose) #name,
	static const char *const names[] = {RUN_EVENTS(RUN_EVENT_NAME)};
#undef RUN_EVENT_NAME

	return kind < RUN_EVENT_COUNT ? names[kind] : "";
}

#endif
