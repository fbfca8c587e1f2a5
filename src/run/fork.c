/*
 * Forks and joins of fibers, and rendezvous of users. The branches of a fork have the scheduled
 * start of the fork: the wait for the fork's limit is part of their response times.
 */
#include "run/interpreter.h"

static void start_branch(struct worker *w, struct fiber *parent)
{
	struct user *u = parent->user;
	struct fiber *f = user_fiber_acquire(&w->users, u);
	uint32_t branch = parent->fork_next++;

	user_fiber_reset(w->program, f);
	f->parent = parent;
	f->next = u->children;
	u->children = f;
	f->branch = branch;
	f->pc = parent->fork->targets[branch];
	f->clock = parent->clock;
	f->scheduled = parent->scheduled;
	f->status = parent->status;
	f->response_time = parent->response_time;
	for (uint32_t i = 0; i < w->program->counter_count; i++)
		f->counters[i] = parent->counters[i];
	/* Branch 0 is the user's own fiber. The streams of all branches differ, whatever their
	 * timing. */
	f->draws = random_stream(w->plan->settings.seed, u->number, u->iteration,
				 (uint64_t)parent->forks << 32 | (branch + 1));
	parent->fork_running++;
	interpreter_resume(w, f);
}

/* A branch may end immediately and make room for the next one: this loop starts them all. */
static void start_branches(struct worker *w, struct fiber *f)
{
	if (f->state == FIBER_FORKING)
		return;
	fiber_enter(f, FIBER_FORKING);
	while (f->fork_running < f->fork->limit && f->fork_next < f->fork->count &&
	       !worker_stops_fiber(w, f))
		start_branch(w, f);
	fiber_enter(f, FIBER_JOINING);
}

static bool is_joined(const struct worker *w, const struct fiber *f)
{
	return !f->fork_running && (f->fork_next == f->fork->count || worker_stops_fiber(w, f));
}

/* All branches have ended: commits their values and applies the severest stop. */
static enum control_flow join(struct worker *w, struct fiber *f)
{
	struct user *u = f->user;
	bool all = f->fork_next == f->fork->count && !f->fork_interrupted;

	user_commit_values(u);
	f->fork = NULL;
	fiber_enter(f, FIBER_RUNNING);
	f->scheduled = false;
	if (f->fork_clock > f->clock) {
		f->clock = f->fork_clock;
		f->pause_time += f->fork_pause;
	}
	if (!all)
		return interpreter_interrupt(w, f);
	if (u->stop)
		return interpreter_stop(w, f, (enum user_stop)u->stop);
	return FLOW_NEXT;
}

enum control_flow op_FORK(struct worker *w, struct fiber *f, const struct instr *in)
{
	const struct fork_plan *fork = &w->program->forks[in->a];

	f->fork = fork;
	f->fork_next = 0;
	f->fork_running = 0;
	f->fork_interrupted = false;
	f->fork_last = 0;
	f->fork_clock = f->clock;
	f->fork_pause = 0;
	f->forks++;
	f->pc = in->b;
	start_branches(w, f);
	return is_joined(w, f) ? join(w, f) : FLOW_PARKED;
}

static void remove_child(struct user *u, struct fiber *f)
{
	struct fiber **link = &u->children;

	while (*link != f)
		link = &(*link)->next;
	*link = f->next;
}

enum control_flow op_JOIN(struct worker *w, struct fiber *f, const struct instr *in)
{
	struct fiber *parent = f->parent;

	(void)in;
	if (f->clock > parent->fork_clock) {
		parent->fork_clock = f->clock;
		parent->fork_pause = f->pause_time;
	}
	if (f->status && f->branch >= parent->fork_last) {
		parent->fork_last = f->branch + 1;
		parent->status = f->status;
		parent->response_time = f->response_time;
	}
	interpreter_end_groups(w, f, f->user->failures ? OUTCOME_FAILED : OUTCOME_OK);
	remove_child(f->user, f);
	user_fiber_release(&w->users, f);
	parent->fork_running--;
	if (parent->state == FIBER_FORKING)
		return FLOW_GONE;
	start_branches(w, parent);
	if (is_joined(w, parent) && join(w, parent) == FLOW_NEXT)
		interpreter_resume(w, parent);
	return FLOW_GONE;
}

/* ---- rendezvous */

enum control_flow op_RENDEZVOUS(struct worker *w, struct fiber *f, const struct instr *in)
{
	const struct rendezvous_plan *plan = &w->program->rendezvous[in->a];

	if (w->plan->settings.once)
		return FLOW_NEXT;
	if (worker_stops_fiber(w, f))
		return interpreter_interrupt(w, f);
	if (rendezvous_join(&w->shared->rendezvous[in->a], &f->round)) {
		w->shared->wake_all(w->shared->owner);
		return FLOW_NEXT;
	}
	f->rendezvous = in->a;
	f->queued = w->at_rendezvous;
	w->at_rendezvous = f;
	f->parked = true;
	fiber_enter(f, FIBER_AT_RENDEZVOUS);
	if (plan->timeout)
		worker_set_timer(w, f, w->now + plan->timeout);
	return FLOW_PARKED;
}

void interpreter_check_rendezvous(struct worker *w)
{
	struct fiber **link = &w->at_rendezvous, *free = NULL;

	while (*link) {
		struct fiber *f = *link;

		if (!rendezvous_passed(&w->shared->rendezvous[f->rendezvous], f->round)) {
			link = &f->queued;
			continue;
		}
		*link = f->queued;
		f->queued = free;
		free = f;
	}
	while (free) {
		struct fiber *f = free;

		free = f->queued;
		timers_remove(&w->timers, f);
		f->pause_time += w->now > f->clock ? w->now - f->clock : 0;
		f->clock = w->now;
		fiber_enter(f, FIBER_RUNNING);
		interpreter_resume(w, f);
	}
}

void interpreter_leave_rendezvous(struct worker *w, struct fiber *f)
{
	struct fiber **link = &w->at_rendezvous;

	while (*link && *link != f)
		link = &(*link)->queued;
	if (*link)
		*link = f->queued;
	rendezvous_leave(&w->shared->rendezvous[f->rendezvous], f->round);
}
