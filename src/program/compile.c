/* Compiles the checked model to a program: fixtures, scenarios, variables. */
#include "base/regex.h"
#include "doc/jsonpath.h"
#include "doc/node.h"
#include "interface/reader.h"
#include "program/emitter.h"
#include "program/known_secrets.h"
#include "program/scope.h"

/* ---- the target */

/* Checked by the reader, with parameters inserted. */
static struct str compile_target(struct emitter *e)
{
	struct str target = e->model->target.raw;

	while (target.len && target.ptr[target.len - 1] == '/')
		target.len--;
	return arena_str(e->arena, build_ascii_url(e, target));
}

/* ---- variables */

static void compile_variable(struct emitter *e, const struct variable *v)
{
	const struct tmpl *value = v->one_of ? build_one_of(e, v->value) : build_value(e, v->value);
	uint32_t slot = emit_declare(e, v->name, v->name_span, "a variable");

	if (v->per_user)
		VEC_PUSH(e->arena, &e->kept_slots, slot);
	emit_op(e, OP_SET, slot, emit_pool_template(e, value), 0, v->name_span);
}

/* The variables that are evaluated for each iteration, or those for each user, as one piece of
 * code for all scenarios; its label, or PC_NONE. */
static uint32_t compile_variables(struct emitter *e, bool per_user)
{
	uint32_t pc = (uint32_t)e->code.count;
	struct span span = SPAN_NONE;

	for (size_t i = 0; i < e->model->variable_count; i++) {
		const struct variable *v = &e->model->variables[i];

		if (v->per_user != per_user)
			continue;
		span = v->name_span;
		compile_variable(e, v);
	}
	if (pc == e->code.count)
		return PC_NONE;
	if (per_user)
		emit_op(e, OP_KEEP, 0, 0, 0, span);
	emit_op(e, OP_RETURN, 0, 0, 0, span);
	scope_leave_scenario(e);
	return pc;
}

/* ---- fixtures */

static void compile_fixture(struct emitter *e, enum fixture_kind which)
{
	const struct steps *steps = &e->model->fixture[which];
	bool own = which == FIXTURE_AFTER_USER || which == FIXTURE_TEARDOWN;
	size_t from = e->code.count;

	e->program->fixture[which] = PC_NONE;
	if (!steps->count)
		return;
	e->program->fixture[which] = (uint32_t)from;
	e->fixture = which;
	scope_enter_scenario(e, own ? SCOPE_OWN : SCOPE_ALL);
	emit_steps(e, steps);
	if (!own)
		emitter_add_renewal(e, which, from);
	emit_op(e, OP_END, 0, 0, 0, steps->items[0].span);
	scope_leave_scenario(e);
	e->fixture = FIXTURE_NONE;
	e->scenario = SCOPE_ALL;
}

/* Each fixture sees the names of the fixtures that are performed before it, and no others; those of
 * a user also see its variables. */
static void compile_fixtures(struct emitter *e)
{
	compile_fixture(e, FIXTURE_SETUP);
	compile_fixture(e, FIXTURE_TEARDOWN);
	scope_enter_scenario(e, SCOPE_ALL);
	e->program->user_variables = compile_variables(e, true);
	compile_fixture(e, FIXTURE_BEFORE_USER);
	compile_fixture(e, FIXTURE_AFTER_USER);
	scope_enter_scenario(e, SCOPE_ALL);
}

/* ---- scenarios */

static void compile_scenario(struct emitter *e, uint32_t index, uint32_t variables)
{
	const struct scenario *s = &e->model->scenarios[index];
	int inherited = e->model->defaults.on_failure;
	struct scenario_plan plan = {
	    .name = s->name,
	    .weight = s->weight,
	    .entry = (uint32_t)e->code.count,
	    .variables = variables,
	    .pace = PC_NONE,
	    .span = s->keys.span,
	    .load = s->has_load ? &s->load : NULL,
	    .start_after = s->start_after,
	    .on_failure =
		(enum on_failure)(s->on_failure == FAILURE_INHERIT ? inherited : s->on_failure),
	};

	if (plan.on_failure == FAILURE_INHERIT)
		plan.on_failure = FAILURE_STOP_ITERATION;
	VEC_PUSH(e->arena, &e->scenarios, plan);
	scope_enter_scenario(e, index);
	emit_steps(e, &s->steps);
	if (s->pace) {
		e->scenarios.items[index].pace = (uint32_t)e->code.count;
		emit_op(e, OP_PACE, (uint32_t)(s->pace / NS_PER_S),
			(uint32_t)(s->pace % NS_PER_S / NS_PER_US), 0,
			keys_value(&s->keys, "pace")->span);
	}
	e->scenarios.items[index].end = (uint32_t)e->code.count;
	emit_op(e, OP_END, 0, 0, 0, s->keys.span);
	scope_leave_scenario(e);
}

/* ---- the end */

static void resolve(struct emitter *e, uint32_t *operand)
{
	*operand = e->labels.items[*operand];
}

/* Replaces labels by places. The pools of targets were copied for this program, so they can be
 * changed. */
static void resolve_labels(struct emitter *e)
{
	for (size_t i = 0; i < e->code.count; i++) {
		struct instr *instr = &e->code.items[i];

		if (program_op_operand((enum op)instr->op, 0) == OPERAND_PC)
			resolve(e, &instr->a);
		if (program_op_operand((enum op)instr->op, 1) == OPERAND_PC)
			resolve(e, &instr->b);
		if (program_op_operand((enum op)instr->op, 2) == OPERAND_PC)
			resolve(e, &instr->c);
	}
	for (size_t i = 0; i < e->choices.count; i++)
		for (size_t t = 0; t < e->choices.items[i].count; t++)
			resolve(e, (uint32_t *)e->choices.items[i].targets + t);
	for (size_t i = 0; i < e->forks.count; i++)
		for (size_t t = 0; t < e->forks.items[i].count; t++)
			resolve(e, (uint32_t *)e->forks.items[i].targets + t);
}

