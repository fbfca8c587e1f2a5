/*
 * State shared by the workers of a run: the state of the run, the counters of its loads, the
 * rendezvous, the values of setup. Atomic, except what is written while there are no users.
 */
#ifndef RUN_RUN_SHARED_H
#define RUN_RUN_SHARED_H

#include <stdatomic.h>

#include "run/shared_renewal.h"
#include "run/run_plan.h"
#include "run/rendezvous.h"

enum run_state {
	RUN_RUNNING,
	RUN_DRAINING /* nothing new is begun */,
	RUN_ABORTING /* everything ends now */
};

struct load_shared {
	_Atomic uint64_t iterations; /* begun, out of `total` */
	_Atomic int64_t users;	     /* current users of all workers */
};

struct run_shared {
	_Atomic int state; /* enum run_state; only ever rises */
	_Atomic int64_t
	    abort_at; /* when requests begun before a stop are cut off; only decreases */
	_Atomic bool failed_fast; /* the first failure has stopped the run */
	_Atomic uint64_t requests; /* begun so far; counted only with a limit */
	_Atomic bool limit_reached; /* the maximum of requests has stopped the run */
	_Atomic bool until_reached; /* the step of --until has ended */
	_Atomic bool reached;	  /* a server took a connection, in any part of the run */
	_Atomic bool rows_ended; /* all rows of a data set have been used, and it does not repeat */
	_Atomic int64_t users_now;  /* of all workers */
	_Atomic int64_t users_peak; /* peak of users_now */
	struct load_shared *loads;  /* for each load of the plan */
	_Atomic uint64_t *numbers;  /* of counter(name) */
	struct shared_renewal *renewals; /* for each renewal of the program; used for setup's */
	uint32_t renewal_count;
	_Atomic bool renewal_failed;	 /* the values of setup could not be renewed */
	bool setup_failed;
	enum failure_class setup_class; /* of the failure; FAILURE_CLASS_COUNT: it was cut off */
	struct rendezvous *rendezvous;	/* for each rendezvous */
	uint32_t rendezvous_count;
	void *owner;
	void (*wake_all)(void *owner); /* calls every worker's loop_wake; from any thread */
};

/* PLAN must outlive SHARED, which must not move. The caller who starts the workers sets `wake_all`.
 */
void run_shared_init(struct run_shared *shared, const struct run_plan *plan);
void run_shared_release(struct run_shared *shared);
/* Raises the state to STATE, lowers abort_at to ABORT_AT and wakes the workers. The earliest
 * abort_at of several stops applies. Any thread. */
void run_shared_stop(struct run_shared *shared, enum run_state state, ns_t abort_at);

#endif
