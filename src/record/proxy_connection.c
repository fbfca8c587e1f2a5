/* A client's connection between requests: reads the next request, and handles CONNECT. */
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/ascii.h"
#include "base/escape.h"
#include "base/log.h"
#include "base/url.h"
#include "record/proxy_private.h"

/* A client that connects and sends nothing for this time uses a protocol in which the server sends
 * first. */
#define PATIENCE (3 * NS_PER_S)
/* Maximum length of the first line of HTTP before its version. */
#define PEEK_MAX 8192

/* ---- refusals */

void proxy_connection_refuse(struct connection *c, int status, const char *reason, struct str why)
{
	struct buf page, out;

	buf_init(&page, 0);
	buf_init(&out, 0);
	buf_printf(&page,
		   "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>%d %s"
		   "</title></head><body><h1>%s</h1><p>",
		   status, reason, reason);
	escape_html(&page, why);
	buf_add(&page, STR("</p><p><small>reprise record</small></p></body></html>\n"));
	proxy_put_response(&out, status, reason, "text/html; charset=utf-8", buf_str(&page), false);
	stream_write(c->client, buf_str(&out));
	buf_release(&page);
	buf_release(&out);
	proxy_connection_close(c, false);
}

static void refuse_request(struct connection *c, int status, const char *reason, const char *why)
{
	capture_free(c->capture);
	c->capture = NULL;
	proxy_connection_refuse(c, status, reason, str_of(why));
}

/* ---- CONNECT */

static bool is_builtin_host(const char *host)
{
	return strcasecmp(host, PROXY_BUILTIN_HOST) == 0;
}

/* True for the listening port under a name of this machine; other names are checked once
 * connected. */
static bool is_self(const struct proxy *p, const struct origin *to)
{
	return to->port == p->port &&
	       (strcmp(to->host, p->config.host) == 0 || address_is_loopback(str_of(to->host)));
}

static void on_timeout(void *arg)
{
	struct connection *c = arg;

	if (c->phase == CLIENT_DETECTING)
		proxy_tunnel_begin(c);
}

static void handle_connect(struct connection *c)
{
	struct str target = c->capture->request.target;
	struct address address;
	struct buf error;
	bool good;

	buf_init(&error, 0);
	good = str_find_char(target, ':', 0) != NOT_FOUND &&
	       address_parse(target, 0, &address, &error) && address.port;
	buf_release(&error);
	if (!good) {
		refuse_request(c, 400, "Bad Request", "CONNECT needs a host and a port");
		return;
	}
	capture_free(c->capture);
	c->capture = NULL;
	snprintf(c->to.host, sizeof c->to.host, "%s", address.host);
	snprintf(c->name, sizeof c->name, "%s", address.host);
	c->to.port = address.port;
	c->to.secure = false;
	if (is_self(c->proxy, &c->to)) {
		proxy_connection_refuse(
		    c, 508, "Loop Detected",
		    STR("That is the recorder itself, which would be an endless loop."));
		return;
	}
	c->connected = true;
	c->phase = CLIENT_DETECTING;
	stream_write(c->client, STR("HTTP/1.1 200 Connection established\r\n\r\n"));
	if (!c->timeout)
		c->timeout = stream_loop_timer_new(c->proxy->loop, on_timeout, c);
	stream_loop_timer_set(c->timeout, PATIENCE);
}

/* Recognizes "GET /x HTTP/1." of a program that sends plain HTTP through CONNECT (browsers do so
 * for ws://). *MORE: more input is needed to decide. */
static bool looks_like_http(struct str input, bool *more)
{
	size_t at = 0, line;

	while (at < input.len && ascii_is_upper(input.ptr[at]))
		at++;
	*more = false;
	if (at > 20 || (at < input.len && (at == 0 || input.ptr[at] != ' ')))
		return false;
	line = str_find_char(input, '\n', 0);
	*more = line == NOT_FOUND && input.len < PEEK_MAX;
	return line != NOT_FOUND &&
	       str_find(str_slice(input, 0, line), STR(" HTTP/1."), at) != NOT_FOUND;
}

static void detect_protocol(struct connection *c, struct str input)
{
	bool more;

	if (input.ptr[0] == 0x16) {
		if (proxy_host_is_passthrough(c->proxy, c->name)) {
			proxy_tunnel_begin(c);
			return;
		}
		c->phase = CLIENT_TLS_HANDSHAKE;
		c->to.secure = true;
		stream_start_tls(c->client, c->proxy->leaves, str_of(c->to.host));
	} else if (looks_like_http(input, &more)) {
		c->phase = CLIENT_IDLE;
	} else if (!more) {
		proxy_tunnel_begin(c);
	}
}

