#include "edit/edit_intended.h"

#include "doc/yaml_types.h"

static struct edit_intended *copy_value(struct arena *a, const struct node *node)
{
	struct edit_intended *intended = ARENA_NEW(a, struct edit_intended);

	intended->kind = node->kind;
	intended->text = node->text;
	intended->quoted = node_is_quoted(node);
	return intended;
}

void edit_intended_insert(struct arena *a, struct edit_intended *owner, size_t index,
			  struct str key, struct edit_intended *value)
{
	struct edit_intended_entry entry = {key, value};

	VEC_PUSH(a, &owner->entries, entry);
	memmove(owner->entries.items + index + 1, owner->entries.items + index,
		(owner->entries.count - 1 - index) * sizeof entry);
	owner->entries.items[index] = entry;
}

struct edit_intended_entry edit_intended_take(struct edit_intended *owner, size_t index)
{
	struct edit_intended_entry entry = owner->entries.items[index];

	owner->entries.count--;
	memmove(owner->entries.items + index, owner->entries.items + index + 1,
		(owner->entries.count - index) * sizeof entry);
	return entry;
}

static struct edit_intended *of_place(struct arena *a, const struct yaml_place *place,
				      struct edit_intended **by_number)
{
	struct edit_intended *intended = copy_value(a, place->node);
	size_t count = yaml_layout_count(place);

	by_number[place->number] = intended;
	for (size_t i = 0; i < count; i++) {
		const struct yaml_entry *entry = &place->entries[i];
		struct str key = entry->key ? entry->key->node->text : STR_NULL;

		if (entry->key)
			by_number[entry->key->number] = copy_value(a, entry->key->node);
		edit_intended_insert(a, intended, i, key, of_place(a, entry->value, by_number));
	}
	return intended;
}

struct edit_intended *edit_intended_of_layout(struct arena *a, const struct yaml_layout *layout,
					      struct edit_intended **by_number)
{
	struct edit_intended *root = of_place(a, layout->root, by_number);

	for (size_t i = 0; i < layout->alias_count; i++) {
		const struct yaml_place *alias = layout->aliases[i];
		const struct yaml_place *target = yaml_layout_target(layout, alias);

		if (target)
			by_number[alias->number]->target = by_number[target->number];
	}
	return root;
}

struct edit_intended *edit_intended_of_node(struct arena *a, const struct node *node)
{
	struct edit_intended *intended = copy_value(a, node);

	for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++)
		edit_intended_insert(a, intended, i, STR_NULL,
				     edit_intended_of_node(a, node->items[i]));
	for (size_t i = 0; node->kind == NODE_MAP && i < node->count; i++)
		edit_intended_insert(a, intended, i, node->pairs[i].key->text,
				     edit_intended_of_node(a, node->pairs[i].value));
	return intended;
}

struct edit_intended *edit_intended_copy(struct arena *a, const struct edit_intended *node)
{
	struct edit_intended *copy = ARENA_NEW(a, struct edit_intended);

	copy->kind = node->kind;
	copy->text = node->text;
	copy->quoted = node->quoted;
	copy->target = node->target;
	for (size_t i = 0; i < node->entries.count; i++)
		edit_intended_insert(a, copy, i, node->entries.items[i].key,
				     edit_intended_copy(a, node->entries.items[i].value));
	return copy;
}

const struct node *edit_intended_copy_node(struct arena *a, const struct node *node)
{
	struct node *copy = ARENA_NEW(a, struct node);
	const struct node **items = NULL;
	struct node_pair *pairs = NULL;

	*copy = *node;
	copy->span = copy->alias = SPAN_NONE;
	copy->text = arena_str(a, node->text);
	if (node->kind == NODE_LIST)
		items = ARENA_ARRAY(a, node->count, const struct node *);
	else if (node->kind == NODE_MAP)
		pairs = ARENA_ARRAY(a, node->count, struct node_pair);
	for (size_t i = 0; items && i < node->count; i++)
		items[i] = edit_intended_copy_node(a, node->items[i]);
	for (size_t i = 0; pairs && i < node->count; i++)
		pairs[i] = (struct node_pair){edit_intended_copy_node(a, node->pairs[i].key),
					      edit_intended_copy_node(a, node->pairs[i].value)};
	copy->items = items;
	copy->pairs = pairs;
	return copy;
}

/* ---- comparison */

bool edit_intended_is_typed(struct str text)
{
	double number;

	return yaml_types_is_word(text) || yaml_types_is_changed(text) ||
	       str_to_double(text, &number);
}

static bool same_text(struct str a, bool a_quoted, struct str b, bool b_quoted)
{
	return str_eq(a, b) && (a_quoted == b_quoted || !edit_intended_is_typed(a));
}

bool edit_intended_equals(struct edit_intended *intended, const struct node *root)
{
	const struct edit_intended *target = intended->target;

	if (target)
		return root->alias.source && target->is_found && target->kind == root->kind &&
		       target->found_at == root->span.begin;
	if (root->alias.source || intended->kind != root->kind)
		return false;
	intended->is_found = true;
	intended->found_at = root->span.begin;
	if (intended->kind == NODE_SCALAR)
		return same_text(intended->text, intended->quoted, root->text,
				 node_is_quoted(root));
	if (intended->entries.count != root->count)
		return false;
	for (size_t i = 0; i < root->count; i++) {
		struct edit_intended_entry *entry = &intended->entries.items[i];
		bool map = root->kind == NODE_MAP;

		if (map && !str_eq(entry->key, root->pairs[i].key->text))
			return false;
		if (!edit_intended_equals(entry->value,
					  map ? root->pairs[i].value : root->items[i]))
			return false;
	}
	return true;
}

bool edit_intended_same_values(const struct node *a, const struct node *b)
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

		if (!other || !edit_intended_same_values(
				  a->kind == NODE_LIST ? a->items[i] : a->pairs[i].value, other))
			return false;
	}
	return true;
}
