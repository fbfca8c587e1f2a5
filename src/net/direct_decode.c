#include <stdlib.h>

#include <brotli/decode.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "net/direct.h"

/*
 * Decoders of a Content-Encoding: gzip, deflate (with or without the zlib header, as servers send
 * both) and br. Data after the end is an error, and an end that is missing is not, as in libcurl. A
 * zlib state is kept for the next response.
 */

#define OUT_BYTES 16384u

enum coding { CODING_GZIP, CODING_DEFLATE, CODING_BROTLI, CODING_UNKNOWN };

struct direct_decoder {
	struct direct_decoder *next; /* in the list of spare decoders */
	enum coding coding;
	bool ended;
	unsigned seen; /* bytes that were read; 2: or more */
	char first;    /* the first byte, while there is one */
	bool has_zlib;
	z_stream zlib;
	BrotliDecoderState *brotli;
};

/* Where the content goes. */
struct content_sink {
	bool (*take)(void *owner, struct str piece);
	void *owner;
};

static bool put(const struct content_sink *out, const char *bytes, size_t len)
{
	return !len || out->take(out->owner, str_n(bytes, len));
}

static enum coding coding_of(struct str name)
{
	if (str_ieq(name, STR("gzip")) || str_ieq(name, STR("x-gzip")))
		return CODING_GZIP;
	if (str_ieq(name, STR("deflate")))
		return CODING_DEFLATE;
	return str_ieq(name, STR("br")) ? CODING_BROTLI : CODING_UNKNOWN;
}

/* WINDOW: 15 for the zlib format, 15 + 16 for gzip, -15 for neither. */
static void start_zlib(struct direct_decoder *d, int window)
{
	int code = d->has_zlib ? inflateReset2(&d->zlib, window) : inflateInit2(&d->zlib, window);

	if (code != Z_OK)
		die_out_of_memory();
	d->has_zlib = true;
}

struct direct_decoder *direct_decoder_open(struct direct *owner, struct str coding)
{
	struct direct_decoder *d;

	if (!coding.len || str_ieq(coding, STR("identity")) || str_ieq(coding, STR("none")))
		return NULL;
	d = owner->spare_decoders;
	if (d)
		owner->spare_decoders = d->next;
	else
		d = alloc_zeroed(1, sizeof *d);
	d->coding = coding_of(coding);
	d->ended = false;
	d->seen = 0;
	if (d->coding == CODING_GZIP)
		start_zlib(d, 15 + 16);
	else if (d->coding == CODING_DEFLATE)
		start_zlib(d, 15);
	else if (d->coding == CODING_BROTLI)
		d->brotli = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	return d;
}

static bool inflate_bytes(struct direct_decoder *d, struct str piece,
			  const struct content_sink *out, int *code)
{
	char bytes[OUT_BYTES];

	d->zlib.next_in = (Bytef *)(uintptr_t)piece.ptr;
	d->zlib.avail_in = (uInt)piece.len;
	do {
		d->zlib.next_out = (Bytef *)bytes;
		d->zlib.avail_out = sizeof bytes;
		*code = inflate(&d->zlib, Z_SYNC_FLUSH);
		if (*code != Z_OK && *code != Z_STREAM_END && *code != Z_BUF_ERROR)
			return false;
		if (!put(out, bytes, sizeof bytes - d->zlib.avail_out))
			return false;
	} while (*code == Z_OK && (d->zlib.avail_in || !d->zlib.avail_out));
	return true;
}

/* The header of zlib has two bytes: if they are not one, the data has none. */
static bool inflate_piece(struct direct_decoder *d, struct str piece,
			  const struct content_sink *out)
{
	bool may_lack_header = d->coding == CODING_DEFLATE && d->seen < 2;
	int code;

	if (!inflate_bytes(d, piece, out, &code)) {
		if (code != Z_DATA_ERROR || !may_lack_header || d->zlib.total_out)
			return false;
		start_zlib(d, -15);
		if ((d->seen && !inflate_bytes(d, str_n(&d->first, 1), out, &code)) ||
		    !inflate_bytes(d, piece, out, &code))
			return false;
		d->seen = 2;
	}
	d->first = piece.ptr[0];
	if (d->seen < 2)
		d->seen += piece.len < 2 ? 1 : 2;
	d->ended = code == Z_STREAM_END;
	return !d->ended || !d->zlib.avail_in;
}

static bool unbrotli_piece(struct direct_decoder *d, struct str piece,
			   const struct content_sink *out)
{
	const uint8_t *in = (const uint8_t *)piece.ptr;
	size_t left = piece.len;
	BrotliDecoderResult code;

	if (!d->brotli)
		die_out_of_memory();
	do {
		uint8_t bytes[OUT_BYTES], *to = bytes;
		size_t room = sizeof bytes;

		code = BrotliDecoderDecompressStream(d->brotli, &left, &in, &room, &to, NULL);
		if (code == BROTLI_DECODER_RESULT_ERROR ||
		    !put(out, (char *)bytes, sizeof bytes - room))
			return false;
	} while (code == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT);
	d->ended = code == BROTLI_DECODER_RESULT_SUCCESS;
	return !d->ended || !left;
}

bool direct_decoder_feed(struct direct_decoder *d, struct str piece,
			 bool (*sink)(void *owner, struct str piece), void *owner)
{
	struct content_sink out = {.take = sink, .owner = owner};

	if (!piece.len)
		return true;
	if (d->ended || d->coding == CODING_UNKNOWN)
		return false;
	return d->coding == CODING_BROTLI ? unbrotli_piece(d, piece, &out)
					  : inflate_piece(d, piece, &out);
}

void direct_decoder_close(struct direct *owner, struct direct_decoder *d)
{
	if (!d)
		return;
	if (d->brotli)
		BrotliDecoderDestroyInstance(d->brotli);
	d->brotli = NULL;
	d->next = owner->spare_decoders;
	owner->spare_decoders = d;
}

void direct_decoders_free(struct direct *owner)
{
	struct direct_decoder *next;

	for (struct direct_decoder *d = owner->spare_decoders; d; d = next) {
		next = d->next;
		if (d->has_zlib)
			inflateEnd(&d->zlib);
		free(d);
	}
	owner->spare_decoders = NULL;
}
