#include "net/loop.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/alloc.h"
#include "base/log.h"
#include "net/loop_event.h"

/* epoll, its timer, a pair for signals, and our eventfd. */
#define BASE_FILES 6

struct event_loop {
	struct loop loop;
	struct event_base *base;
	struct event alarm;
	struct event wake;
	int wake_fd;
	ns_t due;   /* the requested time */
	ns_t armed; /* the time set in libevent: at or before `due`, or NS_NEVER */
};

static struct event_loop *of(struct loop *loop)
{
	return (struct event_loop *)loop;
}

static ns_t event_now(struct loop *loop)
{
	(void)loop;
	return clock_monotonic_ns();
}

static void arm(struct event_loop *l, ns_t due)
{
	ns_t left = due - clock_monotonic_ns();
	/* Rounded up to the next microsecond: an alarm is never early. */
	ns_t us = left > 0 ? (left + NS_PER_US - 1) / NS_PER_US : 0;
	struct timeval tv = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};

	event_add(&l->alarm, &tv);
	l->armed = due;
}

/* An alarm that moves to a later time stays in libevent at its earlier time: one needless wake-up
 * costs less than a change. */
static void event_alarm(struct loop *loop, ns_t due)
{
	struct event_loop *l = of(loop);

	l->due = due;
	if (due < l->armed)
		arm(l, due);
}

static void on_alarm(evutil_socket_t fd, short what, void *arg)
{
	struct event_loop *l = arg;

	(void)fd;
	(void)what;
	l->armed = NS_NEVER;
	if (l->due == NS_NEVER)
		return;
	if (clock_monotonic_ns() < l->due) {
		arm(l, l->due);
		return;
	}
	l->due = NS_NEVER;
	if (l->loop.on_alarm)
		l->loop.on_alarm(l->loop.owner);
}

static void event_wake(struct loop *loop)
{
	uint64_t one = 1;

	while (write(of(loop)->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
		continue;
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct event_loop *l = arg;
	uint64_t count;

	(void)what;
	while (read(fd, &count, sizeof count) < 0 && errno == EINTR)
		continue;
	if (l->loop.on_wake)
		l->loop.on_wake(l->loop.owner);
}

static void event_run(struct loop *loop)
{
	if (event_base_loop(of(loop)->base, EVLOOP_NO_EXIT_ON_EMPTY) < 0)
		BUG("event_base_loop refused to run");
}

static void event_stop(struct loop *loop)
{
	event_base_loopbreak(of(loop)->base);
}

static void event_loop_free(struct loop *loop)
{
	struct event_loop *l = of(loop);

	if (l->armed != NS_NEVER)
		event_del(&l->alarm);
	if (l->wake_fd >= 0) {
		event_del(&l->wake);
		close(l->wake_fd);
	}
	event_base_free(l->base);
	free(l);
}

static const struct loop_ops event_ops = {
    .now = event_now,
    .alarm = event_alarm,
    .wake = event_wake,
    .run = event_run,
    .stop = event_stop,
    .free = event_loop_free,
};

struct event_base *loop_event_base(struct loop *loop)
{
	if (loop->ops != &event_ops)
		BUG("a loop without libevent under it");
	return of(loop)->base;
}

bool loop_event_files_left(void)
{
	int files[BASE_FILES], count = 0;
	bool left;

	while (count < BASE_FILES && (files[count] = eventfd(0, EFD_CLOEXEC)) >= 0)
		count++;
	left = count == BASE_FILES;
	while (count)
		close(files[--count]);
	return left;
}

/* Callbacks before timers and sockets are looked at again. A callback can activate itself, for
 * bytes that TLS has read already; without this limit, a fast server would be served forever. */
#define CALLBACKS_MAX 64

/* Without cached time: alarms are relative to now, not to the last wake-up. */
static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config &&
	    event_config_set_flag(
		config, EVENT_BASE_FLAG_PRECISE_TIMER | EVENT_BASE_FLAG_NO_CACHE_TIME |
			    EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST | EVENT_BASE_FLAG_NOLOCK) == 0 &&
	    event_config_set_max_dispatch_interval(config, NULL, CALLBACKS_MAX, 0) == 0)
		base = event_base_new_with_config(config);
	if (config)
		event_config_free(config);
	return base;
}

struct loop *loop_new(void)
{
	struct event_loop *l = alloc_zeroed(1, sizeof *l);

	l->loop.ops = &event_ops;
	l->due = l->armed = NS_NEVER;
	l->wake_fd = -1;
	l->base = loop_event_files_left() ? new_base() : NULL;
	if (!l->base) {
		free(l);
		return NULL;
	}
	event_assign(&l->alarm, l->base, -1, 0, on_alarm, l);
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (fd < 0) {
		event_loop_free(&l->loop);
		return NULL;
	}
	l->wake_fd = fd;
	event_assign(&l->wake, l->base, fd, EV_READ | EV_PERSIST, on_wake, l);
	event_add(&l->wake, NULL);
	return &l->loop;
}
