#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "net/direct_h2.h"

/* The sockets of the direct transport: the loop, idle connections, bytes. */

#define INPUT_BYTES ((size_t)64 * 1024)

static void on_event(evutil_socket_t fd, short what, void *arg);

void direct_connection_watch(struct direct_connection *k, short mask)
{
	fd_watch_set(&k->watch, k->client->base, k->fd, mask, on_event, k);
}

void direct_connection_close(struct direct_connection *k)
{
	struct direct *d = &k->client->direct;

	if (k->h2)
		direct_h2_close(k);
	fd_watch_end(&k->watch);
	direct_tls_close(&k->tls);
	close(k->fd);
	k->client->http.counters.open_now--;
	k->x = NULL;
	k->state = CONNECTION_SPARE;
	k->next = d->spare;
	d->spare = k;
}

struct direct_connection *direct_connection_new(struct client_exchange *x, int fd)
{
	struct client *c = x->client;
	struct direct_connection *k = c->direct.spare;

	if (k) {
		c->direct.spare = k->next;
	} else {
		k = alloc_zeroed(1, sizeof *k);
		k->client = c;
		k->next_created = c->direct.connections;
		c->direct.connections = k;
	}
	k->fd = fd;
	k->x = x;
	k->peer = direct_peer_of(x);
	k->state = CONNECTION_OPENING;
	k->drained = 0;
	c->http.counters.open_now++;
	return k;
}

int direct_connection_detach(struct client_exchange *x, struct direct_tls *tls)
{
	struct direct_connection *k = x->direct.connection;
	struct direct *d = &k->client->direct;

	fd_watch_end(&k->watch);
	*tls = k->tls;
	direct_tls_detach(tls);
	k->tls = (struct direct_tls){.ssl = NULL};
	k->x = NULL;
	k->state = CONNECTION_SPARE;
	k->next = d->spare;
	d->spare = k;
	x->direct.connection = NULL;
	return k->fd;
}

/* ---- idle connections */

static void unlink_idle(struct direct_connection *k)
{
	if (k->prev)
		k->prev->next = k->next;
	else
		k->peer.user->idle = k->next;
	if (k->next)
		k->next->prev = k->prev;
	else
		k->peer.user->oldest_idle = k->prev;
	k->peer.user->idle_count--;
}

static void close_idle(struct direct_connection *k)
{
	unlink_idle(k);
	direct_connection_close(k);
}

enum quiet { QUIET, QUIET_SPOKE, QUIET_CLOSED };

/* More messages of TLS on an idle connection are a flood. */
#define TLS_MESSAGES_MAX 16

static enum quiet quiet_tls(struct direct_connection *k)
{
	enum direct_read what = DIRECT_READ_AGAIN;
	char byte;
	size_t len;

	for (int i = 0; i < TLS_MESSAGES_MAX && what == DIRECT_READ_AGAIN; i++)
		what = direct_tls_read(NULL, &k->tls, &byte, 1, &len);
	switch (what) {
	case DIRECT_READ_NOTHING:
		return QUIET;
	case DIRECT_READ_BYTES:
	case DIRECT_READ_AGAIN:
		return QUIET_SPOKE;
	case DIRECT_READ_END:
	case DIRECT_READ_BROKEN:
	case DIRECT_READ_RESET:
	case DIRECT_READ_REFUSED:
		break;
	}
	return QUIET_CLOSED;
}

/* QUIET: an idle connection may be used again. The server has neither closed it, nor sent anything
 * except messages of TLS: those bytes would look like the next response. */
static enum quiet listen_to(struct direct_connection *k)
{
	char byte;
	ssize_t n;

	if (k->drained == k->client->turn)
		return QUIET;
	n = recv(k->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR) && !direct_tls_has_pending(&k->tls))
		return QUIET;
	if (k->tls.ssl)
		return quiet_tls(k);
	return n > 0 ? QUIET_SPOKE : QUIET_CLOSED;
}

