/* Values as trees of nodes: making them, their types, and their text as JSON. */
#include "base/json_writer.h"
#include "import/openapi/openapi.h"
#include "import/template_text.h"

const struct node *openapi_text_node(struct openapi *o, struct str text)
{
	struct node *node = ARENA_NEW(o->arena, struct node);

	*node = (struct node){.kind = NODE_SCALAR, .style = NODE_DOUBLE, .text = text};
	return node;
}

const struct node *openapi_word_node(struct openapi *o, struct str word)
{
	struct node *node = ARENA_NEW(o->arena, struct node);

	*node = (struct node){.kind = NODE_SCALAR, .style = NODE_PLAIN, .text = word};
	return node;
}

const struct node *openapi_map_node(struct openapi *o, const struct node_pair *pairs, size_t count)
{
	struct node *node = ARENA_NEW(o->arena, struct node);
	struct node_pair *copy = ARENA_ARRAY(o->arena, count + 1, struct node_pair);

	for (size_t i = 0; i < count; i++)
		copy[i] = pairs[i];
	*node = (struct node){.kind = NODE_MAP, .pairs = copy, .count = count};
	return node;
}

const struct node *openapi_list_node(struct openapi *o, const struct node *const *items,
				     size_t count)
{
	struct node *node = ARENA_NEW(o->arena, struct node);
	const struct node **copy = ARENA_ARRAY(o->arena, count + 1, const struct node *);

	for (size_t i = 0; i < count; i++)
		copy[i] = items[i];
	*node = (struct node){.kind = NODE_LIST, .items = copy, .count = count};
	return node;
}

enum openapi_type openapi_type_of(const struct node *value)
{
	double number;

	if (value->kind == NODE_MAP)
		return OPENAPI_OBJECT;
	if (value->kind == NODE_LIST)
		return OPENAPI_ARRAY;
	if (node_is_quoted(value))
		return OPENAPI_STRING;
	if (!value->text.len || str_eq(value->text, STR("null")) || str_eq(value->text, STR("~")))
		return OPENAPI_NULL;
	if (str_eq(value->text, STR("true")) || str_eq(value->text, STR("false")))
		return OPENAPI_BOOLEAN;
	if (!str_to_double(value->text, &number))
		return OPENAPI_STRING;
	/* JSON Schema: 1.0 is an integer too. */
	return number > -9e15 && number < 9e15 && number == (double)(int64_t)number
		   ? OPENAPI_INTEGER
		   : OPENAPI_NUMBER;
}

bool openapi_has_variable(struct str text)
{
	return str_find(text, STR(TX_VARIABLE), 0) != NOT_FOUND;
}

struct str openapi_variable_text(struct openapi *o, struct str expression)
{
	return arena_printf(o->arena, TX_VARIABLE "%.*s" TX_VARIABLE_END, STR_ARG(expression));
}

struct str openapi_template(struct openapi *o, struct str text)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	template_text_add_literal(&out, text);
	result = arena_str(o->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

static void put_json(struct json_writer *j, struct buf *out, const struct node *value,
		     struct str key, bool has_key)
{
	enum openapi_type type = openapi_type_of(value);
	struct buf *at;

	if (type == OPENAPI_OBJECT && has_key)
		json_writer_open_member(j, key);
	else if (type == OPENAPI_OBJECT)
		json_writer_open(j, NULL);
	for (size_t i = 0; type == OPENAPI_OBJECT && i < value->count; i++)
		put_json(j, out, value->pairs[i].value, value->pairs[i].key->text, true);
	if (type == OPENAPI_OBJECT) {
		json_writer_close(j);
		return;
	}
	at = has_key ? json_writer_member(j, key) : json_writer_value(j, NULL);
	if (type == OPENAPI_ARRAY) {
		struct json_writer inner = json_writer_compact(at);

		json_writer_open_array(&inner, NULL);
		for (size_t i = 0; i < value->count; i++)
			put_json(&inner, out, value->items[i], STR(""), false);
		json_writer_close_array(&inner);
	} else if (type == OPENAPI_STRING) {
		struct json_writer inner = json_writer_compact(at);

		json_writer_text(&inner, NULL, value->text);
	} else {
		buf_add(at, type == OPENAPI_NULL ? STR("null") : value->text);
	}
}

struct str openapi_json_text(struct openapi *o, const struct node *value)
{
	struct json_writer j;
	struct str result;
	struct buf out;

	buf_init(&out, 0);
	j = json_writer_compact(&out);
	put_json(&j, &out, value, STR(""), false);
	result = arena_str(o->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

static struct yaml_writer_node *container(struct openapi *o, const struct node *node)
{
	bool map = node->kind == NODE_MAP;
	struct yaml_writer_node *result =
	    map ? yaml_writer_map(o->arena) : yaml_writer_list(o->arena);

	for (size_t i = 0; i < node->count; i++) {
		const struct node *value = map ? node->pairs[i].value : node->items[i];

		if (!map)
			yaml_writer_add(o->arena, result, openapi_value(o, value));
		else if (!yaml_writer_find(result, node->pairs[i].key->text))
			yaml_writer_put(o->arena, result, node->pairs[i].key->text,
					openapi_value(o, value));
	}
	return result;
}

struct yaml_writer_node *openapi_value(struct openapi *o, const struct node *node)
{
	enum openapi_type type = openapi_type_of(node);

	if (node->kind != NODE_SCALAR)
		return container(o, node);
	if (type == OPENAPI_STRING)
		return yaml_writer_typed(o->arena, openapi_template(o, node->text));
	return yaml_writer_word(o->arena, type == OPENAPI_NULL ? STR("null") : node->text);
}

/* ---- what is known about nodes */

static size_t bucket_of(const struct node *node)
{
	return ((uintptr_t)node >> 4) % OPENAPI_MAP_BUCKETS;
}

void *openapi_map_find(const struct openapi_map *map, const struct node *node)
{
	const struct openapi_map_entry *e = map->buckets ? map->buckets[bucket_of(node)] : NULL;

	while (e && e->node != node)
		e = e->next;
	return e ? e->value : NULL;
}

void openapi_map_put(struct openapi *o, struct openapi_map *map, const struct node *node,
		     void *value)
{
	struct openapi_map_entry *e = ARENA_NEW(o->arena, struct openapi_map_entry);

	if (!map->buckets)
		map->buckets =
		    ARENA_ARRAY(o->arena, OPENAPI_MAP_BUCKETS, struct openapi_map_entry *);
	*e = (struct openapi_map_entry){node, value, map->buckets[bucket_of(node)]};
	map->buckets[bucket_of(node)] = e;
}
