/* Instructions, labels, pools and loops; see emit.h for the contracts. */
#include "program/emit.h"

#include "base/log.h"
#include "program/emitter.h"
#include "scenario/load.h"
#include "scenario/enum_names.h"

struct arena *emit_arena(struct emitter *e)
{
	return e->arena;
}

const struct model *emit_model(struct emitter *e)
{
	return e->model;
}

/* ---- instructions */

void emit_op(struct emitter *e, enum op op, uint32_t a, uint32_t b, uint32_t c, struct span span)
{
	VEC_PUSH(e->arena, &e->code,
		 ((struct instr){.op = (uint16_t)op, .a = a, .b = b, .c = c, .span = span}));
}

uint32_t emit_label(struct emitter *e)
{
	VEC_PUSH(e->arena, &e->labels, PC_NONE);
	return (uint32_t)e->labels.count - 1;
}

void emit_bind_label(struct emitter *e, uint32_t label)
{
	e->labels.items[label] = (uint32_t)e->code.count;
}

void emit_step(struct emitter *e, const struct step *step)
{
	struct step_code code = {.step = step, .begin = (uint32_t)e->code.count};

	step->kind->compile(e, step);
	if (e->step_ends)
		emit_op(e, OP_STEP_END, (uint32_t)e->steps.count, 0, 0, step->span);
	code.end = (uint32_t)e->code.count;
	VEC_PUSH(e->arena, &e->steps, code);
}

void emit_steps(struct emitter *e, const struct steps *steps)
{
	const struct think_time *think = &e->model->defaults.think;

	for (size_t i = 0; i < steps->count; i++) {
		const struct step *step = &steps->items[i], *next = step + 1;

		if (step->kind->flags & STEP_STOP && i + 1 < steps->count)
			diag_warning(e->diags, next->span, DIAG_W205,
				     "this step is never reached, because `stop` comes before it");
		emit_step(e, step);
		if (think->kind == THINK_NONE || e->parallel || e->fixture != FIXTURE_NONE ||
		    !(step->kind->flags & STEP_REQUEST))
			continue;
		if (i + 1 == steps->count || !(next->kind->flags & STEP_THINK))
			emit_op(e, OP_THINK, emit_pool_think(e, think), 0, 0, step->span);
	}
}

struct emit_loop emit_loop_begin(struct emitter *e, const struct expr *rounds, struct span span)
{
	struct emit_loop loop = {.top = emit_label(e), .out = emit_label(e), .span = span};
	/* The code of a flow is reached from several depths, so its loops share no counter. */
	uint32_t counter =
	    e->model->flow_count ? e->program->counter_count : (uint32_t)e->loops.count;
	struct open_loop open = {.counter = counter, .rounds = rounds};

	loop.counter = open.counter;
	if (e->program->counter_count <= open.counter)
		e->program->counter_count = open.counter + 1;
	emit_bind_label(e, loop.top);
	emit_op(e, OP_LOOP, loop.counter, loop.out, emit_pool_expr(e, rounds), span);
	VEC_PUSH(e->arena, &e->loops, open);
	return loop;
}

void emit_loop_end(struct emitter *e, const struct emit_loop *loop)
{
	e->loops.count--;
	emit_op(e, OP_JUMP, loop->top, 0, 0, loop->span);
	emit_bind_label(e, loop->out);
}

/* A LOOP of no rounds only resets its counter. */
void emit_loop_reset(struct emitter *e, const struct emit_loop *loop, uint32_t label)
{
	struct expr_builder b = emitter_expr_builder(e);

	expr_push_value(&b, value_number(0), loop->span);
	emit_op(e, OP_LOOP, loop->counter, label, emit_pool_expr(e, expr_finish(&b, loop->span)),
		loop->span);
}

void emit_failure(struct emitter *e, const struct tmpl *message, struct span span)
{
	enum on_failure what = e->scenarios.count
				   ? e->scenarios.items[e->scenarios.count - 1].on_failure
				   : FAILURE_STOP_ITERATION;

	emit_op(e, OP_FAIL, emit_pool_template(e, message), (uint32_t)what, 0, span);
}

void emit_parallel_begin(struct emitter *e, uint32_t width)
{
	e->parallel++;
	if (e->program->fiber_count < width + 1)
		e->program->fiber_count = width + 1;
}