/* False if the idle K is closed now. */
static bool is_usable(struct direct_connection *k)
{
	enum quiet quiet = listen_to(k);

	if (quiet == QUIET)
		return true;
	if (quiet == QUIET_CLOSED)
		k->client->http.counters.closed_idle++;
	close_idle(k);
	return false;
}

struct direct_connection *direct_idle_take(struct client_exchange *x)
{
	struct direct_connection *k = x->pub.user->idle, *next;
	struct direct_peer peer = direct_peer_of(x);

	for (; k; k = next) {
		next = k->next;
		if (direct_peer_is_same(&k->peer, &peer) && is_usable(k))
			break;
	}
	if (!k)
		return NULL;
	unlink_idle(k);
	k->x = x;
	k->state = CONNECTION_BUSY;
	return k;
}

void direct_idle_keep(struct client_exchange *x)
{
	struct direct_connection *k = x->direct.connection;
	struct http_user *user = k->peer.user;

	x->direct.connection = NULL;
	k->x = NULL;
	k->state = CONNECTION_IDLE;
	k->prev = NULL;
	k->next = user->idle;
	if (k->next)
		k->next->prev = k;
	else
		user->oldest_idle = k;
	user->idle = k;
	if (k->tls.ssl && !k->rests) {
		k->rests = true;
		k->next_resting = k->client->direct.resting;
		k->client->direct.resting = k;
	}
	if (++user->idle_count > CLIENT_IDLE_MAX)
		close_idle(user->oldest_idle);
}

/* Not earlier: most connections get the next request in the same turn. */
void direct_connections_rest(struct client *c)
{
	struct direct_connection *k;

	while ((k = c->direct.resting)) {
		c->direct.resting = k->next_resting;
		k->rests = false;
		if (k->state == CONNECTION_IDLE)
			direct_tls_rest(&k->tls);
	}
}

void direct_idle_close(struct http_user *user)
{
	while (user->idle)
		close_idle(user->idle);
}

void direct_close(struct client_exchange *x)
{
	if (x->direct.connection && x->direct.connection->h2)
		direct_h2_end(x);
	else if (x->direct.connection)
		direct_connection_close(x->direct.connection);
	if (x->direct.racer)
		direct_connection_close(x->direct.racer);
	x->direct.connection = x->direct.racer = NULL;
}

/* ---- bytes */

struct direct_peer direct_connection_peer(void *connection)
{
	const struct direct_connection *k = connection;

	return k ? k->peer : (struct direct_peer){.user = NULL};
}

bool direct_connection_is_http2(const struct client_exchange *x)
{
	return x->direct.connection->h2 != NULL;
}

void direct_connection_certificate(struct client_exchange *x)
{
	if (x->direct.connection->tls.ssl)
		direct_tls_certificate(x, &x->direct.connection->tls);
}

/* Decrypted bytes in one turn of the loop, as pieces of at most 16 KiB. */
#define TLS_PIECES 8

/* Whether OpenSSL may have read more: then the socket causes no further event. */
static bool may_have_more(enum direct_read what)
{
	return what == DIRECT_READ_BYTES || what == DIRECT_READ_AGAIN;
}

static void take(struct client_exchange *x, enum direct_read what, struct str bytes)
{
	switch (what) {
	case DIRECT_READ_BYTES:
		direct_response_read(x, bytes);
		break;
	case DIRECT_READ_NOTHING:
	case DIRECT_READ_AGAIN:
		break;
	case DIRECT_READ_END:
		direct_response_end(x);
		break;
	case DIRECT_READ_BROKEN:
	case DIRECT_READ_RESET:
		direct_lost(x, what == DIRECT_READ_RESET);
		break;
	case DIRECT_READ_REFUSED:
		client_failure_set_tls(x, 0);
		direct_fail(x);
		break;
	}
}

