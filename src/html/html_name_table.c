#include "html/html_name_table.h"

/* A text that is this far from its place is not found. */
#define PROBES_MAX 64

struct html_name_entry {
	struct str name;
	uint32_t scope, index;
	bool used;
};

struct html_name_table html_name_table_of(struct arena *a, size_t count)
{
	size_t size = 16;

	while (size < 2 * count)
		size *= 2;
	return (struct html_name_table){ARENA_ARRAY(a, size, struct html_name_entry), size - 1};
}

/* The entry of NAME, or the unused one where it would be; NULL if it is far. */
static struct html_name_entry *entry_of(const struct html_name_table *table, struct str name,
					uint32_t scope)
{
	size_t at = (size_t)str_hash(name) + scope * 2654435761U;

	for (size_t i = 0; i < PROBES_MAX; i++) {
		struct html_name_entry *entry = &table->entries[(at + i) & table->mask];

		if (!entry->used || (entry->scope == scope && str_eq(entry->name, name)))
			return entry;
	}
	return NULL;
}

bool html_name_table_add(const struct html_name_table *table, struct str name, uint32_t scope,
			 uint32_t index)
{
	struct html_name_entry *entry = entry_of(table, name, scope);

	if (!entry || entry->used)
		return !entry;
	*entry = (struct html_name_entry){name, scope, index, true};
	return true;
}

uint32_t html_name_table_find(const struct html_name_table *table, struct str name, uint32_t scope)
{
	const struct html_name_entry *entry = entry_of(table, name, scope);

	return entry && entry->used ? entry->index : UINT32_MAX;
}
