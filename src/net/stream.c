#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/address.h"
#include "base/alloc.h"
#include "base/log.h"
#include "net/stream_private.h"

/* ---- creation and release */

static void on_later(evutil_socket_t fd, short what, void *arg);

static void enlist(struct stream **list, struct stream *s)
{
	s->next = *list;
	s->link = list;
	if (s->next)
		s->next->link = &s->next;
	*list = s;
}

struct stream *stream_new(struct stream_loop *loop, const struct stream_handler *handler,
			  void *owner)
{
	struct stream *s = alloc_zeroed(1, sizeof *s);

	s->loop = loop;
	s->handler = handler;
	s->owner = owner;
	s->later = event_new(loop->base, -1, 0, on_later, s);
	if (!s->later)
		die_out_of_memory();
	enlist(&loop->streams, s);
	return s;
}

void stream_close(struct stream *s)
{
	if (!s)
		return;
	s->handler = NULL;
	event_del(s->later);
	stream_attempt_free(s);
	if (s->wire) {
		bufferevent_setcb(s->wire, NULL, NULL, NULL, NULL);
		bufferevent_disable(s->wire, EV_READ | EV_WRITE);
	}
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	enlist(&s->loop->closed, s);
	event_active(s->loop->free_closed, 0, 0);
}

void stream_free(struct stream *s)
{
	stream_tls_release(s);
	if (s->wire)
		bufferevent_free(s->wire);
	if (s->listener)
		stream_listener_released(s->listener);
	event_free(s->later);
	free(s);
}

/* ---- events of the connection */

static void give_input(struct stream *s)
{
	if (s->handler && stream_input(s).len)
		s->handler->input(s->owner);
}

static void flushed(struct stream *s)
{
	int fd = bufferevent_getfd(s->wire);

	if (!s->shut || stream_unsent(s))
		return;
	s->shut = false;
	shutdown(fd, SHUT_WR);
	if (s->finishing && s->wire_ended)
		stream_close(s);
}

static void on_read(struct bufferevent *wire, void *arg)
{
	struct stream *s = arg;

	if (s->finishing) {
		struct evbuffer *in = bufferevent_get_input(wire);

		evbuffer_drain(in, evbuffer_get_length(in));
	} else if (s->ssl) {
		stream_tls_pump(s);
	} else {
		give_input(s);
	}
}

static void on_written(struct bufferevent *wire, void *arg)
{
	struct stream *s = arg;

	(void)wire;
	if (s->shut)
		flushed(s);
	else if (s->handler)
		s->handler->drained(s->owner);
}

void stream_report_end(struct stream *s, enum stream_end end, const char *why)
{
	if (s->end_reported)
		return;
	s->end_reported = true;
	if (s->handler)
		s->handler->ended(s->owner, end, why);
}

static void on_event(struct bufferevent *wire, short what, void *arg)
{
	struct stream *s = arg;

	(void)wire;
	if (s->finishing) {
		s->wire_ended = true;
		if (!s->shut || (what & BEV_EVENT_ERROR))
			stream_close(s);
		return;
	}
	if (s->wire_ended)
		return;
	s->wire_ended = true;
	s->end = what & BEV_EVENT_ERROR ? STREAM_BROKEN : STREAM_CLOSED;
	snprintf(s->why, sizeof s->why, "%s",
		 what & BEV_EVENT_ERROR ? strerror(EVUTIL_SOCKET_ERROR())
					: "the connection was closed");
	if (s->ssl)
		stream_tls_pump(s);
	else
		stream_report_end(s, s->end, s->why);
}

static void on_later(evutil_socket_t fd, short what, void *arg)
{
	struct stream *s = arg;

	(void)fd;
	(void)what;
	if (s->finishing)
		stream_close(s);
	else if (s->attempt)
		stream_attempt_resume(s);
	else if (s->ssl)
		stream_tls_pump(s);
	else
		give_input(s);
}

void stream_set_wire(struct stream *s, int fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	s->wire = bufferevent_socket_new(s->loop->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!s->wire)
		die_out_of_memory();
	bufferevent_setcb(s->wire, on_read, on_written, on_event, s);
	bufferevent_setwatermark(s->wire, EV_READ, 0, STREAM_AHEAD);
	bufferevent_setwatermark(s->wire, EV_WRITE, STREAM_LITTLE_LEFT, 0);
	bufferevent_enable(s->wire, EV_READ | EV_WRITE);
}

struct stream *stream_open(struct stream_loop *loop, int fd, const struct stream_handler *handler,
			   void *owner)
{
	struct stream *s = stream_new(loop, handler, owner);

	stream_set_wire(s, fd);
	return s;
}