/* ---- requests */

static void put_url(const struct origin *to, struct str path, struct buf *out)
{
	bool six = strchr(to->host, ':') != NULL;

	buf_printf(out, "%s://%s%s%s", to->secure ? "https" : "http", six ? "[" : "", to->host,
		   six ? "]" : "");
	if (to->port != (to->secure ? 443U : 80U))
		buf_printf(out, ":%u", to->port);
	buf_add(out, str_eq(path, STR("*")) ? STR("/") : path);
}

static void serve_builtin_page(struct connection *c, struct str path)
{
	struct buf out;

	buf_init(&out, 0);
	proxy_builtin_page(c, path, &out);
	capture_free(c->capture);
	c->capture = NULL;
	stream_write(c->client, buf_str(&out));
	buf_release(&out);
}

/* The server of an absolute target; *PATH is the rest of it. */
static bool split_target(struct str target, struct origin *to, struct str *path)
{
	struct url url;
	size_t end;

	if (!url_split(target, &url) || url.host.len >= sizeof to->host)
		return false;
	to->secure = str_ieq(url.scheme, STR("https"));
	if (!to->secure && !str_ieq(url.scheme, STR("http")))
		return false;
	snprintf(to->host, sizeof to->host, "%.*s", STR_ARG(url.host));
	to->port = url.port;
	end = url.fragment.ptr ? (size_t)(url.fragment.ptr - 1 - target.ptr) : target.len;
	*path = str_slice(target, (size_t)(url.path.ptr - target.ptr), end);
	return url.path.ptr != NULL;
}

static void route(struct connection *c)
{
	const struct http_head *head = &c->capture->request;
	struct origin to = c->to;
	struct str path = head->target;
	struct buf url;
	bool absolute = !str_starts(path, STR("/")) && !str_eq(path, STR("*"));

	if (str_eq(head->method, STR("CONNECT")) && !c->connected) {
		handle_connect(c);
		return;
	}
	if (absolute && !split_target(head->target, &to, &path)) {
		refuse_request(c, 400, "Bad Request", "The target is not an http or https URL.");
		return;
	}
	if (c->connected)
		to = c->to;
	if (is_builtin_host(to.host) || (!absolute && !c->connected)) {
		serve_builtin_page(c, str_starts(path, STR("/")) ? path : STR("/"));
		return;
	}
	if (is_self(c->proxy, &to)) {
		refuse_request(c, 508, "Loop Detected",
			       "That is the recorder itself, which would be an endless loop.");
		return;
	}
	/* http://host?x has no path. */
	if (!path.len || path.ptr[0] == '?')
		path = arena_printf(&c->capture->arena, "/%.*s", STR_ARG(path));
	buf_init(&url, 0);
	put_url(&to, path, &url);
	c->capture->url = arena_str(&c->capture->arena, buf_str(&url));
	buf_release(&url);
	proxy_relay_begin(c, &to, path);
}

static void read_request(struct connection *c, struct str input)
{
	enum head_result result;

	c->capture = capture_new(clock_wall_ns(), clock_monotonic_ns());
	c->capture->page =
	    arena_str(&c->capture->arena, c->proxy->callbacks->page(c->proxy->owner));
	result = http_head_read_request(&c->capture->arena, input, &c->capture->request);
	switch (result) {
	case HTTP_HEAD_INCOMPLETE:
		capture_free(c->capture);
		c->capture = NULL;
		break;
	case HTTP_HEAD_TOO_LARGE:
		refuse_request(c, 431, "Request Header Fields Too Large",
			       "The head of the request is longer than 64 KiB.");
		break;
	case HTTP_HEAD_INVALID:
		refuse_request(c, 400, "Bad Request",
			       "The request is not HTTP/1.1, or it is ambiguous: each line must "
			       "end with CR LF, "
			       "and Host, Content-Length and Transfer-Encoding can be used once.");
		break;
	case HTTP_HEAD_READY:
		c->used = true;
		c->since = clock_monotonic_ns();
		stream_consume(c->client, c->capture->request.bytes);
		route(c);
		break;
	}
}

void proxy_connection_resume(struct connection *c)
{
	while ((c->phase == CLIENT_IDLE || c->phase == CLIENT_DETECTING) &&
	       stream_unsent(c->client) < UNSENT_MAX) {
		struct str input = stream_input(c->client);
		enum client_phase before = c->phase;

		if (!input.len)
			break;
		if (c->phase == CLIENT_DETECTING)
			detect_protocol(c, input);
		else
			read_request(c, input);
		/* No progress: more input is needed. */
		if (c->phase == before && stream_input(c->client).len == input.len)
			break;
	}
}
