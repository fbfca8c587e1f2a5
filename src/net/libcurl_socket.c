#include "net/client_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"

/*
 * Sockets stay registered with the loop between requests: libcurl's REMOVE only marks a socket as
 * idle, and registering the same mask again costs nothing. An idle socket that becomes readable was
 * closed by the server.
 */
struct libcurl_socket {
	struct event event;
	struct client *client;
	int fd;
	short mask;
	bool registered, idle;
	bool http2;		/* or HTTP/3; known while it is idle */
	bool ours;		/* from libcurl_socket_open: libcurl reports its close */
	struct http_user *user; /* whose list it is in; NULL: none */
	struct libcurl_socket *next, *prev;
};

/* Whether the server has neither closed nor reset the connection. */
static bool is_kept_open(int fd)
{
	char byte;
	ssize_t got = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

/* ---- sockets of a user */

static void link_user(struct libcurl_socket *s, CURL *easy)
{
	struct client_exchange *x = NULL;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&x);
	if (s->user || !x)
		return;
	s->user = x->pub.user;
	s->prev = NULL;
	s->next = s->user->curl.sockets;
	if (s->next)
		s->next->prev = s;
	s->user->curl.sockets = s;
}

static void unlink_user(struct libcurl_socket *s)
{
	if (!s->user)
		return;
	if (s->prev)
		s->prev->next = s->next;
	else
		s->user->curl.sockets = s->next;
	if (s->next)
		s->next->prev = s->prev;
	s->user = NULL;
}

/*
 * Bytes on an idle HTTP/1 connection do not belong to a response, but libcurl would take them for
 * the next response. They are removed and the connection is ended here, so that libcurl finds it
 * closed and opens another one.
 */
