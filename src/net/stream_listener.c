#include "net/stream_listener.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/listen.h"
#include "net/stream_private.h"

/* Files that stay free for name lookups, logs and other files of this process. */
#define FILES_RESERVED	    16
#define CONNECTIONS_MAX	    1000000
#define FILES_OF_A_RUN	    64 /* without its users */
#define VISITORS_MIN	    2
#define VISITORS_MAX	    64
#define FILES_PER_VISITOR   64
#define LOOK_EVERY_US	    20000
#define LINGER_WHEN_FULL_NS NS_PER_S

struct stream_listener {
	struct stream_loop *loop;
	struct stream_listener_config config;
	struct event *event, *look;
	int fd;
	unsigned port, max, count;
	bool paused, warned;
};

static uint64_t files_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > CONNECTIONS_MAX)
		return CONNECTIONS_MAX;
	return limit.rlim_cur;
}

unsigned stream_listener_visitors_max(uint64_t files)
{
	uint64_t limit = files_limit(), others = FILES_OF_A_RUN + files, max;

	if (!files)
		max = limit / FILES_PER_VISITOR;
	else
		max = limit > others ? (limit - others) / 4 : 0;
	if (max < VISITORS_MIN)
		return VISITORS_MIN;
	return max > VISITORS_MAX ? VISITORS_MAX : (unsigned)max;
}

/* Descriptors are given out from the lowest, so FD is about the number of files in use. */
static unsigned default_max(int fd, unsigned files_each)
{
	uint64_t limit = files_limit(), used = (uint64_t)fd + 1 + FILES_RESERVED;

	return limit > used + files_each ? (unsigned)((limit - used) / files_each) : 1;
}

/* ---- pause */

static void pause_accepting(struct stream_listener *l, bool out_of_files)
{
	struct timeval wait = {.tv_usec = LOOK_EVERY_US};

	if (!l->warned && out_of_files)
		log_warning("%s: this process cannot open more files (ulimit -n); new connections "
			    "have to wait",
			    l->config.name);
	else if (!l->warned)
		log_warning("%s: all %u connections are in use; new ones have to wait",
			    l->config.name, l->max);
	l->warned = true;
	l->paused = true;
	event_del(l->event);
	event_add(l->look, &wait);
}

/* Streams that only wait for the other side to close. */
static void end_lingering(struct stream_listener *l)
{
	ns_t now = clock_monotonic_ns();
	struct stream *next;

	for (struct stream *s = l->loop->streams; s; s = next) {
		next = s->next;
		if (s->listener == l && s->finishing && !stream_unsent(s) &&
		    now - s->finishing_since > LINGER_WHEN_FULL_NS)
			stream_close(s);
	}
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
	struct timeval wait = {.tv_usec = LOOK_EVERY_US};
	struct stream_listener *l = arg;

	(void)fd;
	(void)what;
	if (!l->paused)
		return;
	if (l->count < l->max) {
		l->paused = false;
		event_add(l->event, NULL);
		return;
	}
	end_lingering(l);
	l->config.make_room(l->config.owner);
	event_add(l->look, &wait);
}

void stream_listener_released(struct stream_listener *listener)
{
	listener->count--;
	if (listener->paused)
		event_active(listener->look, 0, 0);
}

/* ---- accepting */

static void on_connection(evutil_socket_t fd, short what, void *arg)
{
	struct stream_listener *l = arg;
	int accepted = -1;

	(void)what;
	if (l->count >= l->max) {
		pause_accepting(l, false);
		return;
	}
	while (l->count < l->max &&
	       (accepted = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
		l->config.accept(l->config.owner, accepted);
	if (accepted < 0 &&
	    (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
		pause_accepting(l, true);
		l->config.make_room(l->config.owner);
	}
}

struct stream *stream_listener_accept(struct stream_listener *listener, int fd,
				      const struct stream_handler *handler, void *owner)
{
	struct stream *s = stream_open(listener->loop, fd, handler, owner);

	s->listener = listener;
	listener->count++;
	return s;
}

struct stream_listener *stream_listener_open(struct stream_loop *loop,
					     const struct stream_listener_config *config,
					     struct buf *error)
{
	int fd = listen_on(config->host, config->port, error);
	struct stream_listener *l;

	if (fd < 0)
		return NULL;
	l = alloc_zeroed(1, sizeof *l);
	*l = (struct stream_listener){.loop = loop, .config = *config, .fd = fd};
	l->port = listen_port(fd);
	l->max = config->connections_max
		     ? config->connections_max
		     : default_max(fd, config->files_each ? config->files_each : 1);
	l->event = event_new(loop->base, fd, EV_READ | EV_PERSIST, on_connection, l);
	l->look = event_new(loop->base, -1, 0, on_look, l);
	if (!l->event || !l->look || event_add(l->event, NULL))
		die_out_of_memory();
	return l;
}

static void forget(struct stream *streams, const struct stream_listener *l)
{
	for (; streams; streams = streams->next)
		if (streams->listener == l)
			streams->listener = NULL;
}

void stream_listener_close(struct stream_listener *listener)
{
	if (!listener)
		return;
	forget(listener->loop->streams, listener);
	forget(listener->loop->closed, listener);
	event_free(listener->event);
	event_free(listener->look);
	close(listener->fd);
	free(listener);
}

unsigned stream_listener_port(const struct stream_listener *listener)
{
	return listener->port;
}

bool stream_listener_is_full(const struct stream_listener *listener)
{
	return listener->paused;
}
