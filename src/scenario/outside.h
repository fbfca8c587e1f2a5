/*
 * What comes from outside, over the file: options and the environment. `-u`, `--arrivals` and `-i`
 * replace the whole load; `-d` alone changes the length of a plain load and cuts a staged one;
 * where scenarios have loads of their own, all four are mistakes.
 */
#ifndef SCENARIO_OUTSIDE_H
#define SCENARIO_OUTSIDE_H

#include "scenario/model_read.h"

struct reader;

/* VALUE by the row of KEY, over OUT. False: not given, or a mistake that has been told. */
bool outside_take(struct reader *r, const struct outside_value *value, const struct field *fields,
		  const char *key, void *out);
/* The loads of MODEL, completed, with what comes from outside over them. */
void outside_settle_load(struct reader *r, const struct outside *outside, struct model *model);
/* What a scenario says about a load of its own must go together. */
void scenario_load_check(struct reader *r, const struct scenario *scenario);

#endif
