/* The end of an event stream: what is shown of it, and how it failed. */
#include "run/event_reader.h"

#include <stdio.h>

#include "base/units.h"
#include "run/request.h"
#include "run/trace_text.h"

static void put_count(const struct event_reader *r, struct buf *out)
{
	units_put_count(out, r->facts.count);
	buf_add(out, r->facts.count == 1 ? STR(" event") : STR(" events"));
}

/* The body of a stream, for what prints or keeps bodies, is the text of its events. */
static void show_events(struct event_reader *r, struct exchange *x)
{
	buf_add(&x->response, buf_str(&r->shown));
	if (r->not_shown) {
		buf_add(&x->response, STR(": … and "));
		units_put_count(&x->response, r->not_shown);
		buf_add(&x->response, STR(" more events\n"));
	}
}

void event_reader_stop(struct worker *w, struct fiber *f, bool last)
{
	struct event_reader *r = f->events;
	struct exchange *x = f->exchange;

	timers_remove(&w->timers, f);
	if (!last)
		return;
	if (!r->begun && x->result == HTTP_OK)
		(void)event_reader_begins(w, x, x->times.done);
	if (x->result == HTTP_OK)
		event_reader_read_end(w, f, x->times.done);
	if (r->is_stream)
		show_events(r, x);
	if (r->end == EVENTS_IDLE && !x->status) {
		x->result = HTTP_TIMEOUT;
		snprintf(x->error, sizeof x->error, "no response within `idle`");
	}
	if (r->end == EVENTS_OPEN || r->end == EVENTS_IDLE)
		return;
	/* An error after the last event that `until` needs does not count. */
	x->result = HTTP_OK;
	x->error[0] = '\0';
	x->times.receive -= x->times.done - r->ended;
	if (x->times.receive < 0)
		x->times.receive = 0;
}

static void explain_missing_end(const struct event_reader *r, const struct events_plan *plan,
				struct buf *out)
{
	buf_add(out, STR("the stream ended after "));
	put_count(r, out);
	if (plan->until_data.ptr)
		buf_printf(out, ", without an event with the data \"%.*s\"",
			   STR_ARG(plan->until_data));
	else if (plan->until_event.ptr)
		buf_printf(out, ", without the event \"%.*s\"", STR_ARG(plan->until_event));
	else
		buf_printf(out, "; until.count is %llu", (unsigned long long)plan->until_count);
	if (event_stream_is_within_event(&r->parser))
		buf_add(out, STR(", in the middle of an event"));
}

void event_reader_put_type(const struct exchange *x, bool ndjson, struct buf *out)
{
	struct str type = trace_text_media_type(x);

	buf_add(out, ndjson
			 ? STR("expected lines of JSON (application/x-ndjson), got ")
			 : STR("expected text/event-stream, got "));
	if (type.len)
		buf_printf(out, "%.*s", STR_ARG(str_cut(type, 100)));
	else
		buf_printf(out, "HTTP %d without Content-Type", x->status);
}

/* If the response of F should be a stream but is not, or ended too early: the class of the failure,
 * and its text in OUT. */
static bool find_failure(const struct fiber *f, enum failure_class *class, struct buf *out)
{
	const struct event_reader *r = f->events;
	const struct events_plan *plan = f->request->events;

	*class = FAILURE_protocol;
	if (!r->is_stream) {
		if (f->exchange->status < 400)
			event_reader_put_type(f->exchange, plan->ndjson, out);
		return f->exchange->status < 400;
	}
	switch (r->end) {
	case EVENTS_UNTIL:
	case EVENTS_TIME:
		return false;
	case EVENTS_OPEN:
		*class = FAILURE_truncated;
		if (plan->until_data.ptr || plan->until_event.ptr || plan->until_count)
			explain_missing_end(r, plan, out);
		return out->len > 0;
	case EVENTS_IDLE:
		*class = FAILURE_timeout;
		buf_add(out, STR("nothing was received for "));
		units_put_duration(out, plan->idle);
		buf_add(out, STR(" (idle), after "));
		put_count(r, out);
		return true;
	case EVENTS_TOO_LONG:
		*class = FAILURE_body_limit;
		buf_printf(out, "%s larger than body_limit, after ",
			   r->found.overflow ? "the values of extract are" : "an event is");
		put_count(r, out);
		return true;
	case EVENTS_LIMIT:
		buf_add(out, STR("a limit of a JSONPath was reached, after "));
		put_count(r, out);
		return true;
	}
	return false;
}

void event_reader_check(struct worker *w, struct fiber *f)
{
	enum failure_class class;

	buf_clear(&w->text);
	if (find_failure(f, &class, &w->text))
		buf_add(request_fail(w, f, class, w->plan->requests[f->request->index].at),
			buf_str(&w->text));
}

void event_reader_put_progress(const struct fiber *f, struct buf *out)
{
	if (!f->events || !f->events->is_stream)
		return;
	buf_add(out, STR(", after "));
	put_count(f->events, out);
}
