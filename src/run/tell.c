#include "run/tell.h"

#include "base/log.h"
#include "base/units.h"
#include "run/keep.h"
#include "run/secrets.h"

#define BODY_SHOWN   300u  /* bytes of a body, of a failure */
#define BODY_TRACED  4096u /* of an exchange that is shown whole */
#define TOLD_IN_FULL 20u   /* failures of one request on one worker, unless all is told */

bool tell_wants_bodies(const struct run_settings *settings)
{
	return settings->once || settings->trace_user || log_get_level() >= LOG_VERBOSE;
}

/* ---- an exchange as a line */

static struct str content_type(const struct exchange *x)
{
	struct answer answer = {.headers = buf_str(&x->headers)};
	struct str type = answer_header(&answer, STR("Content-Type"), 0);
	size_t end = str_find_char(type, ';', 0);

	return end == (size_t)-1 ? type : str_trim(str_slice(type, 0, end));
}

static void put_exchange(const struct strand *s, const struct exchange *x, struct buf *out)
{
	const char *method = x->override_method ? x->method : s->request->method.ptr;
	struct str type;

	buf_printf(out, "%s %s  →  ", method, x->last_url ? x->last_url : "");
	if (x->result != HTTP_OK) {
		buf_printf(out, "no answer after ");
		units_put_time(out, x->times.done - x->times.sent, false);
		buf_printf(out, ": %s", x->error);
		return;
	}
	buf_printf(out, "%d in ", x->status);
	units_put_time(out, x->times.done - x->times.sent, false);
	buf_add(out, STR(", "));
	units_put_bytes(out, x->bytes_received);
	type = content_type(x);
	if (type.len)
		buf_printf(out, " of %.*s", STR_ARG(type));
}

/* "user 17, iteration 3", "user 17, before_user", "setup". */
static void put_who(const struct strand *s, struct buf *out)
{
	const struct user *u = s->user;

	if (u->part == AROUND_SETUP || u->part == AROUND_TEARDOWN) {
		buf_add(out, str_of(around_name((enum around)u->part)));
		return;
	}
	buf_printf(out, "user %llu, ", (unsigned long long)u->number + 1);
	if (user_iterates(u))
		buf_printf(out, "iteration %llu", (unsigned long long)u->iteration);
	else
		buf_add(out, str_of(around_name((enum around)u->part)));
}

static void say(struct worker *w, const struct strand *s, struct buf *text)
{
	secrets_mask(w, s->user, text);
	if (log_get_level() >= LOG_VERBOSE)
		log_verbose("%.*s", STR_ARG(buf_str(text)));
	else
		log_info("%.*s", STR_ARG(buf_str(text)));
	buf_clear(text);
}

/* ---- an exchange whole */

/* One field line, the value of a credential masked. */
static void say_header(struct worker *w, const struct strand *s, const char *mark, struct str line,
		       struct buf *out)
{
	size_t colon = str_find_char(line, ':', 0);

	if (!line.len)
		return;
	if (colon != (size_t)-1 && keep_is_credential(str_trim(str_slice(line, 0, colon))))
		buf_printf(out, "  %s %.*s: ***", mark, STR_ARG(str_slice(line, 0, colon)));
	else
		buf_printf(out, "  %s %.*s", mark, STR_ARG(line));
	say(w, s, out);
}

/* Lines of TEXT, each ended by END. */
static void say_headers(struct worker *w, const struct strand *s, const char *mark, struct str text,
			char end, struct buf *out)
{
	for (size_t at = 0; at < text.len;) {
		size_t to = str_find_char(text, end, at);

		if (to == (size_t)-1)
			to = text.len;
		say_header(w, s, mark, str_trim(str_slice(text, at, to)), out);
		at = to + 1;
	}
}

/* Bytes that are not text to a person: a NUL, or what is no UTF-8 where it is not cut. */
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

