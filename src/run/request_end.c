/*
 * The end of a request: evaluates expectations, extracts values, decides on a retry, and counts.
 */
#include "doc/graphql_response.h"
#include "doc/json_cache.h"
#include "run/event_reader.h"
#include "run/error_message.h"
#include "run/fixtures.h"
#include "run/interpreter.h"
#include "run/request.h"

#include "run/listener.h"
#include "run/live_secrets.h"
#include "run/request_recorder.h"
#include "run/response_secrets.h"
#include "run/renewal.h"
#include "run/retry.h"
#include "run/step_log.h"
#include "run/step_report.h"
#include "run/trace.h"
#include "run/user_page.h"

/* ---- expectations */

/* Something unusual of the response may be the reason of a failure that is about its body. */
static void add_note(const struct worker *w, struct buf *out)
{
	struct str note = w->response.note;

	if (note.len)
		buf_printf(out, "; %.*s", STR_ARG(note));
}

/* A message quotes the response, so its secrets must be known. */
static void explain_failure(struct worker *w, struct fiber *f, const struct expect_plan *e,
			    const struct value *rendered, struct buf *out)
{
	response_secrets_find(w, f);
	if (!(e->needs & NEEDS_BODY) || !response_secrets_withheld(w).len) {
		e->kind->explain(e->plan, &w->response, rendered, out);
		if (e->needs & NEEDS_BODY)
			add_note(w, out);
		return;
	}
	buf_printf(out, "%s: not as expected; the body is ", e->kind->name);
	response_secrets_put_withheld(w, out);
}

enum control_flow op_EXPECT(struct worker *w, struct fiber *f, const struct instr *in)
{
	const struct expect_plan *e = &w->program->expects[in->a];
	const struct expect_facts *facts = &w->plan->expects[in->a];
	struct value rendered[EXPECT_RENDERED_MAX];
	enum expect_outcome outcome;
	struct buf *text;

	for (size_t i = 0; i < e->rendered_count; i++) {
		if (!eval_template(e->rendered[i], interpreter_eval(w, f), &rendered[i])) {
			text = request_fail(w, f, FAILURE_expression, facts->at);
			buf_add(text, str_of(w->eval.error));
			return FLOW_NEXT;
		}
	}
	outcome = e->kind->check(e->plan, &w->response, rendered, &w->scratch);
	if (outcome == EXPECT_PASSED) {
		step_log_passed(w, f, e);
		return FLOW_NEXT;
	}
	f->sample.expect_failures++;
	text = request_fail(w, f, facts->class, facts->at);
	if (facts->class == FAILURE_status)
		w->failure.detail = (unsigned)w->response.status;
	if (outcome == EXPECT_LIMIT)
		buf_printf(text, "%s: a limit was reached before the result was known",
			   e->kind->name);
	else
		explain_failure(w, f, e, rendered, text);
	if (facts->class == FAILURE_status && w->response.status >= 400)
		error_message_put(w, f, text);
	step_log_failed(w, f, in);
	step_report_failed_at(w, f, in);
	return FLOW_NEXT;
}

/* ---- extracts */

struct str request_extract_subject(struct worker *w, const struct fiber *f,
				   const struct extract_plan *e)
{
	struct str from = e->source->from.raw;

	if (e->from_slot != SLOT_NONE) {
		struct value value = f->user->slots[e->from_slot];
		size_t at = w->scratch.text.len;

		if (value.type == VALUE_TEXT)
			return value.text;
		value_put(&w->scratch.text, value);
		return str_slice(buf_str(&w->scratch.text), at, w->scratch.text.len);
	}
	if (from.ptr && str_eq(from, STR("headers")))
		return w->response.headers;
	if (from.ptr && str_eq(from, STR("url")))
		return w->response.url;
	return from.ptr ? w->response.body : extract_subject(e->kind, &w->response);
}

bool request_find_values(struct worker *w, const struct fiber *f, uint32_t index,
			 struct str subject, struct matches *matches)
{
	const struct extract_plan *e = &w->program->extracts[index];

	if (!(e->kind->needs & NEEDS_EVENTS))
		return e->kind->find(e->plan, &w->response, subject, &w->scratch, matches) !=
		       FIND_LIMIT;
	return !f->events || event_reader_values(w, f, index, matches);
}

static size_t match_limit(const struct extract *e)
{
	switch (e->match) {
	case MATCH_FIRST:
		return 1;
	case MATCH_NTH:
		return (size_t)e->nth;
	case MATCH_LAST:
	case MATCH_RANDOM:
	case MATCH_ALL:
		break;
	}
	return 0;
}

