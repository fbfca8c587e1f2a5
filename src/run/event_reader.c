#include "run/event_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/units.h"
#include "doc/json_cache.h"
#include "run/interpreter.h"
#include "run/request.h"
#include "run/trace.h"
#include "run/trace_text.h"

/* After the last event that `until` needs, the end of the response is waited for this long, so that
 * the connection can be used again. */
#define END_WAIT (100 * NS_PER_MS)
/* Bytes that are read meanwhile. */
#define AFTER_END_MAX ((size_t)64 * 1024)
/* Memory of a reader that is kept for the next stream. */
#define KEPT_BYTES 4096u
/* Bytes of the text of the events: of the last ones under load, of the first ones for -v. */
#define SHOWN_LAST  4096u
#define SHOWN_FIRST 65536u
#define SHOWN_EVENT 1024u

/* ---- the pool */

static struct event_reader *acquire(struct worker *w)
{
	struct event_reader *r = w->spare_readers;

	if (r) {
		w->spare_readers = r->next;
		return r;
	}
	r = alloc_zeroed(1, sizeof *r);
	event_stream_init(&r->parser);
	buf_init(&r->found, 0);
	buf_init(&r->shown, 0);
	return r;
}

static void empty(struct buf *b)
{
	buf_clear(b);
	if (b->cap > KEPT_BYTES)
		buf_shrink(b, KEPT_BYTES);
}

void event_reader_free_all(struct worker *w)
{
	struct event_reader *next;

	for (struct event_reader *r = w->spare_readers; r; r = next) {
		next = r->next;
		event_stream_release(&r->parser);
		buf_release(&r->found);
		buf_release(&r->shown);
		free(r);
	}
	w->spare_readers = NULL;
}

/* ---- time */

static ns_t next_due(const struct event_reader *r, const struct events_plan *plan)
{
	ns_t due = r->last_bytes + plan->idle;

	if (r->end == EVENTS_UNTIL)
		return r->ended + END_WAIT;
	if (r->end != EVENTS_OPEN)
		return r->ended;
	if (r->is_stream && plan->until_time && r->begin + plan->until_time < due)
		due = r->begin + plan->until_time;
	return due;
}

static void end_stream(struct event_reader *r, enum event_reader_end end, ns_t now)
{
	if (r->end != EVENTS_OPEN)
		return;
	r->end = end;
	r->ended = now;
}

/* The timer is only moved forward: one that is due too early is set again. */
static void hurry_timer(struct worker *w, struct fiber *f)
{
	timers_remove(&w->timers, f);
	worker_set_timer(w, f, next_due(f->events, f->request->events));
}

/* The stream did not end by itself after `until`. */
static void count_closed(struct worker *w, struct fiber *f)
{
	if (f->events->is_stream && worker_is_measured(w, f->user, f->due))
		recorder_counts(&w->recorder, request_series(w, f))->streams_closed++;
}

void event_reader_timer_due(struct worker *w, struct fiber *f)
{
	struct event_reader *r = f->events;
	const struct events_plan *plan = f->request->events;

	if (r->end == EVENTS_OPEN && r->is_stream && plan->until_time &&
	    w->now >= r->begin + plan->until_time)
		end_stream(r, EVENTS_TIME, w->now);
	if (w->now >= r->last_bytes + plan->idle)
		end_stream(r, EVENTS_IDLE, w->now);
	if (r->end == EVENTS_OPEN || w->now < next_due(r, plan)) {
		worker_set_timer(w, f, next_due(r, plan));
		return;
	}
	if (r->end != EVENTS_IDLE)
		count_closed(w, f);
	w->http->ops->stop(w->http, f->exchange);
}

void event_reader_start(struct worker *w, struct fiber *f)
{
	const struct request_plan *request = f->request;
	struct event_reader *r = f->events ? f->events : acquire(w);
	size_t max = request->body_limit > 0 ? (size_t)request->body_limit : SIZE_MAX / 4;

	r->facts =
	    (struct response_events){.first_event = SAMPLE_NONE, .first_output = SAMPLE_NONE};
	r->end = EVENTS_OPEN;
	r->begun = r->is_stream = false;
	r->begin = r->last_bytes = w->now;
	r->ended = 0;
	r->after_end = 0;
	r->last_event = r->first_output = r->last_output = SAMPLE_NONE;
	for (unsigned i = 0; i < EVENT_READER_EXTRACTS_MAX; i++)
		r->found_count[i] = 0;
	event_stream_begin(&r->parser, request->events->ndjson, max);
	empty(&r->found);
	empty(&r->shown);
	r->found.max = max;
	r->not_shown = 0;
	f->events = r;
	worker_set_timer(w, f, next_due(r, request->events));
}

