#include "run/user_lifecycle.h"

#include "run/fixtures.h"
#include "run/interpreter.h"

#define BACK_OFF_FIRST (100 * NS_PER_MS)
#define BACK_OFF_MAX   NS_PER_S
#define SCENARIO_DRAWS (UINT64_MAX - 1) /* stands where a fiber stands in other keys */

/* ---- a user's iterations */

static bool may_iterate(struct worker *w, const struct user *u)
{
	const struct load_plan *load = &w->plan->loads.items[u->load];

	/* Each scenario once: what stopped one of them is not the others' business. */
	bool continues =
	    w->plan->settings.once && u->fixture == FIXTURE_NONE && u->stop == STOP_USER;

	if (w->draining || (u->stop >= STOP_USER && !continues))
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

/* Sets the user's fiber at the start of its next iteration; false when there is none. */
static bool begin_iteration(struct worker *w, struct user *u)
{
	struct fiber *s = u->fiber;
	const struct scenario_plan *scenario;

	if (!may_iterate(w, u))
		return false;
	u->iteration++;
	u->fixture = FIXTURE_NONE;
	u->failures = 0;
	u->reached = false;
	u->stop = STOP_NOTHING;
	if (u->session)
		s->clock = w->start + u->session->now.due;
	u->begun = s->clock;
	u->scenario = draw_scenario(w, u);
	scenario = &w->program->scenarios[u->scenario];
	user_reset_values(w->program, w->shared->first, u);
	user_fiber_reset(w->program, s);
	s->draws = random_stream(w->plan->settings.seed, u->number, u->iteration, 0);
	s->pc = u->session ? replay_sessions_entry(w->replay, u->session) : scenario->entry;
	if (scenario->variables != PC_NONE) {
		s->calls[s->calls_used++] = s->pc;
		s->pc = scenario->variables;
	}
	if (u->iteration > 1 && w->plan->cookie_jar == COOKIES_PER_ITERATION)
		w->http->ops->cookies_clear(w->http, u->http);
	if (worker_is_measured(w, u, u->begun))
		recorder_started(&w->recorder, w->plan->scenario_series[u->scenario]);
	return true;
}

/* What U does next: an iteration, or what comes after the last; false when nothing is left. */
static bool begin_next(struct worker *w, struct user *u)
{
	bool began = u->iteration || u->fixture == FIXTURE_BEFORE_USER;

	if (u->fixture != FIXTURE_NONE && u->fixture != FIXTURE_BEFORE_USER)
		return false;
	if (begin_iteration(w, u))
		return true;
	if (u->session && u->stop < STOP_USER && !worker_drains_user(w, u) &&
	    replay_sessions_set_idle(w->replay, u->session, w->now))
		return false;
	return (began && !worker_aborts_user(w, u) && fixtures_begin(w, u, FIXTURE_AFTER_USER));
}

void user_lifecycle_end_if_empty(struct worker *w)
{
	if (!w->users.live && w->next_due == NS_NEVER)
		w->loop->ops->stop(w->loop);
}

static void remove_user(struct worker *w, struct user *u)
{
	if (u->session && u->session->idle)
		return; /* of its session more will come */
	if (u->session)
		recorder_run(&w->recorder)->arrivals_dropped +=
		    replay_sessions_remove(w->replay, u->session);
	w->http->ops->user_close(w->http, u->http);
	u->http = NULL;
	if (w->fixture == FIXTURE_NONE) {
		recorder_users(&w->recorder, -1);
		atomic_fetch_sub(&w->shared->users_now, 1);
		atomic_fetch_sub(&w->shared->loads[u->load].users, 1);
	}
	user_release(&w->users, u);
	user_lifecycle_end_if_empty(w);
}

/* ---- when nobody is there */

/*
 * U's iteration failed without reaching any server: what is refused costs nothing, so that a user
 * without think time would try again some ten thousand times a second. 0: it goes on at once.
 */
static ns_t back_off_time(const struct worker *w, struct user *u, enum outcome outcome)
{
	const struct load_plan *load = &w->plan->loads.items[u->load];
	ns_t rest = BACK_OFF_FIRST;

	if (u->reached || outcome != OUTCOME_FAILED) {
		u->failed_attempts = 0;
		return 0;
	}
	if (load->open || u->session || w->plan->settings.once || u->stop >= STOP_USER ||
	    worker_drains_user(w, u) || worker_aborts_user(w, u) ||
	    (load->max && u->iteration >= load->max))
		return 0;
	for (unsigned i = 0; i < u->failed_attempts && rest < BACK_OFF_MAX; i++)
		rest *= 2;
	if (u->failed_attempts < UINT8_MAX)
		u->failed_attempts++;
	return rest < BACK_OFF_MAX ? rest : BACK_OFF_MAX;
}

/* Parks U before the END of its scenario, where who only pauses at the end of a run is let go. */
static void back_off(struct worker *w, struct user *u, ns_t rest)
{
	struct fiber *s = u->fiber;

	u->backing_off = true;
	s->pc = w->program->scenarios[u->scenario].entry;
	while (w->program->code[s->pc].op != OP_END)
		s->pc++;
	s->calls_used = 0;
	s->clock += rest;
	recorder_run(&w->recorder)->pauses++;
	worker_wait(w, s, s->clock);
}

static void count_iteration(struct worker *w, struct user *u, enum outcome outcome)
{
	const struct fiber *s = u->fiber;
	ns_t elapsed = s->clock - u->begun;

	if (worker_is_measured(w, u, u->begun))
		recorder_span(&w->recorder, w->plan->scenario_series[u->scenario], outcome,
			      u->class, elapsed - s->pause_time, elapsed);
}

bool worker_iteration_over(struct worker *w, struct user *u, enum outcome outcome)
{
	struct fiber *s = u->fiber;
	bool parked = s->parked;

	interpreter_end_groups(w, s, outcome);
	if (u->backing_off) {
		u->backing_off = false;
	} else if (!user_iterates(u)) {
		fixtures_end(w, u, outcome);
	} else {
		ns_t rest = back_off_time(w, u, outcome);

		count_iteration(w, u, outcome);
		if (rest) {
			back_off(w, u, rest);
			return false;
		}
	}
	if (!begin_next(w, u)) {
		remove_user(w, u);
		return false;
	}
	if (parked)
		return true;
	/* An iteration that never gave the loop back would keep everyone else waiting. */
	worker_wait(w, s, s->clock);
	s->parked = false;
	return false;
}

/* ---- who comes */

/* One more user over all workers; false when there are as many as there may be. */
static bool admit_user(struct worker *w, uint32_t which)
{
	int64_t max = w->plan->loads.items[which].max_users;
	_Atomic int64_t *here = &w->shared->loads[which].users;
	int64_t now, before = atomic_load(&w->shared->users_most);

	if (atomic_fetch_add(here, 1) >= max && max >= 0) {
		atomic_fetch_sub(here, 1);
		return false;
	}
	now = atomic_fetch_add(&w->shared->users_now, 1) + 1;
	while (now > before && !atomic_compare_exchange_weak(&w->shared->users_most, &before, now))
		;
	return true;
}

/* The user with NUMBER is there, under load WHICH, DUE at that moment. */
static struct user *add_user(struct worker *w, uint32_t which, uint64_t number, ns_t due)
{
	bool open = w->plan->loads.items[which].open;
	struct user *u = user_acquire(&w->users);

	u->number = number;
	u->load = which;
	u->http = w->http->ops->user_open(w->http);
	/* An arrival is due when it was planned; who keeps coming back is due when he gets there.
	 */
	u->fiber->clock = open || due > w->now ? due : w->now;
	u->fiber->scheduled = open;
	recorder_users(&w->recorder, 1);
	return u;
}

/* Who is next on this worker over all loads. */
static void find_next_arrival(struct worker *w)
{
	w->next_due = NS_NEVER;
	if (w->replay && replay_sessions_due(w->replay) != NS_NEVER)
		w->next_due = w->start + replay_sessions_due(w->replay);
	for (uint32_t i = 0; i < w->plan->loads.count && !w->replay; i++) {
		ns_t due = w->loads[i].schedule.due;

		if (due == NS_NEVER || w->start + due >= w->next_due)
			continue;
		w->next_due = w->start + due;
		w->next_load = i;
	}
}

void user_lifecycle_begin(struct worker *w)
{
	for (uint32_t i = 0; i < w->plan->loads.count; i++) {
		w->loads[i] = (struct worker_load){.ended = false};
		arrival_schedule_init(&w->loads[i].schedule, w->plan, i, w->index);
	}
	if (w->plan->replay)
		w->replay = replay_sessions_new(
		    w->program, w->plan->settings.load.replay.speed, w->plan->loads.items[0].end,
		    w->plan->shard - 1 + (uint64_t)w->plan->shards * w->index,
		    (uint64_t)w->plan->shards * w->plan->threads);
	find_next_arrival(w);
}

void user_lifecycle_stop_load(struct worker *w, uint32_t which)
{
	arrival_schedule_stop(&w->loads[which].schedule);
	if (w->replay)
		replay_sessions_stop(w->replay);
	find_next_arrival(w);
}

void user_lifecycle_stop_all(struct worker *w)
{
	for (uint32_t i = 0; i < w->plan->loads.count; i++)
		arrival_schedule_stop(&w->loads[i].schedule);
	if (w->replay)
		replay_sessions_stop(w->replay);
	w->next_due = NS_NEVER;
}

/* ---- replay */

bool user_lifecycle_retire(struct worker *w, struct user *u)
{
	if (!u->session || !u->session->idle)
		return false;
	replay_sessions_wake(w->replay, u->session);
	u->session->over = true;
	if (begin_next(w, u))
		interpreter_resume(w, u->fiber);
	else
		remove_user(w, u);
	return true;
}

/* Who has been idle for too long goes, and all who are idle when nothing comes any more. */
static void retire_idle(struct worker *w)
{
	bool all = replay_sessions_due(w->replay) == NS_NEVER;
	ns_t since = all ? NS_NEVER : w->now - REPLAY_IDLE_MAX;
	struct replay_session *idle;

	while ((idle = replay_sessions_idle_since(w->replay, since)))
		user_lifecycle_retire(w, idle->user);
}

/* The next recorded request is due: its session's user performs it, now or when it gets there. */
static void replay_arrive(struct worker *w)
{
	struct replay_session *session = replay_sessions_next(w->replay);
	ns_t due = w->next_due;
	struct user *u = session ? session->user : NULL;
	bool free = !session || session->idle, dropped = false;

	recorder_run(&w->recorder)->arrivals_planned++;
	if (!session && !admit_user(w, 0)) {
		replay_sessions_skip(w->replay);
		dropped = true;
	} else if (!session) {
		uint64_t number =
		    replay_sessions_count(w->replay) * w->plan->shards * w->plan->threads +
		    w->plan->shard - 1 + (uint64_t)w->plan->shards * w->index;

		u = add_user(w, 0, number, due);
		u->leave = NS_NEVER;
		u->session = session = replay_sessions_add(w->replay, u);
	}
	if (!dropped && !replay_sessions_enqueue(w->replay, session))
		dropped = true;
	find_next_arrival(w);
	recorder_run(&w->recorder)->arrivals_dropped += dropped;
	recorder_run(&w->recorder)->arrivals_started += !dropped;
	if (u && free && !(dropped && session->idle)) {
		bool first = !session->idle;

		replay_sessions_wake(w->replay, session);
		/* On time unless it is we who are late; what waited in the queue is not scheduled.
		 */
		u->fiber->scheduled = true;
		if ((first && fixtures_begin(w, u, FIXTURE_BEFORE_USER)) || begin_next(w, u))
			interpreter_resume(w, u->fiber);
		else
			remove_user(w, u);
	}
	retire_idle(w);
	user_lifecycle_end_if_empty(w);
}

/* ---- arrivals and users */

void user_lifecycle_arrive(struct worker *w)
{
	uint32_t which = w->next_load;
	struct arrival_schedule *schedule = &w->loads[which].schedule;
	const struct load_plan *load = schedule->load;
	uint64_t number;
	ns_t due = w->next_due, leave = schedule->leave;
	bool counted = load->open && due - w->start >= load->measured;
	struct user *u;

	if (w->replay) {
		replay_arrive(w);
		return;
	}
	number = arrival_schedule_number(schedule);
	arrival_schedule_advance(schedule);
	find_next_arrival(w);
	recorder_run(&w->recorder)->arrivals_planned += counted;
	if (!admit_user(w, which)) {
		recorder_run(&w->recorder)->arrivals_dropped += counted;
		user_lifecycle_end_if_empty(w);
		return;
	}
	recorder_run(&w->recorder)->arrivals_started += counted;
	u = add_user(w, which, number, due);
	u->leave = leave == NS_NEVER ? NS_NEVER : w->start + leave;
	if (fixtures_begin(w, u, FIXTURE_BEFORE_USER) || begin_next(w, u))
		interpreter_resume(w, u->fiber);
	else
		remove_user(w, u);
}
