/*
 * Numbers and texts as bytes: unsigned numbers in groups of seven bits (LEB128), signed ones
 * zigzagged, fractions as eight bytes, texts with their length before them. The reader never reads
 * past its end: missing or wrong data reads as 0 and sets `bad`, so that the caller needs only one
 * check at the end. Pure functions.
 */
#ifndef BASE_VARINT_H
#define BASE_VARINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Each appends to OUT a value that the corresponding unpack_… reads. */
void varint_put_uint(struct buf *out, uint64_t n);
void varint_put_int(struct buf *out, int64_t n);
void varint_put_double(struct buf *out, double n);
void varint_put_str(struct buf *out, struct str s);
/* Four bytes, the lowest first. */
void varint_put_u32(struct buf *out, uint32_t n);

struct varint_reader {
	const unsigned char *at, *end;
	bool bad;
};

/* Reads BYTES, which must outlive it, from the beginning. After the end, or after something that is
 * not valid, `bad` is set and every number is 0. */
struct varint_reader varint_reader_of(struct str bytes);
uint64_t varint_get_uint(struct varint_reader *u);
/* A number below LIMIT; else bad, and 0. */
uint64_t varint_get_below(struct varint_reader *u, uint64_t limit);
int64_t varint_get_int(struct varint_reader *u);
double varint_get_double(struct varint_reader *u);
/* A view of the bytes. */
struct str varint_get_str(struct varint_reader *u);
uint32_t varint_get_u32(struct varint_reader *u);

#endif
