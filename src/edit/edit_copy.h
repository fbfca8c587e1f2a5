/*
 * The text of an entry for another place, as it was written, with its comments: the lines with
 * another indentation, or the text on one line for brackets.
 */
#ifndef EDIT_EDIT_COPY_H
#define EDIT_EDIT_COPY_H

#include "edit/edit_plan.h"

/* The bytes [begin, end), which start a line at COLUMN or have their first line without its
 * indentation, with all lines shifted to TO_COLUMN. Ends with a line end. WITHOUT_ANCHORS: a copy
 * must not define an anchor again. */
struct str edit_copy_lines(struct edit_plan *plan, uint32_t begin, uint32_t end, uint32_t column,
			   uint32_t to_column, bool without_anchors);
/* The lines of an entry of OWNER, which is in a block, with the entry in COLUMN and, in a mapping,
 * with the key KEY. */
struct str edit_copy_entry(struct edit_plan *plan, const struct yaml_place *owner, size_t index,
			   struct str key, uint32_t column, bool without_anchors);
/* The value PLACE as a text for brackets; a null view if it would lose comments or anchors. */
struct str edit_copy_flow(struct edit_plan *plan, const struct yaml_place *place,
			  bool without_anchors);
/* Whether an alias is written inside PLACE or at it. */
bool edit_copy_has_alias(const struct edit_plan *plan, const struct yaml_place *place);

#endif
