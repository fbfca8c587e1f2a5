/* set: evaluates values and stores them in variables. */
#include "interface/reader.h"
#include "program/emit.h"
#include "steps/assign.h"

struct set {
	struct keys keys;
	struct field_map values; /* of const struct node * */
};

static const struct field set_fields[] = {
    FIELD(struct set, values, "set", FIELD_MAP, .flags = FIELD_ACTION, .element = &assign_element,
	  .prose = "Variables and their values; a value can be text, a list or a mapping.",
	  .example = "{total: \"${price * 2}\"}"),
    FIELD_END,
};

static void check(struct reader *r, const struct step *step)
{
	const struct set *set = step->data;

	assign_check(r, &set->keys, "set");
}

static void compile(struct emitter *e, const struct step *step)
{
	const struct set *set = step->data;

	assign_compile(e, &set->values);
}

const struct step_kind set_step = {
    .name = "set",
    .sentence = "Sets variables for the steps that follow.",
    .fields = set_fields,
    .bytes = sizeof(struct set),
    .check = check,
    .compile = compile,
};
