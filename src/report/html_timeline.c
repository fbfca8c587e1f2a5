#include <math.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/alloc.h"
#include "report/html_report_private.h"

#define VALUES (HTML_REPORT_CLASS + FAILURE_CLASS_COUNT)

/* All values of a run, one row each. */
struct times {
	struct chart_axis axis;
	double values[VALUES][CHART_POINTS];
	struct {
		double p50[CHART_POINTS], p95[CHART_POINTS], p99[CHART_POINTS], max[CHART_POINTS];
	} metrics[METRIC_COUNT]; /* as in the timeline */
};

/* ---- axis and values */

/* Periods of slots in which the load generator could not keep up. */
static void add_shades(struct chart_axis *axis, const struct timeline *timeline)
{
	bool shading = false;

	for (unsigned i = 0; i < timeline->count; i++) {
		const struct timeline_slot *slot = &timeline->slots[i];
		double to = (double)(slot->begin + slot->length) / (double)axis->length;

		if (!slot->limited) {
			shading = false;
		} else if (shading) {
			axis->shades[axis->shade_count - 1].to = to;
		} else {
			axis->shades[axis->shade_count++] = (struct chart_shade){
			    .from = (double)slot->begin / (double)axis->length, .to = to};
			shading = true;
		}
	}
}

void html_report_time_axis(struct chart_axis *axis, const struct timeline *timeline, ns_t length)
{
	axis->length = length > 0 ? length : NS_PER_S;
	axis->count = timeline->count;
	axis->shade_count = 0;
	for (unsigned i = 0; i < timeline->count; i++) {
		const struct timeline_slot *slot = &timeline->slots[i];

		axis->at[i] =
		    ((double)slot->begin + (double)slot->length / 2) / (double)axis->length;
		axis->from[i] = (double)slot->begin / (double)NS_PER_S;
	}
	add_shades(axis, timeline);
}

static double per_second(uint64_t count, const struct timeline_slot *slot)
{
	return (double)count * (double)NS_PER_S / (double)slot->length;
}

static double time_or_none(ns_t length)
{
	return length < 0 ? NAN : (double)length;
}

double html_report_value(const struct timeline_slot *slot, unsigned value)
{
	switch (value) {
	case HTML_REPORT_STARTED:
		return per_second(slot->started, slot);
	case HTML_REPORT_OK:
		return per_second(slot->ok, slot);
	case HTML_REPORT_FAILED:
		return per_second(slot->failed, slot);
	case HTML_REPORT_USERS:
		return (double)slot->users;
	case HTML_REPORT_P50:
		return time_or_none(slot->p50);
	case HTML_REPORT_P95:
		return time_or_none(slot->p95);
	case HTML_REPORT_P99:
		return time_or_none(slot->p99);
	case HTML_REPORT_MAX:
		return time_or_none(slot->max);
	case HTML_REPORT_LAG:
		return time_or_none(slot->lag_p99);
	case HTML_REPORT_PLANNED:
		return per_second(slot->arrivals_planned, slot);
	case HTML_REPORT_ARRIVED:
		return per_second(slot->arrivals_started, slot);
	case HTML_REPORT_ITERATIONS:
		return per_second(slot->iterations, slot);
	case HTML_REPORT_DROPPED:
		return per_second(slot->arrivals_dropped, slot);
	case HTML_REPORT_RECEIVED:
		return per_second(slot->bytes_received, slot);
	default:
		return per_second(slot->classes[value - HTML_REPORT_CLASS], slot);
	}
}

static struct times *gather(const struct html_report *page)
{
	const struct timeline *timeline = page->run.timeline;
	struct times *t = alloc_zeroed(1, sizeof(*t));

	html_report_time_axis(&t->axis, timeline, timeline->until);
	for (unsigned value = 0; value < VALUES; value++)
		for (unsigned i = 0; i < timeline->count; i++)
			t->values[value][i] = html_report_value(&timeline->slots[i], value);
	for (unsigned k = 0; k < timeline->metric_count; k++) {
		for (unsigned i = 0; i < timeline->count; i++) {
			const struct timeline_metric_slot *slot = &timeline->metrics[k].slots[i];

			t->metrics[k].p50[i] = time_or_none(slot->p50);
			t->metrics[k].p95[i] = time_or_none(slot->p95);
			t->metrics[k].p99[i] = time_or_none(slot->p99);
			t->metrics[k].max[i] = time_or_none(slot->max);
		}
	}
	return t;
}

