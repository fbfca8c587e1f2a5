/* for_each: the same steps for each item of a list. */
#include "doc/node.h"
#include "interface/reader.h"
#include "program/build.h"
#include "program/emit.h"
#include "scenario/variable_name.h"

struct for_each {
	struct keys keys;
	struct str item;
	struct text list;
	struct steps steps;
};

static const struct field for_each_fields[] = {
    FIELD(struct for_each, item, "for_each", FIELD_TEXT, .flags = FIELD_ACTION, .example = "item",
	  .prose = "Variable for the current item."),
    FIELD(struct for_each, list, "in", FIELD_EXPRESSION, .flags = FIELD_REQUIRED,
	  .example = "${[1, 2, 3]}", .prose = "The list, as one ${…}."),
    FIELD(struct for_each, steps, "steps", FIELD_STEPS, .flags = FIELD_REQUIRED,
	  .example = "[get: /]", .prose = "Steps to perform for each item."),
    FIELD_END,
};

static void check(struct reader *r, const struct step *step)
{
	const struct for_each *each = step->data;

	variable_name_check(r, keys_value(&each->keys, "for_each"));
}

/* The list is evaluated once, before the first round. */
static void compile(struct emitter *e, const struct step *step)
{
	const struct for_each *each = step->data;
	const struct expr *list = build_expression(e, &each->list);
	uint32_t kept = emit_hidden_slot(e);

	emit_op(e, OP_SET, kept, emit_pool_template(e, build_expr_template(e, list)), 0,
		step->span);
	struct emit_loop loop = emit_loop_begin(e, build_count_expr(e, kept, list), step->span);
	uint32_t item = emit_declare(e, each->item, keys_value(&each->keys, "for_each")->span,
				     "the item of a loop");
	const struct expr *value = build_item_expr(e, kept, loop.counter);
	emit_op(e, OP_SET, item, emit_pool_template(e, build_expr_template(e, value)), 0,
		step->span);
	emit_steps(e, &each->steps);
	emit_loop_end(e, &loop);
}

static double rounds(const struct step *step, size_t list)
{
	(void)step;
	(void)list;
	return ROUNDS_UNKNOWN;
}

const struct step_kind for_each_step = {
    .name = "for_each",
    .sentence = "Performs its steps once for each item of a list.",
    .fields = for_each_fields,
    .bytes = sizeof(struct for_each),
    .check = check,
    .compile = compile,
    .rounds = rounds,
};
