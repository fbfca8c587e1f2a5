#include "terminal/summary_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/units.h"
#include "interface/output.h"
#include "result/capacity_table.h"
#include "result/verdict_text.h"
#include "terminal/failures_text.h"
#include "terminal/steps_table.h"
#include "terminal/thresholds_table.h"
#include "result/text_format.h"

static void *text_open(struct str where, const struct run_facts *facts, struct buf *error);
static bool text_close(void *output, const struct summary *total, const struct verdict *verdict,
		       struct buf *error);

const struct output_kind output_text = {
    .name = "text",
    .prints = true,
    .sentence = "The result for people, on standard output (or on standard error).",
    .open = text_open,
    .close = text_close,
};

#define TABLE_LINES    200
#define TABLE_COLUMNS  120 /* without a terminal; only as many as names need */
#define TEXT_COLUMNS   80  /* of sentences, without a terminal */
#define SENTENCE_MAX   100
#define VERDICT_INDENT 9
#define REASON_INDENT  12
#define NAME_MAX       60

struct text_output {
	const struct run_facts *facts;
	FILE *stream;
	bool on_error;
};

/* The summary while it is built. */
struct summary_text {
	const struct run_facts *facts;
	const struct terminal *term;
	const struct summary *s;
	const struct verdict *verdict;
	size_t columns; /* of sentences */
	size_t table_columns;
	struct buf *out;
};

static void *text_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct text_output *o = alloc_zeroed(1, sizeof *o);

	(void)error;
	o->facts = facts;
	o->on_error = str_eq(where, STR("stderr"));
	o->stream = o->on_error ? stderr : stdout;
	return o;
}

static bool text_close(void *output, const struct summary *total, const struct verdict *verdict,
		       struct buf *error)
{
	struct text_output *o = output;
	const struct terminal *term = o->on_error ? &o->facts->error : &o->facts->output;
	size_t columns = term->is_terminal ? terminal_size(fileno(o->stream)).columns : 0;
	struct buf text;
	bool good;

	buf_init(&text, 0);
	if (verdict)
		summary_text_put(&text, o->facts, total, verdict, term, columns);
	good = !verdict ||
	       (fwrite(text.data, 1, text.len, o->stream) == text.len && fflush(o->stream) == 0);
	if (!good)
		buf_printf(error, "cannot write the result: %s", strerror(errno));
	buf_release(&text);
	free(o);
	return good;
}

/* ---- the verdict */

static void put_figures(struct text_flow *flow, const struct summary_text *r)
{
	const struct series_counts *counts = &r->s->all.counts;
	uint64_t failed = recorder_series_counts_failed(counts);
	ns_t p95 = histogram_percentile(&r->s->all.times[TIME_response], 95);
	struct buf text;

	buf_init(&text, 0);
	text_format_count(&text, counts->started, "request in ", "requests in ");
	text_format_time(&text, r->term, r->s->duration, 0);
	buf_add_char(&text, ',');
	text_format_flow_unit(flow, &text, 1);
	if (failed) {
		units_put_count(&text, failed);
		buf_add(&text, STR(" failed ("));
		text_format_percent(&text, failed, counts->started);
		buf_add_char(&text, ')');
	} else {
		buf_add(&text, STR("none failed"));
	}
	buf_add_char(&text, counts->cut_off || p95 >= 0 ? ',' : '.');
	text_format_flow_unit(flow, &text, 1);
	if (counts->cut_off) {
		units_put_count(&text, counts->cut_off);
		buf_add(&text, STR(" cut off at the end"));
		buf_add_char(&text, p95 >= 0 ? ',' : '.');
		text_format_flow_unit(flow, &text, 1);
	}
	if (p95 >= 0) {
		buf_add(&text, STR("p95 "));
		text_format_time(&text, r->term, p95, 0);
		buf_add_char(&text, '.');
		text_format_flow_unit(flow, &text, 1);
	}
	buf_release(&text);
}

/* A word in front of the sentences. */
static void put_word(const struct summary_text *r, enum text_style style, const char *word)
{
	text_format_style(r->out, r->term, style, word);
	buf_printf(r->out, "%*s", (int)(VERDICT_INDENT - strlen(word)), "");
}

static void put_headline(const struct summary_text *r)
{
	static const enum text_style styles[] = {
	    [VERDICT_PASS] = TEXT_STYLE_GOOD,
	    [VERDICT_FAIL] = TEXT_STYLE_BAD,
	    [VERDICT_NO_DATA] = TEXT_STYLE_BAD,
	    [VERDICT_UNJUDGED] = TEXT_STYLE_STRONG,
	};
	struct text_flow flow =
	    text_format_flow(r->out, r->columns, VERDICT_INDENT, VERDICT_INDENT);
	struct buf text;

	buf_init(&text, 0);
	put_word(r, styles[r->verdict->outcome], verdict_text_word(r->verdict));
	text_format_name(&text, r->term, r->facts->name, NAME_MAX, false);
	buf_add_char(&text, ':');
	text_format_flow_words(&flow, &text);
	verdict_text_outcome(&text, r->term, r->facts, r->s, r->verdict);
	text_format_flow_words(&flow, &text);
	put_figures(&flow, r);
	buf_add_char(r->out, '\n');
	buf_release(&text);
}

