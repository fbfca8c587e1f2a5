/*
 * A request from its REQUEST to the end of its exchange: rendered, checked against the allowed
 * hosts, counted against the user's connections, sent; then its redirects, hop by hop.
 */
#include "run/interpreter.h"
#include "run/request.h"

#include "base/url.h"
#include "net/redirect.h"
#include "run/channels.h"
#include "run/event_reader.h"
#include "run/listener.h"
#include "run/renewal.h"
#include "run/response_secrets.h"
#include "run/step_log.h"
#include "run/step_report.h"
#include "run/trace.h"
#include "run/user_page.h"
#include "run/user_lifecycle.h"

static uint32_t request_index(const struct worker *w, const struct fiber *f)
{
	return (uint32_t)(f->request - w->program->requests);
}

struct buf *request_fail(struct worker *w, struct fiber *f, enum failure_class class, struct str at)
{
	const struct user *u = f->user;

	f->failed = true;
	f->pc = f->request_end_pc;
	w->failure = (struct failure_note){
	    .class = class,
	    .series = w->plan->requests[request_index(w, f)].series,
	    .at = at,
	    .user = u->number + 1,
	    .iteration = u->iteration,
	    .trace = f->sample.trace,
	};
	buf_clear(&w->failure_text);
	return &w->failure_text;
}

struct buf *request_fail_here(struct worker *w, struct fiber *f, enum failure_class class)
{
	return request_fail(w, f, class, w->plan->requests[request_index(w, f)].at);
}

/* ---- sending */

static struct str url_of(const struct fiber *f)
{
	const struct exchange *x = f->exchange;

	return x->url.len ? buf_str(&x->url) : f->request->url->value.text;
}

/* The check of the host, for the first URL and every redirect: nothing is sent to other hosts. */
static bool check_gate(struct worker *w, struct fiber *f, struct str text)
{
	struct url url;
	struct buf *out;

	if (!url_split(text, &url) ||
	    (!str_ieq(url.scheme, STR("http")) && !str_ieq(url.scheme, STR("https")))) {
		out = request_fail_here(w, f, FAILURE_protocol);
		buf_printf(out, "'%.*s' is not an http or https URL", STR_ARG(text));
		return false;
	}
	if (program_host_allowed(w->program, &url))
		return true;
	out = request_fail_here(w, f, FAILURE_blocked_host);
	if (f->request->page_action && !f->redirect_hops)
		buf_printf(out,
			   "the %s goes to %.*s:%u, which the file does not name; if that host may "
			   "be tested, add: allowed_hosts: [\"%.*s",
			   f->request->page_action->follows ? "link" : "form", STR_ARG(url.host),
			   (unsigned)url.port, STR_ARG(url.host));
	else
		buf_printf(out,
			   "%.*s:%u is neither the target nor an allowed host; add: "
			   "allowed_hosts: [\"%.*s",
			   STR_ARG(url.host), (unsigned)url.port, STR_ARG(url.host));
	if (url.has_port)
		buf_printf(out, ":%u", (unsigned)url.port);
	buf_add(out, STR("\"]"));
	return false;
}

static void send_exchange(struct worker *w, struct fiber *f)
{
	struct exchange *x = f->exchange;

	fiber_enter(f, FIBER_IN_FLIGHT);
	f->parked = true;
	f->user->in_flight++;
	w->http->ops->send(w->http, x);
	if (f->request->events)
		event_reader_start(w, f);
	if (!f->deadline && f->request->timeout)
		f->deadline = x->times.sent + f->request->timeout;
	if (program_listens(f->request))
		listener_start(w, f);
	if (f->sent)
		return;
	f->sent = x->times.sent;
	if (f->scheduled && w->fixture == FIXTURE_NONE &&
	    worker_is_after_warm_up(w, f->user, f->due))
		recorder_lag(&w->recorder, f->sent - f->due);
	f->scheduled = false;
}

static uint32_t origin_of(struct str url)
{
	size_t slashes = str_find(url, STR("://"), 0);
	size_t end = slashes == NOT_FOUND ? url.len : slashes + 3;

	while (end < url.len && url.ptr[end] != '/' && url.ptr[end] != '?' && url.ptr[end] != '#')
		end++;
	return (uint32_t)str_hash(str_slice(url, 0, end));
}

/*
 * Only a fork has several requests of a user in flight, so only its branches are counted. Where
 * HTTP/2 is possible, the first request to an origin is sent alone: after its response, the others
 * share its connection, or open their own.
 */
static bool may_send(const struct worker *w, const struct fiber *f)
{
	const struct user *u = f->user;
	bool shares = w->plan->requests[request_index(w, f)].may_share;
	bool known = u->last_origin == f->origin;
	unsigned count = 0, max = shares && !known ? 1 : w->plan->per_host;

	if (u->in_flight < max || (shares && known && u->last_origin_http2))
		return true;
	for (const struct fiber *c = u->children; c; c = c->next)
		count += c->state == FIBER_IN_FLIGHT && c->origin == f->origin;
	return count < max;
}

