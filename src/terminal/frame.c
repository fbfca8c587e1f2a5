#include "terminal/frame.h"

#include "base/units.h"
#include "terminal/steps_table.h"
#include "terminal/thresholds_table.h"
#include "result/shard_notices.h"
#include "result/text_format.h"
#include "stats/verdict.h"

#define ROOMY_LINES   15 /* from this height with empty lines, and with labels on long lines */
#define ROOMY_COLUMNS 60
#define LABEL	      13 /* columns of "  response   " */
#define BAR_MAX	      40
#define BAR_MIN	      8
#define NAME_MAX      60
#define NOTICES_SHOWN 4u

/* The frame being built. */
struct live_frame {
	const struct run_facts *facts;
	const struct terminal *term;
	const struct summary *s;
	const struct frame_view *view;
	ns_t now;
	size_t columns;
	bool spaced; /* empty lines between the parts */
	bool roomy;  /* and labels, and hints */
};

static size_t count_lines(struct str text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text.len; i++)
		lines += text.ptr[i] == '\n';
	return lines;
}

/* ---- the head */

static void put_head_piece(struct text_flow *flow, const struct terminal *term, struct str text,
			   size_t max)
{
	bool first = flow->at == 0, fits;
	struct buf name, piece;

	buf_init(&name, 0);
	buf_init(&piece, 0);
	text_format_name(&name, term, text, max, false);
	fits = flow->at + 5 + text_format_width(buf_str(&name)) <= flow->columns;
	if (!first && fits) /* a new line needs no dot */
		buf_printf(&piece, "%s  ", text_format_dot(term));
	buf_add(&piece, buf_str(&name));
	text_format_flow_piece(flow, buf_str(&piece), first ? 0 : fits ? 2 : flow->columns);
	buf_release(&name);
	buf_release(&piece);
}

void frame_put_head(struct buf *out, const struct run_facts *facts, const struct terminal *term,
		    size_t columns)
{
	struct text_flow flow = text_format_flow(out, columns, 2, 0);
	size_t max = columns > 8 ? columns - 5 : columns;
	struct buf seed;

	buf_init(&seed, 0);
	buf_printf(&seed, "seed %llu", (unsigned long long)facts->seed);
	put_head_piece(&flow, term, facts->name, max < NAME_MAX ? max : NAME_MAX);
	put_head_piece(&flow, term, facts->target, max);
	put_head_piece(&flow, term, facts->load, max);
	put_head_piece(&flow, term, buf_str(&seed), max);
	buf_add_char(out, '\n');
	buf_release(&seed);
}

/* ---- progress */

static uint64_t iterations_done(const struct summary *s)
{
	const struct series_counts *c = &s->iterations.counts;

	return c->ok + recorder_series_counts_failed(c) + c->cut_off;
}

static enum run_stage stage_of(const struct live_frame *f)
{
	return f->facts->stage && !f->view->last ? *f->facts->stage : STAGE_LOAD;
}

/* 0 to 1, by time or iterations, the larger of the two; below 0: unknown. */
static double share_done(const struct live_frame *f)
{
	double share = -1;

	if (stage_of(f) == STAGE_SETUP || stage_of(f) == STAGE_WARM_UP)
		return share;
	if (f->facts->planned > 0)
		share = (double)f->now / (double)f->facts->planned;
	if (f->facts->iterations) {
		double done = (double)iterations_done(f->s) / (double)f->facts->iterations;

		share = done > share ? done : share;
	}
	if ((f->view->last && share > 0.995) || stage_of(f) == STAGE_TEARDOWN)
		share = 1;
	return share > 1 ? 1 : share;
}

static bool is_stopping(const struct live_frame *f)
{
	if (f->facts->shards)
		return f->facts->shards->stopping;
	return f->facts->signal && *f->facts->signal != 0;
}

/* The current activity, and what the user can do. */
static const char *current_hint(const struct live_frame *f, double share)
{
	if (f->view->last)
		return NULL;
	if (f->facts->shards)
		return is_stopping(f) ? "stopping all shards"
				      : "Ctrl-C ends the watch, not the shards";
	if (is_stopping(f))
		return "stopping; Ctrl-C again ends now";
	if (stage_of(f) == STAGE_TEARDOWN)
		return "teardown";
	if (share >= 1)
		return "finishing iterations in progress";
	return "Ctrl-C stops and reports";
}

