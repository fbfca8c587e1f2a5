#include "output/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/units.h"
#include "kind/output.h"
#include "output/output.h"
#include "output/steps_table.h"
#include "output/words.h"

static struct output *text_open(struct str where, const struct run_facts *facts, struct buf *error);
static bool text_close(struct output *o, const struct summary *total, const struct verdict *verdict,
		       struct buf *error);

const struct output_kind output_text = {
    .name = "text",
    .sentence = "The result for a person, on standard output (or, told so, standard error).",
    .open = text_open,
    .close = text_close,
};

#define FAILURES_SHOWN 10
#define STEP_LINES     60
#define STEP_COLUMNS   120 /* only where a name is that long */

struct output {
	const struct run_facts *facts;
	FILE *stream;
};

static struct output *text_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct output *o = calloc(1, sizeof *o);

	(void)error;
	if (!o)
		die_out_of_memory();
	o->facts = facts;
	o->stream = str_eq(where, STR("stderr")) ? stderr : stdout;
	return o;
}

static bool text_close(struct output *o, const struct summary *total, const struct verdict *verdict,
		       struct buf *error)
{
	struct buf text;
	bool good;

	buf_init(&text, 0);
	output_text_put(&text, o->facts, total, verdict);
	good = fwrite(text.data, 1, text.len, o->stream) == text.len && fflush(o->stream) == 0;
	if (!good)
		buf_printf(error, "the result could not be written: %s", strerror(errno));
	buf_release(&text);
	free(o);
	return good;
}

/* ---- the verdict */

static size_t count_broken(const struct threshold_judge *judge)
{
	size_t broken = 0;

	for (size_t i = 0; i < judge->count; i++)
		broken += !judge->results[i].pass;
	return broken;
}

/* Why it passed or failed, after the name. */
static void put_why(struct buf *out, const struct run_facts *facts, const struct summary *s,
		    const struct verdict *verdict)
{
	size_t count = facts->judge->count, broken = count_broken(facts->judge);

	if (!verdict->reached) {
		escape_terminal(out, facts->target);
		buf_add(out, STR(" was never reached. "));
	} else if (count && broken) {
		buf_printf(out, "%zu of %zu thresholds %s not hold. ", broken, count,
			   broken == 1 ? "does" : "do");
	} else if (count == 1) {
		buf_add(out, STR("the threshold holds. "));
	} else if (count) {
		buf_printf(out, "all %zu thresholds hold. ", count);
	} else if (!verdict->pass && series_counts_failed(&s->all.counts)) {
		buf_add(out, STR("requests failed, and no threshold allows that. "));
	} else if (!verdict->pass) {
		buf_add(out, STR("the run failed. "));
	}
}

static void put_failed(struct buf *out, uint64_t failed, uint64_t started)
{
	if (failed == 0) {
		buf_add(out, STR("none failed"));
		return;
	}
	units_put_count(out, failed);
	buf_add(out, STR(" failed ("));
	words_percent(out, failed, started);
	buf_add_char(out, ')');
}

static void put_figures(struct buf *out, const struct summary *s)
{
	const struct series_counts *counts = &s->all.counts;
	uint64_t failed = series_counts_failed(counts);
	ns_t p95 = histogram_percentile(&s->all.times[TIME_response], 95);

	words_count(out, counts->started, "request in ", "requests in ");
	units_put_time(out, s->duration, false);
	buf_add(out, STR(", "));
	put_failed(out, failed, counts->started);
	if (counts->cut_off) {
		buf_add(out, STR(", "));
		units_put_count(out, counts->cut_off);
		buf_add(out, STR(" cut off at the end"));
	}
	if (p95 >= 0) {
		buf_add(out, STR(", p95 "));
		units_put_time(out, p95, false);
	}
	buf_add(out, STR(".\n"));
}

static void put_stopped(struct buf *out, const struct verdict *verdict)
{
	if (verdict->stopped_by.len == 0)
		return;
	buf_add(out, STR("         Stopped before its end by "));
	escape_terminal(out, verdict->stopped_by);
	buf_add(out, STR(".\n"));
}

static void put_headline(struct buf *out, const struct run_facts *facts, const struct summary *s,
			 const struct verdict *verdict)
{
	bool color = facts->color_output;

	words_paint(out, color, verdict->pass ? PAINT_GOOD : PAINT_BAD,
		    verdict->pass ? "PASSED" : "FAILED");
	buf_add(out, STR("   "));
	words_name(out, facts->name, 60, false);
	buf_add(out, STR(": "));
	put_why(out, facts, s, verdict);
	put_figures(out, s);
	put_stopped(out, verdict);
}