/* ---- the charts */

static struct chart rate_chart(const struct times *t)
{
	struct chart c = {
	    .id = "rate", .title = "Requests per second", .unit = CHART_RATE, .axis = &t->axis};

	chart_line_add(&c, "answered", "ok", CHART_AREA, t->values[HTML_REPORT_OK]);
	chart_line_add(&c, "started", "started", CHART_LINE, t->values[HTML_REPORT_STARTED]);
	chart_line_add(&c, "failed", "failed", CHART_LINE, t->values[HTML_REPORT_FAILED]);
	return c;
}

void html_report_mark_thresholds(struct chart *c, const struct threshold_judge *judge,
				 enum threshold_metric metric)
{
	for (size_t i = 0; judge && i < judge->count; i++) {
		const struct threshold *t = &judge->thresholds[i];
		const char *css_class = t->stat == STAT_MAX   ? "max"
					: t->percentile == 50 ? "p50"
					: t->percentile == 95 ? "p95"
					: t->percentile == 99 ? "p99"
							      : "max";

		if ((t->stat == STAT_PERCENTILE || t->stat == STAT_MAX) && t->metric == metric &&
		    !t->name.len && (t->op == THRESHOLD_LESS || t->op == THRESHOLD_LESS_EQUAL))
			chart_mark_add(c, t->text, css_class, t->value * (double)NS_PER_MS);
	}
}

/* Whether a linear axis would hide the median. */
static bool is_wide(const struct histogram *h)
{
	return h->m.count && h->m.max_ns > 25 * histogram_percentile(h, 50);
}

static struct chart percentile_chart(const struct times *t, const struct html_report *page)
{
	bool wide = is_wide(&page->run.summary->all.times[TIME_response]);
	struct chart c = {.id = "percentiles",
			  .title = "Response time",
			  .note = wide ? "of ok responses, from the scheduled start of a request; "
					 "logarithmic"
				       : "of ok responses, from the scheduled start of a request",
			  .unit = CHART_TIME,
			  .log = wide,
			  .axis = &t->axis};

	chart_line_add(&c, "max", "max", CHART_FAINT, t->values[HTML_REPORT_MAX]);
	chart_line_add(&c, "p99", "p99", CHART_LINE, t->values[HTML_REPORT_P99]);
	chart_line_add(&c, "p95", "p95", CHART_LINE, t->values[HTML_REPORT_P95]);
	chart_line_add(&c, "p50", "p50", CHART_LINE, t->values[HTML_REPORT_P50]);
	html_report_mark_thresholds(&c, page->run.facts->judge, METRIC_RESPONSE_TIME);
	return c;
}

/* Metric K of the timeline. */
static struct chart metric_chart(const struct times *t, const struct html_report *page, unsigned k)
{
#define THRESHOLD_METRIC(word, metric, time, source, sentence, example) "metric_" word,
	static const char *const ids[METRIC_COUNT] = {
#include "stats/threshold_words.def"
	};
#define NOTE(name, prose) [TIME_##name] = prose,
	static const char *const notes[TIME_KIND_COUNT] = {TIME_KINDS(NOTE)};
#undef NOTE
	enum threshold_metric metric = page->run.timeline->metrics[k].metric;
	bool iterations = threshold_metric_source(metric) == METRIC_OF_ITERATIONS;
	struct chart c = {.id = ids[metric],
			  .title = threshold_metric_name(metric),
			  .note = iterations
				      ? "of completed iterations, with think time, without pacing"
				      : notes[threshold_metric_time(metric)],
			  .unit = CHART_TIME,
			  .log = is_wide(threshold_metric_total(metric, page->run.summary)),
			  .axis = &t->axis};

	chart_line_add(&c, "max", "max", CHART_FAINT, t->metrics[k].max);
	chart_line_add(&c, "p99", "p99", CHART_LINE, t->metrics[k].p99);
	chart_line_add(&c, "p95", "p95", CHART_LINE, t->metrics[k].p95);
	chart_line_add(&c, "p50", "p50", CHART_LINE, t->metrics[k].p50);
	html_report_mark_thresholds(&c, page->run.facts->judge, metric);
	return c;
}

