/* log: prints a line on the terminal. */
#include "program/build.h"
#include "program/emit.h"

struct log_step_data {
	struct keys keys;
	struct text text;
};

static const struct field log_fields[] = {
    FIELD(struct log_step_data, text, "log", FIELD_TEMPLATE, .flags = FIELD_ACTION,
	  .example = "\"cart is ${cart}\"", .prose = "The message; printed with -v."),
    FIELD_END,
};

static void compile(struct emitter *e, const struct step *step)
{
	const struct log_step_data *log = step->data;
	const struct tmpl *text = build_template(e, &log->text, ESCAPE_NONE);

	emit_op(e, OP_LOG, emit_pool_template(e, text), 0, 0, step->span);
}

const struct step_kind log_step = {
    .name = "log",
    .sentence = "Prints a message with -v.",
    .fields = log_fields,
    .bytes = sizeof(struct log_step_data),
    .compile = compile,
};
