#include "net/websocket_deflate.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/alloc.h"

#define WINDOW	     ((size_t)32 * 1024)
#define HISTORY_MAX  (WINDOW + (size_t)8 * 1024)
#define PIECE	     ((size_t)16 * 1024)
#define WINDOW_BITS  15
#define WINDOW_LEAST 9 /* zlib cannot compress with less */

struct websocket_zlib {
	z_stream in;
	bool has_in;
	z_stream out[WINDOW_BITS + 1]; /* by window bits */
	bool has_out[WINDOW_BITS + 1];
};

struct websocket_zlib *websocket_deflate_zlib_new(void)
{
	return alloc_zeroed(1, sizeof(struct websocket_zlib));
}

void websocket_deflate_zlib_free(struct websocket_zlib *zlib)
{
	if (!zlib)
		return;
	if (zlib->has_in)
		inflateEnd(&zlib->in);
	for (unsigned bits = 0; bits <= WINDOW_BITS; bits++)
		if (zlib->has_out[bits])
			deflateEnd(&zlib->out[bits]);
	free(zlib);
}

/* ---- decompression */

static z_stream *begin_inflate(struct websocket_zlib *zlib, const struct buf *history)
{
	z_stream *z = &zlib->in;

	if (!zlib->has_in) {
		if (inflateInit2(z, -WINDOW_BITS) != Z_OK)
			die_out_of_memory();
		zlib->has_in = true;
	} else {
		inflateReset(z);
	}
	if (history->len)
		inflateSetDictionary(z, (const Bytef *)history->data, (uInt)history->len);
	return z;
}

/* Keeps the end of the text, for the next message. */
static void remember(struct buf *history, struct str text)
{
	if (text.len > WINDOW)
		text = str_slice(text, text.len - WINDOW, text.len);
	if (history->len + text.len > HISTORY_MAX) {
		size_t kept = WINDOW - text.len;

		kept = kept < history->len ? kept : history->len;
		memmove(history->data, history->data + history->len - kept, kept);
		history->len = kept;
	}
	buf_add(history, text);
}

/* The bytes that every message ends with, and that are not sent. */
static const Bytef tail[4] = {0, 0, 0xff, 0xff};

/* Decompresses what Z has as input. */
static enum websocket_inflated pump(z_stream *z, size_t start, size_t max, struct buf *out)
{
	int code;

	do {
		size_t room = max + 1 - (out->len - start);

		room = room < PIECE ? room : PIECE;
		if (!buf_reserve(out, room))
			return WEBSOCKET_INFLATE_LARGE;
		z->next_out = (Bytef *)out->data + out->len;
		z->avail_out = (uInt)room;
		code = inflate(z, Z_SYNC_FLUSH);
		out->len += room - z->avail_out;
		if (out->len - start > max)
			return WEBSOCKET_INFLATE_LARGE;
		/* A final block ends the stream; what follows is a new one. */
		if (code == Z_STREAM_END && z->avail_in)
			code = inflateReset(z);
		else if (code == Z_STREAM_END)
			return WEBSOCKET_INFLATED;
	} while (code == Z_OK && (z->avail_in || !z->avail_out));
	return code == Z_OK || code == Z_BUF_ERROR ? WEBSOCKET_INFLATED : WEBSOCKET_INFLATE_DAMAGED;
}

enum websocket_inflated websocket_deflate_decompress(struct websocket_zlib *zlib,
						     struct websocket_deflate *deflate,
						     struct str packed, size_t max, struct buf *out)
{
	z_stream *z = begin_inflate(zlib, &deflate->history);
	size_t start = out->len;
	enum websocket_inflated result;

	z->next_in = (Bytef *)(uintptr_t)packed.ptr;
	z->avail_in = (uInt)packed.len;
	result = pump(z, start, max, out);
	if (result == WEBSOCKET_INFLATED) {
		z->next_in = (Bytef *)(uintptr_t)tail;
		z->avail_in = sizeof tail;
		result = pump(z, start, max, out);
	}
	if (result == WEBSOCKET_INFLATED && !deflate->resets)
		remember(&deflate->history, str_slice(buf_str(out), start, out->len));
	return result;
}

/* ---- compression */

/* Each message is compressed by itself: any other side understands that. */
static z_stream *begin_deflate(struct websocket_zlib *zlib, unsigned bits)
{
	z_stream *z = &zlib->out[bits];

	if (zlib->has_out[bits]) {
		deflateReset(z);
		return z;
	}
	if (deflateInit2(z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -(int)bits, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		die_out_of_memory();
	zlib->has_out[bits] = true;
	return z;
}

bool websocket_deflate_compress(struct websocket_zlib *zlib, const struct websocket_deflate *how,
				struct str plain, struct buf *out)
{
	unsigned bits = how->window ? how->window : WINDOW_BITS;
	size_t start = out->len, room;
	z_stream *z;

	if (bits < WINDOW_LEAST || plain.len > UINT32_MAX / 2)
		return false;
	z = begin_deflate(zlib, bits);
	room = deflateBound(z, (uLong)plain.len) + 16;
	if (!buf_reserve(out, room))
		return false;
	z->next_in = (Bytef *)(uintptr_t)plain.ptr;
	z->avail_in = (uInt)plain.len;
	z->next_out = (Bytef *)out->data + start;
	z->avail_out = (uInt)room;
	if (deflate(z, Z_SYNC_FLUSH) != Z_OK || z->avail_in || room - z->avail_out < sizeof tail)
		return false;
	out->len = start + (room - z->avail_out) - sizeof tail;
	return true;
}
