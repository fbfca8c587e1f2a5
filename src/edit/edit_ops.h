/*
 * The plan of each kind of operation: the patches, and the change of the intended tree. The
 * target was found by the caller; its aliases need no attention any more. Each function returns
 * false if the operation is refused.
 */
#ifndef EDIT_EDIT_OPS_H
#define EDIT_EDIT_OPS_H

#include "edit/edit_plan.h"

bool edit_ops_set(struct edit_plan *plan, const struct edit_target *target,
		  const struct node *value);
/* EDIT_ADD and EDIT_INSERT. */
bool edit_ops_insert(struct edit_plan *plan, const struct edit_target *target);
bool edit_ops_remove(struct edit_plan *plan, const struct edit_target *target);
bool edit_ops_move(struct edit_plan *plan, const struct edit_target *from);
bool edit_ops_duplicate(struct edit_plan *plan, const struct edit_target *target);
bool edit_ops_disable(struct edit_plan *plan, const struct edit_target *target);
bool edit_ops_enable(struct edit_plan *plan, const struct edit_target *target);
bool edit_ops_rename(struct edit_plan *plan, const struct edit_target *target);
bool edit_ops_scenarios(struct edit_plan *plan);

/* False, refused, if the entry of TARGET cannot be changed because the file has an error there. */
bool edit_ops_is_sound(struct edit_plan *plan, const struct edit_target *target);

#endif
