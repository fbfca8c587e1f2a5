/* The options that set the required parameters of an imported scenario. */
#include "import/import.h"

/* Whether a `file:` or `body_file:` below NODE is the parameter. */
static bool is_file(const struct yaml_writer_node *node, struct str parameter)
{
	bool found = false;

	for (size_t i = 0; !found && i < node->members.count; i++) {
		const struct yaml_writer_member *m = &node->members.items[i];

		found = ((str_eq(m->key, STR("file")) || str_eq(m->key, STR("body_file"))) &&
			 str_eq(m->value->text, parameter)) ||
			is_file(m->value, parameter);
	}
	return found;
}

struct str import_required_options(struct arena *a, const struct yaml_writer_node *root,
				   const char *value)
{
	const struct yaml_writer_node *all = yaml_writer_find(root, STR("parameters"));
	struct str options = STR("");

	for (size_t i = 0; all && i < all->members.count; i++) {
		struct str name = all->members.items[i].key;

		if (yaml_writer_find(all->members.items[i].value, STR("required")))
			options = arena_printf(
			    a, "%.*s -p %.*s=%s", STR_ARG(options), STR_ARG(name),
			    is_file(root, arena_printf(a, "${%.*s}", STR_ARG(name))) ? "PATH"
										     : value);
	}
	return options;
}
