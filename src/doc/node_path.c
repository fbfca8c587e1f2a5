#include "doc/node_path.h"

static bool has(struct span span, uint32_t at)
{
	return span.source && span.begin <= at && at <= span.end;
}

/* Where NODE is written: an alias is at its own place, not at that of the anchored node. */
static struct span written(const struct node *node)
{
	return node->alias.source ? node->alias : node->span;
}

/* "~" and "/" in a key are "~0" and "~1". */
static void add_key(struct buf *out, struct str key)
{
	buf_add_char(out, '/');
	for (size_t i = 0; i < key.len; i++) {
		if (key.ptr[i] == '~')
			buf_add(out, STR("~0"));
		else if (key.ptr[i] == '/')
			buf_add(out, STR("~1"));
		else
			buf_add_char(out, key.ptr[i]);
	}
}

/* The child of NODE at AT, whose part of the path is appended to OUT; NULL: none. The last one that
 * begins at AT or before it, because an empty value ends where the next node can begin. */
static const struct node *child_at(const struct node *node, uint32_t at, struct buf *out)
{
	size_t found = node->count;

	for (size_t i = 0; i < node->count; i++) {
		const struct node *value =
		    node->kind == NODE_MAP ? node->pairs[i].value : node->items[i];

		if (has(written(value), at) ||
		    (node->kind == NODE_MAP && has(node->pairs[i].key->span, at)))
			found = i;
	}
	if (found == node->count)
		return NULL;
	if (node->kind == NODE_LIST) {
		buf_printf(out, "/%zu", found);
		return node->items[found];
	}
	add_key(out, node->pairs[found].key->text);
	return has(node->pairs[found].key->span, at) ? NULL : node->pairs[found].value;
}

struct str node_path_at(struct arena *a, const struct node *root, uint32_t at)
{
	const struct node *node = root;
	struct buf path;

	if (!root || !has(root->span, at))
		return STR_NULL;
	buf_init(&path, 0);
	while (node && node->kind != NODE_SCALAR && !node->alias.source)
		node = child_at(node, at, &path);
	struct str text = arena_str(a, buf_str(&path));

	buf_release(&path);
	return text.ptr ? text : STR("");
}

void node_path_diags(struct diag_list *list, const struct node *root)
{
	for (size_t i = 0; root && i < list->diags.count; i++) {
		struct diag *diag = &list->diags.items[i];

		if (diag->span.source && diag->span.source == root->span.source)
			diag->path = node_path_at(list->arena, root, diag->span.begin);
	}
}
