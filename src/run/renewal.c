/* Renewals: which values a user has, who waits for new ones, and when a response requests them. */
#include "run/renewal_private.h"

#include "run/user_lifecycle.h"

/* ---- values */

static void update(struct worker *w, struct user *u, uint32_t i)
{
	struct user_renewal *own = &u->renewals[i];
	struct shared_renewal *r = &w->shared->renewals[i];
	struct shared_values *values;

	if (atomic_load_explicit(&r->generation, memory_order_acquire) == own->generation)
		return;
	values = shared_renewal_hold(r);
	user_renewal_hold(u, &w->program->renewals[i], own, values);
	own->switched = ++w->switches;
}

void renewal_values_update(struct worker *w, struct user *u)
{
	for (uint32_t i = 0; i < w->program->renewal_count; i++)
		if (renewal_is_shared(&w->program->renewals[i]))
			update(w, u, i);
}

void renewal_values_leave(const struct program *program, struct user *u)
{
	for (uint32_t i = 0; i < program->renewal_count; i++) {
		shared_renewal_drop(u->renewals[i].shared);
		u->renewals[i].shared = NULL;
	}
}

/* ---- waiting */

static void await(struct worker *w, struct fiber *f, uint32_t i)
{
	struct fiber **list = renewal_is_shared(&w->program->renewals[i])
				  ? &w->awaiting
				  : &f->user->renewals[i].waiting;

	f->awaits = i + 1;
	f->queued = *list;
	*list = f;
	f->parked = true;
	f->await_from = w->now;
	f->pc--; /* back to its REQUEST */
	if (f->state == FIBER_RUNNING)
		fiber_enter(f, FIBER_AWAITING);
	recorder_run(&w->recorder)->renewals_waited++;
}

static bool awaits_shared(struct worker *w, struct fiber *f, uint32_t i)
{
	struct shared_renewal *r = &w->shared->renewals[i];

	if ((w->now >= atomic_load(&r->due) ||
	     renewal_is_missing(w, i, atomic_load(&r->generation))) &&
	    shared_renewal_begin(r) && !r->remote)
		renewal_start(w, i, NULL);
	if (atomic_load(&r->state) != RENEWAL_RUNNING) {
		update(w, f->user, i);
		return false;
	}
	await(w, f, i);
	return true;
}

static bool awaits_own(struct worker *w, struct fiber *f, uint32_t i)
{
	struct user_renewal *r = &f->user->renewals[i];

	if (!r->performer && !r->over &&
	    (w->now >= r->due || renewal_is_missing(w, i, r->generation)))
		renewal_start(w, i, f->user);
	if (!r->performer)
		return false;
	await(w, f, i);
	return true;
}

bool renewal_awaits(struct worker *w, struct fiber *f, const struct instr *in)
{
	unsigned bits = w->program->requests[in->a].renewals;

	for (uint32_t i = 0; bits >> i; i++) {
		if (!(bits >> i & 1))
			continue;
		if (renewal_is_shared(&w->program->renewals[i]) ? awaits_shared(w, f, i)
								: awaits_own(w, f, i))
			return true;
	}
	return false;
}

void renewal_waited(struct worker *w, struct fiber *f)
{
	ns_t wait = w->now - f->await_from;

	f->await_from = 0;
	f->pause_time += wait;
	if (f->state == FIBER_AWAITING) {
		fiber_enter(f, FIBER_RUNNING);
		f->clock += wait;
		return;
	}
	/* Between two sends of a request. */
	f->due += wait;
	f->sent += wait;
}

static struct fiber **list_of(struct worker *w, const struct fiber *f)
{
	uint32_t i = f->awaits - 1;

	return renewal_is_shared(&w->program->renewals[i]) ? &w->awaiting
							   : &f->user->renewals[i].waiting;
}

void renewal_leave(struct worker *w, struct fiber *f)
{
	struct fiber **link;

	f->await_from = 0;
	if (!f->awaits)
		return;
	link = list_of(w, f);
	while (*link != f)
		link = &(*link)->queued;
	*link = f->queued;
	f->awaits = 0;
}

/* Many may have waited: the loop continues them in batches, like other timers. */
void renewal_wake(struct worker *w, struct fiber *f)
{
	f->awaits = 0;
	worker_set_timer(w, f, w->now);
}

void renewal_check(struct worker *w)
{
	struct fiber **link = &w->awaiting;

	while (*link) {
		struct fiber *f = *link;

		if (atomic_load(&w->shared->renewals[f->awaits - 1].state) == RENEWAL_RUNNING) {
			link = &f->queued;
			continue;
		}
		*link = f->queued;
		renewal_wake(w, f);
	}
	user_lifecycle_end_if_empty(w);
}

/* ---- for requests that were refused */

/* Whether F's request, refused, carried the newest values of renewal I. */
static bool carried_newest(const struct fiber *f, uint32_t i)
{
	return f->user->renewals[i].switched <= f->rendered;
}

static bool ask(struct worker *w, struct fiber *f, uint32_t i)
{
	struct user_renewal *own = &f->user->renewals[i];
	struct shared_renewal *r = &w->shared->renewals[i];
	bool newest = carried_newest(f, i);

	if (!renewal_is_shared(&w->program->renewals[i])) {
		if (own->over)
			return false;
		if (newest && !own->performer)
			own->due = 0;
		return true;
	}
	if (atomic_load(&r->state) == RENEWAL_OVER)
		return false;
	if (newest)
		shared_renewal_refused(r, own->generation);
	return true;
}

bool renewal_is_asked(struct worker *w, struct fiber *f)
{
	const struct exchange *x = f->exchange;
	unsigned bits = f->request->renewals;

	if (f->renewed || f->state != FIBER_CHECKING || x->result != HTTP_OK ||
	    (!f->failed && !f->request->default_expect) || worker_stops_fiber(w, f))
		return false;
	for (uint32_t i = 0; bits >> i; i++) {
		const struct renewal_plan *plan = &w->program->renewals[i];

		if ((bits >> i & 1) &&
		    status_range_has(plan->statuses, plan->status_count, x->status))
			return f->renewed = ask(w, f, i);
	}
	return false;
}

/* ---- for a worker */

/* Only the load is renewed ahead; afterwards, who needs the values begins a renewal. */
static bool renews_ahead(const struct worker *w)
{
	return w->program->renewal_count && w->state == RUN_RUNNING && w->fixture == FIXTURE_NONE;
}

static ns_t due_at(const struct worker *w, uint32_t i)
{
	const struct shared_renewal *r = &w->shared->renewals[i];

	if (!renewal_is_shared(&w->program->renewals[i]) || r->remote ||
	    atomic_load(&r->state) != RENEWAL_IDLE)
		return NS_NEVER;
	return atomic_load(&r->due);
}

ns_t renewal_next(const struct worker *w)
{
	ns_t next = NS_NEVER;

	for (uint32_t i = 0; renews_ahead(w) && i < w->program->renewal_count; i++)
		if (due_at(w, i) < next)
			next = due_at(w, i);
	return next;
}

void renewal_begin_due(struct worker *w)
{
	for (uint32_t i = 0; renews_ahead(w) && i < w->program->renewal_count; i++)
		if (w->now >= due_at(w, i) && shared_renewal_begin(&w->shared->renewals[i]))
			renewal_start(w, i, NULL);
}

void renewal_users_left(struct worker *w)
{
	for (uint32_t i = 0; i < w->program->renewal_count; i++)
		if (atomic_load(&w->shared->renewals[i].state) == RENEWAL_RUNNING) {
			w->shared->wake_all(w->shared->owner);
			return;
		}
}
