/*
 * `setup:` and `teardown:` as written: a list of steps, or a mapping with the list and its `scope`,
 * which says whether each shard of a fleet runs them or one shard does for all. A teardown without
 * a scope has the scope of the setup, because it removes what the setup has created. On the thread
 * that loads.
 */
#ifndef SCENARIO_FIXTURE_LIST_H
#define SCENARIO_FIXTURE_LIST_H

#include "interface/field.h"
#include "interface/step.h"

enum fixture_scope { FIXTURE_PER_SHARD, FIXTURE_PER_FLEET };

/* Either form; `keys` is empty in the short one. */
struct fixture_list {
	struct keys keys;
	struct steps steps;
	int scope; /* enum fixture_scope */
};

extern const struct field_special fixture_list_special;

/* Whether LIST is run once for a fleet; BEFORE is the setup of a teardown, or NULL. */
bool fixture_list_is_once(const struct fixture_list *list, const struct fixture_list *before);

#endif
