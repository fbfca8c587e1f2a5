#include "run/visits.h"

#include "run/around.h"
#include "run/interpreter.h"

#define REST_FIRST     (100 * NS_PER_MS)
#define REST_MOST      NS_PER_S
#define SCENARIO_DRAWS (UINT64_MAX - 1) /* stands where a strand stands in other keys */

/* ---- a user's iterations */

static bool may_iterate(struct worker *w, const struct user *u)
{
	const struct load_plan *load = &w->plan->loads.items[u->load];

	/* Each scenario once: what stopped one of them is not the others' business. */
	bool goes_on = w->plan->settings.once && u->part == AROUND_NONE && u->stop == STOP_USER;

	if (w->stopping || (u->stop >= STOP_USER && !goes_on))
		return false;
	if (u->session)
		return !user_is_cut(w, u) && replay_take(w->replay, u->session);
	if (load->open)
		return u->iteration == 0;
	if ((u->iteration || u->part == AROUND_BEFORE_USER) &&
	    (user_is_ending(w, u) || w->now >= u->leave || u->strand->clock >= u->leave))
		return false;
	if (load->most && u->iteration >= load->most)
		return false;
	return !load->bounded ||
	       atomic_fetch_add(&w->shared->loads[u->load].iterations, 1) < load->total;
}

static uint32_t draw_scenario(const struct worker *w, const struct user *u)
{
	const struct load_plan *load = &w->plan->loads.items[u->load];
	struct draws draws;
	double drawn;
	uint32_t i = 0;

	if (w->plan->settings.once)
		return (uint32_t)(u->iteration - 1);
	if (load->scenario_count == 1)
		return load->scenarios[0];
	draws = draws_for(w->plan->settings.seed, u->number, u->iteration, SCENARIO_DRAWS);
	drawn = draw_unit(&draws);
	while (i + 1 < load->scenario_count && drawn >= load->upto[i])
		i++;
	return load->scenarios[i];
}

/* Sets the user's strand at the start of its next iteration; false when there is none. */
static bool begin_iteration(struct worker *w, struct user *u)
{
	struct strand *s = u->strand;
	const struct scenario_plan *scenario;

	if (!may_iterate(w, u))
		return false;
	u->iteration++;
	u->part = AROUND_NONE;
	u->failures = 0;
	u->reached = false;
	u->stop = STOP_NOTHING;
	if (u->session)
		s->clock = w->start + u->session->now.due;
	u->begun = s->clock;
	u->scenario = draw_scenario(w, u);
	scenario = &w->program->scenarios[u->scenario];
	user_reset_values(w->program, w->shared->first, u);
	strand_clear(w->program, s);
	s->draws = draws_for(w->plan->settings.seed, u->number, u->iteration, 0);
	s->pc = u->session ? replay_entry(w->replay, u->session) : scenario->entry;
	if (scenario->variables != PC_NONE) {
		s->calls[s->calls_used++] = s->pc;
		s->pc = scenario->variables;
	}
	if (u->iteration > 1 && w->plan->cookie_jar == COOKIES_PER_ITERATION)
		w->http->ops->cookies_clear(w->http, u->http);
	if (is_measured(w, u, u->begun))
		recorder_started(&w->recorder, w->plan->scenario_series[u->scenario]);
	return true;
}

/* What U does next: an iteration, or what comes after the last; false when nothing is left. */
static bool go_on(struct worker *w, struct user *u)
{
	bool began = u->iteration || u->part == AROUND_BEFORE_USER;

	if (u->part != AROUND_NONE && u->part != AROUND_BEFORE_USER)
		return false;
	if (begin_iteration(w, u))
		return true;
	if (u->session && u->stop < STOP_USER && !user_is_ending(w, u) &&
	    replay_wait(w->replay, u->session, w->now))
		return false;
	return (began && !user_is_cut(w, u) && around_begin(w, u, AROUND_AFTER_USER));
}

void end_when_empty(struct worker *w)
{
	if (!w->users.live && w->next_due == NS_NEVER)
		w->loop->ops->stop(w->loop);
}

