#include "cmd/comparison.h"

#include <inttypes.h>
#include <math.h>

#include "base/escape.h"
#include "base/json_writer.h"
#include "result/http_versions.h"
#include "result/text_format.h"

/* The JSON key of a statistic, such as "p50". */
static const char *stat_name(enum compare_stat stat)
{
#define NAME(name, words, worse) #name,
	static const char *const names[] = {COMPARE_STATS(NAME)};
#undef NAME
	return names[stat];
}

/* The name of a statistic in texts, such as "requests/s". */
static const char *stat_text(const struct comparison_line *line, enum compare_stat stat)
{
#define WORDS(name, words, worse) words,
	static const char *const names[] = {COMPARE_STATS(WORDS)};
#undef WORDS
	return stat == COMPARE_throughput && line->rate ? line->rate : names[stat];
}

static bool has_stat(const struct comparison_line *line, unsigned stat)
{
	return stat != COMPARE_error_rate || line->row.has_errors;
}

static bool is_all(const struct comparison_line *line)
{
	return !line->name.len && !line->scenario.len;
}

/* ---- values */

static void put_stat_value(struct buf *out, const struct terminal *term, unsigned stat,
			   double value)
{
	if (stat == COMPARE_error_rate)
		buf_printf(out, "%.2f %%", value * 100);
	else if (stat == COMPARE_throughput)
		text_format_put_rate(out, value);
	else
		text_format_time(out, term, (ns_t)(value * (double)NS_PER_MS), 0);
}

/* "+10.2 %"; error rates in percentage points. */
static void put_change(struct buf *out, unsigned stat, const struct compare_value *v)
{
	if (stat == COMPARE_error_rate)
		buf_printf(out, "%+.2f points", (v->b - v->a) * 100);
	else
		buf_printf(out, "%+.1f %%", v->change * 100);
}

static void put_least(struct buf *out, unsigned stat, const struct compare_value *v)
{
	buf_printf(out, stat == COMPARE_error_rate ? "%.2f points" : "%.1f %%", v->least * 100);
}

static const char *verdict_word(unsigned stat, const struct compare_value *v, double allow)
{
	if (!v->real)
		return "noise";
	if (compare_is_regression((enum compare_stat)stat, v, allow))
		return "REGRESSION";
	return compare_is_worse((enum compare_stat)stat, v) ? "worse, allowed" : "better";
}

/* Why a value is unknown: "too few samples (57 and 63; 200 needed)". */
static void put_unknown(struct buf *out, const struct comparison *c,
			const struct comparison_line *line, unsigned stat)
{
	const uint64_t *samples = line->row.samples;

	if (c->too_short) {
		buf_add(out, STR("run too short"));
		return;
	}
	buf_add(out, STR("too few samples"));
	if (samples[0] && samples[1])
		buf_printf(out, " (%" PRIu64 " and %" PRIu64 "; %" PRIu64 " needed)", samples[0],
			   samples[1], compare_samples_needed((enum compare_stat)stat));
}

/* True if the runs do not show whether anything changed. */
static bool is_unclear(const struct comparison *c)
{
	return c->too_short || c->too_few;
}

/* ---- text */

static void put_cell(struct buf *out, const struct buf *cell, size_t columns)
{
	buf_add(out, STR("  "));
	text_format_align_right(out, buf_str(cell), columns);
}

static void put_value(struct buf *out, const struct terminal *term, const struct comparison *c,
		      const struct comparison_line *line, unsigned stat)
{
	const struct compare_value *v = &line->row.values[stat];
	const char *word = verdict_word(stat, v, c->allow);
	enum text_style style =
	    v->real
		? (compare_is_worse((enum compare_stat)stat, v) ? TEXT_STYLE_BAD : TEXT_STYLE_GOOD)
		: TEXT_STYLE_FAINT;
	struct buf cell;

	buf_init(&cell, 0);
	buf_printf(out, "    %-12s", stat_text(line, (enum compare_stat)stat));
	if (!v->known) {
		buf_printf(out, "%*s  ", 10, "");
		put_unknown(out, c, line, stat);
		buf_add_char(out, '\n');
		return;
	}
	put_stat_value(&cell, term, stat, v->a);
	put_cell(out, &cell, 9);
	buf_clear(&cell);
	put_stat_value(&cell, term, stat, v->b);
	put_cell(out, &cell, 10);
	buf_clear(&cell);
	put_change(&cell, stat, v);
	put_cell(out, &cell, 14);
	buf_clear(&cell);
	put_least(&cell, stat, v);
	put_cell(out, &cell, 14);
	buf_add(out, STR("  "));
	text_format_style(out, term, style, word);
	buf_add_char(out, '\n');
	buf_release(&cell);
}

