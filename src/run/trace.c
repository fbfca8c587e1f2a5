#include "run/trace.h"

#include "base/escape.h"
#include "base/log.h"
#include "base/units.h"
#include "html/html_summary.h"
#include "run/channels.h"
#include "run/event_reader.h"
#include "run/exchange_sample.h"
#include "run/failure_sampler.h"
#include "run/live_secrets.h"
#include "run/response_secrets.h"
#include "run/step_log.h"
#include "run/trace_text.h"
#include "stats/failure_samples.h"

#define BODY_SHOWN  300u  /* bytes of a body shown with a failure */
#define EVENT_SHOWN 60u	  /* bytes of an event type */
#define BODY_TRACED 4096u /* bytes of a body shown with -vv */
#define FAILURES_IN_FULL                                                                           \
	20u /* failures of one request printed in full by one worker, except with -vv */

bool trace_needs_bodies(const struct run_settings *settings)
{
	return settings->once || settings->tap || settings->trace_user ||
	       log_get_level() >= LOG_VERBOSE;
}

/* ---- an exchange in full */

/* One header line; the value of a credential is masked. */
static void print_header(struct worker *w, const struct fiber *f, const char *mark, struct str line,
			 struct buf *out)
{
	if (!line.len)
		return;
	buf_printf(out, "  %s ", mark);
	exchange_sample_put_header(out, line);
	trace_text_print(w, f, out);
}

/* Lines of TEXT, each ended by END. */
static void print_headers(struct worker *w, const struct fiber *f, const char *mark,
			  struct str text, char end, struct buf *out)
{
	for (size_t at = 0; at < text.len;) {
		size_t to = str_find_char(text, end, at);

		if (to == NOT_FOUND)
			to = text.len;
		print_header(w, f, mark, str_trim(str_slice(text, at, to)), out);
		at = to + 1;
	}
}

/* True if BODY is not readable text: it has a NUL, or invalid UTF-8 before its possibly cut end. */
static bool is_binary(struct str body)
{
	size_t step;

	for (size_t i = 0; i < body.len; i += step) {
		step = str_utf8_step(body, i);
		if (!body.ptr[i] || (!step && i + 4 < body.len))
			return true;
		if (!step)
			break;
	}
	return false;
}

/* At most MAX bytes of BODY, and how many more it has. */
static void print_body(struct worker *w, const struct fiber *f, const char *mark, struct str body,
		       size_t max, struct buf *out)
{
	struct buf start;
	bool more;

	if (!body.len)
		return;
	if (is_binary(str_slice(body, 0, max))) {
		buf_printf(out, "  %s %zu bytes, not text", mark, body.len);
		trace_text_print(w, f, out);
		return;
	}
	buf_init(&start, 0);
	more = live_secrets_put_start(w, f, body, 4 * max, max, &start);
	buf_printf(out, "  %s %.*s", mark, STR_ARG(buf_str(&start)));
	if (more && body.len > start.len)
		buf_printf(out, "… and %zu bytes more", body.len - start.len);
	trace_text_print(w, f, out);
	buf_release(&start);
}

static void print_response_body(struct worker *w, const struct fiber *f, const char *mark,
				const struct exchange *x, size_t max, struct buf *out)
{
	if (!response_secrets_withheld(w).len) {
		print_body(w, f, mark, buf_str(&x->response), max, out);
		return;
	}
	buf_printf(out, "  %s ", mark);
	response_secrets_put_withheld(w, out);
	trace_text_print(w, f, out);
}

static void print_request(struct worker *w, const struct fiber *f, const struct exchange *x,
			  struct buf *out)
{
	const struct request_plan *r = f->request;
	struct buf sent;

	buf_init(&sent, 0);
	w->http->ops->put_headers(x, &sent);
	print_headers(w, f, ">", buf_str(&sent), '\n', out);
	buf_release(&sent);
	if (x->override_method)
		return;
	print_body(w, f, ">",
		   x->body.len			  ? buf_str(&x->body)
		   : r->body && r->body->constant ? r->body->value.text
						  : STR(""),
		   BODY_TRACED, out);
}

/* The text of the events, line by line. */
static void print_events(struct worker *w, const struct fiber *f, const struct exchange *x,
			 struct buf *out)
{
	if (response_secrets_withheld(w).len)
		print_response_body(w, f, "<", x, BODY_TRACED, out);
	else
		print_headers(w, f, "<", buf_str(&x->response), '\n', out);
}

