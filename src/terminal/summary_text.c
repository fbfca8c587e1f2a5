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
#include "terminal/summary_lines.h"
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

/* A default does not count iterations whose request failed; without this sentence, its 0 would
 * contradict the failed iterations of the scenario. */
static void put_uncounted(const struct summary_text *r)
{
	const struct threshold_judge *judge = r->facts->judge;
	struct buf text;

	buf_init(&text, 0);
	for (size_t i = 0; i < judge->count; i++) {
		if (!judge->results[i].failed_by_request)
			continue;
		text_format_text(&text, r->term, judge->thresholds[i].text);
		buf_add(&text, STR(": "));
		threshold_put_uncounted(&text, &judge->results[i]);
		buf_add_char(&text, '.');
		put_sentence(r, &text);
	}
	buf_release(&text);
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
	if (!facts->quiet) {
		put_tables(&r);
		put_uncounted(&r);
	}
	capacity_table_put(out, facts->capacity, term);
	failures_text_put(out, facts, s, term, r.columns);
	summary_lines_put(&r);
	if (!facts->quiet)
		put_written(&r);
}
