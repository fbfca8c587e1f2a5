#include "run/trace_context.h"
#include "run/worker.h"

#include <stdlib.h>

#include "base/log.h"
#include "net/websocket_handshake.h"
#include "run/channels.h"
#include "run/error_message.h"
#include "run/event_reader.h"
#include "run/fixtures.h"
#include "run/interpreter.h"
#include "run/listener.h"
#include "run/renewal.h"
#include "run/request.h"
#include "run/row_pick.h"
#include "run/live_secrets.h"
#include "run/step_log.h"
#include "run/step_report.h"
#include "run/trace.h"
#include "run/user_arrivals.h"
#include "run/user_lifecycle.h"
#include "run/user_page.h"

/* work items per wake-up; then responses are read before the next items */
#define ALL_LOADS UINT32_MAX
#define BATCH	  16u
#define CROWD	  5000u
#define SLICE	  (2 * NS_PER_MS)

/* ---- setup and teardown */

/* The user that performs setup or teardown; it does not belong to the load. */
static void start_fixture_user(struct worker *w)
{
	struct user *u = user_acquire(&w->users);

	u->number = UINT64_MAX; /* `user.id` is 0 */
	u->http = w->http->ops->user_open(w->http);
	u->fiber->clock = w->start;
	if (!fixtures_begin(w, u, w->fixture))
		BUG("there is no fixture to perform");
	worker_sleep(w, u->fiber, w->start);
}

/* ---- the end */

/* Users that renew values end with those who wait for them. */
static bool is_of(const struct user *u, uint32_t which)
{
	return !u->renews && (which == ALL_LOADS || u->load == which);
}

/* True if U only pauses, after the last step of an iteration, and has nothing left to do. */
static bool is_in_last_pause(const struct worker *w, const struct user *u)
{
	const struct fiber *f = u->fiber;

	return u->state == USER_BACKING_OFF ||
	       (f->state == FIBER_SLEEPING && interpreter_is_at_end(w, f));
}

static void end_last_pauses(struct worker *w, uint32_t which)
{
	struct user *next;

	for (struct user *u = w->users.living; u; u = next) {
		struct fiber *f = u->fiber;

		next = u->next;
		if (!is_of(u, which) || !is_in_last_pause(w, u))
			continue;
		timers_remove(&w->timers, f);
		if (f->clock > w->now) {
			f->pause_time -= f->clock - w->now;
			f->clock = w->now;
		}
		interpreter_wake(w, f);
	}
}

static void abort_users(struct worker *w, uint32_t which)
{
	struct user *next;

	for (struct user *u = w->users.living; u; u = next) {
		next = u->next;
		if (is_of(u, which) && !user_lifecycle_retire(w, u))
			user_lifecycle_abort(w, u);
	}
	if (which == ALL_LOADS)
		renewal_abort_all(w);
}

/* Requests in flight may come back; users who wait for anything else end. */
static void drain(struct worker *w)
{
	struct user *next;

	w->state = RUN_DRAINING;
	user_arrivals_stop_all(w);
	end_last_pauses(w, ALL_LOADS);
	for (struct user *u = w->users.living; u; u = next) {
		next = u->next;
		if (!u->renews && !user_lifecycle_retire(w, u) && !u->in_flight &&
		    u->fixture != FIXTURE_AFTER_USER)
			user_lifecycle_abort(w, u);
	}
	user_lifecycle_end_if_empty(w);
}

/* The ends of the loads, and the time of the next one. */
static void check_loads(struct worker *w)
{
	w->edge = NS_NEVER;
	for (uint32_t i = 0; w->fixture == FIXTURE_NONE && i < w->plan->loads.count; i++) {
		const struct load_plan *load = &w->plan->loads.items[i];
		struct worker_load *own = &w->loads[i];
		ns_t end = load->end == NS_NEVER ? NS_NEVER : w->start + load->end;
		ns_t abort_at = load->abort_at == NS_NEVER ? NS_NEVER : w->start + load->abort_at;

		if (own->state == RUN_RUNNING && w->now >= end) {
			own->state = RUN_DRAINING;
			end_last_pauses(w, i);
		}
		if (own->state != RUN_ABORTING && w->now >= abort_at) {
			own->state = RUN_ABORTING;
			user_arrivals_stop_load(w, i);
			abort_users(w, i);
			user_lifecycle_end_if_empty(w);
		}
		if (own->state >= RUN_DRAINING)
			end = own->state == RUN_ABORTING ? NS_NEVER : abort_at;
		w->edge = end < w->edge ? end : w->edge;
	}
}

