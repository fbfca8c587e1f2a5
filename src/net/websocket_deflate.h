/*
 * Compressed messages of a WebSocket (permessage-deflate, RFC 7692), by zlib. The streams of zlib,
 * which are large, are shared by all sockets of a thread: a message is compressed and decompressed
 * as a whole. What a socket needs beyond one message is the end of the earlier text, at most 40
 * KiB, and only if the other side refers to it. One thread.
 */
#ifndef NET_WEBSOCKET_DEFLATE_H
#define NET_WEBSOCKET_DEFLATE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

struct websocket_zlib;

/* The result of the negotiation for one socket. */
struct websocket_deflate {
	bool on;
	bool resets;	    /* the other side begins each message without a history */
	unsigned window;    /* bits of our compressor; 0: 15 */
	struct buf history; /* decompressed text that later messages may refer to */
};

/* The streams of a thread; created at their first use. */
struct websocket_zlib *websocket_deflate_zlib_new(void);
void websocket_deflate_zlib_free(struct websocket_zlib *zlib);

enum websocket_inflated { WEBSOCKET_INFLATED, WEBSOCKET_INFLATE_DAMAGED, WEBSOCKET_INFLATE_LARGE };

/* Appends the message PACKED to OUT, at most MAX bytes. */
enum websocket_inflated websocket_deflate_decompress(struct websocket_zlib *zlib,
						     struct websocket_deflate *deflate,
						     struct str packed, size_t max,
						     struct buf *out);
/* Appends the compressed PLAIN to OUT. False: it must be sent uncompressed. */
bool websocket_deflate_compress(struct websocket_zlib *zlib, const struct websocket_deflate *how,
				struct str plain, struct buf *out);

#endif
