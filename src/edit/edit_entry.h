/*
 * A new entry of a list or mapping, on its way to its place: a value that the caller gives, or an
 * entry of the text that is copied or moved.
 */
#ifndef EDIT_EDIT_ENTRY_H
#define EDIT_EDIT_ENTRY_H

#include "edit/edit_plan.h"

struct edit_entry {
	struct str key;			/* in a mapping */
	const struct node *value;	/* given by the caller; NULL: of the text */
	const struct yaml_place *owner; /* the entry INDEX of OWNER is copied or moved */
	size_t index;
	bool without_anchors;
	struct edit_intended *intended;
};

/* Inserts ENTRY into OWNER, a list or mapping, or a place where nothing is written yet; LIST: it
 * becomes a list. Changes the patches and the intended tree. */
bool edit_entry_insert(struct edit_plan *plan, struct yaml_place *owner, size_t index, bool list,
		       const struct edit_entry *entry);
/* The same without the tree. */
bool edit_entry_write(struct edit_plan *plan, struct yaml_place *owner, size_t index, bool list,
		      const struct edit_entry *entry);
/* Makes INTENDED, of a place where nothing is written, an empty list or mapping. */
void edit_entry_open(struct edit_intended *intended, bool list);

#endif
