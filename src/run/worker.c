#include "run/worker.h"

#include <stdlib.h>

#include "base/log.h"
#include "run/around.h"
#include "run/interpreter.h"
#include "run/tell.h"
#include "run/rows.h"

/* So many are begun at once; then answers are looked at before the next. */
#define BATCH	       16u
#define CROWD	       5000u
#define SLICE	       NS_PER_MS
#define SCENARIO_DRAWS (UINT64_MAX - 1) /* stands where a strand stands in other keys */

/* ---- a user's iterations */

static bool may_iterate(struct worker *w, const struct user *u)
{
	const struct run_plan *plan = w->plan;

	/* Each scenario once: what stopped one of them is not the others' business. */
	bool goes_on = plan->settings.once && u->part == AROUND_NONE && u->stop == STOP_USER;

	if (w->stopping || (u->stop >= STOP_USER && !goes_on))
		return false;
	if (plan->open)
		return u->iteration == 0;
	if ((u->iteration || u->part == AROUND_BEFORE_USER) &&
	    (w->ending || w->now >= w->end_at || u->strand->clock >= w->end_at))
		return false;
	if (plan->most && u->iteration >= plan->most)
		return false;
	return !plan->total || atomic_fetch_add(&w->shared->iterations, 1) < plan->total;
}

static uint32_t draw_scenario(const struct worker *w, const struct user *u)
{
	const struct run_plan *plan = w->plan;
	struct draws draws;
	double drawn;
	uint32_t i = 0;

	if (plan->settings.once)
		return (uint32_t)(u->iteration - 1);
	if (plan->program->scenario_count == 1)
		return 0;
	draws = draws_for(plan->settings.seed, u->number, u->iteration, SCENARIO_DRAWS);
	drawn = draw_unit(&draws);
	while (i + 1 < plan->program->scenario_count && drawn >= plan->upto[i])
		i++;
	return i;
}

/* Sets the user's strand at the start of its next iteration; false when there is none. */
static bool begin_iteration(struct worker *w, struct user *u)
{
	struct strand *s = u->strand;
	const struct scenario_plan *scenario;

	if (!may_iterate(w, u))
		return false;
	u->iteration++;
	u->part = AROUND_NONE;
	u->failures = 0;
	u->stop = STOP_NOTHING;
	u->begun = s->clock;
	u->scenario = draw_scenario(w, u);
	scenario = &w->program->scenarios[u->scenario];
	user_reset_values(w->program, w->shared->first, u);
	strand_clear(w->program, s);
	s->draws = draws_for(w->plan->settings.seed, u->number, u->iteration, 0);
	s->pc = scenario->entry;
	if (scenario->variables != PC_NONE) {
		s->calls[s->calls_used++] = scenario->entry;
		s->pc = scenario->variables;
	}
	if (u->iteration > 1 && w->plan->cookie_jar == COOKIES_PER_ITERATION)
		w->http->ops->cookies_clear(w->http, u->http);
	recorder_started(&w->recorder, w->plan->scenario_series[u->scenario]);
	return true;
}

/* What U does next: an iteration, or what comes after the last; false when nothing is left. */
static bool go_on(struct worker *w, struct user *u)
{
	bool began = u->iteration || u->part == AROUND_BEFORE_USER;

	if (u->part != AROUND_NONE && u->part != AROUND_BEFORE_USER)
		return false;
	return begin_iteration(w, u) ||
	       (began && !w->cutting && around_begin(w, u, AROUND_AFTER_USER));
}

static void end_when_empty(struct worker *w)
{
	if (!w->users.live && w->pacing.due == NS_NEVER)
		w->loop->ops->stop(w->loop);
}

static void user_leave(struct worker *w, struct user *u)
{
	w->http->ops->user_close(w->http, u->http);
	u->http = NULL;
	user_give(&w->users, u);
	if (w->part == AROUND_NONE) {
		recorder_users(&w->recorder, -1);
		atomic_fetch_sub(&w->shared->users_now, 1);
	}
	end_when_empty(w);
}

bool worker_iteration_over(struct worker *w, struct user *u, enum outcome outcome)
{
	struct strand *s = u->strand;
	bool parked = s->parked;
	ns_t elapsed;

	groups_end(w, s, outcome);
	elapsed = s->clock - u->begun;
	if (user_is_measured(u))
		recorder_span(&w->recorder, w->plan->scenario_series[u->scenario], outcome,
			      u->class, elapsed - s->thought, elapsed);
	else
		around_over(w, u, outcome);
	if (!go_on(w, u)) {
		user_leave(w, u);
		return false;
	}
	if (parked)
		return true;
	/* An iteration that never gave the loop back would keep everyone else waiting. */
	worker_wait(w, s, s->clock);
	s->parked = false;
	return false;
}

/* ---- who comes */

/* One more user over all workers; false when there are as many as there may be. */
static bool make_room(struct worker *w)
{
	int64_t most = w->plan->open ? w->plan->settings.load.max_users : 0;
	int64_t now = atomic_fetch_add(&w->shared->users_now, 1) + 1;
	int64_t before = atomic_load(&w->shared->users_most);

	if (most > 0 && now > most) {
		atomic_fetch_sub(&w->shared->users_now, 1);
		return false;
	}
	while (now > before && !atomic_compare_exchange_weak(&w->shared->users_most, &before, now))
		;
	return true;
}

