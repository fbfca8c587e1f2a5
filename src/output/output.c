#include "output/output.h"

#include <stddef.h>

#include "output/facts.h"

static const struct output_kind *const kinds[] = {
#define OUTPUT(name) &output_##name,
#include "output/output.def"
#undef OUTPUT
    NULL,
};

const struct output_kind *const *outputs_all(void)
{
	return kinds;
}

struct output_delivery *output_delivery_add(const struct verdict *verdict, const char *output,
					    struct str where, const char *unit)
{
	struct output_deliveries *all = verdict->deliveries;
	struct output_delivery *row;

	if (all->count < DELIVERIES_MAX)
		all->count++;
	row = &all->items[all->count - 1];
	*row = (struct output_delivery){
	    .output = output, .where = arena_str(all->arena, where), .unit = unit};
	return row;
}