static bool is_traced(const struct worker *w, const struct user *u)
{
	return log_get_level() >= LOG_TRACE ||
	       (w->plan->settings.trace_user && u->number + 1 == w->plan->settings.trace_user);
}

void trace_exchange(struct worker *w, const struct fiber *f, const struct exchange *x)
{
	struct buf line;

	if (!is_traced(w, f->user))
		return;
	buf_init(&line, 0);
	trace_text_put_user(f, &line);
	buf_add(&line, STR("  "));
	trace_text_put_exchange(f, x, &line);
	trace_text_print(w, f, &line);
	print_request(w, f, x, &line);
	if (f->events && f->events->is_stream) {
		print_headers(w, f, "<", buf_str(&x->headers), '\n', &line);
		print_events(w, f, x, &line);
	} else if (x->result == HTTP_OK) {
		print_headers(w, f, "<", buf_str(&x->headers), '\n', &line);
		if (x->error[0]) {
			buf_printf(&line, "  < note: %s", x->error);
			trace_text_print(w, f, &line);
		}
		print_response_body(w, f, "<", x, BODY_TRACED, &line);
	}
	buf_release(&line);
}

/* ---- failures */

/* Removes TEXT from the end of LINE with the colon before it: the next line says it. */
static void cut_end(struct buf *line, struct str text)
{
	struct str whole = buf_str(line);

	if (text.len && whole.len > text.len + 2 &&
	    str_eq(str_slice(whole, whole.len - text.len, whole.len), text) &&
	    str_eq(str_slice(whole, whole.len - text.len - 2, whole.len - text.len), STR(": ")))
		line->len -= text.len + 2;
}

/* The step, its last exchange and the failure. */
static void print_summary(struct worker *w, const struct fiber *f, struct buf *line)
{
	buf_printf(line, "%.*s  %.*s  ", STR_ARG(w->failure.at), STR_ARG(f->request->name));
	trace_text_put_user(f, line);
	trace_text_print(w, f, line);
	if (f->state == FIBER_CHECKING && f->exchange->last_url && !is_traced(w, f->user)) {
		buf_add(line, STR("  "));
		trace_text_put_exchange(f, f->exchange, line);
		cut_end(line, buf_str(&w->failure_text));
		trace_text_print(w, f, line);
	}
	buf_printf(line, "  %s: %.*s%s", failure_name(w->failure.class),
		   STR_ARG(buf_str(&w->failure_text)),
		   w->failure.class == FAILURE_status && !f->exchange->error[0]
		       ? "; expected a status below 400"
		       : "");
	trace_text_print(w, f, line);
}

static bool is_page(const struct exchange *x)
{
	return !x->response_is_raw &&
	       html_summary_is_html(trace_text_media_type(x), buf_str(&x->response));
}

/* Whether a text was looked for in the source of a page, whose text alone is printed. */
static bool is_about_source(const struct worker *w)
{
	return w->failure.class == FAILURE_expect &&
	       str_find(buf_str(&w->failure_text), STR("the body to contain"), 0) != NOT_FOUND;
}

/* For HTML its title and text, which say more than the first tags. */
static void print_page_or_body(struct worker *w, const struct fiber *f, struct buf *line)
{
	const struct exchange *x = f->exchange;
	struct buf page;

	if (!is_page(x) || response_secrets_withheld(w).len) {
		print_response_body(w, f, "body:", x, BODY_SHOWN, line);
		return;
	}
	buf_init(&page, 0);
	html_summary_put(buf_str(&x->response), trace_text_content_type(x), 4 * BODY_SHOWN, &page);
	live_secrets_mask(w, f, &page);
	if (page.len) {
		struct str shown = str_cut(buf_str(&page), BODY_SHOWN);

		buf_printf(line, "  page: %.*s%s", STR_ARG(shown), shown.len < page.len ? "…" : "");
		trace_text_print(w, f, line);
		if (is_about_source(w)) {
			buf_add(
			    line,
			    STR("  the page is printed without its tags; 'contains' searches the "
				"HTML source, and upper and lower case must match"));
			trace_text_print(w, f, line);
		}
	}
	buf_release(&page);
}

static bool is_shown_whole(const struct worker *w, const struct exchange *x)
{
	if (response_secrets_withheld(w).len)
		return true;
	return x->response.len <= BODY_SHOWN && !is_page(x) && !is_binary(buf_str(&x->response));
}

