/* One request on its way to the server, and its response on the way back. */
#include <stdio.h>

#include "record/http_forward.h"
#include "record/proxy_private.h"

/* Interim responses for one request: a server that does not stop sending them is refused. */
#define INTERIM_MAX 64

static bool is_idempotent(struct str method)
{
	static const char *const methods[] = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"};

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (str_eq(method, str_of(methods[i])))
			return true;
	return false;
}

/* ---- the end */

void proxy_relay_deliver(struct connection *c, const char *error)
{
	struct capture *capture = c->capture;
	const struct upstream *up = &c->up;

	c->capture = NULL;
	capture->ended = clock_monotonic_ns();
	capture->server = arena_str(&capture->arena, str_of(up->server));
	if (up->uses <= 1) {
		capture->connecting = up->connecting;
		capture->connected = up->connected;
		capture->secured = up->secured;
	}
	if (error)
		capture->error = arena_str(&capture->arena, str_of(error));
	if (error && !c->response_begun)
		capture->response.status = 0;
	c->proxy->callbacks->captured(c->proxy->owner, capture);
	capture_free(capture);
}

static void fail(struct connection *c, const char *why)
{
	const struct origin *to = &c->up.to;
	struct buf text;

	/* The received part of the response still goes to the client, which sees from its framing
	 * that it is not complete. */
	if (c->response_begun) {
		proxy_relay_deliver(c, why);
		proxy_connection_close(c, false);
		return;
	}
	buf_init(&text, 0);
	buf_printf(&text, "%s port %u cannot be contacted: %s.", to->host, to->port, why);
	if (c->up.end == STREAM_TLS_REFUSED)
		buf_add(&text, STR(" If the server has its own certificate, start the recorder "
				   "with --ca FILE, or with --insecure."));
	proxy_relay_deliver(c, why);
	proxy_connection_refuse(c, 502, "Bad Gateway", buf_str(&text));
	buf_release(&text);
}

static void done(struct connection *c)
{
	/* Bytes after the end of the response do not belong to any request. */
	bool up_keeps = http_head_keeps_alive(&c->capture->response) &&
			c->receiving.kind != HTTP_BODY_TO_END && !c->up.ended &&
			!stream_input(c->up.stream).len;

	proxy_relay_deliver(c, NULL);
	c->up.idle_since = clock_monotonic_ns();
	if (!c->keep_alive) {
		proxy_connection_close(c, false);
		return;
	}
	if (!up_keeps)
		proxy_upstream_close(c);
	c->phase = CLIENT_IDLE;
	c->since = clock_monotonic_ns();
	proxy_connection_resume(c);
}

/* ---- to the server */

static void store_sent(void *owner, struct str piece)
{
	capture_body_add(&((struct capture *)owner)->sent, piece);
}

static void send_head(struct connection *c)
{
	stream_write(c->up.stream, buf_str(&c->head));
	c->head_sent = true;
	c->up.uses++;
	c->capture->asked = clock_monotonic_ns();
}

static void send_request(struct connection *c)
{
	struct str input;
	size_t passed;

	if (!c->head_sent)
		send_head(c);
	while (!c->sending.done && stream_unsent(c->up.stream) < UNSENT_MAX &&
	       (input = stream_input(c->client)).len) {
		passed = http_body_feed(&c->sending, input, store_sent, c->capture);
		stream_write(c->up.stream, str_slice(input, 0, passed));
		stream_consume(c->client, passed);
		if (c->sending.bad)
			return;
	}
}

/* ---- from the server */

static void store_received(void *owner, struct str piece)
{
	struct connection *c = owner;
	struct capture *capture = c->capture;
	size_t before = capture->received.kept.len;

	capture_received(capture, piece);
	if (capture->lasting && capture->received.kept.len > before)
		c->proxy->callbacks->piece(c->proxy->owner, capture, piece);
}

static void begin_events(struct connection *c)
{
	capture_begin_events(c->capture);
	c->proxy->callbacks->begun(c->proxy->owner, c->capture);
}

static void begin_response(struct connection *c)
{
	struct http_head *response = &c->capture->response;
	bool socket = response->status == 101;
	struct buf out;

	c->response_begun = true;
	/* A response before the end of the request ends the connection: the rest of the request
	 * could not be distinguished from the next request. */
	c->keep_alive = http_head_keeps_alive(&c->capture->request) &&
			c->receiving.kind != HTTP_BODY_TO_END && c->sending.done &&
			!stream_listener_is_full(c->proxy->listener);
	buf_init(&out, 0);
	http_forward_response(response, c->keep_alive, socket, &out);
	stream_write(c->client, buf_str(&out));
	buf_release(&out);
	if (socket)
		proxy_tunnel_begin_websocket(c);
	else if (capture_is_event_stream(c->capture))
		begin_events(c);
}

/* "Continue" and "Early Hints" are forwarded; the final response follows. False if the server sends
 * too many. */