/* X got a response: the HTTP version of its origin is known now. */
static void learn_origin(struct worker *w, struct fiber *f, const struct exchange *x)
{
	if (!w->plan->requests[request_index(w, f)].may_share)
		return;
	f->user->last_origin = f->parent ? f->origin : origin_of(str_of(x->last_url));
	f->user->last_origin_http2 = x->version >= 20;
}

static void enqueue(struct fiber *f)
{
	struct user *u = f->user;

	fiber_enter(f, FIBER_QUEUED);
	f->parked = true;
	f->scheduled = false;
	f->queued = NULL;
	*u->queued_end = f;
	u->queued_end = &f->queued;
}

void request_dequeue(struct fiber *f)
{
	struct user *u = f->user;
	struct fiber **link = &u->queued_first;

	while (*link != f)
		link = &(*link)->queued;
	*link = f->queued;
	if (!*link)
		u->queued_end = link;
}

static void count_started(struct worker *w, const struct fiber *f)
{
	if (worker_is_measured(w, f->user, f->due))
		recorder_started(&w->recorder, w->plan->requests[request_index(w, f)].series);
}

/* For a request that has begun; one that waited too long for a connection ends as soon as it is
 * sent. */
static ns_t time_left(const struct fiber *f, ns_t now)
{
	return f->deadline - now > NS_PER_MS ? f->deadline - now : NS_PER_MS;
}

/* A connection of U is free: sends the request that has waited longest and may be sent; none
 * when the run stops. The fiber whose response freed it is still running, so U stays. */
static void send_queued(struct worker *w, struct user *u)
{
	struct fiber *f = u->queued_first;

	while (f) {
		struct fiber *next = f->queued;

		if (worker_stops_fiber(w, f)) {
			request_drop_queued(w, f);
		} else if (may_send(w, f)) {
			request_dequeue(f);
			if (!f->sample.retries && !f->redirect_hops)
				count_started(w, f);
			if (f->redirect_hops && f->deadline)
				f->exchange->timeout = time_left(f, w->now);
			send_exchange(w, f);
		}
		f = next;
	}
}

/* Starts the current request from its beginning; a retry keeps what there is. */
static void begin_request(struct fiber *f, const struct request_plan *plan)
{
	f->request = plan;
	f->sends_query = false;
	f->due = f->clock;
	f->sent = 0;
	f->renewed = false;
	f->sample = (struct sample){.dns = SAMPLE_NONE, .connect = SAMPLE_NONE, .tls = SAMPLE_NONE};
	f->sample.kind = plan->wait	 ? SAMPLE_MESSAGE
			 : plan->channel ? SAMPLE_HANDSHAKE
					 : SAMPLE_REQUEST;
}

void request_begin_wait(struct worker *w, struct fiber *f, const struct instr *in)
{
	fiber_enter(f, FIBER_PREPARED);
	begin_request(f, &w->program->requests[in->a]);
	f->redirect_hops = 0;
	f->request_end_pc = in->b;
	f->deadline = 0;
	f->failed = false;
	f->exchange = w->http->ops->begin(w->http, w->requests[in->a], f->user->http);
	f->exchange->owner = f;
	count_started(w, f);
}

/* The request cannot be rendered: the page has no such form, or an expression has no value. */
static void fail_rendering(struct worker *w, struct fiber *f)
{
	if (f->request->page_action && user_page_error(w).len)
		buf_add(request_fail_here(w, f, FAILURE_extract), user_page_error(w));
	else
		buf_add(request_fail_here(w, f, FAILURE_expression), str_of(w->eval.error));
}

enum control_flow op_REQUEST(struct worker *w, struct fiber *f, const struct instr *in)
{
	const struct request_facts *facts = &w->plan->requests[in->a];
	const struct request_plan *plan = &w->program->requests[in->a];
	bool again = f->state == FIBER_RETRYING, blocked;
	struct exchange *x;

	if (worker_stops_fiber(w, f)) {
		if (again) {
			request_cancel_retry(w, f);
			fiber_enter(f, FIBER_RUNNING);
		}
		return interpreter_interrupt(w, f);
	}
	if (!again && plan->channel && channels_has_kept(w, f, plan)) {
		f->pc = in->b + 1;
		return FLOW_NEXT;
	}
	if (plan->renewals && renewal_awaits(w, f, in))
		return FLOW_PARKED;
	if (!again && !interpreter_may_request(w, f))
		return interpreter_interrupt(w, f);
	fiber_enter(f, FIBER_PREPARED);
	if (!again)
		begin_request(f, plan);
	f->sample.status = 0;
	f->redirect_hops = 0;
	f->request_end_pc = in->b;
	f->deadline = 0;
	f->failed = false;
	f->rendered = w->switches;
	x = w->http->ops->begin(w->http, w->requests[in->a], f->user->http);
	x->owner = f;
	f->exchange = x;
	if (!request_render(w, f, x)) {
		if (interpreter_rows_ended(w) && !again) {
			w->http->ops->end(w->http, x);
			f->exchange = NULL;
			fiber_enter(f, FIBER_RUNNING);
			return interpreter_out_of_rows(w, f);
		}
		if (!again)
			count_started(w, f);
		fail_rendering(w, f);
		return FLOW_NEXT;
	}
	blocked = (facts->check_gate || x->url.len) && !check_gate(w, f, url_of(f));
	if (!blocked && f->parent)
		f->origin = origin_of(url_of(f));
	if (!blocked && f->parent && !may_send(w, f)) {
		enqueue(
		    f); /* counted when it is sent: what is cut off before that was never sent */
		return FLOW_PARKED;
	}
	if (!again)
		count_started(w, f);
	if (blocked)
		return FLOW_NEXT;
	send_exchange(w, f);
	return FLOW_PARKED;
}

