#include "run/listener_private.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/units.h"
#include "net/http_cause.h"
#include "run/event_reader.h"
#include "run/request.h"
#include "run/user_lifecycle.h"

/* Before a stream is opened again, if it names no other time: as Chromium. */
#define RETRY_DEFAULT (3 * NS_PER_S)

/* ---- life */

struct listener_pool *listener_pool_new(void)
{
	struct listener_pool *all = alloc_zeroed(1, sizeof *all);

	buf_init(&all->arrived, 0);
	buf_init(&all->read, 0);
	return all;
}

static void free_list(struct listener *l)
{
	struct listener *next;

	for (; l; l = next) {
		next = l->next;
		event_stream_release(&l->parser);
		free(l);
	}
}

void listener_pool_free(struct listener_pool *all)
{
	free_list(all->first);
	free_list(all->spare);
	buf_release(&all->arrived);
	buf_release(&all->read);
	free(all);
}

static const struct channel_ops ops;

static struct listener *acquire(struct worker *w)
{
	struct listener_pool *all = w->listeners;
	struct listener *l = all->spare;
	struct event_stream parser;

	if (l) {
		all->spare = l->next;
	} else {
		l = alloc_zeroed(1, sizeof *l);
		event_stream_init(&l->parser);
	}
	parser = l->parser;
	*l = (struct listener){.pub = {.ops = &ops, .listens = true}, .w = w, .parser = parser};
	l->next = all->first;
	if (l->next)
		l->next->prev = l;
	all->first = l;
	return l;
}

void listener_release(struct listener *l)
{
	struct listener_pool *all = l->w->listeners;

	if (l->prev)
		l->prev->next = l->next;
	else
		all->first = l->next;
	if (l->next)
		l->next->prev = l->prev;
	l->next = all->spare;
	all->spare = l;
}

void listener_end_exchange(struct listener *l)
{
	if (!l->x)
		return;
	l->x->channel = NULL;
	l->w->http->ops->end(l->w->http, l->x);
	l->x = NULL;
}

bool listener_any_closing(const struct worker *w)
{
	return w->listeners->closing > 0;
}

/* ---- opening, by a fiber */

void listener_start(struct worker *w, struct fiber *f)
{
	const struct channel_step *plan = f->request->channel;
	struct listener *l = f->listener ? f->listener : acquire(w);

	f->listener = l;
	l->x = f->exchange;
	l->request = f->request;
	l->state = LISTENER_OPENING;
	l->streams = l->is_back = false;
	l->retry = RETRY_DEFAULT;
	event_stream_begin(&l->parser, plan->ndjson, plan->message_max);
	if (f->deadline)
		worker_set_timer(w, f, f->deadline);
}

bool listener_begins(struct worker *w, struct exchange *x, ns_t now)
{
	struct fiber *f = x->owner;
	struct listener *l = f ? f->listener : listener_of(x->channel);

	l->begun = now;
	l->line = 0;
	l->streams = x->status / 100 == 2 && x->status != 204 &&
		     event_reader_is_stream(x, l->request->channel->ndjson);
	if (!l->streams)
		return false;
	if (!f) {
		listener_put_arrival(l, ARRIVED_HEAD, STR(""), now);
	} else if (f->state == FIBER_IN_FLIGHT) {
		timers_remove(&w->timers, f);
		worker_set_timer(w, f, now);
	}
	return true;
}

/* A line longer than this cannot be part of an event of the allowed size: the name of its field is
 * short. */
#define LINE_EXTRA 64u

/* Events are read later, by an alarm; without this, a response that decompresses to a line without
 * end would fill the memory until then. */
static bool is_endless(struct listener *l, struct str bytes)
{
	size_t end = bytes.len;

	while (end > 0 && bytes.ptr[end - 1] != '\n' && bytes.ptr[end - 1] != '\r')
		end--;
	l->line = end ? bytes.len - end : l->line + bytes.len;
	return l->line > l->parser.max && l->line - l->parser.max > LINE_EXTRA;
}

bool listener_bytes(struct worker *w, struct exchange *x, struct str bytes, ns_t now)
{
	const struct fiber *f = x->owner;
	struct listener *l = f ? f->listener : listener_of(x->channel);

	(void)w;
	if (l->state == LISTENER_CLOSING || l->is_too_long)
		return true;
	listener_put_arrival(l, ARRIVED_BYTES, bytes, now);
	return !is_endless(l, bytes);
}

