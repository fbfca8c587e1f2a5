#include "record/capture.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"

struct capture *capture_new(ns_t wall, ns_t now)
{
	struct capture *capture = alloc_zeroed(1, sizeof *capture);

	arena_init(&capture->arena, 8192);
	buf_init(&capture->sent.kept, CAPTURE_BODY_MAX);
	buf_init(&capture->received.kept, CAPTURE_BODY_MAX);
	capture->wall = wall;
	capture->begun = now;
	return capture;
}

void capture_free(struct capture *capture)
{
	if (!capture)
		return;
	buf_release(&capture->sent.kept);
	buf_release(&capture->received.kept);
	arena_release(&capture->arena);
	free(capture);
}

void capture_body_add(struct capture_body *body, struct str piece)
{
	body->bytes += piece.len;
	buf_add(&body->kept, piece);
}

bool capture_body_is_truncated(const struct capture_body *body)
{
	return body->bytes > body->kept.len;
}

void capture_message_add(struct capture *capture, const struct capture_message *message)
{
	struct capture_message kept = *message;

	if (message->sent)
		capture->messages_sent++;
	else
		capture->messages_received++;
	if (capture->message_bytes + message->data.len > CAPTURE_BODY_MAX)
		return;
	capture->message_bytes += message->data.len + sizeof kept;
	kept.data = arena_str(&capture->arena, message->data);
	VEC_PUSH(&capture->arena, &capture->messages, kept);
}
