/* repeat: the same steps a number of times. */
#include "program/build.h"
#include "program/emit.h"

struct repeat {
	struct keys keys;
	struct text times;
	struct steps steps;
};

static const struct field repeat_fields[] = {
    FIELD(struct repeat, times, "repeat", FIELD_TEMPLATE, .flags = FIELD_ACTION, .example = "5",
	  .expected =
	      "the number of rounds (put its steps under `steps`, in the same column as `repeat`)",
	  .prose = "Number of rounds, or one ${…}. Inside, loop.index counts from 1."),
    FIELD(struct repeat, steps, "steps", FIELD_STEPS, .flags = FIELD_REQUIRED,
	  .example = "[get: /]", .prose = "Steps to repeat."),
    FIELD_END,
};

static void compile(struct emitter *e, const struct step *step)
{
	const struct repeat *repeat = step->data;
	const struct expr *rounds = build_count(e, &repeat->times, "the number of rounds");
	struct emit_loop loop = emit_loop_begin(e, rounds, step->span);

	emit_steps(e, &repeat->steps);
	emit_loop_end(e, &loop);
}

static double rounds(const struct step *step, size_t list)
{
	const struct repeat *repeat = step->data;
	double times;

	(void)list;
	return str_to_double(repeat->times.raw, &times) ? times : ROUNDS_UNKNOWN;
}

const struct step_kind repeat_step = {
    .name = "repeat",
    .sentence = "Performs its steps a number of times.",
    .fields = repeat_fields,
    .bytes = sizeof(struct repeat),
    .compile = compile,
    .rounds = rounds,
};
