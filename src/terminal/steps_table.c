#include "terminal/steps_table.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/units.h"
#include "result/text_format.h"

#define NAME_COMFORTABLE 20 /* below this width, columns of numbers are omitted */
#define NAME_MIN	 8
#define REASON_MIN	 10

static void put_requests(struct buf *out, const struct terminal *term, const struct summary *s,
			 const struct rate_window *window, unsigned series, size_t columns);
static void put_rate(struct buf *out, const struct terminal *term, const struct summary *s,
		     const struct rate_window *window, unsigned series, size_t columns);
static void put_p50(struct buf *out, const struct terminal *term, const struct summary *s,
		    const struct rate_window *window, unsigned series, size_t columns);
static void put_p95(struct buf *out, const struct terminal *term, const struct summary *s,
		    const struct rate_window *window, unsigned series, size_t columns);
static void put_p99(struct buf *out, const struct terminal *term, const struct summary *s,
		    const struct rate_window *window, unsigned series, size_t columns);
static void put_failed(struct buf *out, const struct terminal *term, const struct summary *s,
		       const struct rate_window *window, unsigned series, size_t columns);

/* The columns from left to right. */
static const struct figure {
	const char *heading;
	size_t columns;
	unsigned drop_order; /* 1 first; 0 never */
	bool grows;	     /* a count: can be wider, and never touches the next column */
	void (*put)(struct buf *out, const struct terminal *term, const struct summary *s,
		    const struct rate_window *window, unsigned series, size_t columns);
} figures[] = {
    {"requests", 9, 4, true, put_requests}, {"/s", 7, 3, true, put_rate},
    {"p50", 8, 1, false, put_p50},	    {"p95", 8, 0, false, put_p95},
    {"p99", 8, 2, false, put_p99},	    {"failed", 7, 0, true, put_failed},
};
#define FIGURES (sizeof(figures) / sizeof(figures[0]))

/* The layout of the current table. */
struct steps_layout {
	const struct summary *s;
	const struct rate_window *window;
	const struct terminal *term;
	size_t columns, name, indent;
	size_t wide[FIGURES]; /* width of each column: more if counts are huge */
	bool shown[FIGURES];
	bool headings, reasons, counts_rest;
	bool *chosen; /* for each series: it has a line */
};

/* ---- cells */

static void put_count(struct buf *out, uint64_t count, size_t columns)
{
	struct buf text;

	buf_init(&text, 0);
	units_put_count(&text, count);
	text_format_align_right(out, buf_str(&text), columns);
	buf_release(&text);
}

static void put_requests(struct buf *out, const struct terminal *term, const struct summary *s,
			 const struct rate_window *window, unsigned series, size_t columns)
{
	(void)term;
	(void)window;
	put_count(out, s->series[series].counts.started, columns);
}

static void put_rate(struct buf *out, const struct terminal *term, const struct summary *s,
		     const struct rate_window *window, unsigned series, size_t columns)
{
	struct buf text;

	(void)term;
	buf_init(&text, 0);
	text_format_put_rate(&text, rate_window_rate(window, s, series));
	text_format_align_right(out, buf_str(&text), columns);
	buf_release(&text);
}

static void put_percentile(struct buf *out, const struct terminal *term, const struct summary *s,
			   unsigned series, double percentile, size_t columns)
{
	text_format_time(out, term,
			 histogram_percentile(&s->series[series].times[TIME_response], percentile),
			 columns);
}

static void put_p50(struct buf *out, const struct terminal *term, const struct summary *s,
		    const struct rate_window *window, unsigned series, size_t columns)
{
	(void)window;
	put_percentile(out, term, s, series, 50, columns);
}

static void put_p95(struct buf *out, const struct terminal *term, const struct summary *s,
		    const struct rate_window *window, unsigned series, size_t columns)
{
	(void)window;
	put_percentile(out, term, s, series, 95, columns);
}

static void put_p99(struct buf *out, const struct terminal *term, const struct summary *s,
		    const struct rate_window *window, unsigned series, size_t columns)
{
	(void)window;
	put_percentile(out, term, s, series, 99, columns);
}

static uint64_t failed_of(const struct summary *s, unsigned series)
{
	return recorder_series_counts_failed(&s->series[series].counts);
}

static void put_failed(struct buf *out, const struct terminal *term, const struct summary *s,
		       const struct rate_window *window, unsigned series, size_t columns)
{
	struct buf text;

	(void)window;
	buf_init(&text, 0);
	put_count(&text, failed_of(s, series), columns);
	text_format_style(out, term, failed_of(s, series) ? TEXT_STYLE_BAD : TEXT_STYLE_NONE,
			  text.data);
	buf_release(&text);
}

