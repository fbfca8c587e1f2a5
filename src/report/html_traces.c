#include "report/html_report_private.h"
#include "result/text_format.h"

/*
 * Traces: links to the tool in which a request can be looked up, and the longest request of each
 * step. Empty without a trace context.
 */

void html_report_trace(struct buf *out, const struct run_facts *facts, struct exemplar_trace trace)
{
	struct buf link;

	if (!exemplar_has_trace(trace))
		return;
	buf_init(&link, 0);
	if (facts->trace_url.len) {
		exemplar_put_link(&link, facts->trace_url, trace);
		buf_add(out,
			STR("<a class=\"trace\" target=\"_blank\" rel=\"noreferrer\" href=\""));
		html_report_text(out, buf_str(&link));
		buf_add(out, STR("\">"));
		buf_clear(&link);
	} else {
		buf_add(out, STR("<span class=\"trace\">"));
	}
	exemplar_put_trace(&link, trace);
	buf_printf(out, "trace <code>%s</code>", link.data);
	buf_add(out, facts->trace_url.len ? STR("</a>") : STR("</span>"));
	buf_release(&link);
}

static void put_row(struct buf *out, const struct run_facts *facts, const struct series_def *def,
		    const struct exemplar *x)
{
	buf_add(out, STR("<tr><td>"));
	html_report_name(out, def->name);
	buf_add(out, STR("</td>"));
	html_report_time_cell(out, x->time);
	buf_add(out, STR("<td>"));
	text_format_clock(out, x->when);
	buf_printf(out, ", user %llu, iteration %llu</td><td>", (unsigned long long)x->user,
		   (unsigned long long)x->iteration);
	html_report_trace(out, facts, x->trace);
	buf_add(out, STR("</td></tr>"));
}

void html_report_put_longest(struct buf *out, const struct html_report *page)
{
	const struct summary *s = page->run.summary;

	if (!exemplar_has_trace(s->all.longest.trace))
		return;
	buf_add(out, STR("<h2>Longest requests</h2><div class=\"card scroll\"><table "
			 "aria-label=\"Longest requests\"><thead><tr>"
			 "<th scope=\"col\">Step</th><th scope=\"col\" class=\"n\">Time</th>"
			 "<th scope=\"col\">When</th><th scope=\"col\">Trace</th></tr></thead>"
			 "<tbody>"));
	for (unsigned i = 0; i < s->table->defs.count; i++)
		if (s->table->defs.items[i].kind == SERIES_STEP &&
		    exemplar_has_trace(s->series[i].longest.trace))
			put_row(out, page->run.facts, &s->table->defs.items[i],
				&s->series[i].longest);
	buf_add(out, STR("</tbody></table></div>"));
}
