/*
 * Think times: `2s`, `1s..3s`, `normal(2s, 500ms)`, `exponential(2s)`, `lognormal(2s, 1s)`, the
 * same in a step and in `defaults`. A `${PARAMETER}` in them is replaced when the file is loaded.
 */
#ifndef SCENARIO_THINK_TIME_H
#define SCENARIO_THINK_TIME_H

#include "interface/field.h"
#include "scenario/model.h"

/* The value of a step: a time that is known when the file is loaded, or a text that is evaluated
 * for each pause and gives a duration. */
struct think_value {
	struct think_time time; /* THINK_NONE if there is a text */
	struct text text;	/* raw.ptr NULL: the time */
};

/* Reads a struct think_time. */
extern const struct field_special think_time_special;
/* Reads a struct think_value. */
extern const struct field_special think_value_special;

#endif
