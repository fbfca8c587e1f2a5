#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <curl/curl.h>

#include "base/base64.h"
#include "base/log.h"
#include "base/url.h"
#include "net/direct_connection.h"

/*
 * A tunnel through an HTTP proxy (CONNECT, RFC 9110 section 9.3.6), for WebSockets: other requests
 * through a proxy are sent with libcurl. The request is in the head buffer of the exchange, and the
 * response is collected in `partial`; both are used again by the request in the tunnel.
 */

/* ---- the proxy */

bool direct_tunnel_is_possible(const char *proxy)
{
	return str_starts(str_of(proxy), STR("http://"));
}

const struct direct_origin *direct_tunnel_proxy(struct client_exchange *x)
{
	const struct direct_origin *proxy = NULL;
	struct url url;
	struct buf text;
	CURLU *parsed;

	if (!url_split(str_of(x->proxy), &url))
		return NULL;
	parsed = curl_url();
	if (!parsed)
		die_out_of_memory();
	buf_init(&text, 0);
	buf_printf(&text, url.host_is_ipv6 ? "http://[%.*s]:%u/" : "http://%.*s:%u/",
		   STR_ARG(url.host), (unsigned)url.port);
	if (curl_url_set(parsed, CURLUPART_URL, text.data, 0) == CURLUE_OK)
		proxy = direct_origin_of(x->client, parsed);
	curl_url_cleanup(parsed);
	buf_release(&text);
	return proxy;
}

/* ---- the request */

static void put_decoded(struct buf *out, struct str s)
{
	(void)url_decode(out, s, false);
}

/* Proxy-Authorization, if the proxy has a user. */
static void put_login(struct buf *out, struct str userinfo)
{
	size_t colon = str_find_char(userinfo, ':', 0);
	struct buf login;

	if (!userinfo.len)
		return;
	buf_init(&login, 0);
	put_decoded(&login, str_slice(userinfo, 0, colon));
	buf_add_char(&login, ':');
	if (colon != NOT_FOUND)
		put_decoded(&login, str_slice(userinfo, colon + 1, userinfo.len));
	buf_add(out, STR("Proxy-Authorization: Basic "));
	base64_encode(out, buf_str(&login));
	buf_add(out, STR("\r\n"));
	buf_release(&login);
}

/* HOST:PORT of the server, always with the port. */
static void put_place(struct buf *out, const struct direct_origin *o)
{
	bool v6 = strchr(o->host, ':') != NULL;

	buf_printf(out, v6 ? "[%s]:%u" : "%s:%u", o->host, o->port);
}

static void put_request(struct client_exchange *x)
{
	const struct client *c = x->client;
	struct buf *out = &x->direct.head;
	struct url url;

	buf_clear(out);
	buf_add(out, STR("CONNECT "));
	put_place(out, x->direct.origin);
	buf_add(out, STR(" HTTP/1.1\r\nHost: "));
	put_place(out, x->direct.origin);
	buf_add(out, STR("\r\n"));
	if (url_split(str_of(x->proxy), &url))
		put_login(out, url.userinfo);
	if (c->agent_line)
		buf_printf(out, "%s\r\n", c->agent_line);
	buf_add(out, STR("\r\n"));
}

/* ---- failures */

static void fail(struct client_exchange *x, enum http_cause cause)
{
	char place[CLIENT_PLACE_BYTES];

	client_failure_place(x, cause != HTTP_CAUSE_proxy_closed, place);
	http_cause_set(&x->pub, cause, place);
	http1_response_init(&x->head);
	direct_fail(x);
}

static void fail_status(struct client_exchange *x)
{
	char status[16];

	if (x->head.status == 407) {
		fail(x, HTTP_CAUSE_proxy_login);
		return;
	}
	snprintf(status, sizeof status, "%d", x->head.status);
	http_cause_set(&x->pub, HTTP_CAUSE_proxy_refused, status);
	http1_response_init(&x->head);
	direct_fail(x);
}

/* ---- bytes */

/* False if X has failed. */
static bool write_some(struct direct_connection *k)
{
	struct client_exchange *x = k->x;
	struct direct_exchange *d = &x->direct;

	while (d->sent < d->head.len) {
		ssize_t n =
		    send(k->fd, d->head.data + d->sent, d->head.len - d->sent, MSG_NOSIGNAL);

		if (n >= 0) {
			d->sent += (size_t)n;
		} else if (errno == EAGAIN) {
			direct_connection_watch(k, EV_READ | EV_WRITE);
			return true;
		} else if (errno != EINTR) {
			fail(x, HTTP_CAUSE_proxy_closed);
			return false;
		}
	}
	direct_connection_watch(k, EV_READ);
	return true;
}

/* The response is complete: HEAD bytes of those that have arrived. */
static void end_response(struct direct_connection *k, size_t head)
{
	struct client_exchange *x = k->x;

	if (x->head.status / 100 != 2) {
		fail_status(x);
		return;
	}
	/* A server speaks in the tunnel only after the client. */
	if (head < x->direct.partial.len) {
		fail(x, HTTP_CAUSE_proxy_closed);
		return;
	}
	http1_response_init(&x->head);
	x->direct.sent = 0;
	direct_connection_tunneled(k);
}

static void read_response(struct direct_connection *k)
{
	struct client_exchange *x = k->x;

	switch (http1_response_read(&x->head, buf_str(&x->direct.partial))) {
	case HTTP1_PARTIAL:
		return;
	case HTTP1_EMPTY:
		break;
	case HTTP1_FIELD:
	case HTTP1_INVALID:
		http_cause_set(&x->pub, HTTP_CAUSE_bad_header, x->head.why);
		http1_response_init(&x->head);
		direct_fail(x);
		return;
	}
	if (x->head.status >= 200) {
		end_response(k, x->head.at);
		return;
	}
	http1_response_next(&x->head);
}

void direct_connection_ask_proxy(struct direct_connection *k)
{
	struct client_exchange *x = k->x;

	put_request(x);
	buf_clear(&x->direct.partial);
	http1_response_init(&x->head);
	x->direct.sent = 0;
	(void)write_some(k);
}

void direct_connection_proxy_event(struct direct_connection *k, short what)
{
	struct client_exchange *x = k->x;
	size_t len = 0;

	if (what & EV_WRITE && !write_some(k))
		return;
	if (!(what & EV_READ))
		return;
	switch (direct_connection_receive(k, x, &len)) {
	case DIRECT_READ_BYTES:
		buf_add(&x->direct.partial, str_n(k->client->direct.input, len));
		read_response(k);
		break;
	case DIRECT_READ_NOTHING:
	case DIRECT_READ_AGAIN:
		break;
	case DIRECT_READ_END:
	case DIRECT_READ_BROKEN:
	case DIRECT_READ_RESET:
	case DIRECT_READ_REFUSED:
		fail(x, HTTP_CAUSE_proxy_closed);
		break;
	}
}
