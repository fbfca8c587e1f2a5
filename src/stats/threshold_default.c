/*
 * Which failures the thresholds of a scenario cover, and the default thresholds for the rest.
 */
#include "stats/threshold.h"

/* An upper limit; anything else allows any number of failures. */
static bool is_limit(const struct threshold *t)
{
	return t->op == THRESHOLD_LESS || t->op == THRESHOLD_LESS_EQUAL || t->op == THRESHOLD_EQUAL;
}

static bool is_named(const struct threshold *t, const struct series_def *def, enum series_kind kind)
{
	return def->kind == kind && summary_series_matches(def, t->name);
}

/* Whether the step is always inside a group that T names. */
static bool is_in_group(const struct threshold *t, const struct series_table *table,
			unsigned series)
{
	unsigned group = table->defs.items[series].group;

	while (group) {
		if (is_named(t, &table->defs.items[group - 1], SERIES_GROUP))
			return true;
		group = table->defs.items[group - 1].group;
	}
	return false;
}

bool threshold_covers_step(const struct threshold *t, const struct series_table *table,
			   unsigned series)
{
	const struct series_def *def = &table->defs.items[series];
	enum series_kind kind;

	if (t->is_default || (t->stat != STAT_ERROR_RATE && t->stat != STAT_FAILURES) ||
	    !is_limit(t))
		return false;
	if (!t->name.len)
		return true;
	if (!threshold_kind(t, table, &kind))
		return false;
	if (kind == SERIES_GROUP)
		return is_in_group(t, table, series);
	if (kind == SERIES_SCENARIO)
		return str_eq(def->scenario, t->name);
	return is_named(t, def, SERIES_STEP);
}

bool threshold_covers_scenario(const struct threshold *t, const struct series_table *table,
			       unsigned series)
{
	if (t->is_default || t->stat != STAT_FAILED_ITERATIONS || !is_limit(t))
		return false;
	return !t->name.len || is_named(t, &table->defs.items[series], SERIES_SCENARIO);
}

bool threshold_covers_users(const struct threshold *t)
{
	return !t->is_default && t->stat == STAT_FAILED_ITERATIONS && is_limit(t) && !t->name.len;
}

/* ---- what is left */

static bool any_covers(const struct threshold *list, size_t count, const struct series_table *table,
		       unsigned series)
{
	bool step = table->defs.items[series].kind == SERIES_STEP;

	for (size_t i = 0; i < count; i++)
		if (step ? threshold_covers_step(&list[i], table, series)
			 : threshold_covers_scenario(&list[i], table, series))
			return true;
	return false;
}

static bool all_covered(const struct threshold *list, size_t count,
			const struct series_table *table, enum series_kind kind)
{
	for (unsigned i = 0; i < table->defs.count; i++)
		if (table->defs.items[i].kind == kind && !any_covers(list, count, table, i))
			return false;
	return true;
}

static bool users_covered(const struct threshold *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (threshold_covers_users(&list[i]))
			return true;
	return false;
}

size_t threshold_add_defaults(const struct threshold *list, size_t count,
			      const struct series_table *table, bool search,
			      struct threshold out[THRESHOLD_DEFAULTS_MAX])
{
	size_t added = 0;

	if (!all_covered(list, count, table, SERIES_STEP))
		out[added++] = search
				   ? (struct threshold){.text = STR("error_rate <= 1% (default)"),
							.stat = STAT_ERROR_RATE,
							.op = THRESHOLD_LESS_EQUAL,
							.value = 0.01,
							.unit = THRESHOLD_SHARE,
							.is_default = true}
				   : (struct threshold){.text = STR("failures = 0 (default)"),
							.stat = STAT_FAILURES,
							.op = THRESHOLD_EQUAL,
							.unit = THRESHOLD_COUNT,
							.is_default = true};
	if (!users_covered(list, count))
		out[added++] = (struct threshold){.text = STR("failed_iterations = 0 (default)"),
						  .stat = STAT_FAILED_ITERATIONS,
						  .op = THRESHOLD_EQUAL,
						  .unit = THRESHOLD_COUNT,
						  .is_default = true};
	return added;
}