/* A class in one or two words. */
static const char *short_name(enum failure_class class)
{
	switch ((int)class) {
	case FAILURE_timeout_connect:
		return "timeout";
	case FAILURE_blocked_host:
		return "blocked";
	case FAILURE_body_limit:
		return "too big";
	case FAILURE_generator_fds:
		return "files";
	case FAILURE_generator_ports:
		return "ports";
	default:
		return failure_name(class);
	}
}

/* The most frequent failure of a step: its status, else its class. */
static void put_reason(struct buf *out, const struct summary *s, unsigned series)
{
	const struct failure_note *top = NULL;

	for (unsigned i = 0; i < s->failure_count; i++) {
		const struct failure_note *note = &s->failures[i];

		if (note->series == series && (!top || note->count > top->count))
			top = note;
	}
	if (!top)
		return;
	buf_add(out, STR("  "));
	if (top->class == FAILURE_status)
		buf_printf(out, "HTTP %u", top->detail);
	else
		buf_add(out, str_of(short_name(top->class)));
}

/* ---- the layout */

static bool is_step(const struct summary *s, size_t i)
{
	return s->table->defs.items[i].kind == SERIES_STEP;
}

static size_t count_steps(const struct summary *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->table->defs.count; i++)
		count += is_step(s, i);
	return count;
}

/* Headings of scenarios, in the order of the table; a single scenario has none. */
static size_t count_headings(const struct summary *s)
{
	struct str scenario = STR_NULL;
	size_t count = 0;

	for (size_t i = 0; i < s->table->defs.count; i++) {
		const struct series_def *def = &s->table->defs.items[i];

		if (!is_step(s, i) || (scenario.ptr && str_eq(scenario, def->scenario)))
			continue;
		scenario = def->scenario;
		count++;
	}
	return count > 1 ? count : 0;
}

size_t steps_table_lines(const struct summary *s)
{
	return 1 + count_headings(s) + count_steps(s);
}

/* Width of the longest name with its indent. */
static size_t longest_name(const struct steps_layout *l)
{
	size_t need = NAME_COMFORTABLE;

	for (size_t i = 0; i < l->s->table->defs.count; i++) {
		size_t wide = is_step(l->s, i)
				  ? text_format_name_width(l->term, l->s->table->defs.items[i].name)
				  : 0;

		need = wide + l->indent > need ? wide + l->indent : need;
	}
	return need;
}

/* A column is as wide as its largest count and a space, but has a minimum width. */
static void measure_columns(struct steps_layout *l)
{
	struct buf text;

	buf_init(&text, 0);
	for (size_t i = 0; i < FIGURES; i++) {
		l->wide[i] = figures[i].columns;
		for (unsigned k = 0; figures[i].grows && k < l->s->table->defs.count; k++) {
			size_t wide;

			if (!is_step(l->s, k))
				continue;
			buf_clear(&text);
			figures[i].put(&text, l->term, l->s, l->window, k, 0);
			wide = text_format_width(buf_str(&text)) + 1;
			l->wide[i] = wide > l->wide[i] ? wide : l->wide[i];
		}
	}
	buf_release(&text);
}

static size_t figures_columns(const struct steps_layout *l)
{
	size_t columns = l->reasons ? REASON_MIN : 0;

	for (size_t i = 0; i < FIGURES; i++)
		columns += l->shown[i] ? l->wide[i] : 0;
	return columns;
}

/* Columns are omitted until the name has its minimum width; it gets up to its full width of the
 * rest. */
static void fit_columns(struct steps_layout *l)
{
	size_t wanted = longest_name(l);
	size_t room;

	measure_columns(l);
	for (size_t i = 0; i < FIGURES; i++)
		l->shown[i] = true;
	for (unsigned turn = 1; turn <= FIGURES; turn++) {
		if (figures_columns(l) + NAME_COMFORTABLE <= l->columns)
			break;
		for (size_t i = 0; i < FIGURES; i++)
			if (figures[i].drop_order == turn)
				l->shown[i] = false;
		if (turn == 2)
			l->reasons = false;
	}
	room = l->columns > figures_columns(l) ? l->columns - figures_columns(l) : 0;
	l->name = wanted < room ? wanted : room > NAME_MIN ? room : NAME_MIN;
}

/* Whether step A is more important than B: failing ones first, then busy ones. */
static bool ranks_above(const struct summary *s, unsigned a, unsigned b)
{
	if (failed_of(s, a) != failed_of(s, b))
		return failed_of(s, a) > failed_of(s, b);
	return s->series[a].counts.started > s->series[b].counts.started;
}

