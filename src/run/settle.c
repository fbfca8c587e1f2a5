/*
 * What becomes of an answer: expectations held against it, values taken out of it, the request
 * counted; and requests broken off at the end of the run.
 */
#include "run/around.h"
#include "run/interpreter.h"

#include "run/tell.h"

/* ---- expectations */

enum flow op_EXPECT(struct worker *w, struct strand *s, const struct instr *in)
{
	const struct expect_plan *e = &w->program->expects[in->a];
	const struct expect_facts *facts = &w->plan->expects[in->a];
	struct value worked[EXPECT_WORKED_MAX];
	enum expect_outcome outcome;
	struct buf *text;

	for (size_t i = 0; i < e->worked_count; i++) {
		if (!tmpl_value(e->worked[i], strand_eval(w, s), &worked[i])) {
			text = request_fail(w, s, FAILURE_expression, facts->at);
			buf_add(text, str_of(w->eval.error));
			return FLOW_NEXT;
		}
	}
	outcome = e->kind->judge(e->plan, &w->answer, worked, &w->scratch);
	if (outcome == EXPECT_HOLDS)
		return FLOW_NEXT;
	s->sample.expect_failures++;
	text = request_fail(w, s, facts->class, facts->at);
	if (facts->class == FAILURE_status)
		w->failure.detail = (unsigned)w->answer.status;
	if (outcome == EXPECT_LIMIT)
		buf_printf(text, "%s: a limit was reached before it could be said", e->kind->name);
	else
		e->kind->explain(e->plan, &w->answer, worked, text);
	return FLOW_NEXT;
}

/* ---- extracts */

static struct str subject_of(struct worker *w, const struct strand *s, const struct extract_plan *e)
{
	struct str from = e->source->from.raw;

	if (e->from_slot != SLOT_NONE) {
		struct value value = s->user->slots[e->from_slot];
		size_t at = w->scratch.text.len;

		if (value.type == VALUE_TEXT)
			return value.text;
		value_put(&w->scratch.text, value);
		return str_slice(buf_str(&w->scratch.text), at, w->scratch.text.len);
	}
	if (from.ptr && str_eq(from, STR("headers")))
		return w->answer.headers;
	if (from.ptr && str_eq(from, STR("url")))
		return w->answer.url;
	return from.ptr ? w->answer.body : extract_subject(e->kind, &w->answer);
}

static size_t wanted_of(const struct extract *e)
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

/* The one that `match` asks for; false when it is not there. */
static bool choose(struct strand *s, const struct extract *e, const struct finds *finds,
		   struct value *out)
{
	size_t which = 0;

	if (e->match == MATCH_NTH)
		which = (size_t)e->nth - 1;
	if (which >= finds->count)
		return false;
	if (e->match == MATCH_LAST)
		which = finds->count - 1;
	else if (e->match == MATCH_RANDOM)
		which = (size_t)draw_below(&s->draws, finds->count);
	if (e->match == MATCH_ALL)
		*out = (struct value){
		    .type = VALUE_LIST, .items = finds->items, .count = finds->count};
	else
		*out = finds->items[which];
	return true;
}

static void nothing_found(struct worker *w, struct strand *s, uint32_t index, struct str subject)
{
	const struct extract_plan *e = &w->program->extracts[index];
	struct buf *text = request_fail(w, s, FAILURE_extract, w->plan->extracts_at[index]);

	buf_printf(text, "nothing found for '%.*s' (%s)", STR_ARG(e->source->variable),
		   e->kind->name);
	if (!e->kind->explain)
		return;
	buf_add(text, STR(": "));
	e->kind->explain(e->plan, &w->answer, subject, text);
}

enum flow op_EXTRACT(struct worker *w, struct strand *s, const struct instr *in)
{
	const struct extract_plan *e = &w->program->extracts[in->a];
	struct finds finds = {.wanted = wanted_of(e->source)};
	struct str subject = subject_of(w, s, e);
	struct value value;