/* All matches but null as one text; false if the scratch has no room. */
static bool join(struct scratch *scratch, const struct extract *e, const struct matches *matches,
		 struct value *out)
{
	size_t at = scratch->text.len;
	bool any = false;

	for (size_t i = 0; i < matches->count; i++) {
		if (matches->items[i].type == VALUE_NULL)
			continue;
		if (any)
			buf_add(&scratch->text, e->join);
		any = true;
		value_put(&scratch->text, matches->items[i]);
	}
	*out = value_text(str_slice(buf_str(&scratch->text), at, scratch->text.len));
	return !scratch->text.overflow;
}

/* The match that `match` asks for; false if it does not exist. */
static bool choose(struct fiber *f, const struct extract *e, const struct matches *matches,
		   struct value *out)
{
	size_t which = 0;

	if (e->match == MATCH_NTH)
		which = (size_t)e->nth - 1;
	if (which >= matches->count)
		return false;
	if (e->match == MATCH_LAST)
		which = matches->count - 1;
	else if (e->match == MATCH_RANDOM)
		which = (size_t)random_below(&f->draws, matches->count);
	if (e->match == MATCH_ALL)
		*out = (struct value){
		    .type = VALUE_LIST, .items = matches->items, .count = matches->count};
	else
		*out = matches->items[which];
	return true;
}

static void fail_not_found(struct worker *w, struct fiber *f, uint32_t index, struct str subject)
{
	const struct extract_plan *e = &w->program->extracts[index];
	struct buf *text = request_fail(w, f, FAILURE_extract, w->plan->extracts_at[index]);

	buf_printf(text, "no match for '%.*s' (%s)", STR_ARG(e->source->variable), e->kind->name);
	response_secrets_find(w, f);
	if (e->kind->explain && !response_secrets_withheld(w).len) {
		buf_add(text, STR(": "));
		e->kind->explain(e->plan, &w->response, subject, text);
	}
	if (subject.ptr && subject.ptr == w->response.body.ptr)
		add_note(w, text);
}

enum control_flow op_EXTRACT(struct worker *w, struct fiber *f, const struct instr *in)
{
	const struct extract_plan *e = &w->program->extracts[in->a];
	struct matches matches = {.wanted = match_limit(e->source)};
	struct str subject = request_extract_subject(w, f, e);
	struct value value;

	if (!request_find_values(w, f, in->a, subject, &matches)) {
		buf_printf(request_fail(w, f, FAILURE_extract, w->plan->extracts_at[in->a]),
			   "'%.*s' (%s): a limit was reached before anything was found",
			   STR_ARG(e->source->variable), e->kind->name);
		return FLOW_NEXT;
	}
	if (!choose(f, e->source, &matches, &value)) {
		if (!e->fallback) {
			fail_not_found(w, f, in->a, subject);
			step_log_failed(w, f, in);
			step_report_failed_at(w, f, in);
			return FLOW_NEXT;
		}
		if (!eval_template(e->fallback, interpreter_eval(w, f), &value)) {
			buf_add(request_fail(w, f, FAILURE_expression, w->plan->extracts_at[in->a]),
				str_of(w->eval.error));
			return FLOW_NEXT;
		}
	}
	if (value.type == VALUE_LIST && e->source->join.ptr && matches.count &&
	    !join(&w->scratch, e->source, &matches, &value)) {
		buf_printf(request_fail(w, f, FAILURE_extract, w->plan->extracts_at[in->a]),
			   "'%.*s' (%s): the joined values are too large",
			   STR_ARG(e->source->variable), e->kind->name);
		return FLOW_NEXT;
	}
	value.secret |= e->source->secret;
	interpreter_set_value(w, f, e->slot, value);
	step_log_extracted(w, f, e, value);
	step_report_extracted(w, f, e, value);
	return FLOW_NEXT;
}

/* ---- counting */

enum user_stop interpreter_on_failure(enum on_failure asked)
{
	switch (asked) {
	case FAILURE_CONTINUE:
		return STOP_NOTHING;
	case FAILURE_STOP_USER:
		return STOP_USER;
	case FAILURE_STOP_RUN:
		return STOP_RUN;
	case FAILURE_STOP_ITERATION:
	case FAILURE_INHERIT:
		break;
	}
	return STOP_ITERATION;
}

static enum user_stop on_failure_of(const struct worker *w, const struct fiber *f)
{
	enum on_failure asked = f->request->on_failure;

