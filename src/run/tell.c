#include "run/tell.h"

#include "base/log.h"
#include "base/units.h"
#include "base/url.h"

#define SECRET_MIN   3u	  /* shorter ones stand everywhere by chance */
#define BODY_SHOWN   300u /* bytes of a body */
#define TOLD_IN_FULL 20u  /* failures of one request on one worker, unless all is told */

bool tell_wants_bodies(const struct run_settings *settings)
{
	return settings->once || log_get_level() >= LOG_VERBOSE;
}

/* ---- secrets */

static void replace_all(struct buf *text, struct str secret)
{
	size_t at = 0;
	struct buf out;

	if (secret.len < SECRET_MIN || str_find(buf_str(text), secret, 0) == (size_t)-1)
		return;
	buf_init(&out, text->max);
	for (;;) {
		size_t found = str_find(buf_str(text), secret, at);

		if (found == (size_t)-1)
			break;
		buf_add(&out, str_slice(buf_str(text), at, found));
		buf_add(&out, STR("***"));
		at = found + secret.len;
	}
	buf_add(&out, str_slice(buf_str(text), at, text->len));
	buf_release(text);
	*text = out;
}

/* As it is, and as it stands in a URL. */
static void mask_one(struct buf *text, struct str secret)
{
	struct buf encoded;

	if (secret.len < SECRET_MIN)
		return;
	replace_all(text, secret);
	buf_init(&encoded, 0);
	url_encode(&encoded, secret, false);
	replace_all(text, buf_str(&encoded));
	buf_release(&encoded);
}

static void mask(const struct worker *w, const struct user *u, struct buf *text)
{
	const struct model *model = w->program->model;

	for (size_t i = 0; i < model->parameter_count; i++)
		if (model->parameters[i].secret)
			mask_one(text, model->parameters[i].value);
	for (uint32_t i = 0; i < w->program->slot_count; i++)
		if (u->slots[i].secret)
			mask_one(text, u->slots[i].text);
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

static void put_who(const struct strand *s, struct buf *out)
{
	buf_printf(out, "user %llu, iteration %llu", (unsigned long long)s->user->number + 1,
		   (unsigned long long)s->user->iteration);
}

static void say(struct worker *w, const struct strand *s, struct buf *text)
{
	mask(w, s->user, text);
	if (log_get_level() >= LOG_VERBOSE)
		log_verbose("%.*s", STR_ARG(buf_str(text)));
	else
		log_info("%.*s", STR_ARG(buf_str(text)));
	buf_clear(text);
}

void tell_exchange(struct worker *w, const struct strand *s, const struct exchange *x)
{
	struct buf line;

	if (log_get_level() < LOG_TRACE)
		return;
	buf_init(&line, 0);
	put_who(s, &line);
	buf_add(&line, STR("  "));
	put_exchange(s, x, &line);
	say(w, s, &line);
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
	if (x && x->last_url && log_get_level() < LOG_TRACE) {
		buf_add(&line, STR("  "));
		put_exchange(s, x, &line);
		say(w, s, &line);
	}
	buf_printf(&line, "  %s: %.*s", failure_name(w->failure.class),
		   STR_ARG(buf_str(&w->failure_text)));
	say(w, s, &line);
	if (body.len) {
		buf_printf(&line, "  body: %.*s%s", STR_ARG(str_slice(body, 0, BODY_SHOWN)),
			   body.len > BODY_SHOWN ? "…" : "");
		say(w, s, &line);
	}
	buf_release(&line);
}

void tell_failure(struct worker *w, const struct strand *s, ns_t done)
{
	enum log_level level = log_get_level();
	uint32_t *told = &w->told[s->request - w->program->requests];

	w->failure.when = done - w->start;
	mask(w, s->user, &w->failure_text);
	recorder_failure(&w->recorder, &w->failure, buf_str(&w->failure_text));
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
