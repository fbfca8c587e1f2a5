/*
 * WebSocket frames (RFC 6455) going by in one direction: messages are put together and handed
 * aside, the bytes themselves are nobody's business here. The recorder keeps extensions from being
 * agreed, so payloads are what they say. One thread.
 */
#ifndef RECORD_FRAMES_H
#define RECORD_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define FRAMES_MESSAGE_MOST ((size_t)1 << 20)

struct frames {
	unsigned char head[14];
	unsigned have, need; /* of the head's bytes */
	uint64_t left;	     /* of the payload */
	unsigned place;	     /* within the mask */
	bool in_payload, bad;
	unsigned opcode; /* of the message being put together: 1 text, 2 binary */
	struct buf message;
	bool cut; /* it is longer than FRAMES_MESSAGE_MOST */
	uint64_t messages, control;
};

void frames_init(struct frames *f);
void frames_release(struct frames *f);
/* BYTES went by. Each whole text or binary message goes to TAKE; CUT ones without the rest. */
void frames_pass(struct frames *f, struct str bytes,
		 void (*take)(void *owner, unsigned opcode, struct str message, bool cut),
		 void *owner);

#endif
