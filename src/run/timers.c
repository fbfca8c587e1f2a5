#include "run/timers.h"

#include <stdlib.h>

#include "base/log.h"
#include "run/fiber.h"

#define ARITY 4u

static void *grown(void *old, size_t count, size_t bytes)
{
	void *grown = realloc(old, count * bytes);

	if (!grown)
		die_out_of_memory();
	return grown;
}

/* All three arrays have CAP entries; the ids of the new part are free. */
static void set_cap(struct timers *t, size_t cap)
{
	t->items = grown(t->items, cap, sizeof(*t->items));
	t->places = grown(t->places, cap, sizeof(*t->places));
	t->free_ids = grown(t->free_ids, cap, sizeof(*t->free_ids));
	for (size_t id = cap; id > t->cap; id--)
		t->free_ids[t->free_count++] = (uint32_t)id - 1;
	t->cap = cap;
}

void timers_init(struct timers *t, size_t count)
{
	*t = (struct timers){.count = 0};
	set_cap(t, count < 64 ? 64 : count);
}

void timers_release(struct timers *t)
{
	free(t->items);
	free(t->places);
	free(t->free_ids);
	*t = (struct timers){0};
}

static bool is_before(const struct timer *a, const struct timer *b)
{
	return a->due != b->due ? a->due < b->due : (int32_t)(a->order - b->order) < 0;
}

static void put(struct timers *t, size_t place, struct timer timer)
{
	t->items[place] = timer;
	t->places[timer.id] = (uint32_t)place;
}

static void rise(struct timers *t, size_t place, struct timer timer)
{
	while (place) {
		size_t above = (place - 1) / ARITY;

		if (!is_before(&timer, &t->items[above]))
			break;
		put(t, place, t->items[above]);
		place = above;
	}
	put(t, place, timer);
}

static void sink(struct timers *t, size_t place, struct timer timer)
{
	for (;;) {
		size_t first = place * ARITY + 1, last = first + ARITY, best = first;

		if (first >= t->count)
			break;
		if (last > t->count)
			last = t->count;
		for (size_t i = first + 1; i < last; i++)
			if (is_before(&t->items[i], &t->items[best]))
				best = i;
		if (!is_before(&t->items[best], &timer))
			break;
		put(t, place, t->items[best]);
		place = best;
	}
	put(t, place, timer);
}

void timers_add(struct timers *t, struct fiber *fiber, ns_t due)
{
	uint32_t id;

	if (fiber->timer)
		BUG("a fiber has two timers");
	if (t->count == t->cap)
		set_cap(t, t->cap * 2);
	id = t->free_ids[--t->free_count];
	fiber->timer = id + 1;
	t->count++;
	rise(t, t->count - 1,
	     (struct timer){.due = due, .fiber = fiber, .order = t->order++, .id = id});
}

void timers_remove(struct timers *t, struct fiber *fiber)
{
	struct timer last;
	uint32_t id;
	size_t place;

	if (!fiber->timer)
		return;
	id = fiber->timer - 1;
	place = t->places[id];
	fiber->timer = 0;
	t->free_ids[t->free_count++] = id;
	last = t->items[--t->count];
	if (place == t->count)
		return;
	if (place && is_before(&last, &t->items[(place - 1) / ARITY]))
		rise(t, place, last);
	else
		sink(t, place, last);
}

struct fiber *timers_pop(struct timers *t, ns_t now)
{
	struct fiber *fiber;

	if (!t->count || t->items[0].due > now)
		return NULL;
	fiber = t->items[0].fiber;
	timers_remove(t, fiber);
	return fiber;
}