#define MOVE_POOL(p, e, pool, field, counter)                                                      \
	((p)->field = (e)->pool.items, (p)->counter = (uint32_t)(e)->pool.count)

static const bool *kept_of_slots(struct emitter *e)
{
	bool *kept = ARENA_ARRAY(e->arena, e->slots.count + 1, bool);

	for (size_t i = 0; i < e->kept_slots.count; i++)
		kept[e->kept_slots.items[i]] = true;
	return e->kept_slots.count ? kept : NULL;
}

static void move_pools(struct emitter *e)
{
	struct program *p = e->program;

	MOVE_POOL(p, e, code, code, code_count);
	MOVE_POOL(p, e, requests, requests, request_count);
	MOVE_POOL(p, e, tls, tls, tls_count);
	MOVE_POOL(p, e, files, files, file_count);
	MOVE_POOL(p, e, extracts, extracts, extract_count);
	MOVE_POOL(p, e, expects, expects, expect_count);
	MOVE_POOL(p, e, templates, templates, template_count);
	MOVE_POOL(p, e, exprs, exprs, expr_count);
	MOVE_POOL(p, e, thinks, thinks, think_count);
	MOVE_POOL(p, e, choices, choices, choice_count);
	MOVE_POOL(p, e, rendezvous, rendezvous, rendezvous_count);
	MOVE_POOL(p, e, sends, sends, send_count);
	MOVE_POOL(p, e, forks, forks, fork_count);
	emitter_resolve_groups(e);
	MOVE_POOL(p, e, series, series, series_count);
	MOVE_POOL(p, e, steps, steps, step_count);
	MOVE_POOL(p, e, scenarios, scenarios, scenario_count);
	MOVE_POOL(p, e, slots, slot_names, slot_count);
	MOVE_POOL(p, e, renewals, renewals, renewal_count);
	p->slot_kept = kept_of_slots(e);
	MOVE_POOL(p, e, regexes, regexes, regex_count);
	p->number_count = (uint32_t)e->numbers.count;
	p->slot_first = ARENA_ARRAY(e->arena, e->slots.count + 1, struct value);
	if (p->fiber_count < 1)
		p->fiber_count = 1;
}

struct program *program_new(const struct model *model, const struct kind_tables *tables,
			    unsigned options, struct diag_list *diags)
{
	struct arena arena;

	arena_init(&arena, 0);
	struct program *p = ARENA_NEW(&arena, struct program);
	struct emitter *e = ARENA_NEW(&arena, struct emitter);
	p->arena = arena;
	p->model = model;
	p->page_slot = p->sent_slot = SLOT_NONE;
	*e = (struct emitter){.program = p,
			      .arena = &p->arena,
			      .model = model,
			      .tables = tables,
			      .diags = diags,
			      .jit = options & PROGRAM_JIT,
			      .step_ends = options & PROGRAM_STEP_ENDS,
			      .fixture = FIXTURE_NONE,
			      .scenario = SCOPE_ALL};
	secret_set_init(&p->secrets);
	scratch_init(&e->scratch);
	e->eval.scratch = &e->scratch;
	scope_init(e);
	emitter_default_tls(e);
	p->target = compile_target(e);
	known_secrets_add_model(e);
	compile_fixtures(e);
	uint32_t variables = compile_variables(e, false);
	uint32_t nested = (p->user_variables != PC_NONE ? 1u : 0u) + (variables != PC_NONE ? 1u : 0u);
	for (size_t i = 0; i < model->scenario_count; i++)
		compile_scenario(e, (uint32_t)i, variables);
	if (p->call_depth < nested)
		p->call_depth = nested;
	emitter_check_renewals(e);
	emitter_emit_logins(e);
	scope_require_parameters(e);
	if (!diags->errors)
		scope_warn_unused(e);
	emitter_check_sockets(e);
	resolve_labels(e);
	emitter_resolve_pages(e);
	move_pools(e);
	secret_set_prepare(&p->secrets);
	scratch_release(&e->scratch);
	if (diags->errors) {
		program_free(p);
		return NULL;
	}
	program_verify(p);
	return p;
}

uint32_t program_step_at(const struct program *program, uint32_t pc)
{
	for (uint32_t i = 0; i < program->step_count; i++)
		if (pc >= program->steps[i].begin && pc < program->steps[i].end)
			return i;
	return PC_NONE;
}

static void release_events(const struct events_plan *events)
{
	for (size_t i = 0; events && i < events->output_count; i++)
		jsonpath_release(events->outputs[i]);
}

void program_free(struct program *p)
{
	if (!p)
		return;
	for (uint32_t i = 0; i < p->extract_count; i++)
		if (p->extracts[i].kind->release && p->extracts[i].plan)
			p->extracts[i].kind->release(p->extracts[i].plan);
	for (uint32_t i = 0; i < p->expect_count; i++)
		if (p->expects[i].kind->release && p->expects[i].plan)
			p->expects[i].kind->release(p->expects[i].plan);
	for (uint32_t i = 0; i < p->request_count; i++)
		release_events(p->requests[i].events);
	for (uint32_t i = 0; i < p->regex_count; i++)
		regex_free(p->regexes[i]);
	for (uint32_t i = 0; i < p->file_count; i++)
		mapped_file_close(&p->files[i].mapped);
	secret_set_release(&p->secrets);
	/* The program itself is in its arena. */
	struct arena arena = p->arena;
	arena_release(&arena);
}
