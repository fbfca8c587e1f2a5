#include "run/run_plan.h"

#include "base/url.h"

/* The method of each series of steps; NULL for groups. */
static const char **methods_of(struct arena *arena, const struct program *program)
{
	const char **methods = ARENA_ARRAY(arena, program->series_count, const char *);

	for (uint32_t i = 0; i < program->request_count; i++) {
		const struct request_plan *r = &program->requests[i];

		if (!methods[r->series])
			methods[r->series] = r->method.ptr;
	}
	return methods;
}

static void plan_scenario_series(struct run_plan *plan)
{
	const struct program *program = plan->program;
	unsigned *scenarios = ARENA_ARRAY(&plan->arena, program->scenario_count, unsigned);

	for (uint32_t i = 0; i < program->scenario_count; i++) {
		const struct scenario_plan *s = &program->scenarios[i];
		struct series_def def = {.kind = SERIES_SCENARIO,
					 .name = s->name,
					 .scenario = s->name,
					 .at = source_span_label(&plan->arena, s->span)};

		scenarios[i] = series_table_add(&plan->table, &def);
	}
	for (int i = 0; i < FIXTURE_NONE; i++) {
		struct str name = str_of(program_fixture_name((enum fixture_kind)i));
		struct series_def def = {.kind = SERIES_FIXTURE, .name = name, .scenario = name};

		if (program->fixture[i] != PC_NONE)
			plan->fixture_series[i] = series_table_add(&plan->table, &def);
	}
	plan->scenario_series = scenarios;
}

/* Scenarios come first: they have their own series also if there are too many steps for that. */
static void plan_series(struct run_plan *plan)
{
	const struct program *program = plan->program;
	const char **methods = methods_of(&plan->arena, program);
	unsigned *series = ARENA_ARRAY(&plan->arena, program->series_count, unsigned);

	series_table_init(&plan->table, &plan->arena);
	plan_scenario_series(plan);
	for (uint32_t i = 0; i < program->series_count; i++) {
		const struct series_plan *s = &program->series[i];
		struct series_def def = {.kind = s->unmeasured ? SERIES_FIXTURE
						 : s->group    ? SERIES_GROUP
							       : SERIES_STEP,
					 .name = s->name,
					 .scenario = s->scenario,
					 .method = str_of(methods[i] ? methods[i] : ""),
					 .at = source_span_label(&plan->arena, s->span),
					 .group = s->in_group ? 1 + series[s->in_group - 1] : 0};

		series[i] = series_table_add(&plan->table, &def);
	}
	plan->series = series;
}

static void plan_group_phases(struct run_plan *plan)
{
	const struct run_settings *settings = &plan->settings;
	bool *phases = ARENA_ARRAY(&plan->arena, plan->table.defs.count, bool), any = false;

	for (unsigned i = 0; i < plan->table.defs.count; i++)
		any |= phases[i] = threshold_needs_group_phases(
		    settings->thresholds, settings->threshold_count, &plan->table, i);
	if (any)
		plan->group_phases = phases;
}

static bool is_allowed(const struct program *program, struct str text)
{
	struct url url;

	return url_split(text, &url) && program_host_allowed(program, &url);
}

static bool varies(const struct program *program, const struct request_plan *r)
{
	if (program->tls[r->tls_profile].varies)
		return true;
	for (size_t i = 0; i < r->header_count; i++)
		if (!r->headers[i].line.ptr)
			return true;
	if (r->auth.kind != AUTH_NONE || r->file_count)
		return true;
	return !r->url->constant || (r->body && (!r->body->constant || r->graphql));
}

/* Headers of the scenario have precedence. */
static bool gets_trace_headers(const struct program *program, const struct request_plan *r)
{
	static const char *const names[] = {"traceparent", "b3", "X-B3-TraceId"};

	if (program->model->defaults.trace_context == TRACE_CONTEXT_NONE)
		return false;
	for (size_t i = 0; i < r->header_count; i++)
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			if (str_ieq(r->headers[i].name, str_of(names[k])))
				return false;
	return true;
}

/* libcurl uses HTTP/2 only over TLS, unless it may assume that the server speaks nothing else. */
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
		facts[i].at = source_span_label(&plan->arena, r->span);
		facts[i].check_gate = r->url->constant && !is_allowed(program, r->url->value.text);
		facts[i].varies = varies(program, r);
		facts[i].may_share = may_share(program, r);
		facts[i].traced = gets_trace_headers(program, r);
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
		expects[i].at = source_span_label(&plan->arena, e->span);
	}
	for (uint32_t i = 0; i < program->extract_count; i++)
		extracts[i] = source_span_label(&plan->arena, program->extracts[i].span);
	for (uint32_t i = 0; i < program->code_count; i++)
		code[i] = source_span_label(&plan->arena, program->code[i].span);
	plan->code_at = code;
	plan->expects = expects;
	plan->extracts_at = extracts;
}

/* The number of users or iterations in all loads together, as an upper limit for workers; 0: no
 * limit is known. */
static uint64_t peak_users(const struct run_plan *plan, uint64_t *work)
{
	uint64_t users = 0;
	bool known = true;

	*work = 0;
	for (uint32_t i = 0; i < plan->loads.count; i++) {
		const struct load_plan *lp = &plan->loads.items[i];
		uint64_t max =
		    lp->open ? lp->max_users > 0 ? (uint64_t)lp->max_users : 0
			     : load_plan_share((uint64_t)lp->shape.peak, plan->shard, plan->shards);

		known &= max > 0 || (!lp->open && lp->shape.peak >= 1);
		users += max;
		*work += lp->bounded && lp->total < lp->entries ? lp->total
			 : lp->entries == LOAD_SHAPE_ENDLESS	? UINT32_MAX
								: lp->entries;
	}
	return known ? users : 0;
}

static void plan_threads(struct run_plan *plan)
{
	uint64_t work, users = peak_users(plan, &work);
	bool open = false;

	plan->threads = plan->settings.threads ? plan->settings.threads : 1;
	if (users && users < plan->threads)
		plan->threads = (unsigned)users;
	if (work && work < plan->threads)
		plan->threads = (unsigned)work;
	for (uint32_t i = 0; i < plan->loads.count; i++)
		open |= plan->loads.items[i].open;
	plan->users = open ? 0 : users;
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
	plan->replay = settings->load.replay.file.len && !settings->once ? model->replay : NULL;
	plan->shards = settings->shards ? settings->shards : 1;
	plan->shard = settings->shard ? settings->shard : 1;
	load_plan_list_init(&plan->loads, &plan->arena, program, &settings->load, settings->once,
			    plan->shard, plan->shards);
	if (settings->steps && settings->steps->scenario != PC_NONE)
		plan->loads.items[0].max = 1;
	plan_threads(plan);
	plan_series(plan);
	plan_group_phases(plan);
	plan_requests(plan);
	plan_checks(plan);
}

void run_plan_init_series(struct run_plan *plan, const struct program *program)
{
	*plan = (struct run_plan){.program = program};
	arena_init(&plan->arena, 0);
	plan_series(plan);
}

void run_plan_release(struct run_plan *plan)
{
	arena_release(&plan->arena);
}
