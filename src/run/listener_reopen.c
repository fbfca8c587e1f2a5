/* Streams of events that are opened again after their end, as the WHATWG HTML standard describes
 * for EventSource (section 9.2.3). */
#include "run/listener_private.h"

#include "run/channels.h"
#include "run/event_reader.h"
#include "run/live_secrets.h"
#include "run/request.h"

/* ---- times */

void listener_remove_due(struct listener *l)
{
	struct listener_pool *all = l->w->listeners;

	if (!l->is_due)
		return;
	l->is_due = false;
	if (l->prev_due)
		l->prev_due->next_due = l->next_due;
	else
		all->first_due = l->next_due;
	if (l->next_due)
		l->next_due->prev_due = l->prev_due;
	else
		all->last_due = l->prev_due;
}

/* Most have the same delay, so the place is near the end. */
static void add_due(struct listener *l, ns_t due)
{
	struct listener_pool *all = l->w->listeners;
	struct listener *before = all->last_due;

	while (before && before->due > due)
		before = before->prev_due;
	l->due = due;
	l->is_due = true;
	l->prev_due = before;
	l->next_due = before ? before->next_due : all->first_due;
	if (before)
		before->next_due = l;
	else
		all->first_due = l;
	if (l->next_due)
		l->next_due->prev_due = l;
	else
		all->last_due = l;
}

/* ---- opening again */

static const struct user *user_of(const struct listener *l)
{
	const struct user_channel *k = l->pub.owner;

	return k->user;
}

static bool is_measured(const struct listener *l)
{
	const struct user *u = user_of(l);

	return !l->request->unmeasured && l->w->fixture == FIXTURE_NONE &&
	       worker_is_after_warm_up(l->w, u, l->x->times.sent);
}

static unsigned series_of(const struct listener *l)
{
	return l->w->plan->requests[l->request->index].series;
}

static void note_failure(struct listener *l, enum failure_class class)
{
	struct worker *w = l->w;
	const struct user *u = user_of(l);
	const struct exchange *x = l->x;
	struct failure_note note = {.class = class,
				    .detail = class == FAILURE_status ? (unsigned)x->status : 0,
				    .series = series_of(l),
				    .at = w->plan->requests[l->request->index].at,
				    .when = w->now - w->measured,
				    .user = u->number + 1,
				    .iteration = u->iteration};
	struct buf text;

	buf_init(&text, 0);
	buf_add(&text, STR("the stream was not opened again: "));
	if (x->result != HTTP_OK)
		buf_add(&text, str_of(x->error));
	else if (x->status / 100 != 2 || x->status == 204)
		buf_printf(&text, "HTTP %d", x->status);
	else
		event_reader_put_type(x, l->request->channel->ndjson, &text);
	live_secrets_mask(w, u->fiber, &text);
	recorder_failure(&w->recorder, &note, buf_str(&text));
	buf_release(&text);
}

/* An attempt to open L again is a request of its step. */
void listener_count_reopening(struct listener *l, enum outcome outcome, enum failure_class class)
{
	struct exchange *x = l->x;
	ns_t done = l->streams ? l->begun : l->w->now;
	struct sample sample = {.outcome = outcome,
				.class = outcome == OUTCOME_FAILED ? class : FAILURE_reset,
				.kind = SAMPLE_HANDSHAKE,
				.status = (uint16_t)x->status,
				.response = done - x->times.sent,
				.service = done - x->times.sent,
				.dns = SAMPLE_NONE,
				.connect = SAMPLE_NONE,
				.tls = SAMPLE_NONE,
				.wait = outcome == OUTCOME_OK ? x->times.wait : SAMPLE_NONE,
				.receive = SAMPLE_NONE,
				.bytes_sent = x->bytes_sent,
				.bytes_received = x->bytes_received};

	if (!is_measured(l))
		return;
	if (x->new_connection && outcome == OUTCOME_OK) {
		sample.dns = x->times.dns;
		sample.connect = x->times.connect;
		if (x->times.tls)
			sample.tls = x->times.tls;
	}
	recorder_request(&l->w->recorder, series_of(l), &sample);
	if (outcome == OUTCOME_FAILED)
		note_failure(l, class);
}

void listener_wait_to_reopen(struct listener *l)
{
	l->state = LISTENER_WAITING;
	add_due(l, l->w->now + l->retry);
}

/* The same request, with the last event ID of the stream. */
static void reopen(struct listener *l)
{
	struct worker *w = l->w;
	struct exchange *old = l->x;
	struct exchange *x = w->http->ops->begin(w->http, old->plan, user_of(l)->http);
	struct str id = buf_str(&l->parser.id);

	request_copy(x, old);
	buf_add(&x->url, buf_str(&old->url));
	x->override_method = old->override_method;
	x->method = old->method;
	x->drop_credentials = old->drop_credentials;
	x->header_text.len = l->lines;
	if (id.len) {
		buf_add(&x->header_text, STR("Last-Event-ID: "));
		buf_add(&x->header_text, id);
		buf_add_char(&x->header_text, '\0');
	}
	listener_end_exchange(l);
	l->x = x;
	x->channel = &l->pub;
	l->state = LISTENER_REOPENING;
	l->streams = l->is_back = false;
	l->wire = 0;
	w->http->ops->send(w->http, x);
	if (l->request->timeout)
		add_due(l, x->times.sent + l->request->timeout);
	if (is_measured(l))
		recorder_started(&w->recorder, series_of(l));
}

/* The stream has begun again. Its last event ID stays until another one comes. */
void listener_reopened(struct listener *l)
{
	struct buf *kept = &l->w->text;

	listener_remove_due(l);
	l->w->http->ops->note_head(l->x);
	listener_count_reopening(l, OUTCOME_OK, FAILURE_CLASS_COUNT);
	l->state = LISTENER_OPEN;
	buf_clear(kept);
	buf_add(kept, buf_str(&l->parser.id));
	event_stream_begin(&l->parser, l->request->channel->ndjson,
			   l->request->channel->message_max);
	buf_add(&l->parser.id, buf_str(kept));
	channels_set_online(l->w, &l->pub, true);
}

void listener_due(struct listener *l)
{
	struct worker *w = l->w;

	listener_remove_due(l);
	if (l->state == LISTENER_REOPENING) {
		if (!l->streams && !l->is_back)
			w->http->ops->stop(w->http, l->x);
	} else if (!worker_drains_user(w, user_of(l))) {
		reopen(l);
	}
}
