#include "run/rendezvous.h"

void meeting_init(struct meeting *m, uint64_t users)
{
	pthread_mutex_init(&m->lock, NULL);
	m->users = users ? users : 1;
	m->waiting = 0;
	atomic_init(&m->round, 0);
}

void meeting_release(struct meeting *m)
{
	pthread_mutex_destroy(&m->lock);
}

static void end_round(struct meeting *m)
{
	m->waiting = 0;
	atomic_fetch_add_explicit(&m->round, 1, memory_order_release);
}

bool meeting_join(struct meeting *m, uint64_t *round)
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

bool meeting_give_up(struct meeting *m, uint64_t round)
{
	bool first;

	pthread_mutex_lock(&m->lock);
	first = !meeting_passed(m, round);
	if (first)
		end_round(m);
	pthread_mutex_unlock(&m->lock);
	return first;
}

void meeting_leave(struct meeting *m, uint64_t round)
{
	pthread_mutex_lock(&m->lock);
	if (!meeting_passed(m, round) && m->waiting)
		m->waiting--;
	pthread_mutex_unlock(&m->lock);
}