static void user_come(struct worker *w)
{
	uint64_t number = w->pacing.next;
	ns_t due = w->start + w->pacing.due;
	struct user *u;

	pacing_advance(&w->pacing);
	recorder_run(&w->recorder)->arrivals_planned += w->plan->open;
	if (!make_room(w)) {
		recorder_run(&w->recorder)->arrivals_dropped++;
		end_when_empty(w);
		return;
	}
	recorder_run(&w->recorder)->arrivals_started += w->plan->open;
	u = user_take(&w->users);
	u->number = number;
	u->http = w->http->ops->user_open(w->http);
	/* An arrival is due when it was planned; who keeps coming back is due when he gets there.
	 */
	u->strand->clock = w->plan->open || due > w->now ? due : w->now;
	u->strand->scheduled = w->plan->open;
	recorder_users(&w->recorder, 1);
	if (around_begin(w, u, AROUND_BEFORE_USER) || go_on(w, u))
		strand_resume(w, u->strand);
	else
		user_leave(w, u);
}

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

/* Whoever only pauses after the last step of an iteration has nothing left to do. */
static void end_pausing(struct worker *w)
{
	struct user *next;

	for (struct user *u = w->users.living; u; u = next) {
		struct strand *s = u->strand;

		next = u->next;
		if (s->state != STRAND_WAITS_TIME || w->program->code[s->pc].op != OP_END)
			continue;
		timers_remove(&w->timers, s);
		if (s->clock > w->now) {
			s->thought -= s->clock - w->now;
			s->clock = w->now;
		}
		strand_resume(w, s);
	}
}

static void cut_all(struct worker *w)
{
	struct user *next;

	for (struct user *u = w->users.living; u; u = next) {
		next = u->next;
		user_cut(w, u);
	}
}

/* Requests in flight may come back; who waits for something else goes. */
static void stop(struct worker *w)
{
	struct user *next;

	w->stopping = true;
	w->ending = true;
	pacing_stop(&w->pacing);
	end_pausing(w);
	for (struct user *u = w->users.living; u; u = next) {
		next = u->next;
		if (!u->in_flight && u->part != AROUND_AFTER_USER)
			user_cut(w, u);
	}
	end_when_empty(w);
}

/* What the clock and the other threads ask for. */
static void look_at_end(struct worker *w)
{
	int state = atomic_load_explicit(&w->shared->state, memory_order_acquire);
	ns_t cut_at = atomic_load(&w->shared->cut_at);

	if (!w->ending && w->now >= w->end_at) {
		w->ending = true;
		end_pausing(w);
	}
	if (state >= RUN_STOPS && !w->stopping && w->part != AROUND_TEARDOWN)
		stop(w);
	if (cut_at < w->cut_at)
		w->cut_at = cut_at;
	if (!w->cutting && (state == RUN_CUTS || w->now >= w->cut_at)) {
		w->cutting = true;
		w->stopping = true;
		w->ending = true;
		pacing_stop(&w->pacing);
		cut_all(w);
		end_when_empty(w);
	}
}

/* ---- events */

static ns_t next_moment(const struct worker *w)
{
	ns_t next = timers_next(&w->timers);
	ns_t end = w->ending ? w->cut_at : w->end_at;

	/* Of very many who think, those of one slice are woken together: a wake-up each would cost
	 * more than the request. Arrivals are never moved. */
	if (w->users.live > CROWD && next != NS_NEVER)
		next += SLICE - 1 - (next + SLICE - 1) % SLICE;

	if (w->pacing.due != NS_NEVER && w->start + w->pacing.due < next)
		next = w->start + w->pacing.due;
	if (!w->cutting && end < next)
		next = end;
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

static bool is_somebody_due(const struct worker *w)
{
	return w->pacing.due != NS_NEVER && w->start + w->pacing.due <= w->now;
}

static void on_alarm(void *owner)
{
	struct worker *w = owner;
	struct strand *s;

	w->now = w->loop->ops->now(w->loop);
	w->alarm = NS_NEVER;
	look_at_end(w);
	for (unsigned i = 0; i < BATCH && is_somebody_due(w); i++)
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
	const struct row_key key = {.seed = w->plan->settings.seed,
				    .set = set,
				    .user = eval->builtins.user_index,
				    /* Before the first: the row of the first. */
				    .iteration =
					eval->builtins.iteration ? eval->builtins.iteration : 1,
				    .users = w->plan->open ? 0 : w->plan->users};

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
	w->eval.builtins.shard_index = 1;
	w->eval.builtins.shard_count = 1;
	w->told = ARENA_ARRAY(&w->arena, program->request_count, uint32_t);
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
	bool load = part == AROUND_NONE, endless = !load || plan->duration == NS_NEVER;

	w->part = part;
	w->ending = w->stopping = w->cutting = false;
	w->start = start;
	w->wall_offset = wall_offset;
	w->now = start;
	w->alarm = NS_NEVER;
	w->end_at = endless ? NS_NEVER : start + plan->duration;
	w->cut_at = endless ? NS_NEVER : w->end_at + plan->grace;
	pacing_init(&w->pacing, plan, w->index);
	if (!load) {
		pacing_stop(&w->pacing);
		helper_come(w);
	} else if (w->pacing.due == NS_NEVER) {
		return;
	}
	after_event(w);
	w->loop->ops->run(w->loop);
	count_connections(w);
}
