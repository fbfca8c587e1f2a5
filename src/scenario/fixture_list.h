/*
 * `setup:`, `before_user:` and `teardown:` as written: a list of steps, or a mapping with the list
 * and its settings: `scope`, which says whether each shard of a fleet runs them or one shard does
 * for all, and when their values are renewed during the run. A teardown without a scope has the
 * scope of the setup, because it removes what the setup has created. On the thread that loads.
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
	int scope;		    /* enum fixture_scope */
	struct text every;	    /* raw.ptr NULL: not renewed after a time */
	struct field_list renew_on; /* of struct status_range; empty: not renewed by a response */
};

extern const struct field_special setup_special, before_user_special, teardown_special;

/* Whether LIST is run once for a fleet; BEFORE is the setup of a teardown, or NULL. */
bool fixture_list_is_once(const struct fixture_list *list, const struct fixture_list *before);

#endif
