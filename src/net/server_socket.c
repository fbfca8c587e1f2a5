#include "net/server_socket.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "net/http_request_private.h"
#include "net/websocket.h"
#include "net/websocket_handshake.h"

#define MESSAGE_MAX ((size_t)1 << 20)
/* A client that leaves this much unread is disconnected. */
#define UNSENT_MAX ((size_t)1 << 20)

struct server_socket {
	struct server_connection *connection; /* NULL: it has ended */
	const struct server_socket_handler *handler;
	void *owner;
	struct websocket websocket;
	bool feeding; /* inside websocket_feed: it is freed afterwards */
};

/* ---- the frames */

static void on_message(void *owner, bool text, struct str payload, uint64_t wire)
{
	struct server_socket *s = owner;

	(void)wire;
	s->handler->message(s->owner, text, payload);
}

static void on_write(void *owner, struct str bytes)
{
	struct server_socket *s = owner;

	if (s->connection)
		stream_write(s->connection->stream, bytes);
}

static void on_closed(void *owner, unsigned code, struct str reason)
{
	(void)owner;
	(void)code;
	(void)reason;
}

static void on_failed(void *owner, unsigned code, const char *why)
{
	(void)owner;
	(void)code;
	(void)why;
}

static const struct websocket_handler frames = {
    .message = on_message,
    .write = on_write,
    .closed = on_closed,
    .failed = on_failed,
};

/* ---- the end */

static void free_socket(struct server_socket *s)
{
	websocket_release(&s->websocket);
	free(s);
}

void server_socket_end(struct server_socket *s)
{
	s->connection = NULL;
	s->handler->closed(s->owner);
	if (!s->feeding)
		free_socket(s);
}

/* ---- input */

void server_socket_resume(struct server_connection *c)
{
	struct server_socket *s = c->socket;
	struct str input;

	s->feeding = true;
	while (s->connection && !websocket_is_over(&s->websocket) &&
	       (input = stream_input(c->stream)).len) {
		websocket_feed(&s->websocket, input);
		if (s->connection)
			stream_consume(c->stream, input.len);
	}
	s->feeding = false;
	if (!s->connection)
		free_socket(s);
	else if (websocket_is_over(&s->websocket))
		server_connection_finish(c);
}

/* ---- for the handler */

bool server_socket_is_asked(const struct http_request *request)
{
	return http_head_is_websocket_upgrade(&request->head) &&
	       http_head_get(&request->head, "Sec-WebSocket-Key").len &&
	       str_eq(http_head_get(&request->head, "Sec-WebSocket-Version"), STR("13"));
}

/* The fields of the upgrade. */
static void put_fields(struct server_socket *s, struct http_request *request)
{
	struct str offered = http_head_get(&request->head, "Sec-WebSocket-Extensions");
	struct buf text;

	buf_init(&text, 0);
	http_request_add_header(request, "Upgrade", STR("websocket"));
	http_request_add_header(request, "Connection", STR("Upgrade"));
	websocket_handshake_accept(http_head_get(&request->head, "Sec-WebSocket-Key"), &text);
	http_request_add_header(request, "Sec-WebSocket-Accept", buf_str(&text));
	buf_clear(&text);
	if (websocket_handshake_choose(offered, &s->websocket.deflate, &text))
		http_request_add_header(request, "Sec-WebSocket-Extensions", buf_str(&text));
	buf_release(&text);
}

struct server_socket *server_socket_open(struct http_request *request,
					 const struct server_socket_handler *handler, void *owner)
{
	struct server_connection *c = request->connection;
	struct server_socket *s;

	if (!c) {
		http_request_reply(request, 400, NULL, STR(""));
		return NULL;
	}
	s = alloc_zeroed(1, sizeof *s);
	s->connection = c;
	s->handler = handler;
	s->owner = owner;
	websocket_init(&s->websocket, &frames, s, &request->server->sockets, true, MESSAGE_MAX);
	put_fields(s, request);
	http_request_upgrade(request);
	c->socket = s;
	server_connection_upgraded(c);
	return s;
}

void server_socket_send(struct server_socket *s, struct str text)
{
	if (!s->connection)
		return;
	if (stream_unsent(s->connection->stream) > UNSENT_MAX)
		websocket_close(&s->websocket, WEBSOCKET_GOING_AWAY, STR("the client is too slow"));
	websocket_send(&s->websocket, true, text);
}

void server_socket_close(struct server_socket *s, unsigned code, struct str reason)
{
	websocket_close(&s->websocket, code, reason);
}
