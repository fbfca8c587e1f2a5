#include "steps/assign.h"

#include "doc/node.h"
#include "interface/reader.h"
#include "program/build.h"
#include "program/emit.h"
#include "scenario/variable_name.h"

static void read_node(struct reader *r, const struct node *node, void *out)
{
	(void)r;
	*(const struct node **)out = node;
}

static const struct field_special value_special = {
    .widget = "json",
    .name = "any value",
    .read = read_node,
    .schema = "{}",
};

const struct field assign_element = {
    .type = FIELD_SPECIAL, .bytes = sizeof(const struct node *), .special = &value_special};

void assign_check(struct reader *r, const struct keys *keys, const char *key)
{
	const struct node *map = keys_value(keys, key);

	for (size_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++)
		variable_name_check(r, map->pairs[i].key);
}

void assign_compile(struct emitter *e, const struct field_map *values)
{
	for (size_t i = 0; i < values->count; i++) {
		const struct field_pair *pair = &values->pairs[i];
		const struct tmpl *value = build_value(e, *(const struct node **)pair->value);
		uint32_t slot = emit_declare(e, pair->key, pair->key_span, "set");

		emit_op(e, OP_SET, slot, emit_pool_template(e, value), 0, pair->key_span);
	}
}
