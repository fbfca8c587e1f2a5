#include "run/user_lifecycle.h"

#include "run/channels.h"
#include "run/fixtures.h"
#include "run/interpreter.h"
#include "run/listener.h"
#include "run/renewal.h"
#include "run/request.h"

#define BACK_OFF_FIRST	  (100 * NS_PER_MS)
#define BACK_OFF_MAX	  NS_PER_S
#define BACK_OFF_FAILURES 4u /* failures in a row before users back off from a server */
#define SCENARIO_DRAWS	  (UINT64_MAX - 1) /* in place of a fiber's number in other keys */

/* ---- a user's iterations */

static bool may_iterate(struct worker *w, const struct user *u)
{
	const struct load_plan *load = &w->plan->loads.items[u->load];

	/* --once performs each scenario once: a stop of one does not affect the others. */
	bool continues =
	    w->plan->settings.once && u->fixture == FIXTURE_NONE && u->stop == STOP_USER;

	if (w->state >= RUN_DRAINING || (u->stop >= STOP_USER && !continues))
		return false;
	if (u->session)
		return !worker_aborts_user(w, u) && replay_sessions_dequeue(w->replay, u->session);
	if (load->open)
		return u->iteration == 0;
	if ((u->iteration || u->fixture == FIXTURE_BEFORE_USER) &&
	    (worker_drains_user(w, u) || w->now >= u->leave || u->fiber->clock >= u->leave))
		return false;
	if (load->max && u->iteration >= load->max)
		return false;
	return !load->bounded ||
	       atomic_fetch_add(&w->shared->loads[u->load].iterations, 1) < load->total;
}

static uint32_t draw_scenario(const struct worker *w, const struct user *u)
{
	const struct load_plan *load = &w->plan->loads.items[u->load];
	struct random_stream draws;
	double drawn;
	uint32_t i = 0;

	if (w->plan->settings.steps && w->plan->settings.steps->scenario != PC_NONE)
		return w->plan->settings.steps->scenario;
	if (w->plan->settings.once)
		return (uint32_t)(u->iteration - 1);
	if (load->scenario_count == 1)
		return load->scenarios[0];
	draws = random_stream(w->plan->settings.seed, u->number, u->iteration, SCENARIO_DRAWS);
	drawn = random_unit(&draws);
	while (i + 1 < load->scenario_count && drawn >= load->upto[i])
		i++;
	return load->scenarios[i];
}

/* Sets the user's fiber to the start of its next iteration; false if there is none. */
static bool begin_iteration(struct worker *w, struct user *u)
{
	struct fiber *f = u->fiber;
	const struct scenario_plan *scenario;

	if (!may_iterate(w, u))
		return false;
	user_enter(u, USER_ACTIVE);
	u->iteration++;
	u->fixture = FIXTURE_NONE;
	u->failures = 0;
	u->request_failed = false;
	u->reached = false;
	u->stop = STOP_NOTHING;
	u->trace.id.low = 0;
	if (u->session)
		f->clock = w->start + u->session->now.due;
	u->begun = f->clock;
	u->paced_at = 0;
	u->scenario = draw_scenario(w, u);
	scenario = &w->program->scenarios[u->scenario];
	renewal_values_update(w, u);
	user_reset_values(w->program, u);
	user_fiber_reset(w->program, f);
	f->draws = random_stream(w->plan->settings.seed, u->number, u->iteration, 0);
	f->pc = u->session ? replay_sessions_entry(w->replay, u->session) : scenario->entry;
	if (scenario->variables != PC_NONE) {
		f->calls[f->calls_used++] = f->pc;
		f->pc = scenario->variables;
	}
	fixtures_call_variables(w, u);
	if (u->iteration > 1 && w->plan->cookie_jar == COOKIES_PER_ITERATION)
		w->http->ops->cookies_clear(w->http, u->http);
	if (worker_is_measured(w, u, u->begun))
		recorder_started(&w->recorder, w->plan->scenario_series[u->scenario]);
	return true;
}

void user_lifecycle_end_if_empty(struct worker *w)
{
	if (w->next_due != NS_NEVER)
		return;
	if (w->users.live)
		renewal_end_unneeded(w);
	else if (!listener_any_closing(w))
		w->loop->ops->stop(w->loop);
}

static void remove_user(struct worker *w, struct user *u)
{
	if (u->session)
		recorder_run(&w->recorder)->arrivals_dropped +=
		    replay_sessions_remove(w->replay, u->session);
	channels_end(w, u, true);
	w->http->ops->user_close(w->http, u->http);
	u->http = NULL;
	renewal_values_leave(w->program, u);
	if (w->fixture == FIXTURE_NONE) {
		recorder_users(&w->recorder, -1);
		if (atomic_fetch_sub(&w->shared->users_now, 1) == 1)
			renewal_users_left(w);
		atomic_fetch_sub(&w->shared->loads[u->load].users, 1);
	}
	user_release(&w->users, u);
	user_lifecycle_end_if_empty(w);
}

