#include "run/step_log.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "run/response_secrets.h"
#include "run/trace_text.h"

#define VALUE_SHOWN 100u /* bytes of an extracted value */

/* The lines of the current request of one fiber, each ended by a newline. */
struct step_text {
	const struct fiber *fiber;
	struct buf exchanges, results;
	const struct instr *failed; /* the instruction that failed, or NULL */
};

struct step_log {
	struct arena arena;
	VEC(struct step_text *) texts; /* one for each fiber that had a request */
};

struct step_log *step_log_new(const struct run_settings *settings)
{
	struct step_log *log;

	if (!settings->once || settings->tap || log_get_level() < LOG_VERBOSE)
		return NULL;
	log = alloc_zeroed(1, sizeof *log);
	arena_init(&log->arena, 0);
	return log;
}

void step_log_free(struct step_log *log)
{
	if (!log)
		return;
	for (size_t i = 0; i < log->texts.count; i++) {
		buf_release(&log->texts.items[i]->exchanges);
		buf_release(&log->texts.items[i]->results);
	}
	arena_release(&log->arena);
	free(log);
}

static struct step_text *text_of(struct step_log *log, const struct fiber *f)
{
	struct step_text *text;

	for (size_t i = 0; i < log->texts.count; i++)
		if (log->texts.items[i]->fiber == f)
			return log->texts.items[i];
	text = ARENA_NEW(&log->arena, struct step_text);
	text->fiber = f;
	buf_init(&text->exchanges, 0);
	buf_init(&text->results, 0);
	VEC_PUSH(&log->arena, &log->texts, text);
	return text;
}

/* Ends the line that begins at MARK. Its own line ends become \\n, in which the mask still finds
 * secrets. */
static void end_line(struct buf *out, size_t mark)
{
	struct buf line;

	buf_init(&line, 0);
	buf_add(&line, str_slice(buf_str(out), mark, out->len));
	out->len = mark;
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] == '\n' || line.data[i] == '\r')
			buf_add(out, line.data[i] == '\n' ? STR("\\n") : STR("\\r"));
		else
			buf_add_char(out, line.data[i]);
	buf_add_char(out, '\n');
	buf_release(&line);
}

/* With -vv, each exchange is printed in full already. */
static void add_exchange(const struct fiber *f, const struct exchange *x, struct step_text *text)
{
	size_t mark = text->exchanges.len;

	if (log_get_level() >= LOG_TRACE)
		return;
	trace_text_put_exchange(f, x, &text->exchanges);
	end_line(&text->exchanges, mark);
}

void step_log_redirect(struct worker *w, const struct fiber *f, const struct exchange *x)
{
	if (w->step_log)
		add_exchange(f, x, text_of(w->step_log, f));
}

/* ---- results */

static void add_passed(struct step_text *text, const struct expect_plan *e, struct str at)
{
	buf_printf(&text->results, "passed     %s  (%.*s)\n", e->kind->name, STR_ARG(at));
}

static struct str place_of(const struct worker *w, const struct expect_plan *e)
{
	return w->plan->expects[e - w->program->expects].at;
}

void step_log_passed(struct worker *w, const struct fiber *f, const struct expect_plan *e)
{
	if (w->step_log)
		add_passed(text_of(w->step_log, f), e, place_of(w, e));
}

void step_log_failed(struct worker *w, const struct fiber *f, const struct instr *in)
{
	struct step_text *text;
	size_t mark;

	if (!w->step_log)
		return;
	text = text_of(w->step_log, f);
	mark = text->results.len;
	text->failed = in;
	buf_printf(&text->results, "failed     %.*s  (%.*s)", STR_ARG(buf_str(&w->failure_text)),
		   STR_ARG(w->failure.at));
	end_line(&text->results, mark);
}

/* VALUE on one line, text in quotes, at most about VALUE_SHOWN bytes. */
static void put_value(struct buf *out, struct value value)
{
	size_t mark = out->len, end = mark + VALUE_SHOWN;

	if (value.secret) {
		buf_add(out, STR("***"));
		return;
	}
	value_put_json(out, value);
	if (out->len <= end)
		return;
	while (end > mark && ((unsigned char)out->data[end] & 0xc0) == 0x80)
		end--;
	out->len = end;
	buf_add(out, STR("…"));
}

