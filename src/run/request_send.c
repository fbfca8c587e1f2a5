/*
 * A request from its REQUEST to its REQUEST_END: rendered, let through the host gate, counted
 * against the user's connections, sent; its redirects followed hop by hop; its answer judged;
 * counted.
 */
#include "run/interpreter.h"
#include "run/request.h"

#include "base/url.h"
#include "net/redirect.h"
#include "run/trace.h"
#include "run/user_lifecycle.h"

static uint32_t request_index(const struct worker *w, const struct fiber *s)
{
	return (uint32_t)(s->request - w->program->requests);
}

struct buf *request_fail(struct worker *w, struct fiber *s, enum failure_class class, struct str at)
{
	const struct user *u = s->user;

	s->failed = true;
	s->pc = s->request_end_pc;
	w->failure = (struct failure_note){
	    .class = class,
	    .series = w->plan->requests[request_index(w, s)].series,
	    .at = at,
	    .user = u->number + 1,
	    .iteration = u->iteration,
	};
	buf_clear(&w->failure_text);
	return &w->failure_text;
}

static struct buf *fail_here(struct worker *w, struct fiber *s, enum failure_class class)
{
	return request_fail(w, s, class, w->plan->requests[request_index(w, s)].at);
}

/* ---- rendering */

static bool put_headers(struct worker *w, const struct request_plan *plan, struct buf *out)
{
	for (size_t i = 0; i < plan->header_count; i++) {
		const struct header_plan *header = &plan->headers[i];

		if (header->line.ptr)
			continue;
		buf_add(out, header->name);
		buf_add(out, STR(": "));
		if (!eval_render(header->value, &w->eval, out))
			return false;
		buf_add_char(out, '\0');
	}
	return true;
}

/* What goes with the plan's auth: name and password, each ended by NUL. */
static bool put_login(struct worker *w, const struct auth_plan *auth, struct buf *out)
{
	if (auth->kind == AUTH_NONE)
		return true;
	if (!eval_render(auth->user, &w->eval, out))
		return false;
	buf_add_char(out, '\0');
	if (!eval_render(auth->password, &w->eval, out))
		return false;
	buf_add_char(out, '\0');
	return true;
}

/* The body of PLAN, the text around its files, and where those stand. */
static bool put_body(struct worker *w, const struct request_plan *plan, struct exchange *x)
{
	if (!plan->body || (plan->body->constant && !plan->file_count))
		return true;
	for (size_t i = 0; i < plan->file_count; i++) {
		if (!eval_render(plan->files[i].before, &w->eval, &x->body))
			return false;
		x->file_offsets[i] = x->body.len;
	}
	return eval_render(plan->body, &w->eval, &x->body);
}

/* What varies goes into X; the rest is in the prepared plan. */
static bool render(struct worker *w, struct fiber *s, struct exchange *x)
{
	const struct request_plan *plan = s->request;
	const struct request_facts *facts = &w->plan->requests[request_index(w, s)];
	bool ok;

	if (s->user->session && user_iterates(s->user)) {
		replay_sessions_render(w->replay, s->user->session, &x->url, &x->header_text,
				       &x->body);
		return true;
	}
	if (!facts->varies)
		return true;
	interpreter_eval(w, s);
	ok = (plan->url->constant || eval_render(plan->url, &w->eval, &x->url)) &&
	     put_headers(w, plan, &x->header_text) && put_login(w, &plan->auth, &x->login) &&
	     put_body(w, plan, x);
	scratch_clear(&w->scratch);
	return ok;
}

/* ---- sending */

static struct str url_of(const struct fiber *s)
{
	const struct exchange *x = s->exchange;

	return x->url.len ? buf_str(&x->url) : s->request->url->value.text;
}

