/*
 * The deadlines of parked fibers: a 4-ary heap on the worker's one alarm. Each fiber is in it at
 * most once and knows its position, so removing one costs as little as adding one. Equal deadlines
 * are returned in the order in which they were added. Belongs to one worker; grows by doubling.
 */
#ifndef RUN_TIMERS_H
#define RUN_TIMERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct fiber;

struct timer {
	ns_t due;
	struct fiber *fiber;
	uint32_t order; /* of insertion, among equals */
	uint32_t id;	/* into `places` */
};

struct timers {
	struct timer *items;
	size_t count, cap;
	/* The position of each timer in the heap: dense, so that moving one does not touch its cold
	 * fiber. */
	uint32_t *places;
	uint32_t *free_ids;
	size_t free_count;
	uint32_t order;
};

/* Room for COUNT fibers; grows if there are more. */
void timers_init(struct timers *t, size_t count);
void timers_release(struct timers *t);
/* The fiber must not be in it. */
void timers_add(struct timers *t, struct fiber *fiber, ns_t due);
/* Does nothing if the fiber is not in it. */
void timers_remove(struct timers *t, struct fiber *fiber);
/* When the next timer is due; NS_NEVER if there is none. */
static inline ns_t timers_next(const struct timers *t)
{
	return t->count ? t->items[0].due : NS_NEVER;
}
/* Removes and returns the fiber that is due first, at or before NOW; NULL if none is. */
struct fiber *timers_pop(struct timers *t, ns_t now);

#endif
