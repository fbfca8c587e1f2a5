/*
 * Where the parts of a YAML text are written: dashes, keys, colons, commas, anchors, aliases and
 * comments, for programs that change the text and keep the rest of it (src/edit). It is made from
 * the tree of yaml_read by reading only the bytes between the nodes, so that readers who need only
 * the values pay nothing. Everything is in the arena it was read into, and const afterwards.
 *
 * The places mirror the tree: one for each node, except that a place of an alias has no entries,
 * because they are written at its anchor.
 */
#ifndef DOC_YAML_LAYOUT_H
#define DOC_YAML_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "doc/node.h"

#define YAML_NO_PLACE UINT32_MAX

struct yaml_place;

/* An item of a list, or a pair of a mapping. Offsets are bytes of the source. */
struct yaml_entry {
	uint32_t dash;	/* `-` of an item in a block, `?` of a pair; YAML_NO_PLACE: not written */
	uint32_t colon; /* of a pair; YAML_NO_PLACE: not written */
	uint32_t comma; /* after it, in brackets or braces; YAML_NO_PLACE: not written */
	uint32_t begin; /* its first byte: dash, `?`, or the key or value with its anchor */
	uint32_t end;	/* after its last byte, without comma, comment and line end */
	struct yaml_place *key; /* NULL in a list */
	struct yaml_place *value;
};

struct yaml_place {
	const struct node *node;
	struct yaml_place *parent; /* the list or mapping that contains it; NULL for the root */
	uint32_t index;		   /* among the entries of the parent */
	uint32_t number;	   /* of the place in the order of the text, from 0 */
	struct span anchor;	   /* `&name`; SPAN_NONE: not written */
	/* The value without its anchor: the alias `*name`, or the span of the node. A block text
	 * ends after its last line, without the line end and without empty lines that do not belong
	 * to it. Equal if nothing is written: the place after the colon or dash. */
	uint32_t begin, end;
	bool is_written; /* false: the value of `key:` or `-` */
	bool brackets;	 /* a list or mapping with its own brackets or braces */
	bool unclear;	 /* something other than its entries is written inside, such as a second
			  * value of one key */
	struct yaml_entry *entries; /* `node->count` of them; NULL for an alias */
};

struct yaml_comment {
	uint32_t begin, end; /* from `#` to the end of the line, without the line end */
};

struct yaml_layout {
	const struct source *source;
	struct yaml_place *root;
	uint32_t place_count;
	const struct yaml_comment *comments; /* in the order of the text */
	size_t comment_count;
	struct yaml_place **anchors; /* the places with an anchor, in the order of the text */
	size_t anchor_count;
	struct yaml_place **aliases; /* the places that are aliases, in the order of the text */
	size_t alias_count;
	/* The places that the reader corrected in memory, without a byte order mark at the start;
	 * the text there differs from the tree. */
	const struct span *corrected;
	size_t corrected_count;
};

/*
 * Reads SOURCE as yaml_read does, with the places. Errors go to DIAGS. False if there is nothing to
 * read; LAYOUT is then unchanged.
 */
bool yaml_layout_read(struct arena *a, const struct source *source, struct diag_list *diags,
		      struct yaml_layout *layout);
/* The number of entries that are written at PLACE; 0 for a scalar and an alias. */
size_t yaml_layout_count(const struct yaml_place *place);
/* The place that the alias PLACE repeats. */
struct yaml_place *yaml_layout_target(const struct yaml_layout *layout,
				      const struct yaml_place *place);
/* The first comment, or the place with the first anchor, that begins at AT or later; or NULL. */
const struct yaml_comment *yaml_layout_next_comment(const struct yaml_layout *layout, uint32_t at);
const struct yaml_place *yaml_layout_next_anchor(const struct yaml_layout *layout, uint32_t at);
/* The comment that begins at AT, or NULL. */
const struct yaml_comment *yaml_layout_comment(const struct yaml_layout *layout, uint32_t at);

#endif
