/*
 * A document somebody wrote, as a tree that knows its places: texts, lists and maps in the order of
 * the file. Nothing is typed here: `5` is a text, its style says whether it was quoted, and whoever
 * reads a node says what it should have been. Keys of a map are texts and differ from each other.
 * The tree lives in the arena it was read into, is const once read, and then any thread may read
 * it. Where an alias stands (`*name`) the tree repeats the anchored node: a copy that shares texts
 * and children, with the span of what was written and `alias` saying where it is used.
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
 * `truncated`: a syntax error ended the reading inside, so nothing that is missing here is to be
 * reported. `reported`: a mistake in this node is in the diagnostics, no other is to be reported
 * about it. `fixed`: read from a corrected text; the mistake is in the diagnostics and the value is
 * as meant.
 */
struct node {
	enum node_kind kind;
	enum node_style style; /* of a scalar */
	bool flow;	       /* a list or map written in [ ] or { } */
	bool truncated, reported, fixed;
	struct span span;  /* of the value with its quotes or brackets; may be empty */
	struct span alias; /* the `*name` that put it here; else SPAN_NONE */
	struct str text;   /* NODE_SCALAR: decoded, well-formed UTF-8 */
	const struct node *const *items; /* NODE_LIST */
	const struct node_pair *pairs;	 /* NODE_MAP */
	size_t count;			 /* items or pairs */
	uint32_t expanded;		 /* nodes in this tree, aliases followed, keys included */
};

/* The value of KEY in a map; NULL when NODE is no map or has no such key. */
const struct node *node_find(const struct node *node, struct str key);
const struct node_pair *node_find_pair(const struct node *node, struct str key);
/* Nothing written after the colon or dash: an empty plain scalar (`key:`). `""` is not empty. */
bool node_is_empty(const struct node *node);
/* Text in quotes or a block (`|`, `>`): never a number, a yes or a null. */
bool node_is_quoted(const struct node *node);
/* For messages: "nothing", "text", "a list" or "keys and values". */
const char *node_describe(const struct node *node);

/*
 * Where the bytes [from, to) of the decoded text of a scalar stand in the source: exact for plain
 * and quoted text, escapes and folded lines included, and for block texts; the whole node when the
 * source does not read like the text (a fixed node). For a list or map its whole span.
 */
struct span node_text_span(const struct node *node, size_t from, size_t to);

#endif
