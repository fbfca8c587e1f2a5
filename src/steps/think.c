/* think: a pause, such as between two pages. */
#include "program/build.h"
#include "program/emit.h"
#include "scenario/think_time.h"

struct think {
	struct keys keys;
	struct think_value value;
};

static const struct field think_fields[] = {
    FIELD(struct think, value, "think", FIELD_SPECIAL, .label = "Pause", .flags = FIELD_ACTION,
	  .special = &think_value_special, .example = "1s..3s",
	  .prose = "Think time: 2s, 1s..3s, normal(2s, 500ms), exponential(2s), lognormal(2s, 1s), "
		   "or a text that gives a duration, such as ${seconds}s."),
    FIELD_END,
};

static void compile(struct emitter *e, const struct step *step)
{
	const struct think *think = step->data;

	if (!think->value.text.raw.ptr) {
		emit_op(e, OP_THINK, emit_pool_think(e, &think->value.time), 0, 0, step->span);
		return;
	}
	emit_op(e, OP_THINK_TEXT,
		emit_pool_template(e, build_template(e, &think->value.text, ESCAPE_NONE)), 0, 0,
		step->span);
}

const struct step_kind think_step = {
    .name = "think",
    .flags = STEP_THINK,
    .sentence = "Pauses, like a user who reads or types.",
    .fields = think_fields,
    .bytes = sizeof(struct think),
    .compile = compile,
};
