/*
 * One side of a WebSocket (RFC 6455) after the handshake, without a connection: bytes that arrived
 * go in, messages come out, and frames to send go to `write`. It checks everything that the
 * standard requires of a receiver; at the first violation it sends a close frame with the code and
 * reads nothing more. Pings get their pong immediately.
 *
 * A message that arrives in one piece is a view of the input; others are collected in `message`.
 * What sockets of one thread can share is in a websocket_shared. A handler may send and close, but
 * must not release the socket. One thread.
 */
#ifndef NET_WEBSOCKET_H
#define NET_WEBSOCKET_H

#include "base/buf.h"
#include "net/websocket_deflate.h"
#include "net/websocket_frame.h"

/* Buffers, compressor and random numbers of a thread. */
struct websocket_shared {
	struct websocket_zlib *zlib;
	struct buf frame, packed, inflated;
	unsigned char random[1024]; /* for masks */
	size_t random_left;
	size_t sent; /* bytes of the last frame that was sent */
};

void websocket_shared_init(struct websocket_shared *shared);
void websocket_shared_release(struct websocket_shared *shared);
/* COUNT random bytes of the system; at most 64. */
const unsigned char *websocket_random(struct websocket_shared *shared, size_t count);

struct websocket_handler {
	/* A whole message; PAYLOAD is valid during the call. WIRE: the bytes of its frames. */
	void (*message)(void *owner, bool text, struct str payload, uint64_t wire);
	/* The bytes of one frame to send. */
	void (*write)(void *owner, struct str bytes);
	/* The other side has begun to close, or has replied to our close. WEBSOCKET_NO_CODE: it
	 * gave no code. */
	void (*closed)(void *owner, unsigned code, struct str reason);
	/* The other side broke the rules, as WHY says; the close frame with CODE was written. */
	void (*failed)(void *owner, unsigned code, const char *why);
};

struct websocket {
	const struct websocket_handler *handler;
	void *owner;
	struct websocket_shared *shared;
	struct websocket_deflate deflate;
	size_t max_message;
	bool is_server; /* frames that arrive are masked, ours are not */

	unsigned char head[WEBSOCKET_HEAD_MAX];
	unsigned have, need;
	struct websocket_head frame;
	uint64_t at; /* position in the payload of the frame */
	bool in_payload, in_message, is_text, is_packed;
	unsigned utf8;
	uint64_t wire; /* bytes of the frames of the current message */
	struct buf message;
	char control[WEBSOCKET_CONTROL_MAX];

	bool close_sent, close_received, has_failed;
	uint64_t pings, pongs; /* received */
};

/* MAX_MESSAGE: larger messages are refused. Set `deflate` before the first byte. */
void websocket_init(struct websocket *s, const struct websocket_handler *handler, void *owner,
		    struct websocket_shared *shared, bool is_server, size_t max_message);
void websocket_release(struct websocket *s);

/* Reads BYTES. After a close or a failure the rest is ignored. */
void websocket_feed(struct websocket *s, struct str bytes);
/* Sends a whole message. False after a close. */
bool websocket_send(struct websocket *s, bool text, struct str payload);
void websocket_ping(struct websocket *s);
/* Sends a close frame, once; WEBSOCKET_NO_CODE: without a code. REASON is cut to 123 bytes. */
void websocket_close(struct websocket *s, unsigned code, struct str reason);
/* True if no more messages will arrive. */
static inline bool websocket_is_over(const struct websocket *s)
{
	return s->close_received || s->has_failed;
}

#endif
