#include "base/inflate.h"

#include <stdlib.h>

#include <zlib.h>

#include "base/alloc.h"
#include "base/log.h"

/* zlib counts in 32 bits. */
#define FEED_MAX ((size_t)1 << 30)
#define STEP	 ((size_t)1 << 16)

struct inflate {
	z_stream z;
	enum inflate_format format;
	enum inflate_status status;
	struct str rest; /* not yet passed to zlib */
};

static const int window_bits[] = {
    [INFLATE_ZLIB] = MAX_WBITS,
    [INFLATE_GZIP] = MAX_WBITS + 16,
    [INFLATE_RAW] = -MAX_WBITS,
    [INFLATE_ZLIB_OR_GZIP] = MAX_WBITS + 32,
};

struct inflate *inflate_open(enum inflate_format format, struct str packed)
{
	struct inflate *in = alloc_zeroed(1, sizeof *in);

	if (inflateInit2(&in->z, window_bits[format]) != Z_OK)
		die_out_of_memory();
	in->format = format;
	in->rest = packed;
	return in;
}

static void feed(struct inflate *in)
{
	size_t len = in->rest.len < FEED_MAX ? in->rest.len : FEED_MAX;

	if (in->z.avail_in || !len)
		return;
	in->z.next_in = (Bytef *)(uintptr_t)in->rest.ptr;
	in->z.avail_in = (uInt)len;
	in->rest = str_slice(in->rest, len, in->rest.len);
}

/* A member has ended: continues with the next one, or ends before anything else. */
static void next_member(struct inflate *in)
{
	bool may_follow = in->format == INFLATE_GZIP || in->format == INFLATE_ZLIB_OR_GZIP;

	feed(in);
	if (!may_follow || in->z.avail_in < 2 || in->z.next_in[0] != 0x1f ||
	    in->z.next_in[1] != 0x8b || inflateReset(&in->z) != Z_OK)
		in->status = INFLATE_COMPLETE;
}

static void step(struct inflate *in)
{
	feed(in);
	int code = inflate(&in->z, Z_NO_FLUSH);
	if (code == Z_STREAM_END)
		next_member(in);
	else if (code == Z_BUF_ERROR)
		in->status = INFLATE_TRUNCATED;
	else if (code != Z_OK)
		in->status = INFLATE_DAMAGED;
}

size_t inflate_read(struct inflate *in, char *out, size_t size)
{
	size_t done = 0;

	while (in->status == INFLATE_MORE && done < size) {
		size_t room = size - done < FEED_MAX ? size - done : FEED_MAX;

		in->z.next_out = (Bytef *)out + done;
		in->z.avail_out = (uInt)room;
		step(in);
		done += room - in->z.avail_out;
	}
	return done;
}

enum inflate_status inflate_status(const struct inflate *in)
{
	return in->status;
}

void inflate_close(struct inflate *in)
{
	if (!in)
		return;
	inflateEnd(&in->z);
	free(in);
}

/* Appends up to MAX bytes of IN to OUT. */
static void append(struct inflate *in, size_t max, struct buf *out)
{
	size_t end = out->len + max;

	while (in->status == INFLATE_MORE && out->len < end) {
		size_t room = end - out->len < STEP ? end - out->len : STEP;

		if (!buf_reserve(out, room + 1))
			die_out_of_memory();
		out->len += inflate_read(in, out->data + out->len, room);
		out->data[out->len] = '\0';
	}
}

enum inflate_status inflate_all(enum inflate_format format, struct str packed, size_t max,
				struct buf *out)
{
	struct inflate *in = inflate_open(format, packed);
	char next;

	append(in, max, out);
	enum inflate_status status = inflate_read(in, &next, 1) ? INFLATE_TOO_LARGE : in->status;
	inflate_close(in);
	return status;
}

bool inflate_content(struct str body, struct str coding, size_t max, struct buf *out)
{
	bool deflate = str_ieq(coding, STR("deflate"));
	size_t start = out->len;

	if (!deflate && !str_ieq(coding, STR("gzip")) && !str_ieq(coding, STR("x-gzip")))
		return false;
	enum inflate_status status = inflate_all(INFLATE_ZLIB_OR_GZIP, body, max, out);
	/* Some servers send `deflate` without the zlib header. */
	if (deflate && status == INFLATE_DAMAGED && out->len == start)
		inflate_all(INFLATE_RAW, body, max, out);
	return out->len > start;
}
