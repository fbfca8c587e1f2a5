/* The queue of arrivals of streams of events: their events become messages; after the end, a stream
 * is opened again, or the end is reported. */
#include "run/listener_private.h"

#include <stdio.h>

#include "run/channels.h"
#include "run/request.h"
#include "run/trace.h"

/* Arrivals in one alarm, before other fibers and sockets are served. */
#define ARRIVALS_PER_ALARM 256u
/* With more bytes than this in the queue, all arrivals are read. */
#define BACKLOG_MAX ((size_t)4 << 20)
/* Memory that is kept after a burst. */
#define QUEUE_KEPT ((size_t)256 * 1024)
/* Limits of the time before a stream is opened again. With 0, a server that is down would get a
 * flood. */
#define RETRY_MIN (100 * NS_PER_MS)
#define RETRY_MAX (3600 * NS_PER_S)

/* In the queue; its bytes follow. */
struct listener_arrival {
	struct listener *l; /* NULL: it was given back meanwhile */
	ns_t at;
	uint64_t wire;
	size_t len, room;
	enum arrival_kind kind;
};

/* ---- the queue */

void listener_put_arrival(struct listener *l, enum arrival_kind kind, struct str bytes, ns_t at)
{
	struct buf *queue = &l->w->listeners->arrived;
	static const char zeros[sizeof(struct listener_arrival)];
	size_t room = (bytes.len + sizeof zeros - 1) / sizeof zeros * sizeof zeros;
	struct listener_arrival head = {.l = l,
					.at = at,
					.wire = l->x->stream_wire,
					.len = bytes.len,
					.room = room,
					.kind = kind};

	buf_add(queue, str_n((const char *)&head, sizeof head));
	buf_add(queue, bytes);
	buf_add(queue, str_n(zeros, room - bytes.len));
	l->queued++;
}

static struct listener_arrival *arrival_at(struct buf *queue, size_t at)
{
	return at < queue->len ? (struct listener_arrival *)(void *)(queue->data + at) : NULL;
}

/* Forgets the arrivals of L, which is given back. */
void listener_forget(struct listener *l)
{
	struct listener_pool *all = l->w->listeners;
	struct buf *queues[] = {&all->read, &all->arrived};

	for (size_t i = 0; i < 2 && l->queued; i++) {
		struct listener_arrival *a;

		for (size_t at = i ? 0 : all->at; (a = arrival_at(queues[i], at));
		     at += sizeof *a + a->room)
			if (a->l == l)
				a->l = NULL;
	}
	l->queued = 0;
}

static struct listener_arrival *next_arrival(struct listener_pool *all)
{
	struct buf empty = all->read;

	if (all->at < all->read.len)
		return arrival_at(&all->read, all->at);
	buf_clear(&empty);
	if (empty.cap > QUEUE_KEPT)
		buf_shrink(&empty, QUEUE_KEPT);
	all->read = all->arrived;
	all->arrived = empty;
	all->at = 0;
	return arrival_at(&all->read, 0);
}

ns_t listener_next_alarm(const struct worker *w)
{
	const struct listener_pool *all = w->listeners;

	if (all->at < all->read.len || all->arrived.len)
		return w->now;
	return all->first_due ? all->first_due->due : NS_NEVER;
}

/* ---- reading */

static bool on_event(void *owner, const struct stream_event *event)
{
	struct listener *l = owner;
	struct channel_message message = {.text = true,
					  .payload = event->data,
					  .event = event->type,
					  .at = l->w->now,
					  .wire = l->unread};

	l->unread = 0;
	channels_message(l->w, &l->pub, &message);
	return !l->is_given_up;
}

static void note_retry(struct listener *l)
{
	int64_t ms = l->parser.retry_ms;

	if (ms < 0)
		return;
	ms = ms > RETRY_MAX / NS_PER_MS ? RETRY_MAX / NS_PER_MS : ms;
	l->retry = ms * NS_PER_MS < RETRY_MIN ? RETRY_MIN : ms * NS_PER_MS;
}