static bool is_open(const struct html_report *page)
{
	return page->run.summary->run.arrivals_planned > 0;
}

static struct chart arrival_chart(const struct times *t, const struct html_report *page)
{
	struct chart c = {.id = "arrivals",
			  .title = "Arrivals per second",
			  .note = "planned, started, and iterations completed",
			  .unit = CHART_RATE,
			  .axis = &t->axis};

	chart_line_add(&c, "completed", "ok", CHART_AREA, t->values[HTML_REPORT_ITERATIONS]);
	chart_line_add(&c, "started", "started", CHART_LINE, t->values[HTML_REPORT_ARRIVED]);
	chart_line_add(&c, "planned", "planned", CHART_DASHED, t->values[HTML_REPORT_PLANNED]);
	if (page->run.summary->run.arrivals_dropped)
		chart_line_add(&c, "dropped", "failed", CHART_LINE, t->values[HTML_REPORT_DROPPED]);
	return c;
}

static struct chart user_chart(const struct times *t)
{
	struct chart c = {
	    .id = "users", .title = "Concurrent users", .unit = CHART_COUNT, .axis = &t->axis};

	chart_line_add(&c, "users", "users", CHART_AREA, t->values[HTML_REPORT_USERS]);
	return c;
}

static struct chart failure_chart(const struct times *t, const struct html_report *page)
{
	static const char *const paints[] = {"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"};
	const struct series_counts *counts = &page->run.summary->all.counts;
	struct chart c = {.id = "failures",
			  .title = "Failures per second, by class",
			  .unit = CHART_RATE,
			  .axis = &t->axis};

	for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++)
		if (counts->failed[i])
			chart_line_add(&c, failure_name((enum failure_class)i),
				       paints[c.line_count % 8], CHART_STACK,
				       t->values[HTML_REPORT_CLASS + i]);
	return c;
}

static struct chart lag_chart(const struct times *t)
{
	struct chart c = {.id = "lag",
			  .title = "Schedule lag",
			  .note = "p99 of the delay of scheduled starts; above 20 ms the load "
				  "generator could not keep up",
			  .unit = CHART_TIME,
			  .axis = &t->axis};

	chart_line_add(&c, "lag p99", "lag", CHART_AREA, t->values[HTML_REPORT_LAG]);
	return c;
}

#define CHARTS_MAX (6 + METRIC_COUNT)

static unsigned charts_of(struct chart *charts, const struct times *t,
			  const struct html_report *page)
{
	unsigned count = 0;

	charts[count++] = percentile_chart(t, page);
	for (unsigned k = 0; k < page->run.timeline->metric_count; k++)
		charts[count++] = metric_chart(t, page, k);
	charts[count++] = rate_chart(t);
	if (is_open(page))
		charts[count++] = arrival_chart(t, page);
	if (recorder_series_counts_failed(&page->run.summary->all.counts))
		charts[count++] = failure_chart(t, page);
	charts[count++] = user_chart(t);
	if (page->run.summary->lag.m.count) /* an empty chart has no information */
		charts[count++] = lag_chart(t);
	return count;
}

void html_report_put_timeline(struct buf *out, const struct html_report *page)
{
	struct times *t = gather(page);
	struct chart charts[CHARTS_MAX];
	unsigned count = charts_of(charts, t, page);

	buf_add(out,
		STR("<h2>Over time</h2><p class=\"note scripted\" aria-hidden=\"true\">Point at a "
		    "chart to read it; drag to zoom in, double-click for the whole run.</p>"
		    "<div class=\"grid wide-first\">"));
	for (unsigned i = 0; i < count; i++)
		chart_put(out, &charts[i]);
	buf_add(out, STR("</div>"));
	free(t);
}

void html_report_put_timeline_data(struct json_writer *j, const struct html_report *page)
{
	struct times *t = gather(page);
	struct chart charts[CHARTS_MAX];
	unsigned count = charts_of(charts, t, page);

	json_writer_fixed(j, "length", (double)t->axis.length / (double)NS_PER_S, 3);
	json_writer_open_array(j, "from");
	for (unsigned i = 0; i < t->axis.count; i++)
		json_writer_digits(j, NULL, t->axis.from[i], 5);
	json_writer_close_array(j);
	json_writer_open(j, "charts");
	for (unsigned i = 0; i < count; i++)
		chart_put_data(j, &charts[i]);
	free(t);
}
