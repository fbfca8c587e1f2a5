#include "program/name_map.h"

void name_map_init(struct name_map *map, struct arena *arena)
{
	*map = (struct name_map){.arena = arena};
}

void name_map_clear(struct name_map *map)
{
	if (map->cap)
		memset(map->entries, 0, map->cap * sizeof *map->entries);
	map->count = 0;
}

static struct name_entry *find_entry(struct name_entry *entries, size_t cap, struct str name)
{
	size_t at = (size_t)str_hash(name) & (cap - 1);

	while (entries[at].name.ptr && !str_eq(entries[at].name, name))
		at = (at + 1) & (cap - 1);
	return &entries[at];
}

uint32_t name_map_find(const struct name_map *map, struct str name)
{
	if (!map->cap)
		return NAME_NONE;
	const struct name_entry *entry = find_entry(map->entries, map->cap, name);
	return entry->name.ptr ? entry->value : NAME_NONE;
}

static void grow(struct name_map *map)
{
	size_t cap = map->cap ? map->cap * 2 : 32;
	struct name_entry *entries = ARENA_ARRAY(map->arena, cap, struct name_entry);

	for (size_t i = 0; i < map->cap; i++)
		if (map->entries[i].name.ptr)
			*find_entry(entries, cap, map->entries[i].name) = map->entries[i];
	map->entries = entries;
	map->cap = cap;
}

void name_map_put(struct name_map *map, struct str name, uint32_t value)
{
	if (2 * map->count >= map->cap)
		grow(map);
	struct name_entry *entry = find_entry(map->entries, map->cap, name);
	if (!entry->name.ptr) {
		entry->name = name.ptr ? name : STR("");
		map->count++;
	}
	entry->value = value;
}
