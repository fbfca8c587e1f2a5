/* The section of steps that read event streams. */
#include "report/html_report_private.h"

#include <math.h>

static void put_row(struct buf *out, const struct series_def *def, const struct series_total *total)
{
	static const struct {
		enum time_kind kind;
		double percentiles[2];
	} times[] = {{TIME_first_event, {50, 95}},
		     {TIME_first_output, {50, 95}},
		     {TIME_event_gap, {50, 99}}};
	const struct series_counts *counts = &total->counts;
	ns_t values[2];

	buf_add(out, STR("<tr><th scope=\"row\">"));
	html_report_name(out, def->name);
	buf_add(out, STR("</th>"));
	html_report_count_cell(out, counts->events);
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		histogram_percentiles(&total->times[times[i].kind], times[i].percentiles, 2,
				      values);
		html_report_time_cell(out, values[0]);
		html_report_time_cell(out, values[1]);
	}
	html_report_rate_cell(out, counts->output_us
				       ? (double)counts->outputs * 1e6 / (double)counts->output_us
				       : NAN);
	html_report_count_cell(out, counts->streams_closed);
	buf_add(out, STR("</tr>\n"));
}

void html_report_put_streams(struct buf *out, const struct html_report *page)
{
	static const char *const headings[] = {
	    "Events",		"First event p50",  "First event p95",
	    "First output p50", "First output p95", "Gap p50",
	    "Gap p99",		"Outputs/s",	    "Closed after until"};
	const struct summary *s = page->run.summary;

	if (!s->all.counts.events)
		return;
	buf_add(out,
		STR("<h2>Event streams</h2><div class=\"card scroll\"><table class=\"sortable\" "
		    "aria-label=\"Event streams\"><thead><tr><th scope=\"col\">Step</th>"));
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
		buf_printf(out, "<th scope=\"col\" class=\"n\">%s</th>", headings[i]);
	buf_add(out, STR("</tr></thead><tbody>\n"));
	for (size_t i = 0; i < s->table->defs.count; i++)
		if (s->table->defs.items[i].kind == SERIES_STEP && s->series[i].counts.events)
			put_row(out, &s->table->defs.items[i], &s->series[i]);
	buf_add(out, STR("</tbody></table></div>"));
}
