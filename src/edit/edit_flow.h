/*
 * Patches of lists and mappings in brackets and braces, `[a, b]` and `{k: v}`, on one line or on
 * several. These functions change only the patches of the plan; the caller changes the intended
 * tree.
 */
#ifndef EDIT_EDIT_FLOW_H
#define EDIT_EDIT_FLOW_H

#include "edit/edit_plan.h"

/* ENTRY is the text of a new entry, on one line. */
bool edit_flow_insert(struct edit_plan *plan, struct yaml_place *owner, size_t index,
		      struct str entry);
bool edit_flow_remove(struct edit_plan *plan, struct yaml_place *owner, size_t index);
/* Replaces the value PLACE, or writes it if nothing is written. */
bool edit_flow_set_text(struct edit_plan *plan, const struct yaml_place *place, struct str value);

#endif
