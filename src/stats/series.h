/*
 * The series of a run: each request step, each group and each scenario is counted under its own
 * name (the series of a scenario counts its iterations). The table is built once before the run and
 * is const afterwards, so all threads may read it. A series is identified by its index in the
 * table. There are at most SERIES_MAX; further ones are counted under `_other` of their kind, so
 * that no store grows with the scenario.
 */
#ifndef STATS_SERIES_H
#define STATS_SERIES_H

#include "base/arena.h"
#include "base/str.h"

#define SERIES_MAX   1000u
#define SERIES_SLOTS 2048u /* of the index by name: a power of two, twice SERIES_MAX at least */

enum series_kind {
	SERIES_STEP,
	SERIES_GROUP,
	SERIES_SCENARIO,
	SERIES_FIXTURE, /* setup, before_user and so on: names failures, counts nothing */
	SERIES_KIND_COUNT
};

struct series_def {
	enum series_kind kind;
	struct str name;     /* the step's, group's or scenario's own name */
	struct str scenario; /* the scenario it belongs to; for a scenario its own name; "setup" */
	struct str method;   /* of a step: "GET" */
	struct str at;	     /* "shop.yaml:24" */
	unsigned group; /* 1 + the index of the innermost group that always contains it; or 0 */
};

struct series_table {
	struct arena *arena;
	VEC(struct series_def) defs;
	uint16_t slots[SERIES_SLOTS];	   /* index by kind and names: index in `defs` + 1, or 0 */
	unsigned other[SERIES_KIND_COUNT]; /* index of `_other` of that kind, or SERIES_MAX */
};

/* An empty table, which allocates from ARENA. */
void series_table_init(struct series_table *table, struct arena *arena);
/*
 * Adds a series and returns its index. Texts are not copied and must outlive the table. A second
 * series with the same kind, scenario and name gets the index of the first one; beyond the limit,
 * the index is that of `_other`.
 */
unsigned series_table_add(struct series_table *table, const struct series_def *def);

#endif
