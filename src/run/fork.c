/*
 * Several fibers of one user: forks and joins, and the waiting of users for each other at meeting
 * points. The fibers of a fork are due when the fork is: waiting for the fork's limit is part of
 * their response times.
 */
#include "run/interpreter.h"

static void start_branch(struct worker *w, struct fiber *parent)
{
	struct user *u = parent->user;
	struct fiber *s = user_fiber_acquire(&w->users, u);
	uint32_t branch = parent->fork_next++;

	user_fiber_reset(w->program, s);
	s->parent = parent;
	s->next = u->children;
	u->children = s;
	s->branch = branch;
	s->pc = parent->fork->targets[branch];
	s->clock = parent->clock;
	s->scheduled = parent->scheduled;
	s->status = parent->status;
	s->response_time = parent->response_time;
	for (uint32_t i = 0; i < w->program->counter_count; i++)
		s->counters[i] = parent->counters[i];
	/* Fiber 0 is the user's own; forks and their branches are told apart whatever the timing.
	 */
	s->draws = random_stream(w->plan->settings.seed, u->number, u->iteration,
				 (uint64_t)parent->forks << 32 | (branch + 1));
	parent->fork_running++;
	interpreter_resume(w, s);
}

/* A branch may end at once and call for the next one: one loop does it for all. */
static void start_branches(struct worker *w, struct fiber *s)
{
	if (s->fork_starting)
		return;
	s->fork_starting = true;
	while (s->fork_running < s->fork->limit && s->fork_next < s->fork->count &&
	       !worker_stops_fiber(w, s))
		start_branch(w, s);
	s->fork_starting = false;
}

static bool is_joined(const struct worker *w, const struct fiber *s)
{
	return !s->fork_running && (s->fork_next == s->fork->count || worker_stops_fiber(w, s));
}

/* All branches have ended: their values are put in place, and the worst of them is obeyed. */
static enum control_flow join(struct worker *w, struct fiber *s)
{
	struct user *u = s->user;
	bool all = s->fork_next == s->fork->count && !s->fork_interrupted;

	user_commit_values(u);
	s->fork = NULL;
	s->state = FIBER_RUNNING;
	s->scheduled = false;
	if (s->fork_clock > s->clock)
		s->clock = s->fork_clock;
	if (!all)
		return interpreter_interrupt(w, s);
	if (u->stop)
		return interpreter_stop(w, s, (enum user_stop)u->stop);
	return FLOW_NEXT;
}

enum control_flow op_FORK(struct worker *w, struct fiber *s, const struct instr *in)
{
	const struct fork_plan *fork = &w->program->forks[in->a];

	s->fork = fork;
	s->fork_next = 0;
	s->fork_running = 0;
	s->fork_interrupted = false;
	s->fork_last = 0;
	s->fork_clock = s->clock;
	s->forks++;
	s->pc = in->b;
	s->state = FIBER_JOINING;
	start_branches(w, s);
	return is_joined(w, s) ? join(w, s) : FLOW_PARKED;
}

static void remove_child(struct user *u, struct fiber *s)
{
	struct fiber **link = &u->children;

	while (*link != s)
		link = &(*link)->next;
	*link = s->next;
}

enum control_flow op_JOIN(struct worker *w, struct fiber *s, const struct instr *in)
{
	struct fiber *parent = s->parent;

	(void)in;
	if (s->clock > parent->fork_clock)
		parent->fork_clock = s->clock;
	if (s->status && s->branch >= parent->fork_last) {
		parent->fork_last = s->branch + 1;
		parent->status = s->status;
		parent->response_time = s->response_time;
	}
	interpreter_end_groups(w, s, s->user->failures ? OUTCOME_FAILED : OUTCOME_OK);
	remove_child(s->user, s);
	user_fiber_release(&w->users, s);
	parent->fork_running--;
	if (parent->fork_starting)
		return FLOW_GONE;
	start_branches(w, parent);
	if (is_joined(w, parent) && join(w, parent) == FLOW_NEXT)
		interpreter_resume(w, parent);
	return FLOW_GONE;
}

/* ---- rendezvous points */

enum control_flow op_RENDEZVOUS(struct worker *w, struct fiber *s, const struct instr *in)
{
	const struct rendezvous_plan *plan = &w->program->rendezvous[in->a];

	if (w->plan->settings.once)
		return FLOW_NEXT;
	if (worker_stops_fiber(w, s))
		return interpreter_interrupt(w, s);
	if (rendezvous_join(&w->shared->rendezvous[in->a], &s->round)) {
		w->shared->wake_all(w->shared->owner);
		return FLOW_NEXT;
	}
	s->rendezvous = in->a;
	s->queued = w->at_rendezvous;
	w->at_rendezvous = s;
	if (plan->timeout)
		worker_wait(w, s, w->now + plan->timeout);
	s->parked = true;
	s->state = FIBER_AT_RENDEZVOUS;
	return FLOW_PARKED;
}

void interpreter_check_rendezvous(struct worker *w)
{
	struct fiber **link = &w->at_rendezvous, *free = NULL;

	while (*link) {
		struct fiber *s = *link;

		if (!rendezvous_passed(&w->shared->rendezvous[s->rendezvous], s->round)) {
			link = &s->queued;
			continue;
		}
		*link = s->queued;
		s->queued = free;
		free = s;
	}
	while (free) {
		struct fiber *s = free;

		free = s->queued;
		timers_remove(&w->timers, s);
		s->pause_time += w->now > s->clock ? w->now - s->clock : 0;
		s->clock = w->now;
		interpreter_resume(w, s);
	}
}

void interpreter_leave_rendezvous(struct worker *w, struct fiber *s)
{
	struct fiber **link = &w->at_rendezvous;

	while (*link && *link != s)
		link = &(*link)->queued;
	if (*link)
		*link = s->queued;
	rendezvous_leave(&w->shared->rendezvous[s->rendezvous], s->round);
}
