/*
 * Rendezvous points: the one place where users of different workers wait for each other. A point
 * lets a full round of users go at once; at its timeout those waiting go on. A fiber remembers the
 * round it waits in and is free when the point's round has passed it. Shared by all workers; the
 * lock is held for a few instructions and only by users who come to a rendezvous.
 */
#ifndef RUN_RENDEZVOUS_H
#define RUN_RENDEZVOUS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct rendezvous {
	pthread_mutex_t lock;
	uint64_t users;	  /* a full round */
	uint64_t waiting; /* in this round; under the lock */
	_Atomic uint64_t round;
};

/* A point at which USERS meet, one at least; it must not move. */
void rendezvous_init(struct rendezvous *m, uint64_t users);
void rendezvous_release(struct rendezvous *m);
/* True when this user completes a round: all of it may go on. Else *ROUND is what to wait in. */
bool rendezvous_join(struct rendezvous *m, uint64_t *round);
/* The user waited long enough: ends ROUND for all in it. False when it had ended already. */
bool rendezvous_expire(struct rendezvous *m, uint64_t round);
/* The user goes away without going on. */
void rendezvous_leave(struct rendezvous *m, uint64_t round);
static inline bool rendezvous_passed(const struct rendezvous *m, uint64_t round)
{
	return atomic_load_explicit(&m->round, memory_order_acquire) != round;
}

#endif
