#include "run/worker.h"

#include <stdlib.h>

#include "base/log.h"
#include "run/around.h"
#include "run/interpreter.h"
#include "run/rows.h"
#include "run/tell.h"
#include "run/visits.h"

/* So many are begun at once; then answers are looked at before the next. */
#define ALL_LOADS UINT32_MAX
#define BATCH	  16u
#define CROWD	  5000u
#define SLICE	  (2 * NS_PER_MS)

/* ---- setup and teardown */

/* Whoever performs setup or teardown: a user that is none of the load's. */
static void helper_come(struct worker *w)
{
	struct user *u = user_take(&w->users);

	u->number = UINT64_MAX; /* one more is 0 */
	u->http = w->http->ops->user_open(w->http);
	u->strand->clock = w->start;
	if (!around_begin(w, u, w->part))
		BUG("nothing to perform");
	worker_wait(w, u->strand, w->start);
}

/* ---- the end */

static bool is_of(const struct user *u, uint32_t which)
{
	return which == ALL_LOADS || u->load == which;
}

/* Whoever only pauses after the last step of an iteration has nothing left to do. */
static void end_pausing(struct worker *w, uint32_t which)
{
	struct user *next;

	for (struct user *u = w->users.living; u; u = next) {
		struct strand *s = u->strand;

		next = u->next;
		if (!is_of(u, which) || s->state != STRAND_WAITS_TIME ||
		    w->program->code[s->pc].op != OP_END)
			continue;
		timers_remove(&w->timers, s);
		if (s->clock > w->now) {
			s->thought -= s->clock - w->now;
			s->clock = w->now;
		}
		strand_resume(w, s);
	}
}

static void cut_all(struct worker *w, uint32_t which)
{
	struct user *next;

	for (struct user *u = w->users.living; u; u = next) {
		next = u->next;
		if (is_of(u, which) && !user_dismiss(w, u))
			user_cut(w, u);
	}
}

/* Requests in flight may come back; who waits for something else goes. */
static void stop(struct worker *w)
{
	struct user *next;

	w->stopping = true;
	visits_stop_all(w);
	end_pausing(w, ALL_LOADS);
	for (struct user *u = w->users.living; u; u = next) {
		next = u->next;
		if (!user_dismiss(w, u) && !u->in_flight && u->part != AROUND_AFTER_USER)
			user_cut(w, u);
	}
	end_when_empty(w);
}

/* The ends of the loads, and what is due after this moment. */
static void look_at_loads(struct worker *w)
{
	w->edge = NS_NEVER;
	for (uint32_t i = 0; w->part == AROUND_NONE && i < w->plan->loads.count; i++) {
		const struct load_plan *load = &w->plan->loads.items[i];
		struct worker_load *own = &w->loads[i];
		ns_t end = load->end == NS_NEVER ? NS_NEVER : w->start + load->end;
		ns_t cut = load->cut == NS_NEVER ? NS_NEVER : w->start + load->cut;

		if (!own->ended && w->now >= end) {
			own->ended = true;
			end_pausing(w, i);
		}
		if (!own->cut && w->now >= cut) {
			own->cut = true;
			visits_stop(w, i);
			cut_all(w, i);
			end_when_empty(w);
		}
		end = own->ended ? own->cut ? NS_NEVER : cut : end;
		w->edge = end < w->edge ? end : w->edge;
	}
}

/* What the clock and the other threads ask for. */
static void look_at_end(struct worker *w)
{
	int state = atomic_load_explicit(&w->shared->state, memory_order_acquire);
	ns_t cut_at = atomic_load(&w->shared->cut_at);

	if (w->now >= w->edge)
		look_at_loads(w);
	if (state >= RUN_STOPS && !w->stopping && w->part != AROUND_TEARDOWN)
		stop(w);
	if (cut_at < w->cut_at)
		w->cut_at = cut_at;
	if (!w->cutting && (state == RUN_CUTS || w->now >= w->cut_at)) {
		w->cutting = true;
		w->stopping = true;
		visits_stop_all(w);
		cut_all(w, ALL_LOADS);
		end_when_empty(w);
	}
}

/* ---- events */

