/*
 * A table of texts such as ids, each with the index of the first thing that has it. It has a fixed
 * size and is in the arena of the caller. Finding a text takes a bounded number of steps, also for
 * a hostile page; a text that would take more is not found. One thread.
 */
#ifndef HTML_NAME_TABLE_H
#define HTML_NAME_TABLE_H

#include "base/arena.h"
#include "base/str.h"

struct html_name_entry;

struct html_name_table {
	struct html_name_entry *entries; /* NULL: not made yet */
	size_t mask;
};

/* An empty table for COUNT texts, which must outlive it. */
struct html_name_table html_name_table_of(struct arena *a, size_t count);
/* Adds NAME in SCOPE; returns false if the table has it already. */
bool html_name_table_add(const struct html_name_table *table, struct str name, uint32_t scope,
			 uint32_t index);
/* The index of NAME in SCOPE; UINT32_MAX if the table does not have it. */
uint32_t html_name_table_find(const struct html_name_table *table, struct str name, uint32_t scope);

#endif