static void put_iterations(struct buf *out, const struct live_frame *f)
{
	uint64_t done = iterations_done(f->s);

	if (!f->facts->iterations) {
		text_format_count(out, done, "iteration", "iterations");
		return;
	}
	units_put_count(out, done);
	buf_add(out, STR(" of "));
	text_format_count(out, f->facts->iterations, "iteration", "iterations");
}

static void put_bar(struct buf *out, size_t columns, double share)
{
	size_t filled = (size_t)(share * (double)columns + 0.5);

	buf_add_char(out, '[');
	for (size_t i = 0; i < columns; i++)
		buf_add_char(out, i + 1 < filled || (i + 1 == filled && share >= 1) ? '='
				  : i + 1 == filled				    ? '>'
										    : ' ');
	buf_add_char(out, ']');
}

/* The text to the right of the bar. */
static void put_bar_words(struct buf *out, const struct live_frame *f, double share)
{
	if (stage_of(f) == STAGE_SETUP) {
		buf_add(out, STR("setup; the load starts after it"));
		return;
	}
	if (stage_of(f) == STAGE_WARM_UP) {
		buf_add(out, STR("warm-up; not measured yet"));
		return;
	}
	if (share >= 0)
		buf_printf(out, "%3d %%", (int)(share * 100));
	if (share < 0 || f->facts->iterations) {
		if (out->len)
			buf_add(out, STR("   "));
		put_iterations(out, f);
	}
}

static void put_progress(struct buf *out, const struct live_frame *f)
{
	double share = share_done(f);
	const char *hint = current_hint(f, share);
	size_t taken = 2 + 8 + 2; /* the clock */
	struct buf words, clock;
	struct text_flow flow;

	buf_init(&words, 0);
	buf_init(&clock, 0);
	put_bar_words(&words, f, share);
	text_format_clock(&clock, stage_of(f) == STAGE_TEARDOWN ? f->s->duration : f->now);
	buf_printf(out, "  %s", clock.data);
	taken += words.len + 3 + (hint && f->roomy ? str_of(hint).len + 3 : 0);
	if (share >= 0) {
		size_t bar = f->columns > taken + BAR_MIN ? f->columns - taken : BAR_MIN;

		buf_add(out, STR("  "));
		put_bar(out, bar < BAR_MAX ? bar : BAR_MAX, share);
	}
	buf_printf(out, "%s%s", share >= 0 ? " " : "  ", words.data);
	flow = text_format_flow(out, f->columns, 2, text_format_width(buf_str(out)));
	if (hint && (f->roomy || is_stopping(f))) {
		buf_clear(&words);
		text_format_style(&words, f->term,
				  is_stopping(f) ? TEXT_STYLE_WARN : TEXT_STYLE_FAINT, hint);
		text_format_flow_piece(&flow, buf_str(&words), 3);
	}
	buf_add_char(out, '\n');
	buf_release(&words);
	buf_release(&clock);
}

/* ---- totals */

static void put_users(struct buf *out, const struct live_frame *f)
{
	units_put_count(out, (uint64_t)(f->view->last ? f->s->users_max : f->s->users_now));
	if (f->facts->users > 0) {
		buf_add(out, STR(" of "));
		units_put_count(out, (uint64_t)f->facts->users);
	}
}

static void put_failed(struct buf *out, const struct live_frame *f)
{
	const struct series_counts *counts = &f->s->all.counts;
	uint64_t failed = recorder_series_counts_failed(counts);
	struct buf text;

	buf_init(&text, 0);
	text_format_share(&text, failed, counts->started);
	text_format_style(out, f->term, failed ? TEXT_STYLE_BAD : TEXT_STYLE_NONE, text.data);
	buf_release(&text);
}

static bool is_behind_schedule(const struct summary *s)
{
	return histogram_percentile(&s->lag, 99) > HEALTH_LAG_MAX;
}

