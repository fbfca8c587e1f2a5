/*
 * Fixtures: setup and teardown once per run, before_user and after_user once per user. They run on
 * the same fiber and with the same instructions as an iteration; only the first instruction, the
 * lifetime of values and the counting as unmeasured differ. Worker's thread.
 */
#ifndef RUN_FIXTURES_H
#define RUN_FIXTURES_H

#include "run/worker.h"

/* Sets the user's fiber to the start of FIXTURE; false if the scenario does not have it. */
bool fixtures_begin(struct worker *w, struct user *user, enum fixture_kind fixture);
/* The steps that the user's fiber performs begin with the evaluation of the user's variables that are kept,
 * unless they have values. */
void fixtures_call_variables(struct worker *w, struct user *user);
/* The user's fixture has ended: keeps its values, or applies the consequence of its failure. */
void fixtures_end(struct worker *w, struct user *user, enum outcome outcome);
/* Counts a request of a fixture or of the warm-up, with all its sends, as unmeasured. */
void fixtures_count_unmeasured(struct worker *w, const struct fiber *f);

#endif
