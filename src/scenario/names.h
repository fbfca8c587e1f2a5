/*
 * Names that people give to variables: letters, digits and `_`, no digit first, and not the first
 * word of a name that is built in (`user.id`, `response.status` …).
 */
#ifndef SCENARIO_NAMES_H
#define SCENARIO_NAMES_H

#include <stdbool.h>

#include "base/str.h"

struct node;
struct reader;

bool name_ok(struct str name);
/* The first word of a built-in name: user, iteration, scenario, loop, shard, run, response, env. */
bool name_is_built_in(struct str name);
/* Reports what is wrong with the variable's name KEY; true when nothing is. */
bool name_check(struct reader *r, const struct node *key);

#endif
