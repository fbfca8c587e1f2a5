/*
 * The event loop of one worker thread, as the worker sees it: time, one alarm, wake-ups from other
 * threads, run and stop. The real one (net/loop.c) is libevent with a precise timer; a test uses
 * one with virtual time. All functions except loop_wake belong to the thread that runs the loop.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "base/clock.h"

struct loop;

struct loop_ops {
	ns_t (*now)(
	    struct loop *loop); /* monotonic; read once per wake-up by the caller if it can */
	/* Calls ON_ALARM at or just after DUE; a later call replaces an earlier one; NS_NEVER
	 * cancels it. */
	void (*alarm)(struct loop *loop, ns_t due);
	/* From any thread: calls ON_WAKE soon, on the loop's own thread. Several wake-ups may be
	 * merged into one. */
	void (*wake)(struct loop *loop);
	void (*run)(struct loop *loop); /* until stop */
	void (*stop)(struct loop *loop);
	void (*free)(struct loop *loop);
};

/* First member of every implementation. */
struct loop {
	const struct loop_ops *ops;
	void (*on_alarm)(void *owner);
	void (*on_wake)(void *owner);
	void *owner;
};

/* The libevent loop: EVENT_BASE_FLAG_PRECISE_TIMER, epoll changelist. NULL when the system refuses.
 */
struct loop *loop_new(void);

#endif
