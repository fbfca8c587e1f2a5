#include <math.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/units.h"
#include "report/html_report_private.h"
#include "result/shard_notices.h"
#include "result/verdict_text.h"
#include "result/text_format.h"

/* ---- the verdict */

/* The contents of TEXT, escaped, as a paragraph. */
static void put_paragraph(struct buf *out, const char *class, struct buf *text)
{
	if (text->len == 0)
		return;
	buf_printf(out, "<p class=\"%s\">", class);
	html_report_text(out, buf_str(text));
	buf_add(out, STR("</p>"));
	buf_clear(text);
}

static void put_figures(struct buf *text, const struct summary *s)
{
	const struct series_counts *counts = &s->all.counts;
	uint64_t failed = recorder_series_counts_failed(counts);

	text_format_count(text, counts->started, "request in ", "requests in ");
	text_format_time(text, &html_report_terminal, s->duration, 0);
	buf_add(text, STR(", "));
	if (failed) {
		units_put_count(text, failed);
		buf_add(text, STR(" failed ("));
		text_format_percent(text, failed, counts->started);
		buf_add_char(text, ')');
	} else {
		buf_add(text, STR("none failed"));
	}
	if (counts->cut_off) {
		buf_add(text, STR(", "));
		units_put_count(text, counts->cut_off);
		buf_add(text, STR(" cut off at the end"));
	}
	buf_add_char(text, '.');
}

static void capitalize(struct buf *text)
{
	if (text->len && ascii_is_lower(text->data[0]))
		text->data[0] = (char)(text->data[0] - 'a' + 'A');
}

static void put_validity(struct buf *out, const struct report_run *run, struct buf *text)
{
	const struct verdict_validity *v = run->verdict->validity;

	if (v->valid) {
		verdict_text_valid(text, &html_report_terminal, run->summary, run->health);
		put_paragraph(out, "valid", text);
		return;
	}
	for (unsigned i = 0; i < v->count; i++) {
		verdict_text_invalid_reason(text, &html_report_terminal, run->facts, run->verdict,
					    i);
		capitalize(text);
		put_paragraph(out, "invalid", text);
	}
}

static void put_ended(struct buf *out, const struct report_run *run)
{
	const struct verdict *verdict = run->verdict;
	bool valid = verdict->validity->valid, failed = verdict_is_failure(verdict->outcome);
	struct buf text;

	buf_init(&text, 0);
	buf_printf(out, "<div class=\"verdict %s\"><div class=\"words\">",
		   failed   ? "bad"
		   : !valid ? "warn"
			    : "good");
	if (!valid && !failed) /* a result that is not valid comes second */
		buf_add(out, STR("<p class=\"word\">NOT VALID</p>"));
	buf_printf(out, "<p class=\"word%s\">%s</p>", valid || failed ? "" : " other",
		   verdict_text_word(verdict));
	if (!valid && failed)
		buf_add(out, STR("<p class=\"word other\">NOT VALID</p>"));
	buf_add(out, STR("</div><div>"));
	if (verdict->partial && verdict->missing[0]) {
		verdict_text_partial(&text, &html_report_terminal, verdict);
		capitalize(&text);
		put_paragraph(out, "invalid", &text);
	}
	verdict_text_outcome(&text, &html_report_terminal, run->facts, run->summary, verdict);
	if (verdict->reached)
		capitalize(&text);
	put_paragraph(out, "why", &text);
	put_figures(&text, run->summary);
	put_paragraph(out, "sum", &text);
	if (verdict->stopped_by.len) {
		verdict_text_stopped(&text, &html_report_terminal, verdict);
		put_paragraph(out, "sum", &text);
	}
	if (!verdict->reached) {
		verdict_text_unreachable(&text, run->facts);
		put_paragraph(out, "sum", &text);
	}
	put_validity(out, run, &text);
	buf_add(out, STR("</div></div>"));
	buf_release(&text);
}

/* ---- during the run: on schedule? failing? */

static bool is_behind_schedule(const struct summary *s)
{
	return s->last.lag_p99 > HEALTH_LAG_MAX;
}

static void put_progress(struct buf *out, const struct report_run *run)
{
	const struct run_facts *facts = run->facts;
	double share =
	    facts->planned > 0 ? (double)run->summary->duration / (double)facts->planned : 0;

	share = share > 1 ? 1 : share;
	if (!(share > 0))
		return;
	buf_printf(
	    out,
	    "<svg class=\"progress\" width=\"100%%\" height=\"6\" role=\"img\" "
	    "aria-label=\"%.0f %% of the planned time\"><rect class=\"rail\" width=\"100%%\" "
	    "height=\"6\" rx=\"3\"/><rect class=\"done\" width=\"%.1f%%\" height=\"6\" "
	    "rx=\"3\"/></svg>",
	    share * 100, share * 100);
}

