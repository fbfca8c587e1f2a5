#include "record/take.h"

#include <stdlib.h>

#include "base/log.h"

struct take *take_new(ns_t wall, ns_t now)
{
	struct take *take = calloc(1, sizeof *take);

	if (!take)
		die_out_of_memory();
	arena_init(&take->arena, 8192);
	buf_init(&take->sent.kept, TAKE_BODY_MOST);
	buf_init(&take->received.kept, TAKE_BODY_MOST);
	take->wall = wall;
	take->begun = now;
	return take;
}

void take_free(struct take *take)
{
	if (!take)
		return;
	buf_release(&take->sent.kept);
	buf_release(&take->received.kept);
	arena_release(&take->arena);
	free(take);
}

void take_body_add(struct take_body *body, struct str piece)
{
	body->bytes += piece.len;
	buf_add(&body->kept, piece);
}

bool take_body_is_cut(const struct take_body *body)
{
	return body->bytes > body->kept.len;
}

void take_message_add(struct take *take, const struct take_message *message)
{
	struct take_message kept = *message;

	if (message->sent)
		take->messages_sent++;
	else
		take->messages_received++;
	if (take->message_bytes + message->data.len > TAKE_BODY_MOST)
		return;
	take->message_bytes += message->data.len + sizeof kept;
	kept.data = arena_str(&take->arena, message->data);
	VEC_PUSH(&take->arena, &take->messages, kept);
}