static void end_if_spoken(const struct libcurl_socket *s)
{
	char bytes[4096];
	ssize_t n;

	if (s->http2 || recv(s->fd, bytes, 1, MSG_PEEK | MSG_DONTWAIT) <= 0)
		return;
	shutdown(s->fd, SHUT_RDWR);
	do
		n = recv(s->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	while (n > 0 || (n < 0 && errno == EINTR));
}

void libcurl_sockets_listen(const struct http_user *user)
{
	for (const struct libcurl_socket *s = user->curl.sockets; s; s = s->next)
		if (s->idle)
			end_if_spoken(s);
}

/* ---- the loop */

static void unregister(struct libcurl_socket *s)
{
	if (s->registered)
		event_del(&s->event);
	s->registered = s->idle = false;
}

/* The socket is not closed here: libcurl checks it before it uses it again. */
static void on_idle_socket(struct libcurl_socket *s)
{
	struct pollfd end = {.fd = s->fd, .events = POLLRDHUP};

	if (poll(&end, 1, 0) == 1)
		s->client->http.counters.closed_idle++;
	else
		end_if_spoken(s);
	unregister(s);
}

static void on_socket(evutil_socket_t fd, short what, void *arg)
{
	struct libcurl_socket *s = arg;

	if (s->idle) {
		on_idle_socket(s);
		return;
	}
	libcurl_pump(s->client, fd,
		     (what & EV_READ ? CURL_CSELECT_IN : 0) |
			 (what & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void register_mask(struct libcurl_socket *s, short mask)
{
	s->idle = false;
	if (s->registered && s->mask == mask)
		return;
	unregister(s);
	event_assign(&s->event, s->client->base, s->fd, mask, on_socket, s);
	event_add(&s->event, NULL);
	s->mask = mask;
	s->registered = true;
}

static void grow_table(struct client *c, size_t need)
{
	size_t cap = c->curl.socket_cap ? c->curl.socket_cap : 256;

	while (cap <= need)
		cap *= 2;
	c->curl.sockets = realloc(c->curl.sockets, cap * sizeof(struct libcurl_socket *));
	if (!c->curl.sockets)
		die_out_of_memory();
	for (size_t i = c->curl.socket_cap; i < cap; i++)
		c->curl.sockets[i] = NULL;
	c->curl.socket_cap = cap;
}

/* The record of descriptor FD, created on first use and kept. */
static struct libcurl_socket *socket_of(struct client *c, int fd)
{
	size_t i = (size_t)fd;

	if (i >= c->curl.socket_cap)
		grow_table(c, i);
	if (!c->curl.sockets[i]) {
		c->curl.sockets[i] = alloc_zeroed(1, sizeof *c->curl.sockets[i]);
		c->curl.sockets[i]->client = c;
		c->curl.sockets[i]->fd = fd;
	}
	return c->curl.sockets[i];
}

int libcurl_socket_changed(CURL *easy, curl_socket_t fd, int what, void *clientp, void *socketp)
{
	struct libcurl_socket *s = socket_of(clientp, fd);

	(void)socketp;
	if (what != CURL_POLL_REMOVE) {
		if (s->ours)
			link_user(s, easy);
		register_mask(s, (short)((what & CURL_POLL_IN ? EV_READ : 0) |
					 (what & CURL_POLL_OUT ? EV_WRITE : 0) | EV_PERSIST));
		return 0;
	}
	/*
	 * A socket that waits for writing was still connecting and is abandoned. libcurl closes it
	 * without calling libcurl_socket_close, and reports REMOVE afterwards.
	 */
	if (!s->ours || s->mask & EV_WRITE)
		unregister(s);
	else if (s->registered) {
		long version = 0;

		curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
		s->http2 = version == CURL_HTTP_VERSION_2_0 || version == CURL_HTTP_VERSION_3;
		s->idle = true;
	}
	return 0;
}

curl_socket_t libcurl_socket_open(void *clientp, curlsocktype purpose, struct curl_sockaddr *addr)
{
	struct client_exchange *x = clientp;
	int fd =
	    socket(addr->family, addr->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, addr->protocol);

	(void)purpose;
	if (fd < 0) {
		x->curl.open_errno = errno;
		return CURL_SOCKET_BAD;
	}
	if (x->client->config.source_count && !client_source_bind(x->client, fd, addr->family)) {
		x->curl.open_errno = errno;
		close(fd);
		return CURL_SOCKET_BAD;
	}
	struct libcurl_socket *s = socket_of(x->client, fd);
	unregister(s);
	unlink_user(s);
	/* If it is still marked, libcurl closed the previous socket without a callback. */
	if (!s->ours)
		x->client->http.counters.open_now++;
	s->ours = true;
	return fd;
}

static uint16_t local_port(int fd)
{
	struct sockaddr_in6 address;
	socklen_t size = sizeof address;

	/* The port is at the same place for IPv4. */
	return getsockname(fd, (struct sockaddr *)&address, &size) == 0 ? ntohs(address.sin6_port)
									: 0;
}

/* Notes the port of a connection that is closed here while the server keeps it open. */
static void note_close(struct client *c, int fd)
{
	uint16_t port = local_port(fd);

	for (unsigned i = 0; i < LIBCURL_CLOSED_MAX; i++)
		if (c->curl.closed_open[i] == port)
			c->curl.closed_open[i] = 0;
	if (is_kept_open(fd))
		c->curl.closed_open[c->curl.closed_next++ % LIBCURL_CLOSED_MAX] = port;
}

bool libcurl_socket_ended_here(const struct client_exchange *x)
{
	const struct client *c = x->client;
	curl_socket_t fd = CURL_SOCKET_BAD;
	long port = libcurl_info_long(x, CURLINFO_LOCAL_PORT);

	/* Other streams may use the connection still. */
	if (curl_easy_getinfo(x->curl.easy, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
	    fd != CURL_SOCKET_BAD && local_port(fd) == port)
		return is_kept_open(fd);
	for (unsigned i = 0; port && i < LIBCURL_CLOSED_MAX; i++)
		if (c->curl.closed_open[i] == port)
			return true;
	return false;
}

int libcurl_socket_close(void *clientp, curl_socket_t fd)
{
	struct client *c = clientp;
	struct libcurl_socket *s = socket_of(c, fd);

	unregister(s);
	unlink_user(s);
	note_close(c, fd);
	s->ours = false;
	c->http.counters.open_now--;
	return close(fd);
}

/*
 * Only an earlier deadline is passed to libevent. If a deadline is moved back or removed, the timer
 * stays: it fires once without effect, and libcurl then sets the next deadline.
 */
int libcurl_timer_changed(CURLM *multi, long timeout_ms, void *clientp)
{
	struct client *c = clientp;

	(void)multi;
	if (timeout_ms == 0) {
		c->curl.due_now = true;
		client_kick(c);
	} else if (timeout_ms > 0) {
		ns_t due = clock_monotonic_ns() + timeout_ms * NS_PER_MS;

		if (due < c->curl.timer_due) {
			struct timeval tv = {.tv_sec = timeout_ms / 1000,
					     .tv_usec = timeout_ms % 1000 * 1000};

			event_add(&c->curl.timer, &tv);
			c->curl.timer_due = due;
		}
	}
	return 0;
}

void libcurl_sockets_free(struct client *c)
{
	for (size_t i = 0; i < c->curl.socket_cap; i++) {
		if (c->curl.sockets[i])
			unregister(c->curl.sockets[i]);
		free(c->curl.sockets[i]);
	}
	free(c->curl.sockets);
}