static void user_leave(struct worker *w, struct user *u)
{
	if (u->session && u->session->idle)
		return; /* of its session more will come */
	if (u->session)
		recorder_run(&w->recorder)->arrivals_dropped +=
		    replay_forget(w->replay, u->session);
	w->http->ops->user_close(w->http, u->http);
	u->http = NULL;
	if (w->part == AROUND_NONE) {
		recorder_users(&w->recorder, -1);
		atomic_fetch_sub(&w->shared->users_now, 1);
		atomic_fetch_sub(&w->shared->loads[u->load].users, 1);
	}
	user_give(&w->users, u);
	end_when_empty(w);
}

/* ---- when nobody is there */

/*
 * U's iteration failed without reaching any server: what is refused costs nothing, so that a user
 * without think time would try again some ten thousand times a second. 0: it goes on at once.
 */
static ns_t rest_of(const struct worker *w, struct user *u, enum outcome outcome)
{
	const struct load_plan *load = &w->plan->loads.items[u->load];
	ns_t rest = REST_FIRST;

	if (u->reached || outcome != OUTCOME_FAILED) {
		u->in_vain = 0;
		return 0;
	}
	if (load->open || u->session || w->plan->settings.once || u->stop >= STOP_USER ||
	    user_is_ending(w, u) || user_is_cut(w, u) || (load->most && u->iteration >= load->most))
		return 0;
	for (unsigned i = 0; i < u->in_vain && rest < REST_MOST; i++)
		rest *= 2;
	if (u->in_vain < UINT8_MAX)
		u->in_vain++;
	return rest < REST_MOST ? rest : REST_MOST;
}

/* Parks U before the END of its scenario, where who only pauses at the end of a run is let go. */
static void take_rest(struct worker *w, struct user *u, ns_t rest)
{
	struct strand *s = u->strand;

	u->resting = true;
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
	const struct strand *s = u->strand;
	ns_t elapsed = s->clock - u->begun;

	if (is_measured(w, u, u->begun))
		recorder_span(&w->recorder, w->plan->scenario_series[u->scenario], outcome,
			      u->class, elapsed - s->thought, elapsed);
}

