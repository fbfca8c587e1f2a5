#include "run/shared_renewal.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "run/user.h"

void shared_renewal_init(struct shared_renewal *r)
{
	pthread_mutex_init(&r->lock, NULL);
	r->current = NULL;
	r->remote = false;
	atomic_init(&r->generation, 0);
	atomic_init(&r->state, RENEWAL_IDLE);
	atomic_init(&r->due, NS_NEVER);
}

void shared_renewal_release(struct shared_renewal *r)
{
	shared_renewal_drop(r->current);
	pthread_mutex_destroy(&r->lock);
}

void shared_renewal_drop(struct shared_values *values)
{
	if (!values || atomic_fetch_sub(&values->holders, 1) > 1)
		return;
	free(values->values);
	free(values);
}

void shared_renewal_publish(struct shared_renewal *r, const struct renewal_plan *plan,
			    const struct value *slots, ns_t due)
{
	struct shared_values *next = alloc_zeroed(1, sizeof *next), *old;
	size_t cap = 0;

	user_values_copy(slots, plan->slots, plan->slot_count, &next->values, &cap);
	atomic_init(&next->holders, 1);
	pthread_mutex_lock(&r->lock);
	old = r->current;
	next->generation = old ? old->generation + 1 : 1;
	r->current = next;
	atomic_store(&r->due, due);
	atomic_store(&r->generation, next->generation);
	atomic_store(&r->state, RENEWAL_IDLE);
	pthread_mutex_unlock(&r->lock);
	shared_renewal_drop(old);
}

struct shared_values *shared_renewal_hold(struct shared_renewal *r)
{
	struct shared_values *values;

	pthread_mutex_lock(&r->lock);
	values = r->current;
	if (values)
		atomic_fetch_add(&values->holders, 1);
	pthread_mutex_unlock(&r->lock);
	return values;
}

bool shared_renewal_begin(struct shared_renewal *r)
{
	int idle = RENEWAL_IDLE;

	return atomic_compare_exchange_strong(&r->state, &idle, RENEWAL_RUNNING);
}

void shared_renewal_end(struct shared_renewal *r, enum shared_renewal_state state)
{
	atomic_store(&r->state, state);
}

void shared_renewal_refused(struct shared_renewal *r, uint64_t generation)
{
	pthread_mutex_lock(&r->lock);
	if (r->current && r->current->generation == generation)
		atomic_store(&r->due, 0);
	pthread_mutex_unlock(&r->lock);
}
