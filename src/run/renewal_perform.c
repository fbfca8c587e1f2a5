/* Renewals: the users that perform them, from their first step to what follows. */
#include "run/renewal_private.h"

#include "base/log.h"
#include "base/units.h"
#include "run/interpreter.h"
#include "run/live_secrets.h"
#include "run/user_lifecycle.h"

#define TRIES_MAX    3u
#define PAUSE	     (500 * NS_PER_MS) /* after the first failed try */
#define PAUSE_FACTOR 4		       /* of each further pause to the one before it */
#define TEXT_MAX     60u	       /* bytes of a wrong duration in a message */

static const struct renewal_plan *plan_of(const struct worker *w, const struct user *performer)
{
	return &w->program->renewals[performer->renews - 1];
}

/* ---- values */

static ns_t due_of(const struct worker *w, const struct user *u)
{
	return u->renew_in ? w->now + u->renew_in : NS_NEVER;
}

/* OWNER gets what the user FROM, which may be the same, has set. */
static void give_own(struct worker *w, struct user *owner, uint32_t i, const struct user *from)
{
	struct user_renewal *r = &owner->renewals[i];

	user_renewal_copy(owner, &w->program->renewals[i], r, from->slots);
	r->switched = ++w->switches;
	r->due = due_of(w, from);
}

void renewal_begin_values(struct worker *w, struct user *u, enum fixture_kind fixture)
{
	for (uint32_t i = 0; i < w->program->renewal_count; i++) {
		const struct renewal_plan *plan = &w->program->renewals[i];

		if (plan->fixture != fixture || plan->lazy)
			continue;
		if (renewal_is_shared(plan))
			shared_renewal_publish(&w->shared->renewals[i], plan, u->slots,
					       due_of(w, u));
		else
			give_own(w, u, i, u);
	}
}

/* ---- performing */

/* A user that renews sees the values of its owner. */
static void copy_own(struct worker *w, struct user *u)
{
	for (uint32_t i = 0; u->owner && i < w->program->renewal_count; i++) {
		const struct renewal_plan *plan = &w->program->renewals[i];
		const struct user_renewal *r = &u->owner->renewals[i];

		if (renewal_is_shared(plan) || !r->generation)
			continue;
		for (uint32_t k = 0; k < plan->slot_count; k++)
			user_set_value(u, plan->slots[k], r->own[k], &w->spare);
	}
}

static void begin(struct worker *w, struct user *u)
{
	const struct renewal_plan *plan = plan_of(w, u);
	struct fiber *f = u->fiber;
	uint64_t draw = UINT64_MAX - (uint64_t)plan->fixture;
	uint64_t done = u->owner ? u->owner->renewals[u->renews - 1].generation
				 : atomic_load(&w->shared->renewals[u->renews - 1].generation);

	user_enter(u, USER_ACTIVE);
	u->fixture = (uint8_t)plan->fixture;
	u->failures = 0;
	u->stop = STOP_NOTHING;
	u->renew_in = 0;
	u->begun = f->clock = w->now;
	f->scheduled = false;
	renewal_values_update(w, u);
	user_reset_values(w->program, u);
	for (uint32_t i = 0; u->owner && w->program->slot_kept && i < w->program->slot_count; i++)
		if (w->program->slot_kept[i])
			user_set_value(u, i, u->owner->slots[i], &w->spare);
	copy_own(w, u);
	user_fiber_reset(w->program, f);
	f->draws =
	    random_stream(w->plan->settings.seed, u->number, draw, done * TRIES_MAX + u->tries);
	f->pc = plan->pc;
	worker_sleep(w, f, w->now);
}

void renewal_start(struct worker *w, uint32_t i, struct user *owner)
{
	struct user *u = user_acquire(&w->users);

	u->renews = i + 1;
	u->owner = owner;
	if (owner) {
		owner->renewals[i].performer = u;
		u->number = owner->number;
		u->load = owner->load;
		u->scenario = owner->scenario;
		u->http = owner->http;
	} else {
		w->renewers++;
		u->number = UINT64_MAX; /* as that of setup */
		u->http = w->http->ops->user_open(w->http);
	}
	begin(w, u);
}

static void wake_owner(struct worker *w, struct user_renewal *r)
{
	while (r->waiting) {
		struct fiber *f = r->waiting;

		r->waiting = f->queued;
		renewal_wake(w, f);
	}
}

/* ---- the end */

/* U, whose renewal has ended, is released. */
static void leave(struct worker *w, struct user *u)
{
	struct user *owner = u->owner;

	if (!owner) {
		w->http->ops->user_close(w->http, u->http);
		w->renewers--;
	} else {
		owner->renewals[u->renews - 1].performer = NULL;
	}
	u->http = NULL;
	renewal_values_leave(w->program, u);
	user_release(&w->users, u);
}

static void succeed(struct worker *w, struct user *u)
{
	const struct renewal_plan *plan = plan_of(w, u);
	uint32_t i = u->renews - 1;
	struct user *owner = u->owner;

	/* The first one of a login is not a renewal. */
	if (owner ? owner->renewals[i].generation : atomic_load(&w->shared->renewals[i].generation))
		recorder_run(&w->recorder)->renewals++;
	if (!owner) {
		shared_renewal_publish(&w->shared->renewals[i], plan, u->slots, due_of(w, u));
		leave(w, u);
		w->shared->wake_all(w->shared->owner);
		return;
	}
	give_own(w, owner, i, u);
	for (uint32_t k = 0; k < plan->kept_slot_count; k++)
		user_set_value(owner, plan->kept_slots[k], u->slots[plan->kept_slots[k]],
			       &w->spare);
	leave(w, u);
	wake_owner(w, &owner->renewals[i]);
}

