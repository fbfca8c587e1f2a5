#include "record/proxy_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"

/* ---- clients come and go */

static void connection_free(struct connection *c)
{
	take_free(c->take);
	buf_release(&c->head);
	frames_release(&c->frames[0]);
	frames_release(&c->frames[1]);
	stream_timer_free(c->patience);
	free(c);
}

/* A connection may end inside a call about it, so its memory goes a turn later. */
static void bury(void *arg)
{
	struct proxy *p = arg;
	struct connection *c;

	while ((c = p->gone)) {
		p->gone = c->next;
		connection_free(c);
	}
}

static void on_client_ready(void *owner)
{
	struct connection *c = owner;
	struct str asked;

	if (c->phase != CLIENT_SHAKES)
		return;
	known_host(c->proxy, c->name)->good = true;
	asked = stream_server_name(c->client);
	if (asked.len)
		snprintf(c->name, sizeof c->name, "%.*s", STR_ARG(asked));
	c->phase = CLIENT_WAITS;
	connection_go_on(c);
}

static void on_client_input(void *owner)
{
	struct connection *c = owner;

	if (c->phase == CLIENT_RELAYS)
		relay_pump(c);
	else if (c->phase == CLIENT_TUNNELS)
		tunnel_pump(c);
	else if (c->phase != CLIENT_SHAKES)
		connection_go_on(c);
}

static void on_client_drained(void *owner)
{
	struct connection *c = owner;

	if (c->phase == CLIENT_RELAYS)
		relay_pump(c);
	else if (c->phase == CLIENT_TUNNELS)
		tunnel_pump(c);
}

static void on_client_ended(void *owner, enum stream_end end, const char *why)
{
	struct connection *c = owner;

	c->client_ended = true;
	if (c->phase == CLIENT_SHAKES && end == STREAM_TLS_REFUSED)
		host_refused(c, why);
	if (c->phase == CLIENT_RELAYS)
		relay_client_ended(c);
	else if (c->phase == CLIENT_TUNNELS)
		tunnel_pump(c);
	else
		connection_leave(c, end != STREAM_TLS_REFUSED);
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
	struct connection *c = calloc(1, sizeof *c);

	if (!c)
		die_out_of_memory();
	c->proxy = p;
	c->number = ++p->connections_so_far;
	buf_init(&c->head, 0);
	frames_init(&c->frames[0]);
	frames_init(&c->frames[1]);
	c->next = p->connections;
	c->link = &p->connections;
	if (c->next)
		c->next->link = &c->next;
	p->connections = c;
	c->client = stream_open(p->loop, fd, &client_handler, c);
}

void connection_leave(struct connection *c, bool at_once)
{
	struct proxy *p = c->proxy;

	if (c->phase == CLIENT_GONE)
		return;
	if (c->take)
		relay_hand_over(c, "the connection ended");
	c->phase = CLIENT_GONE;
	upstream_close(c);
	if (at_once)
		stream_close(c->client);
	else
		stream_finish(c->client);
	c->client = NULL;
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	c->next = p->gone;
	p->gone = c;
	stream_timer_set(p->bury, 0);
}

/* ---- the whole */

struct proxy *proxy_new(struct stream_loop *loop, const struct proxy_config *config,
			const struct proxy_watch *watch, void *owner, struct buf *error)
{
	struct proxy *p = calloc(1, sizeof *p);

	if (!p)
		die_out_of_memory();
	p->loop = loop;
	p->config = *config;
	p->watch = watch;
	p->owner = owner;
	arena_init(&p->arena, 0);
	p->listener = stream_listen(loop, config->host, config->port, on_accept, p, error);
	if (!p->listener) {
		arena_release(&p->arena);
		free(p);
		return NULL;
	}
	p->port = stream_listener_port(p->listener);
	p->leaves = stream_tls_server(config->authority);
	p->bury = stream_timer_new(loop, bury, p);
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
	stream_listener_free(p->listener);
	while (p->connections) {
		if (p->connections->take)
			relay_hand_over(p->connections, p->connections->take->socket
							    ? NULL
							    : "the recording ended before it did");
		connection_leave(p->connections, true);
	}
	bury(p);
	stream_timer_free(p->bury);
	stream_tls_free(p->leaves);
	arena_release(&p->arena);
	free(p);
}

void proxy_tell(struct proxy *p, const char *format, ...)
{
	va_list args;
	struct buf text;

	buf_init(&text, 0);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	p->watch->told(p->owner, buf_str(&text));
	buf_release(&text);
}
