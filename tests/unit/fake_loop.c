#include "fake_loop.h"

#include <stdlib.h>

#include "base/log.h"

static struct fake_loop *of(struct loop *loop)
{
	return (struct fake_loop *)(void *)loop;
}

static ns_t fake_now(struct loop *loop)
{
	return of(loop)->now;
}

static void fake_alarm(struct loop *loop, ns_t due)
{
	of(loop)->alarm = due;
	of(loop)->alarms++;
}

static void fake_wake(struct loop *loop)
{
	of(loop)->woken = true;
}

static void fake_stop(struct loop *loop)
{
	of(loop)->stopped = true;
}

static void fake_free(struct loop *loop)
{
	fake_loop_release(of(loop));
}

static size_t earliest(const struct fake_loop *l)
{
	size_t best = 0;

	for (size_t i = 1; i < l->count; i++)
		if (l->events[i].at < l->events[best].at)
			best = i;
	return best;
}

static void advance(struct fake_loop *l, ns_t to)
{
	if (to > l->now)
		l->now = to;
}

/* Events are handled in the order of their times; an alarm that is always late cannot starve them.
 */
static bool is_events_turn(const struct fake_loop *l, ns_t at)
{
	return at <= l->alarm || at <= l->alarm_over;
}

static void step(struct fake_loop *l)
{
	size_t next = l->count ? earliest(l) : 0;

	if (l->woken) {
		l->woken = false;
		l->loop.on_wake(l->loop.owner);
	} else if (l->count && is_events_turn(l, l->events[next].at)) {
		struct fake_event event = l->events[next];

		l->count--;
		for (size_t i = next; i < l->count; i++)
			l->events[i] = l->events[i + 1];
		advance(l, event.at);
		event.call(event.owner);
	} else if (l->alarm != NS_NEVER) {
		ns_t due = l->alarm;

		l->alarm = NS_NEVER;
		advance(l, due);
		l->loop.on_alarm(l->loop.owner);
		l->alarm_over = l->now;
	} else {
		BUG("the loop would wait for ever");
	}
}

static void fake_run(struct loop *loop)
{
	struct fake_loop *l = of(loop);

	l->stopped = false;
	while (!l->stopped)
		step(l);
}

static const struct loop_ops ops = {
    .now = fake_now,
    .alarm = fake_alarm,
    .wake = fake_wake,
    .run = fake_run,
    .stop = fake_stop,
    .free = fake_free,
};

void fake_loop_init(struct fake_loop *l, ns_t now)
{
	*l = (struct fake_loop){.loop = {.ops = &ops}, .now = now, .alarm = NS_NEVER};
}

void fake_loop_release(struct fake_loop *l)
{
	free(l->events);
	l->events = NULL;
	l->count = l->cap = 0;
}

void fake_loop_post(struct fake_loop *l, ns_t at, void (*call)(void *owner), void *owner)
{
	if (l->count == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		l->events = realloc(l->events, l->cap * sizeof(*l->events));
		if (!l->events)
			die_out_of_memory();
	}
	l->events[l->count++] = (struct fake_event){at, call, owner};
}
