#include "record/proxy_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/alloc.h"
#include "base/log.h"

/* A connection of a client, its connection to a server, and a name lookup. */
#define FILES_EACH 3
/* Time for the head of a first request, and between requests; and when other clients wait. */
#define HEAD_TIME	    (60 * NS_PER_S)
#define IDLE_TIME	    (120 * NS_PER_S)
#define NEW_TIME_WHEN_FULL  (NS_PER_S / 20)
#define IDLE_TIME_WHEN_FULL NS_PER_S

/* ---- connections of clients */

static void connection_free(struct connection *c)
{
	capture_free(c->capture);
	buf_release(&c->head);
	websocket_frames_release(&c->frames[0]);
	websocket_frames_release(&c->frames[1]);
	stream_loop_timer_free(c->timeout);
	free(c);
}

/* A connection may end inside a call about it, so its memory is freed one turn later. */
static void free_closed(void *arg)
{
	struct proxy *p = arg;
	struct connection *c;

	while ((c = p->closed_connections)) {
		p->closed_connections = c->next;
		connection_free(c);
	}
}

static void on_client_ready(void *owner)
{
	struct connection *c = owner;
	struct str asked;

	if (c->phase != CLIENT_TLS_HANDSHAKE)
		return;
	proxy_known_host(c->proxy, c->name)->good = true;
	asked = stream_server_name(c->client);
	if (asked.len)
		snprintf(c->name, sizeof c->name, "%.*s", STR_ARG(asked));
	c->phase = CLIENT_IDLE;
	proxy_connection_resume(c);
}

static void on_client_input(void *owner)
{
	struct connection *c = owner;

	if (c->phase == CLIENT_RELAYING)
		proxy_relay_pump(c);
	else if (c->phase == CLIENT_TUNNELING)
		proxy_tunnel_pump(c);
	else if (c->phase != CLIENT_TLS_HANDSHAKE)
		proxy_connection_resume(c);
}

static void on_client_drained(void *owner)
{
	struct connection *c = owner;

	if (c->phase == CLIENT_RELAYING)
		proxy_relay_pump(c);
	else if (c->phase == CLIENT_TUNNELING)
		proxy_tunnel_pump(c);
	else if (c->phase == CLIENT_IDLE || c->phase == CLIENT_DETECTING)
		proxy_connection_resume(c);
}

static void on_client_ended(void *owner, enum stream_end end, const char *why)
{
	struct connection *c = owner;

	c->client_ended = true;
	if (c->phase == CLIENT_TLS_HANDSHAKE && end == STREAM_TLS_REFUSED)
		proxy_host_handshake_failed(c, why);
	if (c->phase == CLIENT_RELAYING)
		proxy_relay_client_ended(c);
	else if (c->phase == CLIENT_TUNNELING)
		proxy_tunnel_pump(c);
	else
		proxy_connection_close(c, end != STREAM_TLS_REFUSED);
}

static const struct stream_handler client_handler = {
    .ready = on_client_ready,
    .input = on_client_input,
    .drained = on_client_drained,
    .ended = on_client_ended,
};

static void on_accept(void *arg, int fd)
{
	struct proxy *p = arg;
	struct connection *c = alloc_zeroed(1, sizeof *c);

	c->proxy = p;
	c->number = ++p->connections_so_far;
	buf_init(&c->head, 0);
	websocket_frames_init(&c->frames[0]);
	websocket_frames_init(&c->frames[1]);
	c->next = p->connections;
	c->link = &p->connections;
	if (c->next)
		c->next->link = &c->next;
	p->connections = c;
	c->since = clock_monotonic_ns();
	c->client = stream_listener_accept(p->listener, fd, &client_handler, c);
}

void proxy_connection_close(struct connection *c, bool at_once)
{
	struct proxy *p = c->proxy;

	if (c->phase == CLIENT_CLOSED)
		return;
	if (c->capture)
		proxy_relay_deliver(c, "the connection ended");
	c->phase = CLIENT_CLOSED;
	proxy_upstream_close(c);
	if (at_once)
		stream_close(c->client);
	else
		stream_finish(c->client);
	c->client = NULL;
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	c->next = p->closed_connections;
	p->closed_connections = c;
	stream_loop_timer_set(p->free_closed, 0);
}

/* ---- time */

/* Closes connections between requests: new ones after NEW, others after IDLE. */
static void close_idle(struct proxy *p, ns_t new_time, ns_t idle_time)
{
	ns_t now = clock_monotonic_ns();
	struct connection *next;

	for (struct connection *c = p->connections; c; c = next) {
		next = c->next;
		if ((c->phase == CLIENT_IDLE || c->phase == CLIENT_TLS_HANDSHAKE) &&
		    now - c->since > (c->used ? idle_time : new_time) &&
		    !stream_has_unread(c->client))
			proxy_connection_close(c, true);
	}
}

static void on_sweep(void *arg)
{
	struct proxy *p = arg;

	close_idle(p, HEAD_TIME, IDLE_TIME);
	stream_loop_timer_set(p->sweep, NS_PER_S);
}

static void make_room(void *arg)
{
	close_idle(arg, NEW_TIME_WHEN_FULL, IDLE_TIME_WHEN_FULL);
}

/* ---- the proxy */

struct proxy *proxy_new(struct stream_loop *loop, const struct proxy_config *config,
			const struct proxy_watch *callbacks, void *owner, struct buf *error)
{
	struct proxy *p = alloc_zeroed(1, sizeof *p);
	const struct stream_listener_config listener = {
	    .name = "recorder",
	    .host = config->host,
	    .port = config->port,
	    .files_each = FILES_EACH,
	    .accept = on_accept,
	    .make_room = make_room,
	    .owner = p,
	};

	p->loop = loop;
	p->config = *config;
	p->callbacks = callbacks;
	p->owner = owner;
	arena_init(&p->arena, 0);
	p->listener = stream_listener_open(loop, &listener, error);
	if (!p->listener) {
		arena_release(&p->arena);
		free(p);
		return NULL;
	}
	p->port = stream_listener_port(p->listener);
	p->leaves = stream_tls_server(config->authority);
	p->free_closed = stream_loop_timer_new(loop, free_closed, p);
	p->sweep = stream_loop_timer_new(loop, on_sweep, p);
	stream_loop_timer_set(p->sweep, NS_PER_S);
	proxy_new_token(p);
	return p;
}

unsigned proxy_port(const struct proxy *p)
{
	return p->port;
}

void proxy_free(struct proxy *p)
{
	if (!p)
		return;
	stream_listener_close(p->listener);
	stream_loop_timer_free(p->sweep);
	while (p->connections) {
		if (p->connections->capture)
			proxy_relay_deliver(
			    p->connections,
			    p->connections->capture->socket
				? NULL
				: "the recording ended before the request was complete");
		proxy_connection_close(p->connections, true);
	}
	free_closed(p);
	stream_loop_timer_free(p->free_closed);
	stream_tls_free(p->leaves);
	arena_release(&p->arena);
	free(p);
}

void proxy_report(struct proxy *p, const char *format, ...)
{
	va_list args;
	struct buf text;

	buf_init(&text, 0);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	p->callbacks->reported(p->owner, buf_str(&text));
	buf_release(&text);
}
