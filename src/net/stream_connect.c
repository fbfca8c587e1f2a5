/* Connects a stream: a separate thread looks up the name (the system's resolver blocks), then the
 * addresses are tried one after the other. */
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "base/alloc.h"
#include "base/log.h"
#include "net/stream_private.h"

#define STACK_BYTES ((size_t)256 * 1024)
/* Timeouts for an address that others follow, and for the last one. */
#define PATIENCE_S	5
#define LAST_PATIENCE_S 30

struct stream_attempt {
	struct stream *stream; /* NULL: the stream was closed */
	struct addrinfo *found, *at;
	int error; /* of getaddrinfo */
	int result_fd;
	bool in_lookup; /* the thread uses it */
	struct event *connected;
	int fd;
	int reason; /* errno of the last address */
	char service[8];
	char host[];
};

static void attempt_free(struct stream_attempt *a)
{
	if (a->connected)
		event_free(a->connected);
	if (a->fd >= 0)
		close(a->fd);
	if (a->found)
		freeaddrinfo(a->found);
	free(a);
}

/* A lookup cannot be cancelled: when its thread has finished, the result is freed. */
void stream_attempt_free(struct stream *s)
{
	struct stream_attempt *a = s->attempt;

	if (!a)
		return;
	s->attempt = NULL;
	a->stream = NULL;
	if (!a->in_lookup)
		attempt_free(a);
}

static void fail(struct stream *s, enum stream_end end, const char *why)
{
	stream_attempt_free(s);
	stream_report_end(s, end, why);
}

/* ---- connecting */

static void try_next(struct stream_attempt *a);

static void on_connected(evutil_socket_t fd, short what, void *arg)
{
	struct stream_attempt *a = arg;
	struct stream *s = a->stream;
	int error = ETIMEDOUT;
	socklen_t length = sizeof error;

	if (what & EV_WRITE)
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
	event_free(a->connected);
	a->connected = NULL;
	a->fd = -1;
	if (error) {
		close(fd);
		a->reason = error;
		try_next(a);
		return;
	}
	stream_set_wire(s, fd);
	stream_attempt_free(s);
	s->handler->ready(s->owner);
}

static bool begin(struct stream_attempt *a, const struct addrinfo *to)
{
	struct timeval wait = {.tv_sec = to->ai_next ? PATIENCE_S : LAST_PATIENCE_S};

	a->fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (a->fd >= 0 &&
	    (connect(a->fd, to->ai_addr, to->ai_addrlen) == 0 || errno == EINPROGRESS)) {
		a->connected = event_new(a->stream->loop->base, a->fd, EV_WRITE, on_connected, a);
		if (!a->connected)
			die_out_of_memory();
		event_add(a->connected, &wait);
		return true;
	}
	a->reason = errno;
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
	return false;
}

static void try_next(struct stream_attempt *a)
{
	struct stream *s = a->stream;

	while (a->at) {
		const struct addrinfo *to = a->at;

		a->at = to->ai_next;
		if (begin(a, to))
			return;
	}
	fail(s, STREAM_UNREACHED, strerror(a->reason));
}

static void lookup_event(struct stream_attempt *a)
{
	a->in_lookup = false;
	if (!a->stream) {
		attempt_free(a);
		return;
	}
	a->at = a->found;
	if (a->error)
		fail(a->stream, STREAM_NO_NAME, gai_strerror(a->error));
	else
		try_next(a);
}

/* ---- lookup */

static void look_up(struct stream_attempt *a)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

	a->error = getaddrinfo(a->host, a->service, &hints, &a->found);
	/* RFC 6761: the name is valid even if no hosts file and no resolver has it. */
	if (a->error && address_is_loopback(str_of(a->host)))
		a->error = getaddrinfo("127.0.0.1", a->service, &hints, &a->found);
}

static void *lookup_thread(void *arg)
{
	struct stream_attempt *a = arg;
	int to = a->result_fd;

	look_up(a);
	/* Fails after the loop was freed. */
	if (send(to, &a, sizeof a, MSG_NOSIGNAL) != (ssize_t)sizeof a)
		attempt_free(a);
	close(to);
	return NULL;
}

static bool start_thread(struct stream_attempt *a)
{
	pthread_attr_t attributes;
	pthread_t thread;
	bool good;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	good = pthread_create(&thread, &attributes, lookup_thread, a) == 0;
	pthread_attr_destroy(&attributes);
	return good;
}

static void on_lookups(evutil_socket_t fd, short what, void *arg)
{
	struct stream_attempt *a;

	(void)what;
	(void)arg;
	while (recv(fd, &a, sizeof a, MSG_DONTWAIT) == (ssize_t)sizeof a)
		lookup_event(a);
}

/* The pair for the results of lookups is created by the first: servers need none. False if no files
 * are left. */
static bool start_lookups(struct stream_loop *loop)
{
	if (loop->lookup_event)
		return true;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, loop->lookup_pipe) != 0)
		return false;
	loop->lookup_event =
	    event_new(loop->base, loop->lookup_pipe[0], EV_READ | EV_PERSIST, on_lookups, loop);
	if (!loop->lookup_event)
		die_out_of_memory();
	event_add(loop->lookup_event, NULL);
	return true;
}

void stream_lookups_release(struct stream_loop *loop)
{
	if (!loop->lookup_event)
		return;
	event_free(loop->lookup_event);
	/* A thread that finishes after this frees its result itself. */
	shutdown(loop->lookup_pipe[0], SHUT_RDWR);
	on_lookups(loop->lookup_pipe[0], 0, loop);
	close(loop->lookup_pipe[0]);
	close(loop->lookup_pipe[1]);
}

struct stream *stream_connect(struct stream_loop *loop, const char *host, unsigned port,
			      const struct stream_handler *handler, void *owner)
{
	struct stream *s = stream_new(loop, handler, owner);
	size_t bytes = strlen(host) + 1;
	struct stream_attempt *a = alloc_zeroed(1, sizeof *a + bytes);

	memcpy(a->host, host, bytes);
	snprintf(a->service, sizeof a->service, "%u", port & 0xffff);
	a->stream = s;
	a->fd = -1;
	s->attempt = a;
	a->result_fd = start_lookups(loop) ? dup(loop->lookup_pipe[1]) : -1;
	a->in_lookup = true;
	if (a->result_fd >= 0 && start_thread(a))
		return s;
	/* No descriptor or no thread is available: this thread has to wait. */
	a->in_lookup = false;
	look_up(a);
	if (a->result_fd >= 0)
		close(a->result_fd);
	event_active(s->later, 0, 0);
	return s;
}

void stream_attempt_resume(struct stream *s)
{
	lookup_event(s->attempt);
}