enum direct_read direct_connection_receive(struct direct_connection *k, struct client_exchange *x,
					   size_t *len)
{
	char *input = k->client->direct.input;

	if (k->tls.ssl)
		return direct_tls_read(x, &k->tls, input, INPUT_BYTES, len);
	ssize_t n = recv(k->fd, input, INPUT_BYTES, 0);
	k->drained = n >= 0 && (size_t)n < INPUT_BYTES ? k->client->turn : 0;
	if (n > 0) {
		*len = (size_t)n;
		return DIRECT_READ_BYTES;
	}
	if (n == 0)
		return DIRECT_READ_END;
	if (errno == EAGAIN || errno == EINTR)
		return DIRECT_READ_NOTHING;
	return errno == ECONNRESET || errno == EPIPE ? DIRECT_READ_RESET : DIRECT_READ_BROKEN;
}

/* Reads what has arrived for X. */
static void read_connection(struct client_exchange *x)
{
	struct direct_connection *k = x->direct.connection;
	enum direct_read what = DIRECT_READ_BYTES;
	int pieces = k->tls.ssl ? TLS_PIECES : 1;

	for (int i = 0; i < pieces && may_have_more(what); i++) {
		size_t len = 0;

		what = direct_connection_receive(k, x, &len);
		take(x, what, str_n(k->client->direct.input, len));
		if (k->x != x || k->state != CONNECTION_BUSY)
			break;
	}
	if (!k->tls.ssl)
		return;
	if (k->state == CONNECTION_IDLE && direct_tls_has_pending(&k->tls))
		is_usable(k);
	else if (k->state == CONNECTION_BUSY && may_have_more(what))
		event_active(&k->watch.event, EV_READ, 1);
}

ssize_t direct_connection_send(struct direct_connection *k, const struct iovec *parts, int count)
{
	struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts,
				 .msg_iovlen = (size_t)count};

	/* Nothing that was read is needed any more when a request is written. */
	if (k->tls.ssl)
		return direct_tls_write(&k->tls, k->client->direct.input, parts, count);
	if (count == 1)
		return send(k->fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL);
	return sendmsg(k->fd, &message, MSG_NOSIGNAL);
}

ssize_t direct_connection_write(struct client_exchange *x, const struct iovec *parts, int count)
{
	return direct_connection_send(x->direct.connection, parts, count);
}

void direct_want_write(struct client_exchange *x, bool want)
{
	direct_connection_watch(x->direct.connection, want ? EV_READ | EV_WRITE : EV_READ);
}

/* A connection may have got another exchange, or none, after each call. */
static void on_busy(struct direct_connection *k, short what)
{
	struct client_exchange *x = k->x;

	if (what & EV_READ)
		read_connection(x);
	if (what & EV_WRITE && k->x == x && k->state == CONNECTION_BUSY)
		direct_continue_request(x);
}

static void on_event(evutil_socket_t fd, short what, void *arg)
{
	struct direct_connection *k = arg;
	struct client *c = k->client;

	(void)fd;
	client_turn_begin(c);
	switch (k->state) {
	case CONNECTION_OPENING:
		direct_connection_opened(k);
		break;
	case CONNECTION_TUNNELING:
		direct_connection_proxy_event(k, what);
		break;
	case CONNECTION_SHAKING:
		direct_connection_shake(k);
		break;
	case CONNECTION_BUSY:
		on_busy(k, what);
		break;
	case CONNECTION_IDLE:
		is_usable(k);
		break;
	case CONNECTION_HTTP2:
		direct_h2_event(k, what);
		break;
	case CONNECTION_SPARE:
		break;
	}
	client_turn_end(c);
}

void direct_connections_init(struct client *c)
{
	c->direct.input = alloc_zeroed(1, INPUT_BYTES);
}

void direct_connections_free(struct client *c)
{
	struct direct_connection *next;

	for (struct direct_connection *k = c->direct.connections; k; k = next) {
		next = k->next_created;
		if (k->state != CONNECTION_SPARE)
			direct_connection_close(k);
	}
	for (struct direct_connection *k = c->direct.connections; k; k = next) {
		next = k->next_created;
		free(k);
	}
	free(c->direct.input);
}
