#include <math.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/alloc.h"
#include "report/html_report_private.h"
#include "result/http_versions.h"
#include "result/text_format.h"

/* Values of both on one axis. */
struct compared {
	struct chart_axis nines, time;
	double spread[2][CHART_POINTS];
	double p95[2][CHART_POINTS], rate[2][CHART_POINTS];
	struct buf names[2];
	struct chart charts[3];
};

/* ---- charts */

/* The values of RUN at the times of AXIS, whose slots may differ. */
static void resample(double *values, const struct chart_axis *axis, const struct report_run *run,
		     unsigned value)
{
	const struct timeline *timeline = run->timeline;
	unsigned slot = 0;

	for (unsigned i = 0; i < axis->count; i++) {
		ns_t at = (ns_t)(axis->at[i] * (double)axis->length);

		while (slot < timeline->count &&
		       timeline->slots[slot].begin + timeline->slots[slot].length <= at)
			slot++;
		values[i] =
		    slot < timeline->count ? html_report_value(&timeline->slots[slot], value) : NAN;
	}
}

static void add_pair(struct chart *c, struct compared *b, double values[2][CHART_POINTS])
{
	chart_line_add(c, b->names[0].data, "p95", CHART_LINE, values[0]);
	chart_line_add(c, b->names[1].data, "other", CHART_DASHED, values[1]);
}

static struct compared *gather(const struct html_report *page)
{
	const struct report_run *runs[] = {&page->run, page->baseline};
	const struct timeline *longer = runs[0]->timeline->until >= runs[1]->timeline->until
					    ? runs[0]->timeline
					    : runs[1]->timeline;
	uint64_t count = 0;
	struct compared *b = alloc_zeroed(1, sizeof(*b));

	html_report_time_axis(&b->time, longer, longer->until);
	b->time.shade_count = 0;
	for (int i = 0; i < 2; i++) {
		uint64_t own = runs[i]->summary->all.times[TIME_response].m.count;

		count = own > count ? own : count;
		buf_init(&b->names[i], 0);
		text_format_text(&b->names[i], &html_report_terminal,
				 runs[i]->name.len ? runs[i]->name
				 : i		   ? STR("before")
						   : STR("this run"));
	}
	html_report_percentile_axis(&b->nines, count);
	for (int i = 0; i < 2; i++) {
		html_report_percentile_values(b->spread[i], &b->nines,
					      &runs[i]->summary->all.times[TIME_response]);
		resample(b->p95[i], &b->time, runs[i], HTML_REPORT_P95);
		resample(b->rate[i], &b->time, runs[i], HTML_REPORT_OK);
	}
	b->charts[0] = (struct chart){.id = "both-nines",
				      .title = "Latency distribution of both",
				      .unit = CHART_TIME,
				      .log = true,
				      .axis = &b->nines};
	b->charts[1] = (struct chart){.id = "both-p95",
				      .title = "p95 of both over time",
				      .unit = CHART_TIME,
				      .apart = true,
				      .axis = &b->time};
	b->charts[2] = (struct chart){.id = "both-rate",
				      .title = "Responses per second of both",
				      .unit = CHART_RATE,
				      .apart = true,
				      .axis = &b->time};
	add_pair(&b->charts[0], b, b->spread);
	add_pair(&b->charts[1], b, b->p95);
	add_pair(&b->charts[2], b, b->rate);
	return b;
}

static void release(struct compared *b)
{
	buf_release(&b->names[0]);
	buf_release(&b->names[1]);
	free(b);
}

/* ---- the table */

/* "+12 %"; for percentages "+1.20 points". A dash if no change can be computed. */
static void put_difference(struct buf *out, double now, double before, bool points)
{
	double change = points ? (now - before) * 100 : (now - before) / before * 100;

	if (isfinite(change))
		buf_printf(out, points ? "%s%.2f points" : "%s%.1f %%",
			   change >= 0 ? "+" : "\xe2\x88\x92", fabs(change));
	else
		buf_add(out, STR("\xe2\x80\x93"));
}

/* The change from BEFORE to NOW, which the table shows, and whether ROW finds it significant. */
static void put_change(struct buf *out, const struct compare_row *row, int stat, double now,
		       double before)
{
	const struct compare_value *v = row && stat >= 0 ? &row->values[stat] : NULL;
	bool real = v && v->known && v->real;
	bool worse = real && compare_is_worse((enum compare_stat)stat, v);

	buf_printf(out, "<td class=\"n%s\">", real ? worse ? " bad" : " good" : "");
	put_difference(out, now, before > 0 || stat == COMPARE_error_rate ? before : NAN,
		       stat == COMPARE_error_rate);
	buf_printf(out, "</td><td class=\"says\">%s</td></tr>",
		   !v	       ? ""
		   : !v->known ? "too few samples"
		   : !real     ? "noise"
		   : worse     ? "worse"
			       : "better");
}

static void put_times(struct buf *out, const char *name, const struct histogram *now,
		      const struct histogram *before, double percentile,
		      const struct compare_row *row, int stat)
{
	ns_t a = histogram_percentile(now, percentile),
	     b = histogram_percentile(before, percentile);

	buf_printf(out, "<tr><th scope=\"row\">%s</th>", name);
	html_report_time_cell(out, a);
	html_report_time_cell(out, b);
	put_change(out, row, stat, a < 0 ? NAN : (double)a, (double)b);
}

