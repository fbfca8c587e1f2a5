#include <math.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/alloc.h"
#include "report/html_report_private.h"
#include "result/text_format.h"

#define NINES_MAX   5
#define PER_DECADE  24
#define PHASES	    5u
#define BAR_COLUMNS 1000

/* ---- phases */

struct phase {
	const char *name, *css_class;
	const struct histogram *h;
	ns_t p50, p95, p99;
};

static void put_bar(struct buf *out, const struct phase *p, ns_t low, ns_t high)
{
	struct chart_scale scale = {.low = (double)low, .high = (double)high, .log = true};
	double left = CHART_Y - chart_y(&scale, (double)p->p50),
	       middle = CHART_Y - chart_y(&scale, (double)p->p95),
	       right = CHART_Y - chart_y(&scale, (double)p->p99);

	buf_printf(
	    out,
	    "<svg class=\"bar\" width=\"100%%\" height=\"14\" aria-hidden=\"true\">"
	    "<rect class=\"rail\" width=\"100%%\" y=\"6\" height=\"2\"/>"
	    "<rect class=\"f-%s thin\" x=\"%.1f%%\" width=\"%.1f%%\" y=\"5\" height=\"4\"/>"
	    "<rect class=\"f-%s\" x=\"%.1f%%\" width=\"%.1f%%\" y=\"2\" height=\"10\" rx=\"2\"/>"
	    "</svg>",
	    p->css_class, left / 10, fmax(0.5, (right - left) / 10), p->css_class, left / 10,
	    fmax(0.5, (middle - left) / 10));
}

static void put_phase(struct buf *out, const struct phase *p, ns_t low, ns_t high)
{
	buf_printf(out, "<tr><th scope=\"row\">%s</th>", p->name);
	html_report_count_cell(out, p->h->m.count);
	html_report_time_cell(out, p->p50);
	html_report_time_cell(out, p->p95);
	html_report_time_cell(out, p->p99);
	html_report_time_cell(out, p->h->m.count ? p->h->m.max_ns : -1);
	buf_add(out, STR("<td class=\"wide\">"));
	if (p->h->m.count)
		put_bar(out, p, low, high);
	buf_add(out, STR("</td></tr>"));
}

static void put_phases(struct buf *out, const struct html_report *page)
{
	static const double percentiles[] = {50, 95, 99};
	const struct histogram *times = page->run.summary->all.times;
	struct phase phases[PHASES] = {
	    {.name = "dns", .css_class = "c4", .h = &times[TIME_dns]},
	    {.name = "connect", .css_class = "c1", .h = &times[TIME_connect]},
	    {.name = "tls", .css_class = "c2", .h = &times[TIME_tls]},
	    {.name = "wait", .css_class = "p95", .h = &times[TIME_wait]},
	    {.name = "receive", .css_class = "ok", .h = &times[TIME_receive]}};
	ns_t low = NS_NEVER, high = NS_PER_MS;

	for (unsigned i = 0; i < PHASES; i++) {
		ns_t values[3];

		histogram_percentiles(phases[i].h, percentiles, 3, values);
		phases[i].p50 = values[0];
		phases[i].p95 = values[1];
		phases[i].p99 = values[2];
		if (values[0] >= 0 && values[0] < low)
			low = values[0];
		if (values[2] > high)
			high = values[2];
	}
	low = low < NS_PER_US || low == NS_NEVER ? NS_PER_US : low / 2;
	buf_add(
	    out,
	    STR("<figure class=\"card\" id=\"phases\" aria-label=\"Phases of "
		"a request\"><figcaption><h3>Phases of a request</h3>"
		"<p class=\"note\">dns, connect and tls only for a new "
		"connection. "
		"Bars from p50 to p95, thin to p99, logarithmic</p></figcaption>"
		"<div class=\"scroll\"><table aria-label=\"Phases\"><thead><tr><th "
		"scope=\"col\">Phase</th>"
		"<th scope=\"col\" class=\"n\">Samples</th><th scope=\"col\" class=\"n\">p50</th>"
		"<th scope=\"col\" class=\"n\">p95</th><th scope=\"col\" class=\"n\">p99</th>"
		"<th scope=\"col\" class=\"n\">Max</th>"
		"<th scope=\"col\"><span class=\"unseen\">Bar</span></th></tr></thead><tbody>"));
	for (unsigned i = 0; i < PHASES; i++)
		put_phase(out, &phases[i], low, high);
	buf_add(out, STR("</tbody></table></div></figure>"));
}

/* ---- the distribution, on a logarithmic axis of percentiles */

void html_report_percentile_axis(struct chart_axis *axis, uint64_t count)
{
	int decades = count > 1 ? (int)ceil(log10((double)count)) : 1;
	unsigned points;

	decades = decades < 1 ? 1 : decades > NINES_MAX ? NINES_MAX : decades;
	points = (unsigned)decades * PER_DECADE;
	axis->length = 0;
	axis->shade_count = 0;
	axis->count = count ? points + 1 : 0;
	for (unsigned i = 0; i < axis->count; i++) {
		axis->at[i] = (double)i / points;
		axis->from[i] = 100 * (1 - pow(10, -axis->at[i] * decades));
	}
}

void html_report_percentile_values(double *values, const struct chart_axis *axis,
				   const struct histogram *h)
{
	ns_t times[CHART_POINTS];

	histogram_percentiles(h, axis->from, axis->count, times);
	for (unsigned i = 0; i < axis->count; i++)
		values[i] = times[i] < 0 ? NAN : (double)times[i];
}

struct distribution {
	struct chart_axis axis;
	double response[CHART_POINTS], service[CHART_POINTS];
	struct chart chart;
};

static struct distribution *gather(const struct html_report *page)
{
	const struct histogram *times = page->run.summary->all.times;
	struct distribution *s = alloc_zeroed(1, sizeof(*s));

	html_report_percentile_axis(&s->axis, times[TIME_response].m.count);
	html_report_percentile_values(s->response, &s->axis, &times[TIME_response]);
	html_report_percentile_values(s->service, &s->axis, &times[TIME_service]);
	s->chart =
	    (struct chart){.id = "nines",
			   .title = "Latency distribution",
			   .note = "percentiles of ok responses; response time from the "
				   "scheduled start of a request, service time from the send",
			   .unit = CHART_TIME,
			   .log = true,
			   .axis = &s->axis};
	chart_line_add(&s->chart, "response time", "p95", CHART_LINE, s->response);
	chart_line_add(&s->chart, "service time", "service", CHART_DASHED, s->service);
	return s;
}

void html_report_put_distribution(struct buf *out, const struct html_report *page)
{
	struct distribution *s;

	if (!page->run.summary->all.times[TIME_response].m.count)
		return;
	s = gather(page);
	buf_add(out, STR("<h2>Distribution of response times</h2><div class=\"grid\">"));
	chart_put(out, &s->chart);
	html_report_put_heatmap(out, page);
	put_phases(out, page);
	buf_add(out, STR("</div>"));
	free(s);
}

void html_report_put_distribution_data(struct json_writer *j, const struct html_report *page)
{
	struct distribution *s;

	if (!page->run.summary->all.times[TIME_response].m.count)
		return;
	s = gather(page);
	chart_put_data(j, &s->chart);
	html_report_put_heatmap_data(j, page);
	free(s);
}