/* ---- redirects */

static void choose_method(const struct exchange *old, struct exchange *next, const char *method)
{
	next->override_method = old->override_method || redirect_makes_get(old->status, method);
	next->method = next->override_method ? "GET" : NULL;
}

void request_copy(struct exchange *next, const struct exchange *old)
{
	buf_add(&next->header_text, buf_str(&old->header_text));
	buf_add(&next->login, buf_str(&old->login));
	buf_add(&next->identity, buf_str(&old->identity));
	buf_add(&next->note, buf_str(&old->note));
}

/* Sends the hop that the response asks for; false if the request has failed instead. */
static bool follow(struct worker *w, struct fiber *f)
{
	const struct request_plan *plan = f->request;
	struct exchange *old = f->exchange, *next;
	struct str to = old->redirect_to;
	ns_t left = f->deadline ? f->deadline - old->times.done : 0;
	uint32_t from = f->origin;

	if (f->redirect_hops >= plan->max_hops) {
		buf_printf(request_fail_here(w, f, FAILURE_protocol),
			   "more than %u redirects, the last to %.*s", plan->max_hops, STR_ARG(to));
		return false;
	}
	if (!check_gate(w, f, to))
		return false;
	if (f->deadline && left <= 0) {
		buf_add(request_fail_here(w, f, FAILURE_timeout),
			STR("no complete response within the timeout, redirects included"));
		return false;
	}
	next = w->http->ops->begin(w->http, old->plan, f->user->http);
	next->owner = f;
	buf_add(&next->url, to);
	choose_method(old, next, plan->method.ptr);
	request_copy(next, old);
	if (!next->override_method) {
		buf_add(&next->body, buf_str(&old->body));
		memcpy(next->file_offsets, old->file_offsets,
		       plan->file_count * sizeof *next->file_offsets);
	}
	next->drop_credentials = old->drop_credentials ||
				 redirect_leaves_origin(str_of(old->last_url), buf_str(&next->url));
	/* A stream has no end; its deadline is the timer of F. */
	next->timeout = program_listens(plan) ? 0 : left;
	if (trace_needs_bodies(&w->plan->settings))
		response_secrets_find_in(w, f, old);
	trace_exchange(w, f, old);
	step_report_exchange(w, f, old);
	step_log_redirect(w, f, old);
	if (w->plan->settings.tap)
		w->plan->settings.tap->redirect(w->plan->settings.tap->owner, f->user->number + 1,
						old);
	w->http->ops->end(w->http, old);
	f->exchange = next;
	if (f->parent)
		f->origin = origin_of(buf_str(&next->url));
	f->sample.redirects++;
	f->redirect_hops++;
	if (f->parent && f->origin != from && !may_send(w, f))
		enqueue(f);
	else
		send_exchange(w, f);
	return true;
}

/* ---- responses */

static bool is_followed(const struct fiber *f, const struct exchange *x)
{
	return x->result == HTTP_OK && f->request->follow && x->redirect_to.len &&
	       redirect_status(x->status);
}

void request_done(struct worker *w, struct exchange *x)
{
	struct fiber *f = x->owner;
	struct user *u = f->user;

	u->in_flight--;
	request_count_hop(f, x);
	request_note_reached(w, u, x);
	if (f->state == FIBER_CANCELLING) {
		user_lifecycle_exchange_aborted(w, f);
		return;
	}
	fiber_enter(f, FIBER_CHECKING);
	if (f->events)
		event_reader_stop(w, f, !is_followed(f, x));
	if (f->listener)
		listener_stop(w, f);
	w->response.url = STR_NULL;
	response_secrets_begin(w);
	if (x->result != HTTP_OK) {
		request_fail_exchange(w, f, x);
	} else {
		f->sample.status = (uint16_t)x->status;
		learn_origin(w, f, x);
		if (!is_followed(f, x)) {
			request_read_response(w, f, x);
		} else if (follow(w, f)) {
			/* To another origin: a connection to this one is free. */
			if (u->queued_first)
				send_queued(w, u);
			return;
		}
	}
	if (u->queued_first)
		send_queued(w, u);
	interpreter_resume(w, f);
}
