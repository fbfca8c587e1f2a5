#include "run/around.h"

#include "base/log.h"

static const enum unmeasured_kind kinds[AROUND_NONE + 1] = {
    [AROUND_SETUP] = UNMEASURED_setup,		 [AROUND_BEFORE_USER] = UNMEASURED_before_user,
    [AROUND_AFTER_USER] = UNMEASURED_after_user, [AROUND_TEARDOWN] = UNMEASURED_teardown,
    [AROUND_NONE] = UNMEASURED_warm_up,
};

bool around_begin(struct worker *w, struct user *u, enum around part)
{
	struct strand *s = u->strand;

	if (w->program->around[part] == PC_NONE)
		return false;
	u->part = (uint8_t)part;
	u->failures = 0;
	u->stop = STOP_NOTHING;
	u->begun = s->clock;
	user_reset_values(w->program, w->shared->first, u);
	strand_clear(w->program, s);
	s->cut = false;
	/* Iterations count from 1; the parts around them draw from the other end. */
	s->draws = draws_for(w->plan->settings.seed, u->number, UINT64_MAX - (uint64_t)part, 0);
	s->pc = w->program->around[part];
	return true;
}

static void setup_over(struct worker *w, const struct user *u, bool good)
{
	struct run_shared *shared = w->shared;

	if (!good) {
		shared->setup_failed = true;
		if (u->failures)
			shared->setup_class = u->class;
		return;
	}
	values_keep(u->slots, NULL, w->program->slot_count, &shared->kept, &shared->kept_cap);
	shared->first = shared->kept;
}

static void before_user_over(struct worker *w, struct user *u, enum outcome outcome, bool good)
{
	if (good) {
		user_keep_values(w->program, u);
		return;
	}
	if (u->stop < STOP_USER)
		u->stop = STOP_USER;
	if (outcome != OUTCOME_CUT_OFF)
		recorder_run(&w->recorder)->users_failed++;
}

/* What was to be left tidy is not: whoever relies on it is told by the run's status. */
static void tidying_over(struct worker *w, const struct user *u, enum outcome outcome, bool good)
{
	struct run_counts *counts = recorder_run(&w->recorder);

	if (good || outcome == OUTCOME_CUT_OFF)
		return;
	if (u->part == AROUND_TEARDOWN)
		counts->teardowns_failed++;
	else
		counts->after_users_failed++;
}

/* Failures that were to be passed over (on_failure: continue) spoil nothing. */
void around_over(struct worker *w, struct user *u, enum outcome outcome)
{
	bool good = outcome == OUTCOME_OK || (outcome == OUTCOME_FAILED && !u->stop);

	switch ((enum around)u->part) {
	case AROUND_SETUP:
		setup_over(w, u, good);
		break;
	case AROUND_BEFORE_USER:
		before_user_over(w, u, outcome, good);
		break;
	case AROUND_AFTER_USER:
	case AROUND_TEARDOWN:
		tidying_over(w, u, outcome, good);
		break;
	case AROUND_NONE:
		BUG("an iteration is no part around it");
	}
}

void around_count(struct worker *w, const struct strand *s)
{
	const struct sample *sample = &s->sample;

	if (s->sent)
		recorder_unmeasured(&w->recorder, kinds[s->user->part],
				    1u + sample->redirects + sample->retries + sample->resent);
}
