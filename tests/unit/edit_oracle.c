#include "edit_oracle.h"

#include "doc/yaml_types.h"

/* ---- values */

static bool looks_typed(const struct node *node)
{
	double number;

	return node->style == NODE_PLAIN &&
	       (yaml_types_is_word(node->text) || yaml_types_is_changed(node->text) ||
		str_to_double(node->text, &number));
}

void oracle_insert(struct arena *a, struct oracle_value *owner, size_t index, struct str key,
		   struct oracle_value *value)
{
	struct oracle_pair pair = {key, value};

	VEC_PUSH(a, &owner->pairs, pair);
	for (size_t i = owner->pairs.count - 1; i > index; i--)
		owner->pairs.items[i] = owner->pairs.items[i - 1];
	owner->pairs.items[index] = pair;
}

void oracle_remove(struct oracle_value *owner, size_t index)
{
	owner->pairs.count--;
	for (size_t i = index; i < owner->pairs.count; i++)
		owner->pairs.items[i] = owner->pairs.items[i + 1];
}

struct oracle_value *oracle_read(struct arena *a, const struct node *node)
{
	struct oracle_value *value = ARENA_NEW(a, struct oracle_value);

	value->kind = node->kind;
	value->origin = node->span.begin;
	value->text = node->text;
	value->typed = node->kind == NODE_SCALAR && looks_typed(node);
	for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++)
		oracle_insert(a, value, i, STR(""), oracle_read(a, node->items[i]));
	for (size_t i = 0; node->kind == NODE_MAP && i < node->count; i++)
		oracle_insert(a, value, i, node->pairs[i].key->text,
			      oracle_read(a, node->pairs[i].value));
	return value;
}

struct oracle_value *oracle_copy(struct arena *a, const struct oracle_value *value)
{
	struct oracle_value *copy = ARENA_NEW(a, struct oracle_value);

	*copy = *value;
	copy->origin = UINT32_MAX;
	copy->pairs.items = NULL;
	copy->pairs.count = copy->pairs.cap = 0;
	for (size_t i = 0; i < value->pairs.count; i++)
		oracle_insert(a, copy, i, value->pairs.items[i].key,
			      oracle_copy(a, value->pairs.items[i].value));
	return copy;
}

void oracle_change_all(struct arena *a, struct oracle_value *root, uint32_t origin,
		       enum node_kind kind, oracle_change *change, const void *how)
{
	if (root->origin == origin && root->kind == kind) {
		change(a, root, how);
		return;
	}
	for (size_t i = 0; i < root->pairs.count; i++)
		oracle_change_all(a, root->pairs.items[i].value, origin, kind, change, how);
}

static void print_text(struct str text, struct buf *out)
{
	buf_printf(out, "%zu:", text.len);
	buf_add(out, text);
}

void oracle_print(const struct oracle_value *value, struct buf *out)
{
	if (value->kind == NODE_SCALAR) {
		buf_add(out, value->typed ? STR("w") : STR("t"));
		print_text(value->text, out);
		return;
	}
	buf_add(out, value->kind == NODE_LIST ? STR("[") : STR("{"));
	for (size_t i = 0; i < value->pairs.count; i++) {
		print_text(value->pairs.items[i].key, out);
		oracle_print(value->pairs.items[i].value, out);
		buf_add(out, STR("\n"));
	}
	buf_add(out, value->kind == NODE_LIST ? STR("]") : STR("}"));
}

/* ---- lines and comments */

size_t oracle_count(struct str text, struct str needle)
{
	size_t count = 0;

	for (size_t at = str_find(text, needle, 0); at != NOT_FOUND && needle.len;
	     at = str_find(text, needle, at + needle.len))
		count++;
	return count;
}

static uint32_t line_of(struct str text, uint32_t at)
{
	while (at > 0 && text.ptr[at - 1] != '\n')
		at--;
	return at;
}

static uint32_t line_after(struct str text, uint32_t at)
{
	while (at < text.len && text.ptr[at] != '\n')
		at++;
	return at < text.len ? at + 1 : at;
}

/* The column of the comment if LINE has nothing else; -1: an empty line; -2: something else. */
static int comment_column(const struct yaml_layout *layout, uint32_t line)
{
	struct str text = layout->source->text;
	uint32_t at = line;

	while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
		at++;
	if (at >= text.len || text.ptr[at] == '\n' || text.ptr[at] == '\r')
		return -1;
	return yaml_layout_comment(layout, at) ? (int)(at - line) : -2;
}

void oracle_entry_lines(const struct yaml_layout *layout, const struct yaml_entry *entry,
			uint32_t *begin, uint32_t *end)
{
	struct str text = layout->source->text;
	uint32_t line = line_of(text, entry->begin);
	int column = (int)(entry->begin - line);

	*begin = line;
	*end = line_after(text, entry->end);
	while (*begin > 0 && comment_column(layout, line_of(text, *begin - 1)) == column)
		*begin = line_of(text, *begin - 1);
	for (uint32_t at = *end; at < text.len; at = line_after(text, at)) {
		int found = comment_column(layout, at);

		if (found > column)
			*end = line_after(text, at);
		else if (found != -1)
			break;
	}
}

void oracle_lines_around(const struct yaml_layout *layout, uint32_t *begin, uint32_t *end)
{
	struct str text = layout->source->text;

	*begin = line_of(text, *begin);
	*end = line_after(text, *end);
	while (*begin > 0 && comment_column(layout, line_of(text, *begin - 1)) > -2)
		*begin = line_of(text, *begin - 1);
	while (*end < text.len && comment_column(layout, *end) > -2)
		*end = line_after(text, *end);
}
