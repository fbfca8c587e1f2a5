#include "edit/edit_meant.h"

#include "doc/yaml_types.h"

static struct edit_meant *copy_value(struct arena *a, const struct node *node)
{
	struct edit_meant *meant = ARENA_NEW(a, struct edit_meant);

	meant->kind = node->kind;
	meant->text = node->text;
	meant->quoted = node_is_quoted(node);
	return meant;
}

void edit_meant_insert(struct arena *a, struct edit_meant *owner, size_t index, struct str key,
		       struct edit_meant *value)
{
	struct edit_meant_entry entry = {key, value};

	VEC_PUSH(a, &owner->entries, entry);
	memmove(owner->entries.items + index + 1, owner->entries.items + index,
		(owner->entries.count - 1 - index) * sizeof entry);
	owner->entries.items[index] = entry;
}

struct edit_meant_entry edit_meant_take(struct edit_meant *owner, size_t index)
{
	struct edit_meant_entry entry = owner->entries.items[index];

	owner->entries.count--;
	memmove(owner->entries.items + index, owner->entries.items + index + 1,
		(owner->entries.count - index) * sizeof entry);
	return entry;
}

static struct edit_meant *of_place(struct arena *a, const struct yaml_place *place,
				   struct edit_meant **by_number)
{
	struct edit_meant *meant = copy_value(a, place->node);
	size_t count = yaml_place_count(place);

	by_number[place->number] = meant;
	for (size_t i = 0; i < count; i++) {
		const struct yaml_entry *entry = &place->entries[i];
		struct str key = entry->key ? entry->key->node->text : STR_NULL;

		if (entry->key)
			by_number[entry->key->number] = copy_value(a, entry->key->node);
		edit_meant_insert(a, meant, i, key, of_place(a, entry->value, by_number));
	}
	return meant;
}

struct edit_meant *edit_meant_of_layout(struct arena *a, const struct yaml_layout *layout,
					struct edit_meant **by_number)
{
	struct edit_meant *root = of_place(a, layout->root, by_number);

	for (size_t i = 0; i < layout->alias_count; i++) {
		const struct yaml_place *alias = layout->aliases[i];
		const struct yaml_place *target = yaml_layout_target(layout, alias);

		if (target)
			by_number[alias->number]->target = by_number[target->number];
	}
	return root;
}

struct edit_meant *edit_meant_of_node(struct arena *a, const struct node *node)
{
	struct edit_meant *meant = copy_value(a, node);

	for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++)
		edit_meant_insert(a, meant, i, STR_NULL, edit_meant_of_node(a, node->items[i]));
	for (size_t i = 0; node->kind == NODE_MAP && i < node->count; i++)
		edit_meant_insert(a, meant, i, node->pairs[i].key->text,
				  edit_meant_of_node(a, node->pairs[i].value));
	return meant;
}

struct edit_meant *edit_meant_copy(struct arena *a, const struct edit_meant *node)
{
	struct edit_meant *copy = ARENA_NEW(a, struct edit_meant);

	copy->kind = node->kind;
	copy->text = node->text;
	copy->quoted = node->quoted;
	copy->target = node->target;
	for (size_t i = 0; i < node->entries.count; i++)
		edit_meant_insert(a, copy, i, node->entries.items[i].key,
				  edit_meant_copy(a, node->entries.items[i].value));
	return copy;
}

/* ---- comparison */

bool edit_meant_is_typed(struct str text)
{
	double number;

	return yaml_types_is_word(text) || yaml_types_is_changed(text) ||
	       str_to_double(text, &number);
}

static bool same_text(struct str a, bool a_quoted, struct str b, bool b_quoted)
{
	return str_eq(a, b) && (a_quoted == b_quoted || !edit_meant_is_typed(a));
}

bool edit_meant_equals(struct edit_meant *meant, const struct node *root)
{
	const struct edit_meant *target = meant->target;

	if (target)
		return root->alias.source && target->is_found && target->kind == root->kind &&
		       target->found_at == root->span.begin;
	if (root->alias.source || meant->kind != root->kind)
		return false;
	meant->is_found = true;
	meant->found_at = root->span.begin;
	if (meant->kind == NODE_SCALAR)
		return same_text(meant->text, meant->quoted, root->text, node_is_quoted(root));
	if (meant->entries.count != root->count)
		return false;
	for (size_t i = 0; i < root->count; i++) {
		struct edit_meant_entry *entry = &meant->entries.items[i];
		bool map = root->kind == NODE_MAP;

		if (map && !str_eq(entry->key, root->pairs[i].key->text))
			return false;
		if (!edit_meant_equals(entry->value, map ? root->pairs[i].value : root->items[i]))
			return false;
	}
	return true;
}

bool edit_meant_same_values(const struct node *a, const struct node *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == NODE_SCALAR)
		return same_text(a->text, node_is_quoted(a), b->text, node_is_quoted(b));
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct node *other =
		    a->kind == NODE_LIST ? b->items[i] : node_find(b, a->pairs[i].key->text);

		if (!other || !edit_meant_same_values(
				  a->kind == NODE_LIST ? a->items[i] : a->pairs[i].value, other))
			return false;
	}
	return true;
}