static void put_line_name(struct buf *out, const struct terminal *term,
			  const struct comparison_line *line)
{
	buf_add(out, STR("  "));
	if (is_all(line)) {
		buf_add(out, STR("all requests"));
	} else {
		text_format_text(out, term, line->scenario);
		buf_add(out, line->rate ? STR("") : STR(" / "));
		text_format_text(out, term, line->name);
	}
	buf_add_char(out, '\n');
}

static void put_side(struct buf *out, const struct terminal *term, char letter,
		     const struct comparison_side *side)
{
	buf_printf(out, "  %c  ", letter);
	text_format_text(out, term, side->folder);
	buf_add(out, STR(": "));
	text_format_text(out, term, side->name);
	buf_add(out, STR(", "));
	text_format_text(out, term, side->load);
	buf_printf(out, ", %u s", side->seconds);
	if (!side->valid) {
		buf_add(out, STR("; NOT VALID: "));
		text_format_text(out, term, side->doubt);
	}
	buf_add_char(out, '\n');
}

/* Appends the one-sentence result. */
static void put_verdict(struct buf *out, const struct comparison *c)
{
	if (c->too_short)
		buf_printf(
		    out,
		    "a run is too short to distinguish a change from noise: use at least %u s, "
		    "better 60 s",
		    COMPARE_BLOCKS);
	else if (c->too_few)
		buf_printf(out,
			   "too few requests: p95 needs %" PRIu64
			   " in each run; use more users or a longer run",
			   compare_samples_needed(COMPARE_p95));
	else if (c->regressions)
		buf_printf(out, "%u regression%s larger than %.3g %%", c->regressions,
			   c->regressions == 1 ? "" : "s", c->allow * 100);
	else if (c->real)
		buf_printf(out, "%u real change%s, no regression larger than %.3g %%", c->real,
			   c->real == 1 ? "" : "s", c->allow * 100);
	else
		buf_printf(out, "no change is larger than the noise");
}

/* Appends a line for each difference of the tests, after PREFIX. */
static void put_test_differences(struct buf *out, const struct comparison *c, const char *prefix)
{
	if (c->other_scenario)
		buf_printf(out, "%sThe scenarios differ, so a change may be that of the test.\n",
			   prefix);
	if (c->other_load)
		buf_printf(out, "%sThe loads differ, so a change may be that of the load.\n",
			   prefix);
	if (c->other_target)
		buf_printf(out, "%sThe targets differ.\n", prefix);
	if (c->other_http_version) {
		buf_printf(out, "%sThe HTTP versions differ (A: ", prefix);
		http_versions_put_text(out, &c->sides[0].counts);
		buf_add(out, STR("; B: "));
		http_versions_put_text(out, &c->sides[1].counts);
		buf_add(out, STR("), so a change may be that of the protocol.\n"));
	}
}

void comparison_put_text(struct buf *out, const struct comparison *c, const struct terminal *term)
{
	if (is_unclear(c))
		text_format_style(out, term, TEXT_STYLE_WARN, "UNCLEAR");
	else
		text_format_style(out, term, c->regressions ? TEXT_STYLE_BAD : TEXT_STYLE_GOOD,
				  c->regressions ? "REGRESSION" : "NO REGRESSION");
	buf_add(out, STR("   "));
	put_verdict(out, c);
	buf_add(out, STR(".\n\n"));
	put_side(out, term, 'A', &c->sides[0]);
	put_side(out, term, 'B', &c->sides[1]);
	put_test_differences(out, c, "  ");
	buf_printf(out, "\n    %-11s  %10s  %10s  %14s  %14s\n", "", "A", "B", "change",
		   "detectable");
	for (size_t i = 0; i < c->lines.count; i++) {
		put_line_name(out, term, &c->lines.items[i]);
		for (unsigned stat = 0; stat < COMPARE_STAT_COUNT; stat++)
			if (has_stat(&c->lines.items[i], stat))
				put_value(out, term, c, &c->lines.items[i], stat);
	}
	for (unsigned s = 0; s < 2; s++) {
		for (size_t i = 0; i < c->alone[s].count; i++) {
			buf_printf(out, "  only in %c: ", s ? 'B' : 'A');
			text_format_text(out, term, c->alone[s].items[i]);
			buf_add_char(out, '\n');
		}
	}
}