/*
 * Begins what U does next and returns its new state: ACTIVE, with its fiber at the first
 * instruction; IDLE, until a request of its session is due; FREE, nothing was left to do and the
 * user was released.
 */
static enum user_state begin_next(struct worker *w, struct user *u)
{
	bool began = u->iteration || u->fixture == FIXTURE_BEFORE_USER;
	bool is_last = !user_iterates(u) && u->fixture != FIXTURE_BEFORE_USER;

	if (!is_last && begin_iteration(w, u))
		return USER_ACTIVE;
	if (!is_last && u->session && u->stop < STOP_USER && !worker_drains_user(w, u) &&
	    replay_sessions_set_idle(w->replay, u->session, w->now)) {
		user_enter(u, USER_IDLE);
		return USER_IDLE;
	}
	if (!is_last && began && !worker_aborts_user(w, u) &&
	    fixtures_begin(w, u, FIXTURE_AFTER_USER))
		return USER_ACTIVE;
	remove_user(w, u);
	return USER_FREE;
}

void user_lifecycle_start(struct worker *w, struct user *u)
{
	if (fixtures_begin(w, u, FIXTURE_BEFORE_USER) || begin_next(w, u) == USER_ACTIVE)
		interpreter_resume(w, u->fiber);
}

void user_lifecycle_continue(struct worker *w, struct user *u)
{
	if (u->renews) {
		renewal_try(w, u);
		return;
	}
	if (begin_next(w, u) == USER_ACTIVE)
		interpreter_resume(w, u->fiber);
}

void user_lifecycle_wake(struct worker *w, struct user *u)
{
	replay_sessions_wake(w->replay, u->session);
	user_lifecycle_continue(w, u);
}

bool user_lifecycle_retire(struct worker *w, struct user *u)
{
	if (u->state != USER_IDLE)
		return false;
	u->session->over = true;
	user_lifecycle_wake(w, u);
	return true;
}

/* ---- the end of an iteration */

bool user_lifecycle_repeats(const struct worker *w, const struct user *u)
{
	const struct load_plan *load = &w->plan->loads.items[u->load];

	return !load->open && !u->session && !w->plan->settings.once && u->stop < STOP_USER &&
	       !worker_drains_user(w, u) && !worker_aborts_user(w, u) &&
	       u->fiber->clock < u->leave && (!load->max || u->iteration < load->max) &&
	       (!load->bounded || atomic_load(&w->shared->loads[u->load].iterations) < load->total);
}

static void count_failures(struct user *u, enum outcome outcome)
{
	if (outcome != OUTCOME_FAILED) {
		u->failed_in_row = u->unreached_in_row = 0;
		return;
	}
	if (u->failed_in_row < UINT8_MAX)
		u->failed_in_row++;
	if (u->reached)
		u->unreached_in_row = 0;
	else if (u->unreached_in_row < UINT8_MAX)
		u->unreached_in_row++;
}

/*
 * How long U must pause after an iteration that ended as OUTCOME. A failure costs no time: without
 * a pause, users would flood a server that fails, and try ten thousand times per second where none
 * listens. A few failures in a row are common, so the pause begins later if a server was reached;
 * there, an iteration that paused has its own rate and needs no further pause. 0: no pause.
 */
static ns_t back_off_time(const struct worker *w, struct user *u, enum outcome outcome)
{
	ns_t paused = u->fiber->pause_time, rest = BACK_OFF_FIRST;
	unsigned failed, unreached, doublings;

	count_failures(u, outcome);
	failed = u->failed_in_row;
	unreached = u->unreached_in_row;
	if ((!unreached && (failed < BACK_OFF_FAILURES || paused)) || !failed ||
	    !user_lifecycle_repeats(w, u))
		return 0;
	doublings = failed < BACK_OFF_FAILURES ? 0 : failed - BACK_OFF_FAILURES;
	if (unreached > doublings)
		doublings = unreached - 1;
	for (unsigned i = 0; i < doublings && rest < BACK_OFF_MAX; i++)
		rest *= 2;
	rest = rest < BACK_OFF_MAX ? rest : BACK_OFF_MAX;
	return rest > paused ? rest - paused : 0;
}

/* U, whose iteration has been counted, pauses for REST before it does anything else. */
static void back_off(struct worker *w, struct user *u, ns_t rest)
{
	user_enter(u, USER_BACKING_OFF);
	u->fiber->clock += rest;
	u->fiber->scheduled = false;
	if (u->reached)
		recorder_run(&w->recorder)->back_offs++;
	else
		recorder_run(&w->recorder)->pauses++;
	worker_sleep(w, u->fiber, u->fiber->clock);
}