	if (e->kind->find(e->plan, &w->answer, subject, &w->scratch, &finds) == FIND_LIMIT) {
		buf_printf(request_fail(w, s, FAILURE_extract, w->plan->extracts_at[in->a]),
			   "'%.*s' (%s): a limit was reached before anything was found",
			   STR_ARG(e->source->variable), e->kind->name);
		return FLOW_NEXT;
	}
	if (!choose(s, e->source, &finds, &value)) {
		if (!e->fallback) {
			nothing_found(w, s, in->a, subject);
			return FLOW_NEXT;
		}
		if (!tmpl_value(e->fallback, strand_eval(w, s), &value)) {
			buf_add(request_fail(w, s, FAILURE_expression, w->plan->extracts_at[in->a]),
				str_of(w->eval.error));
			return FLOW_NEXT;
		}
	}
	value.secret |= e->source->secret;
	strand_keep(w, s, e->slot, value);
	return FLOW_NEXT;
}

/* ---- counting */

enum user_stop failure_stop(enum on_failure asked)
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

static enum user_stop stop_of(const struct worker *w, const struct strand *s)
{
	enum on_failure asked = s->request->on_failure;

	if (asked == FAILURE_INHERIT)
		asked = w->program->scenarios[s->user->scenario].on_failure;
	return failure_stop(asked);
}

static ns_t count_request(struct worker *w, struct strand *s, enum outcome outcome)
{
	const struct exchange *x = s->exchange;
	unsigned series = w->plan->requests[s->request - w->program->requests].series;
	struct sample *sample = &s->sample;
	bool answered = x && s->sent;
	ns_t done = answered ? x->times.done : w->now;

	if (done < s->due)
		done = s->due;
	sample->outcome = outcome;
	sample->response = done - s->due;
	sample->service = s->sent ? done - s->sent : SAMPLE_NONE;
	sample->wait = answered ? x->times.wait : SAMPLE_NONE;
	sample->receive = answered ? x->times.receive : SAMPLE_NONE;
	sample->class = w->failure.class;
	if (is_measured(w, s->user, s->due))
		recorder_request(&w->recorder, series, sample);
	else
		around_count(w, s);
	return done;
}

/* ---- sending it again */

static unsigned retry_reason(const struct worker *w, const struct strand *s)
{
	static const unsigned reasons[FAILURE_CLASS_COUNT] = {
	    [FAILURE_timeout] = RETRY_TIMEOUT,
	    [FAILURE_timeout_connect] = RETRY_TIMEOUT | RETRY_CONNECT,
	    [FAILURE_dns] = RETRY_CONNECT,
	    [FAILURE_connect] = RETRY_CONNECT,
	    [FAILURE_tls] = RETRY_CONNECT,
	    [FAILURE_reset] = RETRY_CONNECT,
	    [FAILURE_truncated] = RETRY_CONNECT,
	    [FAILURE_status] = RETRY_EXPECT,
	    [FAILURE_expect] = RETRY_EXPECT,
	    [FAILURE_extract] = RETRY_EXTRACT,
	};
	unsigned reason = reasons[w->failure.class];

	return reason == RETRY_EXPECT && s->status >= 500 ? reason | RETRY_5XX : reason;
}

static bool may_retry(const struct worker *w, const struct strand *s)
{
	const struct retry_plan *retry = &s->request->retry;

	return s->failed && s->sample.retries < retry->times && !worker_stops(w, s) &&
	       (retry_reason(w, s) & retry->when);
}

/* The failed request goes back to its REQUEST at PC after the pause; what it counted so far stays.
 */
static enum flow retry(struct worker *w, struct strand *s, uint32_t pc)
{
	const struct retry_plan *plan = &s->request->retry;
	ns_t done = s->exchange->times.done;

