/*
 * A YAML document in the making, for files that people read and change: maps, lists and scalars
 * with comments, written with the fewest quotes that keep their meaning. Built in an arena that
 * outlives it; texts are views that outlive it too. One thread.
 *
 * What yaml_read makes of the written text is what was put in: texts keep every byte that is
 * well-formed UTF-8 (other bytes become U+FFFD).
 */
#ifndef DOC_YAML_WRITER_H
#define DOC_YAML_WRITER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum yaml_writer_shape {
	YAML_TEXT,  /* a scalar that is text; quotes only where YAML itself needs them */
	YAML_TYPED, /* a text that stays one where types count (`json:`): "5", "true", "" are quoted
		     */
	YAML_WORD,  /* a scalar that is no text there: a number's lexeme, true, null */
	YAML_LIST,
	YAML_MAP,
};

struct yaml_writer_node;

struct yaml_writer_member {
	struct str key; /* of a map */
	struct yaml_writer_node *value;
};

struct yaml_writer_node {
	enum yaml_writer_shape shape;
	bool flow;	   /* a list or map on one line, where it fits into 100 columns */
	bool blank;	   /* a blank line above */
	struct str text;   /* of a scalar */
	struct str above;  /* comment lines above, without #; LF between them */
	struct str beside; /* a comment behind it on its line */
	VEC(struct yaml_writer_member) members;
};

struct yaml_writer_node *yaml_writer_map(struct arena *a);
struct yaml_writer_node *yaml_writer_list(struct arena *a);
struct yaml_writer_node *yaml_writer_text(struct arena *a, struct str text);
struct yaml_writer_node *yaml_writer_typed(struct arena *a, struct str text);
struct yaml_writer_node *yaml_writer_word(struct arena *a, struct str word);

/* VALUE behind KEY, which the map must not have yet; returns VALUE. */
struct yaml_writer_node *yaml_writer_put(struct arena *a, struct yaml_writer_node *map,
					 struct str key, struct yaml_writer_node *value);
/* VALUE as the list's next element; returns VALUE. */
struct yaml_writer_node *yaml_writer_add(struct arena *a, struct yaml_writer_node *list,
					 struct yaml_writer_node *value);
/* yaml_writer_put of a text. */
struct yaml_writer_node *yaml_writer_put_text(struct arena *a, struct yaml_writer_node *map,
					      struct str key, struct str text);
/* All of FROM's members behind those of INTO that have no such key yet; values are shared. */
void yaml_writer_merge(struct arena *a, struct yaml_writer_node *into,
		       const struct yaml_writer_node *from);
/* The value of KEY, or NULL. */
struct yaml_writer_node *yaml_writer_find(const struct yaml_writer_node *map, struct str key);
/* The map without KEY. */
void yaml_writer_remove(struct yaml_writer_node *map, struct str key);
/* A comment line above NODE, below those it has. */
void yaml_writer_comment(struct arena *a, struct yaml_writer_node *node, struct str line);

/* The whole document, ROOT a map, at the end of OUT. Ends with a newline. */
void yaml_writer_print(const struct yaml_writer_node *root, struct buf *out);

#endif
