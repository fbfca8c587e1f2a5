#include "doc/node.h"

const struct node_pair *node_find_pair(const struct node *node, struct str key)
{
	if (!node || node->kind != NODE_MAP)
		return NULL;
	for (size_t i = 0; i < node->count; i++)
		if (str_eq(node->pairs[i].key->text, key))
			return &node->pairs[i];
	return NULL;
}

const struct node *node_find(const struct node *node, struct str key)
{
	const struct node_pair *pair = node_find_pair(node, key);

	return pair ? pair->value : NULL;
}

bool node_is_empty(const struct node *node)
{
	return node->kind == NODE_SCALAR && node->style == NODE_PLAIN && node->text.len == 0;
}

bool node_is_quoted(const struct node *node)
{
	return node->kind == NODE_SCALAR && node->style != NODE_PLAIN;
}

const char *node_describe(const struct node *node)
{
	switch (node->kind) {
	case NODE_LIST:
		return "a list";
	case NODE_MAP:
		return "a mapping";
	case NODE_SCALAR:
		break;
	}
	return node_is_empty(node) ? "nothing" : "text";
}
