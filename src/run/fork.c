/*
 * Several strands of one user: forks and joins, and the waiting of users for each other at meeting
 * points. The strands of a fork are due when the fork is: waiting for the fork's limit is part of
 * their response times.
 */
#include "run/interpreter.h"

static void start_branch(struct worker *w, struct strand *parent)
{
	struct user *u = parent->user;
	struct strand *s = strand_take(&w->users, u);
	uint32_t branch = parent->fork_next++;

	strand_clear(w->program, s);
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
	/* Strand 0 is the user's own; forks and their branches are told apart whatever the timing.
	 */
	s->draws = draws_for(w->plan->settings.seed, u->number, u->iteration,
			     (uint64_t)parent->forks << 32 | (branch + 1));
	parent->fork_running++;
	strand_resume(w, s);
}

/* A branch may end at once and call for the next one: one loop does it for all. */
static void start_branches(struct worker *w, struct strand *s)
{
	if (s->fork_starting)
		return;
	s->fork_starting = true;
	while (s->fork_running < s->fork->limit && s->fork_next < s->fork->count &&
	       !worker_stops(w, s))
		start_branch(w, s);
	s->fork_starting = false;
}

static bool is_joined(const struct worker *w, const struct strand *s)
{
	return !s->fork_running && (s->fork_next == s->fork->count || worker_stops(w, s));
}

/* All branches have ended: their values are put in place, and the worst of them is obeyed. */
static enum flow join(struct worker *w, struct strand *s)
{
	struct user *u = s->user;
	bool all = s->fork_next == s->fork->count && !s->fork_broken;

	user_commit(u);
	s->fork = NULL;
	s->state = STRAND_RUNS;
	s->scheduled = false;
	if (s->fork_clock > s->clock)
		s->clock = s->fork_clock;
	if (!all)
		return strand_interrupt(w, s);
	if (u->stop)
		return strand_stop(w, s, (enum user_stop)u->stop);
	return FLOW_NEXT;
}

enum flow op_FORK(struct worker *w, struct strand *s, const struct instr *in)
{
	const struct fork_plan *fork = &w->program->forks[in->a];

	s->fork = fork;
	s->fork_next = 0;
	s->fork_running = 0;
	s->fork_broken = false;
	s->fork_last = 0;
	s->fork_clock = s->clock;
	s->forks++;
	s->pc = in->b;
	s->state = STRAND_WAITS_JOIN;
	start_branches(w, s);
	return is_joined(w, s) ? join(w, s) : FLOW_PARKED;
}

static void forget_child(struct user *u, struct strand *s)
{
	struct strand **link = &u->children;

	while (*link != s)
		link = &(*link)->next;
	*link = s->next;
}

enum flow op_JOIN(struct worker *w, struct strand *s, const struct instr *in)
{
	struct strand *parent = s->parent;

	(void)in;
	if (s->clock > parent->fork_clock)
		parent->fork_clock = s->clock;
	if (s->status && s->branch >= parent->fork_last) {
		parent->fork_last = s->branch + 1;
		parent->status = s->status;
		parent->response_time = s->response_time;
	}
	groups_end(w, s, s->user->failures ? OUTCOME_FAILED : OUTCOME_OK);
	forget_child(s->user, s);
	strand_give(&w->users, s);
	parent->fork_running--;
	if (parent->fork_starting)
		return FLOW_GONE;
	start_branches(w, parent);
	if (is_joined(w, parent) && join(w, parent) == FLOW_NEXT)
		strand_resume(w, parent);
	return FLOW_GONE;
}

/* ---- meeting points */

enum flow op_RENDEZVOUS(struct worker *w, struct strand *s, const struct instr *in)
{
	const struct rendezvous_plan *plan = &w->program->rendezvous[in->a];

	if (w->plan->settings.once)
		return FLOW_NEXT;
	if (worker_stops(w, s))
		return strand_interrupt(w, s);
	if (meeting_join(&w->shared->meetings[in->a], &s->round)) {
		w->shared->wake_all(w->shared->owner);
		return FLOW_NEXT;
	}
	s->meeting = in->a;
	s->queued = w->meeting;
	w->meeting = s;
	if (plan->timeout)
		worker_wait(w, s, w->now + plan->timeout);
	s->parked = true;
	s->state = STRAND_WAITS_USERS;
	return FLOW_PARKED;
}

void meetings_look(struct worker *w)
{
	struct strand **link = &w->meeting, *free = NULL;

	while (*link) {
		struct strand *s = *link;

		if (!meeting_passed(&w->shared->meetings[s->meeting], s->round)) {
			link = &s->queued;
			continue;
		}
		*link = s->queued;
		s->queued = free;
		free = s;
	}
	while (free) {
		struct strand *s = free;

		free = s->queued;
		timers_remove(&w->timers, s);
		s->thought += w->now > s->clock ? w->now - s->clock : 0;
		s->clock = w->now;
		strand_resume(w, s);
	}
}

void meeting_forget(struct worker *w, struct strand *s)
{
	struct strand **link = &w->meeting;

	while (*link && *link != s)
		link = &(*link)->queued;
	if (*link)
		*link = s->queued;
	meeting_leave(&w->shared->meetings[s->meeting], s->round);
}
