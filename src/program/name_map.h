/*
 * A map from names to numbers: open addressing in an arena. Names are views that outlive the map.
 * Private to program/; used only while loading.
 */
#ifndef PROGRAM_NAME_MAP_H
#define PROGRAM_NAME_MAP_H

#include "base/arena.h"
#include "base/str.h"

struct name_entry {
	struct str name; /* ptr NULL: free */
	uint32_t value;
};

struct name_map {
	struct arena *arena;
	struct name_entry *entries;
	size_t count, cap; /* cap is a power of two, or 0 */
};

#define NAME_NONE UINT32_MAX

void name_map_init(struct name_map *map, struct arena *arena);
void name_map_clear(struct name_map *map);
/* NAME_NONE if NAME is not in the map. */
uint32_t name_map_find(const struct name_map *map, struct str name);
/* A name that is already in the map gets the new value. */
void name_map_put(struct name_map *map, struct str name, uint32_t value);

#endif
