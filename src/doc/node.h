/*
 * A document as a tree with source positions: texts, lists and maps in the order of the file.
 * Nothing is typed here: `5` is a text, its style says whether it was quoted, and the reader of a
 * node decides which type it must have. Keys of a map are texts and are unique. The tree is in the
 * arena it was read into; after the reading it is const and any thread may read it. For an alias
 * (`*name`) the tree repeats the anchored node: a copy that shares texts and children; its span is
 * the anchored text, and `alias` is where the alias was written.
 */
#ifndef DOC_NODE_H
#define DOC_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/source.h"
#include "base/str.h"

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };
enum node_style { NODE_PLAIN, NODE_SINGLE, NODE_DOUBLE, NODE_LITERAL, NODE_FOLDED };

struct node_pair {
	const struct node *key; /* always NODE_SCALAR */
	const struct node *value;
};

/*
 * `truncated`: a syntax error ended the reading inside this node, so missing keys must not be
 * reported. `reported`: an error in this node is in the diagnostics; no other error must be
 * reported about it. `fixed`: read from a corrected text; the error is in the diagnostics and the
 * value is the intended one.
 */
struct node {
	enum node_kind kind;
	enum node_style style; /* of a scalar */
	bool flow;	       /* a list or map written in [ ] or { } */
	bool truncated, reported, fixed;
	struct span span;  /* of the value with its quotes or brackets; may be empty */
	struct span alias; /* the position of the alias `*name`; else SPAN_NONE */
	struct str text;   /* NODE_SCALAR: decoded, well-formed UTF-8 */
	const struct node *const *items; /* NODE_LIST */
	const struct node_pair *pairs;	 /* NODE_MAP */
	size_t count;			 /* items or pairs */
	uint32_t
	    expanded; /* number of nodes in this tree, with aliases followed and keys included */
};

/* The value of KEY in a map; NULL if NODE is not a map or has no such key. */
const struct node *node_find(const struct node *node, struct str key);
const struct node_pair *node_find_pair(const struct node *node, struct str key);
/* Whether nothing is written after the colon or dash: an empty plain scalar (`key:`). `""` is not
 * empty. */
bool node_is_empty(const struct node *node);
/* Whether the text is quoted or a block (`|`, `>`), so that it is never a number, a yes or a null.
 */
bool node_is_quoted(const struct node *node);
/* For messages: "nothing", "text", "a list" or "a mapping". */
const char *node_describe(const struct node *node);

/*
 * The source position of the bytes [from, to) of the decoded text of a scalar: exact for plain,
 * quoted and block text, with escapes and folded lines. The whole node if the source differs from
 * the text (a fixed node). For a list or map, its whole span.
 */
struct span node_text_span(const struct node *node, size_t from, size_t to);

/* A part of a scalar: DECODED bytes of its text come from SOURCE bytes of its source. */
struct node_piece {
	size_t text_at, source_at, decoded, source;
};

/*
 * The same for many positions of one scalar, in logarithmic time each: the pieces of the last
 * scalar. Begins zeroed; its memory is in an arena.
 */
struct node_span_map {
	const struct node *node;
	struct node_piece *pieces;
	size_t count, cap;
	size_t end;    /* in the source, after the last piece */
	bool is_exact; /* the source was read completely, and it is not a fixed node */
};
struct span node_span_map_find(struct node_span_map *map, struct arena *arena,
			       const struct node *node, size_t from, size_t to);

#endif
