#include "report/chart.h"

#include <math.h>

#include "base/escape.h"
#include "base/log.h"

#define TABLE_ROWS 60u

void chart_line_add(struct chart *c, const char *name, const char *css_class,
		    enum chart_style style, const double *values)
{
	if (c->line_count == CHART_LINES)
		BUG("more than %u lines in the chart %s", CHART_LINES, c->id);
	c->lines[c->line_count++] = (struct chart_line){
	    .name = str_of(name), .css_class = css_class, .style = style, .values = values};
}

void chart_mark_add(struct chart *c, struct str name, const char *css_class, double value)
{
	if (c->mark_count < CHART_MARKS)
		c->marks[c->mark_count++] =
		    (struct chart_mark){.name = name, .css_class = css_class, .value = value};
}

/* ---- figure and legend */

void chart_open(struct buf *out, const char *id, const char *title, const char *note)
{
	buf_printf(out,
		   "<figure class=\"card chart\" id=\"chart-%s\" "
		   "aria-label=\"%s\"><figcaption><h3>%s</h3>",
		   id, title, title);
	if (note)
		buf_printf(out, "<p class=\"note\">%s</p>", note);
}

static void put_mark_name(struct buf *out, struct str name)
{
	struct buf clean;

	buf_init(&clean, 0);
	escape_terminal(&clean, name);
	escape_html(out, buf_str(&clean));
	buf_release(&clean);
}

static void put_legend(struct buf *out, const struct chart *c)
{
	buf_add(out, STR("<ul class=\"legend\">"));
	for (unsigned i = 0; i < c->line_count; i++) {
		const struct chart_line *line = &c->lines[i];

		buf_printf(out, "<li><i class=\"key k-%s%s\"></i>", line->css_class,
			   line->style == CHART_DASHED ? " dash" : "");
		escape_html(out, line->name);
		buf_add(out, STR("</li>"));
	}
	for (unsigned i = 0; i < c->mark_count; i++) {
		buf_printf(out, "<li><i class=\"key k-%s dots\"></i>", c->marks[i].css_class);
		put_mark_name(out, c->marks[i].name);
		buf_add(out, STR("</li>"));
	}
	if (c->axis->shade_count)
		buf_add(out, STR("<li><i class=\"key k-limited\"></i>load generator could not keep "
				 "up</li>"));
	buf_add(out, STR("</ul></figcaption>\n"));
}

void chart_close(struct buf *out)
{
	buf_add(out, STR("</figure>\n"));
}

/* ---- the range of values */

static double stack_at(const struct chart *c, unsigned lines, unsigned point)
{
	double sum = 0;

	for (unsigned i = 0; i < lines; i++)
		if (c->lines[i].style == CHART_STACK && !isnan(c->lines[i].values[point]))
			sum += c->lines[i].values[point];
	return sum;
}

/* Removes threshold lines far above HIGH: they would flatten the chart. Returns the new HIGH. */
static double fit_marks(struct chart *c, double low, double high)
{
	unsigned kept = 0;
	double max = high;

	for (unsigned i = 0; i < c->mark_count; i++) {
		double value = c->marks[i].value;

		if (value > 3 * high || (c->log && value < low))
			continue;
		c->marks[kept++] = c->marks[i];
		max = fmax(max, value);
	}
	c->mark_count = kept;
	return max;
}

static struct chart_scale scale_of(struct chart *c)
{
	double low = 0, high = 0;
	struct chart_scale scale;
	bool any = false;

	for (unsigned i = 0; i < c->line_count; i++) {
		for (unsigned p = 0; p < c->axis->count; p++) {
			double value = c->lines[i].values[p];

			if (c->lines[i].style == CHART_STACK)
				value = stack_at(c, i + 1, p);
			if (isnan(value))
				continue;
			any = true;
			high = fmax(high, value);
			if (value > 0 && (!(low > 0) || value < low))
				low = value;
		}
	}
	if (c->unit == CHART_TIME && !(high > 0))
		high = (double)NS_PER_MS;
	scale = chart_scale(low, fit_marks(c, low, high), c->log);
	scale.empty = !any;
	if (!any)
		scale.tick_count = 1;
	return scale;
}

/* ---- lines */

/* The current position of a path. Points are written as the distance from the previous one: it
 * is shorter. */
struct pen {
	struct buf *out;
	const struct chart_scale *scale;
	long x, y;
	bool down; /* a point was written, so no command letter is needed */
};

static void pen_move(struct pen *pen, double x, double value)
{
	pen->x = lround(x);
	pen->y = lround(chart_y(pen->scale, value));
	pen->down = false;
	buf_printf(pen->out, "M%ld %ld", pen->x, pen->y);
}

static void pen_draw(struct pen *pen, double x, double y)
{
	long dx = lround(x) - pen->x, dy = lround(y) - pen->y;

	buf_printf(pen->out, dy < 0 ? "%s%ld%ld" : "%s%ld %ld",
		   !pen->down ? "l"
		   : dx < 0   ? ""
			      : " ",
		   dx, dy);
	pen->x += dx;
	pen->y += dy;
	pen->down = true;
}

