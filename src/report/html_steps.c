#include <math.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/units.h"
#include "report/html_report_private.h"
#include "result/text_format.h"

#define SPARK_X	    240
#define SPARK_Y	    56
#define CODES_SHOWN 4
#define SPARKS_MIN  2u
#define CHARTS_MAX  100u /* steps with their own charts: limits their size */
#define NINES_MAX   61u

/* ---- small charts */

static void put_spark_line(struct buf *out, const struct timeline_series *own, ns_t length,
			   ns_t max)
{
	bool drawing = false;

	buf_add(out, STR("<path class=\"line p-p95\" d=\""));
	for (unsigned i = 0; i < own->count; i++) {
		const struct timeline_series_slot *slot = &own->slots[i];
		double x = (double)(slot->begin + slot->length / 2) / (double)length;

		if (slot->p95 < 0) {
			drawing = false;
			continue;
		}
		buf_printf(out, "%c%.0f %.0f", drawing ? ' ' : 'M', x * SPARK_X,
			   SPARK_Y - 2 - (double)slot->p95 / (double)max * (SPARK_Y - 6));
		if (!drawing && (i + 1 == own->count || own->slots[i + 1].p95 < 0)) /* a dot */
			buf_add(out, STR("h1"));
		drawing = true;
	}
	buf_add(out, STR("\"/>"));
}

static void put_spark_failures(struct buf *out, const struct timeline_series *own, ns_t length)
{
	bool any = false;

	for (unsigned i = 0; i < own->count; i++) {
		const struct timeline_series_slot *slot = &own->slots[i];
		double x = (double)slot->begin / (double)length * SPARK_X,
		       wide = (double)slot->length / (double)length * SPARK_X;

		if (!slot->failed)
			continue;
		buf_printf(out, "%sM%.0f 0h%.0fv%dh-%.0fz", any ? "" : "<path class=\"p-bad\" d=\"",
			   x, fmax(2, wide), SPARK_Y, fmax(2, wide));
		any = true;
	}
	if (any)
		buf_add(out, STR("\"/>"));
}

static void put_spark(struct buf *out, const struct timeline *timeline, unsigned series)
{
	const struct timeline_series *own = &timeline->series[series];
	ns_t max = 0;

	buf_add(out, STR("<td class=\"spark\">"));
	if (series < timeline->series_count && own->count >= SPARKS_MIN) {
		for (unsigned i = 0; i < own->count; i++)
			max = own->slots[i].p95 > max ? own->slots[i].p95 : max;
		buf_add(out, STR("<svg width=\"120\" height=\"28\" viewBox=\"0 0 240 56\" "
				 "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"p95 over "
				 "time, at most "));
		units_put_time(out, max, false);
		buf_add(out, STR("\">"));
		put_spark_failures(out, own, timeline->until);
		if (max > 0)
			put_spark_line(out, own, timeline->until, max);
		buf_add(out, STR("</svg>"));
	}
	buf_add(out, STR("</td>"));
}

/* ---- rows */

/* "200 ×1,204 · 503 ×3", the most frequent first. */
static void put_responses(struct buf *out, const uint64_t *status)
{
	bool shown[STATUS_SLOTS] = {false};

	buf_add(out, STR("<td class=\"responses\">"));
	for (unsigned n = 0; status && n < CODES_SHOWN; n++) {
		unsigned best = STATUS_SLOTS;

		for (unsigned slot = 0; slot < STATUS_SLOTS; slot++)
			if (status[slot] && !shown[slot] &&
			    (best == STATUS_SLOTS || status[slot] > status[best]))
				best = slot;
		if (best == STATUS_SLOTS)
			break;
		shown[best] = true;
		if (best)
			buf_printf(out, "<span class=\"s%ux\">%u</span>\xc2\xa0\xc3\x97\xc2\xa0",
				   recorder_slot_status(best) / 100, recorder_slot_status(best));
		else
			buf_add(out, STR("<span>other</span>\xc2\xa0\xc3\x97\xc2\xa0"));
		units_put_count(out, status[best]);
		buf_add_char(out, ' ');
	}
	buf_add(out, STR("</td>"));
}

static void put_percentiles(struct buf *out, const struct histogram *h)
{
	static const double percentiles[] = {50, 95, 99};
	ns_t values[3];

	histogram_percentiles(h, percentiles, 3, values);
	for (size_t i = 0; i < 3; i++)
		html_report_time_cell(out, values[i]);
	html_report_time_cell(out, h->m.count ? h->m.max_ns : -1);
}

static void put_failed(struct buf *out, const struct series_counts *counts)
{
	uint64_t failed = recorder_series_counts_failed(counts);

	buf_printf(out, "<td class=\"n%s\" data-v=\"%llu\">", failed ? " bad" : "",
		   (unsigned long long)failed);
	text_format_share(out, failed, counts->started);
	buf_add(out, STR("</td>"));
}

