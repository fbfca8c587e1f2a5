#include "import/correlate/live_variables.h"

/* The place of NAME in the table, which is never more than half full. */
static uint32_t *place_of(const struct live_variables *all, struct str name)
{
	size_t i = (size_t)str_hash(name) & (all->name_count - 1);

	while (all->names[i] && !str_eq(all->items.items[all->names[i] - 1].name, name))
		i = (i + 1) & (all->name_count - 1);
	return &all->names[i];
}

static void grow(struct arena *a, struct live_variables *all)
{
	all->name_count = all->name_count ? 2 * all->name_count : 64;
	all->names = ARENA_ARRAY(a, all->name_count, uint32_t);
	for (uint32_t i = 0; i < all->items.count; i++)
		*place_of(all, all->items.items[i].name) = i + 1;
}

/* A name is free if its other values are not needed in between. */
static bool is_free(const struct live_variables *all, struct str name, uint32_t from, uint32_t to)
{
	for (uint32_t i = *place_of(all, name); i; i = all->items.items[i - 1].same_name) {
		const struct live_variable *other = &all->items.items[i - 1];

		if (other->step == from || (from < other->last_use && other->step < to))
			return false;
	}
	return true;
}

struct str live_variables_name(struct arena *a, const struct live_variables *all, struct str base,
			       uint32_t from, uint32_t to)
{
	struct str name = base;

	for (unsigned n = 2; all->name_count && !is_free(all, name, from, to); n++)
		name = arena_printf(a, "%.*s_%u", STR_ARG(base), n);
	return name;
}

const struct live_variable *live_variables_add(struct arena *a, struct live_variables *all,
					       struct live_variable variable)
{
	uint32_t *place;

	if (all->items.count * 2 >= all->name_count)
		grow(a, all);
	place = place_of(all, variable.name);
	variable.same_name = *place;
	VEC_PUSH(a, &all->items, variable);
	*place = (uint32_t)all->items.count;
	return &all->items.items[all->items.count - 1];
}
