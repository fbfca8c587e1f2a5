#include "run/plan.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/url.h"

static const char *method_of(const struct program *program, uint32_t series)
{
	for (uint32_t i = 0; i < program->request_count; i++)
		if (program->requests[i].series == series)
			return program->requests[i].method.ptr;
	return "";
}

static void plan_series(struct run_plan *plan)
{
	const struct program *program = plan->program;
	unsigned *series = ARENA_ARRAY(&plan->arena, program->series_count, unsigned);
	unsigned *scenarios = ARENA_ARRAY(&plan->arena, program->scenario_count, unsigned);

	series_table_init(&plan->table, &plan->arena);
	for (uint32_t i = 0; i < program->series_count; i++) {
		const struct series_plan *s = &program->series[i];
		struct series_def def = {.kind = s->unmeasured ? SERIES_AROUND
						 : s->group    ? SERIES_GROUP
							       : SERIES_STEP,
					 .name = s->name,
					 .scenario = s->scenario,
					 .method = str_of(s->group ? "" : method_of(program, i)),
					 .at = span_label(&plan->arena, s->span)};

		series[i] = series_table_add(&plan->table, &def);
	}
	for (uint32_t i = 0; i < program->scenario_count; i++) {
		const struct scenario_plan *s = &program->scenarios[i];
		struct series_def def = {.kind = SERIES_SCENARIO,
					 .name = s->name,
					 .scenario = s->name,
					 .at = span_label(&plan->arena, s->span)};

		scenarios[i] = series_table_add(&plan->table, &def);
	}
	for (int i = 0; i < AROUND_NONE; i++) {
		struct str name = str_of(program_around_name((enum around)i));
		struct series_def def = {.kind = SERIES_AROUND, .name = name, .scenario = name};

		if (program->around[i] != PC_NONE)
			plan->around_series[i] = series_table_add(&plan->table, &def);
	}
	plan->series = series;
	plan->scenario_series = scenarios;
}

static bool is_allowed(const struct program *program, struct str text)
{
	struct url url;

	return url_split(text, &url) && program_host_allowed(program, &url);
}

static bool varies(const struct request_plan *r)
{
	for (size_t i = 0; i < r->header_count; i++)
		if (!r->headers[i].line.ptr)
			return true;
	if (r->auth.kind != AUTH_NONE || r->file_count)
		return true;
	return !r->url->constant || (r->body && !r->body->constant);
}

/* libcurl asks for HTTP/2 only over TLS, or when told that nothing else will be there. */
static bool may_share(const struct program *program, const struct request_plan *r)
{
	bool plain = r->url->constant && str_starts(r->url->value.text, STR("http:"));

	return program->fork_count && r->http != HTTP_1_1 && (!plain || r->http == HTTP_2);
}

static void plan_requests(struct run_plan *plan)
{
	const struct program *program = plan->program;
	struct request_facts *facts =
	    ARENA_ARRAY(&plan->arena, program->request_count, struct request_facts);

	for (uint32_t i = 0; i < program->request_count; i++) {
		const struct request_plan *r = &program->requests[i];

		facts[i].series = plan->series[r->series];
		facts[i].at = span_label(&plan->arena, r->span);
		facts[i].ask_gate = r->url->constant && !is_allowed(program, r->url->value.text);
		facts[i].varies = varies(r);
		facts[i].may_share = may_share(program, r);
	}
	plan->requests = facts;
}

static void plan_checks(struct run_plan *plan)
{
	const struct program *program = plan->program;
	struct expect_facts *expects =
	    ARENA_ARRAY(&plan->arena, program->expect_count, struct expect_facts);
	struct str *extracts = ARENA_ARRAY(&plan->arena, program->extract_count, struct str);
	struct str *code = ARENA_ARRAY(&plan->arena, program->code_count, struct str);

	for (uint32_t i = 0; i < program->expect_count; i++) {
		const struct expect_plan *e = &program->expects[i];
		bool status = str_eq(str_of(e->kind->name), STR("status"));

		expects[i].class = status ? FAILURE_status : FAILURE_expect;
		expects[i].at = span_label(&plan->arena, e->span);
	}
	for (uint32_t i = 0; i < program->extract_count; i++)
		extracts[i] = span_label(&plan->arena, program->extracts[i].span);
	for (uint32_t i = 0; i < program->code_count; i++)
		code[i] = span_label(&plan->arena, program->code[i].span);
	plan->code_at = code;
	plan->expects = expects;
	plan->extracts_at = extracts;
}

