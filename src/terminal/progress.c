#include "terminal/progress.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "interface/output.h"
#include "terminal/frame.h"
#include "terminal/rate_window.h"
#include "terminal/screen.h"
#include "result/text_format.h"
#include "stats/verdict.h"

static void *progress_open(struct str where, const struct run_facts *facts, struct buf *error);
static void progress_restart(void *output, const struct run_facts *facts);
static void progress_tick(void *output, const struct summary *sofar, ns_t now);
static bool progress_close(void *output, const struct summary *total, const struct verdict *verdict,
			   struct buf *error);

const struct output_kind output_progress = {
    .name = "progress",
    .progress = true,
    .sentence = "Progress of the run, on standard error.",
    .open = progress_open,
    .restart = progress_restart,
    .tick = progress_tick,
    .close = progress_close,
};

#define LAST_ROWS    200 /* lines of the final frame: it may scroll */
#define HEAD_COLUMNS 1000

struct progress_output {
	const struct run_facts *facts;
	struct screen *screen;	   /* NULL: plain lines */
	struct rate_window window; /* known from the first tick */
	bool window_ready;
	ns_t next_line; /* time of the next plain line */
	ns_t last_line; /* at the previous line: the time and the number of requests */
	uint64_t last_started;
	struct buf text;
};

/* Writes to standard error in one call; a closed pipe is not a reason to stop a run. */
static void write_error_output(const struct buf *text)
{
	size_t done = 0;

	while (done < text->len) {
		ssize_t n = write(STDERR_FILENO, text->data + done, text->len - done);

		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

static void *progress_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct progress_output *o = alloc_zeroed(1, sizeof *o);

	(void)where;
	(void)error;
	o->facts = facts;
	o->next_line = PROGRESS_LINE_EVERY;
	buf_init(&o->text, 0);
	if (facts->live) {
		o->screen = screen_open(STDERR_FILENO);
	} else {
		frame_put_head(&o->text, facts, &facts->error, HEAD_COLUMNS);
		write_error_output(&o->text);
	}
	return o;
}

static void progress_restart(void *output, const struct run_facts *facts)
{
	struct progress_output *o = output;

	if (o->window_ready)
		rate_window_release(&o->window);
	o->window_ready = false;
	o->last_started = 0;
	o->last_line = 0;
	o->facts = facts;
}

/* ---- on a terminal */

static void draw(struct progress_output *o, const struct summary *s, ns_t now, bool last)
{
	struct frame_view view = {
	    .room = screen_size(o->screen), .window = last ? NULL : &o->window, .last = last};

	if (last)
		view.room.rows = LAST_ROWS;
	else
		view.room.rows -= view.room.rows > 1; /* the cursor is below the frame */
	buf_clear(&o->text);
	frame_put(&o->text, o->facts, s, now, &view);
	screen_draw(o->screen, buf_str(&o->text), view.room.columns, last);
}

static void draw_live(struct progress_output *o, const struct summary *s, ns_t now)
{
	if (!o->window_ready)
		rate_window_init(&o->window, s->table->defs.count);
	o->window_ready = true;
	rate_window_add(&o->window, s);
	draw(o, s, now, false);
}

/* ---- elsewhere */

void progress_put_line(struct buf *out, const struct run_facts *facts, const struct summary *s,
		       ns_t now, double rate)
{
	const struct series_counts *counts = &s->all.counts;
	uint64_t failed = recorder_series_counts_failed(counts);
	ns_t p95 = histogram_percentile(&s->all.times[TIME_response], 95);
	ns_t lag = histogram_percentile(&s->lag, 99);

	text_format_clock(out, now);
	buf_add(out, STR("  "));
	text_format_count(out, (uint64_t)s->users_now, "user", "users");
	buf_add(out, STR("  "));
	text_format_count(out, counts->started, "request", "requests");
	buf_add(out, STR("  "));
	text_format_put_rate(out, rate);
	buf_add(out, STR("/s  failed "));
	text_format_share(out, failed, counts->started);
	if (p95 >= 0) {
		buf_add(out, STR("  p95 "));
		text_format_time(out, &facts->error, p95, 0);
	}
	if (lag > HEALTH_LAG_MAX) {
		buf_add(out, STR("  behind schedule by "));
		text_format_time(out, &facts->error, lag, 0);
	}
	buf_add_char(out, '\n');
}

static void put_line(struct progress_output *o, const struct summary *s, ns_t now)
{
	uint64_t started = s->all.counts.started;

	while (o->next_line <= now)
		o->next_line += PROGRESS_LINE_EVERY;
	buf_clear(&o->text);
	progress_put_line(&o->text, o->facts, s, now,
			  text_format_rate(started - o->last_started, now - o->last_line));
	write_error_output(&o->text);
	o->last_line = now;
	o->last_started = started;
}

static void progress_tick(void *output, const struct summary *sofar, ns_t now)
{
	struct progress_output *o = output;
	bool load = !o->facts->stage || *o->facts->stage == STAGE_LOAD;

	if (o->screen)
		draw_live(o, sofar, now);
	else if (load && now >= o->next_line)
		put_line(o, sofar, now);
}

static bool progress_close(void *output, const struct summary *total, const struct verdict *verdict,
			   struct buf *error)
{
	struct progress_output *o = output;

	(void)error;
	if (o->screen && verdict)
		draw(o, total, total->duration, true);
	if (o->screen)
		screen_close(o->screen);
	if (o->screen && verdict) {
		buf_clear(&o->text);
		buf_add_char(&o->text, '\n');
		write_error_output(&o->text);
	}
	if (o->window_ready)
		rate_window_release(&o->window);
	buf_release(&o->text);
	free(o);
	return true;
}
