/*
 * Changes a scenario file by operations on paths ("set /load/users to 20") and keeps everything
 * else as it was written: comments, quotes, order, indentation, line ends. Each operation becomes a
 * few replaced byte ranges (patches) of the text. The result is read again and compared with the
 * intended tree; if they differ, the operation is refused and nothing is changed. The text is
 * YAML; the keys of the language have no meaning here.
 *
 * A path is a JSON Pointer (RFC 6901): "/steps/2/form/user". Pure: no files, no clock. One thread.
 */
#ifndef EDIT_EDIT_H
#define EDIT_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/source.h"
#include "doc/node.h"

/* The bytes [begin, end) of the old text are replaced with TEXT. */
struct edit_patch {
	uint32_t begin, end;
	struct str text;
};

/* Sorted by place, not overlapping. */
struct edit_patches {
	const struct edit_patch *items;
	size_t count;
};

enum edit_kind {
	EDIT_SET,	/* the value at `path`, which exists, becomes `value` */
	EDIT_ADD,	/* a new key `path` of a mapping; or, if it ends with "-", a last item */
	EDIT_INSERT,	/* a new item of a list; it gets the index in `path` */
	EDIT_REMOVE,	/* the item or key at `path` */
	EDIT_MOVE,	/* removes `from` and inserts it at `path`, which is its later place */
	EDIT_DUPLICATE, /* copies the item `path` after itself; a key gets the name `key` */
	EDIT_DISABLE,	/* turns the item `path` of a list into comment lines */
	EDIT_ENABLE,	/* turns the disabled item number `item` of the list `path` back */
	EDIT_RENAME,	/* gives the key at `path` the name `key` */
	EDIT_SCENARIOS, /* moves `steps:` of the file to the scenario `key` under `scenarios:` */
	EDIT_UNDO,	/* applies `patches` to the text with this `digest` */
};

/* How a text is written. */
enum edit_style {
	EDIT_STYLE_KEEP, /* as before; a new one without quotes if that reads back the same */
	EDIT_STYLE_PLAIN,
	EDIT_STYLE_SINGLE,
	EDIT_STYLE_DOUBLE,
	EDIT_STYLE_LITERAL, /* | */
	EDIT_STYLE_FOLDED,  /* > */
};

/* The places that an operation changes if an anchored value (`&name`) is repeated by aliases
 * (`*name`). */
enum edit_aliases {
	/* A path through an alias is refused; a change at the anchor changes the aliases too. */
	EDIT_ALIASES_ASK,
	EDIT_ALIASES_EVERYWHERE, /* the anchored value, and so all its aliases */
	EDIT_ALIASES_HERE,	 /* only this place: it gets a copy, the others keep the value */
};

struct edit_op {
	enum edit_kind kind;
	struct str path;
	struct str from;	  /* EDIT_MOVE */
	struct str key;		  /* a name: EDIT_RENAME, EDIT_DUPLICATE, EDIT_SCENARIOS */
	struct str before, after; /* EDIT_ADD, EDIT_MOVE: the key next to it; or empty */
	const struct node
	    *value; /* EDIT_SET: NULL with a style: the text stays, the style changes */
	enum edit_style style;
	enum edit_aliases aliases;
	size_t item;		     /* EDIT_ENABLE */
	struct edit_patches patches; /* EDIT_UNDO */
	struct str digest;	     /* EDIT_UNDO: of the text that the patches change */
};

enum edit_refusal {
	EDIT_ACCEPTED,
	EDIT_NO_PATH,	 /* the path, key or item does not exist, or exists already */
	EDIT_WRONG_OP,	 /* the operation does not fit the value, or has wrong members */
	EDIT_ALIAS,	 /* `aliases` must say what changes; or an alias would precede its anchor */
	EDIT_BROKEN,	 /* the file has an error there, which must be corrected first */
	EDIT_AS_TEXT,	 /* the text is written in a way that is not patched: edit it as text */
	EDIT_OTHER_TEXT, /* an undo of another text */
	EDIT_CONFLICT,	 /* the place was changed in the file too (edit/edit_log.h) */
};

struct edit_result {
	bool ok;
	struct str text;	     /* the new text; if not OK, the old one */
	struct edit_patches patches; /* of the old text, for all operations together */
	/* If not OK: */
	enum edit_refusal refusal;
	size_t op;	   /* the index of the refused operation */
	struct str reason; /* a sentence without a full stop */
	uint32_t at;	   /* the byte of the text before that operation; with `line` 0: none */
	uint32_t line;
};

/* Applies all operations to TEXT, or none of them. NAME is the file's, for messages. Everything in
 * RESULT is in A. */
bool edit_apply(struct arena *a, struct str name, struct str text, const struct edit_op *ops,
		size_t count, struct edit_result *result);

/* ---- disabled items: steps that were turned into comment lines */

struct edit_disabled {
	struct str list;	 /* the path of its list */
	size_t number;		 /* among the disabled items of the list, for EDIT_ENABLE */
	size_t before;		 /* the index of the item that follows; their number at the end */
	uint32_t begin, end;	 /* its lines */
	const struct node *item; /* what it would be */
};

/* The disabled items of all lists, list by list. */
size_t edit_disabled_items(struct arena *a, struct str text, const struct edit_disabled **out);

/* ---- patches */

struct str edit_patches_apply(struct arena *a, struct str text, struct edit_patches patches);
/* The patches that turn the new text back into TEXT. */
struct edit_patches edit_patches_invert(struct arena *a, struct str text,
					struct edit_patches patches);
/* One set of patches that does what FIRST and then SECOND do. */
struct edit_patches edit_patches_join(struct arena *a, struct edit_patches first,
				      struct edit_patches second);
/* Whether they are sorted, do not overlap, end within TEXT and do not split a character. */
bool edit_patches_fit(struct str text, struct edit_patches patches);
/* 64 hexadecimal digits that identify TEXT: its SHA-256. */
struct str edit_digest(struct arena *a, struct str text);

/* The number of UTF-16 units of TEXT before byte AT, as programs in a browser count them. A byte
 * that is not UTF-8 counts as one unit. */
uint32_t edit_utf16_offset(struct str text, uint32_t at);
/* The byte at a number of UTF-16 units; the start of the character if UNITS is inside it. */
uint32_t edit_byte_offset(struct str text, uint32_t units);

#endif
