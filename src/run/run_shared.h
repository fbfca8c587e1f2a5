/*
 * What the workers of a run share while they run: the state of the run, the counters of its loads,
 * the rendezvous points, what setup has left. Atomic, but for what is written while no user is
 * there.
 */
#ifndef RUN_RUN_SHARED_H
#define RUN_RUN_SHARED_H

#include <stdatomic.h>

#include "run/run_plan.h"
#include "run/rendezvous.h"

enum run_state {
	RUN_RUNNING,
	RUN_DRAINING /* nothing new is begun */,
	RUN_ABORTING /* all ends now */
};

struct load_shared {
	_Atomic uint64_t iterations; /* taken of `total` */
	_Atomic int64_t users;	     /* there now, over all workers */
};

struct run_shared {
	_Atomic int state;	    /* enum run_state; only ever rises */
	_Atomic int64_t abort_at;   /* when what was begun before a stop is cut off; only falls */
	_Atomic bool failed_fast;   /* the first failure has stopped the run */
	_Atomic bool reached;	    /* a server took a connection, in whatever part of the run */
	_Atomic bool rows_ended;    /* a data set has run out and was not to repeat */
	_Atomic int64_t users_now;  /* over all workers */
	_Atomic int64_t users_most; /* at once so far */
	struct load_shared *loads;  /* one for each of the plan's */
	_Atomic uint64_t *numbers;  /* of counter(name) */
	/* What setup has left; written while no user is there. */
	const struct value *first; /* the program's, or `kept` */
	struct value *setup_values;
	size_t setup_values_cap;
	bool setup_failed;
	enum failure_class setup_class; /* of the failure; FAILURE_CLASS_COUNT: it was cut off */
	struct rendezvous *rendezvous;	/* one for each rendezvous */
	uint32_t rendezvous_count;
	void *owner;
	void (*wake_all)(void *owner); /* calls every worker's loop_wake; from any thread */
};

/* PLAN outlives SHARED, which must not move; whoever starts the workers sets `wake_all`. */
void run_shared_init(struct run_shared *shared, const struct run_plan *plan);
void run_shared_release(struct run_shared *shared);
/* Raises the state to STATE, lowers the moment of the cut to CUT_AT and wakes the workers. Of
 * several stops the earliest cut holds. Any thread. */
void run_shared_stop(struct run_shared *shared, enum run_state state, ns_t abort_at);

#endif
