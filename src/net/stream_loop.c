#include <stdlib.h>

#include "base/log.h"
#include "base/alloc.h"
#include "net/loop_event.h"
#include "net/stream_private.h"

struct stream_timer {
	struct event *event;
	void (*fn)(void *arg);
	void *arg;
};

struct stream_watch {
	struct event *event;
	void (*fn)(void *arg);
	void *arg;
};

static void *checked(void *memory)
{
	if (!memory)
		die_out_of_memory();
	return memory;
}

/* ---- the loop */

/* A stream may be closed inside its own callbacks, so its memory is freed one turn later. */
static void free_closed(evutil_socket_t fd, short what, void *arg)
{
	struct stream_loop *loop = arg;
	struct stream *s;

	(void)fd;
	(void)what;
	while ((s = loop->closed)) {
		loop->closed = s->next;
		stream_free(s);
	}
}

static struct event_base *new_base(void)
{
	struct event_config *config = checked(event_config_new());
	struct event_base *base;

	event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

struct stream_loop *stream_loop_new(void)
{
	struct stream_loop *loop;

	if (!loop_event_files_left())
		return NULL;
	loop = alloc_zeroed(1, sizeof *loop);
	loop->base = checked(new_base());
	loop->free_closed = checked(event_new(loop->base, -1, 0, free_closed, loop));
	return loop;
}

void stream_loop_free(struct stream_loop *loop)
{
	if (!loop)
		return;
	while (loop->streams)
		stream_close(loop->streams);
	free_closed(-1, 0, loop);
	stream_lookups_release(loop);
	event_free(loop->free_closed);
	event_base_free(loop->base);
	free(loop);
}

void stream_loop_run(struct stream_loop *loop)
{
	event_base_dispatch(loop->base);
}

void stream_loop_stop(struct stream_loop *loop)
{
	event_base_loopbreak(loop->base);
}

/* ---- timers */

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct stream_timer *timer = arg;

	(void)fd;
	(void)what;
	timer->fn(timer->arg);
}

struct stream_timer *stream_loop_timer_new(struct stream_loop *loop, void (*fn)(void *arg),
					   void *arg)
{
	struct stream_timer *timer = alloc_zeroed(1, sizeof *timer);

	timer->fn = fn;
	timer->arg = arg;
	timer->event = checked(event_new(loop->base, -1, 0, on_timer, timer));
	return timer;
}

void stream_loop_timer_set(struct stream_timer *timer, ns_t delay)
{
	struct timeval wait = {.tv_sec = (time_t)(delay / NS_PER_S),
			       .tv_usec = (suseconds_t)(delay % NS_PER_S / NS_PER_US)};

	event_add(timer->event, &wait);
}

void stream_loop_timer_free(struct stream_timer *timer)
{
	if (!timer)
		return;
	event_free(timer->event);
	free(timer);
}

/* ---- descriptors and signals */

static void on_watch(evutil_socket_t fd, short what, void *arg)
{
	struct stream_watch *watch = arg;

	(void)fd;
	(void)what;
	watch->fn(watch->arg);
}

static struct stream_watch *watch_new(struct stream_loop *loop, int number, short what,
				      void (*fn)(void *arg), void *arg)
{
	struct stream_watch *watch = alloc_zeroed(1, sizeof *watch);

	watch->fn = fn;
	watch->arg = arg;
	watch->event =
	    checked(event_new(loop->base, number, (short)(what | EV_PERSIST), on_watch, watch));
	if (event_add(watch->event, NULL) == 0)
		return watch;
	stream_loop_watch_free(watch);
	return NULL;
}

struct stream_watch *stream_loop_watch_new(struct stream_loop *loop, int fd, void (*fn)(void *arg),
					   void *arg)
{
	return watch_new(loop, fd, EV_READ, fn, arg);
}

struct stream_watch *stream_loop_watch_signal(struct stream_loop *loop, int number,
					      void (*fn)(void *arg), void *arg)
{
	return watch_new(loop, number, EV_SIGNAL, fn, arg);
}

void stream_loop_watch_free(struct stream_watch *watch)
{
	if (!watch)
		return;
	event_free(watch->event);
	free(watch);
}
