/* fail: the scenario itself found an error. */
#include "program/build.h"
#include "program/emit.h"

struct fail {
	struct keys keys;
	struct text text;
};

static const struct field fail_fields[] = {
    FIELD(struct fail, text, "fail", FIELD_TEMPLATE, .flags = FIELD_ACTION,
	  .example = "\"the cart still holds ${count} items\"",
	  .prose = "The error message; counted as a failed expectation. `on_failure` decides what "
		   "follows."),
    FIELD_END,
};

static void compile(struct emitter *e, const struct step *step)
{
	const struct fail *fail = step->data;

	emit_failure(e, build_template(e, &fail->text, ESCAPE_NONE), step->span);
}

const struct step_kind fail_step = {
    .name = "fail",
    .sentence = "Fails with a message; usually inside an `if`.",
    .fields = fail_fields,
    .bytes = sizeof(struct fail),
    .compile = compile,
};
