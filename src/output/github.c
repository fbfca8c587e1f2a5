/*
 * For GitHub Actions: annotations at the lines of the scenario, on standard output, and the
 * result as tables in the summary of the step. GitHub shows ten errors and ten warnings per
 * step.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/out_file.h"
#include "base/units.h"
#include "interface/output.h"
#include "result/facts.h"
#include "output/github_actions.h"
#include "output/output.h"
#include "result/text_format.h"

static void *github_open(struct str where, const struct run_facts *facts, struct buf *error);
static bool github_close(void *output, const struct summary *total, const struct verdict *verdict,
			 struct buf *error);
static const char *github_implied(struct arena *a);

const struct output_kind output_github = {
    .name = "github",
    .option = "github",
    .sentence = "Annotations and the step summary of GitHub Actions.",
    .sends = true,
    .implied = github_implied,
    .open = github_open,
    .close = github_close,
};

#define ANNOTATIONS_MAX 10u
#define STEPS_MAX	200u

struct github_output {
	const struct run_facts *facts; /* NULL: not on GitHub */
	struct out_file summary;
	bool has_summary;
};

static const char *github_implied(struct arena *a)
{
	(void)a;
	return "auto";
}

static void *github_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	const char *path = getenv("GITHUB_STEP_SUMMARY");
	struct github_output *o = alloc_zeroed(1, sizeof *o);

	if (!github_actions_enabled(where))
		return o;
	o->facts = facts;
	o->has_summary = path && *path;
	if (!o->has_summary || out_file_open(&o->summary, str_of(path), OUT_FILE_APPEND, error))
		return o;
	free(o);
	return NULL;
}

/* ---- annotations */

