/* One request on its way to the server, and its answer on the way back. */
#include <stdio.h>

#include "record/proxy_private.h"

static bool is_idempotent(struct str method)
{
	static const char *const methods[] = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"};

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (str_eq(method, str_of(methods[i])))
			return true;
	return false;
}

/* ---- the end */

void relay_hand_over(struct connection *c, const char *error)
{
	struct take *take = c->take;
	const struct upstream *up = &c->up;

	c->take = NULL;
	take->ended = clock_monotonic_ns();
	take->server = arena_str(&take->arena, str_of(up->server));
	if (up->uses <= 1) {
		take->connecting = up->connecting;
		take->connected = up->connected;
		take->secured = up->secured;
	}
	if (error)
		take->error = arena_str(&take->arena, str_of(error));
	if (error && !c->answered)
		take->response.status = 0;
	c->proxy->watch->taken(c->proxy->owner, take);
	take_free(take);
}

static void fail(struct connection *c, const char *why)
{
	const struct origin *to = &c->up.to;
	struct buf text;

	/* What there was of the answer still goes to the client, which sees by its framing that it
	 * is not whole. */
	if (c->answered) {
		relay_hand_over(c, why);
		connection_leave(c, false);
		return;
	}
	buf_init(&text, 0);
	buf_printf(&text, "%s port %u cannot be asked: %s.", to->host, to->port, why);
	if (c->up.end == STREAM_TLS_REFUSED)
		buf_add(&text, STR(" For a server with a certificate of its own start the recorder "
				   "with --ca FILE, or with --insecure."));
	relay_hand_over(c, why);
	connection_refuse(c, 502, "Bad Gateway", buf_str(&text));
	buf_release(&text);
}

static void done(struct connection *c)
{
	/* What came behind the answer's end is no answer to anything. */
	bool up_keeps = head_keeps_alive(&c->take->response) && c->receiving.kind != BODY_TO_END &&
			!c->up.ended && !stream_input(c->up.stream).len;

	relay_hand_over(c, NULL);
	c->up.idle_since = clock_monotonic_ns();
	if (!c->keep) {
		connection_leave(c, false);
		return;
	}
	if (!up_keeps)
		upstream_close(c);
	c->phase = CLIENT_WAITS;
	connection_go_on(c);
}

/* ---- to the server */

static void keep_sent(void *owner, struct str piece)
{
	take_body_add(&((struct take *)owner)->sent, piece);
}

static void send_head(struct connection *c)
{
	stream_write(c->up.stream, buf_str(&c->head));
	c->head_sent = true;
	c->up.uses++;
	c->take->asked = clock_monotonic_ns();
}

static void push(struct connection *c)
{
	struct str input;
	size_t passed;

	if (!c->head_sent)
		send_head(c);
	while (!c->sending.done && stream_unsent(c->up.stream) < UNSENT_MOST &&
	       (input = stream_input(c->client)).len) {
		passed = body_pass(&c->sending, input, keep_sent, c->take);
		stream_write(c->up.stream, str_slice(input, 0, passed));
		stream_consume(c->client, passed);
		if (c->sending.bad)
			return;
	}
}

/* ---- from the server */

static void keep_received(void *owner, struct str piece)
{
	take_body_add(&((struct take *)owner)->received, piece);
}

static void begin_answer(struct connection *c)
{
	struct head *response = &c->take->response;
	bool socket = response->status == 101;
	struct buf out;

	c->answered = true;
	/* An answer before the end of the question ends the connection: what follows of the
	 * question could not be told from the next. */
	c->keep = head_keeps_alive(&c->take->request) && c->receiving.kind != BODY_TO_END &&
		  c->sending.done;
	buf_init(&out, 0);
	head_put_response(response, c->keep, socket, &out);
	stream_write(c->client, buf_str(&out));
	buf_release(&out);
	if (socket)
		tunnel_begin_socket(c);
}