static void pen_line(struct pen *pen, double x, double value)
{
	pen_draw(pen, x, chart_y(pen->scale, value));
}

static double point_x(const struct chart *c, unsigned point)
{
	return c->axis->at[point] * CHART_X;
}

/* Is POINT a period that starts or ends with the axis? It is drawn up to the edge. */
static bool is_first(const struct chart *c, unsigned point)
{
	return c->axis->length && point == 0;
}

static bool is_last(const struct chart *c, unsigned point)
{
	return c->axis->length && point + 1 == c->axis->count;
}

static void put_line(struct buf *out, const struct chart *c, const struct chart_scale *scale,
		     const struct chart_line *line)
{
	struct pen pen = {.out = out, .scale = scale};
	bool drawing = false;

	for (unsigned p = 0; p < c->axis->count; p++) {
		double value = line->values[p];
		bool alone;

		if (isnan(value)) {
			drawing = false;
			continue;
		}
		alone = !drawing && (p + 1 == c->axis->count || isnan(line->values[p + 1]));
		if (!drawing)
			pen_move(&pen, is_first(c, p) ? 0 : point_x(c, p), value);
		if (drawing || is_first(c, p))
			pen_line(&pen, point_x(c, p), value);
		if (is_last(c, p))
			pen_line(&pen, CHART_X, value);
		else if (alone && !is_first(c, p)) /* a dot */
			buf_add(out, STR("h1"));
		drawing = true;
	}
}

static double line_top(const struct chart *c, unsigned i, unsigned point)
{
	double own = c->lines[i].values[point];

	if (c->lines[i].style == CHART_STACK)
		return stack_at(c, i + 1, point);
	return isnan(own) ? 0 : own;
}

/* From the bottom of line I to its top and back. */
static void put_area(struct buf *out, const struct chart *c, const struct chart_scale *scale,
		     unsigned i)
{
	bool stack = c->lines[i].style == CHART_STACK;
	unsigned last = c->axis->count - 1;
	double from = is_first(c, 0) ? 0 : point_x(c, 0),
	       to = is_last(c, last) ? CHART_X : point_x(c, last);
	struct pen pen = {.out = out, .scale = scale};

	pen_move(&pen, from, line_top(c, i, 0));
	for (unsigned p = 0; p <= last; p++)
		pen_line(&pen, point_x(c, p), line_top(c, i, p));
	pen_line(&pen, to, line_top(c, i, last));
	if (!stack || i == 0) {
		pen_draw(&pen, to, CHART_Y);
		pen_draw(&pen, from, CHART_Y);
	} else {
		pen_line(&pen, to, stack_at(c, i, last));
		for (unsigned p = c->axis->count; p-- > 0;)
			pen_line(&pen, point_x(c, p), stack_at(c, i, p));
		pen_line(&pen, from, stack_at(c, i, 0));
	}
	buf_add_char(out, 'z');
}

static void put_lines(struct buf *out, const struct chart *c, const struct chart_scale *scale)
{
	static const char *const looks[] = {"line", "line dash", "line faint", "line", "area"};

	if (c->axis->count == 0)
		return;
	for (unsigned i = 0; i < c->line_count; i++) {
		const struct chart_line *line = &c->lines[i];

		if (line->style == CHART_AREA || line->style == CHART_STACK) {
			buf_printf(out, "<path class=\"area p-%s\" d=\"", line->css_class);
			put_area(out, c, scale, i);
			buf_add(out, STR("\"/>"));
		}
		if (line->style == CHART_STACK)
			continue;
		buf_printf(out, "<path class=\"%s p-%s\" d=\"", looks[line->style],
			   line->css_class);
		put_line(out, c, scale, line);
		buf_add(out, STR("\"/>"));
	}
}

static void put_marks(struct buf *out, const struct chart *c, const struct chart_scale *scale)
{
	for (unsigned i = 0; i < c->mark_count; i++)
		buf_printf(out, "<path class=\"line mark p-%s\" d=\"M0 %.0fh%d\"/>",
			   c->marks[i].css_class, chart_y(scale, c->marks[i].value), CHART_X);
}

/* ---- the table */

/* For points FROM to TO: the mean of rates, the maximum of everything else. */
static double aggregate(const struct chart *c, const double *values, unsigned from, unsigned to)
{
	double sum = 0, max = NAN;
	unsigned count = 0;

	for (unsigned p = from; p < to; p++) {
		if (isnan(values[p]))
			continue;
		sum += values[p];
		max = isnan(max) ? values[p] : fmax(max, values[p]);
		count++;
	}
	return c->unit == CHART_RATE && count ? sum / count : max;
}

static bool is_shaded(const struct chart_axis *axis, double at)
{
	for (unsigned i = 0; i < axis->shade_count; i++)
		if (at >= axis->shades[i].from && at <= axis->shades[i].to)
			return true;
	return false;
}