/* What a person can do about a generator that was the limit. */
static void put_hint(struct buf *out, const struct generator_health *health)
{
	if (health->limited_by_cpu)
		buf_printf(out, "            use -j %u, fewer users, or shards.\n",
			   health->threads + 1);
}

static void put_validity(struct buf *out, const struct run_facts *facts, const struct summary *s,
			 const struct verdict *verdict)
{
	const struct verdict_validity *v = verdict->validity;
	ns_t lag = histogram_percentile(&s->lag, 99);

	if (v->valid) {
		buf_add(out, STR("         The result is valid: on schedule"));
		if (lag > NS_PER_MS) {
			buf_add(out, STR(" (lag p99 "));
			units_put_time(out, lag, false);
			buf_add_char(out, ')');
		}
		if (verdict->health->limited_seconds)
			buf_printf(out, ", the generator was the limit for %u of %u s.\n",
				   verdict->health->limited_seconds, verdict->health->seconds);
		else
			buf_add(out, STR(", the generator was never the limit.\n"));
		return;
	}
	for (unsigned i = 0; i < v->count; i++) {
		words_paint(out, facts->color_output, PAINT_WARN, i ? "         " : "NOT VALID");
		buf_add(out, STR("   "));
		escape_terminal(out, str_of(v->reasons[i]));
		buf_add_char(out, '\n');
	}
	put_hint(out, verdict->health);
}

/* ---- what failed */

static void put_failure(struct buf *out, const struct summary *s, const struct failure_note *note,
			bool first, bool color)
{
	buf_add(out, STR("  "));
	words_paint(out, color && first, PAINT_BAD, first ? "failed" : "      ");
	buf_add(out, STR("  "));
	units_put_count(out, note->count);
	buf_add(out, STR(" \xc3\x97 "));
	escape_terminal(out, str_n(note->text, note->text_len));
	buf_add(out, STR("   "));
	escape_terminal(out, note->at);
	buf_add(out, STR("  "));
	escape_terminal(out, s->table->defs.items[note->series].name);
	buf_add(out, STR("\n          first at "));
	words_clock(out, note->when);
	buf_printf(out, ", user %llu\n", (unsigned long long)note->user);
}

/* The most frequent of those not shown yet; ties in order of appearance. */
static const struct failure_note *next_failure(const struct summary *s, const bool *shown)
{
	const struct failure_note *next = NULL;

	for (unsigned i = 0; i < s->failure_count; i++) {
		if (!shown[i] && (!next || s->failures[i].count > next->count))
			next = &s->failures[i];
	}
	return next;
}

static void put_failures(struct buf *out, const struct summary *s, bool color)
{
	bool shown[SUMMARY_FAILURES] = {false};
	unsigned count = s->failure_count < FAILURES_SHOWN ? s->failure_count : FAILURES_SHOWN;

	for (unsigned i = 0; i < count; i++) {
		const struct failure_note *note = next_failure(s, shown);

		if (i == 0)
			buf_add_char(out, '\n');
		put_failure(out, s, note, i == 0, color);
		shown[note - s->failures] = true;
	}
	if (s->failure_count > count || s->failures_lost) {
		buf_add(out, STR("          \xe2\x80\xa6 and "));
		words_count(out, s->failure_count - count, "more kind of failure",
			    "more kinds of failure");
		if (s->failures_lost) {
			buf_add(out, STR(", "));
			words_count(out, s->failures_lost, "failure of further kinds",
				    "failures of further kinds");
		}
		buf_add_char(out, '\n');
	}
}

static void put_dropped(struct buf *out, const struct summary *s)
{
	if (s->run.arrivals_dropped == 0)
		return;
	buf_add(out, STR("\n  dropped  "));
	words_count(out, s->run.arrivals_dropped, "arrival", "arrivals");
	buf_add(out, STR(": max_users were there already\n"));
}

static void put_written(struct buf *out, const struct verdict *verdict)
{
	if (verdict->written_count == 0)
		return;
	buf_add(out, STR("\n  written"));
	for (size_t i = 0; i < verdict->written_count; i++) {
		buf_add(out, STR("  "));
		escape_terminal(out, verdict->written[i]);
	}
	buf_add_char(out, '\n');
}

void output_text_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		     const struct verdict *verdict)
{
	bool color = facts->color_output;

	put_headline(out, facts, s, verdict);
	put_validity(out, facts, s, verdict);
	if (!facts->frame_stays) {
		buf_add_char(out, '\n');
		steps_table_put(out, s, color, STEP_LINES, STEP_COLUMNS);
		if (facts->judge->count)
			buf_add_char(out, '\n');
		thresholds_table_put(out, facts->judge, color);
	}
	put_failures(out, s, color);
	put_dropped(out, s);
	put_written(out, verdict);
}
