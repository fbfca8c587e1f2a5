#include "stats/hdr.h"

#include <string.h>

#include <zlib.h>

#define COOKIE		  UINT32_C(0x1c849313) /* V2, counters of varying width */
#define COOKIE_COMPRESSED UINT32_C(0x1c849314)
#define HEADER_BYTES	  40
#define DIGITS		  3

static void put_u32(struct buf *out, uint32_t n)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_add_char(out, (char)(n >> shift & 0xFF));
}

static void put_u64(struct buf *out, uint64_t n)
{
	put_u32(out, (uint32_t)(n >> 32));
	put_u32(out, (uint32_t)n);
}

/* ZigZag LEB128 of 64 bits: at most nine bytes; the ninth holds eight bits. */
static void put_zigzag(struct buf *out, int64_t n)
{
	uint64_t z = (uint64_t)n << 1 ^ (uint64_t)(n >> 63);
	int bytes = 1;

	while (z >= 0x80 && bytes < 9) {
		buf_add_char(out, (char)(0x80 | (z & 0x7F)));
		z >>= 7;
		bytes++;
	}
	buf_add_char(out, (char)z);
}

static void put_counters(const struct histogram *h, struct buf *out)
{
	struct histogram_walk w = histogram_walk(h);
	unsigned next = 0;

	while (histogram_walk_next(&w)) {
		unsigned zeros = w.index - next;
		if (zeros == 1)
			put_zigzag(out, 0);
		else if (zeros)
			put_zigzag(out, -(int64_t)zeros);
		put_zigzag(out, (int64_t)w.count);
		next = w.index + 1;
	}
}

static bool deflate_into(struct str plain, struct buf *out)
{
	uLongf room = compressBound((uLong)plain.len);
	struct buf packed;
	bool good;

	buf_init(&packed, 0);
	good = buf_reserve(&packed, room + 1) &&
	       compress2((Bytef *)packed.data, &room, (const Bytef *)plain.ptr, (uLong)plain.len,
			 Z_DEFAULT_COMPRESSION) == Z_OK;
	if (good) {
		put_u32(out, COOKIE_COMPRESSED);
		put_u32(out, (uint32_t)room);
		good = buf_add(out, str_n(packed.data, room));
	}
	buf_release(&packed);
	return good;
}

bool hdr_encode(const struct histogram *h, struct buf *out)
{
	struct buf counters, plain;
	const double ratio = 1.0;
	uint64_t ratio_bits;
	bool good;

	buf_init(&counters, 0);
	buf_init(&plain, 0);
	put_counters(h, &counters);
	memcpy(&ratio_bits, &ratio, sizeof ratio_bits);
	put_u32(&plain, COOKIE);
	put_u32(&plain, (uint32_t)counters.len);
	put_u32(&plain, 0);
	put_u32(&plain, DIGITS);
	put_u64(&plain, (uint64_t)HISTOGRAM_MIN_US);
	put_u64(&plain, (uint64_t)HISTOGRAM_MAX_US);
	put_u64(&plain, ratio_bits);
	buf_add(&plain, buf_str(&counters));
	good = deflate_into(buf_str(&plain), out);
	buf_release(&counters);
	buf_release(&plain);
	return good;
}
