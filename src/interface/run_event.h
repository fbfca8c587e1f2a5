/*
 * What the outputs and whoever else listens to a run are told as it goes: a second that went by,
 * and that something happened. Plain data of run control, which fills it in; views in it hold only
 * during the call. Main thread.
 */
#ifndef INTERFACE_RUN_EVENT_H
#define INTERFACE_RUN_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"

struct failure_note; /* stats/recorder.h */

/* What is being performed; outputs read it through the facts of the run. */
enum run_stage { STAGE_LOAD, STAGE_SETUP, STAGE_WARM_UP, STAGE_TEARDOWN };

/*
 * A second of the load. The moments follow each other without a gap, the last one is cut short
 * (perhaps to nothing), so that all of them together are the run.
 */
struct run_interval {
	ns_t begin, length;	 /* since the start of the stage */
	ns_t wall;		 /* wall clock when it began */
	int64_t users;		 /* at its end */
	double arrivals_planned; /* per second; 0: no arrivals are planned */
	bool last;

	/* Of the generator itself. */
	ns_t lag_p99;	   /* -1: nothing was due */
	const double *cpu; /* of each thread, as a share of a core */
	unsigned threads;
	double steal;	  /* share of this machine's CPU time taken by other guests; 0: none, or not
			     known */
	double throttled; /* share of the second in which the quota held us back; 0: not */
	bool limited;	  /* it was the limit */
	const char *why;  /* "CPU of thread 2 at 99 %"; "" where not limited */
};

/* X(name, of what) */
#define RUN_EVENTS(X)                                                                              \
	X(start, "the run begins")                                                                 \
	X(phase, "a part of the run begins")                                                       \
	X(users, "all users that were asked for are there")                                        \
	X(failure, "the first failure of its kind at its place")                                   \
	X(threshold, "a threshold broke, or holds again")                                          \
	X(limited, "the generator became the limit, or is no longer")                              \
	X(signal, "a signal came")                                                                 \
	X(stop, "the run is to stop")                                                              \
	X(end, "the run is over")
#define RUN_EVENT_ENUM(name, prose) RUN_EVENT_##name,
enum run_event_kind { RUN_EVENTS(RUN_EVENT_ENUM) RUN_EVENT_COUNT };
#undef RUN_EVENT_ENUM

struct run_event {
	enum run_event_kind kind;
	enum run_stage stage; /* in which it happened */
	ns_t at;	      /* since the start of the stage */
	ns_t wall;	      /* wall clock */
	struct str text; /* in words, one line: "p95 < 300ms is broken: 412 ms". It may hold what a
			    server or a scenario said: to be escaped */
	const struct failure_note *failure; /* of `failure`, else NULL; its series is one of the
					       summary's table */
	size_t threshold;		    /* of `threshold`: its number in the facts' judge */
	bool holds; /* of `threshold`: it holds now; of `limited`: the generator keeps up again */
	int64_t users; /* at that moment */
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
