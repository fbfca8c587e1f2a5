/* The chain that each operation belongs to: that of the resource that its path names. */
#include "import/openapi/openapi.h"

static size_t first_variable(const struct openapi_operation *op)
{
	size_t i = 0;

	while (i < op->segments.count && !op->segments.items[i].has_variable)
		i++;
	return i;
}

/* The first COUNT parts of the path of OP as text. */
static struct str path_of(struct openapi *o, const struct openapi_operation *op, size_t count)
{
	struct str path = STR("");

	for (size_t i = 0; i < count; i++)
		path = arena_printf(o->arena, "%.*s/%.*s", STR_ARG(path),
				    STR_ARG(op->segments.items[i].text));
	return path.len ? path : STR("/");
}

/* The longest path of a resource (one with variables below it) that OP's path begins with. */
static size_t resource_of(struct openapi *o, const struct openapi_operation *op)
{
	size_t best = 0;

	for (size_t i = 0; i < o->operations.count; i++) {
		const struct openapi_operation *other = o->operations.items[i];
		size_t first = first_variable(other);

		if (first < other->segments.count && first > best && first <= op->segments.count &&
		    openapi_same_path(op, first, other, first))
			best = first;
	}
	return best;
}

static void name_chain(struct openapi *o, struct openapi_operation *op)
{
	const struct node *tags = node_find(op->node, STR("tags"));
	size_t first = first_variable(op), count = op->segments.count;

	if (first < count) {
		op->chain = first ? path_of(o, op, first) : op->path;
		return;
	}
	first = resource_of(o, op);
	if (first)
		op->chain = path_of(o, op, first);
	else if (tags && tags->kind == NODE_LIST && tags->count &&
		 tags->items[0]->kind == NODE_SCALAR)
		op->chain = tags->items[0]->text;
	else
		op->chain = path_of(o, op, count > 1 ? count - 1 : count);
}

void openapi_name_chains(struct openapi *o)
{
	for (size_t i = 0; i < o->operations.count; i++)
		name_chain(o, o->operations.items[i]);
}