/* ---- Markdown */

static void put_markdown_row(struct buf *out, const struct comparison *c,
			     const struct comparison_line *line, unsigned stat)
{
	static const struct terminal plain = {.is_terminal = false};
	const struct compare_value *v = &line->row.values[stat];
	const char *word = verdict_word(stat, v, c->allow);

	buf_add(out, STR("| "));
	if (is_all(line))
		buf_add(out, STR("all requests"));
	else
		escape_markdown(out, line->name);
	buf_printf(out, " | %s | ", stat_text(line, (enum compare_stat)stat));
	if (v->known) {
		put_stat_value(out, &plain, stat, v->a);
		buf_add(out, STR(" | "));
		put_stat_value(out, &plain, stat, v->b);
		buf_add(out, STR(" | "));
		put_change(out, stat, v);
		buf_add(out, STR(" | "));
		put_least(out, stat, v);
	} else {
		buf_add(out, STR(" | | | | "));
		put_unknown(out, c, line, stat);
		buf_add(out, STR(" |\n"));
		return;
	}
	buf_printf(out, " | %s%s%s |\n", v->real ? "**" : "", word, v->real ? "**" : "");
}

void comparison_put_markdown(struct buf *out, const struct comparison *c)
{
	buf_printf(out, "**%s** – ",
		   is_unclear(c)    ? "Unclear"
		   : c->regressions ? "Regression"
				    : "No regression");
	put_verdict(out, c);
	buf_add(out, STR(".\n\n"));
	for (unsigned s = 0; s < 2; s++) {
		const struct comparison_side *side = &c->sides[s];

		buf_printf(out, "- %c: ", s ? 'B' : 'A');
		escape_markdown(out, side->folder);
		buf_printf(out, ", %u s", side->seconds);
		if (!side->valid) {
			buf_add(out, STR(", **not valid**: "));
			escape_markdown(out, side->doubt);
		}
		buf_add_char(out, '\n');
	}
	put_test_differences(out, c, "- ");
	buf_add(out, STR("\n| | | A | B | change | detectable | |\n"
			 "|---|---|--:|--:|--:|--:|---|\n"));
	for (size_t i = 0; i < c->lines.count; i++)
		for (unsigned stat = 0; stat < COMPARE_STAT_COUNT; stat++)
			if (has_stat(&c->lines.items[i], stat))
				put_markdown_row(out, c, &c->lines.items[i], stat);
}

/* ---- JSON */

static void put_json_value(struct json_writer *j, const struct comparison *c, unsigned stat,
			   const struct compare_value *v)
{
	json_writer_line(j, "\n   ");
	json_writer_open(j, stat_name((enum compare_stat)stat));
	json_writer_bool(j, "known", v->known);
	json_writer_digits(j, "a", v->known ? v->a : NAN, 6);
	json_writer_digits(j, "b", v->known ? v->b : NAN, 6);
	json_writer_digits(j, "change", v->known ? v->change : NAN, 6);
	json_writer_digits(j, "least", v->known ? v->least : NAN, 6);
	json_writer_bool(j, "real", v->real);
	json_writer_bool(j, "regression",
			 compare_is_regression((enum compare_stat)stat, v, c->allow));
	json_writer_close(j);
}

static void put_json_line(struct json_writer *j, const struct comparison *c,
			  const struct comparison_line *line)
{
	json_writer_line(j, "\n  ");
	json_writer_open(j, NULL);
	json_writer_text(j, "scenario", line->scenario);
	json_writer_text(j, "name", line->name);
	json_writer_open_array(j, "samples");
	json_writer_uint(j, NULL, line->row.samples[0]);
	json_writer_uint(j, NULL, line->row.samples[1]);
	json_writer_close_array(j);
	for (unsigned stat = 0; stat < COMPARE_STAT_COUNT; stat++)
		if (has_stat(line, stat))
			put_json_value(j, c, stat, &line->row.values[stat]);
	json_writer_close(j);
}