static void count_iteration(struct worker *w, struct user *u, enum outcome outcome)
{
	const struct fiber *f = u->fiber;
	ns_t busy = f->clock - u->begun - f->pause_time;
	ns_t elapsed = (u->paced_at ? u->paced_at : f->clock) - u->begun;
	unsigned series = w->plan->scenario_series[u->scenario];

	if (!worker_is_measured(w, u, u->begun))
		return;
	recorder_span(&w->recorder, series, outcome, u->class, busy, elapsed);
	if (outcome == OUTCOME_FAILED && !u->request_failed)
		recorder_failed_alone(&w->recorder, series);
}

bool worker_iteration_over(struct worker *w, struct user *u, enum outcome outcome)
{
	struct fiber *f = u->fiber;
	bool parked = f->parked;

	interpreter_end_groups(w, f, outcome);
	if (u->renews) {
		renewal_performed(w, u, outcome);
		return false;
	}
	if (u->channels)
		channels_end(w, u, false);
	if (user_iterates(u)) {
		ns_t rest = back_off_time(w, u, outcome);

		count_iteration(w, u, outcome);
		if (rest) {
			back_off(w, u, rest);
			return false;
		}
	} else {
		fixtures_end(w, u, outcome);
	}
	if (begin_next(w, u) != USER_ACTIVE)
		return false;
	if (parked)
		return true;
	/* An iteration that never gave the loop back would keep all other users waiting. */
	worker_sleep(w, f, f->clock);
	f->parked = false;
	return false;
}

/* ---- abort */

/* F does nothing more; its exchange, if there is one, comes back later. */
static void abort_fiber(struct worker *w, struct fiber *f)
{
	switch ((enum fiber_state)f->state) {
	case FIBER_IN_FLIGHT:
		if (f->request->wait) {
			channels_wait_abort(w, f);
			break;
		}
		fiber_enter(f, FIBER_CANCELLING);
		timers_remove(&w->timers, f);
		w->http->ops->cancel(w->http, f->exchange);
		return;
	case FIBER_QUEUED:
		request_leave_queue(w, f);
		break;
	case FIBER_RETRYING:
		timers_remove(&w->timers, f);
		renewal_leave(w, f);
		request_cancel_retry(w, f);
		break;
	case FIBER_AWAITING:
		timers_remove(&w->timers, f);
		renewal_leave(w, f);
		break;
	case FIBER_SLEEPING:
		timers_remove(&w->timers, f);
		break;
	case FIBER_AT_RENDEZVOUS:
		timers_remove(&w->timers, f);
		interpreter_leave_rendezvous(w, f);
		break;
	case FIBER_JOINING:
		break;
	case FIBER_FREE:
	case FIBER_RUNNING:
	case FIBER_PREPARED:
	case FIBER_CHECKING:
	case FIBER_FORKING:
	case FIBER_CANCELLING:
	case FIBER_ABORTED:
	case FIBER_STATE_COUNT:
		break; /* no fiber waits in these: fiber_enter refuses */
	}
	fiber_enter(f, FIBER_ABORTED);
}

void user_lifecycle_finish_abort(struct worker *w, struct user *u)
{
	if (u->in_flight || renewal_is_performed_for(w, u))
		return;
	while (u->children) {
		struct fiber *f = u->children;

		u->children = f->next;
		interpreter_end_groups(w, f, OUTCOME_CUT_OFF);
		user_fiber_release(&w->users, f);
	}
	fiber_enter(u->fiber, FIBER_RUNNING);
	/* after_user may follow. */
	if (worker_iteration_over(w, u, OUTCOME_CUT_OFF))
		interpreter_resume(w, u->fiber);
}

void user_lifecycle_abort(struct worker *w, struct user *u)
{
	if (u->state == USER_ABORTING)
		return;
	if (u->state == USER_BACKING_OFF) {
		timers_remove(&w->timers, u->fiber);
		if (u->renews)
			renewal_give_up(w, u);
		else
			interpreter_wake(w, u->fiber);
		return;
	}
	renewal_abort_for(w, u);
	user_enter(u, USER_ABORTING);
	for (struct fiber *f = u->children; f; f = f->next)
		abort_fiber(w, f);
	abort_fiber(w, u->fiber);
	user_lifecycle_finish_abort(w, u);
}

void user_lifecycle_exchange_aborted(struct worker *w, struct fiber *f)
{
	request_count_aborted(w, f);
	fiber_enter(f, FIBER_ABORTED);
	user_lifecycle_finish_abort(w, f->user);
}
