/*
 * Names of variables: letters, digits and `_`, not starting with a digit, and not the first word of
 * a built-in name (`user.id`, `response.status` …).
 */
#ifndef SCENARIO_VARIABLE_NAME_H
#define SCENARIO_VARIABLE_NAME_H

#include <stdbool.h>

#include "base/str.h"

struct node;
struct reader;

/* Reports an error in the variable name KEY and returns true if there is none. */
bool variable_name_check(struct reader *r, const struct node *key);

#endif
