/*
 * Meeting points: the one place where users of different workers wait for each other. A point lets
 * a full round of users go at once; at its timeout those waiting go on. A strand remembers the
 * round it waits in and is free when the point's round has passed it. Shared by all workers; the
 * lock is held for a few instructions and only by users who come to a meeting point.
 */
#ifndef RUN_RENDEZVOUS_H
#define RUN_RENDEZVOUS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct meeting {
	pthread_mutex_t lock;
	uint64_t users;	  /* a full round */
	uint64_t waiting; /* in this round; under the lock */
	_Atomic uint64_t round;
};

/* A point at which USERS meet, one at least; it must not move. */
void meeting_init(struct meeting *m, uint64_t users);
void meeting_release(struct meeting *m);
/* True when this user completes a round: all of it may go on. Else *ROUND is what to wait in. */
bool meeting_join(struct meeting *m, uint64_t *round);
/* The user waited long enough: ends ROUND for all in it. False when it had ended already. */
bool meeting_give_up(struct meeting *m, uint64_t round);
/* The user goes away without going on. */
void meeting_leave(struct meeting *m, uint64_t round);
static inline bool meeting_passed(const struct meeting *m, uint64_t round)
{
	return atomic_load_explicit(&m->round, memory_order_acquire) != round;
}

#endif
