/*
 * Decodes the content of responses as it arrives: gzip (with several members), deflate (with or
 * without the header of zlib, as servers send both), br and zstd. Decoders are kept in a pool for
 * later responses. Several codings of one response are a chain: the first decoder passes its output
 * to the next one. Belongs to one thread.
 */
#ifndef NET_CONTENT_DECODER_H
#define NET_CONTENT_DECODER_H

#include <stdbool.h>

#include "base/str.h"

/* The supported codings, as a value of Accept-Encoding. */
#define CONTENT_CODINGS "gzip, deflate, br, zstd"

enum content_coding {
	CONTENT_IDENTITY,
	CONTENT_GZIP,
	CONTENT_DEFLATE,
	CONTENT_BROTLI,
	CONTENT_ZSTD,
	CONTENT_UNKNOWN,
};

struct content_decoder;

/* All zero: empty. */
struct content_decoders {
	struct content_decoder *spare;
};

/* NAME is one word of a Content-Encoding, in any case. */
enum content_coding content_decoder_coding(struct str name);
/* A decoder for CODING, which is not CONTENT_IDENTITY or CONTENT_UNKNOWN. Its output goes to NEXT,
 * which it then owns; NULL: to the caller. */
struct content_decoder *content_decoder_open(struct content_decoders *pool,
					     enum content_coding coding,
					     struct content_decoder *next);
/* Where the content goes; TAKE returns false to stop. */
struct content_decoder_sink {
	bool (*take)(void *owner, struct str piece);
	void *owner;
};

/* Decodes PIECE and passes the content to SINK, piece by piece. False if it is not valid, or the
 * sink returned false. Data after the end is not valid; a missing end is accepted, as browsers do.
 */
bool content_decoder_feed(struct content_decoder *decoder, struct str piece,
			  const struct content_decoder_sink *sink);
/* Returns DECODER and those after it to the pool. It may be NULL. */
void content_decoder_close(struct content_decoders *pool, struct content_decoder *decoder);
void content_decoder_pool_free(struct content_decoders *pool);

#endif