/* Comes first: all that follows is based on the saved data only. */
static void put_partial(const struct summary_text *r)
{
	struct text_flow flow =
	    text_format_flow(r->out, r->columns, VERDICT_INDENT, VERDICT_INDENT);
	struct buf text;

	if (!r->verdict->partial || !r->verdict->missing[0])
		return;
	buf_init(&text, 0);
	put_word(r, TEXT_STYLE_WARN, "PARTIAL");
	verdict_text_partial(&text, r->term, r->verdict);
	text_format_flow_words(&flow, &text);
	buf_add_char(r->out, '\n');
	buf_release(&text);
}

/* A sentence below the headline. */
static void put_sentence(const struct summary_text *r, struct buf *text)
{
	struct text_flow flow =
	    text_format_flow(r->out, r->columns, VERDICT_INDENT, VERDICT_INDENT);

	buf_printf(r->out, "%*s", VERDICT_INDENT, "");
	text_format_flow_words(&flow, text);
	buf_add_char(r->out, '\n');
}

static void put_stopped(const struct summary_text *r)
{
	struct buf text;

	if (r->verdict->stopped_by.len == 0)
		return;
	buf_init(&text, 0);
	verdict_text_stopped(&text, r->term, r->verdict);
	put_sentence(r, &text);
	buf_release(&text);
}

/* Advice if no connection could be made. */
static void put_unreached(const struct summary_text *r)
{
	struct buf text;

	if (r->verdict->reached)
		return;
	buf_init(&text, 0);
	verdict_text_unreachable(&text, r->facts);
	put_sentence(r, &text);
	buf_release(&text);
}

/* ---- validity */

static void put_valid(const struct summary_text *r)
{
	struct buf text;

	buf_init(&text, 0);
	verdict_text_valid(&text, r->term, r->s, r->verdict->health);
	put_sentence(r, &text);
	buf_release(&text);
}

static void put_not_valid(const struct summary_text *r)
{
	const struct verdict_validity *v = r->verdict->validity;
	struct buf text;

	buf_init(&text, 0);
	for (unsigned i = 0; i < v->count; i++) {
		struct text_flow flow =
		    text_format_flow(r->out, r->columns, REASON_INDENT, REASON_INDENT);

		text_format_style(r->out, r->term, TEXT_STYLE_WARN, i ? "         " : "NOT VALID");
		buf_add(r->out, STR("   "));
		verdict_text_invalid_reason(&text, r->term, r->facts, r->verdict, i);
		text_format_flow_words(&flow, &text);
		buf_add_char(r->out, '\n');
	}
	buf_release(&text);
}

/* ---- the rest */

static void put_dropped(const struct summary_text *r)
{
	if (r->s->run.arrivals_dropped == 0)
		return;
	buf_add(r->out, STR("\n  dropped  "));
	text_format_count(r->out, r->s->run.arrivals_dropped, "arrival", "arrivals");
	buf_add(r->out, STR(": max_users had been reached\n"));
}

/* The longest request, where its trace can be looked up. */
static void put_longest(const struct summary_text *r)
{
	const struct exemplar *x = &r->s->all.longest;
	struct buf link;

	for (unsigned i = 0; i < r->s->table->defs.count; i++) {
		const struct series_def *def = &r->s->table->defs.items[i];
		const struct exemplar *own = &r->s->series[i].longest;

		if (def->kind != SERIES_STEP || !exemplar_has_trace(own->trace) ||
		    own->span != x->span)
			continue;
		buf_add(r->out, STR("\n  longest  "));
		units_put_time(r->out, x->time, false);
		buf_add(r->out, STR("  "));
		text_format_name(r->out, r->term, def->name, 60, false);
		buf_add(r->out, STR("  at "));
		text_format_clock(r->out, x->when);
		buf_printf(r->out, ", user %llu\n           trace ", (unsigned long long)x->user);
		buf_init(&link, 0);
		exemplar_put_link(&link, r->facts->trace_url, x->trace);
		text_format_text(r->out, r->term, buf_str(&link));
		buf_release(&link);
		buf_add_char(r->out, '\n');
		return;
	}
}