static void plan_weights(struct run_plan *plan)
{
	const struct program *program = plan->program;
	double *upto = ARENA_ARRAY(&plan->arena, program->scenario_count, double);
	double sum = 0;

	for (uint32_t i = 0; i < program->scenario_count; i++)
		sum += program->scenarios[i].weight;
	for (uint32_t i = 0; i < program->scenario_count; i++)
		upto[i] = (i ? upto[i - 1] : 0) + program->scenarios[i].weight / sum;
	upto[program->scenario_count - 1] = 1;
	plan->upto = upto;
}

static uint64_t given(int64_t count)
{
	return count > 0 ? (uint64_t)count : 0;
}

/* What kind of load, and how much of it. With no load at all: one user, once. */
static void plan_load(struct run_plan *plan)
{
	const struct load *load = &plan->settings.load;

	plan->open = load->arrivals > 0;
	plan->duration = load->duration ? load->duration : NS_NEVER;
	plan->grace = load->grace;
	plan->total = given(load->total_iterations);
	if (plan->settings.once) {
		plan->open = false;
		plan->users = 1;
		plan->most = plan->program->scenario_count;
		plan->total = 0;
		plan->duration = NS_NEVER;
	} else if (plan->open) {
		plan->users = 0;
		if (!load->duration && !plan->total)
			plan->total = given(load->iterations) ? given(load->iterations) : 1;
	} else {
		plan->users = given(load->users) ? given(load->users) : 1;
		plan->most = given(load->iterations);
		if (!plan->most && !plan->total && !load->duration)
			plan->most = 1;
	}
}

static void plan_threads(struct run_plan *plan)
{
	uint64_t users = plan->open ? given(plan->settings.load.max_users) : plan->users;

	plan->threads = plan->settings.threads ? plan->settings.threads : 1;
	if (users && users < plan->threads)
		plan->threads = (unsigned)users;
	if (plan->total && plan->total < plan->threads)
		plan->threads = (unsigned)plan->total;
	plan->worker_users = users ? (users + plan->threads - 1) / plan->threads : 0;
}

void run_plan_init(struct run_plan *plan, const struct run_settings *settings)
{
	const struct program *program = settings->program;
	const struct model *model = program->model;

	*plan = (struct run_plan){.settings = *settings, .program = program};
	arena_init(&plan->arena, 0);
	plan->per_host = model->defaults.connections.per_host > 0
			     ? (unsigned)model->defaults.connections.per_host
			     : 6;
	plan->cookie_jar = model->defaults.cookie_jar;
	plan_load(plan);
	plan_threads(plan);
	plan_series(plan);
	plan_requests(plan);
	plan_checks(plan);
	plan_weights(plan);
}

void run_plan_release(struct run_plan *plan)
{
	arena_release(&plan->arena);
}

void run_shared_init(struct run_shared *shared, const struct run_plan *plan)
{
	const struct program *program = plan->program;

	*shared = (struct run_shared){.wake_all = NULL};
	atomic_init(&shared->state, RUN_GOES_ON);
	atomic_init(&shared->cut_at, NS_NEVER);
	atomic_init(&shared->failed_fast, false);
	atomic_init(&shared->users_now, 0);
	atomic_init(&shared->users_most, 0);
	atomic_init(&shared->iterations, 0);
	shared->first = program->slot_first;
	shared->numbers = calloc(program->number_count + 1, sizeof(*shared->numbers));
	if (!shared->numbers)
		die_out_of_memory();
	if (!program->rendezvous_count)
		return;
	shared->meetings = calloc(program->rendezvous_count, sizeof(*shared->meetings));
	if (!shared->meetings)
		die_out_of_memory();
	for (uint32_t i = 0; i < program->rendezvous_count; i++)
		meeting_init(&shared->meetings[i], program->rendezvous[i].users);
	shared->meeting_count = program->rendezvous_count;
}

void run_shared_release(struct run_shared *shared)
{
	for (uint32_t i = 0; i < shared->meeting_count; i++)
		meeting_release(&shared->meetings[i]);
	free(shared->kept);
	free(shared->meetings);
	free(shared->numbers);
}

void run_shared_stop(struct run_shared *shared, enum run_state state, ns_t cut_at)
{
	int now = atomic_load(&shared->state);
	ns_t cut_before = atomic_load(&shared->cut_at);

	while (cut_at < cut_before &&
	       !atomic_compare_exchange_weak(&shared->cut_at, &cut_before, cut_at))
		;
	while (now < (int)state && !atomic_compare_exchange_weak(&shared->state, &now, (int)state))
		;
	if (shared->wake_all)
		shared->wake_all(shared->owner);
}
