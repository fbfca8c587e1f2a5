/* The connection to the server for a client: opened when there is something to send. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "net/no_proxy.h"
#include "record/proxy_private.h"

/* A server may close an idle connection just as a request is sent on it. A request that cannot be
 * sent twice gets a new connection if the old one was idle for longer than this. */
#define IDLE_MAX NS_PER_S

void proxy_upstream_close(struct connection *c)
{
	stream_close(c->up.stream);
	c->up = (struct upstream){.state = UP_NONE};
}

static bool goes_through_proxy(const struct connection *c, const struct origin *to)
{
	const struct proxy_config *config = &c->proxy->config;

	return config->via_host &&
	       !no_proxy_matches(config->no_proxy, config->no_proxy_count, str_of(to->host));
}

bool proxy_upstream_can_serve(const struct connection *c, const struct origin *to, bool has_body)
{
	const struct upstream *up = &c->up;

	if (up->state != UP_READY || up->ended || up->tunnel || up->to.port != to->port ||
	    up->to.secure != to->secure || strcasecmp(up->to.host, to->host) != 0)
		return false;
	return !has_body || clock_monotonic_ns() - up->idle_since < IDLE_MAX;
}

static void pump(struct connection *c)
{
	if (c->phase == CLIENT_TUNNELING)
		proxy_tunnel_pump(c);
	else if (c->phase == CLIENT_RELAYING)
		proxy_relay_pump(c);
	else if (c->phase != CLIENT_CLOSED)
		proxy_upstream_close(
		    c); /* the server sent something unasked, or has closed the idle connection */
}

static void fail(struct connection *c, enum stream_end end, const char *why)
{
	c->up.ended = true;
	c->up.end = end;
	snprintf(c->up.why, sizeof c->up.why, "%s", why);
	pump(c);
}

/* Sends a CONNECT to the next proxy. */
static void request_proxy_tunnel(struct connection *c)
{
	const struct origin *to = &c->up.to;
	bool six = strchr(to->host, ':') != NULL;
	struct buf out;

	buf_init(&out, 0);
	buf_printf(&out, "CONNECT %s%s%s:%u HTTP/1.1\r\nHost: %s%s%s:%u\r\n", six ? "[" : "",
		   to->host, six ? "]" : "", to->port, six ? "[" : "", to->host, six ? "]" : "",
		   to->port);
	if (c->proxy->config.via_auth.len)
		buf_printf(&out, "Proxy-Authorization: %.*s\r\n",
			   STR_ARG(c->proxy->config.via_auth));
	buf_add(&out, STR("\r\n"));
	stream_write(c->up.stream, buf_str(&out));
	buf_release(&out);
	c->up.state = UP_PROXY_CONNECT;
}

static void on_path_open(struct connection *c)
{
	struct upstream *up = &c->up;

	if (up->to.secure && !up->tunnel) {
		up->state = UP_TLS_HANDSHAKE;
		stream_start_tls(up->stream, c->proxy->config.servers,
				 str_of(c->connected ? c->name : up->to.host));
		return;
	}
	up->state = UP_READY;
	up->secured = clock_monotonic_ns();
	pump(c);
}

static void read_proxy_response(struct connection *c)
{
	struct str input = stream_input(c->up.stream);
	enum head_result result;
	struct arena arena;
	struct http_head head;
	char why[160];

	arena_init(&arena, 4096);
	result = http_head_read_response(&arena, input, &head);
	if (result == HTTP_HEAD_READY && head.status >= 200 && head.status < 300) {
		stream_consume(c->up.stream, head.bytes);
		on_path_open(c);
	} else if (result != HTTP_HEAD_INCOMPLETE) {
		snprintf(why, sizeof why, "the proxy %s responded with %.*s",
			 c->proxy->config.via_host,
			 STR_ARG(str_trim(str_slice(input, 0, str_find_char(input, '\n', 0)))));
		fail(c, STREAM_UNREACHED, why);
	}
	arena_release(&arena);
}

static void on_ready(void *owner)
{
	struct connection *c = owner;
	struct upstream *up = &c->up;
	struct buf address;

	if (up->state == UP_TLS_HANDSHAKE) {
		up->state = UP_READY;
		up->secured = clock_monotonic_ns();
		pump(c);
		return;
	}
	up->connected = clock_monotonic_ns();
	if (stream_is_to_self(up->stream, c->proxy->port)) {
		fail(c, STREAM_UNREACHED,
		     "that is the recorder itself, which would be an endless loop");
		return;
	}
	buf_init(&address, 0);
	stream_peer(up->stream, &address);
	snprintf(up->server, sizeof up->server, "%.*s", STR_ARG(buf_str(&address)));
	buf_release(&address);
	if (up->via && (up->to.secure || up->tunnel))
		request_proxy_tunnel(c);
	else
		on_path_open(c);
}

static void on_input(void *owner)
{
	struct connection *c = owner;

	if (c->up.state == UP_PROXY_CONNECT)
		read_proxy_response(c);
	else
		pump(c);
}

static void on_drained(void *owner)
{
	struct connection *c = owner;

	if (c->phase == CLIENT_RELAYING || c->phase == CLIENT_TUNNELING)
		pump(c);
}

static void on_ended(void *owner, enum stream_end end, const char *why)
{
	fail(owner, end, why);
}

static const struct stream_handler handler = {
    .ready = on_ready,
    .input = on_input,
    .drained = on_drained,
    .ended = on_ended,
};

void proxy_upstream_open(struct connection *c, const struct origin *to, bool tunnel)
{
	const struct proxy_config *config = &c->proxy->config;
	struct upstream *up = &c->up;
	struct origin aim = *to;

	proxy_upstream_close(c);
	up->to = aim;
	up->tunnel = tunnel;
	up->via = goes_through_proxy(c, &aim);
	up->state = UP_CONNECTING;
	up->connecting = clock_monotonic_ns();
	up->stream = stream_connect(c->proxy->loop, up->via ? config->via_host : aim.host,
				    up->via ? config->via_port : aim.port, &handler, c);
}
