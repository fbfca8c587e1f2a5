/*
 * Changes of anchors and aliases that come before an operation, so that the values of other places
 * stay.
 */
#ifndef EDIT_EDIT_ALIAS_H
#define EDIT_EDIT_ALIAS_H

#include "edit/edit_plan.h"

/* The plan that replaces ALIAS with a copy of the value that it repeats. */
bool edit_alias_copy(struct edit_plan *plan, const struct yaml_place *alias);
/* The plan that moves the anchor of ANCHORED, with a copy of the value, to the first alias that is
 * not in the bytes [begin, end), which contain ANCHORED. */
bool edit_alias_pass_on(struct edit_plan *plan, const struct yaml_place *anchored, uint32_t begin,
			uint32_t end);
/* The first place in [begin, end) with an anchor that an alias in other bytes repeats, or
 * NULL. */
struct yaml_place *edit_alias_needed(const struct edit_plan *plan, uint32_t begin, uint32_t end);
/* False, refused, if in the intended tree an alias comes before its anchor. */
bool edit_alias_check_order(struct edit_plan *plan);

#endif
