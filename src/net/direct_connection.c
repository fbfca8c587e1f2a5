#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "net/client_private.h"

/* The sockets of the direct transport: opening, the loop, idle connections. */

#define INPUT_BYTES ((size_t)64 * 1024)

enum connection_state {
	CONNECTION_SPARE,
	CONNECTION_OPENING,
	CONNECTION_SHAKING,
	CONNECTION_BUSY,
	CONNECTION_IDLE
};

struct direct_connection {
	struct event event;
	struct client *client;
	struct client_exchange *x; /* NULL: idle */
	const struct direct_origin *origin;
	struct http_user *user;
	struct direct_connection *next, *prev; /* among the idle ones of the user, or spare ones */
	struct direct_connection *next_created;
	struct direct_tls tls;
	int fd;
	short mask;
	enum connection_state state;
};

static void on_event(evutil_socket_t fd, short what, void *arg);

static void watch(struct direct_connection *k, short mask)
{
	mask |= EV_PERSIST;
	if (k->mask == mask)
		return;
	if (k->mask)
		event_del(&k->event);
	event_assign(&k->event, k->client->base, k->fd, mask, on_event, k);
	event_add(&k->event, NULL);
	k->mask = mask;
}

static void close_connection(struct direct_connection *k)
{
	struct direct *d = &k->client->direct;

	event_del(&k->event);
	direct_tls_close(&k->tls);
	close(k->fd);
	k->client->http.counters.open_now--;
	k->mask = 0;
	k->x = NULL;
	k->state = CONNECTION_SPARE;
	k->next = d->spare;
	d->spare = k;
}

static struct direct_connection *new_connection(struct client_exchange *x, int fd)
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
	k->user = x->pub.user;
	k->origin = x->direct.origin;
	k->state = CONNECTION_OPENING;
	c->http.counters.open_now++;
	return k;
}

/* ---- opening */

static const struct direct_address *next_address(struct client_exchange *x)
{
	const struct direct_origin *o = x->direct.origin;
	unsigned at = x->direct.next_address++;

	if (o->has_address)
		return at == 0 ? &o->address : NULL;
	return client_name_address(x->name, at);
}

static int open_socket(struct client_exchange *x, const struct direct_address *address)
{
	struct client *c = x->client;
	int family = address->to.any.sa_family, on = 1;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (family != AF_UNIX) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		if (c->config.source_count && !client_socket_bind(c, fd, family)) {
			int error = errno;

			x->direct.bind_failed = true;
			close(fd);
			errno = error;
			return -1;
		}
	}
	return fd;
}

static void shake(struct direct_connection *k)
{
	struct client_exchange *x = k->x;

	switch (direct_tls_shake(x, &k->tls)) {
	case DIRECT_SHAKEN:
		watch(k, EV_READ);
		k->state = CONNECTION_BUSY;
		direct_begin_request(x);
		break;
	case DIRECT_SHAKE_READ:
		watch(k, EV_READ);
		break;
	case DIRECT_SHAKE_WRITE:
		watch(k, EV_READ | EV_WRITE);
		break;
	case DIRECT_SHAKE_FAILED:
		direct_fail(x);
		break;
	}
}

/* Only the time limits of the request still apply: no further address is tried. */
static void limit_connecting(struct client_exchange *x)
{
	ns_t whole = client_deadline(x), connect = x->direct.connect_until;

	x->direct.race_at = NS_NEVER;
	direct_timer_set(x, whole < connect ? whole : connect);
}

static void connected(struct direct_connection *k)
{
	struct client_exchange *x = k->x;
	struct direct_connection *other =
	    x->direct.connection == k ? x->direct.racer : x->direct.connection;

	if (other)
		close_connection(other);
	x->direct.connection = k;
	x->direct.racer = NULL;
	x->direct.connected = clock_monotonic_ns();
	if (k->origin->tls) {
		limit_connecting(x);
		k->state = CONNECTION_SHAKING;
		direct_tls_open(x, &k->tls, k->fd, k);
		shake(k);
		return;
	}
	watch(k, EV_READ);
	k->state = CONNECTION_BUSY;
	direct_begin_request(x);
}

/* False if this address cannot be used; errno is the reason. */
static bool connect_to(struct client_exchange *x, const struct direct_address *address)
{
	int fd = open_socket(x, address);

	if (fd < 0)
		return false;
	int code = connect(fd, &address->to.any, address->len);
	if (code < 0 && errno != EINPROGRESS) {
		int error = errno;

		close(fd);
		errno = error;
		return false;
	}
	struct direct_connection *k = new_connection(x, fd);
	if (x->direct.connection)
		x->direct.racer = k;
	else
		x->direct.connection = k;
	if (code == 0)
		connected(k);
	else
		watch(k, EV_WRITE);
	return true;
}

bool direct_connect(struct client_exchange *x)
{
	const struct direct_address *address;

	while ((address = next_address(x))) {
		if (connect_to(x, address))
			return true;
		x->direct.error = errno;
		if (errno == EMFILE || errno == ENFILE)
			return false;
	}
	return false;
}

void direct_race(struct client_exchange *x)
{
	x->direct.race_at = NS_NEVER;
	direct_connect(x);
	if (x->direct.timer)
		limit_connecting(x);
}

void direct_connect_failed(struct client_exchange *x)
{
	if (x->direct.bind_failed)
		http_cause_set_text(&x->pub, HTTP_CONNECT,
				    "an address of source_addresses cannot be used; use addresses "
				    "of this machine");
	else
		client_failure_set_connect(x, x->direct.error, NULL);
	direct_fail(x);
}