/* Obeys the clock and the other threads. */
static void check_run_state(struct worker *w)
{
	int state = atomic_load_explicit(&w->shared->state, memory_order_acquire);
	ns_t abort_at = atomic_load(&w->shared->abort_at);

	if (w->now >= w->edge)
		check_loads(w);
	if (state >= RUN_DRAINING && w->state == RUN_RUNNING && w->fixture != FIXTURE_TEARDOWN)
		drain(w);
	if (abort_at < w->abort_at)
		w->abort_at = abort_at;
	if (w->state != RUN_ABORTING && (state == RUN_ABORTING || w->now >= w->abort_at)) {
		w->state = RUN_ABORTING;
		user_arrivals_stop_all(w);
		abort_users(w, ALL_LOADS);
		user_lifecycle_end_if_empty(w);
	}
}

/* ---- events */

static ns_t next_alarm(const struct worker *w)
{
	ns_t next = timers_next(&w->timers), arrival = user_arrivals_alarm(w);

	/* With very many thinking users, those that are due within one slice are woken together: a
	 * wake-up for each would cost more than the request. */
	if (w->users.live > CROWD && next != NS_NEVER)
		next += SLICE - 1 - (next + SLICE - 1) % SLICE;
	if (arrival < next)
		next = arrival;
	if (renewal_next(w) < next)
		next = renewal_next(w);
	if (listener_next_alarm(w) < next)
		next = listener_next_alarm(w);
	if (w->state != RUN_ABORTING && w->edge < next)
		next = w->edge;
	if (w->state != RUN_ABORTING && w->abort_at < next)
		next = w->abort_at;
	return next;
}

static void count_connections(struct worker *w)
{
	const struct http_counters *c = &w->http->counters;

	if (c->connections_opened == w->connections_seen && c->closed_idle == w->closed_seen)
		return;
	recorder_run(&w->recorder)->connections_opened +=
	    c->connections_opened - w->connections_seen;
	recorder_run(&w->recorder)->reconnects += c->closed_idle - w->closed_seen;
	w->connections_seen = c->connections_opened;
	w->closed_seen = c->closed_idle;
}

/* After each event: lets the recorder swap, and moves the alarm forward if it would be too late. */
static void after_event(struct worker *w)
{
	ns_t next = next_alarm(w);

	count_connections(w);
	recorder_poll(&w->recorder);
	if (next >= w->alarm)
		return;
	w->alarm = next;
	w->loop->ops->alarm(w->loop, next);
}

static void on_alarm(void *owner)
{
	struct worker *w = owner;
	struct fiber *f;

	w->now = w->loop->ops->now(w->loop);
	w->alarm = NS_NEVER;
	check_run_state(w);
	renewal_begin_due(w);
	listener_alarm(w);
	for (unsigned i = 0; i < BATCH && w->next_due <= w->now; i++)
		user_arrivals_next(w);
	for (unsigned i = 0; i < BATCH && (f = timers_pop(&w->timers, w->now)); i++)
		interpreter_timer_due(w, f);
	after_event(w);
}

static void on_wake(void *owner)
{
	struct worker *w = owner;

	w->now = w->loop->ops->now(w->loop);
	check_run_state(w);
	if (w->at_rendezvous)
		interpreter_check_rendezvous(w);
	renewal_check(w);
	after_event(w);
}

static void on_done(void *owner, struct exchange *exchange)
{
	struct worker *w = owner;

	w->now = exchange->times.done;
	if (!listener_done(w, exchange))
		request_done(w, exchange);
	after_event(w);
}

static bool on_stream_begins(void *owner, struct exchange *exchange, ns_t now)
{
	struct worker *w = owner;
	const struct fiber *f = exchange->owner;
	bool streams = f && !f->listener ? event_reader_begins(w, exchange, now)
					 : listener_begins(w, exchange, now);

	after_event(w);
	return streams;
}

static bool on_stream_bytes(void *owner, struct exchange *exchange, struct str bytes, ns_t now)
{
	struct worker *w = owner;
	const struct fiber *f = exchange->owner;
	bool more = true;

	if (f && !f->listener)
		more = event_reader_bytes(w, exchange, bytes, now);
	else
		more = listener_bytes(w, exchange, bytes, now);
	after_event(w);
	return more;
}

