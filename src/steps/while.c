/* while: the same steps as long as a condition is true. */
#include "program/build.h"
#include "program/emit.h"

struct while_loop {
	struct keys keys;
	struct text condition;
	int64_t max;
	struct steps steps;
};

static const struct field while_fields[] = {
    FIELD(struct while_loop, condition, "while", FIELD_EXPRESSION, .flags = FIELD_ACTION,
	  .example = "${response.status == 202}",
	  .prose = "The condition, as one ${…}; evaluated before each round."),
    FIELD(
	struct while_loop, max, "max", FIELD_INT, .flags = FIELD_REQUIRED | FIELD_PARAMETER,
	.low = 1, .high = 1e9, .example = "20",
	.prose =
	    "Maximum number of rounds; if the condition is still true after that, the step fails."),
    FIELD(struct while_loop, steps, "steps", FIELD_STEPS, .flags = FIELD_REQUIRED,
	  .example = "[get: /]", .prose = "Steps of a round; loop.index counts the rounds from 1."),
    FIELD_END,
};

/*
 * again:  JUMP_UNLESS condition -> leave
 *         LOOP max -> out
 *         steps
 *         JUMP again
 * out:    FAIL, JUMP end
 * leave:  the counter set back
 * end:
 */
static void compile(struct emitter *e, const struct step *step)
{
	const struct while_loop *own = step->data;
	struct text max = {.raw = arena_printf(emit_arena(e), "%lld", (long long)own->max)};
	uint32_t again = emit_label(e), leave = emit_label(e), end = emit_label(e);
	const struct expr *condition = build_expression(e, &own->condition);

	emit_bind_label(e, again);
	emit_op(e, OP_JUMP_UNLESS, emit_pool_expr(e, condition), leave, 0, step->span);
	struct emit_loop loop =
	    emit_loop_begin(e, build_number(e, &max, "the maximum"), step->span);
	emit_steps(e, &own->steps);
	loop.top = again;
	emit_loop_end(e, &loop);
	struct str message =
	    arena_printf(emit_arena(e), "the condition of `while` is still true after %lld rounds",
			 (long long)own->max);
	emit_failure(e, build_literal(e, message), step->span);
	emit_op(e, OP_JUMP, end, 0, 0, step->span);
	emit_bind_label(e, leave);
	emit_loop_reset(e, &loop, end);
	emit_bind_label(e, end);
}

static double rounds(const struct step *step, size_t list)
{
	(void)step;
	(void)list;
	return ROUNDS_UNKNOWN;
}

const struct step_kind while_step = {
    .name = "while",
    .sentence = "Performs its steps as long as a condition is true, at most `max` times.",
    .fields = while_fields,
    .bytes = sizeof(struct while_loop),
    .compile = compile,
    .rounds = rounds,
};
