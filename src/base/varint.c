#include "base/varint.h"

#include <string.h>

void varint_put_uint(struct buf *out, uint64_t n)
{
	while (n >= 0x80) {
		buf_add_char(out, (char)(0x80 | (n & 0x7F)));
		n >>= 7;
	}
	buf_add_char(out, (char)n);
}

void varint_put_int(struct buf *out, int64_t n)
{
	varint_put_uint(out, (uint64_t)n << 1 ^ (uint64_t)(n >> 63));
}

static void put_bytes(struct buf *out, uint64_t n, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_add_char(out, (char)(n >> (8 * i) & 0xFF));
}

void varint_put_double(struct buf *out, double n)
{
	uint64_t bits;

	memcpy(&bits, &n, sizeof bits);
	put_bytes(out, bits, 8);
}

void varint_put_str(struct buf *out, struct str s)
{
	varint_put_uint(out, s.len);
	buf_add(out, s);
}

void varint_put_u32(struct buf *out, uint32_t n)
{
	put_bytes(out, n, 4);
}

struct varint_reader varint_reader_of(struct str bytes)
{
	const unsigned char *at = (const unsigned char *)bytes.ptr;

	return (struct varint_reader){.at = at, .end = at + bytes.len};
}

uint64_t varint_get_uint(struct varint_reader *u)
{
	uint64_t n = 0;

	for (unsigned shift = 0; shift < 64 && u->at < u->end; shift += 7) {
		unsigned char byte = *u->at++;

		n |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80)
			return n;
	}
	u->bad = true;
	return 0;
}

uint64_t varint_get_below(struct varint_reader *u, uint64_t limit)
{
	uint64_t n = varint_get_uint(u);

	if (n < limit)
		return n;
	u->bad = true;
	return 0;
}

int64_t varint_get_int(struct varint_reader *u)
{
	uint64_t n = varint_get_uint(u);

	return (int64_t)(n >> 1) ^ -(int64_t)(n & 1);
}

static uint64_t read_bytes(struct varint_reader *u, size_t bytes)
{
	uint64_t n = 0;

	if ((size_t)(u->end - u->at) < bytes) {
		u->bad = true;
		u->at = u->end;
		return 0;
	}
	for (size_t i = 0; i < bytes; i++)
		n |= (uint64_t)*u->at++ << (8 * i);
	return n;
}

double varint_get_double(struct varint_reader *u)
{
	uint64_t bits = read_bytes(u, 8);
	double n;

	memcpy(&n, &bits, sizeof n);
	return n;
}

struct str varint_get_str(struct varint_reader *u)
{
	uint64_t len = varint_get_uint(u);
	struct str s;

	if (len > (uint64_t)(u->end - u->at)) {
		u->bad = true;
		return STR("");
	}
	s = str_n((const char *)u->at, (size_t)len);
	u->at += len;
	return s;
}

uint32_t varint_get_u32(struct varint_reader *u)
{
	return (uint32_t)read_bytes(u, 4);
}
