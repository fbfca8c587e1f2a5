/*
 * Numbers and texts as bytes: unsigned numbers in groups of seven bits (LEB128), signed ones
 * zigzagged, fractions as eight bytes, texts with their length before them. The reader never goes
 * past its end: what is missing or wrong reads as 0 and sets `bad`, so that the caller looks once
 * at the end. Pure functions.
 */
#ifndef BASE_PACKING_H
#define BASE_PACKING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Each appends to OUT what its unpack_… takes back. */
void pack_count(struct buf *out, uint64_t n);
void pack_int(struct buf *out, int64_t n);
void pack_double(struct buf *out, double n);
void pack_str(struct buf *out, struct str s);
/* Four bytes, the lowest first. */
void pack_u32(struct buf *out, uint32_t n);

struct unpack {
	const unsigned char *at, *end;
	bool bad;
};

struct unpack unpack_of(struct str bytes);
uint64_t unpack_count(struct unpack *u);
/* A number below LIMIT; else bad, and 0. */
uint64_t unpack_below(struct unpack *u, uint64_t limit);
int64_t unpack_int(struct unpack *u);
double unpack_double(struct unpack *u);
/* A view of the bytes. */
struct str unpack_str(struct unpack *u);
uint32_t unpack_u32(struct unpack *u);

#endif
