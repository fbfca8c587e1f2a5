/*
 * Builds a YAML document that people read and edit: maps, lists and scalars with comments, written
 * with as few quotes as possible. It is built in an arena that must outlive it; texts are views
 * that must outlive it too. One thread.
 *
 * yaml_read of the written text returns the original values: texts keep every byte that is
 * well-formed UTF-8 (other bytes become U+FFFD).
 */
#ifndef DOC_YAML_WRITER_H
#define DOC_YAML_WRITER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum yaml_writer_shape {
	YAML_TEXT,  /* a scalar that is text; quoted only if YAML itself requires it */
	YAML_TYPED, /* a text that must keep its type (`json:`): "5", "true", "" are quoted */
	YAML_WORD,  /* a scalar that is not text: a number's lexeme, true, null */
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
	bool flow;	   /* a list or map on one line, if it fits into 100 columns */
	bool blank;	   /* an empty line above */
	struct str text;   /* of a scalar */
	struct str above;  /* comment lines above, without #; separated by LF */
	struct str beside; /* a comment after it on its line */
	VEC(struct yaml_writer_member) members;
};

struct yaml_writer_node *yaml_writer_map(struct arena *a);
struct yaml_writer_node *yaml_writer_list(struct arena *a);
struct yaml_writer_node *yaml_writer_text(struct arena *a, struct str text);
struct yaml_writer_node *yaml_writer_typed(struct arena *a, struct str text);
/* A recorded text: yes, no, true and null are quoted too, so that all readers of YAML read it. */
struct yaml_writer_node *yaml_writer_recorded(struct arena *a, struct str text);
struct yaml_writer_node *yaml_writer_word(struct arena *a, struct str word);

/* Adds KEY with VALUE; the map must not have KEY yet. Returns VALUE. */
struct yaml_writer_node *yaml_writer_put(struct arena *a, struct yaml_writer_node *map,
					 struct str key, struct yaml_writer_node *value);
/* Adds VALUE as the last element of the list; returns VALUE. */
struct yaml_writer_node *yaml_writer_add(struct arena *a, struct yaml_writer_node *list,
					 struct yaml_writer_node *value);
/* Adds VALUE at KEY; if the map has KEY, its value becomes a list of both. Returns the list, or
 * NULL if there is one value. */
struct yaml_writer_node *yaml_writer_append(struct arena *a, struct yaml_writer_node *map,
					    struct str key, struct yaml_writer_node *value);
/* The same; the list is on one line. */
void yaml_writer_append_flow(struct arena *a, struct yaml_writer_node *map, struct str key,
			     struct yaml_writer_node *value);
/* A list of texts on one line, each of them once. */
struct yaml_writer_node *yaml_writer_set(struct arena *a, const struct str *texts, size_t count);
/* yaml_writer_put for a text. */
struct yaml_writer_node *yaml_writer_put_text(struct arena *a, struct yaml_writer_node *map,
					      struct str key, struct str text);
/* Adds all members of FROM to INTO whose key INTO does not have yet; values are shared. */
void yaml_writer_merge(struct arena *a, struct yaml_writer_node *into,
		       const struct yaml_writer_node *from);
/* The value of KEY, or NULL. */
struct yaml_writer_node *yaml_writer_find(const struct yaml_writer_node *map, struct str key);
/* Removes KEY from the map. */
void yaml_writer_remove(struct yaml_writer_node *map, struct str key);
/* Moves the members with KEYS, which end with NULL, to the beginning of the map, in this order. */
void yaml_writer_order(struct yaml_writer_node *map, const char *const *keys);
/* Adds a comment line above NODE, below the existing ones. */
void yaml_writer_comment(struct arena *a, struct yaml_writer_node *node, struct str line);

/* Appends TEXT as a scalar of that shape on one line; FLOW: inside brackets; KEY: as a key. */
void yaml_writer_scalar(struct buf *out, enum yaml_writer_shape shape, struct str text, bool flow,
			bool key);
/* Appends TEXT in double quotes; or in single quotes, which is false if they cannot have it. */
void yaml_writer_double(struct buf *out, struct str text);
bool yaml_writer_single(struct buf *out, struct str text);
/* Whether a literal block without an indentation indicator can be TEXT, which has several lines. */
bool yaml_writer_fits_block(struct str text);

/* Appends the whole document, whose ROOT is a map, to OUT. Ends with a newline. */
void yaml_writer_print(const struct yaml_writer_node *root, struct buf *out);

#endif