static void put_resent(const struct summary_text *r)
{
	const struct series_counts *counts = &r->s->all.counts;

	if (counts->resent == 0)
		return;
	buf_add(r->out, STR("\n  resent   "));
	text_format_count(r->out, counts->resent, "request", "requests");
	if (counts->resent_posts) {
		buf_add(r->out, STR(" ("));
		units_put_count(r->out, counts->resent_posts);
		buf_add(r->out, STR(" of them POST or PATCH)"));
	}
	buf_add(r->out, STR(" after the server had closed the connection\n"));
}

static void put_stream_time(const struct summary_text *r, struct buf *text, const char *name,
			    const struct histogram *h, double percentile)
{
	if (!h->m.count)
		return;
	buf_printf(text, ", %s p%g ", name, percentile);
	text_format_time(text, r->term, histogram_percentile(h, percentile), 0);
}

/* One line for each step that read event streams. */
static void put_streams(const struct summary_text *r)
{
	struct buf text;

	buf_init(&text, 0);
	for (size_t i = 0; i < r->s->table->defs.count; i++) {
		const struct series_def *def = &r->s->table->defs.items[i];
		const struct series_total *total = &r->s->series[i];
		struct text_flow flow = text_format_flow(r->out, r->columns, 11, 11);

		if (def->kind != SERIES_STEP || !total->counts.events)
			continue;
		buf_add(r->out, STR("\n  stream   "));
		text_format_text(&text, r->term, def->name);
		buf_add(&text, STR(": "));
		text_format_count(&text, total->counts.events, "event", "events");
		put_stream_time(r, &text, "first", &total->times[TIME_first_event], 95);
		put_stream_time(r, &text, "first output", &total->times[TIME_first_output], 95);
		put_stream_time(r, &text, "gap", &total->times[TIME_event_gap], 99);
		if (total->counts.output_us)
			buf_printf(&text, ", %.1f outputs/s",
				   (double)total->counts.outputs * 1e6 /
				       (double)total->counts.output_us);
		if (total->counts.streams_closed) {
			buf_add(&text, STR(", "));
			units_put_count(&text, total->counts.streams_closed);
			buf_add(&text, STR(" closed after `until`"));
		}
		text_format_flow_words(&flow, &text);
		buf_add_char(r->out, '\n');
	}
	buf_release(&text);
}

static void put_users(const struct summary_text *r)
{
	const struct run_counts *run = &r->s->run;

	if (run->users_failed) {
		buf_add(r->out, STR("\n  users    "));
		units_put_count(r->out, run->users_failed);
		buf_add(r->out, STR(" failed in before_user\n"));
	}
	if (run->after_users_failed) {
		buf_add(r->out, STR("\n  users    "));
		units_put_count(r->out, run->after_users_failed);
		buf_add(r->out, STR(" failed in after_user\n"));
	}
	if (run->pauses) {
		buf_add(r->out, STR("\n  paused   "));
		text_format_count(r->out, run->pauses, "time", "times");
		buf_add(r->out, STR(" after an iteration that reached no server: 0.1 s, then up to "
				    "1 s\n"));
	}
	if (run->back_offs) {
		buf_add(r->out, STR("\n  paused   "));
		text_format_count(r->out, run->back_offs, "time", "times");
		buf_add(r->out, STR(" after four or more failed iterations of a user in a row: "
				    "0.1 s, then up to 1 s\n"));
	}
}

/* Requests that waited before a retry: their response times contain these delays. */
static void put_retry_waits(const struct summary_text *r)
{
	const struct histogram *waits = &r->s->all.times[TIME_retry_wait];

	if (!waits->m.count)
		return;
	buf_add(r->out, STR("\n  waited   "));
	text_format_count(r->out, waits->m.count, "request", "requests");
	buf_add(r->out, STR(" before retries: mean "));
	text_format_time(r->out, r->term, (ns_t)histogram_mean(waits), 0);
	buf_add(r->out, STR(", at most "));
	text_format_time(r->out, r->term, waits->m.max_ns, 0);
	buf_add(r->out, STR("\n           response times contain these waits\n"));
}

/* Times of requests and iterations do not contain the waits for renewals. */
static void put_renewals(const struct summary_text *r)
{
	const struct run_counts *run = &r->s->run;

	if (!run->renewals && !run->renewals_failed)
		return;
	buf_add(r->out, STR("\n  renewed  "));
	text_format_count(r->out, run->renewals, "time", "times");
	if (run->renewals_failed) {
		buf_add(r->out, STR(", failed "));
		text_format_count(r->out, run->renewals_failed, "time", "times");
	}
	if (run->renewals_waited) {
		buf_add(r->out, STR("; "));
		text_format_count(r->out, run->renewals_waited, "request", "requests");
		buf_add(r->out, STR(" waited, outside their response times"));
	}
	buf_add_char(r->out, '\n');
}