/* "shop.yaml:41" as file=shop.yaml,line=41. */
static void put_location(struct buf *out, struct str at)
{
	size_t colon = at.len;

	while (colon > 0 && at.ptr[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return;
	buf_add(out, STR("file="));
	escape_github_command(out, str_slice(at, 0, colon - 1), true);
	buf_add(out, STR(",line="));
	escape_github_command(out, str_slice(at, colon, at.len), true);
	buf_add_char(out, ',');
}

static void put_command(struct buf *out, const char *level, struct str at, const char *title,
			struct str message)
{
	buf_printf(out, "::%s ", level);
	put_location(out, at);
	buf_printf(out, "title=%s::", title);
	escape_github_command(out, message, false);
	buf_add_char(out, '\n');
}

static unsigned put_failed_thresholds(struct buf *out, const struct threshold_judge *judge)
{
	unsigned shown = 0;
	struct buf message;

	buf_init(&message, 0);
	for (size_t i = 0; i < judge->count && shown < ANNOTATIONS_MAX; i++) {
		const struct threshold *t = &judge->thresholds[i];

		if (judge->results[i].pass)
			continue;
		buf_clear(&message);
		buf_printf(&message, "%.*s: ", STR_ARG(t->text));
		threshold_put_measured(&message, t, &judge->results[i]);
		put_command(out, "error", t->at, "Threshold", buf_str(&message));
		shown++;
	}
	buf_release(&message);
	return shown;
}

static void put_failures(struct buf *out, const struct summary *s, const char *level, unsigned max)
{
	struct buf message;

	buf_init(&message, 0);
	for (unsigned i = 0; i < s->failure_count && i < max; i++) {
		const struct failure_note *note = &s->failures[i];

		buf_clear(&message);
		buf_printf(&message, "%.*s: %" PRIu64 " x %.*s",
			   STR_ARG(s->table->defs.items[note->series].name), note->count,
			   (int)note->text_len, note->text);
		put_command(out, level, note->at, "Failed requests", buf_str(&message));
	}
	buf_release(&message);
}

/* A failure that no threshold of the file allows is an error, any other one a warning. */
static bool default_failed(const struct threshold_judge *judge)
{
	for (size_t i = 0; i < judge->count; i++)
		if (judge->thresholds[i].is_default && !judge->results[i].pass)
			return true;
	return false;
}

static struct str failure_reason(const struct verdict *v)
{
	if (!v->reached)
		return STR("the target was never reached");
	return v->outcome == VERDICT_NO_DATA ? STR("no request was measured") : v->stopped_by;
}

static void put_annotations(struct buf *out, const struct run_facts *facts, const struct summary *s,
			    const struct verdict *v)
{
	bool failed = verdict_is_failure(v->outcome);
	bool by_failures = failed && (!facts->judge->count || default_failed(facts->judge) ||
				      !verdict_teardown_passed(s));
	unsigned errors = put_failed_thresholds(out, facts->judge);

	put_failures(out, s, by_failures ? "error" : "warning", ANNOTATIONS_MAX - 1);
	if (failed && !errors && !s->failure_count)
		put_command(out, "error", STR(""), "The run failed", failure_reason(v));
	if (!v->validity->valid && v->validity->count)
		put_command(out, "warning", STR(""), "The result is not valid",
			    str_of(v->validity->reasons[0]));
}

/* ---- the step summary */

static void put_ms(struct buf *out, ns_t length)
{
	buf_add(out, STR(" | "));
	if (length >= 0)
		buf_printf(out, "%.3f", (double)length / (double)NS_PER_MS);
}

static void put_figures(struct buf *out, const struct series_total *total)
{
	static const double percentiles[] = {50, 95, 99};
	const struct histogram *h = &total->times[TIME_response];
	ns_t values[3];

	histogram_percentiles(h, percentiles, 3, values);
	buf_printf(out, " | %" PRIu64 " | %" PRIu64 " | %" PRIu64, total->counts.started,
		   total->counts.ok, recorder_series_counts_failed(&total->counts));
	for (size_t i = 0; i < 3; i++)
		put_ms(out, values[i]);
	put_ms(out, h->m.count ? h->m.max_ns : -1);
	buf_add(out, STR(" |\n"));
}

static void put_steps(struct buf *out, const struct summary *s)
{
	unsigned shown = 0;

	buf_add(out, STR("\n| step | requests | ok | failed | p50 ms | p95 ms | p99 ms | max ms |\n"
			 "|---|---:|---:|---:|---:|---:|---:|---:|\n"));
	for (unsigned i = 0; i < s->table->defs.count && shown < STEPS_MAX; i++) {
		const struct series_def *def = &s->table->defs.items[i];

		if (def->kind != SERIES_STEP)
			continue;
		buf_add(out, STR("| "));
		escape_markdown(out, def->scenario);
		buf_add(out, STR(" / "));
		escape_markdown(out, def->name);
		put_figures(out, &s->series[i]);
		shown++;
	}
	buf_add(out, STR("| **all**"));
	put_figures(out, &s->all);
}

static void put_thresholds(struct buf *out, const struct threshold_judge *judge)
{
	struct buf value;

	if (!judge->count)
		return;
	buf_init(&value, 0);
	buf_add(out, STR("\n| threshold | value | |\n|---|---:|---|\n"));
	for (size_t i = 0; i < judge->count; i++) {
		buf_clear(&value);
		threshold_put_measured(&value, &judge->thresholds[i], &judge->results[i]);
		buf_add(out, STR("| "));
		escape_markdown(out, judge->thresholds[i].text);
		buf_printf(out, " | %.*s | %s", STR_ARG(buf_str(&value)),
			   judge->results[i].pass ? "passed" : "**failed**");
		if (judge->results[i].failed_by_request)
			buf_add(out, STR("; "));
		threshold_put_uncounted(out, &judge->results[i]);
		buf_add(out, STR(" |\n"));
	}
	buf_release(&value);
}

static void put_failure_table(struct buf *out, const struct summary *s)
{
	if (!s->failure_count)
		return;
	buf_add(out, STR("\n| failed | step | what | where |\n|---:|---|---|---|\n"));
	for (unsigned i = 0; i < s->failure_count && i < STEPS_MAX; i++) {
		const struct failure_note *note = &s->failures[i];

		buf_printf(out, "| %" PRIu64 " | ", note->count);
		escape_markdown(out, s->table->defs.items[note->series].name);
		buf_add(out, STR(" | "));
		escape_markdown(out, str_n(note->text, note->text_len));
		buf_add(out, STR(" | "));
		escape_markdown(out, note->at);
		buf_add(out, STR(" |\n"));
	}
}

static void put_summary(struct buf *out, const struct run_facts *facts, const struct summary *s,
			const struct verdict *v)
{
	static const char *const words[] = {
	    [VERDICT_PASS] = "passed",
	    [VERDICT_FAIL] = "**failed**",
	    [VERDICT_NO_DATA] = "**no data**",
	    [VERDICT_UNJUDGED] = "one shard",
	};

	buf_add(out, STR("### "));
	escape_markdown(out, facts->name);
	buf_printf(out, ": %s\n\n", words[v->outcome]);
	escape_markdown(out, facts->load);
	buf_add(out, STR(", against "));
	escape_markdown(out, facts->target);
	buf_printf(out, ", seed %" PRIu64 ". ", facts->seed);
	if (v->validity->valid) {
		buf_add(out, STR("The result is valid.\n"));
	} else {
		buf_add(out, STR("**Not valid**: "));
		escape_markdown(out, str_of(v->validity->reasons[0]));
		buf_add(out, STR(".\n"));
	}
	put_thresholds(out, facts->judge);
	put_steps(out, s);
	put_failure_table(out, s);
	buf_add_char(out, '\n');
}

static bool github_close(void *output, const struct summary *total, const struct verdict *verdict,
			 struct buf *error)
{
	struct github_output *o = output;
	struct buf text;
	bool good = true;

	buf_init(&text, 0);
	if (verdict && o->facts) {
		FILE *stream = o->facts->document_on_output ? stderr : stdout;

		put_annotations(&text, o->facts, total, verdict);
		good = fwrite(text.data, 1, text.len, stream) == text.len && fflush(stream) == 0;
		if (!good)
			buf_add(error, STR("the annotations could not be written"));
		buf_clear(&text);
		put_summary(&text, o->facts, total, verdict);
		if (o->has_summary)
			out_file_write(&o->summary, buf_str(&text));
	}
	if (o->has_summary && !out_file_close(&o->summary, good ? error : NULL))
		good = false;
	buf_release(&text);
	free(o);
	return good;
}