static void read_bytes(struct listener *l, const struct listener_arrival *a, struct str bytes)
{
	l->unread += a->wire - l->wire;
	l->wire = a->wire;
	if (l->is_too_long)
		return;
	if (event_stream_feed(&l->parser, bytes, on_event, l) == EVENT_STREAM_TOO_LONG &&
	    !l->is_given_up) {
		l->is_too_long = true;
		if (!l->is_back)
			l->w->http->ops->cancel(l->w->http, l->x);
	}
	note_retry(l);
}

static void report_end(struct listener *l, const char *why)
{
	struct channel_end end = {.reason = STR(""), .why = why};

	l->state = LISTENER_ENDED;
	channels_closed(l->w, &l->pub, &end);
	if (!l->is_given_up)
		listener_end_exchange(l);
}

/* The end of an open stream. */
static void end_open(struct listener *l)
{
	const char *why = l->is_too_long	 ? "an event is larger than message_limit"
			  : l->result != HTTP_OK ? l->x->error
						 : "the server ended it";

	if (!l->is_too_long)
		event_stream_end(&l->parser, on_event, l);
	if (l->is_given_up)
		return;
	if (l->is_too_long || !l->request->channel->reconnects) {
		report_end(l, why);
		return;
	}
	trace_reconnect(l->w, l->pub.owner, why, l->retry);
	channels_set_online(l->w, &l->pub, false);
	listener_wait_to_reopen(l);
}

/* The class of a response that opens no stream again; FAILURE_CLASS_COUNT: a status 204, with which
 * a server ends the attempts. */
static enum failure_class class_of(const struct exchange *x)
{
	if (x->result != HTTP_OK)
		return request_failure_class(x->result);
	if (x->status == 204)
		return FAILURE_CLASS_COUNT;
	return x->status >= 400 ? FAILURE_status : FAILURE_protocol;
}

/* An attempt to open the stream again was not successful. As in browsers, only errors of the
 * network are tried again. */
static void end_reopening(struct listener *l)
{
	const struct exchange *x = l->x;
	enum failure_class class;
	char why[64];

	listener_remove_due(l);
	listener_set_timed_out(l->x, l->request->timeout);
	class = class_of(x);
	listener_count_reopening(l, class == FAILURE_CLASS_COUNT ? OUTCOME_OK : OUTCOME_FAILED,
				 class);
	if (x->result != HTTP_OK) {
		trace_reconnect(l->w, l->pub.owner, x->error, l->retry);
		listener_wait_to_reopen(l);
		return;
	}
	if (class == FAILURE_CLASS_COUNT)
		snprintf(why, sizeof why, "the server ended it (HTTP 204)");
	else
		snprintf(why, sizeof why, "it was not opened again: HTTP %d", x->status);
	report_end(l, why);
}

static void deliver(struct listener *l, const struct listener_arrival *a, struct str bytes)
{
	switch (a->kind) {
	case ARRIVED_HEAD:
		listener_reopened(l);
		break;
	case ARRIVED_BYTES:
		read_bytes(l, a, bytes);
		break;
	case ARRIVED_END:
		if (l->state == LISTENER_OPEN)
			end_open(l);
		else
			end_reopening(l);
		break;
	}
}

static void read_arrivals(struct worker *w)
{
	struct listener_pool *all = w->listeners;
	struct listener_arrival *a;

	for (unsigned i = 0; (i < ARRIVALS_PER_ALARM || all->read.len > all->at + BACKLOG_MAX) &&
			     (a = next_arrival(all));
	     i++) {
		struct listener *l = a->l;

		/* Its fiber continues first. */
		if (l && l->state == LISTENER_OPENING)
			return;
		all->at += sizeof *a + a->room;
		if (!l)
			continue;
		l->queued--;
		l->in_delivery = true;
		w->now = a->at;
		deliver(l, a, str_n((const char *)(a + 1), a->len));
		l->in_delivery = false;
		if (l->is_given_up && l->state != LISTENER_CLOSING)
			listener_release(l);
	}
}

void listener_alarm(struct worker *w)
{
	ns_t now = w->now;

	read_arrivals(w);
	w->now = now;
	while (w->listeners->first_due && w->listeners->first_due->due <= now)
		listener_due(w->listeners->first_due);
}
