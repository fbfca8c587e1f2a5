/*
 * A recorder of one worker and the summary that it is drained into, as cmocka's state. A test file
 * whose fixture has more begins it with `struct series_fixture base`.
 */
#ifndef TESTS_SERIES_FIXTURE_H
#define TESTS_SERIES_FIXTURE_H

#include <stdlib.h>

#include "stats/summary.h"

struct series_fixture {
	struct arena arena;
	struct series_table table;
	struct recorder recorder;
	struct summary summary;
};

/* A zeroed fixture of BYTES with an empty table: add the series, then call series_fixture_start. */
static inline void *series_fixture_new(size_t bytes)
{
	struct series_fixture *f = calloc(1, bytes);

	arena_init(&f->arena, 0);
	series_table_init(&f->table, &f->arena);
	return f;
}

/* Returns the index of the series. GROUP: 1 + the index of its group, or 0. */
static inline unsigned series_fixture_add(struct series_table *table, enum series_kind kind,
					  const char *scenario, const char *name, unsigned group)
{
	struct series_def def = {
	    .kind = kind, .name = str_of(name), .scenario = str_of(scenario), .group = group};

	return series_table_add(table, &def);
}

static inline void series_fixture_start(struct series_fixture *f)
{
	recorder_init(&f->recorder, &f->table, 0);
	summary_init(&f->summary, &f->table);
}

/* The teardown of a test. */
static inline int series_fixture_end(void **state)
{
	struct series_fixture *f = *state;

	summary_release(&f->summary);
	recorder_release(&f->recorder);
	arena_release(&f->arena);
	free(f);
	return 0;
}

#endif
