/* stop: ends the iteration, the user or the run. */
#include "program/emit.h"

struct stop {
	struct keys keys;
	int what; /* in the order of the operand of STOP */
};

static const char *const stop_words[] = {"iteration", "user", "run", NULL};
static const char *const stop_meanings[] = {"this iteration; the next one begins", "this user",
					    "the whole run", NULL};

static const struct field stop_fields[] = {
    FIELD(struct stop, what, "stop", FIELD_ENUM, .meanings = stop_meanings, .flags = FIELD_ACTION,
	  .choices = stop_words, .example = "iteration",
	  .prose = "The scope to end: iteration, user or run."),
    FIELD_END,
};

static void compile(struct emitter *e, const struct step *step)
{
	const struct stop *stop = step->data;

	emit_op(e, OP_STOP, (uint32_t)stop->what, 0, 0, step->span);
}

const struct step_kind stop_step = {
    .name = "stop",
    .flags = STEP_STOP,
    .sentence = "Ends the iteration, the user or the run.",
    .fields = stop_fields,
    .bytes = sizeof(struct stop),
    .compile = compile,
};
