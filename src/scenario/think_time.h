/*
 * Think times: `2s`, `1s..3s`, `normal(2s, 500ms)`, `exponential(2s)`, `lognormal(2s, 1s)`, the
 * same in a step and in `defaults`. A `${PARAMETER}` in them is replaced when the file is loaded.
 */
#ifndef SCENARIO_THINK_TIME_H
#define SCENARIO_THINK_TIME_H

#include "interface/field.h"
#include "scenario/model.h"

/* Reads a struct think_time. */
extern const struct field_special think_time_special;

#endif
