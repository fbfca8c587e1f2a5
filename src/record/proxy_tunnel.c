/* Passes bytes unchanged both ways: protocols other than HTTP, hosts that are passed through
 * unread, and WebSockets, whose messages are recorded. */
#include "record/proxy_private.h"

static void on_message(struct connection *c, bool sent, unsigned opcode, struct str message,
		       bool truncated)
{
	struct capture_message heard = {.sent = sent,
					.opcode = opcode,
					.wall = clock_wall_ns(),
					.data = message,
					.truncated = truncated};

	if (opcode == WEBSOCKET_CLOSE)
		capture_close(c->capture, sent, heard.wall, message);
	else if (capture_message_add(c->capture, &heard))
		c->proxy->callbacks->message(c->proxy->owner, c->capture, &heard);
}

static void on_sent_message(void *owner, unsigned opcode, struct str message, bool truncated)
{
	on_message(owner, true, opcode, message, truncated);
}

static void on_received_message(void *owner, unsigned opcode, struct str message, bool truncated)
{
	on_message(owner, false, opcode, message, truncated);
}

static void pass(struct connection *c, bool sent)
{
	struct stream *from = sent ? c->client : c->up.stream;
	struct stream *to = sent ? c->up.stream : c->client;
	struct str input;

	while (stream_unsent(to) < UNSENT_MAX && (input = stream_input(from)).len) {
		if (c->capture)
			websocket_frames_feed(&c->frames[sent ? 0 : 1], input,
					      sent ? on_sent_message : on_received_message, c);
		stream_write(to, input);
		stream_consume(from, input.len);
	}
}

void proxy_tunnel_pump(struct connection *c)
{
	bool up_ended = c->up.ended;

	if (c->up.state != UP_READY) {
		if (up_ended || c->client_ended)
			proxy_connection_close(c, true);
		return;
	}
	pass(c, true);
	pass(c, false);
	if (c->client_ended && up_ended) {
		proxy_connection_close(c, false);
		return;
	}
	/* One side may announce its end while the other still sends. */
	if (c->client_ended && !stream_input(c->client).len)
		stream_shut(c->up.stream);
	if (up_ended && !stream_input(c->up.stream).len)
		stream_shut(c->client);
	/* A WebSocket ends with either side. */
	if (c->capture && (c->client_ended || up_ended)) {
		proxy_relay_deliver(c, NULL);
		proxy_connection_close(c, false);
	}
}

void proxy_tunnel_begin(struct connection *c)
{
	struct origin to = c->to;

	c->phase = CLIENT_TUNNELING;
	proxy_upstream_open(c, &to, true);
}

void proxy_tunnel_begin_websocket(struct connection *c)
{
	c->phase = CLIENT_TUNNELING;
	c->capture->socket = true;
	c->proxy->callbacks->begun(c->proxy->owner, c->capture);
	proxy_tunnel_pump(c);
}