	if (asked == FAILURE_INHERIT)
		asked = w->program->scenarios[f->user->scenario].on_failure;
	return interpreter_on_failure(asked);
}

/* Whether a group inside group I of OUTER has the same name. */
static bool is_nested(const struct fiber *f, const struct fiber *outer, uint32_t i)
{
	for (;; f = f->parent) {
		for (uint32_t k = f == outer ? i + 1 : 0; k < f->groups_used; k++)
			if (f->groups[k].series == outer->groups[i].series)
				return true;
		if (f == outer)
			return false;
	}
}

unsigned request_series(const struct worker *w, const struct fiber *f)
{
	return w->plan->requests[f->request - w->program->requests].series;
}

void request_count_time(struct worker *w, const struct fiber *f, enum time_kind kind, ns_t time)
{
	if (!worker_is_measured(w, f->user, f->due))
		return;
	recorder_time(&w->recorder, request_series(w, f), kind, time);
	for (const struct fiber *outer = w->plan->group_phases ? f : NULL; outer;
	     outer = outer->parent)
		for (uint32_t i = 0; i < outer->groups_used; i++)
			if (w->plan->group_phases[outer->groups[i].series] &&
			    !is_nested(f, outer, i))
				recorder_time(&w->recorder, outer->groups[i].series, kind, time);
}

/* Counts the phases of the request in the groups around it that a threshold names. */
static void count_group_phases(struct worker *w, const struct fiber *f)
{
	for (const struct fiber *outer = f; outer; outer = outer->parent)
		for (uint32_t i = 0; i < outer->groups_used; i++)
			if (w->plan->group_phases[outer->groups[i].series] &&
			    !is_nested(f, outer, i))
				recorder_phases(&w->recorder, outer->groups[i].series, &f->sample);
}

static void note_exemplar(struct worker *w, const struct fiber *f, unsigned series)
{
	const struct exemplar x = {.trace = f->sample.trace,
				   .span = f->sample.span,
				   .time = f->sample.response,
				   .when = f->due - w->measured,
				   .user = f->user->number + 1,
				   .iteration = f->user->iteration};

	recorder_exemplar(&w->recorder, series, &x);
}

static ns_t count_request(struct worker *w, struct fiber *f, enum outcome outcome)
{
	const struct exchange *x = f->exchange;
	unsigned series = request_series(w, f);
	struct sample *sample = &f->sample;
	bool has_response = f->state == FIBER_CHECKING || f->state == FIBER_CANCELLING;
	ns_t done = has_response ? x->times.done : w->now;

	if (f->events && f->events->ended && has_response)
		done = f->events->ended;
	if (done < f->due)
		done = f->due;
	sample->outcome = outcome;
	sample->response = done - f->due;
	sample->service = f->sent ? done - f->sent : SAMPLE_NONE;
	has_response = has_response && !f->request->wait;
	sample->wait = has_response ? x->times.wait : SAMPLE_NONE;
	sample->receive = has_response ? x->times.receive : SAMPLE_NONE;
	sample->class = w->failure.class;
	if (worker_is_measured(w, f->user, f->due)) {
		recorder_request(&w->recorder, series, sample);
		if (outcome == OUTCOME_OK && exemplar_has_trace(sample->trace))
			note_exemplar(w, f, series);
		if (w->plan->group_phases)
			count_group_phases(w, f);
		if (w->plan->settings.request_rows)
			request_recorder_add(w, f, series);
	} else {
		fixtures_count_unmeasured(w, f);
	}
	return f->events && has_response ? x->times.done : done;
}

/* ---- retries */

/* F does not need its exchange any more. That of an open stream does not belong to it. */
static void leave_exchange(struct worker *w, struct fiber *f)
{
	event_reader_release(w, f);
	if (f->listener)
		listener_leave(w, f);
	if (f->exchange->owner == f)
		w->http->ops->end(w->http, f->exchange);
	f->exchange = NULL;
}

/* The server does not know the hash of a persisted query. */
static bool needs_query(struct worker *w, const struct fiber *f)
{
	const struct graphql_plan *graphql = f->request->graphql;
	const struct json_tape *tape;

	if (!graphql || (!graphql->full_body && !graphql->full_url) || f->sends_query ||
	    f->state != FIBER_CHECKING || f->exchange->result != HTTP_OK ||
	    worker_stops_fiber(w, f))
		return false;
	tape = json_cache_read(w->scratch.json, buf_str(&f->exchange->response));
	return tape && graphql_response_lacks_query(tape);
}

