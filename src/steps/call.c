/* call: the steps of a flow, with values of its own. */
#include "doc/node.h"
#include "kind/reader.h"
#include "program/emit.h"
#include "scenario/names.h"

struct call {
	struct given given;
	struct str flow;
	struct field_map with; /* of const struct node * */
};

static void read_node(struct reader *r, const struct node *node, void *out)
{
	(void)r;
	*(const struct node **)out = node;
}

static const struct field_special value_special = {
    .name = "any value",
    .read = read_node,
    .schema = "{}",
};

static const struct field value_element = {
    .type = FIELD_SPECIAL, .bytes = sizeof(const struct node *), .special = &value_special};

static const struct field call_fields[] = {
    FIELD(struct call, flow, "call", FIELD_TEXT, .flags = FIELD_ACTION, .example = "log in",
	  .prose = "The name of a flow: its steps are performed here."),
    FIELD(struct call, with, "with", FIELD_MAP, .element = &value_element,
	  .example = "{name: \"${account.user}\"}",
	  .prose = "Variables that are set before its first step."),
    FIELD_END,
};

static void check(struct reader *r, const struct step *step)
{
	const struct call *call = step->data;
	const struct node *map = given_value(&call->given, "with");

	for (size_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++)
		name_check(r, map->pairs[i].key);
}

static void compile(struct emitter *e, const struct step *step)
{
	const struct call *call = step->data;
	const struct node *name = given_value(&call->given, "call");

	for (size_t i = 0; i < call->with.count; i++) {
		const struct field_pair *pair = &call->with.pairs[i];
		const struct tmpl *value = emit_value(e, *(const struct node **)pair->value);
		uint32_t slot = emit_declare(e, pair->key, pair->key_span, "set");

		emit_op(e, OP_SET, slot, emit_pool_template(e, value), 0, pair->key_span);
	}
	emit_call(e, call->flow, name ? name->span : step->span);
}

const struct step_kind call_step = {
    .name = "call",
    .sentence = "Performs the steps of a flow; what they set and extract is there afterwards.",
    .fields = call_fields,
    .bytes = sizeof(struct call),
    .check = check,
    .compile = compile,
};