/* Masked before it is cut, so that no part of a secret is left at the edge. */
static void say_body(struct worker *w, const struct strand *s, const char *mark, struct str body,
		     size_t most, struct buf *out)
{
	struct buf whole;
	size_t end;

	if (!body.len)
		return;
	if (is_binary(str_slice(body, 0, most))) {
		buf_printf(out, "  %s %zu bytes that are no text", mark, body.len);
		say(w, s, out);
		return;
	}
	buf_init(&whole, 0);
	buf_add(&whole, str_slice(body, 0, 4 * most));
	secrets_mask(w, s->user, &whole);
	end = whole.len < most ? whole.len : most;
	while (end < whole.len && end && ((unsigned char)whole.data[end] & 0xc0) == 0x80)
		end--;
	buf_printf(out, "  %s %.*s", mark, STR_ARG(str_slice(buf_str(&whole), 0, end)));
	if (body.len > end && (whole.len > end || body.len > 4 * most))
		buf_printf(out, "… and %zu bytes more", body.len - end);
	say(w, s, out);
	buf_release(&whole);
}

static void say_request(struct worker *w, const struct strand *s, const struct exchange *x,
			struct buf *out)
{
	const struct request_plan *r = s->request;
	struct buf sent;

	buf_init(&sent, 0);
	keep_put_sent(s, x, &sent);
	say_headers(w, s, ">", buf_str(&sent), '\n', out);
	buf_release(&sent);
	if (x->override_method)
		return;
	say_body(w, s, ">",
		 x->body.len			? buf_str(&x->body)
		 : r->body && r->body->constant ? r->body->value.text
						: STR(""),
		 BODY_TRACED, out);
}

static bool is_traced(const struct worker *w, const struct user *u)
{
	return log_get_level() >= LOG_TRACE ||
	       (w->plan->settings.trace_user && u->number + 1 == w->plan->settings.trace_user);
}

void tell_exchange(struct worker *w, const struct strand *s, const struct exchange *x)
{
	struct buf line;

	if (!is_traced(w, s->user))
		return;
	buf_init(&line, 0);
	put_who(s, &line);
	buf_add(&line, STR("  "));
	put_exchange(s, x, &line);
	say(w, s, &line);
	say_request(w, s, x, &line);
	if (x->result == HTTP_OK) {
		say_headers(w, s, "<", buf_str(&x->headers), '\n', &line);
		say_body(w, s, "<", buf_str(&x->answer), BODY_TRACED, &line);
	}
	buf_release(&line);
}

/* ---- failures */

static void tell_in_full(struct worker *w, const struct strand *s)
{
	const struct exchange *x = s->exchange;
	struct str body = x ? buf_str(&x->answer) : STR_NULL;
	struct buf line;

	buf_init(&line, 0);
	buf_printf(&line, "%.*s  %.*s  ", STR_ARG(w->failure.at), STR_ARG(s->request->name));
	put_who(s, &line);
	say(w, s, &line);
	if (x && x->last_url && !is_traced(w, s->user)) {
		buf_add(&line, STR("  "));
		put_exchange(s, x, &line);
		say(w, s, &line);
	}
	buf_printf(&line, "  %s: %.*s", failure_name(w->failure.class),
		   STR_ARG(buf_str(&w->failure_text)));
	say(w, s, &line);
	say_body(w, s, "body:", body, BODY_SHOWN, &line);
	buf_release(&line);
}

void tell_failure(struct worker *w, const struct strand *s, ns_t done)
{
	enum log_level level = log_get_level();
	uint32_t *told = &w->told[s->request - w->program->requests];

	w->failure.when = done - w->measured;
	secrets_mask(w, s->user, &w->failure_text);
	if (!user_iterates(s->user) || is_measured(w, s->user, s->due))
		recorder_failure(&w->recorder, &w->failure, buf_str(&w->failure_text));
	keep_evidence(w, s);
	if (level == LOG_QUIET || !tell_wants_bodies(&w->plan->settings))
		return;
	if (level >= LOG_TRACE || *told < TOLD_IN_FULL)
		tell_in_full(w, s);
	if (++*told == TOLD_IN_FULL && level < LOG_TRACE)
		log_verbose("further failures of %.*s are only counted; -vv tells all",
			    STR_ARG(s->request->name));
}

void tell_retry(struct worker *w, const struct strand *s)
{
	struct buf line;

	if (log_get_level() < LOG_VERBOSE)
		return;
	buf_init(&line, 0);
	buf_printf(&line, "%.*s  %.*s  ", STR_ARG(w->failure.at), STR_ARG(s->request->name));
	put_who(s, &line);
	buf_printf(&line, ": %s: %.*s; retry %u of %u", failure_name(w->failure.class),
		   STR_ARG(buf_str(&w->failure_text)), (unsigned)s->sample.retries,
		   s->request->retry.times);
	say(w, s, &line);
	buf_release(&line);
}
