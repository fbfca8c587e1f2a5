/*
 * Disabled items: items of a list, each a mapping, whose lines are comments, such as a step that is
 * not performed for now. For YAML and the language they are comments; a comment line that starts
 * with a dash, and reads as one item without its `#`, is one.
 */
#ifndef EDIT_EDIT_DISABLED_H
#define EDIT_EDIT_DISABLED_H

#include "edit/edit.h"
#include "edit/edit_document.h"

/* The end of the last disabled item whose lines are in [from, to); FROM if there is none. */
uint32_t edit_disabled_end(const struct edit_document *doc, uint32_t from, uint32_t to);
/* The disabled items of the list PLACE. */
size_t edit_disabled_of(struct edit_document *doc, const struct yaml_place *place,
			const struct edit_disabled **out);
/* The lines of ITEM without `#`, with the dash in COLUMN. In the arena of DOC. */
struct str edit_disabled_text(struct edit_document *doc, const struct edit_disabled *item,
			      uint32_t column);

#endif
