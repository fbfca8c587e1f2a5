/* set: values worked out now and kept as variables. */
#include "doc/node.h"
#include "kind/reader.h"
#include "program/emit.h"
#include "scenario/names.h"

struct set {
	struct given given;
	struct field_map values; /* of const struct node * */
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

static const struct field set_fields[] = {
    FIELD(struct set, values, "set", FIELD_MAP, .flags = FIELD_ACTION, .element = &value_element,
	  .prose = "Variables and their values; a value may be text, a list or a map.",
	  .example = "{total: \"${price * 2}\"}"),
    FIELD_END,
};

static void check(struct reader *r, const struct step *step)
{
	const struct set *set = step->data;
	const struct node *map = given_value(&set->given, "set");

	for (size_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++)
		name_check(r, map->pairs[i].key);
}

static void compile(struct emitter *e, const struct step *step)
{
	const struct set *set = step->data;

	for (size_t i = 0; i < set->values.count; i++) {
		const struct field_pair *pair = &set->values.pairs[i];
		const struct tmpl *value = emit_value(e, *(const struct node **)pair->value);
		uint32_t slot = emit_declare(e, pair->key, pair->key_span, "set");

		emit_op(e, OP_SET, slot, emit_pool_template(e, value), 0, pair->key_span);
	}
}

const struct step_kind set_step = {
    .name = "set",
    .sentence = "Keeps values as variables, for the steps that follow.",
    .fields = set_fields,
    .bytes = sizeof(struct set),
    .check = check,
    .compile = compile,
};
