#include "import/json_tree.h"

#include "base/ascii.h"

static bool is_word(const struct node *node)
{
	double number;

	return !node_is_quoted(node) &&
	       (str_to_double(node->text, &number) || str_eq(node->text, STR("true")) ||
		str_eq(node->text, STR("false")) || str_eq(node->text, STR("null")));
}

/* TEXT with `| text` if it consists of a variable, whose value may be a number: "id": "${order}". A
 * parameter is a text already. */
static struct str as_text(struct arena *a, struct str text)
{
	struct str name;

	if (text.len < 4 || !str_starts(text, STR("${")) || text.ptr[text.len - 1] != '}')
		return text;
	name = str_slice(text, 2, text.len - 1);
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_name(name.ptr[i]) && name.ptr[i] != '.')
			return text;
	if (ascii_is_upper(name.ptr[0]))
		return text;
	return arena_printf(a, "${%.*s | text}", STR_ARG(name));
}

struct yaml_writer_node *json_tree(struct arena *a, const struct node *node, struct str key,
				   const struct json_tree_texts *texts)
{
	struct yaml_writer_node *result;
	struct str text;

	if (node->kind == NODE_LIST) {
		result = yaml_writer_list(a);
		for (size_t i = 0; i < node->count; i++)
			yaml_writer_add(a, result, json_tree(a, node->items[i], key, texts));
		return result;
	}
	if (node->kind == NODE_MAP) {
		result = yaml_writer_map(a);
		for (size_t i = 0; i < node->count; i++) {
			struct str name = node->pairs[i].key->text;

			yaml_writer_put(a, result, name,
					json_tree(a, node->pairs[i].value, name, texts));
		}
		return result;
	}
	if (node_is_empty(node))
		return yaml_writer_word(a, STR("null"));
	if (is_word(node))
		return yaml_writer_word(a, node->text);
	text = texts->convert(texts->owner, node, key);
	return yaml_writer_typed(a, texts->takes_type ? text : as_text(a, text));
}
