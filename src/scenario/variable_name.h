/*
 * Names that people give to variables: letters, digits and `_`, no digit first, and not the first
 * word of a name that is built in (`user.id`, `response.status` …).
 */
#ifndef SCENARIO_VARIABLE_NAME_H
#define SCENARIO_VARIABLE_NAME_H

#include <stdbool.h>

#include "base/str.h"

struct node;
struct reader;

bool variable_name_valid(struct str name);
/* The first word of a built-in name: user, iteration, scenario, loop, shard, run, response, env. */
bool variable_name_built_in(struct str name);
/* Reports what is wrong with the variable's name KEY; true when nothing is. */
bool variable_name_check(struct reader *r, const struct node *key);

#endif