static void on_channel_message(void *owner, struct channel *channel,
			       const struct channel_message *message)
{
	struct worker *w = owner;

	/* Messages that arrived together are processed one after the other. */
	if (message->at > w->now)
		w->now = message->at;
	channels_message(w, channel, message);
	after_event(w);
}

static void on_channel_closed(void *owner, struct channel *channel, const struct channel_end *end)
{
	struct worker *w = owner;

	w->now = w->loop->ops->now(w->loop);
	channels_closed(w, channel, end);
	after_event(w);
}

void worker_set_timer(struct worker *w, struct fiber *f, ns_t due)
{
	f->parked = true;
	timers_add(&w->timers, f, due);
}

void worker_sleep(struct worker *w, struct fiber *f, ns_t due)
{
	fiber_enter(f, FIBER_SLEEPING);
	worker_set_timer(w, f, due);
}

/* From which hundreds of status a body is kept: those with an error message, and for failure
 * samples all of them if the response is checked. */
static int raw_from(const struct run_settings *settings, const struct request_plan *r)
{
	return settings->failure_samples && r->checked ? 100 : 400;
}

/* ---- life */

static const struct channel_spec *plan_channel(struct worker *w, const struct request_plan *r)
{
	struct channel_spec *spec = ARENA_NEW(&w->arena, struct channel_spec);

	*spec = (struct channel_spec){.protocols = r->channel->protocols,
				      .offer = r->no_compression ? NULL : WEBSOCKET_OFFER,
				      .message_max = r->channel->message_max,
				      .idle_ping = r->channel->idle_ping};
	return spec;
}

static void plan_request(struct worker *w, uint32_t index)
{
	const struct request_plan *r = &w->program->requests[index];
	const char **lines = ARENA_ARRAY(&w->arena, r->header_count + 1, const char *);
	bool traces = trace_needs_bodies(&w->plan->settings), listens = program_listens(r);
	struct str *files = ARENA_ARRAY(&w->arena, r->file_count + 1, struct str);
	struct http_plan_spec spec = {
	    .method = r->method,
	    .url = r->url->constant ? r->url->value.text : STR_NULL,
	    .header_lines = lines,
	    .body = program_body_is_constant(r) ? r->body->value.text : STR_NULL,
	    .has_body = r->body || (r->page_action && !r->page_action->follows),
	    .keep_body = traces || (r->needs & NEEDS_BODY) || r->events || listens,
	    .stream = r->events || listens,
	    .raw_body_from = raw_from(&w->plan->settings, r),
	    .keep_headers =
		traces || r->channel || r->events || (r->needs & (NEEDS_HEADERS | NEEDS_COOKIES)),
	    .read_certificate = r->needs & NEEDS_CERTIFICATE,
	    .timeout = listens ? 0 : r->timeout,
	    .connect_timeout = r->connect_timeout,
	    .body_limit = r->body_limit,
	    .http_version = r->http,
	    .no_compression = r->no_compression,
	    .never_resend = r->never_resend,
	    .tls_profile = r->tls_profile,
	    .proxy = r->proxy.len ? r->proxy.ptr : NULL,
	    .auth = (int)r->auth.kind,
	    .auth_scope = r->auth.scope.ptr,
	    .channel = r->channel && !listens ? plan_channel(w, r) : NULL,
	};

	for (size_t i = 0; i < r->header_count; i++)
		if (r->headers[i].line.ptr)
			lines[spec.header_count++] = r->headers[i].line.ptr;
	spec.files = files;
	for (size_t i = 0; i < r->file_count; i++)
		files[spec.file_count++] = r->files[i].content;
	w->requests[index] = w->http->ops->plan(w->http, &spec);
}

/* For expressions: the row of data set SET that the current user has. */
static bool row_of_user(struct eval *eval, uint32_t set, uint64_t *row)
{
	const struct worker *w = eval->owner;
	const struct load_plan_list *loads = &w->plan->loads;
	const struct load_plan *load =
	    w->current_user ? &loads->items[w->current_user->load] : NULL;
	uint64_t number = eval->builtins.user_index, iteration = eval->builtins.iteration;
	struct row_key key = {.seed = w->plan->settings.seed, .set = set, .turn = number};

	/* Before the first iteration: the row of the first. */
	if (load && eval->data[set].per == PER_ITERATION)
		key.turn = load_plan_row_turn(loads, load, number, iteration ? iteration : 1);
	return row_pick(&eval->data[set], &key, row);
}

