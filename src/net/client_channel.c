#include "net/client_channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/log.h"
#include "net/client_channel_private.h"
#include "net/websocket_handshake.h"

/*
 * WebSockets of the HTTP client: the handshake is an exchange of the direct transport. When the
 * server has switched, the socket leaves that transport and belongs to a channel.
 */

/* Reads in one turn of the loop. */
#define READS_MAX 8
/* Messages that the other side has not read: beyond this, nothing more is accepted. */
#define UNSENT_MAX ((size_t)1 << 20)
/* Memory that a channel keeps for unsent messages. */
#define UNSENT_KEPT ((size_t)4 * 1024)
/* For the other side to reply to a close, or to read what it has not read before. */
#define CLOSE_TIMEOUT_S 2
#define RECORD_BYTES	((size_t)16 * 1024)

static struct client_channel *of(struct channel *channel)
{
	return (struct client_channel *)(void *)channel;
}

/* ---- life */

static void on_event(evutil_socket_t fd, short what, void *arg);

static void watch(struct client_channel *k, short mask)
{
	fd_watch_set(&k->watch, k->client->base, k->fd, mask, on_event, k);
}

void client_channel_free(struct client_channel *k)
{
	struct client_channels *all = k->client->channels;

	if (k->prev)
		k->prev->next = k->next;
	else
		all->first = k->next;
	if (k->next)
		k->next->prev = k->prev;
	fd_watch_end(&k->watch);
	event_del(&k->timer);
	direct_tls_close(&k->tls);
	close(k->fd);
	k->client->http.counters.open_now--;
	websocket_release(&k->socket);
	buf_release(&k->unsent);
	buf_release(&k->first);
	free(k);
}

static void set_timer(struct client_channel *k, ns_t delay)
{
	struct timeval wait = {.tv_sec = (time_t)(delay / NS_PER_S),
			       .tv_usec = (suseconds_t)(delay % NS_PER_S / NS_PER_US)};

	event_add(&k->timer, &wait);
}

/* The connection is not needed any more. */
static void end_connection(struct client_channel *k)
{
	if (k->in_event) {
		k->is_gone = true;
		return;
	}
	client_channel_free(k);
}

/* Reports the end, once. A channel that was given up is freed. */
static void report_end(struct client_channel *k, unsigned code, struct str reason, const char *why)
{
	struct http *http = &k->client->http;
	struct channel_end end = {.code = code, .reason = reason, .why = why};

	if (k->is_over)
		return;
	k->is_over = true;
	if (!k->is_given_up)
		http->channel_closed(http->owner, &k->pub, &end);
}

/* ---- writing */

/* The number of bytes that were written; -1: the connection is broken, which reading reports. */
static ssize_t write_some(struct client_channel *k, const char *bytes, size_t count)
{
	if (!k->tls.ssl) {
		ssize_t n = send(k->fd, bytes, count, MSG_NOSIGNAL);

		return n >= 0 ? n : errno == EAGAIN || errno == EINTR ? 0 : -1;
	}
	ERR_clear_error();
	int n = SSL_write(k->tls.ssl, bytes, (int)(count < RECORD_BYTES ? count : RECORD_BYTES));

	if (n > 0)
		return n;
	int error = SSL_get_error(k->tls.ssl, n);
	ERR_clear_error();
	return error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ ? 0 : -1;
}

/* Writes as much of COUNT bytes as the connection accepts. */
static size_t write_all(struct client_channel *k, const char *bytes, size_t count)
{
	size_t at = 0;
	ssize_t n = 1;

	while (at < count && n > 0) {
		n = write_some(k, bytes + at, count - at);
		at += n > 0 ? (size_t)n : 0;
	}
	return n < 0 ? count : at;
}

/* Forgets what was written, so that the buffer does not grow as long as the connection is slow. */
static void forget_written(struct client_channel *k)
{
	struct buf *unsent = &k->unsent;

	if (!k->unsent_at || k->unsent_at < unsent->len / 2)
		return;
	unsent->len -= k->unsent_at;
	memmove(unsent->data, unsent->data + k->unsent_at, unsent->len);
	k->unsent_at = 0;
}

static void on_write(void *owner, struct str bytes)
{
	struct client_channel *k = owner;
	size_t at = 0;

	if (!k->unsent.len)
		at = write_all(k, bytes.ptr, bytes.len);
	if (at == bytes.len)
		return;
	forget_written(k);
	buf_add(&k->unsent, str_slice(bytes, at, bytes.len));
	watch(k, EV_READ | EV_WRITE);
}