/* ---- the head */

/* Servers send lines of JSON with many types. */
bool event_reader_is_stream(const struct exchange *x, bool ndjson)
{
	static const char *const types[] = {
	    "application/x-ndjson",	 "application/ndjson",	    "application/jsonl",
	    "application/x-jsonl",	 "application/json",	    "application/jsonlines",
	    "application/x-json-stream", "application/stream+json", "text/plain"};

	struct str type = trace_text_media_type(x);

	if (!ndjson)
		return str_ieq(type, STR("text/event-stream"));
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_ieq(type, str_of(types[i])))
			return true;
	return false;
}

bool event_reader_begins(struct worker *w, struct exchange *x, ns_t now)
{
	struct fiber *f = x->owner;
	struct event_reader *r = f->events;

	r->begun = true;
	r->begin = r->last_bytes = now;
	r->is_stream =
	    x->status / 100 == 2 && event_reader_is_stream(x, f->request->events->ndjson);
	if (r->is_stream && f->request->events->until_time && f->state == FIBER_IN_FLIGHT)
		hurry_timer(w, f);
	return r->is_stream;
}

/* ---- events */

static bool is_output(const struct json_tape *tape, uint32_t node)
{
	const struct json_item *item = &tape->items[node];

	return json_type(item) == JSON_NUMBER || (json_type(item) == JSON_STRING && item->bytes);
}

static bool has_output(struct worker *w, struct event_reader *r, const struct events_plan *plan,
		       const struct stream_event *event, ns_t now)
{
	struct json_cache *json = w->scratch.json;
	const struct json_tape *tape;

	if (plan->data_is_output)
		return event->data.len > 0;
	tape = plan->output_count ? json_cache_read(json, event->data) : NULL;
	for (size_t i = 0; tape && i < plan->output_count; i++) {
		if (jsonpath_find(plan->outputs[i], tape, &json->work) == JSONPATH_LIMIT) {
			end_stream(r, EVENTS_LIMIT, now);
			return false;
		}
		for (size_t k = 0; k < json->work.count; k++)
			if (is_output(tape, json->work.nodes[k]))
				return true;
	}
	return false;
}

static bool ends_stream(const struct event_reader *r, const struct events_plan *plan,
			const struct stream_event *event)
{
	return (plan->until_data.ptr && str_eq(event->data, plan->until_data)) ||
	       (plan->until_event.ptr && str_eq(event->type, plan->until_event)) ||
	       (plan->until_count && r->facts.count >= plan->until_count);
}

static void measure_output(struct worker *w, struct fiber *f, ns_t now)
{
	struct event_reader *r = f->events;

	r->last_output = now;
	if (r->facts.outputs++)
		return;
	r->first_output = now;
	r->facts.first_output = now - f->due;
	request_count_time(w, f, TIME_first_output, r->facts.first_output);
}

static void measure_event(struct worker *w, struct fiber *f, ns_t now)
{
	struct event_reader *r = f->events;

	if (worker_is_measured(w, f->user, f->due))
		recorder_counts(&w->recorder, request_series(w, f))->events++;
	if (r->facts.count++) {
		request_count_time(w, f, TIME_event_gap, now - r->last_event);
	} else {
		r->facts.first_event = now - f->due;
		request_count_time(w, f, TIME_first_event, r->facts.first_event);
	}
	r->last_event = now;
}

static void put_data(struct buf *out, struct str data)
{
	struct str rest = str_cut(data, SHOWN_EVENT);
	bool cut = rest.len < data.len;

	for (;;) {
		size_t end = str_find_char(rest, '\n', 0);

		buf_printf(out, "data: %.*s", STR_ARG(str_slice(rest, 0, end)));
		if (end == NOT_FOUND)
			break;
		buf_add_char(out, '\n');
		rest = str_slice(rest, end + 1, rest.len);
	}
	if (cut)
		buf_printf(out, "… and %zu bytes more", data.len - str_cut(data, SHOWN_EVENT).len);
	buf_add_char(out, '\n');
}

