#include "edit/edit_undo.h"

#include "edit/edit_diff.h"
#include "edit/edit_document.h"

/* The number of errors of syntax. An empty text has more than any other. */
static unsigned count_errors(struct str text)
{
	struct edit_document doc;
	bool good = edit_document_open(&doc, STR(""), text);
	unsigned errors = good ? (unsigned)doc.diags.errors : UINT32_MAX;

	edit_document_release(&doc);
	return errors;
}

bool edit_undo_move(struct arena *a, const struct edit_op *undo, struct str own, struct str text,
		    struct edit_op *moved, uint32_t *line)
{
	*moved = *undo;
	*line = 0;
	if (!edit_patches_fit(own, undo->patches) ||
	    !edit_diff_move(a, own, text, undo->patches, &moved->patches, line))
		return false;
	moved->digest = edit_digest(a, text);
	return count_errors(edit_patches_apply(a, text, moved->patches)) <= count_errors(text);
}
