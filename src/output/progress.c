#include "output/progress.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "kind/output.h"
#include "output/frame.h"
#include "output/output.h"
#include "output/pace.h"
#include "output/screen.h"
#include "output/words.h"
#include "stats/verdict.h"

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

#define LAST_ROWS    200 /* of the frame that stays: it may scroll */
#define HEAD_COLUMNS 1000

struct output {
	const struct run_facts *facts;
	struct screen *screen; /* NULL: plain lines */
	struct pace pace;      /* known from the first tick on */
	bool paced;
	ns_t next_line; /* when the next plain line is due */
	ns_t last_line; /* as of the line before: the moment and the requests until then */
	uint64_t last_started;
	struct buf text;
};

/* To standard error in one piece; a reader that went away is no reason to stop a run. */
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
	buf_init(&o->text, 0);
	if (facts->live) {
		o->screen = screen_open(STDERR_FILENO);
	} else {
		frame_put_head(&o->text, facts, &facts->error, HEAD_COLUMNS);
		put_out(&o->text);
	}
	return o;
}

/* ---- on a terminal */

static void draw(struct output *o, const struct summary *s, ns_t now, bool last)
{
	struct frame_view view = {
	    .room = screen_size(o->screen), .pace = last ? NULL : &o->pace, .last = last};

	if (last)
		view.room.rows = LAST_ROWS;
	else
		view.room.rows -= view.room.rows > 1; /* the cursor stands below the frame */
	buf_clear(&o->text);
	frame_put(&o->text, o->facts, s, now, &view);
	screen_draw(o->screen, buf_str(&o->text), view.room.columns, last);
}

static void draw_live(struct output *o, const struct summary *s, ns_t now)
{
	if (!o->paced)
		pace_init(&o->pace, s->table->defs.count);
	o->paced = true;
	pace_take(&o->pace, s);
	draw(o, s, now, false);
}

/* ---- elsewhere */

void output_line_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		     ns_t now, double rate)
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
	buf_add(out, STR("  "));
	words_put_rate(out, rate);
	buf_add(out, STR("/s  failed "));
	words_share(out, failed, counts->started);
	if (p95 >= 0) {
		buf_add(out, STR("  p95 "));
		words_time(out, &facts->error, p95, 0);
	}
	if (lag > HEALTH_LAG_MAX) {
		buf_add(out, STR("  behind schedule by "));
		words_time(out, &facts->error, lag, 0);
	}
	buf_add_char(out, '\n');
}

static void put_line(struct output *o, const struct summary *s, ns_t now)
{
	uint64_t started = s->all.counts.started;

	while (o->next_line <= now)
		o->next_line += PROGRESS_LINE_EVERY;
	buf_clear(&o->text);
	output_line_put(&o->text, o->facts, s, now,
			words_rate(started - o->last_started, now - o->last_line));
	put_out(&o->text);
	o->last_line = now;
	o->last_started = started;
}

static void progress_tick(struct output *o, const struct summary *sofar, ns_t now)
{
	bool load = !o->facts->stage || *o->facts->stage == STAGE_LOAD;

	if (o->screen)
		draw_live(o, sofar, now);
	else if (load && now >= o->next_line)
		put_line(o, sofar, now);
}

static bool progress_close(struct output *o, const struct summary *total,
			   const struct verdict *verdict, struct buf *error)
{
	(void)error;
	if (o->screen && verdict)
		draw(o, total, total->duration, true);
	if (o->screen)
		screen_close(o->screen);
	if (o->screen && verdict) {
		buf_clear(&o->text);
		buf_add_char(&o->text, '\n');
		put_out(&o->text);
	}
	if (o->paced)
		pace_release(&o->pace);
	buf_release(&o->text);
	free(o);
	return true;
}
