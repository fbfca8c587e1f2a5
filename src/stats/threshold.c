/* The words of thresholds, their values as text, and the series that a name refers to. */
#include "stats/threshold.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"

/* ---- words */

#define THRESHOLD_STAT(word, stat, unit, sentence, example) {word, sentence, example},
static const struct threshold_word statistics[] = {
#include "stats/threshold_words.def"
};

#define THRESHOLD_MODIFIER(word, sentence, example) {word, sentence, example},
static const struct threshold_word modifiers[] = {
#include "stats/threshold_words.def"
};

#define THRESHOLD_METRIC(word, metric, time, source, sentence, example) {word, sentence, example},
static const struct threshold_word metrics[] = {
#include "stats/threshold_words.def"
};

const struct threshold_word *threshold_metrics(size_t *count)
{
	*count = sizeof metrics / sizeof *metrics;
	return metrics;
}

const struct threshold_word *threshold_statistics(size_t *count)
{
	*count = sizeof statistics / sizeof *statistics;
	return statistics;
}

const struct threshold_word *threshold_modifiers(size_t *count)
{
	*count = sizeof modifiers / sizeof *modifiers;
	return modifiers;
}

/* ---- metrics */

#define THRESHOLD_METRIC(word, metric, time, source, sentence, example)                            \
	[METRIC_##metric] = {word, TIME_##time, METRIC_OF_##source},
static const struct {
	const char *name;
	enum time_kind time;
	enum threshold_source source;
} metric_rows[METRIC_COUNT] = {
#include "stats/threshold_words.def"
};

enum time_kind threshold_metric_time(enum threshold_metric metric)
{
	return metric_rows[metric].time;
}

enum threshold_source threshold_metric_source(enum threshold_metric metric)
{
	return metric_rows[metric].source;
}

const char *threshold_metric_name(enum threshold_metric metric)
{
	return metric_rows[metric].name;
}

const char *threshold_metric_sentence(enum threshold_metric metric)
{
	return metrics[metric].sentence;
}

const struct histogram *threshold_metric_total(enum threshold_metric metric,
					       const struct summary *s)
{
	bool iterations = threshold_metric_source(metric) == METRIC_OF_ITERATIONS;
	const struct series_total *total = iterations ? &s->iterations : &s->all;

	return &total->times[threshold_metric_time(metric)];
}

bool threshold_metric_find(struct str word, enum threshold_metric *out)
{
	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		if (str_eq(word, str_of(metric_rows[i].name))) {
			*out = (enum threshold_metric)i;
			return true;
		}
	}
	return false;
}

bool threshold_metric_is_used(const struct threshold *list, size_t count,
			      enum threshold_metric metric)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].metric == metric && threshold_stat_is_time(list[i].stat))
			return true;
	return false;
}

bool threshold_metric_is_reported(const struct threshold *list, size_t count,
				  enum threshold_metric metric, const struct histogram *times)
{
	bool streams = metric == METRIC_FIRST_EVENT || metric == METRIC_FIRST_OUTPUT ||
		       metric == METRIC_EVENT_GAP;

	return threshold_metric_is_used(list, count, metric) || (streams && times->m.count);
}

/* A group has its own response times. */
bool threshold_needs_group_phases(const struct threshold *list, size_t count,
				  const struct series_table *table, unsigned series)
{
	const struct series_def *def = &table->defs.items[series];

	for (size_t i = 0; i < count && def->kind == SERIES_GROUP; i++) {
		const struct threshold *t = &list[i];
		enum series_kind kind;

		if (t->metric != METRIC_RESPONSE_TIME && t->name.len &&
		    threshold_metric_source(t->metric) == METRIC_OF_REQUESTS &&
		    summary_series_matches(def, t->name) && threshold_kind(t, table, &kind) &&
		    kind == SERIES_GROUP)
			return true;
	}
	return false;
}

/* ---- values */