bool worker_iteration_over(struct worker *w, struct user *u, enum outcome outcome)
{
	struct strand *s = u->strand;
	bool parked = s->parked;

	groups_end(w, s, outcome);
	if (u->resting) {
		u->resting = false;
	} else if (!user_iterates(u)) {
		around_over(w, u, outcome);
	} else {
		ns_t rest = rest_of(w, u, outcome);

		count_iteration(w, u, outcome);
		if (rest) {
			take_rest(w, u, rest);
			return false;
		}
	}
	if (!go_on(w, u)) {
		user_leave(w, u);
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
static bool make_room(struct worker *w, uint32_t which)
{
	int64_t most = w->plan->loads.items[which].max_users;
	_Atomic int64_t *here = &w->shared->loads[which].users;
	int64_t now, before = atomic_load(&w->shared->users_most);

	if (atomic_fetch_add(here, 1) >= most && most >= 0) {
		atomic_fetch_sub(here, 1);
		return false;
	}
	now = atomic_fetch_add(&w->shared->users_now, 1) + 1;
	while (now > before && !atomic_compare_exchange_weak(&w->shared->users_most, &before, now))
		;
	return true;
}

/* The user with NUMBER is there, under load WHICH, DUE at that moment. */
static struct user *user_enter(struct worker *w, uint32_t which, uint64_t number, ns_t due)
{
	bool open = w->plan->loads.items[which].open;
	struct user *u = user_take(&w->users);

	u->number = number;
	u->load = which;
	u->http = w->http->ops->user_open(w->http);
	/* An arrival is due when it was planned; who keeps coming back is due when he gets there.
	 */
	u->strand->clock = open || due > w->now ? due : w->now;
	u->strand->scheduled = open;
	recorder_users(&w->recorder, 1);
	return u;
}

/* Who is next on this worker over all loads. */
static void look_ahead(struct worker *w)
{
	w->next_due = NS_NEVER;
	if (w->replay && replay_due(w->replay) != NS_NEVER)
		w->next_due = w->start + replay_due(w->replay);
	for (uint32_t i = 0; i < w->plan->loads.count && !w->replay; i++) {
		ns_t due = w->loads[i].pacing.due;

		if (due == NS_NEVER || w->start + due >= w->next_due)
			continue;
		w->next_due = w->start + due;
		w->next_load = i;
	}
}

void visits_begin(struct worker *w)
{
	for (uint32_t i = 0; i < w->plan->loads.count; i++) {
		w->loads[i] = (struct worker_load){.ended = false};
		pacing_init(&w->loads[i].pacing, w->plan, i, w->index);
	}
	if (w->plan->replay)
		w->replay = replay_new(w->program, w->plan->settings.load.replay.speed,
				       w->plan->loads.items[0].end,
				       w->plan->shard - 1 + (uint64_t)w->plan->shards * w->index,
				       (uint64_t)w->plan->shards * w->plan->threads);
	look_ahead(w);
}

void visits_stop(struct worker *w, uint32_t which)
{
	pacing_stop(&w->loads[which].pacing);
	if (w->replay)
		replay_stop(w->replay);
	look_ahead(w);
}

void visits_stop_all(struct worker *w)
{
	for (uint32_t i = 0; i < w->plan->loads.count; i++)
		pacing_stop(&w->loads[i].pacing);
	if (w->replay)
		replay_stop(w->replay);
	w->next_due = NS_NEVER;
}

/* ---- replay */

bool user_dismiss(struct worker *w, struct user *u)
{
	if (!u->session || !u->session->idle)
		return false;
	replay_wake(w->replay, u->session);
	u->session->over = true;
	if (go_on(w, u))
		strand_resume(w, u->strand);
	else
		user_leave(w, u);
	return true;
}

/* Who has been idle for too long goes, and all who are idle when nothing comes any more. */
static void dismiss_idle(struct worker *w)
{
	bool all = replay_due(w->replay) == NS_NEVER;
	ns_t since = all ? NS_NEVER : w->now - REPLAY_IDLE_MOST;
	struct replay_session *idle;

	while ((idle = replay_idle_since(w->replay, since)))
		user_dismiss(w, idle->user);
}

/* The next recorded request is due: its session's user performs it, now or when it gets there. */
static void replay_come(struct worker *w)
{
	struct replay_session *session = replay_session_of(w->replay);
	ns_t due = w->next_due;
	struct user *u = session ? session->user : NULL;
	bool free = !session || session->idle, dropped = false;

	recorder_run(&w->recorder)->arrivals_planned++;
	if (!session && !make_room(w, 0)) {
		replay_skip(w->replay);
		dropped = true;
	} else if (!session) {
		uint64_t number = replay_sessions(w->replay) * w->plan->shards * w->plan->threads +
				  w->plan->shard - 1 + (uint64_t)w->plan->shards * w->index;

		u = user_enter(w, 0, number, due);
		u->leave = NS_NEVER;
		u->session = session = replay_session_new(w->replay, u);
	}
	if (!dropped && !replay_push(w->replay, session))
		dropped = true;
	look_ahead(w);
	recorder_run(&w->recorder)->arrivals_dropped += dropped;
	recorder_run(&w->recorder)->arrivals_started += !dropped;
	if (u && free && !(dropped && session->idle)) {
		bool first = !session->idle;

		replay_wake(w->replay, session);
		/* On time unless it is we who are late; what waited in the queue is not scheduled.
		 */
		u->strand->scheduled = true;
		if ((first && around_begin(w, u, AROUND_BEFORE_USER)) || go_on(w, u))
			strand_resume(w, u->strand);
		else
			user_leave(w, u);
	}
	dismiss_idle(w);
	end_when_empty(w);
}

/* ---- arrivals and users */

void user_come(struct worker *w)
{
	uint32_t which = w->next_load;
	struct pacing *pacing = &w->loads[which].pacing;
	const struct load_plan *load = pacing->load;
	uint64_t number;
	ns_t due = w->next_due, leave = pacing->leave;
	bool counted = load->open && due - w->start >= load->measured;
	struct user *u;

	if (w->replay) {
		replay_come(w);
		return;
	}
	number = pacing_number(pacing);
	pacing_advance(pacing);
	look_ahead(w);
	recorder_run(&w->recorder)->arrivals_planned += counted;
	if (!make_room(w, which)) {
		recorder_run(&w->recorder)->arrivals_dropped += counted;
		end_when_empty(w);
		return;
	}
	recorder_run(&w->recorder)->arrivals_started += counted;
	u = user_enter(w, which, number, due);
	u->leave = leave == NS_NEVER ? NS_NEVER : w->start + leave;
	if (around_begin(w, u, AROUND_BEFORE_USER) || go_on(w, u))
		strand_resume(w, u->strand);
	else
		user_leave(w, u);
}
