/* choose: one of several branches, drawn by weight. */
#include "interface/reader.h"
#include "program/emit.h"

struct choose_branch {
	struct keys keys;
	double weight;
	struct steps steps;
};

struct choose {
	struct keys keys;
	struct field_list branches; /* of struct choose_branch */
};

static const struct field branch_fields[] = {
    FIELD(struct choose_branch, weight, "weight", FIELD_NUMBER, .flags = FIELD_PARAMETER,
	  .fallback = "1", .low = 0, .high = 1e9,
	  .prose = "How often this branch is chosen, relative to the other weights.",
	  .example = "3"),
    FIELD(struct choose_branch, steps, "steps", FIELD_STEPS, .flags = FIELD_REQUIRED,
	  .example = "[get: /]", .prose = "Steps of this branch."),
    FIELD_END,
};

static const struct field branch_element = {
    .type = FIELD_OBJECT, .bytes = sizeof(struct choose_branch), .fields = branch_fields};

static const struct field choose_fields[] = {
    FIELD(struct choose, branches, "choose", FIELD_LIST, .flags = FIELD_ACTION,
	  .element = &branch_element, .example = "[{weight: 3, steps: [get: /]}]",
	  .prose = "The branches, each with a weight and steps."),
    FIELD_END,
};

static double total_weight(const struct choose *choose)
{
	const struct choose_branch *branches = choose->branches.items;
	double total = 0;

	for (size_t i = 0; i < choose->branches.count; i++)
		total += branches[i].weight;
	return total;
}

static void check(struct reader *r, const struct step *step)
{
	const struct choose *choose = step->data;

	if (!(total_weight(choose) > 0))
		reader_error(r, step->span, DIAG_E302,
			     "at least one branch of `choose` needs a weight above 0");
}

static void compile(struct emitter *e, const struct step *step)
{
	const struct choose *choose = step->data;
	const struct choose_branch *branches = choose->branches.items;
	size_t count = choose->branches.count;
	double *upto = ARENA_ARRAY(emit_arena(e), count, double);
	uint32_t *targets = ARENA_ARRAY(emit_arena(e), count, uint32_t);
	uint32_t end = emit_label(e);
	double total = total_weight(choose), sum = 0;

	for (size_t i = 0; i < count; i++) {
		sum += branches[i].weight;
		upto[i] = sum / total;
		targets[i] = emit_label(e);
	}
	emit_op(e, OP_CHOOSE, emit_pool_choice(e, upto, targets, count), 0, 0, step->span);
	for (size_t i = 0; i < count; i++) {
		emit_bind_label(e, targets[i]);
		emit_steps(e, &branches[i].steps);
		if (i + 1 < count)
			emit_op(e, OP_JUMP, end, 0, 0, step->span);
	}
	emit_bind_label(e, end);
}

static double rounds(const struct step *step, size_t list)
{
	const struct choose *choose = step->data;

	return ((const struct choose_branch *)choose->branches.items)[list].weight /
	       total_weight(choose);
}

const struct step_kind choose_step = {
    .name = "choose",
    .sentence = "Performs one of several branches, drawn by weight.",
    .fields = choose_fields,
    .bytes = sizeof(struct choose),
    .check = check,
    .compile = compile,
    .rounds = rounds,
};
