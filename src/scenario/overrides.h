/*
 * Applies options and the environment to the values of the file. `-u`, `--arrivals` and `-i`
 * replace the whole load. `-d` alone changes the duration of a plain load and cuts stages. If
 * scenarios have their own loads, all four are errors.
 */
#ifndef SCENARIO_OVERRIDES_H
#define SCENARIO_OVERRIDES_H

#include "scenario/model_read.h"

struct reader;

/* Reads VALUE by the row of KEY into OUT. Returns false if it is not set, or after an error. */
bool overrides_read(struct reader *r, const struct override *value, const struct field *fields,
		    const char *key, void *out);
/* Completes the loads of MODEL and applies the options. */
void overrides_apply_load(struct reader *r, const struct overrides *overrides, struct model *model);

#endif