void step_log_extracted(struct worker *w, struct fiber *f, const struct extract_plan *e,
			struct value value)
{
	struct buf *out;
	size_t mark;

	if (!w->step_log)
		return;
	response_secrets_find(w, f);
	out = &text_of(w->step_log, f)->results;
	mark = out->len;
	buf_printf(out, "extracted  %.*s = ", STR_ARG(e->source->variable));
	if (response_secrets_withheld(w).len)
		response_secrets_put_withheld(w, out);
	else
		put_value(out, value);
	end_line(out, mark);
}

void step_log_note(struct worker *w, const struct fiber *f, const char *what, struct str text)
{
	struct buf *out;
	size_t mark;

	if (!w->step_log)
		return;
	out = &text_of(w->step_log, f)->results;
	mark = out->len;
	buf_printf(out, "%-9s  %.*s", what, STR_ARG(text));
	end_line(out, mark);
}

void step_log_check_skipped(struct worker *w, const struct instr *failed,
			    void (*each)(void *owner, struct worker *w, const struct expect_plan *e,
					 bool passed),
			    void *owner)
{
	for (const struct instr *in = failed + 1; in->op != OP_REQUEST_END; in++) {
		const struct expect_plan *e = &w->program->expects[in->a];

		if (in->op == OP_EXPECT && !e->rendered_count)
			each(owner, w, e,
			     e->kind->check(e->plan, &w->response, NULL, &w->scratch) ==
				 EXPECT_PASSED);
	}
}

void step_log_explain(struct worker *w, const struct expect_plan *e, struct buf *out)
{
	if ((e->kind->needs & NEEDS_BODY) && response_secrets_withheld(w).len)
		response_secrets_put_withheld(w, out);
	else
		e->kind->explain(e->plan, &w->response, NULL, out);
}

/* After a failure: another expectation of the request. */
static void add_skipped(void *owner, struct worker *w, const struct expect_plan *e, bool passed)
{
	struct step_text *text = owner;
	size_t mark = text->results.len;

	if (passed) {
		add_passed(text, e, place_of(w, e));
		return;
	}
	buf_add(&text->results, STR("failed     "));
	step_log_explain(w, e, &text->results);
	buf_printf(&text->results, "  (%.*s)", STR_ARG(place_of(w, e)));
	end_line(&text->results, mark);
}

/* ---- printing */

static void print_lines(struct worker *w, const struct fiber *f, struct buf *lines)
{
	struct buf line;

	buf_init(&line, 0);
	for (size_t at = 0; at < lines->len;) {
		size_t end = str_find_char(buf_str(lines), '\n', at);

		buf_printf(&line, "  %.*s", STR_ARG(str_slice(buf_str(lines), at, end)));
		trace_text_print(w, f, &line);
		at = end + 1;
	}
	buf_release(&line);
	buf_clear(lines);
}

void step_log_end(struct worker *w, const struct fiber *f)
{
	struct step_text *text;
	struct buf line;
	size_t mark;

	if (!w->step_log)
		return;
	text = text_of(w->step_log, f);
	mark = text->results.len;
	if (f->state == FIBER_CHECKING && f->exchange->last_url)
		add_exchange(f, f->exchange, text);
	if (text->failed) {
		step_log_check_skipped(w, text->failed, add_skipped, text);
	} else if (f->failed) {
		buf_printf(&text->results, "failed     %.*s", STR_ARG(buf_str(&w->failure_text)));
		end_line(&text->results, mark);
	}
	text->failed = NULL;
	buf_init(&line, 0);
	buf_printf(&line, "%.*s  %.*s  ",
		   STR_ARG(w->plan->requests[f->request - w->program->requests].at),
		   STR_ARG(f->request->name));
	trace_text_put_user(f, &line);
	trace_text_print(w, f, &line);
	buf_release(&line);
	print_lines(w, f, &text->exchanges);
	print_lines(w, f, &text->results);
}