static void put_schedule(struct buf *out, const struct live_frame *f)
{
	bool behind = is_behind_schedule(f->s);

	text_format_style(out, f->term, behind ? TEXT_STYLE_WARN : TEXT_STYLE_GOOD,
			  behind ? "behind schedule" : "on schedule");
	buf_add(out, STR(" (lag p99 "));
	text_format_time(out, f->term, histogram_percentile(&f->s->lag, 99), 0);
	buf_add_char(out, ')');
}

/* The piece in TEXT, padded to PAD columns so that the following ones do not move. */
static void put_piece(struct text_flow *flow, struct buf *text, size_t pad, size_t gap)
{
	size_t wide = text_format_width(buf_str(text));

	if (wide < pad)
		buf_printf(text, "%*s", (int)(pad - wide), "");
	text_format_flow_piece(flow, buf_str(text), gap);
	buf_clear(text);
}

static void put_percentiles(struct text_flow *flow, const struct live_frame *f)
{
	static const double percentiles[] = {50, 95, 99};
	static const char *const names[] = {"p50", "p95", "p99"};
	const struct histogram *response = &f->s->all.times[TIME_response];
	ns_t values[3];
	struct buf text;

	buf_init(&text, 0);
	histogram_percentiles(response, percentiles, 3, values);
	for (size_t i = 0; i < 3; i++) {
		buf_printf(&text, "%s ", names[i]);
		text_format_time(&text, f->term, values[i], 0);
		put_piece(flow, &text, 10, flow->at > flow->indent ? 2 : 0);
	}
	buf_add(&text, STR("max "));
	text_format_time(&text, f->term, response->m.count ? response->m.max_ns : -1, 0);
	if (f->roomy || flow->at + 2 + text.len <= flow->columns)
		put_piece(flow, &text, 10, 2);
	buf_release(&text);
}

static double total_rate(const struct live_frame *f)
{
	return rate_window_rate(f->view->window, f->s, f->s->table->defs.count);
}

static void put_sockets(struct buf *out, const struct live_frame *f)
{
	buf_add(out, STR("\n  sockets    "));
	units_put_count(out, summary_open_sockets(f->s));
	buf_add(out, STR(" open   messages  "));
	units_put_count(out, f->s->run.messages_sent);
	buf_add(out, STR(" sent, "));
	units_put_count(out, f->s->run.messages_received);
	buf_add(out, STR(" received"));
}

static void put_totals_roomy(struct buf *out, const struct live_frame *f)
{
	struct text_flow flow = text_format_flow(out, f->columns, LABEL, LABEL);
	struct buf text;

	buf_init(&text, 0);
	buf_add(out, STR("  users      "));
	put_users(&text, f);
	put_piece(&flow, &text, 14, 0);
	buf_add(&text, STR("requests  "));
	units_put_count(&text, f->s->all.counts.started);
	buf_add(&text, STR("   "));
	text_format_put_rate(&text, total_rate(f));
	buf_add(&text, STR("/s"));
	put_piece(&flow, &text, 27, 2);
	buf_add(&text, STR("failed  "));
	put_failed(&text, f);
	put_piece(&flow, &text, 0, 2);
	buf_add(out, STR("\n  response   "));
	flow = text_format_flow(out, f->columns, LABEL, LABEL);
	put_percentiles(&flow, f);
	if (f->s->lag.m.count) {
		put_schedule(&text, f);
		put_piece(&flow, &text, 0, 2);
	}
	if (f->s->run.sockets_opened)
		put_sockets(out, f);
	buf_add_char(out, '\n');
	buf_release(&text);
}

/* Without labels, and with the schedule only if it is late. */
static void put_totals_tight(struct buf *out, const struct live_frame *f)
{
	struct text_flow flow = text_format_flow(out, f->columns, 2, 2);
	struct buf text;

	buf_init(&text, 0);
	buf_add(out, STR("  "));
	put_users(&text, f);
	buf_add(&text, STR(" users"));
	put_piece(&flow, &text, 0, 0);
	text_format_count(&text, f->s->all.counts.started, "request", "requests");
	put_piece(&flow, &text, 0, 3);
	text_format_put_rate(&text, total_rate(f));
	buf_add(&text, STR("/s"));
	put_piece(&flow, &text, 0, 3);
	buf_add(&text, STR("failed "));
	put_failed(&text, f);
	put_piece(&flow, &text, 0, 3);
	buf_add(out, STR("\n  "));
	flow = text_format_flow(out, f->columns, 2, 2);
	put_percentiles(&flow, f);
	if (f->s->lag.m.count && is_behind_schedule(f->s)) {
		put_schedule(&text, f);
		put_piece(&flow, &text, 0, 3);
	}
	buf_add_char(out, '\n');
	buf_release(&text);
}