void emit_parallel_end(struct emitter *e)
{
	e->parallel--;
}

void emit_group_begin(struct emitter *e, uint32_t series, struct span span)
{
	if (e->fixture != FIXTURE_NONE)
		return;
	e->groups++;
	if (e->program->group_depth < e->groups)
		e->program->group_depth = e->groups;
	emit_op(e, OP_GROUP_BEGIN, series, 0, 0, span);
	emitter_enter_group(e, series);
}

void emit_group_end(struct emitter *e, uint32_t series, struct span span)
{
	if (e->fixture != FIXTURE_NONE)
		return;
	e->groups--;
	emitter_leave_place(e);
	emit_op(e, OP_GROUP_END, series, 0, 0, span);
}

/* ---- pools */

uint32_t emit_pool_template(struct emitter *e, const struct tmpl *tmpl)
{
	VEC_PUSH(e->arena, &e->templates, tmpl);
	return (uint32_t)e->templates.count - 1;
}

uint32_t emit_pool_expr(struct emitter *e, const struct expr *expr)
{
	VEC_PUSH(e->arena, &e->exprs, expr);
	return (uint32_t)e->exprs.count - 1;
}

static bool same_think(const struct think_time *a, const struct think_time *b)
{
	return a->kind == b->kind && a->a == b->a && a->b == b->b;
}

uint32_t emit_pool_think(struct emitter *e, const struct think_time *think)
{
	/* The default comes after every request: checks first whether it was the last one. */
	for (size_t i = e->thinks.count; i-- > 0 && e->thinks.count - i < 8;)
		if (same_think(&e->thinks.items[i], think))
			return (uint32_t)i;
	VEC_PUSH(e->arena, &e->thinks, *think);
	return (uint32_t)e->thinks.count - 1;
}

static void check_rendezvous(struct emitter *e, const struct rendezvous_plan *plan)
{
	uint64_t there = load_peak_users_all(e->model);

	if (e->fixture == FIXTURE_SETUP || e->fixture == FIXTURE_TEARDOWN)
		diag_error(e->diags, plan->span, DIAG_E228,
			   "%s does not run as a user, so it cannot use a rendezvous",
			   fixture_names[e->fixture]);
	else if (there && plan->users > there)
		diag_warning(e->diags, plan->span, DIAG_W355,
			     "the rendezvous needs %llu users, but there are %llu: they wait until "
			     "the timeout",
			     (unsigned long long)plan->users, (unsigned long long)there);
}

uint32_t emit_pool_rendezvous(struct emitter *e, const struct rendezvous_plan *plan)
{
	for (size_t i = 0; i < e->rendezvous.count; i++) {
		const struct rendezvous_plan *known = &e->rendezvous.items[i];

		if (!str_eq(known->name, plan->name))
			continue;
		if (known->users != plan->users || known->timeout != plan->timeout)
			diag_note(
			    e->diags,
			    diag_error(e->diags, plan->span, DIAG_E355,
				       "the rendezvous '%.*s' has other users or another timeout "
				       "in another place; give both the same, or another name",
				       STR_ARG(plan->name)),
			    known->span, "the other one is here");
		return (uint32_t)i;
	}
	check_rendezvous(e, plan);
	VEC_PUSH(e->arena, &e->rendezvous, *plan);
	return (uint32_t)e->rendezvous.count - 1;
}

static const uint32_t *copy_targets(struct emitter *e, const uint32_t *targets, size_t count)
{
	uint32_t *kept = ARENA_ARRAY(e->arena, count + 1, uint32_t);

	memcpy(kept, targets, count * sizeof *kept);
	return kept;
}

uint32_t emit_pool_choice(struct emitter *e, const double *upto, const uint32_t *targets,
			  size_t count)
{
	double *kept = ARENA_ARRAY(e->arena, count + 1, double);

	memcpy(kept, upto, count * sizeof *kept);
	VEC_PUSH(e->arena, &e->choices,
		 ((struct choice_plan){
		     .upto = kept, .targets = copy_targets(e, targets, count), .count = count}));
	return (uint32_t)e->choices.count - 1;
}

uint32_t emit_pool_fork(struct emitter *e, const uint32_t *targets, size_t count, uint32_t limit)
{
	VEC_PUSH(e->arena, &e->forks,
		 ((struct fork_plan){
		     .targets = copy_targets(e, targets, count), .count = count, .limit = limit}));
	return (uint32_t)e->forks.count - 1;
}