/* ---- functions for the owner */

static struct evbuffer *input_of(const struct stream *s)
{
	return s->ssl ? s->plain : bufferevent_get_input(s->wire);
}

struct str stream_input(struct stream *s)
{
	struct evbuffer *in;
	size_t length;

	if (!s->wire)
		return STR("");
	in = input_of(s);
	length = evbuffer_get_length(in);
	if (!length)
		return STR("");
	length = length < STREAM_VIEW ? length : STREAM_VIEW;
	return str_n((const char *)evbuffer_pullup(in, (ev_ssize_t)length), length);
}

void stream_consume(struct stream *s, size_t bytes)
{
	if (!bytes)
		return;
	evbuffer_drain(input_of(s), bytes);
	/* More data may be waiting after the consumed bytes. */
	if (s->ssl && !s->end_reported &&
	    (s->wire_ended || evbuffer_get_length(bufferevent_get_input(s->wire))))
		event_active(s->later, 0, 0);
}

void stream_write(struct stream *s, struct str bytes)
{
	if (!s->wire || !bytes.len || s->shut)
		return;
	if (s->ssl)
		stream_tls_write(s, bytes);
	else
		bufferevent_write(s->wire, bytes.ptr, bytes.len);
}

bool stream_has_unread(const struct stream *s)
{
	char byte;

	return s->wire && recv(bufferevent_getfd(s->wire), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

size_t stream_unsent(const struct stream *s)
{
	return s->wire ? evbuffer_get_length(bufferevent_get_output(s->wire)) : 0;
}

void stream_shut(struct stream *s)
{
	if (!s->wire || s->shut)
		return;
	if (s->ssl)
		stream_tls_shut(s);
	s->shut = true;
	flushed(s);
}

void stream_finish(struct stream *s)
{
	struct timeval wait = {.tv_sec = STREAM_LINGER_S};
	struct evbuffer *in;

	if (!s)
		return;
	if (!s->wire || s->finishing) {
		if (!s->wire)
			stream_close(s);
		return;
	}
	/* Later input is read and dropped: closing with unread bytes would be a reset, and the
	 * other side might lose data that was sent to it. */
	s->handler = NULL;
	s->finishing = true;
	s->finishing_since = clock_monotonic_ns();
	in = bufferevent_get_input(s->wire);
	evbuffer_drain(in, evbuffer_get_length(in));
	event_add(s->later, &wait);
	stream_shut(s);
}

/* ---- addresses */

static socklen_t address_of(const struct stream *s, struct sockaddr_storage *out,
			    int (*ask)(int fd, struct sockaddr *restrict, socklen_t *restrict))
{
	socklen_t length = sizeof *out;

	if (!s->wire || ask(bufferevent_getfd(s->wire), (struct sockaddr *)out, &length) != 0)
		return 0;
	return length;
}

/* The numeric address and port; false when ADDRESS is neither IPv4 nor IPv6. */
static bool number_of(const struct sockaddr_storage *address, char *text, size_t room,
		      unsigned *port)
{
	const struct sockaddr_in *four = (const void *)address;
	const struct sockaddr_in6 *six = (const void *)address;

	if (address->ss_family == AF_INET) {
		*port = ntohs(four->sin_port);
		return inet_ntop(AF_INET, &four->sin_addr, text, (socklen_t)room) != NULL;
	}
	if (address->ss_family != AF_INET6)
		return false;
	*port = ntohs(six->sin6_port);
	return inet_ntop(AF_INET6, &six->sin6_addr, text, (socklen_t)room) != NULL;
}

void stream_peer(const struct stream *s, struct buf *out)
{
	struct sockaddr_storage address;
	char text[INET6_ADDRSTRLEN];
	unsigned port;

	if (address_of(s, &address, getpeername) && number_of(&address, text, sizeof text, &port))
		buf_add(out, str_of(text));
}

bool stream_is_to_self(const struct stream *s, unsigned port)
{
	struct sockaddr_storage there, here;
	char to[INET6_ADDRSTRLEN], from[INET6_ADDRSTRLEN];
	unsigned to_port, from_port;

	if (!address_of(s, &there, getpeername) || !address_of(s, &here, getsockname) ||
	    !number_of(&there, to, sizeof to, &to_port) ||
	    !number_of(&here, from, sizeof from, &from_port))
		return false;
	return to_port == port && (strcmp(to, from) == 0 || address_is_loopback(str_of(to)) ||
				   strncmp(to, "::ffff:127.", 11) == 0);
}
