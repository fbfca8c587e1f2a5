/*
 * Patches of lists and mappings in blocks, which are written on their own lines: values, new
 * entries, removed entries. These functions change only the patches of the plan; the caller changes
 * the intended tree.
 */
#ifndef EDIT_EDIT_BLOCK_H
#define EDIT_EDIT_BLOCK_H

#include "edit/edit_plan.h"

/* Whether PLACE is the value of an entry in a block. */
bool edit_block_is_value(const struct yaml_place *place);
/* Replaces the value PLACE, or writes it if nothing is written, with the text VALUE
 * (edit_writer.h). The anchor, and the comment on the line of the key or dash, stay. */
bool edit_block_set_text(struct edit_plan *plan, const struct yaml_place *place, struct str value);
bool edit_block_set(struct edit_plan *plan, const struct yaml_place *place,
		    const struct node *value);
/* LINES are the complete lines of a new entry of OWNER, which is in a block, or has no entries. */
bool edit_block_insert(struct edit_plan *plan, struct yaml_place *owner, size_t index,
		       struct str lines);
bool edit_block_remove(struct edit_plan *plan, struct yaml_place *owner, size_t index);
/* Where the colon, the dash or the anchor before the value PLACE ends; YAML_NO_PLACE if there is
 * none. */
uint32_t edit_block_value_start(const struct yaml_place *place);
/* Removes the spaces before AT, and the line end if only spaces are before AT on its line. */
uint32_t edit_block_trim(const struct edit_document *doc, uint32_t at);

#endif
