/*
 * What is performed around the iterations: setup and teardown once per run, before_user and
 * after_user once per user. The same fiber and the same instructions as an iteration's; only where
 * it starts, what its values live for and that nothing is measured differ. Worker's thread.
 */
#ifndef RUN_FIXTURES_H
#define RUN_FIXTURES_H

#include "run/worker.h"

/* Sets the user's fiber at the start of PART; false when the scenario has no such part. */
bool fixtures_begin(struct worker *w, struct user *user, enum fixture_kind fixture);
/* The part the user performed is over: its values are kept, or its failure has its consequence. */
void fixtures_end(struct worker *w, struct user *user, enum outcome outcome);
/* A request of such a part, or of the warm-up, is closed, of so many sends: counted as unmeasured.
 */
void fixtures_count_unmeasured(struct worker *w, const struct fiber *f);

#endif