static void put_step(struct buf *out, const struct html_report *page, unsigned i, unsigned number)
{
	const struct summary *s = page->run.summary;
	const struct series_def *def = &s->table->defs.items[i];
	const struct series_total *total = &s->series[i];

	buf_printf(out, "<tr data-step=\"%u\"><th scope=\"row\">", number);
	html_report_name(out, def->name);
	buf_add(out, STR("<small>"));
	html_report_text(out, def->scenario);
	if (def->scenario.len && def->at.len)
		buf_add(out, STR(" \xc2\xb7 "));
	html_report_text(out, def->at);
	buf_add(out, STR("</small></th>"));
	html_report_count_cell(out, total->counts.started);
	html_report_rate_cell(out, text_format_rate(total->counts.started, s->duration));
	put_failed(out, &total->counts);
	put_percentiles(out, &total->times[TIME_response]);
	put_spark(out, page->run.timeline, i);
	put_responses(out, total->status);
	buf_add(out, STR("</tr>\n"));
}

static void put_all(struct buf *out, const struct summary *s)
{
	buf_add(out, STR("</tbody><tfoot><tr><th scope=\"row\">All</th>"));
	html_report_count_cell(out, s->all.counts.started);
	html_report_rate_cell(out, text_format_rate(s->all.counts.started, s->duration));
	put_failed(out, &s->all.counts);
	put_percentiles(out, &s->all.times[TIME_response]);
	buf_add(out, STR("<td></td>"));
	put_responses(out, s->all.status);
	buf_add(out, STR("</tr></tfoot>"));
}

void html_report_put_steps(struct buf *out, const struct html_report *page)
{
	const struct summary *s = page->run.summary;
	unsigned number = 0;

	buf_add(out,
		STR("<h2>Steps</h2><div class=\"card scroll\"><table class=\"steps "
		    "sortable\" aria-label=\"Steps\"><thead><tr>"
		    "<th scope=\"col\">Step</th><th scope=\"col\" class=\"n\">Requests</th>"
		    "<th scope=\"col\" class=\"n\">/s</th><th scope=\"col\" class=\"n\">Failed</th>"
		    "<th scope=\"col\" class=\"n\">p50</th><th scope=\"col\" class=\"n\">p95</th>"
		    "<th scope=\"col\" class=\"n\">p99</th><th scope=\"col\" class=\"n\">Max</th>"
		    "<th scope=\"col\" class=\"plain\">p95 over time</th>"
		    "<th scope=\"col\" class=\"plain\">Responses</th></tr></thead><tbody>\n"));
	for (unsigned i = 0; i < s->table->defs.count; i++)
		if (s->table->defs.items[i].kind == SERIES_STEP)
			put_step(out, page, i, number++);
	put_all(out, s);
	buf_add(out, STR("</table></div>"));
}

/* ---- data for the charts of a single step */

static void put_ms(struct json_writer *j, ns_t length)
{
	chart_put_number(j, NULL, length < 0 ? NAN : (double)length / (double)NS_PER_MS);
}

static void put_numbers(struct json_writer *j, const char *key, const double *values,
			unsigned count)
{
	json_writer_open_array(j, key);
	for (unsigned i = 0; i < count; i++)
		json_writer_digits(j, NULL, values[i], 7);
	json_writer_close_array(j);
}

/* Every second point of the axis is enough here. */
static unsigned coarse_axis(struct chart_axis *axis, uint64_t count)
{
	unsigned points = 0;

	html_report_percentile_axis(axis, count);
	for (unsigned i = 0; i < axis->count && points < NINES_MAX; i += 2, points++) {
		axis->at[points] = axis->at[i];
		axis->from[points] = axis->from[i];
	}
	return axis->count = points;
}

static void put_percentile_values(struct json_writer *j, const char *key,
				  const struct chart_axis *axis, const struct histogram *h)
{
	ns_t times[NINES_MAX];

	histogram_percentiles(h, axis->from, axis->count, times);
	json_writer_open_array(j, key);
	for (unsigned i = 0; i < axis->count; i++)
		put_ms(j, times[i]);
	json_writer_close_array(j);
}

static bool any_failed(const struct timeline_series *own)
{
	for (unsigned i = 0; i < own->count; i++)
		if (own->slots[i].failed)
			return true;
	return false;
}

/* "failed" is omitted if there are no failures. */
static void put_series(struct json_writer *j, const struct timeline_series *own)
{
	static const char *const names[] = {"p50", "p95", "p99"};

	for (unsigned k = 0; k < 3; k++) {
		json_writer_open_array(j, names[k]);
		for (unsigned i = 0; i < own->count; i++) {
			const struct timeline_series_slot *slot = &own->slots[i];

			put_ms(j, k == 0 ? slot->p50 : k == 1 ? slot->p95 : slot->p99);
		}
		json_writer_close_array(j);
	}
	for (unsigned k = 0; k < 2; k++) {
		if (k && !any_failed(own))
			break;
		json_writer_open_array(j, k ? "failed" : "started");
		for (unsigned i = 0; i < own->count; i++)
			chart_put_number(
			    j, NULL,
			    text_format_rate(k ? own->slots[i].failed : own->slots[i].started,
					     own->slots[i].length));
		json_writer_close_array(j);
	}
}

