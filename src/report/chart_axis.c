#include "report/chart.h"

#include <math.h>

#include "base/units.h"
#include "result/text_format.h"

#define X_TICKS 6

/* ---- values */

void chart_put_value(struct buf *out, enum chart_unit unit, double value)
{
	if (isnan(value)) {
		buf_add(out, STR("\xe2\x80\x93"));
		return;
	}
	switch (unit) {
	case CHART_TIME:
		units_put_time(out, (ns_t)value, false);
		break;
	case CHART_RATE:
		if (value > 0 && value < 10)
			buf_printf(out, "%.2g", value);
		else
			text_format_put_rate(out, value);
		break;
	case CHART_COUNT:
		units_put_count(out, value > 0 ? (uint64_t)(value + 0.5) : 0);
		break;
	}
}

void chart_put_clock(struct buf *out, double seconds)
{
	long whole = lround(seconds);

	if (whole >= 3600)
		buf_printf(out, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
	else
		buf_printf(out, "%ld:%02ld", whole / 60, whole % 60);
}

/* "12.5%" of the width of the axis. */
static void put_share(struct buf *out, double share)
{
	buf_printf(out, "%.4g%%", share * 100);
}

/* ---- the vertical axis */

static void put_tick(struct buf *out, enum chart_unit unit, double value)
{
	if (!(value > 0))
		buf_add_char(out, '0');
	else if (unit == CHART_RATE && value < 1000)
		buf_printf(out, "%.4g", value);
	else
		chart_put_value(out, unit, value);
}

double chart_y(const struct chart_scale *scale, double value)
{
	double share;

	if (scale->log)
		share = value > scale->low ? log(value / scale->low) / log(scale->high / scale->low)
					   : 0;
	else
		share = (value - scale->low) / (scale->high - scale->low);
	share = share < 0 ? 0 : share > 1 ? 1 : share;
	return CHART_Y * (1 - share);
}

/* 1, 2 or 5 times a power of ten, so that about five ticks reach HIGH. */
static double nice_step(double high)
{
	double rough = high / 4.5, power = pow(10, floor(log10(rough))), digit = rough / power;

	return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power;
}

static struct chart_scale linear(double high)
{
	struct chart_scale scale = {.low = 0};
	double step = nice_step(high > 0 ? high : 1);

	scale.high = ceil(high / step - 1e-9) * step;
	if (scale.high <= 0)
		scale.high = step;
	for (double tick = 0; tick <= scale.high + step / 2 && scale.tick_count < 12; tick += step)
		scale.ticks[scale.tick_count++] = tick;
	return scale;
}

/* Logarithmic, from the last tick below LOW to the first above HIGH. */
static struct chart_scale narrow_log_scale(double low, double high)
{
	static const double digits[] = {1, 2, 5};
	struct chart_scale scale = {.log = true};
	double power = floor(log10(low) + 1e-9);

	for (unsigned i = 0; scale.tick_count < 12; i++) {
		double tick = digits[i % 3] * pow(10, power + i / 3);

		if (tick <= low * 1.000001)
			scale.tick_count = 0;
		scale.ticks[scale.tick_count++] = tick;
		if (tick >= high * 0.999999 && scale.tick_count > 1)
			break;
	}
	scale.low = scale.ticks[0];
	scale.high = scale.ticks[scale.tick_count - 1];
	return scale;
}

struct chart_scale chart_scale(double low, double high, bool log)
{
	struct chart_scale scale = {.log = true};
	double first, last;

	if (!log || !(low > 0) || !(high > 0))
		return linear(high);
	if (high / low < 100)
		return narrow_log_scale(low, high);
	first = floor(log10(low) + 1e-9);
	last = ceil(log10(high) - 1e-9);
	if (last <= first)
		last = first + 1;
	scale.low = pow(10, first);
	scale.high = pow(10, last);
	for (double power = first; power <= last && scale.tick_count < 12; power++)
		scale.ticks[scale.tick_count++] = pow(10, power);
	return scale;
}

static void put_y_axis(struct buf *out, const struct chart *c, const struct chart_scale *scale,
		       int height)
{
	buf_printf(out, "<svg class=\"ya\" width=\"58\" height=\"%d\" aria-hidden=\"true\">",
		   height + 30);
	for (unsigned i = 0; i < scale->tick_count; i++) {
		double y = chart_y(scale, scale->ticks[i]) * height / CHART_Y + 8;

		buf_printf(out, "<text x=\"52\" y=\"%.1f\">", y + 4);
		put_tick(out, c->unit, scale->ticks[i]);
		buf_add(out, STR("</text>"));
	}
	buf_add(out, STR("</svg>"));
}

/* ---- the horizontal axis */

/* So that at most X_TICKS fit; html_report.js uses the same steps. */
static double time_step(double seconds)
{
	static const double steps[] = {1,   2,	 5,   10,   15,	  30,	60,    120,
				       300, 600, 900, 1800, 3600, 7200, 14400, 43200};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (seconds / steps[i] <= X_TICKS)
			return steps[i];
	return 86400 * ceil(seconds / X_TICKS / 86400);
}

static void put_label(struct buf *out, double at, int y)
{
	buf_add(out, STR("<text x=\""));
	put_share(out, at);
	buf_printf(out, "\" y=\"%d\"%s>", y,
		   at < 0.02   ? " class=\"s\""
		   : at > 0.97 ? " class=\"e\""
			       : "");
}

static void put_times(struct buf *out, const struct chart_axis *axis, int y)
{
	double seconds = (double)axis->length / (double)NS_PER_S, step = time_step(seconds);

	for (double at = 0; at <= seconds * 1.0001; at += step) {
		put_label(out, at / seconds, y);
		chart_put_clock(out, at);
		buf_add(out, STR("</text>"));
	}
}

/* 0 %, 90 %, 99 % and so on, at regular intervals. */
static void put_percentiles(struct buf *out, const struct chart_axis *axis, int y)
{
	double last = axis->count ? axis->from[axis->count - 1] : 0, decades;

	decades = last < 100 ? ceil(-log10(1 - last / 100) - 1e-9) : 1;
	if (decades < 1)
		decades = 1;
	for (double i = 0; i <= decades; i++) {
		put_label(out, i / decades, y);
		buf_printf(out, "%.6g %%</text>", 100 * (1 - pow(10, -i)));
	}
}

/* Loads, from zero to the maximum. */
static void put_loads(struct buf *out, const struct chart_axis *axis, int y)
{
	double step = nice_step(axis->max);

	for (double at = 0; at <= axis->max * 1.0001; at += step) {
		put_label(out, at / axis->max, y);
		put_tick(out, CHART_RATE, at);
		buf_add(out, STR("</text>"));
	}
}

static void put_x_axis(struct buf *out, const struct chart *c, int height)
{
	int y = height + 26;

	buf_add(out, STR("<g class=\"xl\">"));
	if (c->axis->length > 0)
		put_times(out, c->axis, y);
	else if (c->axis->max > 0)
		put_loads(out, c->axis, y);
	else
		put_percentiles(out, c->axis, y);
	buf_add(out, STR("</g>"));
}

/* ---- the frame */

static int height_of(const struct chart *c)
{
	return c->height ? c->height : CHART_HEIGHT;
}

void chart_open_plot(struct buf *out, const struct chart *c, const struct chart_scale *scale,
		     struct str label)
{
	int height = height_of(c);

	buf_printf(out, "<div class=\"plot\" data-chart=\"%s\"%s role=\"img\" aria-label=\"%.*s\">",
		   c->id, c->axis->length && !c->apart ? " data-time" : "", STR_ARG(label));
	put_y_axis(out, c, scale, height);
	buf_printf(out, "<svg class=\"xa\" width=\"100%%\" height=\"%d\" aria-hidden=\"true\">",
		   height + 30);
	buf_add(out, STR("<g class=\"grid\">"));
	for (unsigned i = 0; i < scale->tick_count; i++) {
		double y = chart_y(scale, scale->ticks[i]) * height / CHART_Y + 8;

		buf_printf(out, "<line x1=\"0\" x2=\"100%%\" y1=\"%.1f\" y2=\"%.1f\"%s/>", y, y,
			   i ? "" : " class=\"base\"");
	}
	buf_add(out, STR("</g>"));
	put_x_axis(out, c, height);
	buf_printf(out,
		   "<svg class=\"in\" y=\"8\" width=\"100%%\" height=\"%d\" viewBox=\"0 0 %d %d\" "
		   "preserveAspectRatio=\"none\">",
		   height, CHART_X, CHART_Y);
}

void chart_put_shades(struct buf *out, const struct chart_axis *axis)
{
	for (unsigned i = 0; i < axis->shade_count; i++)
		buf_printf(out,
			   "<rect class=\"limited\" x=\"%.0f\" y=\"0\" width=\"%.0f\" "
			   "height=\"%d\"/>",
			   axis->shades[i].from * CHART_X,
			   fmax(4, (axis->shades[i].to - axis->shades[i].from) * CHART_X), CHART_Y);
}

void chart_close_plot(struct buf *out, const struct chart *c)
{
	(void)c;
	buf_add(out, STR("</svg></svg></div>\n"));
}
