#include <string.h>

#include "base/units.h"
#include "output/page_parts.h"
#include "output/words.h"

#define FAILURES_SHOWN 50u

/* Class, text, step and place, a cell each. */
static void put_what(struct buf *out, const struct summary *s, const struct failure_note *note)
{
	const struct series_def *def = &s->table->defs.items[note->series];

	buf_printf(out, "<td><span class=\"class\">%s</span></td><td class=\"text\">",
		   failure_name(note->class));
	if (failure_is_generator(note->class)) /* the library's own words mislead there */
		buf_add(out, str_of(failure_prose(note->class)));
	else
		page_name(out, str_n(note->text, note->text_len));
	buf_add(out, STR("</td><td>"));
	page_name(out, def->name);
	buf_add(out, STR("</td><td><code>"));
	page_text(out, note->at);
	buf_add(out, STR("</code></td>"));
}

static void put_failure(struct buf *out, const struct summary *s, const struct failure_note *note)
{
	buf_add(out, STR("<tr>"));
	page_count_cell(out, note->count);
	put_what(out, s, note);
	buf_add(out, STR("<td>"));
	words_clock(out, note->when);
	if (note->user) /* setup and teardown are nobody's */
		buf_printf(out, ", user %llu, iteration %llu", (unsigned long long)note->user,
			   (unsigned long long)note->iteration);
	buf_add(out, STR("</td></tr>"));
}

/* The most frequent of those not shown yet; ties in order of appearance. */
static const struct failure_note *next_failure(const struct summary *s, const bool *shown)
{
	const struct failure_note *next = NULL;

	for (unsigned i = 0; i < s->failure_count; i++)
		if (!shown[i] && (!next || s->failures[i].count > next->count))
			next = &s->failures[i];
	return next;
}

static void put_rest(struct buf *out, const struct summary *s, unsigned count)
{
	buf_add(out, STR("<p class=\"note\">and "));
	if (s->failure_count > count)
		words_count(out, s->failure_count - count, "more kind of failure",
			    "more kinds of failure");
	if (s->failure_count > count && s->failures_lost)
		buf_add(out, STR(", "));
	if (s->failures_lost)
		words_count(out, s->failures_lost, "failure of further kinds",
			    "failures of further kinds");
	buf_add(out, STR("</p>"));
}

void page_put_latest(struct buf *out, const struct page *page)
{
	if (!page->live || page->run.verdict || !page->latest_count)
		return;
	buf_add(out,
		STR("<h2>Failed last</h2><div class=\"card scroll\"><table class=\"failures\">"
		    "<thead><tr><th scope=\"col\">At</th><th scope=\"col\">Class</th>"
		    "<th scope=\"col\">What happened</th><th scope=\"col\">Step</th>"
		    "<th scope=\"col\">Line</th><th scope=\"col\">Who</th></tr></thead><tbody>"));
	for (size_t i = 0; i < page->latest_count; i++) {
		const struct failure_note *note = &page->latest[i];

		buf_add(out, STR("<tr><td>"));
		words_clock(out, note->when);
		buf_add(out, STR("</td>"));
		put_what(out, page->run.summary, note);
		buf_add(out, STR("<td>"));
		if (note->user)
			buf_printf(out, "user %llu, iteration %llu", (unsigned long long)note->user,
				   (unsigned long long)note->iteration);
		buf_add(out, STR("</td></tr>"));
	}
	buf_add(out, STR("</tbody></table></div>"));
}

void page_put_failures(struct buf *out, const struct page *page)
{
	const struct summary *s = page->run.summary;
	unsigned count = s->failure_count < FAILURES_SHOWN ? s->failure_count : FAILURES_SHOWN;
	bool shown[SUMMARY_FAILURES] = {false};

	if (!s->failure_count && !s->failures_lost)
		return;
	buf_add(
	    out,
	    STR("<h2>What failed</h2><div class=\"card scroll\"><table "
		"class=\"failures\"><thead><tr>"
		"<th scope=\"col\" class=\"n\">Count</th><th scope=\"col\">Class</th>"
		"<th scope=\"col\">What happened</th><th scope=\"col\">Step</th>"
		"<th scope=\"col\">Line</th><th scope=\"col\">First at</th></tr></thead><tbody>"));
	for (unsigned i = 0; i < count; i++) {
		const struct failure_note *note = next_failure(s, shown);

		put_failure(out, s, note);
		shown[note - s->failures] = true;
	}
	buf_add(out, STR("</tbody></table></div>"));
	if (s->failure_count > count || s->failures_lost)
		put_rest(out, s, count);
}