static bool forward_interim(struct connection *c)
{
	struct http_head *response = &c->capture->response;
	struct buf out;

	if (++c->interim > INTERIM_MAX) {
		*response = (struct http_head){.status = 0};
		fail(c, "the server sends interim responses without end");
		return false;
	}
	buf_init(&out, 0);
	http_forward_interim(response, &out);
	stream_write(c->client, buf_str(&out));
	buf_release(&out);
	stream_consume(c->up.stream, response->bytes);
	*response = (struct http_head){.status = 0};
	return true;
}

/* False if the response's head is incomplete or not valid. */
static bool read_response(struct connection *c)
{
	struct str input = stream_input(c->up.stream);
	struct capture *capture = c->capture;
	enum head_result result;

	if (!input.len)
		return false;
	if (!capture->first)
		capture->first = clock_monotonic_ns();
	result = http_head_read_response(&capture->arena, input, &capture->response);
	if (result == HTTP_HEAD_INCOMPLETE)
		return false;
	if (result != HTTP_HEAD_READY ||
	    !http_body_of_response(&capture->response, capture->request.method, &c->receiving) ||
	    (capture->response.status == 101 &&
	     !http_head_is_websocket_upgrade(&capture->request))) {
		capture->response = (struct http_head){.status = 0};
		fail(c, "the response is not HTTP/1.1");
		return false;
	}
	if (capture->response.status < 200 && capture->response.status != 101)
		return forward_interim(c);
	stream_consume(c->up.stream, capture->response.bytes);
	begin_response(c);
	return true;
}

static void receive_response(struct connection *c)
{
	struct str input;
	size_t passed;

	while (c->phase == CLIENT_RELAYING && !c->response_begun)
		if (stream_unsent(c->client) >= UNSENT_MAX || !read_response(c))
			return;
	while (c->phase == CLIENT_RELAYING && !c->receiving.done &&
	       stream_unsent(c->client) < UNSENT_MAX && (input = stream_input(c->up.stream)).len) {
		passed = http_body_feed(&c->receiving, input, store_received, c);
		stream_write(c->client, str_slice(input, 0, passed));
		stream_consume(c->up.stream, passed);
		if (c->receiving.bad)
			return;
	}
}

/* ---- one request */

/* The server's connection has ended and all its input was read. */
static void handle_server_end(struct connection *c)
{
	struct upstream *up = &c->up;
	struct origin to = up->to;
	char why[256];

	if (c->response_begun && c->receiving.kind == HTTP_BODY_TO_END &&
	    up->end == STREAM_CLOSED) {
		c->receiving.done = true;
		done(c);
		return;
	}
	/* The server may have closed a connection kept from an earlier request just now. */
	if (!c->response_begun && !c->capture->first && up->uses > 1 && !c->retried &&
	    !c->capture->sent.bytes && is_idempotent(c->capture->request.method)) {
		c->retried = true;
		c->head_sent = false;
		proxy_upstream_open(c, &to, false);
		return;
	}
	snprintf(why, sizeof why, "%s", up->why);
	if (c->response_begun)
		snprintf(why, sizeof why, "the server closed the connection within its response");
	else if (up->state == UP_READY)
		snprintf(why, sizeof why, "the server closed the connection without a response");
	else if (up->end == STREAM_NO_NAME)
		snprintf(why, sizeof why, "the name is unknown (%s)", up->why);
	fail(c, why);
}

void proxy_relay_pump(struct connection *c)
{
	struct upstream *up = &c->up;

	if (up->state == UP_READY && !up->ended)
		send_request(c);
	if (c->sending.bad) {
		fail(c, "the body of the request has invalid chunks");
		return;
	}
	if (up->state == UP_READY)
		receive_response(c);
	if (c->phase != CLIENT_RELAYING)
		return;
	if (c->receiving.bad)
		fail(c, "the response has invalid chunks");
	else if (c->response_begun && c->receiving.done)
		done(c);
	else if (up->ended && (!up->stream || !stream_input(up->stream).len ||
			       (!c->response_begun && stream_unsent(c->client) < UNSENT_MAX)))
		handle_server_end(c);
}

void proxy_relay_client_ended(struct connection *c)
{
	proxy_relay_deliver(c, "the client closed the connection before the end");
	proxy_connection_close(c, true);
}

void proxy_relay_begin(struct connection *c, const struct origin *to, struct str path)
{
	const struct http_head *request = &c->capture->request;
	bool plain_via, socket = http_head_is_websocket_upgrade(request);

	c->head_sent = c->response_begun = c->keep_alive = c->retried = false;
	c->interim = 0;
	c->receiving = (struct http_body){.kind = HTTP_BODY_NONE};
	c->phase = CLIENT_RELAYING;
	if (!http_body_of_request(request, &c->sending)) {
		proxy_relay_deliver(c, "the length of its body is ambiguous");
		proxy_connection_refuse(c, 400, "Bad Request",
					STR("The length of the request's body is ambiguous."));
		return;
	}
	if (!proxy_upstream_can_serve(c, to, !c->sending.done || !is_idempotent(request->method)))
		proxy_upstream_open(c, to, false);
	plain_via = c->up.via && !to->secure;
	buf_clear(&c->head);
	http_forward_request(request, plain_via ? c->capture->url : path,
			     plain_via ? c->proxy->config.via_auth : STR(""), socket, &c->head);
	proxy_relay_pump(c);
}
