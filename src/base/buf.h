/*
 * A growing byte buffer with an upper bound. It is reused for many contents: buf_clear keeps the
 * memory, so that after the first few requests nothing is allocated. Bytes past `max` are refused
 * and set `overflow`: the caller decides what that means. Always NUL-terminated after a successful
 * append, the NUL not counted.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max;
	bool overflow;
};

/* MAX 0: no limit except memory. Allocates nothing yet. */
void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
/* Empties it and clears `overflow`; keeps the memory. */
void buf_clear(struct buf *b);
/* Frees memory above KEEP bytes, after an unusually large content. */
void buf_shrink(struct buf *b, size_t keep);
/* Makes room for MORE further bytes; false past `max`, with `overflow` set. */
bool buf_reserve(struct buf *b, size_t more);
/* All or nothing: false, with `overflow` set, if it would exceed `max`. */
bool buf_add(struct buf *b, struct str s);
bool buf_add_char(struct buf *b, char c);
/* A code point as UTF-8; an invalid one (a surrogate, past U+10FFFF) as U+FFFD. */
bool buf_add_utf8(struct buf *b, uint32_t c);
/* Two hexadecimal digits for each byte, lower case. */
bool buf_add_hex(struct buf *b, struct str bytes);
bool buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool buf_vprintf(struct buf *b, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
struct str buf_str(const struct buf *b);

#endif
