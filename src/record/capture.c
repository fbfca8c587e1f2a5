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
	if (capture->events_in)
		event_stream_release(capture->events_in);
	free(capture->events_in);
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

void capture_begin_events(struct capture *capture)
{
	capture->events_in = alloc_zeroed(1, sizeof *capture->events_in);
	event_stream_init(capture->events_in);
	event_stream_begin(capture->events_in, false, CAPTURE_BODY_MAX);
}

static bool keep_event(void *owner, const struct stream_event *event)
{
	struct capture *capture = owner;
	struct arena *a = &capture->arena;
	struct capture_event kept = {.wall = clock_wall_ns(),
				     .type = arena_str(a, event->type),
				     .id = arena_str(a, event->id),
				     .data = arena_str(a, event->data)};

	VEC_PUSH(a, &capture->events, kept);
	return true;
}

void capture_received(struct capture *capture, struct str piece)
{
	size_t before = capture->received.kept.len;

	capture_body_add(&capture->received, piece);
	if (capture->events_in && capture->received.kept.len > before)
		event_stream_feed(capture->events_in, piece, keep_event, capture);
}

bool capture_body_is_truncated(const struct capture_body *body)
{
	return body->bytes > body->kept.len;
}

bool capture_message_add(struct capture *capture, const struct capture_message *message)
{
	struct capture_message kept = *message;

	if (message->sent)
		capture->messages_sent++;
	else
		capture->messages_received++;
	if (capture->message_bytes + message->data.len > CAPTURE_BODY_MAX)
		return false;
	capture->message_bytes += message->data.len + sizeof kept;
	kept.data = arena_str(&capture->arena, message->data);
	VEC_PUSH(&capture->arena, &capture->messages, kept);
	return true;
}

void capture_close(struct capture *capture, bool sent, ns_t wall, struct str payload)
{
	struct capture_close *close = &capture->close;

	if (close->is_known)
		return;
	*close = (struct capture_close){.is_known = true, .sent = sent, .wall = wall};
	if (payload.len < 2)
		return;
	close->code = (unsigned)(unsigned char)payload.ptr[0] << 8 | (unsigned char)payload.ptr[1];
	close->reason = arena_str(&capture->arena, str_slice(payload, 2, payload.len));
}

bool capture_is_event_stream(const struct capture *capture)
{
	struct str type = http_head_get(&capture->response, "Content-Type");

	return str_ieq(str_trim(str_slice(type, 0, str_find_char(type, ';', 0))),
		       STR("text/event-stream")) &&
	       !http_head_get(&capture->response, "Content-Encoding").len;
}
