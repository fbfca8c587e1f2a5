/*
 * The last messages of a socket or of a stream of events, in their order, as one text: a part of a
 * failure sample. Pure functions.
 */
#ifndef STATS_FAILURE_MESSAGES_H
#define STATS_FAILURE_MESSAGES_H

#include "base/clock.h"
#include "base/varint.h"

struct failure_message {
	bool sent; /* by the user */
	bool text; /* not binary */
	ns_t wall;
	struct str event; /* the type of an event; empty: a message of a WebSocket */
	struct str data;  /* its start */
	uint64_t bytes;	  /* of the whole message */
};

void failure_messages_put(struct buf *out, const struct failure_message *m);
/* Reads the next one; its texts are views. False at the end. */
bool failure_messages_next(struct varint_reader *messages, struct failure_message *m);
/* Removes messages from the start until at most MAX bytes are left. */
void failure_messages_shorten(struct buf *messages, size_t max);

#endif
