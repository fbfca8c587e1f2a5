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

enum yaml_shape {
	YAML_TEXT,  /* a scalar that is text; quotes only where YAML itself needs them */
	YAML_TYPED, /* a text that stays one where types count (`json:`): "5", "true", "" are quoted
		     */
	YAML_WORD,  /* a scalar that is no text there: a number's lexeme, true, null */
	YAML_LIST,
	YAML_MAP,
};

struct yaml_out;

struct yaml_member {
	struct str key; /* of a map */
	struct yaml_out *value;
};

struct yaml_out {
	enum yaml_shape shape;
	bool flow;	   /* a list or map on one line, where it fits into 100 columns */
	bool blank;	   /* a blank line above */
	struct str text;   /* of a scalar */
	struct str above;  /* comment lines above, without #; LF between them */
	struct str beside; /* a comment behind it on its line */
	VEC(struct yaml_member) members;
};

struct yaml_out *yaml_out_map(struct arena *a);
struct yaml_out *yaml_out_list(struct arena *a);
struct yaml_out *yaml_out_text(struct arena *a, struct str text);
struct yaml_out *yaml_out_typed(struct arena *a, struct str text);
struct yaml_out *yaml_out_word(struct arena *a, struct str word);

/* VALUE behind KEY, which the map must not have yet; returns VALUE. */
struct yaml_out *yaml_out_put(struct arena *a, struct yaml_out *map, struct str key,
			      struct yaml_out *value);
/* VALUE as the list's next element; returns VALUE. */
struct yaml_out *yaml_out_add(struct arena *a, struct yaml_out *list, struct yaml_out *value);
/* yaml_out_put of a text. */
struct yaml_out *yaml_out_put_text(struct arena *a, struct yaml_out *map, struct str key,
				   struct str text);
/* All of FROM's members behind those of INTO that have no such key yet; values are shared. */
void yaml_out_merge(struct arena *a, struct yaml_out *into, const struct yaml_out *from);
/* The value of KEY, or NULL. */
struct yaml_out *yaml_out_find(const struct yaml_out *map, struct str key);
/* The map without KEY. */
void yaml_out_remove(struct yaml_out *map, struct str key);
/* A comment line above NODE, below those it has. */
void yaml_out_comment(struct arena *a, struct yaml_out *node, struct str line);

/* The whole document, ROOT a map, at the end of OUT. Ends with a newline. */
void yaml_out_write(const struct yaml_out *root, struct buf *out);

#endif
