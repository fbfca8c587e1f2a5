/*
 * A loop that keeps virtual time: nothing waits, the clock jumps to the next alarm or the next
 * posted event. Events with the same time are handled in the order in which they were posted.
 */
#ifndef FAKE_LOOP_H
#define FAKE_LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include "net/loop.h"

struct fake_event {
	ns_t at;
	void (*call)(void *owner);
	void *owner;
};

struct fake_loop {
	struct loop loop;
	ns_t now, alarm;
	struct fake_event *events;
	size_t count, cap;
	bool stopped, woken;
	ns_t alarm_over;      /* end of the last alarm's handler */
	unsigned long alarms; /* number of times the alarm was set */
};

void fake_loop_init(struct fake_loop *l, ns_t now);
void fake_loop_release(struct fake_loop *l);
/* Calls CALL when the clock reaches AT. */
void fake_loop_post(struct fake_loop *l, ns_t at, void (*call)(void *owner), void *owner);

#endif
