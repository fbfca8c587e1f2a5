/* call: performs the steps of a flow, with its own values. */
#include "doc/node.h"
#include "interface/reader.h"
#include "program/emit.h"
#include "steps/assign.h"

struct call_data {
	struct keys keys;
	struct str flow;
	struct field_map with; /* of const struct node * */
};

static const struct field call_fields[] = {
    FIELD(struct call_data, flow, "call", FIELD_TEXT, .suggests = "flows", .flags = FIELD_ACTION,
	  .example = "log in", .prose = "Name of a flow: performs its steps here."),
    FIELD(struct call_data, with, "with", FIELD_MAP, .element = &assign_element,
	  .example = "{name: \"${account.user}\"}",
	  .prose = "Variables to set before the first step of the flow."),
    FIELD_END,
};

static void check(struct reader *r, const struct step *step)
{
	const struct call_data *call = step->data;

	assign_check(r, &call->keys, "with");
}

static void compile(struct emitter *e, const struct step *step)
{
	const struct call_data *call = step->data;
	const struct node *name = keys_value(&call->keys, "call");

	assign_compile(e, &call->with);
	emit_call(e, call->flow, name ? name->span : step->span);
}

const struct step_kind call_step = {
    .name = "call",
    .flags = STEP_CALL,
    .sentence =
	"Performs the steps of a flow; variables that they set or extract can be used afterwards.",
    .fields = call_fields,
    .bytes = sizeof(struct call_data),
    .check = check,
    .compile = compile,
};