/* All series have the same slots: those of one are used for all. */
static void put_slots(struct json_writer *j, const struct timeline_series *any, ns_t until)
{
	double at[TIMELINE_SERIES_SLOTS], from[TIMELINE_SERIES_SLOTS];

	for (unsigned i = 0; i < any->count; i++) {
		const struct timeline_series_slot *slot = &any->slots[i];

		at[i] = ((double)slot->begin + (double)slot->length / 2) / (double)until;
		from[i] = (double)slot->begin / (double)NS_PER_S;
	}
	put_numbers(j, "at", at, any->count);
	put_numbers(j, "from", from, any->count);
}

void html_report_put_steps_data(struct json_writer *j, const struct html_report *page)
{
	const struct summary *s = page->run.summary;
	const struct timeline *timeline = page->run.timeline;
	const struct histogram *all = &s->all.times[TIME_response];
	struct chart_axis *axis;
	unsigned number = 0;

	if ((page->live && !page->run.verdict) || !timeline->series_count ||
	    !timeline->series[0].count)
		return;
	axis = malloc(sizeof(*axis));
	if (!axis)
		die_out_of_memory();
	coarse_axis(axis, all->m.count);
	json_writer_open(j, "steps");
	put_slots(j, &timeline->series[0], timeline->until);
	json_writer_open(j, "nines");
	put_numbers(j, "at", axis->at, axis->count);
	put_numbers(j, "of", axis->from, axis->count);
	put_percentile_values(j, "all", axis, all);
	json_writer_close(j);
	json_writer_open_array(j, "rows");
	for (unsigned i = 0; i < timeline->series_count && number < CHARTS_MAX; i++) {
		if (s->table->defs.items[i].kind != SERIES_STEP)
			continue;
		number++;
		json_writer_open(j, NULL);
		put_series(j, &timeline->series[i]);
		put_percentile_values(j, "nines", axis, &s->series[i].times[TIME_response]);
		json_writer_close(j);
	}
	json_writer_close_array(j);
	json_writer_close(j);
	free(axis);
}

/* ---- scenarios and groups */

static void put_span(struct buf *out, const struct summary *s, unsigned i)
{
	static const double percentiles[] = {50, 95};
	const struct series_def *def = &s->table->defs.items[i];
	const struct series_total *total = &s->series[i];
	ns_t values[2];

	buf_add(out, STR("<tr><th scope=\"row\">"));
	html_report_name(out, def->name);
	if (def->kind == SERIES_GROUP) {
		buf_add(out, STR("<small>group in "));
		html_report_text(out, def->scenario);
		buf_add(out, STR("</small>"));
	}
	buf_add(out, STR("</th>"));
	html_report_count_cell(out, total->counts.started);
	html_report_count_cell(out, total->counts.ok);
	put_failed(out, &total->counts);
	html_report_count_cell(out, total->counts.cut_off);
	for (int k = 0; k < 2; k++) {
		histogram_percentiles(&total->times[k ? TIME_elapsed : TIME_response], percentiles,
				      2, values);
		html_report_time_cell(out, values[0]);
		html_report_time_cell(out, values[1]);
	}
	buf_add(out, STR("</tr>\n"));
}

void html_report_put_spans(struct buf *out, const struct html_report *page)
{
	const struct summary *s = page->run.summary;
	bool any = false;

	for (unsigned i = 0; i < s->table->defs.count; i++) {
		enum series_kind kind = s->table->defs.items[i].kind;

		if (kind != SERIES_GROUP && kind != SERIES_SCENARIO)
			continue;
		if (!any)
			buf_add(out, STR("<h2>Scenarios and groups</h2><div class=\"card "
					 "scroll\"><table class=\"sortable\" "
					 "aria-label=\"Scenarios and groups\">"
					 "<thead><tr><th scope=\"col\">Name</th><th scope=\"col\" "
					 "class=\"n\">Started</th>"
					 "<th scope=\"col\" class=\"n\">Completed</th><th "
					 "scope=\"col\" class=\"n\">Failed</th>"
					 "<th scope=\"col\" class=\"n\">Cut off</th><th "
					 "scope=\"col\" class=\"n\">p50</th>"
					 "<th scope=\"col\" class=\"n\">p95</th><th scope=\"col\" "
					 "class=\"n\">p50 with think</th>"
					 "<th scope=\"col\" class=\"n\">p95 with "
					 "think</th></tr></thead><tbody>\n"));
		any = true;
		put_span(out, s, i);
	}
	if (any)
		buf_add(out, STR("</tbody></table></div>"));
}
