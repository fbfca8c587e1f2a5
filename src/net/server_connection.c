/* A connection of a client: reads its requests one after the other and closes it in time. */
#include <stdlib.h>

#include "base/log.h"
#include "base/alloc.h"
#include "net/http_request_private.h"

/* A client gets this long for the head of a request, from its first byte or from the start of the
 * connection, for the body, between requests, and without reading from a response. */
#define HEAD_TIME (20 * NS_PER_S)
#define BODY_TIME (60 * NS_PER_S)
#define IDLE_TIME (120 * NS_PER_S)
#define READ_TIME (60 * NS_PER_S)
/* And when others wait for a connection. */
#define NEW_TIME_WHEN_FULL  (NS_PER_S / 20)
#define IDLE_TIME_WHEN_FULL NS_PER_S
/* Further requests wait while the client has not read this much of the responses. */
#define UNSENT_MAX ((size_t)256 * 1024)

/* ---- end */

static void unlink_connection(struct server_connection *c)
{
	if (c->request && c->phase == CONNECTION_HANDLING)
		c->request->connection = NULL; /* its handler still has it */
	else if (c->request)
		http_request_release(c->request);
	c->request = NULL;
	if (c->socket)
		server_socket_end(c->socket);
	c->phase = CONNECTION_CLOSED;
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	if (!c->reading)
		free(c);
}

void server_connection_drop(struct server_connection *c)
{
	stream_close(c->stream);
	unlink_connection(c);
}

void server_connection_finish(struct server_connection *c)
{
	stream_finish(c->stream);
	unlink_connection(c);
}

static void refuse(struct server_connection *c, int status)
{
	struct http_request *request = c->request;

	c->phase = CONNECTION_HANDLING;
	request->keep_alive = false;
	http_request_reply(request, status, "text/plain; charset=utf-8", STR(""));
}

/* ---- requests */

static void set_phase(struct server_connection *c, enum connection_phase phase)
{
	c->phase = phase;
	c->since = clock_monotonic_ns();
}

static bool parse_method(struct str name, enum http_request_method *method)
{
	static const char *const names[] = {
	    [HTTP_REQUEST_GET] = "GET",		[HTTP_REQUEST_HEAD] = "HEAD",
	    [HTTP_REQUEST_POST] = "POST",	[HTTP_REQUEST_PUT] = "PUT",
	    [HTTP_REQUEST_PATCH] = "PATCH",	[HTTP_REQUEST_DELETE] = "DELETE",
	    [HTTP_REQUEST_OPTIONS] = "OPTIONS",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!str_eq(name, str_of(names[i])))
			continue;
		*method = (enum http_request_method)i;
		return true;
	}
	return false;
}

static void handle(struct server_connection *c)
{
	struct http_request *request = c->request;
	struct str target = request->head.target;
	size_t mark = str_find_char(target, '?', 0);

	c->used = true;
	set_phase(c, CONNECTION_HANDLING);
	c->moved = c->since;
	c->server->counts.requests++;
	request->view.path = str_slice(target, 0, mark);
	request->view.query =
	    mark == NOT_FOUND ? STR_NULL : str_slice(target, mark + 1, target.len);
	request->view.body = buf_str(&request->body);
	c->server->handle(c->server->owner, request);
}

/* False if the head is not complete. */
static bool read_head(struct server_connection *c, struct str input)
{
	struct http_request *request;
	enum head_result result;

	if (!c->request)
		c->request = http_request_new(c);
	request = c->request;
	if (c->phase == CONNECTION_IDLE)
		set_phase(c, CONNECTION_HEAD);
	result = http_head_read_request(&request->arena, input, &request->head);
	if (result == HTTP_HEAD_INCOMPLETE)
		return false;
	if (result != HTTP_HEAD_READY) {
		refuse(c, result == HTTP_HEAD_TOO_LARGE ? 431 : 400);
		return true;
	}
	stream_consume(c->stream, request->head.bytes);
	request->keep_alive = http_head_keeps_alive(&request->head);
	if (!http_body_of_request(&request->head, &c->framing))
		refuse(c, 400);
	else if (!parse_method(request->head.method, &request->view.method))
		refuse(c, 501);
	else if (c->framing.kind == HTTP_BODY_LENGTH && c->framing.left > c->server->body_limit)
		refuse(c, 413);
	else
		set_phase(c, CONNECTION_BODY);
	if (c->phase == CONNECTION_BODY && !c->framing.done &&
	    http_head_lists(&request->head, "Expect", "100-continue"))
		stream_write(c->stream, STR("HTTP/1.1 100 Continue\r\n\r\n"));
	return true;
}

static void take_body(void *owner, struct str piece)
{
	buf_add(&((struct http_request *)owner)->body, piece);
}

/* False if the body is not complete. */
static bool read_body(struct server_connection *c, struct str input)
{
	struct http_request *request = c->request;

	if (!c->framing.done)
		stream_consume(c->stream, http_body_feed(&c->framing, input, take_body, request));
	if (c->framing.bad)
		refuse(c, 400);
	else if (request->body.overflow)
		refuse(c, 413);
	else if (c->framing.done)
		handle(c);
	else
		return false;
	return true;
}