uint32_t emit_pool_series(struct emitter *e, struct str name, struct span span, bool group)
{
	bool unmeasured = e->fixture != FIXTURE_NONE;
	struct str scenario = unmeasured ? str_of(fixture_names[e->fixture])
			      : e->scenario < e->model->scenario_count
				  ? e->model->scenarios[e->scenario].name
				  : STR("");
	struct str key = arena_printf(e->arena, "%.*s %d %d %.*s", STR_ARG(scenario), unmeasured,
				      group, STR_ARG(name));
	uint32_t at = name_map_find(&e->series_map, key);

	if (at != NAME_NONE) {
		emitter_note_place(e, &e->series.items[at].in_group);
		return at;
	}
	VEC_PUSH(e->arena, &e->series,
		 ((struct series_plan){.name = name,
				       .scenario = scenario,
				       .group = group,
				       .unmeasured = unmeasured,
				       .in_group = emitter_place(e),
				       .span = span}));
	name_map_put(&e->series_map, key, (uint32_t)e->series.count - 1);
	return (uint32_t)e->series.count - 1;
}

/* ---- expressions that the compiler creates */

static const struct expr *list_expr(struct emitter *e, uint32_t slot, uint32_t counter)
{
	struct expr_builder b = emitter_expr_builder(e);

	expr_push(&b, (struct expr_op){.code = EXPR_SLOT, .index = slot});
	expr_push(&b, (struct expr_op){.code = EXPR_COUNTER, .index = counter});
	expr_push_value(&b, value_number(1), SPAN_NONE);
	expr_push(&b, (struct expr_op){.code = EXPR_SUBTRACT});
	expr_push(&b, (struct expr_op){.code = EXPR_INDEX});
	return expr_finish(&b, SPAN_NONE);
}

const struct expr *build_item_expr(struct emitter *e, uint32_t slot, uint32_t counter)
{
	return list_expr(e, slot, counter);
}

const struct expr *build_count_expr(struct emitter *e, uint32_t slot, const struct expr *list)
{
	struct expr_builder b = emitter_expr_builder(e);
	uint32_t at = name_map_find(&e->function_map, STR("length"));

	if (expr_is_constant(list) && list->ops[0].constant->type == VALUE_LIST) {
		expr_push_value(&b, value_number((double)list->ops[0].constant->count), list->span);
		return expr_finish(&b, SPAN_NONE);
	}
	if (at == NAME_NONE)
		BUG("there is no filter `length`");
	expr_push(&b, (struct expr_op){.code = EXPR_SLOT, .index = slot});
	expr_push(&b, (struct expr_op){
			  .code = EXPR_CALL, .count = 1, .function = e->tables->functions[at]});
	return expr_finish(&b, SPAN_NONE);
}

const struct expr *build_number(struct emitter *e, const struct text *text, const char *what)
{
	size_t errors = e->diags->errors;
	const struct tmpl *tmpl = build_template(e, text, ESCAPE_NONE);
	struct expr_builder b = emitter_expr_builder(e);
	double number;

	if (!tmpl->constant && tmpl->whole)
		return tmpl->parts[0].expr;
	if (tmpl->constant && value_to_number(tmpl->value, &number)) {
		expr_push_value(&b, value_number(number), tmpl->span);
		return expr_finish(&b, tmpl->span);
	}
	if (e->diags->errors == errors)
		diag_error(e->diags, build_text_span(text, 0, text->raw.len), DIAG_E209,
			   "'%.*s' cannot be %s; write digits, such as 5, or one ${…}%s",
			   STR_ARG(text->raw), what,
			   strstr(what, "rounds") ? "; inside, ${loop.index} counts from 1" : "");
	b.failed = true;
	return expr_finish(&b, tmpl->span);
}

const struct expr *build_count(struct emitter *e, const struct text *text, const char *what)
{
	const struct expr *count = build_number(e, text, what);
	double number;

	if (str_to_double(str_trim(text->raw), &number) &&
	    (number < 1 || number > 1e9 || number != (double)(int64_t)number))
		diag_error(e->diags, build_text_span(text, 0, text->raw.len), DIAG_E302,
			   "'%.*s' is not a number of rounds; write a whole number of at least 1",
			   STR_ARG(text->raw));
	return count;
}
