/* group: steps that are timed together under one name. */
#include "program/emit.h"

struct group_data {
	struct keys keys;
	struct str name;
	struct steps steps;
};

static const struct field group_fields[] = {
    FIELD(struct group_data, name, "group", FIELD_TEXT, .flags = FIELD_ACTION,
	  .example = "Checkout", .prose = "Name of this group in results."),
    FIELD(struct group_data, steps, "steps", FIELD_STEPS, .flags = FIELD_REQUIRED,
	  .example = "[get: /]", .prose = "Steps of the group."),
    FIELD_END,
};

static void compile(struct emitter *e, const struct step *step)
{
	const struct group_data *group = step->data;
	uint32_t series = emit_pool_series(e, group->name, step->span, true);

	emit_group_begin(e, series, step->span);
	emit_steps(e, &group->steps);
	emit_group_end(e, series, step->span);
}

const struct step_kind group_step = {
    .name = "group",
    .sentence = "Measures its steps as one (a transaction). Its response time does not include "
		"think time.",
    .fields = group_fields,
    .bytes = sizeof(struct group_data),
    .compile = compile,
};