/* False when the answer's head is not all there, or is none. */
static bool read_answer(struct connection *c)
{
	struct str input = stream_input(c->up.stream);
	struct take *take = c->take;
	enum head_result result;

	if (!input.len)
		return false;
	if (!take->first)
		take->first = clock_monotonic_ns();
	result = head_read_response(&take->arena, input, &take->response);
	if (result == HEAD_MORE)
		return false;
	if (result != HEAD_READY ||
	    !body_of_response(&take->response, take->request.method, &c->receiving) ||
	    (take->response.status == 101 && !head_wants_socket(&take->request))) {
		take->response = (struct head){.status = 0};
		fail(c, "what it answered is no HTTP/1.1");
		return false;
	}
	/* "Continue" and "Early Hints" go through; the answer is yet to come. */
	if (take->response.status < 200 && take->response.status != 101) {
		stream_write(c->client, str_slice(input, 0, take->response.bytes));
		stream_consume(c->up.stream, take->response.bytes);
		take->response = (struct head){.status = 0};
		return true;
	}
	stream_consume(c->up.stream, take->response.bytes);
	begin_answer(c);
	return true;
}

static void pull(struct connection *c)
{
	struct str input;
	size_t passed;

	while (c->phase == CLIENT_RELAYS && !c->answered)
		if (!read_answer(c))
			return;
	while (c->phase == CLIENT_RELAYS && !c->receiving.done &&
	       stream_unsent(c->client) < UNSENT_MOST && (input = stream_input(c->up.stream)).len) {
		passed = body_pass(&c->receiving, input, keep_received, c->take);
		stream_write(c->client, str_slice(input, 0, passed));
		stream_consume(c->up.stream, passed);
		if (c->receiving.bad)
			return;
	}
}

/* ---- the whole */

/* The server's connection has ended and nothing of it is left to be read. */
static void take_end(struct connection *c)
{
	struct upstream *up = &c->up;
	struct origin to = up->to;
	char why[256];

	if (c->answered && c->receiving.kind == BODY_TO_END && up->end == STREAM_CLOSED) {
		c->receiving.done = true;
		done(c);
		return;
	}
	/* A connection kept from an earlier request may have been closed just then. */
	if (!c->answered && !c->take->first && up->uses > 1 && !c->retried &&
	    !c->take->sent.bytes && is_idempotent(c->take->request.method)) {
		c->retried = true;
		c->head_sent = false;
		upstream_open(c, &to, false);
		return;
	}
	snprintf(why, sizeof why, "%s", up->why);
	if (c->answered)
		snprintf(why, sizeof why, "the server broke off within its answer");
	else if (up->state == UP_READY)
		snprintf(why, sizeof why, "it closed the connection without an answer");
	else if (up->end == STREAM_NO_NAME)
		snprintf(why, sizeof why, "the name is not known (%s)", up->why);
	fail(c, why);
}

void relay_pump(struct connection *c)
{
	struct upstream *up = &c->up;

	if (up->state == UP_READY && !up->ended)
		push(c);
	if (c->sending.bad) {
		fail(c, "the body of the request has broken chunks");
		return;
	}
	if (up->state == UP_READY)
		pull(c);
	if (c->phase != CLIENT_RELAYS)
		return;
	if (c->receiving.bad)
		fail(c, "the chunks of its answer are broken");
	else if (c->answered && c->receiving.done)
		done(c);
	else if (up->ended && (!up->stream || !stream_input(up->stream).len || !c->answered))
		take_end(c);
}

void relay_client_ended(struct connection *c)
{
	relay_hand_over(c, "the client did not wait for the end");
	connection_leave(c, true);
}

void relay_begin(struct connection *c, const struct origin *to, struct str path)
{
	const struct head *request = &c->take->request;
	bool plain_via, socket = head_wants_socket(request);

	c->head_sent = c->answered = c->keep = c->retried = false;
	c->receiving = (struct body){.kind = BODY_NONE};
	c->phase = CLIENT_RELAYS;
	if (!body_of_request(request, &c->sending)) {
		relay_hand_over(c, "the length of its body is not certain");
		connection_refuse(c, 400, "Bad Request",
				  STR("The length of the request's body is not certain."));
		return;
	}
	if (!upstream_serves(c, to, !c->sending.done || !is_idempotent(request->method)))
		upstream_open(c, to, false);
	plain_via = c->up.via && !to->secure;
	buf_clear(&c->head);
	head_put_request(request, plain_via ? c->take->url : path,
			 plain_via ? c->proxy->config.via_auth : STR(""), socket, &c->head);
	relay_pump(c);
}
