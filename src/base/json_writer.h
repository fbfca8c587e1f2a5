/*
 * Writes a JSON document to a buffer, one value per call. Commas, spaces and escapes are the
 * writer's job; the caller opens and closes objects and arrays. KEY is NULL for an item of an array
 * and for the document itself. Keys are literals of the program and are not escaped;
 * json_writer_member is for external keys.
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct json_writer {
	struct buf *out;
	bool compact;	  /* no space after commas and colons */
	bool empty;	  /* nothing was written into the innermost open object or array */
	const char *line; /* white space in front of the next item; NULL: as `compact` says */
};

/* "a": 1, "b": 2. OUT must outlive the writer. */
struct json_writer json_writer_spaced(struct buf *out);
/* "a":1,"b":2 */
struct json_writer json_writer_compact(struct buf *out);
/* The next item, or the next closing bracket, comes after SPACE (such as "\n  ") instead of the
 * usual space. SPACE is a literal. */
void json_writer_line(struct json_writer *j, const char *space);

/* Open and close an object or an array: the value of KEY, or an item if KEY is NULL. */
void json_writer_open(struct json_writer *j, const char *key);
/* Opens an object that is the value of an external KEY. */
void json_writer_open_member(struct json_writer *j, struct str key);
void json_writer_close(struct json_writer *j);
void json_writer_open_array(struct json_writer *j, const char *key);
void json_writer_close_array(struct json_writer *j);

void json_writer_text(struct json_writer *j, const char *key, struct str text);
/* A string; FORMAT is as for printf. */
void json_writer_format(struct json_writer *j, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A string: BYTES in base64. */
void json_writer_base64(struct json_writer *j, const char *key, struct str bytes);
void json_writer_uint(struct json_writer *j, const char *key, uint64_t number);
void json_writer_int(struct json_writer *j, const char *key, int64_t number);
void json_writer_bool(struct json_writer *j, const char *key, bool yes);
void json_writer_null(struct json_writer *j, const char *key);
/* Exactly DECIMALS decimals: 3.100. */
void json_writer_fixed(struct json_writer *j, const char *key, double number, int decimals);
/* At most DECIMALS decimals, without trailing zeros except the first: 60.0, 3.142. */
void json_writer_decimal(struct json_writer *j, const char *key, double number, int decimals);
/* At most DIGITS significant digits, as %g prints them; null if NUMBER is not finite. */
void json_writer_digits(struct json_writer *j, const char *key, double number, int digits);
/* The key and all before it; the caller appends exactly one JSON value to the returned buffer. */
struct buf *json_writer_value(struct json_writer *j, const char *key);
/* The same for an external KEY. */
struct buf *json_writer_member(struct json_writer *j, struct str key);
/* Members or items that are JSON already, without the brackets around them; at least one. */
void json_writer_fragment(struct json_writer *j, struct str json);

#endif
