#include <string.h>

#include "base/units.h"
#include "report/html_report_private.h"
#include "result/text_format.h"
#include "stats/failure_messages.h"
#include "stats/failure_samples.h"

#define FAILURES_SHOWN	50u
#define FAILURES_FIRST	10u /* shown immediately */
#define EXCHANGES_SHOWN 20u /* of the most frequent kinds */
#define HEADERS_SHOWN	1500
#define BODY_SHOWN	1500
#define MESSAGE_SHOWN	500
#define CURL_MAX	3000

/* TEXT with its line breaks, cut to the maximum length. */
static void put_lines(struct buf *out, struct str text, size_t max, bool more)
{
	struct str shown = str_slice(text, 0, max);

	for (size_t at = 0; at < shown.len;) {
		size_t end = str_find_char(shown, '\n', at);
		struct str line = str_slice(shown, at, end);

		if (str_ends(line, STR("\r")))
			line.len--;
		html_report_text(out, line);
		buf_add_char(out, '\n');
		at = end == NOT_FOUND ? shown.len : end + 1;
	}
	if (more || shown.len < text.len)
		buf_add(out, STR("\xe2\x80\xa6\n"));
}

/* As a curl command; results of 0.1.0 have none. */
static void put_curl(struct buf *out, struct str command)
{
	if (!command.len)
		return;
	buf_add(out, STR("<pre class=\"curl\">"));
	if (command.len > CURL_MAX) /* half a command is useless */
		buf_add(out, STR("The curl command is long; it is in the folder of failures, "
				 "with the exchange."));
	else
		html_report_text(out, command);
	buf_add(out, STR("</pre>"));
}

/* The last messages of a socket, one per line. */
static void put_messages(struct buf *out, struct str messages)
{
	struct varint_reader reader = varint_reader_of(messages);
	struct failure_message m;

	while (failure_messages_next(&reader, &m)) {
		html_report_text(out, m.sent ? STR("> ") : STR("< "));
		if (m.event.len && !str_eq(m.event, STR("message"))) {
			html_report_text(out, m.event);
			buf_add(out, STR(": "));
		}
		if (m.text)
			put_lines(out, m.data, MESSAGE_SHOWN, m.bytes > m.data.len);
		else
			buf_printf(out, "%llu bytes, binary\n", (unsigned long long)m.bytes);
	}
}

/* One complete exchange of a kind; its secrets are already masked. */
static void put_exchange(struct buf *out, const struct failure_sample_group *group)
{
	const struct failure_sample *x = group->count ? group->items[0] : NULL;

	if (!x)
		return;
	buf_add(out, STR("<details class=\"exchange\" data-key=\""));
	failure_samples_put_file(out, group);
	buf_add(out, STR("\"><summary>Complete exchange</summary>"));
	put_curl(out, x->curl);
	buf_add(out, STR("<pre>"));
	html_report_text(out, x->method);
	buf_add_char(out, ' ');
	html_report_text(out, x->url);
	buf_add_char(out, '\n');
	put_lines(out, x->request_headers, HEADERS_SHOWN, false);
	buf_add_char(out, '\n');
	put_lines(out, x->request_body, BODY_SHOWN, x->request_body_cut);
	if (x->status)
		buf_printf(out, "\n\xe2\x86\x92 HTTP %d\n", x->status);
	else
		buf_add(out, STR("\n\xe2\x86\x92 no response\n"));
	put_lines(out, x->headers, HEADERS_SHOWN, false);
	buf_add_char(out, '\n');
	put_lines(out, x->body, BODY_SHOWN, x->more);
	put_messages(out, x->messages);
	buf_add(out, STR("</pre></details>"));
}

/* Class, text, step and place, one cell each. */
static void put_what(struct buf *out, const struct report_run *run, const struct failure_note *note,
		     const struct failure_sample_group *exchange)
{
	const struct series_def *def = &run->summary->table->defs.items[note->series];

	buf_printf(out, "<td><span class=\"class\">%s</span></td><td class=\"text\">",
		   failure_name(note->class));
	if (failure_is_generator(note->class)) /* the text of the library is misleading */
		buf_add(out, str_of(failure_prose(note->class)));
	else
		html_report_name(out, str_n(note->text, note->text_len));
	html_report_trace(out, run->facts, note->trace);
	if (exchange)
		put_exchange(out, exchange);
	buf_add(out, STR("</td><td>"));
	html_report_name(out, def->name);
	buf_add(out, STR("</td><td><code>"));
	html_report_text(out, note->at);
	buf_add(out, STR("</code></td>"));
}

