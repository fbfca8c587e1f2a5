#include "stats/hdr.h"

#include <string.h>

#include <zlib.h>

#include "base/inflate.h"

#define COOKIE		  UINT32_C(0x1c849313) /* V2, counters of varying width */
#define COOKIE_COMPRESSED UINT32_C(0x1c849314)
#define COOKIE_MASK	  UINT32_C(0xffffff0f)
#define HEADER_BYTES	  40
#define DIGITS		  3
#define BYTES_MAX	  (UINT32_C(16) << 20)

/* ---- writing */

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

/* ---- reading */

struct hdr_reader {
	const unsigned char *p, *end;
	const char **why;
};

static bool no_hdr(struct hdr_reader *r, const char *why)
{
	*r->why = why;
	return false;
}

static uint64_t read_bytes(struct hdr_reader *r, unsigned bytes)
{
	uint64_t n = 0;

	while (bytes--)
		n = n << 8 | *r->p++;
	return n;
}

static bool read_zigzag(struct hdr_reader *r, int64_t *out)
{
	uint64_t z = 0;

	for (unsigned i = 0; i < 9; i++) {
		unsigned char c;
		if (r->p == r->end)
			return no_hdr(r, "it ends in the middle of a counter");
		c = *r->p++;
		z |= (uint64_t)(i == 8 ? c : c & 0x7F) << (7 * i);
		if (i == 8 || !(c & 0x80))
			break;
	}
	*out = (int64_t)(z >> 1) ^ -(int64_t)(z & 1);
	return true;
}

/* The layout of counters of a histogram with other digits and another lowest value. */
struct hdr_layout {
	unsigned unit_shift, half_bits;
	bool ours;
};

static struct hdr_layout layout_of(uint64_t lowest, uint32_t digits)
{
	struct hdr_layout l = {0};
	uint64_t largest = 2;

	for (uint32_t i = 0; i < digits; i++)
		largest *= 10;
	while ((UINT64_C(1) << (l.half_bits + 1)) < largest)
		l.half_bits++;
	while (l.unit_shift < 32 && (UINT64_C(2) << l.unit_shift) <= lowest)
		l.unit_shift++;
	l.ours = l.unit_shift == 0 && l.half_bits == HISTOGRAM_PAGE_BITS;
	return l;
}

/* The middle of counter INDEX in its own unit. */
static double middle_of(const struct hdr_layout *l, uint64_t index)
{
	uint64_t half = UINT64_C(1) << l->half_bits;
	uint64_t bucket = index >> l->half_bits, sub = index & (half - 1);
	double width;

	if (bucket == 0)
		return (double)(index << l->unit_shift);
	sub += half;
	bucket--;
	width = (double)(UINT64_C(1) << (bucket + l->unit_shift));
	return (double)sub * width + (width > 1 ? width / 2 : 0);
}

static bool add_counter(struct hdr_reader *r, struct histogram *h, const struct hdr_layout *l,
			uint64_t index, uint64_t count)
{
	ns_t value;

	/* Beyond 2^52 µs, 142 years, it does not fit into ns. */
	if ((index >> l->half_bits) + l->half_bits + l->unit_shift > 52)
		return no_hdr(r, "more counters than its range has");
	if (l->ours && index >= HISTOGRAM_COUNTERS)
		return no_hdr(r, "more counters than its range has");
	value = l->ours ? histogram_low_us((unsigned)index) * NS_PER_US
			: (ns_t)(middle_of(l, index) * (double)NS_PER_US);
	histogram_record(h, value, count);
	return true;
}

static bool read_counters(struct hdr_reader *r, struct histogram *h, const struct hdr_layout *l)
{
	uint64_t index = 0;

	while (r->p < r->end) {
		int64_t n;
		if (!read_zigzag(r, &n))
			return false;
		if (n < 0) {
			if (n < -(INT64_C(1) << 31))
				return no_hdr(r, "a run of zeros that is too long");
			index += (uint64_t)-n;
		} else {
			if (n > 0 && !add_counter(r, h, l, index, (uint64_t)n))
				return false;
			index++;
		}
	}
	return true;
}

static bool read_plain(struct hdr_reader *r, struct histogram *h)
{
	uint64_t cookie, bytes, digits, lowest;
	struct hdr_layout layout;

	if (r->end - r->p < HEADER_BYTES)
		return no_hdr(r, "shorter than a header");
	cookie = read_bytes(r, 4);
	bytes = read_bytes(r, 4);
	if ((cookie & COOKIE_MASK) != (COOKIE & COOKIE_MASK))
		return no_hdr(r, "not version 2");
	if (read_bytes(r, 4) != 0)
		return no_hdr(r, "shifted counters");
	digits = read_bytes(r, 4);
	lowest = read_bytes(r, 8);
	r->p += 16;
	if (digits > 5 || lowest == 0 || bytes > (uint64_t)(r->end - r->p))
		return no_hdr(r, "an invalid header");
	r->end = r->p + bytes;
	layout = layout_of(lowest, (uint32_t)digits);
	return read_counters(r, h, &layout);
}

bool hdr_decode(struct histogram *h, struct str bytes, const char **why)
{
	const unsigned char *start = (const unsigned char *)bytes.ptr;
	struct hdr_reader r = {start, start + bytes.len, why};
	struct buf plain;
	bool good;

	if (bytes.len < 8)
		return no_hdr(&r, "shorter than a header");
	if ((read_bytes(&r, 4) & COOKIE_MASK) != (COOKIE_COMPRESSED & COOKIE_MASK))
		return no_hdr(&r, "not a compressed histogram of version 2");
	if (read_bytes(&r, 4) > (uint64_t)(r.end - r.p))
		return no_hdr(&r, "it ends too early");
	buf_init(&plain, 0);
	good = inflate_all(INFLATE_ZLIB, str_n((const char *)r.p, (size_t)(r.end - r.p)), BYTES_MAX,
			   &plain) == INFLATE_COMPLETE;
	if (good) {
		r.p = (const unsigned char *)plain.data;
		r.end = r.p + plain.len;
		good = read_plain(&r, h);
	} else {
		no_hdr(&r, "damaged compressed data");
	}
	buf_release(&plain);
	return good;
}