/* The request returns to its REQUEST at PC after DELAY, or after that of its `retry` if DELAY is
 * negative; its counts so far are kept. */
static enum control_flow retry(struct worker *w, struct fiber *f, uint32_t pc, ns_t delay,
			       bool sends_query)
{
	ns_t done = f->exchange->times.done;

	f->sample.retries++;
	f->sample.expect_failures = 0;
	if (delay < 0)
		delay = retry_delay(w, f);
	f->sample.retry_wait += delay;
	trace_retry(w, f, delay, sends_query);
	step_report_retry(w, f);
	leave_exchange(w, f);
	scratch_clear(&w->scratch);
	fiber_enter(f, FIBER_RETRYING);
	f->pc = pc;
	if (!delay)
		return FLOW_NEXT;
	worker_set_timer(w, f, done + delay);
	return FLOW_PARKED;
}

void request_cancel_retry(struct worker *w, struct fiber *f)
{
	f->sample.retries--; /* the retry that it waited for was not sent */
	count_request(w, f, OUTCOME_CUT_OFF);
}

/* If anything of the response may be kept or shown. */
static void find_secrets(struct worker *w, struct fiber *f)
{
	const struct exchange *x = f->exchange;

	if (!f->failed && !trace_needs_bodies(&w->plan->settings))
		return;
	if (x->result == HTTP_OK)
		response_secrets_find(w, f);
	else
		response_secrets_find_in(w, f, x);
}

static void call_tap(struct worker *w, const struct fiber *f)
{
	const struct run_tap *tap = w->plan->settings.tap;
	bool sent = f->state == FIBER_CHECKING;
	struct run_tap_request request = {
	    .request = (uint32_t)(f->request - w->program->requests),
	    .user = f->user->number + 1,
	    .iteration = f->user->iteration,
	    .last = sent ? f->exchange : NULL,
	    .redirected = sent && (f->redirect_hops || f->exchange->redirect_to.len),
	    .failed = f->failed};

	if (f->failed) {
		live_secrets_mask(w, f, &w->failure_text);
		request.failure = buf_str(&w->failure_text);
	}
	tap->request(tap->owner, &request);
}

enum control_flow op_REQUEST_END(struct worker *w, struct fiber *f, const struct instr *in)
{
	if (f->state == FIBER_CHECKING) {
		find_secrets(w, f);
		trace_exchange(w, f, f->exchange);
		step_report_exchange(w, f, f->exchange);
	}
	if (w->plan->settings.tap)
		call_tap(w, f);
	step_log_end(w, f);
	if (f->request->renewals && renewal_is_asked(w, f))
		return retry(w, f, in->b, 0, false);
	if (needs_query(w, f)) {
		f->sends_query = true;
		return retry(w, f, in->b, 0, true);
	}
	if (retry_is_due(w, f))
		return retry(w, f, in->b, -1, false);
	if (w->page && f->state == FIBER_CHECKING)
		user_page_keep(w, f);
	if (f->state == FIBER_PREPARED && f->sample.retries)
		f->sample.retries--; /* this attempt was not sent */
	ns_t done = count_request(w, f, f->failed ? OUTCOME_FAILED : OUTCOME_OK);

	if (f->failed) {
		trace_failure(w, f, done);
		step_report_failure(w, f);
	}
	leave_exchange(w, f);
	fiber_enter(f, FIBER_RUNNING);
	f->clock = done;
	f->scheduled = false;
	scratch_clear(&w->scratch);
	if (!f->failed)
		return FLOW_NEXT;
	user_note_failure(f->user, w->failure.class);
	f->user->request_failed = true;
	return interpreter_stop(w, f, interpreter_fail_fast(w, on_failure_of(w, f)));
}

/* ---- aborted */

void request_count_aborted(struct worker *w, struct fiber *f)
{
	count_request(w, f, OUTCOME_CUT_OFF);
	leave_exchange(w, f);
}

void request_leave_queue(struct worker *w, struct fiber *f)
{
	request_dequeue(f);
	if (f->redirect_hops || f->sample.retries) {
		if (f->redirect_hops)
			f->sample.redirects--;
		else
			f->sample.retries--;
		request_count_aborted(w, f);
		return;
	}
	w->http->ops->end(w->http, f->exchange);
	f->exchange = NULL;
}

void request_drop_queued(struct worker *w, struct fiber *f)
{
	request_leave_queue(w, f);
	fiber_enter(f, FIBER_RUNNING);
	(void)interpreter_interrupt(w, f);
}