static void put_failure(struct buf *out, const struct report_run *run,
			const struct failure_note *note, bool whole)
{
	struct failure_samples *failure_samples = whole ? run->facts->failure_samples : NULL;

	buf_add(out, STR("<tr>"));
	html_report_count_cell(out, note->count);
	put_what(out, run, note, failure_samples_find(failure_samples, note));
	buf_add(out, STR("<td>"));
	text_format_clock(out, note->when);
	if (note->user) /* setup and teardown have no user */
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
		text_format_count(out, s->failure_count - count, "more kind of failure",
				  "more kinds of failure");
	if (s->failure_count > count && s->failures_lost)
		buf_add(out, STR(", "));
	if (s->failures_lost)
		text_format_count(out, s->failures_lost, "failure of further kinds",
				  "failures of further kinds");
	buf_add(out, STR("</p>"));
}

void html_report_put_latest(struct buf *out, const struct html_report *page)
{
	if (!page->live || page->run.verdict || !page->latest_count)
		return;
	buf_add(out,
		STR("<h2>Latest failures</h2><div class=\"card scroll\"><table class=\"failures\" "
		    "aria-label=\"Latest failures\">"
		    "<thead><tr><th scope=\"col\">At</th><th scope=\"col\">Class</th>"
		    "<th scope=\"col\">What happened</th><th scope=\"col\">Step</th>"
		    "<th scope=\"col\">Line</th><th scope=\"col\">User</th></tr></thead><tbody>"));
	for (size_t i = 0; i < page->latest_count; i++) {
		const struct failure_note *note = &page->latest[i];

		buf_add(out, STR("<tr><td>"));
		text_format_clock(out, note->when);
		buf_add(out, STR("</td>"));
		put_what(out, &page->run, note, NULL);
		buf_add(out, STR("<td>"));
		if (note->user)
			buf_printf(out, "user %llu, iteration %llu", (unsigned long long)note->user,
				   (unsigned long long)note->iteration);
		buf_add(out, STR("</td></tr>"));
	}
	buf_add(out, STR("</tbody></table></div>"));
}

static void open_table(struct buf *out, const char *label)
{
	buf_printf(out,
		   "<table class=\"failures\" aria-label=\"%s\"><thead><tr>"
		   "<th scope=\"col\" class=\"n\">Count</th><th scope=\"col\">Class</th>"
		   "<th scope=\"col\">What happened</th><th scope=\"col\">Step</th>"
		   "<th scope=\"col\">Line</th><th scope=\"col\">First at</th></tr></thead><tbody>",
		   label);
}

/* The most frequent kinds are visible, the others can be opened. */
void html_report_put_failures(struct buf *out, const struct html_report *page)
{
	const struct summary *s = page->run.summary;
	unsigned count = s->failure_count < FAILURES_SHOWN ? s->failure_count : FAILURES_SHOWN;
	bool shown[SUMMARY_FAILURES] = {false};

	if (!s->failure_count && !s->failures_lost)
		return;
	buf_add(out, STR("<h2>Failures</h2><div class=\"card scroll\">"));
	open_table(out, "Failures");
	for (unsigned i = 0; i < count; i++) {
		const struct failure_note *note = next_failure(s, shown);

		if (i == FAILURES_FIRST) {
			buf_printf(out,
				   "</tbody></table></div><details class=\"card kinds\" "
				   "data-key=\"kinds\"><summary>%u more of the %u kinds of "
				   "failure</summary><div class=\"scroll\">",
				   count - i, s->failure_count);
			open_table(out, "Further failures");
		}
		put_failure(out, &page->run, note, i < EXCHANGES_SHOWN);
		shown[note - s->failures] = true;
	}
	buf_add(out, STR("</tbody></table></div>"));
	if (count > FAILURES_FIRST)
		buf_add(out, STR("</details>"));
	if (s->failure_count > count || s->failures_lost)
		put_rest(out, s, count);
}
