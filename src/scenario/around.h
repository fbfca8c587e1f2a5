/*
 * `setup:` and `teardown:` as written: a list of steps, or a mapping with the list and its `scope`,
 * which says whether each shard of a fleet performs it or one does for all. The scope of a teardown
 * that has none is that of the setup, for it clears up what that has made. On the thread that
 * loads.
 */
#ifndef SCENARIO_AROUND_H
#define SCENARIO_AROUND_H

#include "kind/field.h"
#include "kind/step.h"

enum around_scope { AROUND_OF_SHARD, AROUND_OF_FLEET };

/* Either form; `given` is empty for the short one. */
struct around_list {
	struct given given;
	struct steps steps;
	int scope; /* enum around_scope */
};

extern const struct field_special around_special;

/* Whether LIST is performed once for a fleet; BEFORE is the setup of a teardown, or NULL. */
bool around_is_once(const struct around_list *list, const struct around_list *before);

#endif