void comparison_put_json(struct buf *out, const struct comparison *c)
{
	struct json_writer j = json_writer_spaced(out);

	json_writer_open(&j, NULL);
	json_writer_text(&j, "verdict", c->regressions ? STR("regression") : STR("pass"));
	json_writer_uint(&j, "regressions", c->regressions);
	json_writer_uint(&j, "real", c->real);
	json_writer_digits(&j, "allow", c->allow, 6);
	json_writer_bool(&j, "too_short", c->too_short);
	json_writer_bool(&j, "too_few", c->too_few);
	json_writer_open_array(&j, "differences");
	if (c->other_scenario)
		json_writer_text(&j, NULL, STR("scenario"));
	if (c->other_load)
		json_writer_text(&j, NULL, STR("load"));
	if (c->other_target)
		json_writer_text(&j, NULL, STR("target"));
	if (c->other_http_version)
		json_writer_text(&j, NULL, STR("http_version"));
	json_writer_close_array(&j);
	json_writer_line(&j, "\n ");
	json_writer_open_array(&j, "sides");
	for (unsigned s = 0; s < 2; s++) {
		json_writer_open(&j, NULL);
		json_writer_text(&j, "folder", c->sides[s].folder);
		json_writer_text(&j, "name", c->sides[s].name);
		json_writer_uint(&j, "seconds", c->sides[s].seconds);
		json_writer_bool(&j, "valid", c->sides[s].valid);
		http_versions_put_json(&j, &c->sides[s].counts);
		json_writer_close(&j);
	}
	json_writer_close_array(&j);
	json_writer_line(&j, "\n ");
	json_writer_open_array(&j, "lines");
	for (size_t i = 0; i < c->lines.count; i++)
		put_json_line(&j, c, &c->lines.items[i]);
	json_writer_close_array(&j);
	json_writer_close(&j);
	buf_add_char(out, '\n');
}

/* ---- JUnit */

static void put_case(struct buf *out, const struct comparison *c,
		     const struct comparison_line *line, unsigned stat)
{
	static const struct terminal plain = {.is_terminal = false};
	const struct compare_value *v = &line->row.values[stat];

	buf_add(out, STR("  <testcase classname=\"compare."));
	escape_xml(out, is_all(line) ? STR("all requests") : line->name);
	buf_printf(out, "\" name=\"%s\">", stat_text(line, (enum compare_stat)stat));
	if (!v->known) {
		buf_add(out, STR("<skipped message=\""));
		put_unknown(out, c, line, stat);
		buf_add(out, STR("\"/>"));
	} else if (compare_is_regression((enum compare_stat)stat, v, c->allow)) {
		buf_add(out, STR("<failure message=\""));
		put_stat_value(out, &plain, stat, v->a);
		buf_add(out, STR(" before, "));
		put_stat_value(out, &plain, stat, v->b);
		buf_add(out, STR(" now: "));
		put_change(out, stat, v);
		buf_add(out, STR("\"/>"));
	}
	buf_add(out, STR("</testcase>\n"));
}

static size_t count_cases(const struct comparison *c)
{
	size_t cases = 0;

	for (size_t i = 0; i < c->lines.count; i++)
		for (unsigned stat = 0; stat < COMPARE_STAT_COUNT; stat++)
			cases += has_stat(&c->lines.items[i], stat);
	return cases;
}

void comparison_put_junit(struct buf *out, const struct comparison *c)
{
	buf_printf(out,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<testsuite name=\"reprise compare\" tests=\"%zu\" failures=\"%u\">\n",
		   count_cases(c), c->regressions);
	for (size_t i = 0; i < c->lines.count; i++)
		for (unsigned stat = 0; stat < COMPARE_STAT_COUNT; stat++)
			if (has_stat(&c->lines.items[i], stat))
				put_case(out, c, &c->lines.items[i], stat);
	buf_add(out, STR("</testsuite>\n"));
}
