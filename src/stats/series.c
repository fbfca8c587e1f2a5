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

/* The slot of DEF, or the free one where it belongs. */
static uint16_t *find_slot(struct series_table *table, const struct series_def *def)
{
	uint64_t hash = str_hash(def->name) * 31 + str_hash(def->scenario) + def->kind;
	size_t at = (size_t)(hash ^ hash >> 32) % SERIES_SLOTS;

	while (table->slots[at] && !same(&table->defs.items[table->slots[at] - 1], def))
		at = (at + 1) % SERIES_SLOTS;
	return &table->slots[at];
}

static unsigned append(struct series_table *table, struct series_def def)
{
	uint16_t *slot = find_slot(table, &def);

	VEC_PUSH(table->arena, &table->defs, def);
	*slot = (uint16_t)table->defs.count;
	return (unsigned)(table->defs.count - 1);
}

unsigned series_table_add(struct series_table *table, const struct series_def *def)
{
	uint16_t *slot = find_slot(table, def);
	unsigned others = 0;

	if (*slot)
		return *slot - 1u;
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