/* The shards of a run that is watched, and what is wrong with them. */
static void put_shards(struct buf *out, const struct live_frame *f)
{
	const struct shard_notices *shards = f->facts->shards;
	struct buf text;

	if (!shards || f->view->last)
		return;
	buf_init(&text, 0);
	buf_add(out, f->roomy ? STR("  shards     ") : STR("  shards "));
	shard_notices_put_counts(out, shards);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < shards->items.count && i < NOTICES_SHOWN; i++) {
		buf_clear(&text);
		text_format_text(&text, f->term, shards->items.items[i]);
		buf_add(out, f->roomy ? STR("             ") : STR("  "));
		text_format_style(out, f->term, TEXT_STYLE_WARN, text.data);
		buf_add_char(out, '\n');
	}
	buf_release(&text);
}

/* ---- the whole frame */

static void put_gap(struct buf *out, const struct live_frame *f)
{
	if (f->spaced)
		buf_add_char(out, '\n');
}

/* Steps and thresholds share the remaining lines LEFT: each gets what it needs, otherwise the
 * thresholds get a third. */
static void put_tables(struct buf *out, const struct live_frame *f, size_t left)
{
	size_t gap = f->spaced ? 1 : 0;
	size_t steps = steps_table_lines(f->s), thresholds = f->facts->judge->count;
	struct table_size room = {.columns = f->columns};

	if (thresholds)
		left = left > gap ? left - gap : 0;
	if (steps + thresholds > left && thresholds > left / 3)
		thresholds = left / 3 ? left / 3 : left > 0 && thresholds > 0;
	room.lines = left - thresholds;
	steps_table_put(out, f->s, f->view->window, f->term, room);
	if (!thresholds)
		return;
	put_gap(out, f);
	room.lines = thresholds;
	thresholds_table_put(out, f->facts->judge, f->term, room, f->view->last);
}

/* The first LINES of TEXT, each cut to COLUMNS, so that none wraps. */
static void put_clipped_lines(struct buf *out, struct str text, struct terminal_size room)
{
	size_t from = 0;

	for (size_t i = 0; i < room.rows && from < text.len; i++) {
		size_t end = str_find_char(text, '\n', from);

		text_format_clip(out, str_slice(text, from, end), room.columns);
		buf_add_char(out, '\n');
		from = end + 1;
	}
}

void frame_put(struct buf *out, const struct run_facts *facts, const struct summary *s, ns_t now,
	       const struct frame_view *view)
{
	struct terminal_size room = view->room;
	struct live_frame f = {
	    .facts = facts, .term = &facts->error, .s = s, .view = view, .now = now};
	struct buf text, line;
	size_t taken;

	f.columns = room.columns;
	f.spaced = room.rows >= ROOMY_LINES;
	f.roomy = f.spaced && room.columns >= ROOMY_COLUMNS;
	buf_init(&text, 0);
	buf_init(&line, 0);
	frame_put_head(&line, facts, f.term, room.columns);
	buf_add(&text,
		f.roomy ? buf_str(&line)
			: str_slice(buf_str(&line), 0, str_find_char(buf_str(&line), '\n', 0) + 1));
	buf_clear(&line);
	put_gap(&text, &f);
	put_progress(&line, &f);
	buf_add(&text, buf_str(&line));
	put_gap(&text, &f);
	if (f.roomy)
		put_totals_roomy(&text, &f);
	else
		put_totals_tight(&text, &f);
	put_shards(&text, &f);
	put_gap(&text, &f);
	taken = count_lines(buf_str(&text));
	put_tables(&text, &f, room.rows > taken ? room.rows - taken : 0);
	put_clipped_lines(out, buf_str(&text), room);
	buf_release(&text);
	buf_release(&line);
}
