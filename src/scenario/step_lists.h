/*
 * The lists of steps inside a step (`then`, `else`, the branches of `choose` …), found with the
 * tables: for code that counts or searches steps without knowing their kinds.
 */
#ifndef SCENARIO_STEP_LISTS_H
#define SCENARIO_STEP_LISTS_H

#include "interface/step.h"

/* Calls EACH for every list directly inside STEP, in the order of the tables. */
void step_lists_visit(const struct step *step, void (*each)(void *owner, const struct steps *list),
		      void *owner);

#endif
