/*
 * Rendezvous: the only place where users of different workers wait for each other. A rendezvous
 * releases a full round of users at the same time; at its timeout the waiting users continue. A
 * fiber remembers the round it waits in and is free when the rendezvous has passed that round.
 * Shared by all workers; the lock is held for a few instructions and only by users at a rendezvous.
 */
#ifndef RUN_RENDEZVOUS_H
#define RUN_RENDEZVOUS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct rendezvous {
	pthread_mutex_t lock;
	uint64_t users;	  /* in a full round */
	uint64_t waiting; /* in this round; under the lock */
	_Atomic uint64_t round;
};

/* A rendezvous for USERS, at least one; it must not move. */
void rendezvous_init(struct rendezvous *m, uint64_t users);
void rendezvous_release(struct rendezvous *m);
/* True if this user completes a round: all of its users may continue. Otherwise *ROUND is the round
 * to wait in. */
bool rendezvous_join(struct rendezvous *m, uint64_t *round);
/* The user waited long enough: ends ROUND for all users in it. False if it had ended already. */
bool rendezvous_expire(struct rendezvous *m, uint64_t round);
/* The user leaves before the round has ended. */
void rendezvous_leave(struct rendezvous *m, uint64_t round);
static inline bool rendezvous_passed(const struct rendezvous *m, uint64_t round)
{
	return atomic_load_explicit(&m->round, memory_order_acquire) != round;
}

#endif
