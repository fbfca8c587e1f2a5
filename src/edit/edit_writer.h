/*
 * Writes new values in the way of a document: with its indentation and line ends. A written value
 * is the text after `key: ` or `- `, without the last line end; the value of a key that is a list
 * or mapping in a block starts with a line end. Results are in the arena of the document.
 */
#ifndef EDIT_EDIT_WRITER_H
#define EDIT_EDIT_WRITER_H

#include "doc/node.h"
#include "edit/edit.h"
#include "edit/edit_document.h"

/* New texts get the quotes, and new items the distance from their dash, that all entries
 * of OWNER have; NULL: no quotes, one space. */
void edit_writer_follow(struct edit_document *doc, const struct yaml_place *owner);
/* NODE as a value in a block. COLUMN is that of the key, or of the content of the item (ITEM). */
struct str edit_writer_value(struct edit_document *doc, const struct node *node, uint32_t column,
			     bool item);
/* The entries of NODE, a list or mapping, on lines below in COLUMN; starts with a line end. */
struct str edit_writer_lines(struct edit_document *doc, const struct node *node, uint32_t column);
/* NODE on one line, for a place in brackets or braces. */
struct str edit_writer_flow(struct edit_document *doc, const struct node *node);
struct str edit_writer_key(struct edit_document *doc, struct str key, bool flow);
/* Complete lines of a new entry: `- VALUE`, or `KEY: VALUE` if KEY is given. */
struct str edit_writer_entry(struct edit_document *doc, struct str key, const struct node *node,
			     uint32_t column);

/* The text of a scalar in STYLE on one line; a null view if that is not possible. */
struct str edit_writer_line(struct edit_document *doc, const struct node *node,
			    enum edit_style style, bool flow);
/* TEXT as `|` or `>` with its lines in COLUMN; a null view if that is not possible. */
struct str edit_writer_block(struct edit_document *doc, struct str text, bool folded,
			     uint32_t column);

#endif