static void put_schedule(struct buf *text, const struct report_run *run)
{
	const struct summary *s = run->summary;

	buf_add(text, is_behind_schedule(s) ? STR("Behind schedule") : STR("On schedule"));
	if (s->last.lag_p99 >= 0) {
		buf_add(text, STR(" (lag p99 "));
		text_format_time(text, &html_report_terminal, s->last.lag_p99, 0);
		buf_add(text, STR(" in the last second)"));
	}
	if (!run->health || !run->health->limited) {
		buf_add_char(text, '.');
		return;
	}
	buf_add(text, STR("; the load generator could not keep up for "));
	health_put_limited(run->health, text);
	buf_add(text, STR(" so far."));
}

void html_report_put_stop(struct buf *out, const struct html_report *page)
{
	if (!page->live || page->run.verdict)
		return;
	if (page->draining) {
		buf_add(out,
			STR("<p class=\"stopping\">Stopping: requests in flight may finish.</p>"));
		return;
	}
	buf_add(out,
		STR("<form class=\"stop\" method=\"post\" action=\"stop\"><input type=\"hidden\" "
		    "name=\"token\" value=\""));
	html_report_text(out, page->token);
	buf_add(out, STR("\"><button type=\"submit\">Stop gracefully</button></form>"));
}

/* Values of the newest seconds, next to those of the whole run. */
static void put_current(struct buf *text, const struct timeline *timeline)
{
	const struct timeline_slot *slot =
	    timeline->count ? &timeline->slots[timeline->count - 1] : NULL;

	if (!slot || slot->length < NS_PER_S / 2)
		return;
	buf_add(text, STR("Now: "));
	text_format_put_rate(text, text_format_rate(slot->started, slot->length));
	buf_add(text, STR(" requests/s, "));
	if (slot->p95 >= 0) {
		buf_add(text, STR("p95 "));
		text_format_time(text, &html_report_terminal, slot->p95, 0);
		buf_add(text, STR(", "));
	}
	if (slot->failed) {
		text_format_put_rate(text, text_format_rate(slot->failed, slot->length));
		buf_add(text, STR(" failed/s, "));
	}
	text_format_count(text, (uint64_t)slot->users, "user.", "users.");
}

/* Phases other than the load itself. */
static void put_stage(struct buf *text, const struct run_facts *facts)
{
	switch (facts->stage ? *facts->stage : STAGE_LOAD) {
	case STAGE_SETUP:
		buf_add(text, STR("Setup: no measurement yet."));
		break;
	case STAGE_WARM_UP:
		buf_add(text, STR("Warm-up: no measurement yet."));
		break;
	case STAGE_TEARDOWN:
		buf_add(text, STR("Teardown: the load has ended."));
		break;
	case STAGE_LOAD:
		break;
	}
}

/* The shards of a run that is watched, and what is wrong with them. */
static void put_shards(struct buf *out, const struct shard_notices *shards, struct buf *text)
{
	if (!shards || !shards->of)
		return;
	buf_add(text, STR("Shards: "));
	shard_notices_put_counts(text, shards);
	buf_add_char(text, '.');
	put_paragraph(out, "sum", text);
	for (size_t i = 0; i < shards->items.count; i++) {
		buf_add(text, shards->items.items[i]);
		buf_add_char(text, '.');
		capitalize(text);
		put_paragraph(out, "invalid", text);
	}
}

static void put_running(struct buf *out, const struct html_report *page)
{
	const struct report_run *run = &page->run;
	bool failing = run->summary->last.failed > 0, behind = is_behind_schedule(run->summary);
	struct buf text;

	buf_init(&text, 0);
	buf_printf(
	    out,
	    "<div class=\"verdict %s\"><div class=\"words\"><p class=\"word\">%s</p></div><div>",
	    failing  ? "bad"
	    : behind ? "warn"
		     : "going",
	    failing ? "FAILING" : "RUNNING");
	text_format_clock(&text, run->summary->duration);
	if (run->facts->planned > 0) {
		buf_add(&text, STR(" of "));
		text_format_clock(&text, run->facts->planned);
	}
	put_paragraph(out, "why clock", &text);
	put_stage(&text, run->facts);
	put_paragraph(out, "sum", &text);
	put_progress(out, run);
	put_current(&text, run->timeline);
	put_paragraph(out, "now", &text);
	put_figures(&text, run->summary);
	put_paragraph(out, "sum", &text);
	put_schedule(&text, run);
	put_paragraph(out, behind ? "invalid" : "valid", &text);
	put_shards(out, run->facts->shards, &text);
	buf_add(out, STR("</div></div>"));
	buf_release(&text);
}

