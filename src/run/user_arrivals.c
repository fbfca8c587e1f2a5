#include "run/user_arrivals.h"

#include "run/user_lifecycle.h"

#define STOP_TOLERANCE	NS_PER_S /* users due later than this before a stop are not missed */
#define BURST_TOLERANCE (100 * NS_PER_MS) /* for users who are all due when their load begins */

/* Arrivals over which the rate is measured. */
#define RATE_OVER 32u
/* Arrivals per second, on one worker, above which they may be late by up to GRAIN. */
#define DENSE 2000
#define GRAIN (250 * NS_PER_US)

/* ---- new users */

/* Counts one more user over all workers; false if load WHICH has its maximum already. */
static bool admit_user(struct worker *w, uint32_t which)
{
	int64_t max = w->plan->loads.items[which].max_users;
	_Atomic int64_t *here = &w->shared->loads[which].users;
	int64_t now, before = atomic_load(&w->shared->users_peak);

	if (atomic_fetch_add(here, 1) >= max && max >= 0) {
		atomic_fetch_sub(here, 1);
		return false;
	}
	now = atomic_fetch_add(&w->shared->users_now, 1) + 1;
	while (now > before && !atomic_compare_exchange_weak(&w->shared->users_peak, &before, now))
		;
	return true;
}

/* A user with NUMBER under load WHICH, which was to start at DUE. */
static struct user *add_user(struct worker *w, uint32_t which, uint64_t number, ns_t due)
{
	bool open = w->plan->loads.items[which].open;
	struct user *u = user_acquire(&w->users);

	u->number = number;
	u->load = which;
	u->http = w->http->ops->user_open(w->http);
	/* An arrival is due when it was planned; the other users are due when they start. */
	u->fiber->clock = open || due > w->now ? due : w->now;
	u->fiber->scheduled = open;
	recorder_users(&w->recorder, 1);
	return u;
}

/* A user of a closed load starts late if it is not there when it is due; the lag of arrivals is
 * recorded with their first request. Users who are all due together cannot all start in time.
 */
static void record_late_start(struct worker *w, const struct load_plan *load, ns_t due)
{
	bool burst = due - w->start <= load->begin;
	ns_t late = w->now > due ? w->now - due : 0;

	if (!load->open && due - w->start >= load->measured && (!burst || late > BURST_TOLERANCE))
		recorder_lag(&w->recorder, late);
}

/* The next arrival on this worker, of all loads. */
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

void user_arrivals_begin(struct worker *w)
{
	for (uint32_t i = 0; i < w->plan->loads.count; i++) {
		w->loads[i] = (struct worker_load){.state = RUN_RUNNING};
		arrival_schedule_init(&w->loads[i].schedule, w->plan, i, w->index);
	}
	if (w->plan->replay)
		w->replay = replay_sessions_new(
		    w->program, w->plan->settings.load.replay.speed, w->plan->loads.items[0].end,
		    w->plan->shard - 1 + (uint64_t)w->plan->shards * w->index,
		    (uint64_t)w->plan->shards * w->plan->threads);
	find_next_arrival(w);
}

/* Counts the users of a load, or requests of the replay, scheduled before BEFORE that have not
 * begun: this machine was too slow. */
static void count_missed(struct worker *w, uint32_t which, ns_t before)
{
	struct arrival_schedule *schedule = &w->loads[which].schedule;
	struct run_counts *counts = recorder_run(&w->recorder);

	if (w->fixture != FIXTURE_NONE)
		return; /* no load has begun, or it has ended */
	while (!w->replay && schedule->due < before - w->start) {
		counts->users_missed++;
		counts->arrivals_planned +=
		    schedule->load->open && schedule->due >= schedule->load->measured;
		arrival_schedule_advance(schedule);
	}
	while (w->replay && replay_sessions_due(w->replay) < before - w->start) {
		counts->users_missed++;
		counts->arrivals_planned++;
		replay_sessions_skip(w->replay);
	}
}

