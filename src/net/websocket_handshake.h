/*
 * The handshake of a WebSocket (RFC 6455 section 4, RFC 7692 section 7.1): keys, subprotocols and
 * the compression of both sides. Pure.
 */
#ifndef NET_WEBSOCKET_HANDSHAKE_H
#define NET_WEBSOCKET_HANDSHAKE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"
#include "net/websocket_deflate.h"

#define WEBSOCKET_KEY_BYTES 16u

/* The offer of browsers. */
#define WEBSOCKET_OFFER "permessage-deflate; client_max_window_bits"

/* Appends the value of Sec-WebSocket-Accept for the value of Sec-WebSocket-Key. False if the
 * system refuses SHA-1. */
bool websocket_handshake_accept(struct str key, struct buf *out);

/* The part of a request that its response is checked against. */
struct websocket_offer {
	struct str key;	      /* the value of Sec-WebSocket-Key */
	struct str protocols; /* of Sec-WebSocket-Protocol; empty: none */
	bool deflate;	      /* it offered permessage-deflate */
};

/* Checks the field lines HEADERS of a response with status 101. NULL, or what is wrong. PROTOCOL is
 * the chosen subprotocol, a view, or empty. */
const char *websocket_handshake_check(struct str headers, const struct websocket_offer *offer,
				      struct websocket_deflate *deflate, struct str *protocol);
/* The server's side: true if the value of Sec-WebSocket-Extensions offers compression that our
 * streams support; appends the response. */
bool websocket_handshake_choose(struct str offered, struct websocket_deflate *deflate,
				struct buf *out);

#endif