/* Reads requests as far as possible now. */
static void resume(struct server_connection *c)
{
	bool more = true;

	if (c->reading)
		return;
	c->reading = true;
	while (more && c->phase != CONNECTION_CLOSED && c->phase != CONNECTION_HANDLING &&
	       c->phase != CONNECTION_SOCKET && stream_unsent(c->stream) < UNSENT_MAX) {
		struct str input = stream_input(c->stream);

		if (c->phase == CONNECTION_BODY)
			more = read_body(c, input) || stream_input(c->stream).len;
		else
			more = input.len && read_head(c, input);
	}
	c->reading = false;
	if (c->phase == CONNECTION_CLOSED)
		free(c);
	else if (c->phase == CONNECTION_SOCKET)
		server_socket_resume(c);
	else if (c->half_open && c->phase != CONNECTION_HANDLING &&
		 stream_unsent(c->stream) < UNSENT_MAX)
		server_connection_finish(c);
}

void server_connection_replied(struct server_connection *c, bool keep_alive)
{
	c->request = NULL;
	if (!keep_alive) {
		server_connection_finish(c);
		return;
	}
	set_phase(c, CONNECTION_IDLE);
	resume(c);
}

void server_connection_upgraded(struct server_connection *c)
{
	c->request = NULL;
	set_phase(c, CONNECTION_SOCKET);
	/* Messages that came with the request are read when its handler has returned. */
	if (!c->reading)
		server_socket_resume(c);
}

/* ---- the stream */

static void on_ready(void *owner)
{
	resume(owner);
}

static void on_input(void *owner)
{
	resume(owner);
}

static void on_drained(void *owner)
{
	resume(owner);
}

static void on_ended(void *owner, enum stream_end end, const char *why)
{
	struct server_connection *c = owner;

	(void)why;
	if (end != STREAM_CLOSED || c->socket || (c->request && c->request->chunked)) {
		server_connection_drop(c);
		return;
	}
	/* The client may still read the responses to the requests it has sent. */
	c->half_open = true;
	if (c->request)
		c->request->keep_alive = c->phase != CONNECTION_HANDLING && c->request->keep_alive;
	resume(c);
}

static const struct stream_handler handler = {
    .ready = on_ready,
    .input = on_input,
    .drained = on_drained,
    .ended = on_ended,
};

void server_connection_open(void *server, int fd)
{
	struct server_connection *c = alloc_zeroed(1, sizeof *c);
	struct server *s = server;

	s->counts.connections++;
	c->server = s;
	c->next = s->connections;
	c->link = &s->connections;
	if (c->next)
		c->next->link = &c->next;
	s->connections = c;
	set_phase(c, CONNECTION_IDLE);
	c->stream = stream_listener_accept(s->listener, fd, &handler, c);
	if (s->tls)
		stream_start_tls(c->stream, s->tls, STR(""));
}

/* ---- time */

/* True if the client has not read from a response for too long. */
static bool is_stalled(struct server_connection *c, ns_t now)
{
	size_t unsent = stream_unsent(c->stream);

	if (!unsent || unsent < c->unsent)
		c->moved = now;
	c->unsent = unsent;
	return now - c->moved > READ_TIME;
}

static bool is_late(const struct server_connection *c, ns_t now)
{
	ns_t time = now - c->since;

	switch (c->phase) {
	case CONNECTION_IDLE:
		return time > (c->used ? IDLE_TIME : HEAD_TIME);
	case CONNECTION_HEAD:
		return time > HEAD_TIME;
	case CONNECTION_BODY:
		return time > BODY_TIME;
	case CONNECTION_HANDLING:
	case CONNECTION_SOCKET:
	case CONNECTION_CLOSED:
		break;
	}
	return false;
}

void server_connection_sweep(struct server *server)
{
	ns_t now = clock_monotonic_ns();
	struct server_connection *next;

	for (struct server_connection *c = server->connections; c; c = next) {
		next = c->next;
		if (is_stalled(c, now))
			server_connection_drop(c);
		else if (is_late(c, now) && c->request)
			refuse(c, 408);
		else if (is_late(c, now))
			server_connection_drop(c);
	}
}

static bool gives_way(struct server_connection *c, ns_t time, ns_t new_time)
{
	if (c->phase == CONNECTION_IDLE && !c->used)
		return time > new_time;
	return (c->phase == CONNECTION_IDLE || c->phase == CONNECTION_HEAD) &&
	       time > IDLE_TIME_WHEN_FULL && !stream_unsent(c->stream);
}

void server_connection_make_room(void *owner)
{
	struct server *server = owner;
	ns_t now = clock_monotonic_ns();
	ns_t new_time = server->tls ? IDLE_TIME_WHEN_FULL : NEW_TIME_WHEN_FULL;
	struct server_connection *next;

	for (struct server_connection *c = server->connections; c; c = next) {
		next = c->next;
		if (gives_way(c, now - c->since, new_time) && !stream_has_unread(c->stream))
			server_connection_drop(c);
	}
}
