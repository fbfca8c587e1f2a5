/*
 * One version of the text that is edited: its tree with all places, the tree that is intended next,
 * and how it is written (line ends, indentation). Lines are whole lines with their line end; a
 * column is a number of bytes from the start of the line. Owns an arena for itself and for the plan
 * of the next operation.
 */
#ifndef EDIT_EDIT_DOCUMENT_H
#define EDIT_EDIT_DOCUMENT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/yaml_layout.h"
#include "edit/edit.h"
#include "edit/edit_intended.h"

struct edit_document {
	struct arena arena;
	struct str text;
	struct diag_list diags;
	struct yaml_layout layout;
	struct edit_intended *intended;	    /* the tree; operations change it */
	struct edit_intended **intended_at; /* the nodes of the places, by number */
	struct str newline;
	unsigned unit;	      /* columns from a key to the keys below it */
	unsigned list_offset; /* columns from a key to the dashes below it */
	/* How the neighbors of a new value are written: KEEP, SINGLE or DOUBLE, and the columns
	 * from a dash to its value (edit_writer_follow). */
	enum edit_style text_style, key_style;
	unsigned dash_width;
};

/* TEXT must outlive the document. False if it cannot be read; the reasons are in `diags`. The
 * caller releases it in both cases. */
bool edit_document_open(struct edit_document *doc, struct str name, struct str text);
/* The same for the text of OLD with PATCHES, which is a part of the new document. */
bool edit_document_patch(struct edit_document *doc, const struct edit_document *old,
			 struct str name, struct edit_patches patches);
void edit_document_release(struct edit_document *doc);

/* ---- lines */

/* The start of the line of AT, after a byte order mark. */
uint32_t edit_document_line(const struct edit_document *doc, uint32_t at);
/* The end of the line of AT: with its line end, and without it. */
uint32_t edit_document_line_end(const struct edit_document *doc, uint32_t at);
uint32_t edit_document_line_stop(const struct edit_document *doc, uint32_t at);
uint32_t edit_document_column(const struct edit_document *doc, uint32_t at);
bool edit_document_is_empty_line(const struct edit_document *doc, uint32_t line);
/* The comment if LINE has nothing else, or NULL. */
const struct yaml_comment *edit_document_comment_line(const struct edit_document *doc,
						      uint32_t line);

/* ---- entries of a list or mapping in a block */

/* The lines of an entry with the comments that belong to it: those above in its column, without an
 * empty line between, and those below that are deeper. */
struct edit_extent {
	uint32_t begin, end; /* BEGIN is that of the entry if it does not start its line */
	uint32_t column;     /* of the entry */
	bool own_line;	     /* only spaces are before it on its line */
};
struct edit_extent edit_document_extent(const struct edit_document *doc,
					const struct yaml_place *owner, size_t index);
struct yaml_entry *edit_document_entry(const struct yaml_place *place);
/* The column for the entries of PLACE, which is in a block: that of the first one, or the one that
 * the first one gets. LIST: they are items. */
uint32_t edit_document_entry_column(const struct edit_document *doc, const struct yaml_place *place,
				    bool list);
/* True if a comment is in [begin, end). */
bool edit_document_has_comment(const struct edit_document *doc, uint32_t begin, uint32_t end);

#endif