static double error_rate(const struct summary *s)
{
	return s->all.counts.started ? (double)recorder_series_counts_failed(&s->all.counts) /
					   (double)s->all.counts.started
				     : 0;
}

static void put_failed(struct buf *out, const struct summary *s)
{
	buf_add(out, STR("<td class=\"n\">"));
	text_format_percent(out, recorder_series_counts_failed(&s->all.counts),
			    s->all.counts.started);
	buf_add(out, STR("</td>"));
}

static void put_totals(struct buf *out, const struct summary *a, const struct summary *b,
		       const struct compare_row *row)
{
	const struct histogram *now = &a->all.times[TIME_response],
			       *before = &b->all.times[TIME_response];
	double rates[] = {text_format_rate(a->all.counts.started, a->duration),
			  text_format_rate(b->all.counts.started, b->duration)};

	buf_add(out, STR("<tr><th scope=\"row\">requests per second</th>"));
	html_report_rate_cell(out, rates[0]);
	html_report_rate_cell(out, rates[1]);
	put_change(out, row, COMPARE_throughput, rates[0], rates[1]);
	buf_add(out, STR("<tr><th scope=\"row\">failed</th>"));
	put_failed(out, a);
	put_failed(out, b);
	put_change(out, row, COMPARE_error_rate, error_rate(a), error_rate(b));
	put_times(out, "p50", now, before, 50, row, COMPARE_p50);
	put_times(out, "p95", now, before, 95, row, COMPARE_p95);
	put_times(out, "p99", now, before, 99, row, COMPARE_p99);
	put_times(out, "p99.9", now, before, 99.9, NULL, -1);
}

/* The step of B that corresponds to DEF in A; NULL: none. */
static const struct series_total *matching_step(const struct summary *b,
						const struct series_def *def)
{
	for (unsigned i = 0; i < b->table->defs.count; i++) {
		const struct series_def *other = &b->table->defs.items[i];

		if (other->kind == def->kind && str_eq(other->name, def->name) &&
		    str_eq(other->scenario, def->scenario))
			return &b->series[i];
	}
	return NULL;
}

static void put_steps(struct buf *out, const struct summary *a, const struct summary *b,
		      const struct compare_row *const *changes)
{
	for (unsigned i = 0; i < a->table->defs.count; i++) {
		const struct series_def *def = &a->table->defs.items[i];
		const struct series_total *other = matching_step(b, def);
		ns_t now, before;

		if (def->kind != SERIES_STEP)
			continue;
		now = histogram_percentile(&a->series[i].times[TIME_response], 95);
		before = other ? histogram_percentile(&other->times[TIME_response], 95) : -1;
		buf_add(out, STR("<tr><th scope=\"row\">p95 of "));
		html_report_name(out, def->name);
		buf_add(out, STR("</th>"));
		html_report_time_cell(out, now);
		html_report_time_cell(out, before);
		put_change(out, changes ? changes[i + 1] : NULL, COMPARE_p95,
			   now < 0 ? NAN : (double)now, (double)before);
	}
}

/* Only if a difference of the versions of HTTP may be the reason of a change. */
static void put_versions(struct buf *out, const struct html_report *page)
{
	const struct series_counts *now = &page->run.summary->all.counts;
	const struct series_counts *before = &page->baseline->summary->all.counts;

	if (!http_versions_differ(now, before))
		return;
	buf_add(out, STR("<p class=\"note\">The HTTP versions differ: now "));
	http_versions_put_text(out, now);
	buf_add(out, STR("; before "));
	http_versions_put_text(out, before);
	buf_add(out, STR(". A change may be that of the protocol.</p>"));
}

void html_report_put_compare(struct buf *out, const struct html_report *page)
{
	const struct compare_row *const *changes;
	struct compared *b;

	if (!page->baseline)
		return;
	changes = page->baseline->changes;
	b = gather(page);
	buf_add(out, STR("<h2>Compared with "));
	html_report_text(out, buf_str(&b->names[1]));
	buf_add(out, STR("</h2><div class=\"card scroll\"><table class=\"against\" "
			 "aria-label=\"Two results\">"
			 "<thead><tr><th scope=\"col\">Metric</th><th scope=\"col\" class=\"n\">"));
	html_report_text(out, buf_str(&b->names[0]));
	buf_add(out, STR("</th><th scope=\"col\" class=\"n\">"));
	html_report_text(out, buf_str(&b->names[1]));
	buf_add(out, STR("</th><th scope=\"col\" class=\"n\">Change</th><th "
			 "scope=\"col\"></th></tr></thead><tbody>"));
	put_totals(out, page->run.summary, page->baseline->summary, changes ? changes[0] : NULL);
	put_steps(out, page->run.summary, page->baseline->summary, changes);
	buf_add(out, STR("</tbody></table>"));
	put_versions(out, page);
	if (changes)
		buf_add(
		    out,
		    STR("<p class=\"note\">Noise is the difference between two runs of the same "
			"scenario; reprise compare shows more.</p>"));
	buf_add(out, STR("</div><div class=\"grid wide-first apart\">"));
	for (int i = 0; i < 3; i++)
		chart_put(out, &b->charts[i]);
	buf_add(out, STR("</div>"));
	release(b);
}

void html_report_put_compare_data(struct json_writer *j, const struct html_report *page)
{
	struct compared *b;

	if (!page->baseline)
		return;
	b = gather(page);
	for (int i = 0; i < 3; i++)
		chart_put_data(j, &b->charts[i]);
	release(b);
}
