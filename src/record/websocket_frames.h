/*
 * WebSocket frames (RFC 6455) of one direction: assembles messages and passes them to a callback;
 * the bytes themselves are not changed. The recorder prevents extensions, so payloads are plain.
 * One thread.
 */
#ifndef RECORD_WEBSOCKET_FRAMES_H
#define RECORD_WEBSOCKET_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define WEBSOCKET_FRAMES_MESSAGE_MAX ((size_t)1 << 20)

struct websocket_frames {
	unsigned char head[14];
	unsigned have, need;  /* of the head's bytes */
	uint64_t left;	      /* of the payload */
	unsigned mask_offset; /* position within the mask */
	bool in_payload, bad;
	unsigned opcode; /* of the current message: 1 text, 2 binary */
	struct buf message;
	bool truncated; /* it is longer than WEBSOCKET_FRAMES_MESSAGE_MAX */
	uint64_t messages, control;
};

void websocket_frames_init(struct websocket_frames *f);
void websocket_frames_release(struct websocket_frames *f);
/* Reads BYTES. Each complete text or binary message goes to SINK, a TRUNCATED one cut. */
void websocket_frames_feed(struct websocket_frames *f, struct str bytes,
			   void (*sink)(void *owner, unsigned opcode, struct str message,
					bool truncated),
			   void *owner);

#endif
