/*
 * Messages that have arrived on a channel and that no step has taken yet. A queue has at most
 * CHANNEL_QUEUE_MESSAGES or CHANNEL_QUEUE_BYTES; beyond that the oldest are dropped. The memory of
 * messages is shared by all queues of a worker and used again, so that nothing is allocated for a
 * message after the first ones. One thread.
 */
#ifndef RUN_CHANNEL_QUEUE_H
#define RUN_CHANNEL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define CHANNEL_QUEUE_MESSAGES 1000u
#define CHANNEL_QUEUE_BYTES    ((size_t)1 << 20)
#define CHANNEL_QUEUE_CLASSES  16u

struct queued_message {
	struct queued_message *next;
	size_t len;
	uint32_t event_len;
	uint8_t size_class;
	bool text;
	char bytes[]; /* the payload, then the event type */
};

/* A message as it arrives, and as it is in a queue. */
struct message_view {
	bool text;
	struct str payload;
	struct str event; /* the type of an event; empty: a message of a WebSocket */
};

static inline struct message_view channel_queue_view(const struct queued_message *m)
{
	return (struct message_view){.text = m->text,
				     .payload = str_n(m->bytes, m->len),
				     .event = str_n(m->bytes + m->len, m->event_len)};
}

/* Free memory by size: 64 bytes, 128 and so on. */
struct channel_memory {
	struct queued_message *free[CHANNEL_QUEUE_CLASSES];
};

void channel_queue_memory_release(struct channel_memory *memory);

struct channel_queue {
	struct queued_message *first, *last;
	unsigned count;
	size_t bytes;
};

/* Appends a copy of the message. Returns the number of messages that were dropped for it, or
 * because it is larger than a whole queue. */
unsigned channel_queue_add(struct channel_queue *queue, struct channel_memory *memory,
			   const struct message_view *message);
/* Takes the oldest message out, or returns NULL. */
struct queued_message *channel_queue_take(struct channel_queue *queue);
/* Gives a taken message back. */
void channel_queue_free(struct channel_memory *memory, struct queued_message *message);
/* Empties it; returns the number of messages that it had. */
unsigned channel_queue_clear(struct channel_queue *queue, struct channel_memory *memory);

#endif