void listener_timer_due(struct worker *w, struct fiber *f)
{
	const struct listener *l = f->listener;
	struct exchange *x = f->exchange;

	if (!l->streams && w->now < f->deadline) {
		worker_set_timer(w, f, f->deadline);
		return;
	}
	if (!l->streams) {
		w->http->ops->stop(w->http, x);
		return;
	}
	w->http->ops->note_head(x);
	request_done(w, x);
}

/* X was stopped before its response began. */
void listener_set_timed_out(struct exchange *x, ns_t timeout)
{
	struct buf text;

	if (x->status || x->result != HTTP_OK)
		return;
	buf_init(&text, 0);
	units_put_duration(&text, timeout);
	buf_add_char(&text, '\0');
	http_cause_set(x, HTTP_CAUSE_no_response, text.data);
	buf_release(&text);
}

void listener_stop(struct worker *w, struct fiber *f)
{
	struct listener *l = f->listener;
	struct exchange *x = f->exchange;

	timers_remove(&w->timers, f);
	if (!l->streams) {
		listener_set_timed_out(x, f->request->timeout);
		return;
	}
	/* A stream that has ended already, or was lost, was opened nevertheless. */
	x->result = HTTP_OK;
	x->times.done = l->begun;
	x->times.receive = 0;
}

void listener_offer(struct fiber *f)
{
	if (f->listener->streams)
		f->exchange->channel = &f->listener->pub;
}

void listener_put_refusal(const struct fiber *f, struct buf *out)
{
	event_reader_put_type(f->exchange, f->request->channel->ndjson, out);
}

void listener_leave(struct worker *w, struct fiber *f)
{
	struct listener *l = f->listener;

	f->listener = NULL;
	f->exchange->channel = NULL;
	listener_forget(l);
	if (!l->streams || l->is_back || f->state == FIBER_CANCELLING) {
		listener_release(l);
		return;
	}
	l->state = LISTENER_CLOSING;
	l->x->owner = NULL;
	l->x->channel = &l->pub;
	w->listeners->closing++;
	w->http->ops->cancel(w->http, l->x);
}

/* ---- functions for the owner */

static void take(struct channel *channel)
{
	struct listener *l = listener_of(channel);
	struct fiber *f = l->x->owner;

	f->listener = NULL;
	l->state = LISTENER_OPEN;
	l->lines = l->x->header_text.len;
	l->x->owner = NULL;
	l->x->channel = channel;
	if (l->is_back)
		listener_put_arrival(l, ARRIVED_END, STR(""), l->ended);
}

static enum channel_sent send(struct channel *channel, bool text, struct str payload,
			      uint64_t *wire)
{
	(void)channel;
	(void)text;
	(void)payload;
	(void)wire;
	return CHANNEL_ONLY_RECEIVES;
}

static void give_up(struct channel *channel, unsigned code, struct str reason)
{
	struct listener *l = listener_of(channel);
	struct worker *w = l->w;
	bool runs =
	    l->x && !l->is_back && (l->state == LISTENER_OPEN || l->state == LISTENER_REOPENING);

	(void)code;
	(void)reason;
	listener_forget(l);
	listener_remove_due(l);
	if (l->state == LISTENER_REOPENING)
		listener_count_reopening(l, OUTCOME_CUT_OFF, FAILURE_CLASS_COUNT);
	l->pub.owner = NULL;
	l->is_given_up = true;
	if (runs) {
		l->state = LISTENER_CLOSING;
		w->listeners->closing++;
		if (!l->is_too_long)
			w->http->ops->cancel(w->http, l->x);
		return;
	}
	listener_end_exchange(l);
	if (!l->in_delivery)
		listener_release(l);
}

static const struct channel_ops ops = {.take = take, .send = send, .close = give_up};

bool listener_done(struct worker *w, struct exchange *x)
{
	struct fiber *f = x->owner;
	struct listener *l = f ? f->listener : listener_of(x->channel);

	if (l) {
		l->is_back = true;
		l->ended = x->times.done;
		l->result = x->result;
	}
	if (f)
		return false;
	if (l->state != LISTENER_CLOSING) {
		listener_put_arrival(l, ARRIVED_END, STR(""), x->times.done);
		return true;
	}
	w->listeners->closing--;
	listener_end_exchange(l);
	listener_release(l);
	user_lifecycle_end_if_empty(w);
	return true;
}