/* The messages of a run with WebSockets or `listen`. */
static void put_messages(const struct summary_text *r)
{
	const struct run_counts *run = &r->s->run;

	if (!run->sockets_opened)
		return;
	buf_add(r->out, STR("\n  messages "));
	units_put_count(r->out, run->messages_sent);
	buf_add(r->out, STR(" sent, "));
	units_put_count(r->out, run->messages_received);
	buf_add(r->out, STR(" received on "));
	text_format_count(r->out, run->sockets_opened, "socket", "sockets");
	if (run->messages_unmatched) {
		buf_add(r->out, STR("; "));
		units_put_count(r->out, run->messages_unmatched);
		buf_add(r->out, STR(" were used by no step"));
	}
	if (run->messages_dropped) {
		buf_add(r->out, STR("; "));
		units_put_count(r->out, run->messages_dropped);
		buf_add(r->out, STR(" were dropped, because a queue was full"));
	}
	buf_add_char(r->out, '\n');
}

static void put_rendezvous(const struct summary_text *r)
{
	if (r->s->run.meetings_given_up == 0)
		return;
	buf_add(r->out, STR("\n  timeout  at a rendezvous: "));
	text_format_count(r->out, r->s->run.meetings_given_up, "time", "times");
	buf_add_char(r->out, '\n');
}

/* Data that outputs could not deliver. */
static void put_lost_deliveries(const struct summary_text *r)
{
	const struct output_deliveries *all = r->verdict->deliveries;
	struct buf text;

	buf_init(&text, 0);
	for (unsigned i = 0; all && i < all->count; i++) {
		const struct output_delivery *d = &all->items[i];
		struct text_flow flow = text_format_flow(r->out, r->columns, 11, 8);

		if (!d->lost)
			continue;
		buf_add(r->out, STR("\n  lost  "));
		buf_printf(&text, "%s", d->output);
		text_format_flow_unit(&flow, &text, 3);
		text_format_text(&text, r->term, d->where);
		buf_add_char(&text, ':');
		text_format_flow_unit(&flow, &text, 1);
		units_put_count(&text, d->lost);
		buf_add(&text, STR(" of "));
		units_put_count(&text, d->sent);
		buf_printf(&text, " %s", d->unit);
		text_format_flow_words(&flow, &text);
		if (d->why[0]) {
			buf_add_char(&text, '(');
			text_format_text(&text, r->term, str_of(d->why));
			buf_add_char(&text, ')');
			text_format_flow_words(&flow, &text);
		}
		buf_add_char(r->out, '\n');
	}
	buf_release(&text);
}

static void put_written(const struct summary_text *r)
{
	struct text_flow flow = text_format_flow(r->out, r->columns, 11, 9);
	struct buf text;

	if (r->verdict->written_count == 0)
		return;
	buf_init(&text, 0);
	buf_add(r->out, STR("\n  written"));
	for (size_t i = 0; i < r->verdict->written_count; i++) {
		text_format_text(&text, r->term, r->verdict->written[i]);
		text_format_flow_unit(&flow, &text, 2);
	}
	buf_add_char(r->out, '\n');
	buf_release(&text);
}

static void put_tables(const struct summary_text *r)
{
	struct table_size room = {.lines = TABLE_LINES, .columns = r->table_columns};

	if (r->facts->frame_stays)
		return;
	buf_add_char(r->out, '\n');
	steps_table_put(r->out, r->s, NULL, r->term, room);
	if (r->facts->judge->count)
		buf_add_char(r->out, '\n');
	thresholds_table_put(r->out, r->facts->judge, r->term, room, true);
}

void summary_text_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		      const struct verdict *verdict, const struct terminal *term, size_t columns)
{
	struct summary_text r = {.facts = facts,
				 .term = term,
				 .s = s,
				 .verdict = verdict,
				 .columns = columns ? columns : TEXT_COLUMNS,
				 .table_columns = columns ? columns : TABLE_COLUMNS,
				 .out = out};

	if (r.columns > SENTENCE_MAX)
		r.columns = SENTENCE_MAX;
	put_partial(&r);
	put_headline(&r);
	put_stopped(&r);
	put_unreached(&r);
	if (verdict->validity->valid)
		put_valid(&r);
	else
		put_not_valid(&r);
	if (!facts->quiet)
		put_tables(&r);
	capacity_table_put(out, facts->capacity, term);
	failures_text_put(out, facts, s, term, r.columns);
	put_longest(&r);
	put_dropped(&r);
	put_streams(&r);
	put_resent(&r);
	put_users(&r);
	put_retry_waits(&r);
	put_renewals(&r);
	put_messages(&r);
	put_rendezvous(&r);
	put_lost_deliveries(&r);
	if (!facts->quiet)
		put_written(&r);
}