/* The host gate: first requests and every hop of a redirect; nothing is sent to anyone else. */
static bool check_gate(struct worker *w, struct fiber *s, struct str text)
{
	struct url url;
	struct buf *out;

	if (!url_split(text, &url) ||
	    (!str_ieq(url.scheme, STR("http")) && !str_ieq(url.scheme, STR("https")))) {
		out = fail_here(w, s, FAILURE_protocol);
		buf_printf(out, "'%.*s' is not an http or https URL", STR_ARG(text));
		return false;
	}
	if (program_host_allowed(w->program, &url))
		return true;
	out = fail_here(w, s, FAILURE_blocked_host);
	buf_printf(out, "%.*s:%u is neither the target nor allowed; add: allowed_hosts: [\"%.*s",
		   STR_ARG(url.host), (unsigned)url.port, STR_ARG(url.host));
	if (url.has_port)
		buf_printf(out, ":%u", (unsigned)url.port);
	buf_add(out, STR("\"]"));
	return false;
}

static void send_exchange(struct worker *w, struct fiber *s)
{
	struct exchange *x = s->exchange;

	s->state = FIBER_IN_FLIGHT;
	s->parked = true;
	s->user->in_flight++;
	w->http->ops->send(w->http, x);
	if (!s->deadline && s->request->timeout)
		s->deadline = x->times.sent + s->request->timeout;
	if (s->sent)
		return;
	s->sent = x->times.sent;
	if (s->scheduled && w->fixture == FIXTURE_NONE &&
	    worker_is_after_warm_up(w, s->user, s->due))
		recorder_lag(&w->recorder, s->sent - s->due);
	s->scheduled = false;
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
 * HTTP/2 may be spoken, the first request to an origin goes alone: once it is answered, the others
 * share its connection, or open their own.
 */
static bool may_send(const struct worker *w, const struct fiber *s)
{
	const struct user *u = s->user;
	bool shares = w->plan->requests[request_index(w, s)].may_share;
	bool known = u->last_origin == s->origin;
	unsigned count = 0, max = shares && !known ? 1 : w->plan->per_host;

	if (u->in_flight < max || (shares && known && u->last_origin_http2))
		return true;
	for (const struct fiber *c = u->children; c; c = c->next)
		count += c->state == FIBER_IN_FLIGHT && c->origin == s->origin;
	return count < max;
}

/* X was answered: what its origin speaks is known now. */
static void learn_origin(struct worker *w, struct fiber *s, const struct exchange *x)
{
	if (!w->plan->requests[request_index(w, s)].may_share)
		return;
	s->user->last_origin = s->parent ? s->origin : origin_of(str_of(x->last_url));
	s->user->last_origin_http2 = x->version == 20;
}

static void enqueue(struct fiber *s)
{
	struct user *u = s->user;

	s->state = FIBER_QUEUED;
	s->parked = true;
	s->scheduled = false;
	s->queued = NULL;
	*u->queued_end = s;
	u->queued_end = &s->queued;
}

void request_dequeue(struct fiber *s)
{
	struct user *u = s->user;
	struct fiber **link = &u->queued_first;

	while (*link != s)
		link = &(*link)->queued;
	*link = s->queued;
	if (!*link)
		u->queued_end = link;
}

static void count_started(struct worker *w, const struct fiber *s)
{
	if (worker_is_measured(w, s->user, s->due))
		recorder_started(&w->recorder, w->plan->requests[request_index(w, s)].series);
}

/* Of a request that has begun; what waited too long for a connection ends as soon as it is sent. */
static ns_t time_left(const struct fiber *s, ns_t now)
{
	return s->deadline - now > NS_PER_MS ? s->deadline - now : NS_PER_MS;
}

/* A connection of U has become free: whoever waited longest and may, goes; when the run stops,
 * nobody. Whose answer freed it still runs, so U stays. */
static void send_queued(struct worker *w, struct user *u)
{
	struct fiber *s = u->queued_first;

	while (s) {
		struct fiber *next = s->queued;

		if (worker_stops_fiber(w, s)) {
			request_drop_queued(w, s);
		} else if (may_send(w, s)) {
			request_dequeue(s);
			if (!s->sample.retries && !s->redirect_hops)
				count_started(w, s);
			if (s->redirect_hops && s->deadline)
				s->exchange->timeout = time_left(s, w->now);
			send_exchange(w, s);
		}
		s = next;
	}
}

/* The request at hand from its beginning; a retry goes on with what there is. */
static void begin_request(struct fiber *s, const struct request_plan *plan)
{
	s->request = plan;
	s->due = s->clock;
	s->sent = 0;
	s->sample = (struct sample){.dns = SAMPLE_NONE, .connect = SAMPLE_NONE, .tls = SAMPLE_NONE};
}

enum control_flow op_REQUEST(struct worker *w, struct fiber *s, const struct instr *in)
{
	const struct request_facts *facts = &w->plan->requests[in->a];
	bool again = s->retrying, blocked;
	struct exchange *x;

	if (worker_stops_fiber(w, s)) {
		request_cancel_retry(w, s);
		return interpreter_interrupt(w, s);
	}
	if (!again)
		begin_request(s, &w->program->requests[in->a]);
	s->retrying = false;
	s->redirect_hops = 0;
	s->request_end_pc = in->b;
	s->deadline = 0;
	s->failed = false;
	x = w->http->ops->begin(w->http, w->requests[in->a], s->user->http);
	x->owner = s;
	s->exchange = x;
	if (!render(w, s, x)) {
		if (interpreter_rows_ended(w) && !again) {
			w->http->ops->end(w->http, x);
			s->exchange = NULL;
			return interpreter_out_of_rows(w, s);
		}
		if (!again)
			count_started(w, s);
		struct buf *text = fail_here(w, s, FAILURE_expression);

		buf_add(text, str_of(w->eval.error));
		return FLOW_NEXT;
	}
	blocked = (facts->check_gate || x->url.len) && !check_gate(w, s, url_of(s));
	if (!blocked && s->parent)
		s->origin = origin_of(url_of(s));
	if (!blocked && s->parent && !may_send(w, s)) {
		enqueue(s); /* counted when it goes: what is cut off before that was never sent */
		return FLOW_PARKED;
	}
	if (!again)
		count_started(w, s);
	if (blocked)
		return FLOW_NEXT;
	send_exchange(w, s);
	return FLOW_PARKED;
}

/* ---- redirects */

static void choose_method(const struct exchange *old, struct exchange *next, const char *method)
{
	next->override_method = old->override_method || redirect_makes_get(old->status, method);
	next->method = next->override_method ? "GET" : NULL;
}

/* Sends the hop the answer asks for; false when the request has failed instead. */
static bool follow(struct worker *w, struct fiber *s)
{
	const struct request_plan *plan = s->request;
	struct exchange *old = s->exchange, *next;
	struct str to = old->redirect_to;
	ns_t left = s->deadline ? s->deadline - old->times.done : 0;
	uint32_t from = s->origin;

	if (s->redirect_hops >= plan->max_hops) {
		buf_printf(fail_here(w, s, FAILURE_protocol),
			   "more than %u redirects, the last to %.*s", plan->max_hops, STR_ARG(to));
		return false;
	}
	if (!check_gate(w, s, to))
		return false;
	if (s->deadline && left <= 0) {
		buf_add(fail_here(w, s, FAILURE_timeout),
			STR("no complete answer in time, redirects included"));
		return false;
	}
	next = w->http->ops->begin(w->http, old->plan, s->user->http);
	next->owner = s;
	buf_add(&next->url, to);
	choose_method(old, next, plan->method.ptr);
	buf_add(&next->header_text, buf_str(&old->header_text));
	buf_add(&next->login, buf_str(&old->login));
	if (!next->override_method) {
		buf_add(&next->body, buf_str(&old->body));
		memcpy(next->file_offsets, old->file_offsets,
		       plan->file_count * sizeof *next->file_offsets);
	}
	next->drop_credentials = old->drop_credentials ||
				 redirect_leaves_origin(str_of(old->last_url), buf_str(&next->url));
	next->timeout = left;
	trace_exchange(w, s, old);
	w->http->ops->end(w->http, old);
	s->exchange = next;
	if (s->parent)
		s->origin = origin_of(buf_str(&next->url));
	s->sample.redirects++;
	s->redirect_hops++;
	if (s->parent && s->origin != from && !may_send(w, s))
		enqueue(s);
	else
		send_exchange(w, s);
	return true;
}

/* ---- answers */

static enum failure_class failure_class_of(enum http_result result)
{
	switch (result) {
	case HTTP_DNS:
		return FAILURE_dns;
	case HTTP_CONNECT:
		return FAILURE_connect;
	case HTTP_TLS:
		return FAILURE_tls;
	case HTTP_TIMEOUT_CONNECT:
		return FAILURE_timeout_connect;
	case HTTP_TIMEOUT:
		return FAILURE_timeout;
	case HTTP_RESET:
		return FAILURE_reset;
	case HTTP_TRUNCATED:
		return FAILURE_truncated;
	case HTTP_BODY_MAX:
		return FAILURE_body_limit;
	case HTTP_NO_FILES:
		return FAILURE_generator_fds;
	case HTTP_NO_PORTS:
		return FAILURE_generator_ports;
	case HTTP_OK:
	case HTTP_CANCELLED:
	case HTTP_PROTOCOL:
		break;
	}
	return FAILURE_protocol;
}

/* Whatever came of it, there was somebody who took the connection. What libcurl cannot put on a
 * kept connection (a broken session of HTTP/2, which it may go on to offer) reached nobody. */
static void note_reached(struct worker *w, struct user *u, const struct exchange *x)
{
	enum http_result result = x->result;

	if (result == HTTP_DNS || result == HTTP_CONNECT || result == HTTP_TIMEOUT_CONNECT ||
	    result == HTTP_NO_FILES || result == HTTP_NO_PORTS ||
	    (result == HTTP_PROTOCOL && !x->new_connection && !x->bytes_received))
		return;
	u->reached = true;
	if (!atomic_load_explicit(&w->shared->reached, memory_order_relaxed))
		atomic_store(&w->shared->reached, true);
}

static void add_time(ns_t *sum, ns_t length)
{
	*sum = (*sum == SAMPLE_NONE ? 0 : *sum) + length;
}

/* What this hop adds to the sample of the whole request. */
static void count_hop(struct fiber *s, const struct exchange *x)
{
	struct sample *sample = &s->sample;

	sample->redirects = (uint16_t)(sample->redirects + x->auth_rounds);
	sample->resent = (uint16_t)(sample->resent + x->resent);
	sample->bytes_sent += x->bytes_sent;
	sample->bytes_received += x->bytes_received;
	if (!x->new_connection)
		return;
	add_time(&sample->dns, x->times.dns);
	add_time(&sample->connect, x->times.connect);
	if (x->times.tls)
		add_time(&sample->tls, x->times.tls); /* plain HTTP has none */
}

/* A recorded failure that is answered again is what was to be seen. */
static bool was_recorded(const struct fiber *s, int status)
{
	const struct user *u = s->user;

	return u->session && user_iterates(u) && u->session->now.status == status;
}

/* The answer is the request's last: what extracts and expects look at. */
static void read_response(struct worker *w, struct fiber *s, const struct exchange *x)
{
	s->status = x->status;
	s->response_time = x->times.done - s->due;
	w->response = (struct response){.status = x->status,
					.headers = buf_str(&x->headers),
					.body = buf_str(&x->response),
					.url = str_of(x->last_url),
					.time = s->response_time,
					.has_certificate = x->has_certificate,
					.certificate_days = x->certificate_days};
	if (s->request->default_expect && x->status >= 400 && !was_recorded(s, x->status)) {
		buf_printf(fail_here(w, s, FAILURE_status), "HTTP %d", x->status);
		w->failure.detail = (unsigned)x->status;
	}
}

void request_done(struct worker *w, struct exchange *x)
{
	struct fiber *s = x->owner;
	struct user *u = s->user;

	u->in_flight--;
	count_hop(s, x);
	note_reached(w, u, x);
	if (s->aborted) {
		user_lifecycle_exchange_aborted(w, s);
		return;
	}
	s->state = FIBER_RUNNING;
	if (x->result != HTTP_OK) {
		s->sample.status = 0;
		buf_add(fail_here(w, s, failure_class_of(x->result)), str_of(x->error));
	} else {
		s->sample.status = (uint16_t)x->status;
		learn_origin(w, s, x);
		if (!s->request->follow || !x->redirect_to.len || !redirect_status(x->status)) {
			read_response(w, s, x);
		} else if (follow(w, s)) {
			/* To another origin: a connection to this one is free. */
			if (u->queued_first)
				send_queued(w, u);
			return;
		}
	}
	if (u->queued_first)
		send_queued(w, u);
	interpreter_resume(w, s);
}
