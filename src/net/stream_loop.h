/*
 * The event loop of the streams of net/stream.h: timers, signals, descriptors, listening sockets.
 * One thread creates it, runs it and frees it; all callbacks run on that thread. Objects created on
 * it must be freed before it, except streams, which it closes itself.
 */
#ifndef NET_STREAM_LOOP_H
#define NET_STREAM_LOOP_H

#include "base/clock.h"

struct stream_loop;
struct stream_timer;
struct stream_watch;

/* NULL: this process cannot open more files. */
struct stream_loop *stream_loop_new(void);
/* NULL is fine. */
void stream_loop_free(struct stream_loop *loop);
/* Until stream_loop_stop. */
void stream_loop_run(struct stream_loop *loop);
void stream_loop_stop(struct stream_loop *loop);

/* A timer that is not set yet. */
struct stream_timer *stream_loop_timer_new(struct stream_loop *loop, void (*fn)(void *arg),
					   void *arg);
/* Fires once, after DELAY; a later call replaces an earlier one. */
void stream_loop_timer_set(struct stream_timer *timer, ns_t delay);
void stream_loop_timer_free(struct stream_timer *timer);

/* Calls FN each time FD is readable. The caller owns the descriptor. NULL if it cannot be watched
 * (a regular file). */
struct stream_watch *stream_loop_watch_new(struct stream_loop *loop, int fd, void (*fn)(void *arg),
					   void *arg);
/* Calls FN each time the signal arrives; at most one watch per signal. */
struct stream_watch *stream_loop_watch_signal(struct stream_loop *loop, int number,
					      void (*fn)(void *arg), void *arg);
void stream_loop_watch_free(struct stream_watch *watch);

#endif