/* Removes the older half of the events, from the first of them that is in it completely. */
static void drop_older(struct event_reader *r)
{
	struct str text = buf_str(&r->shown);
	size_t end = str_find(text, STR("\n\n"), text.len / 2);

	if (end == NOT_FOUND) {
		buf_clear(&r->shown);
		return;
	}
	memmove(r->shown.data, r->shown.data + end + 2, text.len - end - 2);
	r->shown.len = text.len - end - 2;
}

/* The event as a server could send it, after a comment with its time. */
static void show(struct worker *w, struct fiber *f, const struct stream_event *event, ns_t now)
{
	struct event_reader *r = f->events;
	bool first = trace_needs_bodies(&w->plan->settings);

	if (!first && !w->plan->settings.failure_samples)
		return;
	if (first && r->shown.len > SHOWN_FIRST) {
		r->not_shown++;
		return;
	}
	if (!first && r->shown.len > SHOWN_LAST - SHOWN_EVENT)
		drop_older(r);
	buf_add(&r->shown, STR(": "));
	units_put_time(&r->shown, now - f->due, false);
	buf_add_char(&r->shown, '\n');
	if (!str_eq(event->type, STR("message")))
		buf_printf(&r->shown, "event: %.*s\n", STR_ARG(str_cut(event->type, SHOWN_EVENT)));
	put_data(&r->shown, event->data);
	buf_add_char(&r->shown, '\n');
}

struct arrival {
	struct worker *w;
	struct fiber *f;
	ns_t now;
};

static bool take_event(void *owner, const struct stream_event *event)
{
	const struct arrival *a = owner;
	struct event_reader *r = a->f->events;
	const struct events_plan *plan = a->f->request->events;
	bool last;

	measure_event(a->w, a->f, a->now);
	show(a->w, a->f, event, a->now);
	last = ends_stream(r, plan, event);
	if (!(last && plan->until_data.ptr && str_eq(event->data, plan->until_data)) &&
	    has_output(a->w, r, plan, event, a->now))
		measure_output(a->w, a->f, a->now);
	if (!event_reader_keep_values(a->w, a->f, event))
		end_stream(r, r->found.overflow ? EVENTS_TOO_LONG : EVENTS_LIMIT, a->now);
	scratch_clear(&a->w->scratch);
	if (last)
		end_stream(r, EVENTS_UNTIL, a->now);
	return r->end == EVENTS_OPEN;
}

/* After the end, only the end of the response is waited for: a server that sends on is not read. */
static bool read_after_end(struct worker *w, struct fiber *f, size_t bytes)
{
	struct event_reader *r = f->events;

	r->after_end += bytes;
	if (r->end == EVENTS_TOO_LONG || r->end == EVENTS_LIMIT)
		return false;
	if (r->after_end <= AFTER_END_MAX)
		return true;
	count_closed(w, f);
	return false;
}

bool event_reader_bytes(struct worker *w, struct exchange *x, struct str bytes, ns_t now)
{
	struct fiber *f = x->owner;
	struct arrival arrival = {w, f, now};
	struct event_reader *r = f->events;

	if (f->state != FIBER_IN_FLIGHT || !r)
		return true;
	if (r->end != EVENTS_OPEN)
		return read_after_end(w, f, bytes.len);
	r->last_bytes = now;
	if (event_stream_feed(&r->parser, bytes, take_event, &arrival) == EVENT_STREAM_TOO_LONG)
		end_stream(r, EVENTS_TOO_LONG, now);
	if (r->end == EVENTS_OPEN)
		return true;
	hurry_timer(w, f);
	return read_after_end(w, f, 0);
}

/* ---- the end */

void event_reader_read_end(struct worker *w, struct fiber *f, ns_t now)
{
	struct event_reader *r = f->events;
	struct arrival arrival = {w, f, now};

	if (r->is_stream && r->end == EVENTS_OPEN)
		event_stream_end(&r->parser, take_event, &arrival);
}

void event_reader_release(struct worker *w, struct fiber *f)
{
	struct event_reader *r = f->events;

	if (!r)
		return;
	timers_remove(&w->timers, f);
	if (r->last_output > r->first_output && worker_is_measured(w, f->user, f->due)) {
		struct series_counts *counts = recorder_counts(&w->recorder, request_series(w, f));

		counts->outputs += r->facts.outputs;
		counts->output_us += (uint64_t)((r->last_output - r->first_output) / NS_PER_US);
	}
	f->events = NULL;
	r->next = w->spare_readers;
	w->spare_readers = r;
}
