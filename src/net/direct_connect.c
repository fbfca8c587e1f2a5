#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/direct_connection.h"

/* Opens connections of the direct transport: one address after the other, or two at the same time,
 * then the TLS handshake. */

static const struct direct_address *next_address(struct client_exchange *x)
{
	const struct direct_origin *o = x->direct.proxy ? x->direct.proxy : x->direct.origin;
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
		if (c->config.source_count && !client_source_bind(c, fd, family)) {
			int error = errno;

			x->direct.bind_failed = true;
			close(fd);
			errno = error;
			return -1;
		}
	}
	return fd;
}

/* K is ready: sends its request. */
static void begin(struct direct_connection *k, bool http2)
{
	struct client_exchange *x = k->x;

	direct_connection_watch(k, EV_READ);
	k->state = CONNECTION_BUSY;
	if (http2)
		direct_h2_open(k);
	direct_begin_request(x);
}

void direct_connection_shake(struct direct_connection *k)
{
	struct client_exchange *x = k->x;

	switch (direct_tls_shake(x, &k->tls)) {
	case DIRECT_SHAKEN:
		begin(k, direct_tls_is_http2(&k->tls));
		if (k->state != CONNECTION_SPARE && direct_tls_has_pending(&k->tls))
			event_active(&k->watch.event, EV_READ, 1);
		break;
	case DIRECT_SHAKE_READ:
		direct_connection_watch(k, EV_READ);
		break;
	case DIRECT_SHAKE_WRITE:
		direct_connection_watch(k, EV_READ | EV_WRITE);
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

void direct_connection_tunneled(struct direct_connection *k)
{
	struct client_exchange *x = k->x;

	x->direct.connected = clock_monotonic_ns();
	if (k->peer.origin->tls) {
		limit_connecting(x);
		k->state = CONNECTION_SHAKING;
		direct_tls_open(x, &k->tls, k->fd, k);
		direct_connection_shake(k);
		return;
	}
	begin(k, direct_needs_http2(x));
}

static void connected(struct direct_connection *k)
{
	struct client_exchange *x = k->x;
	struct direct_connection *other =
	    x->direct.connection == k ? x->direct.racer : x->direct.connection;

	if (other)
		direct_connection_close(other);
	x->direct.connection = k;
	x->direct.racer = NULL;
	if (x->direct.proxy) {
		limit_connecting(x);
		k->state = CONNECTION_TUNNELING;
		direct_connection_ask_proxy(k);
		return;
	}
	direct_connection_tunneled(k);
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
	struct direct_connection *k = direct_connection_new(x, fd);
	if (x->direct.connection)
		x->direct.racer = k;
	else
		x->direct.connection = k;
	if (code == 0)
		connected(k);
	else
		direct_connection_watch(k, EV_WRITE);
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
	direct_connection_close(k);
	if (x->direct.connection || direct_connect(x))
		return;
	direct_connect_failed(x);
}

void direct_connection_opened(struct direct_connection *k)
{
	int error = 0;
	socklen_t size = sizeof error;

	getsockopt(k->fd, SOL_SOCKET, SO_ERROR, &error, &size);
	if (error)
		attempt_failed(k, error);
	else
		connected(k);
}