/* The run ends like one whose setup failed. */
static void give_up_shared(struct worker *w, struct user *u)
{
	struct run_shared *shared = w->shared;
	uint32_t i = u->renews - 1;

	if (u->failures)
		shared->setup_class = u->class;
	log_error("%s: %u tries failed",
		  plan_of(w, u)->lazy ? "no token was received" : "setup could not be renewed",
		  TRIES_MAX);
	leave(w, u);
	recorder_run(&w->recorder)->renewals_given_up++;
	atomic_store(&shared->renewal_failed, true);
	shared_renewal_end(&shared->renewals[i], RENEWAL_OVER);
	run_shared_stop(shared, RUN_DRAINING, w->now + w->plan->loads.grace);
}

/* The user ends like one whose before_user failed. */
static void give_up_own(struct worker *w, struct user *u)
{
	struct user *owner = u->owner;
	struct user_renewal *r = &owner->renewals[u->renews - 1];

	leave(w, u);
	r->over = true;
	owner->stop = STOP_USER;
	recorder_run(&w->recorder)->users_failed++;
	user_lifecycle_abort(w, owner);
}

static void fail(struct worker *w, struct user *u)
{
	ns_t pause = PAUSE;

	recorder_run(&w->recorder)->renewals_failed++;
	if (++u->tries == TRIES_MAX) {
		if (u->owner)
			give_up_own(w, u);
		else
			give_up_shared(w, u);
		return;
	}
	for (uint32_t i = 1; i < u->tries; i++)
		pause *= PAUSE_FACTOR;
	user_enter(u, USER_BACKING_OFF);
	worker_sleep(w, u->fiber, w->now + pause);
}

void renewal_give_up(struct worker *w, struct user *u)
{
	struct user *owner = u->owner;
	uint32_t i = u->renews - 1;

	if (u->fiber->state == FIBER_SLEEPING)
		fiber_enter(u->fiber, FIBER_RUNNING);
	leave(w, u);
	if (!owner) {
		shared_renewal_end(&w->shared->renewals[i], RENEWAL_IDLE);
		w->shared->wake_all(w->shared->owner);
		user_lifecycle_end_if_empty(w);
	} else if (owner->state == USER_ABORTING) {
		user_lifecycle_finish_abort(w, owner);
	}
}

void renewal_performed(struct worker *w, struct user *u, enum outcome outcome)
{
	if (outcome == OUTCOME_CUT_OFF && u->owner && u->state != USER_ABORTING)
		give_up_own(w, u); /* the data has no further row for it */
	else if (outcome == OUTCOME_CUT_OFF)
		renewal_give_up(w, u);
	else if (outcome == OUTCOME_OK || !u->stop)
		succeed(w, u);
	else
		fail(w, u);
}

void renewal_try(struct worker *w, struct user *u)
{
	begin(w, u);
}

/* ---- aborting */

bool renewal_is_performed_for(const struct worker *w, const struct user *u)
{
	for (uint32_t i = 0; i < w->program->renewal_count; i++)
		if (u->renewals[i].performer)
			return true;
	return false;
}

void renewal_abort_for(struct worker *w, struct user *u)
{
	for (uint32_t i = 0; i < w->program->renewal_count; i++)
		if (u->renewals[i].performer)
			user_lifecycle_abort(w, u->renewals[i].performer);
}

void renewal_abort_all(struct worker *w)
{
	struct user *next;

	/* Nothing is renewed for a user that renews, so no other user is released here. */
	for (struct user *u = w->users.living; u && w->renewers; u = next) {
		next = u->next;
		if (worker_is_renewer(u))
			user_lifecycle_abort(w, u);
	}
}

void renewal_end_unneeded(struct worker *w)
{
	if (w->renewers && w->users.live == w->renewers && w->fixture == FIXTURE_NONE &&
	    atomic_load(&w->shared->users_now) == 0)
		renewal_abort_all(w);
}

/* ---- the time of a renewal */

enum control_flow op_RENEW_AFTER(struct worker *w, struct fiber *f, const struct instr *in)
{
	ns_t length = 0;
	bool good;

	buf_clear(&w->text);
	good = eval_render(w->program->templates[in->a], interpreter_eval(w, f), &w->text);
	if (good &&
	    (units_duration(str_trim(buf_str(&w->text)), &length) != UNIT_OK || length <= 0)) {
		live_secrets_mask(w, f, &w->text);
		good = eval_error(&w->eval,
				  "'%.*s' is not a time until the next renewal; every: needs a "
				  "duration longer than 0, such as ${seconds}s",
				  (int)(w->text.len < TEXT_MAX ? w->text.len : TEXT_MAX),
				  w->text.data);
	}
	if (!good)
		return interpreter_script_failed(w, f, in);
	scratch_clear(&w->scratch);
	f->user->renew_in = length;
	return FLOW_NEXT;
}
