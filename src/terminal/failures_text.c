#include "terminal/failures_text.h"

#include "base/units.h"
#include "result/text_format.h"
#include "stats/failure_samples.h"

#define FAILURES_SHOWN 10
#define FAILURE_INDENT 10
#define NAME_MAX       60

struct failures_text {
	struct buf *out;
	const struct run_facts *facts;
	const struct summary *s;
	const struct terminal *term;
	size_t columns;
};

/* The file with complete exchanges of this kind. */
static void put_evidence(const struct failures_text *r, const struct failure_note *note)
{
	const struct failure_sample_group *group =
	    failure_samples_find(r->facts->failure_samples, note);
	struct str folder = r->facts->out.len ? r->facts->out : r->facts->folder;
	struct buf path;

	if (!group || !folder.len) /* sampled only for the dashboard */
		return;
	buf_init(&path, 0);
	buf_add(&path, folder);
	buf_add(&path, STR("/failures/"));
	failure_samples_put_file(&path, group);
	buf_add(r->out, STR("; whole exchange: "));
	text_format_text(r->out, r->term, buf_str(&path));
	buf_release(&path);
}

static void put_failure(const struct failures_text *r, const struct failure_note *note, bool first)
{
	struct text_flow flow =
	    text_format_flow(r->out, r->columns, FAILURE_INDENT, FAILURE_INDENT);
	const struct series_def *def = &r->s->table->defs.items[note->series];
	struct buf text;

	buf_init(&text, 0);
	buf_add(r->out, STR("  "));
	text_format_style(r->out, r->term, first ? TEXT_STYLE_BAD : TEXT_STYLE_NONE,
			  first ? "failed" : "      ");
	buf_add(r->out, STR("  "));
	units_put_count(&text, note->count);
	buf_printf(&text, " %s ", text_format_times_sign(r->term));
	if (failure_is_generator(note->class)) /* the text of the library is misleading */
		buf_add(&text, str_of(failure_prose(note->class)));
	else
		text_format_text(&text, r->term, str_n(note->text, note->text_len));
	text_format_flow_words(&flow, &text);
	text_format_text(&text, r->term, note->at);
	buf_add(&text, STR("  "));
	text_format_name(&text, r->term, def->name, NAME_MAX, false);
	text_format_flow_unit(&flow, &text, 3);
	/* Fixtures are not part of the statistics. */
	if (def->kind == SERIES_FIXTURE && !str_eq(def->name, def->scenario)) {
		buf_add(&text, STR("in "));
		buf_add(&text, def->scenario);
		text_format_flow_words(&flow, &text);
	}
	buf_printf(r->out, "\n%*sfirst at ", FAILURE_INDENT, "");
	text_format_clock(r->out, note->when);
	if (note->user) /* setup and teardown have no user */
		buf_printf(r->out, ", user %llu", (unsigned long long)note->user);
	put_evidence(r, note);
	buf_add_char(r->out, '\n');
	if (exemplar_has_trace(note->trace)) {
		buf_printf(r->out, "%*strace ", FAILURE_INDENT, "");
		exemplar_put_link(&text, r->facts->trace_url, note->trace);
		text_format_text(r->out, r->term, buf_str(&text));
		buf_add_char(r->out, '\n');
	}
	buf_release(&text);
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

static void put_further_failures(const struct failures_text *r, unsigned kinds)
{
	struct buf *out = r->out;

	buf_printf(out, "%*sand ", FAILURE_INDENT, "");
	if (kinds)
		text_format_count(out, kinds, "more kind of failure", "more kinds of failure");
	if (kinds && r->s->failures_lost)
		buf_add(out, STR(", "));
	if (r->s->failures_lost)
		text_format_count(out, r->s->failures_lost, "failure of further kinds",
				  "failures of further kinds");
	buf_add_char(out, '\n');
}

void failures_text_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		       const struct terminal *term, size_t columns)
{
	const struct failures_text r = {
	    .out = out, .facts = facts, .s = s, .term = term, .columns = columns};
	bool shown[SUMMARY_FAILURES] = {false};
	unsigned count = s->failure_count < FAILURES_SHOWN ? s->failure_count : FAILURES_SHOWN;

	for (unsigned i = 0; i < count; i++) {
		const struct failure_note *note = next_failure(s, shown);

		if (i == 0)
			buf_add_char(out, '\n');
		put_failure(&r, note, i == 0);
		shown[note - s->failures] = true;
	}
	if (s->failure_count > count || s->failures_lost)
		put_further_failures(&r, s->failure_count - count);
}