/* The COUNT most important steps; ties in the order of the table. */
static void choose_steps(struct steps_layout *l, size_t count)
{
	size_t all = l->s->table->defs.count;

	while (count-- > 0) {
		size_t best = all;

		for (size_t i = 0; i < all; i++) {
			if (!is_step(l->s, i) || l->chosen[i])
				continue;
			if (best == all || ranks_above(l->s, (unsigned)i, (unsigned)best))
				best = i;
		}
		if (best < all)
			l->chosen[best] = true;
	}
}

/* ---- lines */

static void end_line(struct buf *out, const struct steps_layout *l, struct buf *line)
{
	text_format_clip(out, buf_str(line), l->columns);
	buf_add_char(out, '\n');
	buf_clear(line);
}

static void put_heading(struct buf *out, const struct steps_layout *l)
{
	struct buf text, line;

	buf_init(&text, 0);
	buf_init(&line, 0);
	buf_printf(&text, "  %-*s", (int)l->name - 2, "step");
	for (size_t i = 0; i < FIGURES; i++)
		if (l->shown[i])
			buf_printf(&text, "%*s", (int)l->wide[i], figures[i].heading);
	text_format_style(&line, l->term, TEXT_STYLE_FAINT, text.data);
	end_line(out, l, &line);
	buf_release(&text);
	buf_release(&line);
}

static void put_step(struct buf *out, const struct steps_layout *l, unsigned series)
{
	struct buf line, reason;

	buf_init(&line, 0);
	buf_init(&reason, 0);
	buf_printf(&line, "%*s", (int)l->indent, "");
	text_format_name(&line, l->term, l->s->table->defs.items[series].name, l->name - l->indent,
			 true);
	for (size_t i = 0; i < FIGURES; i++)
		if (l->shown[i])
			figures[i].put(&line, l->term, l->s, l->window, series, l->wide[i]);
	if (l->reasons && failed_of(l->s, series)) {
		put_reason(&reason, l->s, series);
		if (reason.len)
			text_format_style(&line, l->term, TEXT_STYLE_BAD, reason.data);
	}
	end_line(out, l, &line);
	buf_release(&line);
	buf_release(&reason);
}

static void put_scenario(struct buf *out, const struct steps_layout *l, struct str name)
{
	buf_add(out, STR("  "));
	text_format_name(out, l->term, name, l->columns > 12 ? l->columns - 2 : 10, false);
	buf_add_char(out, '\n');
}

static void put_omitted(struct buf *out, const struct steps_layout *l)
{
	size_t left_out = 0, failing = 0;
	struct buf line;

	for (size_t i = 0; i < l->s->table->defs.count; i++) {
		if (!is_step(l->s, i) || l->chosen[i])
			continue;
		left_out++;
		failing += failed_of(l->s, (unsigned)i) > 0;
	}
	if (!left_out)
		return;
	buf_init(&line, 0);
	buf_add(&line, STR("  and "));
	text_format_count(&line, left_out, "more step", "more steps");
	if (failing)
		buf_printf(&line, ", %zu of them failing", failing);
	end_line(out, l, &line);
	buf_release(&line);
}

static void put_lines(struct buf *out, const struct steps_layout *l)
{
	struct str scenario = STR_NULL;

	put_heading(out, l);
	for (unsigned i = 0; i < l->s->table->defs.count; i++) {
		const struct series_def *def = &l->s->table->defs.items[i];

		if (!l->chosen[i])
			continue;
		if (l->headings && !(scenario.ptr && str_eq(scenario, def->scenario)))
			put_scenario(out, l, def->scenario);
		scenario = def->scenario;
		put_step(out, l, i);
	}
	if (l->counts_rest)
		put_omitted(out, l);
}

void steps_table_put(struct buf *out, const struct summary *s, const struct rate_window *window,
		     const struct terminal *term, struct table_size room)
{
	struct steps_layout l = {.s = s, .window = window, .term = term, .columns = room.columns};
	size_t steps = count_steps(s), headings = count_headings(s);

	if (room.lines < 2)
		return;
	l.chosen = alloc_zeroed(s->table->defs.count + 1, sizeof(*l.chosen));
	l.headings = headings && 1 + headings + steps <= room.lines;
	l.indent = l.headings ? 4 : 2;
	l.reasons = s->failure_count > 0;
	fit_columns(&l);
	l.counts_rest = room.lines > 2;
	if (1 + steps <= room.lines)
		choose_steps(&l, steps);
	else
		choose_steps(&l, l.counts_rest ? room.lines - 2 : 1);
	put_lines(out, &l);
	free(l.chosen);
}
