#include "output/progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/units.h"
#include "kind/output.h"
#include "output/output.h"
#include "output/steps_table.h"
#include "output/words.h"

static struct output *progress_open(struct str where, const struct run_facts *facts,
				    struct buf *error);
static void progress_tick(struct output *o, const struct summary *sofar, ns_t now);
static bool progress_close(struct output *o, const struct summary *total,
			   const struct verdict *verdict, struct buf *error);

const struct output_kind output_progress = {
    .name = "progress",
    .sentence = "How the run goes, on standard error.",
    .open = progress_open,
    .tick = progress_tick,
    .close = progress_close,
};

struct output {
	const struct run_facts *facts;
	ns_t next_line; /* when the next plain line is due */
	ns_t last_line; /* as of the line before: the moment and the requests until then */
	uint64_t last_started;
	size_t frame_lines; /* lines of the frame that stands on the terminal */
	struct buf frame;
	struct buf written;
};

/* To standard error in one piece; a closed terminal is no reason to stop a run. */
static void put_out(const struct buf *text)
{
	size_t done = 0;

	while (done < text->len) {
		ssize_t n = write(STDERR_FILENO, text->data + done, text->len - done);

		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

static void put_head(struct buf *out, const struct run_facts *facts)
{
	words_name(out, facts->name, 60, false);
	buf_add(out, STR("  \xc2\xb7  "));
	escape_terminal(out, facts->target);
	buf_add(out, STR("  \xc2\xb7  "));
	escape_terminal(out, facts->load);
	buf_printf(out, "  \xc2\xb7  seed %llu\n", (unsigned long long)facts->seed);
}

static struct output *progress_open(struct str where, const struct run_facts *facts,
				    struct buf *error)
{
	struct output *o = calloc(1, sizeof *o);

	(void)where;
	(void)error;
	if (!o)
		die_out_of_memory();
	o->facts = facts;
	o->next_line = PROGRESS_LINE_EVERY;
	buf_init(&o->frame, 0);
	buf_init(&o->written, 0);
	if (!facts->terminal) {
		put_head(&o->written, facts);
		put_out(&o->written);
	}
	return o;
}

/* ---- on a terminal */

#define BAR_COLUMNS 34

static void put_bar(struct buf *out, const struct run_facts *facts, ns_t now, bool last)
{
	double share = facts->planned > 0 ? (double)now / (double)facts->planned : 0;
	int filled;

	if (share > 1 || (last && facts->planned > 0 && share > 0.995))
		share = 1;
	filled = (int)(share * BAR_COLUMNS);
	buf_add(out, STR("  "));
	words_clock(out, now);
	if (facts->planned > 0) {
		buf_add(out, STR("  ["));
		for (int i = 0; i < BAR_COLUMNS; i++)
			buf_add_char(out, i < filled - 1 ? '=' : i == filled - 1 ? '>' : ' ');
		buf_printf(out, "] %d %%", (int)(share * 100));
	}
	if (!last)
		words_paint(out, facts->color_error, PAINT_FAINT, "   Ctrl-C stops and reports");
	buf_add_char(out, '\n');
}

static void put_schedule(struct buf *out, const struct summary *s, bool color)
{
	ns_t lag = histogram_percentile(&s->lag, 99);

	if (lag < 0)
		return;
	words_paint(out, color, lag > HEALTH_LAG_MAX ? PAINT_WARN : PAINT_GOOD,
		    lag > HEALTH_LAG_MAX ? "behind schedule" : "on schedule");
	buf_add(out, STR(" (lag p99 "));
	units_put_time(out, lag, false);
	buf_add_char(out, ')');
}

static void put_cell(struct buf *out, const char *label, ns_t value)
{
	buf_printf(out, "%s ", label);
	words_time(out, value, 0);
	buf_add(out, STR("   "));
}

static void put_totals(struct buf *out, const struct run_facts *facts, const struct summary *s,
		       bool last)
{
	static const double percentiles[] = {50, 95, 99};
	const struct series_counts *counts = &s->all.counts;
	const struct histogram *response = &s->all.times[TIME_response];
	double rate = last ? words_rate(counts->started, s->duration)
			   : words_rate(s->last.started, s->last.length);
	uint64_t failed = series_counts_failed(counts);
	ns_t values[3];

	buf_add(out, STR("  users      "));
	units_put_count(out, (uint64_t)(last ? s->users_max : s->users_now));
	if (facts->users > 0) {
		buf_add(out, STR(" of "));
		units_put_count(out, (uint64_t)facts->users);
	}
	buf_add(out, STR("        requests  "));
	units_put_count(out, counts->started);
	buf_printf(out, "   %.1f/s        failed  ", rate);
	if (failed && facts->color_error)
		buf_add(out, STR("\x1b[31m"));
	words_share(out, failed, counts->started);
	if (failed && facts->color_error)
		buf_add(out, STR("\x1b[0m"));
	histogram_percentiles(response, percentiles, 3, values);
	buf_add(out, STR("\n  response   "));
	put_cell(out, "p50", values[0]);
	put_cell(out, "p95", values[1]);
	put_cell(out, "p99", values[2]);
	put_cell(out, "max", response->m.count ? response->m.max_ns : -1);
	put_schedule(out, s, facts->color_error);
	buf_add_char(out, '\n');
}

/* Every line of TEXT cut to COLUMNS, so that none wraps. */
static void clip_lines(struct buf *out, struct str text, size_t columns)
{
	size_t from = 0;

	while (from < text.len) {
		size_t end = str_find_char(text, '\n', from);

		words_clip(out, str_slice(text, from, end), columns);
		buf_add_char(out, '\n');
		from = end + 1;
	}
}

void output_frame_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		      ns_t now, size_t rows, size_t columns, bool last)
{
	size_t fixed = 8 + (facts->judge->count ? facts->judge->count + 1 : 0);
	struct buf frame;

	buf_init(&frame, 0);
	put_head(&frame, facts);
	buf_add_char(&frame, '\n');
	put_bar(&frame, facts, now, last);
	buf_add_char(&frame, '\n');
	put_totals(&frame, facts, s, last);
	buf_add_char(&frame, '\n');
	steps_table_put(&frame, s, facts->color_error, rows > fixed + 3 ? rows - fixed : 3,
			columns);
	if (facts->judge->count) {
		buf_add_char(&frame, '\n');
		thresholds_table_put(&frame, facts->judge, facts->color_error);
	}
	clip_lines(out, buf_str(&frame), columns);
	buf_release(&frame);
}

static size_t count_lines(struct str text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text.len; i++)
		lines += text.ptr[i] == '\n';
	return lines;
}

