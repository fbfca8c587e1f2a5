/*
 * What comes from outside, over the file: options and the environment. `-u`, `--arrivals` and `-i`
 * replace the whole load; `-d` alone changes the length of a plain load and cuts a staged one;
 * where scenarios have loads of their own, all four are mistakes.
 */
#ifndef SCENARIO_OVERRIDES_H
#define SCENARIO_OVERRIDES_H

#include "scenario/model_read.h"

struct reader;

/* VALUE by the row of KEY, over OUT. False: not given, or a mistake that has been told. */
bool overrides_read(struct reader *r, const struct override *value, const struct field *fields,
		    const char *key, void *out);
/* The loads of MODEL, completed, with what comes from outside over them. */
void overrides_apply_load(struct reader *r, const struct overrides *overrides, struct model *model);

#endif
