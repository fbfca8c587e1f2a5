#include "run/channel_queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define SMALLEST 64u
/* Bytes of an event type. */
#define EVENT_MAX 1024u

/* ---- memory */

/* The class whose messages have room for BYTES. */
static unsigned class_of(size_t bytes)
{
	unsigned class = 0;

	while ((size_t)SMALLEST << class < bytes)
		class ++;
	return class;
}

static struct queued_message *allocate(struct channel_memory *memory, size_t bytes)
{
	unsigned class = class_of(bytes);
	struct queued_message *message = memory->free[class];

	if (message) {
		memory->free[class] = message->next;
		return message;
	}
	message = alloc_zeroed(1, sizeof *message + ((size_t)SMALLEST << class));
	message->size_class = (uint8_t) class;
	return message;
}

void channel_queue_free(struct channel_memory *memory, struct queued_message *message)
{
	message->next = memory->free[message->size_class];
	memory->free[message->size_class] = message;
}

void channel_queue_memory_release(struct channel_memory *memory)
{
	for (unsigned i = 0; i < CHANNEL_QUEUE_CLASSES; i++)
		while (memory->free[i]) {
			struct queued_message *message = memory->free[i];

			memory->free[i] = message->next;
			free(message);
		}
}

/* ---- queues */

struct queued_message *channel_queue_take(struct channel_queue *queue)
{
	struct queued_message *message = queue->first;

	if (!message)
		return NULL;
	queue->first = message->next;
	if (!queue->first)
		queue->last = NULL;
	queue->count--;
	queue->bytes -= message->len;
	return message;
}

static void append(struct channel_queue *queue, struct queued_message *message)
{
	message->next = NULL;
	if (queue->last)
		queue->last->next = message;
	else
		queue->first = message;
	queue->last = message;
	queue->count++;
	queue->bytes += message->len;
}

unsigned channel_queue_add(struct channel_queue *queue, struct channel_memory *memory,
			   const struct message_view *view)
{
	struct queued_message *message;
	struct str payload = view->payload, event = str_cut(view->event, EVENT_MAX);
	unsigned dropped = 0;

	if (payload.len > CHANNEL_QUEUE_BYTES)
		return 1;
	while (queue->count == CHANNEL_QUEUE_MESSAGES ||
	       queue->bytes + payload.len > CHANNEL_QUEUE_BYTES) {
		channel_queue_free(memory, channel_queue_take(queue));
		dropped++;
	}
	message = allocate(memory, payload.len + event.len);
	message->len = payload.len;
	message->event_len = (uint32_t)event.len;
	message->text = view->text;
	if (payload.len)
		memcpy(message->bytes, payload.ptr, payload.len);
	if (event.len)
		memcpy(message->bytes + payload.len, event.ptr, event.len);
	append(queue, message);
	return dropped;
}

unsigned channel_queue_clear(struct channel_queue *queue, struct channel_memory *memory)
{
	unsigned count = queue->count;
	struct queued_message *message;

	while ((message = channel_queue_take(queue)))
		channel_queue_free(memory, message);
	return count;
}
