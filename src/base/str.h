/*
 * A view of bytes with another owner: pointer and length, no terminator promised, any byte allowed.
 * Views are passed by value; the function that returns one says how long the bytes are valid.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *ptr;
	size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NULL     ((struct str){NULL, 0})
/* For printf: "%.*s", STR_ARG(view). */
#define STR_ARG(s) (int)(s).len, (s).ptr

/* The view of a NUL-terminated string; NULL gives STR_NULL. */
static inline struct str str_of(const char *text)
{
	return (struct str){text, text ? strlen(text) : 0};
}

static inline struct str str_n(const char *ptr, size_t len)
{
	return (struct str){ptr, len};
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* ASCII letters compare without case; other bytes exactly. */
bool str_ieq(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Byte order, shorter first on a tie: <0, 0, >0. */
int str_cmp(struct str a, struct str b);
/* Returned by functions that return an offset or an index, if there is none. */
#define NOT_FOUND ((size_t)-1)

/* Offset of the first NEEDLE at or after FROM, or NOT_FOUND. An empty needle is found at FROM. */
size_t str_find(struct str s, struct str needle, size_t from);
/* True if S contains NEEDLE, ignoring the case of ASCII letters. */
bool str_icontains(struct str s, struct str needle);
size_t str_find_char(struct str s, char c, size_t from);
/* Whether S is a token of RFC 9110, such as a method or a header name. */
bool str_is_token(struct str s);
/* Without ASCII white space (space, tab, CR, LF) at both ends. */
struct str str_trim(struct str s);
/* The start of S: at most MAX bytes, and no part of a UTF-8 character at the end. */
struct str str_cut(struct str s, size_t max);
/* The part [from, to), clamped to S. */
struct str str_slice(struct str s, size_t from, size_t to);
/* FNV-1a with a final mix; equal views hash equal. Not for hostile keys without a bound on their
 * number. */
uint64_t str_hash(struct str s);
/* The whole view as a decimal integer (optional sign); false, with OUT unchanged, if it is not one
 * or overflows. */
bool str_to_int(struct str s, int64_t *out);
/* The whole view as a finite JSON-like number (no spaces, no hex, no inf); if it is not one, false
 * with OUT unchanged. */
bool str_to_double(struct str s, double *out);
/* True when the bytes are well-formed UTF-8 (RFC 3629); *BAD, if given, is the first wrong offset.
 */
bool str_is_utf8(struct str s, size_t *bad);
/* Bytes of the well-formed code point at AT; 0 at the end or when there is none. */
size_t str_utf8_step(struct str s, size_t at);
/* Columns a terminal needs for S, counting one per code point (control bytes count one). */
size_t str_columns(struct str s);
/* fnmatch-like glob with * and ?; no brackets, no special slashes. */
bool str_glob(struct str s, struct str pattern);

#endif