/* Over the frame that stands there: up, each line to its end, the rest below cleared. */
static void redraw(struct output *o, const struct summary *s, ns_t now, bool last)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	size_t from = 0;
	struct str text;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20 || size.ws_row < 5)
		size = (struct winsize){.ws_row = 24, .ws_col = 80};
	buf_clear(&o->frame);
	buf_clear(&o->written);
	output_frame_put(&o->frame, o->facts, s, now, last ? 200 : size.ws_row, size.ws_col, last);
	if (o->frame_lines)
		buf_printf(&o->written, "\x1b[%zuF", o->frame_lines);
	text = buf_str(&o->frame);
	while (from < text.len) {
		size_t end = str_find_char(text, '\n', from);

		buf_add(&o->written, str_slice(text, from, end));
		buf_add(&o->written, STR("\x1b[K\n"));
		from = end + 1;
	}
	buf_add(&o->written, STR("\x1b[J"));
	o->frame_lines = count_lines(text);
	put_out(&o->written);
}

/* ---- elsewhere */

void output_line_put(struct buf *out, const struct summary *s, ns_t now, double rate)
{
	const struct series_counts *counts = &s->all.counts;
	uint64_t failed = series_counts_failed(counts);
	ns_t p95 = histogram_percentile(&s->all.times[TIME_response], 95);
	ns_t lag = histogram_percentile(&s->lag, 99);

	words_clock(out, now);
	buf_add(out, STR("  "));
	words_count(out, (uint64_t)s->users_now, "user", "users");
	buf_add(out, STR("  "));
	words_count(out, counts->started, "request", "requests");
	buf_printf(out, "  %.1f/s  failed ", rate);
	words_share(out, failed, counts->started);
	if (p95 >= 0) {
		buf_add(out, STR("  p95 "));
		units_put_time(out, p95, false);
	}
	if (lag > HEALTH_LAG_MAX) {
		buf_add(out, STR("  behind schedule by "));
		units_put_time(out, lag, false);
	}
	buf_add_char(out, '\n');
}

static void put_line(struct output *o, const struct summary *s, ns_t now)
{
	uint64_t started = s->all.counts.started;

	while (o->next_line <= now)
		o->next_line += PROGRESS_LINE_EVERY;
	buf_clear(&o->written);
	output_line_put(&o->written, s, now,
			words_rate(started - o->last_started, now - o->last_line));
	put_out(&o->written);
	o->last_line = now;
	o->last_started = started;
}

static void progress_tick(struct output *o, const struct summary *sofar, ns_t now)
{
	if (o->facts->terminal)
		redraw(o, sofar, now, false);
	else if (now >= o->next_line)
		put_line(o, sofar, now);
}

static bool progress_close(struct output *o, const struct summary *total,
			   const struct verdict *verdict, struct buf *error)
{
	(void)verdict;
	(void)error;
	if (o->facts->terminal) {
		redraw(o, total, total->duration, true);
		buf_clear(&o->written);
		buf_add_char(&o->written, '\n');
		put_out(&o->written);
	}
	buf_release(&o->frame);
	buf_release(&o->written);
	free(o);
	return true;
}
