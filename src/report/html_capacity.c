#include <math.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/alloc.h"
#include "result/capacity_table.h"
#include "report/html_report_private.h"
#include "result/text_format.h"
#include "stats/capacity.h"

/* The trials in order of load; of trials with the same load, the last one. */
struct curve {
	struct chart_axis axis;
	double p50[CHART_POINTS], p95[CHART_POINTS], p99[CHART_POINTS];
	double rate[CHART_POINTS];
	struct chart times, rates;
};

static double time_or_none(ns_t length)
{
	return length < 0 ? NAN : (double)length;
}

static struct curve *gather(const struct capacity *c)
{
	struct capacity_trial trials[CAPACITY_TRIALS];
	struct curve *curve = alloc_zeroed(1, sizeof(*curve));
	struct chart_axis *axis;

	axis = &curve->axis;
	capacity_table_sort(c, trials);
	for (unsigned i = 0; i < c->count; i++) {
		const struct capacity_trial *t = &trials[i];
		unsigned at = axis->count;

		if (at && axis->from[at - 1] >= t->level)
			at--;
		axis->from[at] = axis->max = t->level;
		curve->p50[at] = time_or_none(t->p50);
		curve->p95[at] = time_or_none(t->p95);
		curve->p99[at] = time_or_none(t->p99);
		curve->rate[at] = t->per_second;
		axis->count = at + 1;
	}
	for (unsigned i = 0; i < axis->count; i++)
		axis->at[i] = axis->from[i] / axis->max;
	curve->times = (struct chart){.id = "capacity-times",
				      .title = "Response time by load",
				      .unit = CHART_TIME,
				      .log = true,
				      .axis = axis};
	chart_line_add(&curve->times, "p99", "p99", CHART_LINE, curve->p99);
	chart_line_add(&curve->times, "p95", "p95", CHART_LINE, curve->p95);
	chart_line_add(&curve->times, "p50", "p50", CHART_LINE, curve->p50);
	curve->rates = (struct chart){.id = "capacity-rates",
				      .title = "Responses per second by load",
				      .unit = CHART_RATE,
				      .axis = axis};
	chart_line_add(&curve->rates, "ok responses", "ok", CHART_AREA, curve->rate);
	return curve;
}

static void put_trial(struct buf *out, const struct capacity *c, const struct capacity_trial *t)
{
	buf_printf(out, "<tr class=\"%s\"><td class=\"sign\">%s</td><th scope=\"row\">",
		   t->holds ? "good" : "bad", t->holds ? "\xe2\x9c\x93" : "\xe2\x9c\x97");
	capacity_table_put_level(out, c, t->level);
	buf_add(out, t->again ? STR(", again</th>") : STR("</th>"));
	html_report_rate_cell(out, t->per_second);
	html_report_time_cell(out, t->p50);
	html_report_time_cell(out, t->p95);
	html_report_time_cell(out, t->p99);
	buf_printf(out, "<td class=\"n\">%.3g %%</td><td class=\"says\">%s</td></tr>",
		   t->error_rate * 100,
		   t->holds	? "passed"
		   : t->limited ? "generator"
				: "failed");
}

static void put_trials(struct buf *out, const struct capacity *c)
{
	struct capacity_trial trials[CAPACITY_TRIALS];

	capacity_table_sort(c, trials);
	buf_add(
	    out,
	    STR("<div class=\"card scroll\"><table aria-label=\"Trials\"><thead><tr>"
		"<th scope=\"col\"><span class=\"unseen\">Sign</span></th>"
		"<th scope=\"col\">Load</th><th scope=\"col\" class=\"n\">ok /s</th>"
		"<th scope=\"col\" class=\"n\">p50</th><th scope=\"col\" class=\"n\">p95</th>"
		"<th scope=\"col\" class=\"n\">p99</th><th scope=\"col\" class=\"n\">Failed</th>"
		"<th scope=\"col\">Thresholds</th></tr></thead><tbody>"));
	for (unsigned i = 0; i < c->count; i++)
		put_trial(out, c, &trials[i]);
	buf_add(out, STR("</tbody></table></div>"));
}

static void put_found(struct buf *out, const struct capacity *c)
{
	double found = capacity_found(c), knee = capacity_knee(c);

	buf_add(out, STR("<p class=\"found\">"));
	if (found > 0) {
		buf_add(out, STR("<strong>"));
		capacity_table_put_level(out, c, found);
		buf_add(out, c->confirmed ? STR("</strong>, which passed twice; ")
					  : STR("</strong>, not confirmed; "));
	} else {
		buf_add(out, STR("None found: "));
	}
	buf_printf(out, "%s.", capacity_stop_text(c->stop));
	if (knee > 0 && knee < found) {
		buf_add(out, STR(" From "));
		capacity_table_put_level(out, c, knee);
		buf_add(out, STR(" on response times are twice as long as at the first load."));
	}
	buf_add(out, STR("</p>"));
}

void html_report_put_capacity(struct buf *out, const struct html_report *page)
{
	const struct capacity *c = page->run.facts->capacity;
	struct curve *curve;

	if (!c || !c->count)
		return;
	curve = gather(c);
	html_report_mark_thresholds(&curve->times, page->run.facts->judge, METRIC_RESPONSE_TIME);
	buf_add(out, STR("<h2>Capacity</h2>"));
	put_found(out, c);
	buf_add(out, STR("<div class=\"grid\">"));
	chart_put(out, &curve->times);
	chart_put(out, &curve->rates);
	put_trials(out, c);
	buf_add(out, STR("</div>"));
	free(curve);
}

void html_report_put_capacity_data(struct json_writer *j, const struct html_report *page)
{
	const struct capacity *c = page->run.facts->capacity;
	struct curve *curve;

	if (!c || !c->count)
		return;
	curve = gather(c);
	chart_put_data(j, &curve->times);
	chart_put_data(j, &curve->rates);
	free(curve);
}