void client_channel_write_unsent(struct client_channel *k)
{
	struct buf *unsent = &k->unsent;
	size_t before = k->unsent_at;

	k->unsent_at += write_all(k, unsent->data + k->unsent_at, unsent->len - k->unsent_at);
	if (k->is_given_up && k->unsent_at > before)
		set_timer(k, CLOSE_TIMEOUT_S * NS_PER_S);
	if (k->unsent_at < unsent->len)
		return;
	k->unsent_at = 0;
	buf_clear(unsent);
	buf_shrink(unsent, UNSENT_KEPT);
	watch(k, EV_READ);
}

/* ---- messages */

static void on_message(void *owner, bool text, struct str payload, uint64_t wire)
{
	struct client_channel *k = owner;
	struct http *http = &k->client->http;
	struct channel_message message = {
	    .text = text, .payload = payload, .at = k->read_at, .wire = wire};

	k->last_message = message.at;
	if (!k->is_given_up && !k->is_over)
		http->channel_message(http->owner, &k->pub, &message);
}

static void on_closed(void *owner, unsigned code, struct str reason)
{
	report_end(owner, code, reason, NULL);
}

static void on_failed(void *owner, unsigned code, const char *why)
{
	report_end(owner, code, STR(""), why);
}

static const struct websocket_handler handler = {on_message, on_write, on_closed, on_failed};

/* The connection has ended. */
static void lose(struct client_channel *k, const char *why)
{
	report_end(k, WEBSOCKET_ABNORMAL, STR(""), why);
	end_connection(k);
}

/* All messages in BYTES have arrived now, however long the first ones take. */
static void feed(struct client_channel *k, struct str bytes)
{
	k->read_at = clock_monotonic_ns();
	websocket_feed(&k->socket, bytes);
}

static void read_tls(struct client_channel *k)
{
	struct client_channels *all = k->client->channels;
	enum direct_read what = DIRECT_READ_BYTES;
	size_t length = 0;

	for (int i = 0; i < READS_MAX && what == DIRECT_READ_BYTES && !k->is_gone; i++) {
		what =
		    direct_tls_read(NULL, &k->tls, all->input, CLIENT_CHANNEL_INPUT_BYTES, &length);
		if (what == DIRECT_READ_BYTES)
			feed(k, str_n(all->input, length));
	}
	if (k->is_gone || what == DIRECT_READ_NOTHING)
		return;
	if (what == DIRECT_READ_BYTES)
		event_active(&k->watch.event, EV_READ, 1);
	else
		lose(k, what == DIRECT_READ_END
			    ? "the server closed the connection without a close "
			      "frame"
			    : "the connection was reset");
}

static void read_plain(struct client_channel *k)
{
	struct client_channels *all = k->client->channels;
	ssize_t n = recv(k->fd, all->input, CLIENT_CHANNEL_INPUT_BYTES, 0);

	if (n > 0)
		feed(k, str_n(all->input, (size_t)n));
	else if (n == 0)
		lose(k, "the server closed the connection without a close frame");
	else if (errno != EAGAIN && errno != EINTR)
		lose(k, "the connection was reset");
}

/* The bytes that arrived together with the response. */
static void read_first(struct client_channel *k)
{
	struct buf first = k->first;

	buf_init(&k->first, 0);
	feed(k, buf_str(&first));
	buf_release(&first);
}

static void end_event(struct client_channel *k)
{
	bool closed = websocket_is_over(&k->socket) && k->socket.close_sent && !k->unsent.len;

	k->in_event = false;
	if (k->is_gone) {
		/* The owner still has it, until `close`. */
		if (k->is_given_up)
			client_channel_free(k);
		else
			fd_watch_end(&k->watch); /* until the owner closes the channel */
		return;
	}
	if (closed && k->is_given_up)
		shutdown(k->fd, SHUT_WR);
	/* Most sockets are silent most of the time. */
	direct_tls_rest(&k->tls);
}

static void on_event(evutil_socket_t fd, short what, void *arg)
{
	struct client_channel *k = arg;
	struct client *c = k->client;

	(void)fd;
	if (!k->is_taken || k->is_gone)
		return;
	client_turn_begin(c);
	k->in_event = true;
	if (k->first.len)
		read_first(k);
	if (what & EV_WRITE && k->unsent.len && !k->is_gone)
		client_channel_write_unsent(k);
	if (what & EV_READ && !k->is_gone) {
		if (k->tls.ssl)
			read_tls(k);
		else
			read_plain(k);
	}
	end_event(k);
	client_turn_end(c);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct client_channel *k = arg;
	ns_t idle = clock_monotonic_ns() - k->last_message;

	(void)fd;
	(void)what;
	if (k->is_given_up) {
		client_channel_free(k);
		return;
	}
	if (k->is_over)
		return;
	if (idle >= k->idle_ping) {
		websocket_ping(&k->socket);
		k->last_message = clock_monotonic_ns();
		idle = 0;
	}
	set_timer(k, k->idle_ping - idle);
}

