/*
 * WebSocket frames (RFC 6455) of one direction that pass through the recorder: assembles messages
 * and passes them to a callback. The bytes themselves are not changed. The recorder removes
 * Sec-WebSocket-Extensions from requests, so that no side compresses: the recording needs the
 * texts, and both sides must agree on what the frames have. One thread.
 */
#ifndef RECORD_WEBSOCKET_FRAMES_H
#define RECORD_WEBSOCKET_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "net/websocket_frame.h"

#define WEBSOCKET_FRAMES_MESSAGE_MAX ((size_t)1 << 20)

struct websocket_frames {
	unsigned char head[WEBSOCKET_HEAD_MAX];
	unsigned have, need; /* of the head's bytes */
	struct websocket_head frame;
	uint64_t left; /* of the payload */
	bool in_payload, bad;
	unsigned opcode; /* of the current message: 1 text, 2 binary */
	struct buf message, control;
	bool truncated; /* it is longer than WEBSOCKET_FRAMES_MESSAGE_MAX */
	uint64_t messages, controls;
};

/* OPCODE: text, binary or close. A TRUNCATED message is cut. */
typedef void websocket_frames_sink(void *owner, unsigned opcode, struct str message,
				   bool truncated);

void websocket_frames_init(struct websocket_frames *f);
void websocket_frames_release(struct websocket_frames *f);
/* Reads BYTES. Each complete message and each close frame goes to SINK. */
void websocket_frames_feed(struct websocket_frames *f, struct str bytes,
			   websocket_frames_sink *sink, void *owner);

#endif
