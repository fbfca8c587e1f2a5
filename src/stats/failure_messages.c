#include "stats/failure_messages.h"

#include <string.h>

enum { SENT = 1 << 0, TEXT = 1 << 1 };

void failure_messages_put(struct buf *out, const struct failure_message *m)
{
	varint_put_uint(out, (m->sent ? SENT : 0) | (m->text ? TEXT : 0));
	varint_put_int(out, m->wall);
	varint_put_str(out, m->event);
	varint_put_str(out, m->data);
	varint_put_uint(out, m->bytes);
}

bool failure_messages_next(struct varint_reader *messages, struct failure_message *m)
{
	uint64_t flags;

	if (messages->at == messages->end || messages->bad)
		return false;
	flags = varint_get_uint(messages);
	m->sent = flags & SENT;
	m->text = flags & TEXT;
	m->wall = varint_get_int(messages);
	m->event = varint_get_str(messages);
	m->data = varint_get_str(messages);
	m->bytes = varint_get_uint(messages);
	return !messages->bad;
}

void failure_messages_shorten(struct buf *messages, size_t max)
{
	struct varint_reader reader = varint_reader_of(buf_str(messages));
	struct failure_message m;
	size_t left = messages->len;

	while (left > max && failure_messages_next(&reader, &m))
		left = (size_t)(reader.end - reader.at);
	if (left < messages->len)
		memmove(messages->data, messages->data + messages->len - left, left);
	messages->len = left;
}