static ns_t next_moment(const struct worker *w)
{
	ns_t next = timers_next(&w->timers);

	/* Of very many who think, those of one slice are woken together: a wake-up each would cost
	 * more than the request. Arrivals are never moved. */
	if (w->users.live > CROWD && next != NS_NEVER)
		next += SLICE - 1 - (next + SLICE - 1) % SLICE;
	if (w->next_due < next)
		next = w->next_due;
	if (!w->cutting && w->edge < next)
		next = w->edge;
	if (!w->cutting && w->cut_at < next)
		next = w->cut_at;
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

/* After each event: the safe point of the recorder, and the alarm when it would come too late. */
static void after_event(struct worker *w)
{
	ns_t next = next_moment(w);

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
	struct strand *s;

	w->now = w->loop->ops->now(w->loop);
	w->alarm = NS_NEVER;
	look_at_end(w);
	for (unsigned i = 0; i < BATCH && w->next_due <= w->now; i++)
		user_come(w);
	for (unsigned i = 0; i < BATCH && (s = timers_pop(&w->timers, w->now)); i++)
		strand_due(w, s);
	after_event(w);
}

static void on_wake(void *owner)
{
	struct worker *w = owner;

	w->now = w->loop->ops->now(w->loop);
	look_at_end(w);
	if (w->meeting)
		meetings_look(w);
	after_event(w);
}

static void on_done(void *owner, struct exchange *exchange)
{
	struct worker *w = owner;

	w->now = exchange->times.done;
	request_done(w, exchange);
	after_event(w);
}

void worker_wait(struct worker *w, struct strand *s, ns_t due)
{
	s->state = STRAND_WAITS_TIME;
	s->parked = true;
	timers_add(&w->timers, s, due);
}

/* What may fail is kept, where failures are: by its status, or by what is expected of it. */
static int raw_from(const struct run_settings *settings, const struct request_plan *r)
{
	if (!settings->evidence)
		return 0;
	return r->judged ? 100 : 400;
}

/* ---- life */

static void prepare_request(struct worker *w, uint32_t index)
{
	const struct request_plan *r = &w->program->requests[index];
	const char **lines = ARENA_ARRAY(&w->arena, r->header_count + 1, const char *);
	bool tells = tell_wants_bodies(&w->plan->settings);
	struct str *files = ARENA_ARRAY(&w->arena, r->file_count + 1, struct str);
	struct http_plan_spec spec = {
	    .method = r->method,
	    .url = r->url->constant ? r->url->value.text : STR_NULL,
	    .header_lines = lines,
	    .body = r->body && r->body->constant && !r->file_count ? r->body->value.text : STR_NULL,
	    .has_body = r->body != NULL,
	    .keep_body = tells || (r->needs & NEEDS_BODY),
	    .keep_raw_from = raw_from(&w->plan->settings, r),
	    .keep_headers = tells || (r->needs & (NEEDS_HEADERS | NEEDS_COOKIES)),
	    .look_at_certificate = r->needs & NEEDS_CERTIFICATE,
	    .timeout = r->timeout,
	    .connect_timeout = r->connect_timeout,
	    .body_limit = r->body_limit,
	    .http_version = r->http,
	    .no_compression = r->no_compression,
	    .tls_profile = r->tls_profile,
	    .proxy = r->proxy.len ? r->proxy.ptr : NULL,
	    .auth = (int)r->auth.kind,
	    .auth_scope = r->auth.scope.ptr,
	};

	for (size_t i = 0; i < r->header_count; i++)
		if (r->headers[i].line.ptr)
			lines[spec.header_count++] = r->headers[i].line.ptr;
	spec.files = files;
	for (size_t i = 0; i < r->file_count; i++)
		files[spec.file_count++] = r->files[i].content;
	w->requests[index] = w->http->ops->plan(w->http, &spec);
}

/* For expressions: the row of data set SET that the user at hand has. */
static bool row_of_user(struct eval *eval, uint32_t set, uint64_t *row)
{
	const struct worker *w = eval->owner;
	const struct load_plans *loads = &w->plan->loads;
	const struct load_plan *load = w->at_hand ? &loads->items[w->at_hand->load] : NULL;
	uint64_t number = eval->builtins.user_index, iteration = eval->builtins.iteration;
	struct row_key key = {.seed = w->plan->settings.seed, .set = set, .turn = number};

	/* Before the first iteration: the row of the first. */
	if (load && eval->data[set].per == PER_ITERATION)
		key.turn = load_turn(loads, load, number, iteration ? iteration : 1);
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
	w->eval.scratch = &w->scratch;
	w->eval.numbers = shared->numbers;
	w->eval.data = w->program->model->data;
	w->eval.rows = &w->rows;
	w->eval.row = row_of_user;
	w->eval.owner = w;
	w->eval.builtins.run_id = plan->settings.run_id;
	w->eval.builtins.shard_index = plan->shard;
	w->eval.builtins.shard_count = plan->shards;
	w->loads = ARENA_ARRAY(&w->arena, plan->loads.count, struct worker_load);
	w->told = ARENA_ARRAY(&w->arena, program->request_count, uint32_t);
	if (plan->settings.evidence)
		w->kept =
		    ARENA_ARRAY(&w->arena, program->request_count * FAILURE_CLASS_COUNT, uint8_t);
	w->requests = ARENA_ARRAY(&w->arena, program->request_count, struct http_plan *);
	for (uint32_t i = 0; i < program->request_count; i++)
		prepare_request(w, i);
	loop->on_alarm = on_alarm;
	loop->on_wake = on_wake;
	loop->owner = w;
	http->done = on_done;
	http->owner = w;
}

void worker_release(struct worker *w)
{
	w->http->ops->free(w->http);
	w->loop->ops->free(w->loop);
	recorder_release(&w->recorder);
	timers_release(&w->timers);
	replay_free(w->replay);
	user_pool_release(&w->users);
	scratch_release(&w->scratch);
	rows_reader_release(&w->rows);
	buf_release(&w->text);
	buf_release(&w->spare);
	buf_release(&w->failure_text);
	arena_release(&w->arena);
}

void worker_run(struct worker *w, enum around part, ns_t start, ns_t wall_offset)
{
	const struct run_plan *plan = w->plan;
	bool load = part == AROUND_NONE;

	w->part = part;
	w->stopping = w->cutting = false;
	w->start = start;
	w->measured = load ? start + plan->loads.warm_up : start;
	w->wall_offset = wall_offset;
	w->now = start;
	w->alarm = w->cut_at = w->edge = w->next_due = NS_NEVER;
	if (load)
		visits_begin(w);
	else
		helper_come(w);
	if (load && w->next_due == NS_NEVER)
		return;
	look_at_loads(w);
	after_event(w);
	w->loop->ops->run(w->loop);
	count_connections(w);
}
