#include <math.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/alloc.h"
#include "base/units.h"
#include "report/html_report_private.h"

#define COLUMNS		120u
#define LEVELS		7u
#define TABLE_INTERVALS 6u /* of the table */

/* Columns of bins: neighbouring slots are joined. */
struct heatmap {
	struct chart_axis axis; /* of time; one point per column */
	unsigned count;
	uint64_t cells[COLUMNS][TIMELINE_BINS];
	uint64_t max;
	unsigned low, high; /* bins with a count, HIGH included */
};

static struct heatmap *gather(const struct timeline *timeline)
{
	unsigned every = (timeline->count + COLUMNS - 1) / COLUMNS;
	struct heatmap *h = alloc_zeroed(1, sizeof(*h));

	html_report_time_axis(&h->axis, timeline, timeline->until);
	h->low = TIMELINE_BINS;
	for (unsigned i = 0; i < timeline->count; i++) {
		unsigned column = i / every;

		h->count = column + 1;
		for (unsigned b = 0; b < TIMELINE_BINS; b++) {
			uint64_t *cell = &h->cells[column][b];

			*cell += timeline->slots[i].bins[b];
			if (!*cell)
				continue;
			h->max = *cell > h->max ? *cell : h->max;
			h->low = b < h->low ? b : h->low;
			h->high = b > h->high ? b : h->high;
		}
	}
	for (unsigned c = 0; c < h->count; c++)
		h->axis.from[c] = (double)timeline->slots[c * every].begin / (double)NS_PER_S;
	h->axis.count = h->count;
	/* One or two rows are not readable. */
	while (h->high - h->low < 7 && (h->low > 0 || h->high + 1 < TIMELINE_BINS)) {
		h->low -= h->low > 0;
		h->high += h->high + 1 < TIMELINE_BINS;
	}
	return h;
}

static unsigned level_of(const struct heatmap *h, uint64_t count)
{
	double share;

	if (!count)
		return 0;
	share = pow((double)count / (double)h->max, 0.45);
	return 1 + (unsigned)fmin(LEVELS - 1, floor(share * LEVELS));
}

static double column_x(const struct heatmap *h, unsigned column)
{
	double length = (double)h->axis.length / (double)NS_PER_S;

	return column < h->count ? h->axis.from[column] / length * CHART_X : CHART_X;
}

static int bin_y(const struct heatmap *h, unsigned bin)
{
	unsigned bins = h->high + 1 - h->low;

	return (int)(CHART_Y - (bin - h->low) * CHART_Y / bins);
}

/* Cells of one level, as one path. */
static void put_level(struct buf *out, const struct heatmap *h, unsigned level)
{
	bool any = false;

	for (unsigned c = 0; c < h->count; c++) {
		int x = (int)column_x(h, c), wide = (int)column_x(h, c + 1) - x;

		for (unsigned b = h->low; b <= h->high; b++) {
			int y = bin_y(h, b + 1);

			if (level_of(h, h->cells[c][b]) != level)
				continue;
			if (!any)
				buf_printf(out, "<path class=\"h%u\" d=\"", level);
			any = true;
			buf_printf(out, "M%d %dh%dv%dh-%dz", x, y, wide, bin_y(h, b) - y, wide);
		}
	}
	if (any)
		buf_add(out, STR("\"/>"));
}

static struct chart_scale scale_of(const struct heatmap *h)
{
	struct chart_scale scale = {.low = (double)timeline_bin_low(h->low),
				    .high = (double)timeline_bin_low(h->high + 1),
				    .log = true};

	for (double tick = (double)NS_PER_US; tick <= scale.high * 1.01; tick *= 10) {
		static const double digits[] = {1, 2, 5};
		bool few = scale.high / scale.low < 150;

		for (unsigned i = 0; i < (few ? 3 : 1) && scale.tick_count < 12; i++)
			if (digits[i] * tick >= scale.low * 0.99 &&
			    digits[i] * tick <= scale.high * 1.01)
				scale.ticks[scale.tick_count++] = digits[i] * tick;
	}
	return scale;
}