static void put_row(struct buf *out, const struct chart *c, unsigned from, unsigned to)
{
	bool shaded = false;

	buf_add(out, STR("<tr><th scope=\"row\">"));
	if (c->axis->length)
		chart_put_clock(out, c->axis->from[from]);
	else
		buf_printf(out, c->axis->max > 0 ? "%.7g" : "%.7g %%", c->axis->from[from]);
	buf_add(out, STR("</th>"));
	for (unsigned i = 0; i < c->line_count; i++) {
		buf_add(out, STR("<td>"));
		chart_put_value(out, c->unit, aggregate(c, c->lines[i].values, from, to));
		buf_add(out, STR("</td>"));
	}
	for (unsigned p = from; p < to; p++)
		shaded |= is_shaded(c->axis, c->axis->at[p]);
	if (c->axis->shade_count)
		buf_add(out, shaded ? STR("<td>limit</td>") : STR("<td></td>"));
	buf_add(out, STR("</tr>"));
}

static void put_table(struct buf *out, const struct chart *c)
{
	unsigned every = (c->axis->count + TABLE_ROWS - 1) / TABLE_ROWS;

	buf_printf(
	    out,
	    "<details><summary>Table</summary><div class=\"scroll\"><table><caption>%s</caption>"
	    "<thead><tr><th scope=\"col\">%s</th>",
	    c->title,
	    c->axis->length    ? "from"
	    : c->axis->max > 0 ? "load"
			       : "of all");
	for (unsigned i = 0; i < c->line_count; i++) {
		buf_add(out, STR("<th scope=\"col\">"));
		escape_html(out, c->lines[i].name);
		buf_add(out, STR("</th>"));
	}
	if (c->axis->shade_count)
		buf_add(out, STR("<th scope=\"col\">generator</th>"));
	buf_add(out, STR("</tr></thead><tbody>"));
	for (unsigned p = 0; p < c->axis->count; p += every)
		put_row(out, c, p, p + every < c->axis->count ? p + every : c->axis->count);
	buf_add(out, STR("</tbody></table></div></details>\n"));
}

/* ---- the whole chart */

/* The description for screen readers. */
static void put_description(struct buf *out, const struct chart *c)
{
	buf_printf(out, "%s.", c->title);
	for (unsigned i = 0; i < c->line_count && c->axis->count; i++) {
		buf_add_char(out, ' ');
		escape_html(out, c->lines[i].name);
		buf_add(out, STR(": at most "));
		chart_put_value(out, c->unit,
				aggregate(&(struct chart){.unit = CHART_COUNT}, c->lines[i].values,
					  0, c->axis->count));
		buf_add_char(out, '.');
	}
	buf_add(out, STR(" The values are in the table below."));
}

void chart_put(struct buf *out, const struct chart *chart)
{
	struct chart c = *chart;
	struct chart_scale scale = scale_of(&c);
	struct buf label;

	buf_init(&label, 0);
	put_description(&label, &c);
	chart_open(out, c.id, c.title, c.note);
	put_legend(out, &c);
	chart_open_plot(out, &c, &scale, buf_str(&label));
	chart_put_shades(out, c.axis);
	put_lines(out, &c, &scale);
	put_marks(out, &c, &scale);
	chart_close_plot(out, &c);
	if (scale.empty)
		buf_add(out, STR("<p class=\"note empty\">There are no values.</p>"));
	put_table(out, &c);
	chart_close(out);
	buf_release(&label);
}

void chart_put_number(struct json_writer *j, const char *key, double value)
{
	if (isfinite(value) && value >= 999.5)
		json_writer_fixed(j, key, value, 0);
	else
		json_writer_digits(j, key, value, 3);
}

static void put_data_line(struct json_writer *j, const struct chart *c,
			  const struct chart_line *line)
{
	double unit = c->unit == CHART_TIME ? (double)NS_PER_MS : 1;

	json_writer_open(j, NULL);
	json_writer_text(j, "name", line->name);
	json_writer_text(j, "paint", str_of(line->css_class));
	json_writer_open_array(j, "v");
	for (unsigned p = 0; p < c->axis->count; p++)
		chart_put_number(j, NULL, line->values[p] / unit);
	json_writer_close_array(j);
	json_writer_close(j);
}

/* The axis of a chart that does not share that of the run. */
static void put_data_axis(struct json_writer *j, const struct chart_axis *axis)
{
	if (axis->length)
		json_writer_bool(j, "clock", true);
	if (axis->max > 0)
		json_writer_bool(j, "load", true);
	json_writer_open_array(j, "at");
	for (unsigned p = 0; p < axis->count; p++)
		json_writer_digits(j, NULL, axis->at[p], 4);
	json_writer_close_array(j);
	json_writer_open_array(j, "of");
	for (unsigned p = 0; p < axis->count; p++)
		json_writer_digits(j, NULL, axis->from[p], 7);
	json_writer_close_array(j);
}

void chart_put_data(struct json_writer *j, const struct chart *c)
{
	static const char *const units[] = {"ms", "/s", ""};

	json_writer_open(j, c->id);
	json_writer_text(j, "unit", str_of(units[c->unit]));
	json_writer_open_array(j, "lines");
	for (unsigned i = 0; i < c->line_count; i++)
		put_data_line(j, c, &c->lines[i]);
	json_writer_close_array(j);
	if (!c->axis->length || c->apart)
		put_data_axis(j, c->axis);
	json_writer_close(j);
}
