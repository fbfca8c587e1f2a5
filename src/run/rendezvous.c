#include "run/rendezvous.h"

void rendezvous_init(struct rendezvous *m, uint64_t users)
{
	pthread_mutex_init(&m->lock, NULL);
	m->users = users ? users : 1;
	m->waiting = 0;
	atomic_init(&m->round, 0);
}

void rendezvous_release(struct rendezvous *m)
{
	pthread_mutex_destroy(&m->lock);
}

static void end_round(struct rendezvous *m)
{
	m->waiting = 0;
	atomic_fetch_add_explicit(&m->round, 1, memory_order_release);
}

bool rendezvous_join(struct rendezvous *m, uint64_t *round)
{
	bool full;

	pthread_mutex_lock(&m->lock);
	*round = atomic_load_explicit(&m->round, memory_order_relaxed);
	full = ++m->waiting >= m->users;
	if (full)
		end_round(m);
	pthread_mutex_unlock(&m->lock);
	return full;
}

bool rendezvous_expire(struct rendezvous *m, uint64_t round)
{
	bool first;

	pthread_mutex_lock(&m->lock);
	first = !rendezvous_passed(m, round);
	if (first)
		end_round(m);
	pthread_mutex_unlock(&m->lock);
	return first;
}

void rendezvous_leave(struct rendezvous *m, uint64_t round)
{
	pthread_mutex_lock(&m->lock);
	if (!rendezvous_passed(m, round) && m->waiting)
		m->waiting--;
	pthread_mutex_unlock(&m->lock);
}