/* ---- functions for the owner */

static enum channel_sent channel_send(struct channel *channel, bool text, struct str payload,
				      uint64_t *wire)
{
	struct client_channel *k = of(channel);

	if (k->is_over || k->is_gone || k->socket.close_sent)
		return CHANNEL_IS_CLOSED;
	if (k->unsent.len - k->unsent_at > UNSENT_MAX)
		return CHANNEL_IS_FULL;
	if (!websocket_send(&k->socket, text, payload))
		return CHANNEL_IS_CLOSED;
	*wire += k->client->channels->shared.sent;
	k->last_message = clock_monotonic_ns();
	return CHANNEL_SENT;
}

static void channel_close(struct channel *channel, unsigned code, struct str reason)
{
	struct client_channel *k = of(channel);

	k->is_given_up = true;
	k->pub.owner = NULL;
	if (k->is_gone && !k->in_event) {
		client_channel_free(k);
		return;
	}
	if (k->is_gone)
		return;
	websocket_close(&k->socket, code, reason);
	event_del(&k->timer);
	set_timer(k, CLOSE_TIMEOUT_S * NS_PER_S);
	/* It may have to read what has arrived. */
	if (!k->is_taken) {
		k->is_taken = true;
		event_active(&k->watch.event, EV_READ, 1);
	}
}

static void channel_take(struct channel *channel)
{
	struct client_channel *k = of(channel);

	k->is_taken = true;
	event_active(&k->watch.event, EV_READ, 1);
}

static const struct channel_ops channel_ops = {
    .take = channel_take,
    .send = channel_send,
    .close = channel_close,
};

/* ---- the handshake */

void client_channel_prepare(struct client_exchange *x)
{
	struct client_channels *all = x->client->channels;
	struct buf *lines = &x->pub.header_text;
	const unsigned char *key = websocket_random(&all->shared, WEBSOCKET_KEY_BYTES);

	buf_add(lines, STR("Sec-WebSocket-Key: "));
	base64_encode(lines, str_n((const char *)key, WEBSOCKET_KEY_BYTES));
	buf_add_char(lines, '\0');
}

/* The value of the key that was sent. */
static struct str key_of(const struct client_exchange *x)
{
	for (const struct curl_slist *l = x->sent_headers; l; l = l->next) {
		struct str value = client_header_value(l->data, STR("Sec-WebSocket-Key"));

		if (value.ptr)
			return value;
	}
	return STR("");
}

static struct client_channel *new_channel(struct client_exchange *x,
					  const struct websocket_deflate *deflate)
{
	const struct channel_spec *spec = x->pub.plan->spec.channel;
	struct client_channels *all = x->client->channels;
	struct client_channel *k = alloc_zeroed(1, sizeof *k);

	k->pub.ops = &channel_ops;
	k->client = x->client;
	k->idle_ping = spec->idle_ping;
	k->last_message = clock_monotonic_ns();
	buf_init(&k->unsent, 0);
	buf_init(&k->first, 0);
	websocket_init(&k->socket, &handler, k, &all->shared, false, spec->message_max);
	k->socket.deflate.on = deflate->on;
	k->socket.deflate.resets = deflate->resets;
	k->socket.deflate.window = deflate->window;
	k->next = all->first;
	if (k->next)
		k->next->prev = k;
	all->first = k;
	event_assign(&k->timer, x->client->base, -1, 0, on_timer, k);
	return k;
}

/* The name of the protocol, in the text of the plan. */
static struct str own_protocol(const struct channel_spec *spec, struct str chosen)
{
	size_t at = str_find(spec->protocols, chosen, 0);

	return chosen.len && at != NOT_FOUND ? str_slice(spec->protocols, at, at + chosen.len)
					     : STR("");
}

void client_channel_open(struct client_exchange *x, struct str rest)
{
	const struct channel_spec *spec = x->pub.plan->spec.channel;
	struct websocket_offer offer = {
	    .key = key_of(x), .protocols = spec->protocols, .deflate = spec->offer};
	struct websocket_deflate deflate = {.on = false};
	struct client_channel *k;
	struct str protocol;
	const char *wrong =
	    websocket_handshake_check(buf_str(&x->pub.headers), &offer, &deflate, &protocol);

	if (wrong) {
		http_cause_set(&x->pub, HTTP_CAUSE_bad_handshake, wrong);
		direct_fail(x);
		return;
	}
	k = new_channel(x, &deflate);
	k->pub.protocol = own_protocol(spec, protocol);
	k->fd = direct_connection_detach(x, &k->tls);
	buf_add(&k->first, rest);
	watch(k, EV_READ);
	if (k->idle_ping)
		set_timer(k, k->idle_ping);
	x->pub.channel = &k->pub;
	x->head.keep = false;
	direct_complete(x, false);
}
