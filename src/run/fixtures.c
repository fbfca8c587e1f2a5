#include "run/fixtures.h"

#include "base/log.h"
#include "run/renewal.h"

static const enum unmeasured_kind kinds[FIXTURE_NONE + 1] = {
    [FIXTURE_SETUP] = UNMEASURED_setup,		  [FIXTURE_BEFORE_USER] = UNMEASURED_before_user,
    [FIXTURE_AFTER_USER] = UNMEASURED_after_user, [FIXTURE_TEARDOWN] = UNMEASURED_teardown,
    [FIXTURE_NONE] = UNMEASURED_warm_up,
};

/* Unless they have values, the user's variables that are kept are evaluated first. */
void fixtures_call_variables(struct worker *w, struct user *u)
{
	struct fiber *f = u->fiber;

	if (u->keeps || w->program->user_variables == PC_NONE)
		return;
	f->calls[f->calls_used++] = f->pc;
	f->pc = w->program->user_variables;
}

bool fixtures_begin(struct worker *w, struct user *u, enum fixture_kind fixture)
{
	struct fiber *f = u->fiber;

	if (w->program->fixture[fixture] == PC_NONE)
		return false;
	user_enter(u, USER_ACTIVE);
	u->fixture = (uint8_t)fixture;
	u->failures = 0;
	u->stop = STOP_NOTHING;
	u->trace.id.low = 0;
	u->begun = f->clock;
	u->renew_in = 0;
	renewal_values_update(w, u);
	user_reset_values(w->program, u);
	user_fiber_reset(w->program, f);
	/* Iterations draw from the first streams, counted from 1; fixtures draw from the last ones.
	 */
	f->draws =
	    random_stream(w->plan->settings.seed, u->number, UINT64_MAX - (uint64_t)fixture, 0);
	f->pc = w->program->fixture[fixture];
	if (fixture == FIXTURE_BEFORE_USER || fixture == FIXTURE_AFTER_USER)
		fixtures_call_variables(w, u);
	return true;
}

static void setup_ended(struct worker *w, struct user *u, bool good)
{
	struct run_shared *shared = w->shared;

	if (!good) {
		shared->setup_failed = true;
		if (u->failures)
			shared->setup_class = u->class;
		return;
	}
	renewal_begin_values(w, u, FIXTURE_SETUP);
}

static void before_user_ended(struct worker *w, struct user *u, enum outcome outcome, bool good)
{
	if (good) {
		renewal_begin_values(w, u, FIXTURE_BEFORE_USER);
		return;
	}
	if (u->stop < STOP_USER)
		u->stop = STOP_USER;
	if (outcome != OUTCOME_CUT_OFF)
		recorder_run(&w->recorder)->users_failed++;
}

/* Data may be left on the server; the exit status of the run says so. */
static void cleanup_ended(struct worker *w, const struct user *u, enum outcome outcome, bool good)
{
	struct run_counts *counts = recorder_run(&w->recorder);

	if (good || outcome == OUTCOME_CUT_OFF)
		return;
	if (u->fixture == FIXTURE_TEARDOWN)
		counts->teardowns_failed++;
	else
		counts->after_users_failed++;
}

/* Failures that are ignored (on_failure: continue) have no effect here. */
void fixtures_end(struct worker *w, struct user *u, enum outcome outcome)
{
	bool good = outcome == OUTCOME_OK || (outcome == OUTCOME_FAILED && !u->stop);

	switch ((enum fixture_kind)u->fixture) {
	case FIXTURE_SETUP:
		setup_ended(w, u, good);
		break;
	case FIXTURE_BEFORE_USER:
		before_user_ended(w, u, outcome, good);
		break;
	case FIXTURE_AFTER_USER:
	case FIXTURE_TEARDOWN:
		cleanup_ended(w, u, outcome, good);
		break;
	case FIXTURE_NONE:
		BUG("an iteration is not a fixture");
	}
}

void fixtures_count_unmeasured(struct worker *w, const struct fiber *f)
{
	const struct sample *sample = &f->sample;

	if (f->sent)
		recorder_unmeasured(&w->recorder, kinds[f->user->fixture],
				    1u + sample->redirects + sample->retries + sample->resent);
}
