/* The tree of a test plan: pairs of an element and its hashTree, includes and modules. */
#include "import/jmeter/jmeter.h"

#define DEPTH_MAX 20u /* of includes and modules within each other */
#define NODES_MAX 100000u

static void put_tree(struct jmeter *j, struct jmeter_node *parent, const struct jmx *tree)
{
	for (size_t i = 0; i < tree->children.count; i++) {
		const struct jmx *e = tree->children.items[i];
		struct jmeter_node *node;

		if (jmeter_is(e, "hashTree"))
			continue;
		node = ARENA_NEW(j->arena, struct jmeter_node);
		*node =
		    (struct jmeter_node){.element = e, .parent = parent, .disabled = e->disabled};
		VEC_PUSH(j->arena, &parent->children, node);
		j->elements++;
		if (i + 1 < tree->children.count &&
		    jmeter_is(tree->children.items[i + 1], "hashTree"))
			put_tree(j, node, tree->children.items[i + 1]);
	}
}

struct jmeter_node *jmeter_plan(struct jmeter *j, const struct jmx *root)
{
	for (size_t i = 0; i < root->children.count; i++) {
		const struct jmx *tree = root->children.items[i];
		struct jmeter_node *top = ARENA_NEW(j->arena, struct jmeter_node);

		if (!jmeter_is(tree, "hashTree"))
			continue;
		*top = (struct jmeter_node){.element = root};
		put_tree(j, top, tree);
		return top;
	}
	return NULL;
}

const struct jmx *jmeter_read_file(struct jmeter *j, const char *path, struct str text,
				   struct str file, struct str *why)
{
	struct jmx_error error;
	const struct jmx *root = jmx_read(j->arena, text, file, &error);

	if (root && jmeter_is(root, "jmeterTestPlan"))
		return root;
	if (root)
		*why = arena_printf(j->arena,
				    "%s is not a JMeter test plan: its first element is <%.*s>, "
				    "not <jmeterTestPlan>",
				    path, STR_ARG(str_cut(root->tag, 60)));
	else
		*why = arena_printf(j->arena, "%s cannot be read: line %u: %.*s", path, error.line,
				    STR_ARG(error.text));
	return NULL;
}

/* ---- includes */

/* Fragments are performed only where they are included. */
static void adopt(struct jmeter *j, struct jmeter_node *into, const struct jmeter_node *from)
{
	for (size_t i = 0; i < from->children.count; i++) {
		struct jmeter_node *child = from->children.items[i];

		if (child->disabled)
			continue;
		if (jmeter_is(child->element, "TestPlan") ||
		    jmeter_is(child->element, "TestFragmentController")) {
			adopt(j, into, child);
			continue;
		}
		child->parent = into;
		VEC_PUSH(j->arena, &into->children, child);
	}
}

static void include(struct jmeter *j, struct jmeter_node *node)
{
	struct str path =
	    jmeter_constant(j, jmx_text(node->element, "IncludeController.includepath"));
	const struct jmx *root;
	struct jmeter_node *tree;
	struct str text, why = STR("it is not a test plan");
	const char *reason = "its file is not known before the run";

	if (!path.ptr || !jmeter_file(j, path, &text, &reason)) {
		jmeter_unsupported(j, node->element, reason);
		return;
	}
	root = jmeter_read_file(j, arena_cstr(j->arena, path), text, path, &why);
	tree = root ? jmeter_plan(j, root) : NULL;
	if (tree)
		adopt(j, node, tree);
	else
		jmeter_unsupported(j, node->element, arena_cstr(j->arena, why));
}

/* ---- modules */

static struct jmeter_node *copy(struct jmeter *j, const struct jmeter_node *from,
				const struct jmeter_node *parent)
{
	struct jmeter_node *node = ARENA_NEW(j->arena, struct jmeter_node);

	*node = (struct jmeter_node){
	    .element = from->element, .parent = parent, .disabled = from->disabled};
	if (++j->elements > NODES_MAX)
		return node;
	for (size_t i = 0; i < from->children.count; i++)
		VEC_PUSH(j->arena, &node->children, copy(j, from->children.items[i], node));
	return node;
}

/* Whether the names of NODE and its ancestors are the last ones of the module's path. */
static bool has_path(const struct jmeter_node *node, const struct jmx *module)
{
	size_t count = jmx_count(module, "ModuleController.node_path"), matched = 0;

	for (; node && node->parent && count; node = node->parent, matched++)
		if (!str_eq(node->element->name,
			    jmx_item(module, "ModuleController.node_path", --count)->text))
			return false;
	return matched > 0;
}

static const struct jmeter_node *find_target(const struct jmeter_node *node,
					     const struct jmx *module)
{
	const struct jmeter_node *found = NULL;

	if (has_path(node, module))
		return node;
	for (size_t i = 0; !found && i < node->children.count; i++)
		found = find_target(node->children.items[i], module);
	return found;
}

static void insert_module(struct jmeter *j, struct jmeter_node *node)
{
	const struct jmeter_node *target = find_target(j->plan, node->element);
	struct jmeter_node *own;

	for (const struct jmeter_node *up = node; target && up; up = up->parent)
		if (up == target)
			target = NULL;
	if (!target || j->elements > NODES_MAX) {
		jmeter_unsupported(j, node->element, "the controller that it names was not found");
		return;
	}
	own = copy(j, target, node);
	own->disabled = false;
	VEC_PUSH(j->arena, &node->children, own);
}

bool jmeter_is_fragment(const struct jmeter_node *node)
{
	return jmeter_is(node->element, "TestFragmentController") &&
	       !(node->parent && jmeter_is(node->parent->element, "ModuleController"));
}

void jmeter_resolve(struct jmeter *j, struct jmeter_node *node, unsigned depth)
{
	bool deeper = false;

	if (node->disabled || jmeter_is_fragment(node))
		return;
	if (depth > DEPTH_MAX) {
		jmeter_unsupported(j, node->element, "modules and includes are nested too deeply");
		return;
	}
	if (jmeter_is(node->element, "IncludeController")) {
		include(j, node);
		deeper = true;
	} else if (jmeter_is(node->element, "ModuleController")) {
		insert_module(j, node);
		deeper = true;
	}
	for (size_t i = 0; i < node->children.count; i++)
		jmeter_resolve(j, node->children.items[i], depth + deeper);
}

/* ---- scope */

struct jmeter_scope jmeter_scope(struct jmeter *j, const struct jmeter_node *node, bool outer_first)
{
	const struct jmeter_node *levels[1024];
	struct jmeter_scope scope = {0};
	size_t count = 0;

	for (; node && count < sizeof levels / sizeof *levels; node = node->parent)
		levels[count++] = node;
	for (size_t i = 0; i < count; i++) {
		const struct jmeter_node *level = levels[outer_first ? count - 1 - i : i];

		for (size_t k = 0; k < level->children.count; k++)
			if (!level->children.items[k]->disabled)
				VEC_PUSH(j->arena, &scope.items, level->children.items[k]);
	}
	return scope;
}