	s->sample.retries++;
	s->sample.expect_failures = 0;
	tell_retry(w, s);
	w->http->ops->end(w->http, s->exchange);
	s->exchange = NULL;
	scratch_clear(&w->scratch);
	s->retrying = true;
	s->pc = pc;
	if (!plan->delay)
		return FLOW_NEXT;
	worker_wait(w, s, done + plan->delay);
	return FLOW_PARKED;
}

void request_give_up(struct worker *w, struct strand *s)
{
	if (!s->retrying)
		return;
	s->retrying = false;
	s->sample.retries--; /* the one that was waited for was never sent */
	count_request(w, s, OUTCOME_CUT_OFF);
}

enum flow op_SETTLE(struct worker *w, struct strand *s, const struct instr *in)
{
	/* Not before: what was extracted may be secret. */
	if (s->exchange && s->sent) {
		const struct run_tap *tap = w->plan->settings.tap;

		tell_exchange(w, s, s->exchange);
		if (tap)
			tap->answer(tap->owner, s->exchange);
	}
	if (may_retry(w, s))
		return retry(w, s, in->b);
	ns_t done = count_request(w, s, s->failed ? OUTCOME_FAILED : OUTCOME_OK);

	if (s->failed)
		tell_failure(w, s, done);
	w->http->ops->end(w->http, s->exchange);
	s->exchange = NULL;
	s->clock = done;
	s->scheduled = false;
	scratch_clear(&w->scratch);
	if (!s->failed)
		return FLOW_NEXT;
	user_failed(s->user, w->failure.class);
	return strand_stop(w, s, failure_end(w, stop_of(w, s)));
}

/* ---- broken off */

static void count_cut(struct worker *w, struct strand *s)
{
	count_request(w, s, OUTCOME_CUT_OFF);
	w->http->ops->end(w->http, s->exchange);
	s->exchange = NULL;
}

/* S waits for a connection: nothing of this request, or of this hop or retry of it, was sent. */
static void cut_waiting(struct worker *w, struct strand *s)
{
	request_leave_queue(s);
	if (s->hops || s->sample.retries) {
		if (s->hops)
			s->sample.redirects--;
		else
			s->sample.retries--;
		count_cut(w, s);
		return;
	}
	w->http->ops->end(w->http, s->exchange);
	s->exchange = NULL;
}

void request_abandon(struct worker *w, struct strand *s)
{
	cut_waiting(w, s);
	(void)strand_interrupt(w, s);
}

static void cut(struct worker *w, struct strand *s)
{
	s->cut = true;
	switch ((enum strand_state)s->state) {
	case STRAND_WAITS_ANSWER:
		w->http->ops->cancel(w->http, s->exchange);
		break;
	case STRAND_WAITS_HOST:
		cut_waiting(w, s);
		break;
	case STRAND_WAITS_TIME:
		timers_remove(&w->timers, s);
		request_give_up(w, s);
		break;
	case STRAND_WAITS_USERS:
		timers_remove(&w->timers, s);
		meeting_forget(w, s);
		break;
	case STRAND_WAITS_JOIN:
	case STRAND_RUNS:
		break;
	}
}

static void cut_ended(struct worker *w, struct user *u)
{
	if (u->in_flight)
		return;
	while (u->children) {
		struct strand *s = u->children;

		u->children = s->next;
		groups_end(w, s, OUTCOME_CUT_OFF);
		strand_give(&w->users, s);
	}
	/* After the cut may come what each user does at its end. */
	if (worker_iteration_over(w, u, OUTCOME_CUT_OFF))
		strand_resume(w, u->strand);
}

void user_cut(struct worker *w, struct user *u)
{
	if (u->strand->cut)
		return;
	for (struct strand *s = u->children; s; s = s->next)
		cut(w, s);
	cut(w, u->strand);
	cut_ended(w, u);
}

void user_cut_done(struct worker *w, struct strand *s)
{
	count_cut(w, s);
	cut_ended(w, s->user);
}
