#include "stats/series.h"

/* One row of each kind is reserved for `_other`. */
#define OWN_MAX (SERIES_MAX - SERIES_KIND_COUNT)

void series_table_init(struct series_table *table, struct arena *arena)
{
	*table = (struct series_table){.arena = arena};
	for (unsigned kind = 0; kind < SERIES_KIND_COUNT; kind++)
		table->other[kind] = SERIES_MAX;
}

static bool same(const struct series_def *a, const struct series_def *b)
{
	return a->kind == b->kind && str_eq(a->name, b->name) && str_eq(a->scenario, b->scenario);
}

static unsigned append(struct series_table *table, struct series_def def)
{
	VEC_PUSH(table->arena, &table->defs, def);
	return (unsigned)(table->defs.count - 1);
}

unsigned series_table_add(struct series_table *table, const struct series_def *def)
{
	unsigned others = 0;

	for (unsigned i = 0; i < table->defs.count; i++) {
		if (same(&table->defs.items[i], def))
			return i;
	}
	for (unsigned kind = 0; kind < SERIES_KIND_COUNT; kind++)
		others += table->other[kind] != SERIES_MAX;
	if (table->defs.count - others < OWN_MAX)
		return append(table, *def);
	if (table->other[def->kind] == SERIES_MAX) {
		struct series_def other = {
		    .kind = def->kind, .name = STR("_other"), .scenario = STR("_other")};

		table->other[def->kind] = append(table, other);
	}
	return table->other[def->kind];
}
