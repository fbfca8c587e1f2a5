/*
 * Compares two texts by their lines. It finds the patches between them, and moves patches of one
 * text to the other, such as those of an undo when the file was changed in the meantime. Pure.
 */
#ifndef EDIT_EDIT_DIFF_H
#define EDIT_EDIT_DIFF_H

#include "edit/edit.h"

/* Patches of whole lines that turn OLD into TEXT, in A. */
struct edit_patches edit_diff(struct arena *a, struct str old, struct str text);
/* The number of lines that are only in one of the texts. */
size_t edit_diff_distance(struct str old, struct str text);
/*
 * PATCHES of OLD as patches of TEXT, in A. False if a patch is in lines that differ, or next to
 * such lines, because it may belong to that change; only comments and empty lines next to it may
 * differ. *LINE is then the line of the patch in OLD, counted from 1.
 */
bool edit_diff_move(struct arena *a, struct str old, struct str text, struct edit_patches patches,
		    struct edit_patches *moved, uint32_t *line);

#endif