static void put_legend(struct buf *out, const struct heatmap *h)
{
	buf_add(out, STR("<p class=\"legend ramp\"><span>fewer</span>"));
	for (unsigned i = 1; i <= LEVELS; i++)
		buf_printf(out, "<i class=\"key k-h%u\"></i>", i);
	buf_add(out, STR("<span>up to "));
	units_put_count(out, h->max);
	buf_add(out, STR(" requests</span></p></figcaption>\n"));
}

static void put_table(struct buf *out, const struct heatmap *h)
{
	unsigned stretches = h->count < TABLE_INTERVALS ? h->count : TABLE_INTERVALS;

	buf_add(
	    out,
	    STR("<details><summary>Table</summary><div class=\"scroll\"><table><caption>Requests "
		"by response time and time of the run</caption><thead><tr><th "
		"scope=\"col\">from</th>"));
	for (unsigned s = 0; s < stretches; s++) {
		buf_add(out, STR("<th scope=\"col\">"));
		chart_put_clock(out, h->axis.from[s * h->count / stretches]);
		buf_add(out, STR("</th>"));
	}
	buf_add(out, STR("</tr></thead><tbody>"));
	for (unsigned b = h->low; b <= h->high; b++) {
		buf_add(out, STR("<tr><th scope=\"row\">"));
		units_put_time(out, timeline_bin_low(b), false);
		buf_add(out, STR("</th>"));
		for (unsigned s = 0; s < stretches; s++) {
			uint64_t sum = 0;

			for (unsigned c = s * h->count / stretches;
			     c < (s + 1) * h->count / stretches; c++)
				sum += h->cells[c][b];
			html_report_count_cell(out, sum);
		}
		buf_add(out, STR("</tr>"));
	}
	buf_add(out, STR("</tbody></table></div></details>\n"));
}

void html_report_put_heatmap(struct buf *out, const struct html_report *page)
{
	struct heatmap *h = gather(page->run.timeline);
	struct chart c = {.id = "heat", .title = "Heat map", .unit = CHART_TIME, .axis = &h->axis};
	struct chart_scale scale;

	if (h->max) {
		scale = scale_of(h);
		chart_open(out, c.id, c.title,
			   "number of requests by response time and time of the run");
		put_legend(out, h);
		chart_open_plot(
		    out, &c, &scale,
		    STR("Heat map of response times over the run. The values are in the "
			"table below."));
		for (unsigned level = 1; level <= LEVELS; level++)
			put_level(out, h, level);
		chart_put_shades(out, &h->axis);
		chart_close_plot(out, &c);
		put_table(out, h);
		chart_close(out);
	}
	free(h);
}

void html_report_put_heatmap_data(struct json_writer *j, const struct html_report *page)
{
	struct heatmap *h = gather(page->run.timeline);

	json_writer_open(j, "heat");
	json_writer_open_array(j, "from");
	for (unsigned c = 0; c < h->count; c++)
		json_writer_digits(j, NULL, h->axis.from[c], 5);
	json_writer_close_array(j);
	json_writer_open_array(j, "low");
	for (unsigned b = h->low; h->max && b <= h->high + 1; b++)
		json_writer_digits(j, NULL, (double)timeline_bin_low(b) / (double)NS_PER_MS, 4);
	json_writer_close_array(j);
	json_writer_open_array(j, "cells");
	for (unsigned c = 0; c < h->count && h->max; c++) {
		json_writer_open_array(j, NULL);
		for (unsigned b = h->low; b <= h->high; b++)
			json_writer_uint(j, NULL, h->cells[c][b]);
		json_writer_close_array(j);
	}
	json_writer_close_array(j);
	json_writer_close(j);
	free(h);
}
