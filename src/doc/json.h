/*
 * A strict RFC 8259 reader that writes a compact tape: one 16-byte item per value and per key, in
 * document order. Nothing is copied or converted: numbers keep their lexemes, strings keep their
 * escapes until they are decoded by a caller, and duplicate keys stay in order. The reader does not
 * recurse; depth and size are limited. A tape is reused for many documents and allocates memory
 * only while it grows. It belongs to one thread and is valid as long as its text.
 *
 * Items: an object is followed by key, value, key, value …; an array by its elements. `next` of an
 * item is the index after it and all its content, so siblings are found without a walk.
 */
#ifndef DOC_JSON_H
#define DOC_JSON_H

#include "base/buf.h"
#include "base/str.h"

enum json_type {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
	JSON_KEY, /* a key of an object */
};

struct json_item {
	uint32_t meta;	/* type, escaped, count: see the functions */
	uint32_t begin; /* offset of the first byte; for a string, after its quote */
	uint32_t
	    bytes; /* length; for a string without its quotes, for a container with its brackets */
	uint32_t next;
};

#define JSON_DEPTH_MAX 512
#define JSON_BYTES_MAX (UINT32_C(1) << 30)

struct json_tape {
	struct str text;
	struct json_item *items;
	uint32_t count, cap;
	/* After a failure: the position, and a short reason ("a comma or ] is missing"). */
	size_t error_at;
	const char *error;
};

/* Allocates no memory before the first reading, and reuses it for the next ones. */
void json_init(struct json_tape *tape);
void json_release(struct json_tape *tape);
/* Reads the whole TEXT, which must be one value, optionally surrounded by white space. Returns
 * false and sets `error` otherwise. A byte order mark is skipped. Invalid UTF-8, a single control
 * byte, NaN, comments and trailing commas are errors. */
bool json_read(struct json_tape *tape, struct str text);

static inline enum json_type json_type(const struct json_item *item)
{
	return (enum json_type)(item->meta & 7);
}

/* True if a string has escapes, so that its bytes differ from its text. */
static inline bool json_escaped(const struct json_item *item)
{
	return (item->meta & 8) != 0;
}

/* The number of elements of an array, or of members of an object. */
static inline uint32_t json_count(const struct json_item *item)
{
	return item->meta >> 4;
}

/* The raw bytes: a number's lexeme, the content of a string, the whole text of a container. */
static inline struct str json_raw(const struct json_tape *tape, const struct json_item *item)
{
	return str_n(tape->text.ptr + item->begin, item->bytes);
}

/* The text of a string: the raw bytes if it has no escapes, else decoded and appended to SCRATCH (a
 * single surrogate becomes U+FFFD). The view is valid until SCRATCH moves. */
struct str json_text(const struct json_tape *tape, const struct json_item *item,
		     struct buf *scratch);
/* True if the key or string ITEM equals TEXT after its escapes are decoded. */
bool json_text_eq(const struct json_tape *tape, const struct json_item *item, struct str text);
/* The last member of object ITEM with this key (as in most JSON readers), or NULL. */
const struct json_item *json_member(const struct json_tape *tape, const struct json_item *item,
				    struct str key);
/* The double that is nearest to a number's lexeme. */
double json_number(const struct json_tape *tape, const struct json_item *item);

#endif
