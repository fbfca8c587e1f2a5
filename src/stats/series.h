/*
 * What is counted under a name of its own: each request step, each group, each scenario (a
 * scenario's series counts its iterations). The table is built once before the run and is const
 * from then on, shared by all threads; a series is known by its number in it. At most SERIES_MAX:
 * what comes later goes to `_other` of its kind, so no store grows with the scenario.
 */
#ifndef STATS_SERIES_H
#define STATS_SERIES_H

#include "base/arena.h"
#include "base/str.h"

#define SERIES_MAX 1000u

enum series_kind {
	SERIES_STEP,
	SERIES_GROUP,
	SERIES_SCENARIO,
	SERIES_FIXTURE, /* of setup and the like: names failures, counts nothing */
	SERIES_KIND_COUNT
};

struct series_def {
	enum series_kind kind;
	struct str name;     /* the step's, group's or scenario's own name */
	struct str scenario; /* the scenario it belongs to; for a scenario its own name; "setup" */
	struct str method;   /* "GET"; empty when it is no step */
	struct str at;	     /* "shop.yaml:24" */
};

struct series_table {
	struct arena *arena;
	VEC(struct series_def) defs;
	unsigned other[SERIES_KIND_COUNT]; /* number of `_other` of that kind, or SERIES_MAX */
};

/* Empty; what is added lives in ARENA. */
void series_table_init(struct series_table *table, struct arena *arena);
/*
 * Adds a series and returns its number. Texts are not copied and must outlive the table. The same
 * kind, scenario and name again gives the same number; past the limit, that of `_other`.
 */
unsigned series_table_add(struct series_table *table, const struct series_def *def);

#endif
