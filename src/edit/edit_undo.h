/* Moves an undo to a text that was changed in the meantime, past the lines that were changed. */
#ifndef EDIT_EDIT_UNDO_H
#define EDIT_EDIT_UNDO_H

#include "edit/edit.h"

/*
 * Makes the operation MOVED for TEXT from UNDO, whose text is OWN; in A. False if the lines of the
 * undo were changed in TEXT, or if the result would have more errors than TEXT; *LINE is then a
 * line of OWN.
 */
bool edit_undo_move(struct arena *a, const struct edit_op *undo, struct str own, struct str text,
		    struct edit_op *moved, uint32_t *line);

#endif
