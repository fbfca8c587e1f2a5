/*
 * The values of setup while they are renewed during the run: complete versions; the last one is
 * current. A version never changes. Users refer to the version that they have, and it is freed with
 * the last of them, so no user has some values of one version and some of another. Also whether a
 * renewal is being performed: one at a time in this process. Shared by all workers; the lock is
 * held for a few instructions, and only when a user gets another version.
 */
#ifndef RUN_SHARED_RENEWAL_H
#define RUN_SHARED_RENEWAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "program/program.h"

struct shared_values {
	_Atomic uint32_t holders;
	uint64_t generation;  /* from 1 */
	struct value *values; /* in the order of the renewal's slots, in one block */
};

enum shared_renewal_state {
	RENEWAL_IDLE,
	RENEWAL_RUNNING, /* a user renews the values */
	RENEWAL_OVER,	 /* they could not be renewed, and are not any more */
};

struct shared_renewal {
	pthread_mutex_t lock;
	struct shared_values *current; /* under the lock; NULL: none yet */
	_Atomic uint64_t generation;   /* of `current`; 0: none yet */
	_Atomic int state;	       /* enum shared_renewal_state */
	_Atomic int64_t due; /* they are renewed at this time, or when they are needed after it */
	bool remote;	     /* another shard renews them: RUNNING asks for it */
};

/* R must not move. */
void shared_renewal_init(struct shared_renewal *r);
void shared_renewal_release(struct shared_renewal *r);
/* The values of PLAN in SLOTS are the current version, until DUE; ends a renewal. */
void shared_renewal_publish(struct shared_renewal *r, const struct renewal_plan *plan,
			    const struct value *slots, ns_t due);
/* The current version for a user, or NULL; give it back with shared_renewal_drop. */
struct shared_values *shared_renewal_hold(struct shared_renewal *r);
void shared_renewal_drop(struct shared_values *values); /* may be NULL */
/* Begins a renewal; false if one is running, or renewals have ended. */
bool shared_renewal_begin(struct shared_renewal *r);
/* The renewal has ended without values: STATE is IDLE or OVER. */
void shared_renewal_end(struct shared_renewal *r, enum shared_renewal_state state);
/* A server has refused the values of GENERATION: if they are current, they are due for renewal. */
void shared_renewal_refused(struct shared_renewal *r, uint64_t generation);

#endif
