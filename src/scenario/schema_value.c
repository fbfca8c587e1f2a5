#include "scenario/schema_value.h"

#include "base/diag.h"
#include "base/escape.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "doc/yaml.h"

static void put_scalar(struct buf *out, const struct node *node)
{
	double number;

	if (!node_is_quoted(node) &&
	    (str_eq(node->text, STR("true")) || str_eq(node->text, STR("false")) ||
	     str_to_double(node->text, &number)))
		buf_add(out, node->text);
	else
		escape_json(out, node->text);
}

static void put_node(struct buf *out, const struct node *node)
{
	struct json_writer j = json_writer_spaced(out);

	switch (node->kind) {
	case NODE_SCALAR:
		put_scalar(out, node);
		return;
	case NODE_LIST:
		json_writer_open_array(&j, NULL);
		for (size_t i = 0; i < node->count; i++)
			put_node(json_writer_value(&j, NULL), node->items[i]);
		json_writer_close_array(&j);
		return;
	case NODE_MAP:
		json_writer_open(&j, NULL);
		for (size_t i = 0; i < node->count; i++)
			put_node(json_writer_member(&j, node->pairs[i].key->text),
				 node->pairs[i].value);
		json_writer_close(&j);
		return;
	}
}

/* TEXT as the value of a key would be read. */
static void put_yaml(struct buf *out, const char *text)
{
	struct diag_list diags;
	struct arena arena;

	arena_init(&arena, 0);
	diag_init(&diags, &arena);
	const struct source *source =
	    source_new(&arena, STR("table"), arena_printf(&arena, "v: %s", text));
	const struct node *root = yaml_read(&arena, source, &diags);
	const struct node *value = root ? node_find(root, STR("v")) : NULL;

	if (!value || diags.errors)
		BUG("the example '%s' is not YAML", text);
	put_node(out, value);
	arena_release(&arena);
}

void schema_value_put(struct buf *out, const struct field *field, const char *text)
{
	bool yes = strcmp(text, "yes") == 0;

	if (field->type == FIELD_BOOL && (yes || strcmp(text, "no") == 0))
		buf_add(out, yes ? STR("true") : STR("false"));
	else
		put_yaml(out, text);
}