void user_arrivals_stop_load(struct worker *w, uint32_t which)
{
	count_missed(w, which, w->now);
	arrival_schedule_stop(&w->loads[which].schedule);
	if (w->replay)
		replay_sessions_stop(w->replay);
	find_next_arrival(w);
}

void user_arrivals_stop_all(struct worker *w)
{
	for (uint32_t i = 0; i < w->plan->loads.count; i++) {
		/* A stop may come before the first users have begun; that is not too slow. */
		count_missed(w, i, w->now - STOP_TOLERANCE);
		arrival_schedule_stop(&w->loads[i].schedule);
	}
	if (w->replay)
		replay_sessions_stop(w->replay);
	w->next_due = NS_NEVER;
}

/* ---- replay */

/* Retires the users who have been idle for too long; all idle users when no request is left. */
static void retire_idle(struct worker *w)
{
	bool all = replay_sessions_due(w->replay) == NS_NEVER;
	ns_t since = all ? NS_NEVER : w->now - REPLAY_IDLE_MAX;
	struct replay_session *idle;

	while ((idle = replay_sessions_idle_since(w->replay, since)))
		user_lifecycle_retire(w, idle->user);
}

/* The user of a session that begins with the next request; NULL if there are too many users. */
static struct user *add_session(struct worker *w, ns_t due)
{
	uint64_t number;
	struct user *u;

	if (!admit_user(w, 0))
		return NULL;
	number = replay_sessions_count(w->replay) * w->plan->shards * w->plan->threads +
		 w->plan->shard - 1 + (uint64_t)w->plan->shards * w->index;
	u = add_user(w, 0, number, due);
	u->leave = NS_NEVER;
	u->session = replay_sessions_add(w->replay, u);
	return u;
}

/* The next recorded request is due. The user of its session performs it, as soon as it is idle. */
static void replay_arrive(struct worker *w)
{
	struct replay_session *session = replay_sessions_next(w->replay);
	struct user *u = session ? session->user : add_session(w, w->next_due);
	bool dropped = !u;

	if (dropped)
		replay_sessions_skip(w->replay);
	else
		dropped = !replay_sessions_enqueue(w->replay, u->session);
	find_next_arrival(w);
	recorder_run(&w->recorder)->arrivals_planned++;
	recorder_run(&w->recorder)->arrivals_dropped += dropped;
	recorder_run(&w->recorder)->arrivals_started += !dropped;
	if (u && u->state == USER_ADMITTED) {
		u->fiber->scheduled = true;
		user_lifecycle_start(w, u);
	} else if (u && u->state == USER_IDLE && !dropped) {
		/* On time unless we are late; a request that waited in the queue is not. */
		u->fiber->scheduled = true;
		user_lifecycle_wake(w, u);
	}
	retire_idle(w);
	user_lifecycle_end_if_empty(w);
}

/* ---- arrivals and users */

static void measure_rate(struct worker *w, ns_t due)
{
	if (w->rate_count++ % RATE_OVER)
		return;
	w->dense = w->rate_count > 1 && due - w->rate_since < RATE_OVER * NS_PER_S / DENSE;
	w->rate_since = due;
}

/* A wake-up for each of very many arrivals would cost more than their requests. */
ns_t user_arrivals_alarm(const struct worker *w)
{
	ns_t due = w->next_due, late;

	if (!w->dense || due == NS_NEVER || due <= w->now)
		return due;
	late = due + GRAIN - 1 - (due + GRAIN - 1) % GRAIN;
	return late < w->edge ? late : due;
}

void user_arrivals_next(struct worker *w)
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
	if (load->open)
		measure_rate(w, due);
	if (!admit_user(w, which)) {
		recorder_run(&w->recorder)->arrivals_dropped += counted;
		user_lifecycle_end_if_empty(w);
		return;
	}
	recorder_run(&w->recorder)->arrivals_started += counted;
	u = add_user(w, which, number, due);
	record_late_start(w, load, due);
	u->leave = leave == NS_NEVER ? NS_NEVER : w->start + leave;
	user_lifecycle_start(w, u);
}
