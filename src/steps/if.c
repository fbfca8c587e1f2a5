/* if: steps that depend on a condition. */
#include "program/build.h"
#include "program/emit.h"

struct branch {
	struct keys keys;
	struct text condition;
	struct steps then, otherwise;
};

static const struct field if_fields[] = {
    FIELD(struct branch, condition, "if", FIELD_EXPRESSION, .flags = FIELD_ACTION,
	  .example = "${product != \"\"}",
	  .prose = "The condition, as one ${…}. The values false, null, 0, \"\" and an empty list "
		   "are not true."),
    FIELD(struct branch, then, "then", FIELD_STEPS, .flags = FIELD_REQUIRED, .example = "[get: /]",
	  .prose = "Steps to perform if the condition is true."),
    FIELD(struct branch, otherwise, "else", FIELD_STEPS,
	  .prose = "Steps to perform if the condition is not true."),
    FIELD_END,
};

static void compile(struct emitter *e, const struct step *step)
{
	const struct branch *branch = step->data;
	uint32_t otherwise = emit_label(e), end = emit_label(e);
	uint32_t condition = emit_pool_expr(e, build_expression(e, &branch->condition));

	emit_op(e, OP_JUMP_UNLESS, condition, otherwise, 0, step->span);
	emit_steps(e, &branch->then);
	if (branch->otherwise.count)
		emit_op(e, OP_JUMP, end, 0, 0, step->span);
	emit_bind_label(e, otherwise);
	emit_steps(e, &branch->otherwise);
	emit_bind_label(e, end);
}

/* The weight is not known before the run; both branches count alike, and a branch alone counts in
 * full. */
static double rounds(const struct step *step, size_t list)
{
	const struct branch *branch = step->data;

	(void)list;
	return branch->otherwise.count ? 0.5 : 1;
}

const struct step_kind if_step = {
    .name = "if",
    .sentence = "Performs steps only if a condition is true.",
    .fields = if_fields,
    .bytes = sizeof(struct branch),
    .compile = compile,
    .rounds = rounds,
};
