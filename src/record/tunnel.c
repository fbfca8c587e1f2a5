/* Bytes that pass both ways as they are: what is no HTTP, hosts that are passed through unread, and
 * WebSockets, whose messages are looked at on the way. */
#include "record/proxy_private.h"

static void hear(struct connection *c, bool sent, unsigned opcode, struct str message, bool cut)
{
	struct take_message heard = {
	    .sent = sent, .opcode = opcode, .wall = clock_wall_ns(), .data = message, .cut = cut};

	take_message_add(c->take, &heard);
}

static void hear_sent(void *owner, unsigned opcode, struct str message, bool cut)
{
	hear(owner, true, opcode, message, cut);
}

static void hear_received(void *owner, unsigned opcode, struct str message, bool cut)
{
	hear(owner, false, opcode, message, cut);
}

static void pass(struct connection *c, bool sent)
{
	struct stream *from = sent ? c->client : c->up.stream;
	struct stream *to = sent ? c->up.stream : c->client;
	struct str input;

	while (stream_unsent(to) < UNSENT_MOST && (input = stream_input(from)).len) {
		if (c->take)
			frames_pass(&c->frames[sent ? 0 : 1], input,
				    sent ? hear_sent : hear_received, c);
		stream_write(to, input);
		stream_consume(from, input.len);
	}
}

void tunnel_pump(struct connection *c)
{
	bool up_ended = c->up.ended;

	if (c->up.state != UP_READY) {
		if (up_ended || c->client_ended)
			connection_leave(c, true);
		return;
	}
	pass(c, true);
	pass(c, false);
	if (c->client_ended && up_ended) {
		connection_leave(c, false);
		return;
	}
	/* One side may say that it is done while the other still speaks. */
	if (c->client_ended && !stream_input(c->client).len)
		stream_shut(c->up.stream);
	if (up_ended && !stream_input(c->up.stream).len)
		stream_shut(c->client);
	/* A WebSocket is over with either. */
	if (c->take && (c->client_ended || up_ended)) {
		relay_hand_over(c, NULL);
		connection_leave(c, false);
	}
}

void tunnel_begin(struct connection *c)
{
	struct origin to = c->to;

	c->phase = CLIENT_TUNNELS;
	upstream_open(c, &to, true);
}

void tunnel_begin_socket(struct connection *c)
{
	c->phase = CLIENT_TUNNELS;
	c->take->socket = true;
	tunnel_pump(c);
}