void html_report_put_verdict(struct buf *out, const struct html_report *page)
{
	if (page->run.verdict)
		put_ended(out, &page->run);
	else
		put_running(out, page);
}

/* ---- thresholds */

static void put_threshold(struct buf *out, const struct threshold *t,
			  const struct threshold_result *r, bool ended)
{
	bool waits = !ended && !r->has_value;
	struct buf text;

	buf_init(&text, 0);
	buf_printf(out, "<tr class=\"%s\"><td class=\"sign\">%s</td><th scope=\"row\"><code>",
		   waits     ? ""
		   : r->pass ? "good"
			     : "bad",
		   waits     ? "\xc2\xb7"
		   : r->pass ? "\xe2\x9c\x93"
			     : "\xe2\x9c\x97");
	html_report_text(out, t->text);
	buf_add(out, STR("</code></th><td>"));
	threshold_put_measured(&text, t, r);
	html_report_text(out, buf_str(&text));
	buf_printf(out, "</td><td class=\"says\">%s",
		   waits     ? "not yet"
		   : r->pass ? "passed"
			     : "failed");
	if (r->failed_by_request) {
		buf_clear(&text);
		threshold_put_uncounted(&text, r);
		buf_add(out, STR("; "));
		html_report_text(out, buf_str(&text));
	}
	buf_add(out, STR("</td></tr>"));
	buf_release(&text);
}

void html_report_put_thresholds(struct buf *out, const struct html_report *page)
{
	const struct threshold_judge *judge = page->run.facts->judge;

	if (!judge || !judge->count)
		return;
	buf_add(out,
		STR("<h2>Thresholds</h2><p class=\"note\">The limits of the test, which passes "
		    "if all of them are met. p95 is the time in which 95% of the responses "
		    "arrive.</p><div class=\"card scroll\"><table "
		    "class=\"thresholds\" aria-label=\"Thresholds\">"
		    "<thead><tr><th scope=\"col\"><span class=\"unseen\">Sign</span></th>"
		    "<th scope=\"col\">Threshold</th><th scope=\"col\">Measured</th>"
		    "<th scope=\"col\"></th></tr></thead><tbody>"));
	for (size_t i = 0; i < judge->count; i++)
		put_threshold(out, &judge->thresholds[i], &judge->results[i],
			      page->run.verdict != NULL);
	buf_add(out, STR("</tbody></table></div>"));
}

/* ---- the most important values */

static void put_tile(struct buf *out, const char *class, const char *name, struct buf *value)
{
	buf_printf(out, "<div class=\"tile %s\"><dt>%s</dt><dd>", class, name);
	html_report_text(out, buf_str(value));
	buf_add(out, STR("</dd></div>"));
	buf_clear(value);
}

void html_report_put_tiles(struct buf *out, const struct html_report *page)
{
	static const double percentiles[] = {50, 95, 99};
	static const char *const names[] = {"p50", "p95", "p99"};
	const struct summary *s = page->run.summary;
	const struct histogram *times = &s->all.times[TIME_response];
	uint64_t failed = recorder_series_counts_failed(&s->all.counts);
	ns_t values[3];
	struct buf text;

	buf_init(&text, 0);
	buf_add(out, STR("<dl class=\"tiles\">"));
	units_put_count(&text, s->all.counts.started);
	put_tile(out, "", "requests", &text);
	text_format_put_rate(&text, text_format_rate(s->all.counts.started, s->duration));
	put_tile(out, "", "requests/s", &text);
	text_format_percent(&text, failed, s->all.counts.started);
	put_tile(out, failed ? "bad" : "good", "failed", &text);
	/* Failed ones too: "0" after a thousand visits would be misleading. */
	units_put_count(&text, s->iterations.counts.ok +
				   recorder_series_counts_failed(&s->iterations.counts));
	put_tile(out, "", "iterations", &text);
	units_put_count(&text, (uint64_t)s->users_max);
	put_tile(out, "", "peak users", &text);
	histogram_percentiles(times, percentiles, 3, values);
	for (size_t i = 0; i < 3; i++) {
		text_format_time(&text, &html_report_terminal, values[i], 0);
		put_tile(out, names[i], names[i], &text);
	}
	text_format_time(&text, &html_report_terminal, times->m.count ? times->m.max_ns : -1, 0);
	put_tile(out, "", "max", &text);
	units_put_bytes(&text, s->all.counts.bytes_received);
	put_tile(out, "", "received", &text);
	buf_add(out, STR("</dl>"));
	buf_release(&text);
}
