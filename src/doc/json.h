/*
 * A strict RFC 8259 reader that writes a compact tape: one 16-byte item per value and per key, in
 * document order, over the text it came from. Nothing is copied or converted: numbers keep their
 * lexemes, strings their escapes until somebody asks, duplicate keys stay in order. No recursion on
 * input; depth and size are limited. A tape is reused for many documents and allocates only while
 * it grows; it belongs to one thread, and is good as long as its text is.
 *
 * Items: an object is followed by key, value, key, value …; an array by its elements. `next` of an
 * item is the index just past it and all it holds, so that siblings are found without a walk.
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
	JSON_KEY, /* of a member: a string that is no value */
};

struct json_item {
	uint32_t meta;	/* type, escaped, count: see the functions */
	uint32_t begin; /* offset of the first byte: of a string, after its quote */
	uint32_t
	    bytes; /* length: of a string without its quotes, of a container with its brackets */
	uint32_t next;
};

#define JSON_DEPTH_MAX 512
#define JSON_BYTES_MAX (UINT32_C(1) << 30)

struct json_tape {
	struct str text;
	struct json_item *items;
	uint32_t count, cap;
	/* After a failure: where, and why in a few words ("a comma or ] is missing"). */
	size_t error_at;
	const char *error;
};

/* Takes no memory before the first reading, and keeps what it has for the next ones. */
void json_init(struct json_tape *tape);
void json_release(struct json_tape *tape);
/* Reads the whole TEXT, which must be one value with blanks around; false with `error` set. A byte
 * order mark, invalid UTF-8, a lone control byte, NaN, comments and trailing commas are errors. */
bool json_read(struct json_tape *tape, struct str text);

static inline enum json_type json_type(const struct json_item *item)
{
	return (enum json_type)(item->meta & 7);
}

/* True when a string holds escapes, so that its bytes are not its text. */
static inline bool json_escaped(const struct json_item *item)
{
	return (item->meta & 8) != 0;
}

/* Elements of an array, members of an object. */
static inline uint32_t json_count(const struct json_item *item)
{
	return item->meta >> 4;
}

/* The bytes as they stand: a number's lexeme, a string's inside, a container's whole text. */
static inline struct str json_raw(const struct json_tape *tape, const struct json_item *item)
{
	return str_n(tape->text.ptr + item->begin, item->bytes);
}

/* A string's text: the raw bytes when nothing is escaped, else decoded into the end of SCRATCH (a
 * lone surrogate becomes U+FFFD). The view is good until SCRATCH moves. */
struct str json_text(const struct json_tape *tape, const struct json_item *item,
		     struct buf *scratch);
/* True when the key or string ITEM is TEXT, escapes decoded. */
bool json_text_eq(const struct json_tape *tape, const struct json_item *item, struct str text);
/* The last member of object ITEM with this key (as most readers have it), or NULL. */
const struct json_item *json_member(const struct json_tape *tape, const struct json_item *item,
				    struct str key);
/* The double nearest to a number's lexeme. */
double json_number(const struct json_tape *tape, const struct json_item *item);

#endif
