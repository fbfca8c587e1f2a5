#include <math.h>

#include "base/units.h"
#include "output/page_parts.h"
#include "output/words.h"

#define SPARK_X	     240
#define SPARK_Y	     56
#define CODES_SHOWN  4
#define SPARKS_LEAST 2u

/* ---- small charts */

static void put_spark_line(struct buf *out, const struct course_series *own, ns_t from, ns_t length,
			   ns_t most)
{
	bool drawing = false;

	buf_add(out, STR("<path class=\"line p-p95\" d=\""));
	for (unsigned i = 0; i < own->count; i++) {
		const struct course_small *slot = &own->slots[i];
		double x = (double)(slot->begin + slot->length / 2 - from) / (double)length;

		if (slot->p95 < 0) {
			drawing = false;
			continue;
		}
		buf_printf(out, "%c%.0f %.0f", drawing ? ' ' : 'M', x * SPARK_X,
			   SPARK_Y - 2 - (double)slot->p95 / (double)most * (SPARK_Y - 6));
		if (!drawing)
			buf_add(out, STR("h1"));
		if (!drawing)
			buf_add(out, STR("L"));
		drawing = true;
	}
	/* An L without a point behind it would end the path in error. */
	if (out->data[out->len - 1] == 'L')
		out->len--;
	buf_add(out, STR("\"/>"));
}

static void put_spark_failures(struct buf *out, const struct course_series *own, ns_t length)
{
	bool any = false;

	for (unsigned i = 0; i < own->count; i++) {
		const struct course_small *slot = &own->slots[i];
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

static void put_spark(struct buf *out, const struct course *course, unsigned series)
{
	const struct course_series *own = &course->series[series];
	ns_t most = 0;

	buf_add(out, STR("<td class=\"spark\">"));
	if (series < course->series_count && own->count >= SPARKS_LEAST) {
		for (unsigned i = 0; i < own->count; i++)
			most = own->slots[i].p95 > most ? own->slots[i].p95 : most;
		buf_add(out, STR("<svg width=\"120\" height=\"28\" viewBox=\"0 0 240 56\" "
				 "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"p95 over "
				 "time, at most "));
		units_put_time(out, most, false);
		buf_add(out, STR("\">"));
		put_spark_failures(out, own, course->until);
		if (most > 0)
			put_spark_line(out, own, 0, course->until, most);
		buf_add(out, STR("</svg>"));
	}
	buf_add(out, STR("</td>"));
}

/* ---- rows */

/* "200 ×1,204 · 503 ×3", the most frequent first. */
static void put_answers(struct buf *out, const uint64_t *status)
{
	bool shown[STATUS_SLOTS] = {false};

	buf_add(out, STR("<td class=\"answers\">"));
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
			buf_printf(out, "<span class=\"s%ux\">%u</span> \xc3\x97\xc2\xa0",
				   status_of_slot(best) / 100, status_of_slot(best));
		else
			buf_add(out, STR("<span>other</span> \xc3\x97\xc2\xa0"));
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
		page_time_cell(out, values[i]);
	page_time_cell(out, h->m.count ? h->m.max_ns : -1);
}

static void put_failed(struct buf *out, const struct series_counts *counts)
{
	uint64_t failed = series_counts_failed(counts);

	buf_printf(out, "<td class=\"n%s\" data-v=\"%llu\">", failed ? " bad" : "",
		   (unsigned long long)failed);
	words_share(out, failed, counts->started);
	buf_add(out, STR("</td>"));
}

static void put_step(struct buf *out, const struct page *page, unsigned i)
{
	const struct summary *s = page->run.summary;
	const struct series_def *def = &s->table->defs.items[i];
	const struct series_total *total = &s->series[i];

	buf_add(out, STR("<tr><th scope=\"row\">"));
	page_name(out, def->name);
	buf_add(out, STR("<small>"));
	page_text(out, def->scenario);
	if (def->scenario.len && def->at.len)
		buf_add(out, STR(" \xc2\xb7 "));
	page_text(out, def->at);
	buf_add(out, STR("</small></th>"));
	page_count_cell(out, total->counts.started);
	page_rate_cell(out, words_rate(total->counts.started, s->duration));
	put_failed(out, &total->counts);
	put_percentiles(out, &total->times[TIME_response]);
	put_spark(out, page->run.course, i);
	put_answers(out, total->status);
	buf_add(out, STR("</tr>\n"));
}

static void put_all(struct buf *out, const struct summary *s)
{
	buf_add(out, STR("</tbody><tfoot><tr><th scope=\"row\">All</th>"));
	page_count_cell(out, s->all.counts.started);
	page_rate_cell(out, words_rate(s->all.counts.started, s->duration));
	put_failed(out, &s->all.counts);
	put_percentiles(out, &s->all.times[TIME_response]);
	buf_add(out, STR("<td></td>"));
	put_answers(out, s->all.status);
	buf_add(out, STR("</tr></tfoot>"));
}

void page_put_steps(struct buf *out, const struct page *page)
{
	const struct summary *s = page->run.summary;

	buf_add(
	    out,
	    STR("<h2>Steps</h2><div class=\"card scroll\"><table class=\"steps "
		"sortable\"><thead><tr>"
		"<th scope=\"col\">Step</th><th scope=\"col\" class=\"n\">Requests</th>"
		"<th scope=\"col\" class=\"n\">/s</th><th scope=\"col\" class=\"n\">Failed</th>"
		"<th scope=\"col\" class=\"n\">p50</th><th scope=\"col\" class=\"n\">p95</th>"
		"<th scope=\"col\" class=\"n\">p99</th><th scope=\"col\" class=\"n\">Slowest</th>"
		"<th scope=\"col\" class=\"plain\">p95 over time</th>"
		"<th scope=\"col\" class=\"plain\">Answers</th></tr></thead><tbody>\n"));
	for (unsigned i = 0; i < s->table->defs.count; i++)
		if (s->table->defs.items[i].kind == SERIES_STEP)
			put_step(out, page, i);
	put_all(out, s);
	buf_add(out, STR("</table></div>"));
}

/* ---- scenarios and groups */

static void put_span(struct buf *out, const struct summary *s, unsigned i)
{
	static const double percentiles[] = {50, 95};
	const struct series_def *def = &s->table->defs.items[i];
	const struct series_total *total = &s->series[i];
	ns_t values[2];

	buf_add(out, STR("<tr><th scope=\"row\">"));
	page_name(out, def->name);
	if (def->kind == SERIES_GROUP) {
		buf_add(out, STR("<small>group in "));
		page_text(out, def->scenario);
		buf_add(out, STR("</small>"));
	}
	buf_add(out, STR("</th>"));
	page_count_cell(out, total->counts.started);
	page_count_cell(out, total->counts.ok);
	put_failed(out, &total->counts);
	page_count_cell(out, total->counts.cut_off);
	for (int k = 0; k < 2; k++) {
		histogram_percentiles(&total->times[k ? TIME_elapsed : TIME_response], percentiles,
				      2, values);
		page_time_cell(out, values[0]);
		page_time_cell(out, values[1]);
	}
	buf_add(out, STR("</tr>\n"));
}

void page_put_spans(struct buf *out, const struct page *page)
{
	const struct summary *s = page->run.summary;
	bool any = false;

	for (unsigned i = 0; i < s->table->defs.count; i++) {
		enum series_kind kind = s->table->defs.items[i].kind;

		if (kind != SERIES_GROUP && kind != SERIES_SCENARIO)
			continue;
		if (!any)
			buf_add(out, STR("<h2>Scenarios and groups</h2><div class=\"card "
					 "scroll\"><table class=\"sortable\">"
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
