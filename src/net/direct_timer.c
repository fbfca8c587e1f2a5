#include <stdlib.h>

#include "base/log.h"
#include "net/client_private.h"

/*
 * The deadlines of the exchanges of a client: a binary heap, because limits differ from step to
 * step. The timer of the loop is only moved to an earlier time; it may fire without effect and then
 * waits for the next deadline. So a request costs no call to libevent.
 */

static void place(struct direct *d, size_t at, struct client_exchange *x)
{
	d->timers[at] = x;
	x->direct.timer = at;
}

static void move_up(struct direct *d, size_t at, struct client_exchange *x)
{
	for (; at > 1 && d->timers[at / 2]->direct.deadline > x->direct.deadline; at /= 2)
		place(d, at, d->timers[at / 2]);
	place(d, at, x);
}

static void move_down(struct direct *d, size_t at, struct client_exchange *x)
{
	for (size_t child; (child = 2 * at) <= d->timer_count; at = child) {
		if (child < d->timer_count &&
		    d->timers[child + 1]->direct.deadline < d->timers[child]->direct.deadline)
			child++;
		if (d->timers[child]->direct.deadline >= x->direct.deadline)
			break;
		place(d, at, d->timers[child]);
	}
	place(d, at, x);
}

static void remove_timer(struct direct *d, struct client_exchange *x)
{
	size_t at = x->direct.timer;
	struct client_exchange *last = d->timers[d->timer_count--];

	x->direct.timer = 0;
	if (last == x)
		return;
	move_down(d, at, last);
	move_up(d, last->direct.timer, last);
}

static void add_timer(struct direct *d, struct client_exchange *x)
{
	if (d->timer_count + 1 >= d->timer_cap) {
		d->timer_cap = d->timer_cap ? 2 * d->timer_cap : 64;
		d->timers = realloc(d->timers, d->timer_cap * sizeof(struct client_exchange *));
		if (!d->timers)
			die_out_of_memory();
	}
	move_up(d, ++d->timer_count, x);
}

static void arm(struct direct *d, ns_t due)
{
	ns_t now, us;

	if (due >= d->timer_due)
		return;
	now = clock_monotonic_ns();
	us = due > now ? (due - now) / NS_PER_US + 1 : 1;
	struct timeval tv = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
	event_add(&d->timer, &tv);
	d->timer_due = due;
}

void direct_timer_set(struct client_exchange *x, ns_t deadline)
{
	struct direct *d = &x->client->direct;

	if (x->direct.timer)
		remove_timer(d, x);
	x->direct.deadline = deadline;
	if (deadline == NS_NEVER)
		return;
	add_timer(d, x);
	arm(d, deadline);
}

static void expire(struct client_exchange *x, ns_t now)
{
	struct direct_exchange *d = &x->direct;
	ns_t whole = client_deadline(x);

	if (now >= whole || now >= d->connect_until) {
		client_failure_set_time_is_up(x);
		direct_fail(x);
	} else if (now >= d->race_at) {
		direct_race(x);
	}
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;
	struct direct *d = &c->direct;
	ns_t now = clock_monotonic_ns();

	(void)fd;
	(void)what;
	d->timer_due = NS_NEVER;
	client_turn_begin(c);
	while (d->timer_count && d->timers[1]->direct.deadline <= now)
		expire(d->timers[1], now);
	client_turn_end(c);
	if (d->timer_count)
		arm(d, d->timers[1]->direct.deadline);
}

void direct_timers_init(struct client *c)
{
	c->direct.timer_due = NS_NEVER;
	event_assign(&c->direct.timer, c->base, -1, 0, on_timer, c);
}

void direct_timers_free(struct client *c)
{
	event_del(&c->direct.timer);
	free(c->direct.timers);
}