static void attempt_failed(struct direct_connection *k, int error)
{
	struct client_exchange *x = k->x;

	if (x->direct.connection == k)
		x->direct.connection = x->direct.racer;
	x->direct.racer = NULL;
	x->direct.error = error;
	close_connection(k);
	if (x->direct.connection || direct_connect(x))
		return;
	direct_connect_failed(x);
}

static void on_opened(struct direct_connection *k)
{
	int error = 0;
	socklen_t size = sizeof error;

	getsockopt(k->fd, SOL_SOCKET, SO_ERROR, &error, &size);
	if (error)
		attempt_failed(k, error);
	else
		connected(k);
}

/* ---- idle connections */

static void unlink_idle(struct direct_connection *k)
{
	if (k->prev)
		k->prev->next = k->next;
	else
		k->user->idle = k->next;
	if (k->next)
		k->next->prev = k->prev;
}

struct direct_connection *direct_idle_take(struct client_exchange *x)
{
	struct direct_connection *k = x->pub.user->idle;

	while (k && k->origin != x->direct.origin)
		k = k->next;
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

	x->direct.connection = NULL;
	k->x = NULL;
	k->state = CONNECTION_IDLE;
	k->prev = NULL;
	k->next = k->user->idle;
	if (k->next)
		k->next->prev = k;
	k->user->idle = k;
}

void direct_idle_close(struct http_user *user)
{
	while (user->idle) {
		struct direct_connection *k = user->idle;

		unlink_idle(k);
		close_connection(k);
	}
}

void direct_close(struct client_exchange *x)
{
	if (x->direct.connection)
		close_connection(x->direct.connection);
	if (x->direct.racer)
		close_connection(x->direct.racer);
	x->direct.connection = x->direct.racer = NULL;
}

/* True if an idle connection may be used again: the server has neither closed it, nor sent anything
 * except messages of TLS. */
static bool is_quiet(struct direct_connection *k)
{
	char byte;
	size_t len;

	if (k->tls.ssl)
		return direct_tls_read(NULL, &k->tls, &byte, 1, &len) == DIRECT_READ_NOTHING;
	return recv(k->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
	       (errno == EAGAIN || errno == EINTR);
}

static void on_idle(struct direct_connection *k)
{
	if (is_quiet(k))
		return;
	k->client->http.counters.closed_idle++;
	unlink_idle(k);
	close_connection(k);
}

/* ---- bytes */

struct http_user *direct_connection_user(void *connection, const struct direct_origin **origin)
{
	struct direct_connection *k = connection;

	if (!k)
		return NULL;
	*origin = k->origin;
	return k->user;
}

void direct_connection_certificate(struct client_exchange *x)
{
	if (x->direct.connection->tls.ssl)
		direct_tls_certificate(x, &x->direct.connection->tls);
}

/* Decrypted bytes in one turn of the loop, as pieces of at most 16 KiB. */
#define TLS_PIECES 8

static void take(struct client_exchange *x, enum direct_read what, struct str bytes)
{
	switch (what) {
	case DIRECT_READ_BYTES:
		direct_response_read(x, bytes);
		break;
	case DIRECT_READ_NOTHING:
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

/* Bytes that OpenSSL has read ahead from the socket cause no further event of the socket. */
static void read_tls(struct client_exchange *x, struct direct_connection *k)
{
	char *input = x->client->direct.input;
	enum direct_read what = DIRECT_READ_BYTES;

	for (int i = 0; i < TLS_PIECES && what == DIRECT_READ_BYTES; i++) {
		size_t len = 0;

		what = direct_tls_read(x, &k->tls, input, INPUT_BYTES, &len);
		take(x, what, str_n(input, len));
		if (k->x != x || k->state != CONNECTION_BUSY)
			break;
	}
	if (k->state == CONNECTION_IDLE && direct_tls_has_pending(&k->tls))
		on_idle(k);
	else if (k->state == CONNECTION_BUSY && what == DIRECT_READ_BYTES)
		event_active(&k->event, EV_READ, 1);
}

void direct_connection_read(struct client_exchange *x)
{
	struct direct_connection *k = x->direct.connection;
	char *input = x->client->direct.input;

	if (k->tls.ssl) {
		read_tls(x, k);
		return;
	}
	ssize_t n = recv(k->fd, input, INPUT_BYTES, 0);

	if (n > 0)
		direct_response_read(x, str_n(input, (size_t)n));
	else if (n == 0)
		direct_response_end(x);
	else if (errno != EAGAIN && errno != EINTR)
		direct_lost(x, errno == ECONNRESET || errno == EPIPE);
}

ssize_t direct_connection_write(struct client_exchange *x, const struct iovec *parts, int count)
{
	int fd = x->direct.connection->fd;
	struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts,
				 .msg_iovlen = (size_t)count};

	if (x->direct.connection->tls.ssl)
		return direct_tls_write(x, &x->direct.connection->tls, parts, count);
	if (count == 1)
		return send(fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL);
	return sendmsg(fd, &message, MSG_NOSIGNAL);
}

void direct_want_write(struct client_exchange *x, bool want)
{
	watch(x->direct.connection, want ? EV_READ | EV_WRITE : EV_READ);
}

/* A connection may have got another exchange, or none, after each call. */
static void on_busy(struct direct_connection *k, short what)
{
	struct client_exchange *x = k->x;

	if (what & EV_READ)
		direct_connection_read(x);
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
		on_opened(k);
		break;
	case CONNECTION_SHAKING:
		shake(k);
		break;
	case CONNECTION_BUSY:
		on_busy(k, what);
		break;
	case CONNECTION_IDLE:
		on_idle(k);
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
			close_connection(k);
	}
	for (struct direct_connection *k = c->direct.connections; k; k = next) {
		next = k->next_created;
		free(k);
	}
	free(c->direct.input);
}
