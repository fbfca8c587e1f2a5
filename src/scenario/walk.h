/*
 * The lists of steps inside a step (`then`, `else`, the branches of `choose` …), found by the
 * tables: for whoever counts or looks through a scenario without knowing its kinds.
 */
#ifndef SCENARIO_WALK_H
#define SCENARIO_WALK_H

#include "kind/step.h"

/* Calls EACH for every list directly inside STEP, in the order of the tables. */
void walk_lists(const struct step *step, void (*each)(void *owner, const struct steps *list),
		void *owner);

#endif