const char *threshold_unit_name(enum threshold_unit unit)
{
	static const char *const names[] = {
	    [THRESHOLD_MS] = "ms",
	    [THRESHOLD_SHARE] = "%",
	    [THRESHOLD_PER_SECOND] = "/s",
	    [THRESHOLD_COUNT] = "",
	};

	return names[unit];
}

void threshold_put_value(struct buf *out, const struct threshold *t, double value)
{
	switch (t->unit) {
	case THRESHOLD_MS:
		units_put_time(out, (ns_t)(value * (double)NS_PER_MS), false);
		break;
	case THRESHOLD_SHARE:
		buf_printf(out, "%.*f %%",
			   value == 0 || value == 1 ? 0
			   : value < 0.1	    ? 2
						    : 1,
			   value * 100);
		break;
	case THRESHOLD_PER_SECOND:
		buf_printf(out, "%.1f/s", value);
		break;
	case THRESHOLD_COUNT:
		units_put_count(out, (uint64_t)value);
		break;
	}
}

/* The unit that VALUE is shown in, and its size in the threshold's own unit. */
static const char *shown_unit(const struct threshold *t, double value, double *size)
{
	*size = 1;
	switch (t->unit) {
	case THRESHOLD_MS:
		*size = value < 0.9995 ? 1e-3 : value < 999.5 ? 1 : 1e3;
		return value < 0.9995 ? " \xc2\xb5s" : value < 999.5 ? " ms" : " s";
	case THRESHOLD_SHARE:
		*size = 0.01;
		return " %";
	case THRESHOLD_PER_SECOND:
		return "/s";
	case THRESHOLD_COUNT:
		break;
	}
	return "";
}

/* VALUE with as few decimals as it takes to differ from the limit. */
static void put_distinct(struct buf *out, const struct threshold *t, double value)
{
	char text[64], limit[64];
	double size;
	const char *unit = shown_unit(t, value, &size);

	for (int decimals = 1; decimals <= 9; decimals++) {
		snprintf(text, sizeof text, "%.*f", decimals, value / size);
		snprintf(limit, sizeof limit, "%.*f", decimals, t->value / size);
		if (strcmp(text, limit) != 0)
			break;
	}
	buf_printf(out, "%s%s", text, unit);
}

void threshold_put_uncounted(struct buf *out, const struct threshold_result *r)
{
	if (!r->failed_by_request)
		return;
	units_put_count(out, r->failed_by_request);
	buf_printf(out, " more iteration%s failed because of a failed request",
		   r->failed_by_request == 1 ? "" : "s");
}

void threshold_put_measured(struct buf *out, const struct threshold *t,
			    const struct threshold_result *r)
{
	struct buf text, limit;

	if (!r->has_value) {
		buf_add(out, STR("no samples"));
		return;
	}
	buf_init(&text, 0);
	buf_init(&limit, 0);
	threshold_put_value(&text, t, r->value);
	threshold_put_value(&limit, t, t->value);
	if (r->pass || r->value == t->value || !str_eq(buf_str(&text), buf_str(&limit)))
		buf_add(out, buf_str(&text));
	else
		put_distinct(out, t, r->value);
	buf_release(&text);
	buf_release(&limit);
}

/* ---- the series a name refers to */

static bool kind_matches(enum threshold_scope scope, enum series_kind kind)
{
	switch (scope) {
	case THRESHOLD_OF_ANY:
		return true;
	case THRESHOLD_OF_STEP:
		return kind == SERIES_STEP;
	case THRESHOLD_OF_GROUP:
		return kind == SERIES_GROUP;
	case THRESHOLD_OF_SCENARIO:
		return kind == SERIES_SCENARIO;
	}
	return false;
}

bool threshold_kind(const struct threshold *t, const struct series_table *table,
		    enum series_kind *out)
{
	for (unsigned kind = 0; kind < SERIES_KIND_COUNT; kind++) {
		for (size_t i = 0; i < table->defs.count; i++) {
			const struct series_def *def = &table->defs.items[i];

			if (def->kind == kind && kind_matches(t->scope, def->kind) &&
			    summary_series_matches(def, t->name)) {
				*out = def->kind;
				return true;
			}
		}
	}
	return false;
}