void worker_init(struct worker *w, const struct run_plan *plan, struct run_shared *shared,
		 unsigned index, struct loop *loop, struct http *http)
{
	const struct program *program = plan->program;

	*w = (struct worker){.plan = plan,
			     .program = program,
			     .shared = shared,
			     .index = index,
			     .loop = loop,
			     .http = http};
	arena_init(&w->arena, 0);
	recorder_init(&w->recorder, &plan->table, index);
	timers_init(&w->timers, plan->worker_users);
	user_pool_init(&w->users, program);
	scratch_init(&w->scratch);
	rows_reader_init(&w->rows);
	buf_init(&w->text, 0);
	buf_init(&w->spare, 0);
	buf_init(&w->failure_text, 4096);
	w->error_message = error_message_new(w->program);
	w->eval.scratch = &w->scratch;
	w->eval.numbers = shared->numbers;
	w->eval.data = w->program->model->data;
	w->eval.rows = &w->rows;
	w->eval.row = row_of_user;
	w->eval.owner = w;
	w->eval.builtins.run_id = plan->settings.run_id;
	w->eval.builtins.shard_index = plan->shard;
	w->eval.builtins.shard_count = plan->shards;
	w->step_log = step_log_new(&plan->settings);
	w->step_report = step_report_new(&plan->settings);
	w->page = user_page_new(program);
	w->secrets = ARENA_NEW(&w->arena, struct live_secrets);
	live_secrets_init(w->secrets);
	w->channels = channels_new();
	w->listeners = listener_pool_new();
	w->loads = ARENA_ARRAY(&w->arena, plan->loads.count, struct worker_load);
	w->reported = ARENA_ARRAY(&w->arena, program->request_count, uint32_t);
	if (plan->settings.failure_samples)
		w->sampled =
		    ARENA_ARRAY(&w->arena, program->request_count * FAILURE_CLASS_COUNT, uint8_t);
	w->requests = ARENA_ARRAY(&w->arena, program->request_count, struct http_plan *);
	for (uint32_t i = 0; i < program->request_count; i++)
		plan_request(w, i);
	loop->on_alarm = on_alarm;
	loop->on_wake = on_wake;
	loop->owner = w;
	http->done = on_done;
	http->stream_begins = on_stream_begins;
	http->stream_bytes = on_stream_bytes;
	http->channel_message = on_channel_message;
	http->channel_closed = on_channel_closed;
	http->owner = w;
}

void worker_release(struct worker *w)
{
	w->http->ops->free(w->http);
	w->loop->ops->free(w->loop);
	recorder_release(&w->recorder);
	timers_release(&w->timers);
	replay_sessions_free(w->replay);
	user_pool_release(&w->users);
	scratch_release(&w->scratch);
	rows_reader_release(&w->rows);
	buf_release(&w->text);
	buf_release(&w->spare);
	buf_release(&w->failure_text);
	error_message_free(w->error_message);
	step_log_free(w->step_log);
	step_report_free(w->step_report);
	user_page_free(w->page);
	event_reader_free_all(w);
	channels_free(w->channels);
	listener_pool_free(w->listeners);
	live_secrets_release(w->secrets);
	arena_release(&w->arena);
}

void worker_run(struct worker *w, enum fixture_kind fixture, ns_t start, ns_t wall_offset)
{
	const struct run_plan *plan = w->plan;
	bool load = fixture == FIXTURE_NONE;

	w->fixture = fixture;
	w->state = RUN_RUNNING;
	w->start = start;
	w->measured = load ? start + plan->loads.warm_up : start;
	w->wall_offset = wall_offset;
	trace_context_init(w, start + wall_offset + (ns_t)fixture);
	w->eval.builtins.run_started = start + wall_offset;
	w->now = start;
	w->alarm = w->abort_at = w->edge = w->next_due = NS_NEVER;
	if (load)
		user_arrivals_begin(w);
	else
		start_fixture_user(w);
	if (load && w->next_due == NS_NEVER)
		return;
	check_loads(w);
	after_event(w);
	w->loop->ops->run(w->loop);
	count_connections(w);
}
