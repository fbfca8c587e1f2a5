#include "run/timers.h"

#include <stdlib.h>

#include "base/log.h"
#include "run/strand.h"

#define ARITY 4u

void timers_init(struct timers *t, size_t count)
{
	*t = (struct timers){.cap = count < 64 ? 64 : count};
	t->items = malloc(t->cap * sizeof(*t->items));
	if (!t->items)
		die_out_of_memory();
}

void timers_release(struct timers *t)
{
	free(t->items);
	*t = (struct timers){0};
}

static bool is_before(const struct timer *a, const struct timer *b)
{
	return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static void put(struct timers *t, size_t place, struct timer timer)
{
	t->items[place] = timer;
	timer.strand->timer = (uint32_t)place + 1;
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

void timers_add(struct timers *t, struct strand *strand, ns_t due)
{
	if (strand->timer)
		BUG("a strand waits for two moments");
	if (t->count == t->cap) {
		t->cap *= 2;
		t->items = realloc(t->items, t->cap * sizeof(*t->items));
		if (!t->items)
			die_out_of_memory();
	}
	t->count++;
	rise(t, t->count - 1, (struct timer){due, t->order++, strand});
}

void timers_remove(struct timers *t, struct strand *strand)
{
	size_t place = strand->timer;
	struct timer last;

	if (!place)
		return;
	place--;
	strand->timer = 0;
	last = t->items[--t->count];
	if (last.strand == strand)
		return;
	if (place && is_before(&last, &t->items[(place - 1) / ARITY]))
		rise(t, place, last);
	else
		sink(t, place, last);
}

struct strand *timers_pop(struct timers *t, ns_t now)
{
	struct strand *strand;

	if (!t->count || t->items[0].due > now)
		return NULL;
	strand = t->items[0].strand;
	timers_remove(t, strand);
	return strand;
}
