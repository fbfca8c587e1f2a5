#include "net/content_decoder.h"

#include <stdlib.h>

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include "base/alloc.h"
#include "base/log.h"

#define OUT_BYTES 16384u
/* RFC 9659: a zstd response may need a window of 8 MiB, and not more. */
#define ZSTD_WINDOW_LOG 23

struct content_decoder {
	struct content_decoder *next; /* gets the output; or the next spare decoder */
	enum content_coding coding;
	bool ended;
	unsigned seen; /* bytes that were read; 2: or more */
	char first;    /* the first byte, while there is one */
	bool has_zlib;
	z_stream zlib;
	BrotliDecoderState *brotli;
	ZSTD_DCtx *zstd;
};

enum content_coding content_decoder_coding(struct str name)
{
	static const struct {
		const char *name;
		enum content_coding coding;
	} names[] = {
	    {"", CONTENT_IDENTITY},	  {"identity", CONTENT_IDENTITY},
	    {"none", CONTENT_IDENTITY},	  {"gzip", CONTENT_GZIP},
	    {"x-gzip", CONTENT_GZIP},	  {"br", CONTENT_BROTLI},
	    {"deflate", CONTENT_DEFLATE}, {"zstd", CONTENT_ZSTD},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_ieq(name, str_of(names[i].name)))
			return names[i].coding;
	return CONTENT_UNKNOWN;
}

/* WINDOW: 15 for the zlib format, 15 + 16 for gzip, -15 for neither. */
static void start_zlib(struct content_decoder *d, int window)
{
	int code = d->has_zlib ? inflateReset2(&d->zlib, window) : inflateInit2(&d->zlib, window);

	if (code != Z_OK)
		die_out_of_memory();
	d->has_zlib = true;
}

static void start_zstd(struct content_decoder *d)
{
	if (!d->zstd)
		d->zstd = ZSTD_createDCtx();
	if (!d->zstd)
		die_out_of_memory();
	ZSTD_DCtx_reset(d->zstd, ZSTD_reset_session_only);
	ZSTD_DCtx_setParameter(d->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
}

static void start_brotli(struct content_decoder *d)
{
	d->brotli = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	if (!d->brotli)
		die_out_of_memory();
}

struct content_decoder *content_decoder_open(struct content_decoders *pool,
					     enum content_coding coding,
					     struct content_decoder *next)
{
	struct content_decoder *d = pool->spare;

	if (d)
		pool->spare = d->next;
	else
		d = alloc_zeroed(1, sizeof *d);
	d->next = next;
	d->coding = coding;
	d->ended = false;
	d->seen = 0;
	if (coding == CONTENT_GZIP)
		start_zlib(d, 15 + 16);
	else if (coding == CONTENT_DEFLATE)
		start_zlib(d, 15);
	else if (coding == CONTENT_BROTLI)
		start_brotli(d);
	else
		start_zstd(d);
	return d;
}

static bool put(const struct content_decoder *d, struct str bytes,
		const struct content_decoder_sink *out)
{
	if (!bytes.len)
		return true;
	return d->next ? content_decoder_feed(d->next, bytes, out) : out->take(out->owner, bytes);
}

/* ---- gzip and deflate */

static bool inflate_bytes(struct content_decoder *d, struct str piece,
			  const struct content_decoder_sink *out, int *code)
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
		if (!put(d, str_n(bytes, sizeof bytes - d->zlib.avail_out), out))
			return false;
	} while (*code == Z_OK && (d->zlib.avail_in || !d->zlib.avail_out));
	return true;
}

/* The header of zlib has two bytes: if they are not one, the data has none. */
static bool undeflate_piece(struct content_decoder *d, struct str piece,
			    const struct content_decoder_sink *out)
{
	int code;

	if (d->ended)
		return false;
	if (!inflate_bytes(d, piece, out, &code)) {
		if (code != Z_DATA_ERROR || d->seen >= 2 || d->zlib.total_out)
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

/* After a member comes another one, or zero bytes that fill a block. */
static bool gunzip_piece(struct content_decoder *d, struct str piece,
			 const struct content_decoder_sink *out)
{
	int code;

	while (piece.len) {
		if (d->ended && piece.ptr[0] == '\0') {
			piece = str_slice(piece, 1, piece.len);
			continue;
		}
		if (d->ended && piece.ptr[0] != '\x1f')
			return false;
		if (d->ended)
			start_zlib(d, 15 + 16);
		if (!inflate_bytes(d, piece, out, &code))
			return false;
		d->ended = code == Z_STREAM_END;
		piece = str_slice(piece, piece.len - d->zlib.avail_in, piece.len);
	}
	return true;
}

/* ---- br and zstd */

static bool unbrotli_piece(struct content_decoder *d, struct str piece,
			   const struct content_decoder_sink *out)
{
	const uint8_t *in = (const uint8_t *)piece.ptr;
	size_t left = piece.len;
	BrotliDecoderResult code;

	if (d->ended)
		return false;
	do {
		uint8_t bytes[OUT_BYTES], *to = bytes;
		size_t room = sizeof bytes;

		code = BrotliDecoderDecompressStream(d->brotli, &left, &in, &room, &to, NULL);
		if (code == BROTLI_DECODER_RESULT_ERROR ||
		    !put(d, str_n((char *)bytes, sizeof bytes - room), out))
			return false;
	} while (code == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT);
	d->ended = code == BROTLI_DECODER_RESULT_SUCCESS;
	return !d->ended || !left;
}

/* Frames may follow each other. */
static bool unzstd_piece(struct content_decoder *d, struct str piece,
			 const struct content_decoder_sink *out)
{
	ZSTD_inBuffer in = {piece.ptr, piece.len, 0};
	char bytes[OUT_BYTES];
	ZSTD_outBuffer to;

	do {
		to = (ZSTD_outBuffer){bytes, sizeof bytes, 0};
		if (ZSTD_isError(ZSTD_decompressStream(d->zstd, &to, &in)) ||
		    !put(d, str_n(bytes, to.pos), out))
			return false;
	} while (in.pos < in.size || to.pos == to.size);
	return true;
}

bool content_decoder_feed(struct content_decoder *d, struct str piece,
			  const struct content_decoder_sink *out)
{
	if (!piece.len)
		return true;
	switch (d->coding) {
	case CONTENT_GZIP:
		return gunzip_piece(d, piece, out);
	case CONTENT_DEFLATE:
		return undeflate_piece(d, piece, out);
	case CONTENT_BROTLI:
		return unbrotli_piece(d, piece, out);
	case CONTENT_ZSTD:
		return unzstd_piece(d, piece, out);
	case CONTENT_IDENTITY:
	case CONTENT_UNKNOWN:
		break;
	}
	return false;
}

void content_decoder_close(struct content_decoders *pool, struct content_decoder *d)
{
	struct content_decoder *next;

	for (; d; d = next) {
		next = d->next;
		if (d->brotli)
			BrotliDecoderDestroyInstance(d->brotli);
		d->brotli = NULL;
		d->next = pool->spare;
		pool->spare = d;
	}
}

void content_decoder_pool_free(struct content_decoders *pool)
{
	struct content_decoder *next;

	for (struct content_decoder *d = pool->spare; d; d = next) {
		next = d->next;
		if (d->has_zlib)
			inflateEnd(&d->zlib);
		ZSTD_freeDCtx(d->zstd);
		free(d);
	}
	pool->spare = NULL;
}