/* Prints where the whole response is. */
static void print_whole(struct worker *w, const struct fiber *f, struct buf *line)
{
	const struct run_settings *settings = &w->plan->settings;
	const struct failure_sample_group *group =
	    settings->failure_samples ? failure_samples_find(settings->failure_samples, &w->failure)
				      : NULL;

	if (is_traced(w, f->user) || is_shown_whole(w, f->exchange))
		return;
	buf_add(line, STR("  whole response: "));
	if (group && settings->failure_folder.len) {
		buf_printf(line, "%.*s/", STR_ARG(settings->failure_folder));
		failure_samples_put_file(line, group);
	} else {
		buf_add(line, STR("use -vv to print it, or --out DIR to save it"));
	}
	trace_text_print(w, f, line);
}

static void print_failure(struct worker *w, const struct fiber *f)
{
	bool has_response = f->state == FIBER_CHECKING;
	struct buf line;

	buf_init(&line, 0);
	if (!w->step_log)
		print_summary(w, f, &line);
	/* A message says what it has seen. */
	if (has_response && !f->request->wait) {
		print_page_or_body(w, f, &line);
		print_whole(w, f, &line);
	}
	buf_release(&line);
}

void trace_failure(struct worker *w, const struct fiber *f, ns_t done)
{
	enum log_level level = log_get_level();
	uint32_t *reported = &w->reported[f->request - w->program->requests];

	w->failure.when = done - w->measured;
	live_secrets_mask(w, f, &w->failure_text);
	if (!user_iterates(f->user) || worker_is_measured(w, f->user, f->due))
		recorder_failure(&w->recorder, &w->failure, buf_str(&w->failure_text));
	failure_sampler_add(w, f);
	if (level == LOG_QUIET || !trace_needs_bodies(&w->plan->settings) ||
	    (w->plan->settings.tap && level < LOG_VERBOSE))
		return;
	if (level >= LOG_TRACE || *reported < FAILURES_IN_FULL)
		print_failure(w, f);
	if (++*reported == FAILURES_IN_FULL && level < LOG_TRACE)
		log_verbose("further failures of %.*s are only counted; use -vv to see them all",
			    STR_ARG(f->request->name));
}

void trace_message(struct worker *w, const struct user_channel *k, bool sent,
		   const struct message_view *message)
{
	struct str payload = message->payload;
	const struct fiber *f = k->user->fiber;
	struct buf line;

	if (!w->step_log && !is_traced(w, k->user))
		return;
	buf_init(&line, 0);
	buf_printf(&line, "  %.*s %s ", STR_ARG(k->request->name), sent ? ">" : "<");
	if (message->event.len && !str_eq(message->event, STR("message"))) {
		escape_terminal(&line, str_cut(message->event, EVENT_SHOWN));
		buf_add(&line, STR(": "));
	}
	if (message->text) {
		struct buf start;

		buf_init(&start, 0);
		if (live_secrets_put_start(w, f, payload, 4 * BODY_SHOWN, BODY_SHOWN, &start))
			buf_add(&start, STR("…"));
		escape_terminal(&line, buf_str(&start));
		buf_release(&start);
	} else {
		buf_printf(&line, "%zu bytes, binary", payload.len);
	}
	trace_text_print(w, f, &line);
	buf_release(&line);
}

void trace_reconnect(struct worker *w, const struct user_channel *k, const char *why, ns_t delay)
{
	struct buf line;

	if (!w->step_log && !is_traced(w, k->user))
		return;
	buf_init(&line, 0);
	buf_printf(&line, "  %.*s: the stream has ended: %s; it is opened again in ",
		   STR_ARG(k->request->name), why);
	units_put_duration(&line, delay);
	trace_text_print(w, k->user->fiber, &line);
	buf_release(&line);
}

void trace_retry(struct worker *w, const struct fiber *f, ns_t delay, bool sends_query)
{
	struct buf line;

	if (log_get_level() < LOG_VERBOSE)
		return;
	buf_init(&line, 0);
	buf_printf(&line, "%.*s  %.*s  ",
		   STR_ARG(w->plan->requests[f->request - w->program->requests].at),
		   STR_ARG(f->request->name));
	trace_text_put_user(f, &line);
	if (sends_query)
		buf_add(&line, STR(": the server does not know the hash of the query; its text is "
				   "sent"));
	else
		buf_printf(&line, ": %s: %.*s; retry %u of %u", failure_name(w->failure.class),
			   STR_ARG(buf_str(&w->failure_text)), (unsigned)f->sample.retries,
			   f->request->retry.times);
	if (delay) {
		buf_add(&line, STR(" after "));
		units_put_time(&line, delay, false);
	}
	trace_text_print(w, f, &line);
	buf_release(&line);
}
