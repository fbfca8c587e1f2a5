/* choose: one of several ways, drawn by weight. */
#include "kind/reader.h"
#include "program/emit.h"

struct way {
	struct given given;
	double weight;
	struct steps steps;
};

struct choose {
	struct given given;
	struct field_list ways; /* of struct way */
};

static const struct field way_fields[] = {
    FIELD(struct way, weight, "weight", FIELD_NUMBER, .flags = FIELD_PARAMETER, .fallback = "1",
	  .low = 0, .high = 1e9, .prose = "How often this way is taken, beside the other weights.",
	  .example = "3"),
    FIELD(struct way, steps, "steps", FIELD_STEPS, .flags = FIELD_REQUIRED,
	  .prose = "The steps of this way."),
    FIELD_END,
};

static const struct field way_element = {
    .type = FIELD_OBJECT, .bytes = sizeof(struct way), .fields = way_fields};

static const struct field choose_fields[] = {
    FIELD(struct choose, ways, "choose", FIELD_LIST, .flags = FIELD_ACTION, .element = &way_element,
	  .example = "[{weight: 3, steps: [get: /]}]",
	  .prose = "The ways there are, each with a weight and steps."),
    FIELD_END,
};

static double total_weight(const struct choose *choose)
{
	const struct way *ways = choose->ways.items;
	double total = 0;

	for (size_t i = 0; i < choose->ways.count; i++)
		total += ways[i].weight;
	return total;
}

static void check(struct reader *r, const struct step *step)
{
	const struct choose *choose = step->data;

	if (!(total_weight(choose) > 0))
		reader_error(r, step->span, DIAG_E302,
			     "at least one way of `choose` needs a weight above 0");
}

static void compile(struct emitter *e, const struct step *step)
{
	const struct choose *choose = step->data;
	const struct way *ways = choose->ways.items;
	size_t count = choose->ways.count;
	double *upto = ARENA_ARRAY(emit_arena(e), count, double);
	uint32_t *targets = ARENA_ARRAY(emit_arena(e), count, uint32_t);
	uint32_t end = emit_label(e);
	double total = total_weight(choose), sum = 0;

	for (size_t i = 0; i < count; i++) {
		sum += ways[i].weight;
		upto[i] = sum / total;
		targets[i] = emit_label(e);
	}
	emit_op(e, OP_CHOOSE, emit_pool_choice(e, upto, targets, count), 0, 0, step->span);
	for (size_t i = 0; i < count; i++) {
		emit_place(e, targets[i]);
		emit_steps(e, &ways[i].steps);
		if (i + 1 < count)
			emit_op(e, OP_JUMP, end, 0, 0, step->span);
	}
	emit_place(e, end);
}

static double rounds(const struct step *step, size_t list)
{
	const struct choose *choose = step->data;

	return ((const struct way *)choose->ways.items)[list].weight / total_weight(choose);
}

const struct step_kind choose_step = {
    .name = "choose",
    .sentence = "Takes one of several ways, drawn by weight.",
    .fields = choose_fields,
    .bytes = sizeof(struct choose),
    .check = check,
    .compile = compile,
    .rounds = rounds,
};
