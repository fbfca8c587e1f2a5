/* The parts of a request that differ from user to user: rendered into an exchange before it is
 * sent. */
#include "run/interpreter.h"
#include "run/request.h"

#include "base/idn.h"
#include "base/url.h"
#include "run/live_secrets.h"
#include "run/trace_context.h"
#include "run/user_lifecycle.h"
#include "run/user_page.h"

/* Whether the credentials of `defaults` must not be sent: the request goes to another host. */
static bool leaves_target(const struct worker *w, const struct request_plan *plan, struct str text)
{
	struct url url, target;

	return plan->auth.target_only &&
	       (!url_split(text, &url) || !url_split(w->program->target, &target) ||
		!url_same_origin(&url, &target));
}

static bool put_headers(struct worker *w, const struct request_plan *plan, struct exchange *x)
{
	bool leaves = leaves_target(w, plan, buf_str(&x->url));
	struct buf *out = &x->header_text;

	/* Digest and AWS: the client makes the header. */
	if (leaves && plan->auth.kind != AUTH_NONE)
		x->drop_credentials = true;

	for (size_t i = 0; i < plan->header_count; i++) {
		const struct header_plan *header = &plan->headers[i];

		if (header->line.ptr || (leaves && header->target_only))
			continue;
		buf_add(out, header->name);
		buf_add(out, STR(": "));
		if (!eval_render(header->value, &w->eval, out))
			return false;
		buf_add_char(out, '\0');
	}
	return true;
}

/* For the plan's auth: user name, password and credential cache, each ended by NUL. */
static bool put_login(struct worker *w, const struct auth_plan *auth, struct buf *out)
{
	if (auth->kind == AUTH_NONE)
		return true;
	if (!eval_render(auth->user, &w->eval, out))
		return false;
	buf_add_char(out, '\0');
	if (!eval_render(auth->password, &w->eval, out))
		return false;
	buf_add_char(out, '\0');
	if (!auth->cache)
		return true;
	if (!eval_render(auth->cache, &w->eval, out))
		return false;
	buf_add_char(out, '\0');
	return true;
}

/* A client certificate that differs between users. */
static bool put_identity(struct worker *w, const struct request_plan *plan, struct buf *out)
{
	const struct tls_plan *tls = &w->program->tls[plan->tls_profile];
	const struct tmpl *parts[] = {tls->cert, tls->key, tls->passphrase};

	for (size_t i = 0; i < 3 && tls->varies; i++) {
		size_t at = out->len;

		if (parts[i] && i < 2)
			buf_add(out, tls->folder);
		if (parts[i] && !eval_render(parts[i], &w->eval, out))
			return false;
		buf_add_char(out, '\0');
		if (parts[i] && i < 2)
			program_tls_file_resolve(tls, out, at);
	}
	return true;
}

static bool put_url(struct worker *w, const struct fiber *f, struct exchange *x)
{
	const struct request_plan *plan = f->request;

	if (f->sends_query && plan->graphql->full_url)
		return eval_render(plan->graphql->full_url, &w->eval, &x->url);
	return plan->url->constant || eval_render(plan->url, &w->eval, &x->url);
}

/* The body of the request of F: the text around its files, and the positions of the files. */
static bool put_body(struct worker *w, const struct fiber *f, struct exchange *x)
{
	const struct request_plan *plan = f->request;

	if (f->sends_query && plan->graphql->full_body)
		return eval_render(plan->graphql->full_body, &w->eval, &x->body);
	if (!plan->body || program_body_is_constant(plan))
		return true;
	for (size_t i = 0; i < plan->file_count; i++) {
		if (!eval_render(plan->files[i].before, &w->eval, &x->body))
			return false;
		x->file_offsets[i] = x->body.len;
	}
	return eval_render(plan->body, &w->eval, &x->body);
}

/* Names are compared, looked up and sent in their ASCII form; program/ converts constant URLs. */
static void use_ascii_host(struct worker *w, struct exchange *x)
{
	if (!x->url.len || !idn_is_needed(buf_str(&x->url)))
		return;
	buf_clear(&w->text);
	if (!idn_url(buf_str(&x->url), &w->text))
		return;
	buf_clear(&x->url);
	buf_add(&x->url, buf_str(&w->text));
}

/* ws://HOST in a value is http://HOST with an upgrade. */
static void use_http_scheme(struct worker *w, struct exchange *x)
{
	struct str url = buf_str(&x->url);

	if (!str_starts(url, STR("ws://")) && !str_starts(url, STR("wss://")))
		return;
	buf_clear(&w->text);
	buf_printf(&w->text, "http%.*s", STR_ARG(str_slice(url, 2, url.len)));
	buf_clear(&x->url);
	buf_add(&x->url, buf_str(&w->text));
}

/* The first line of TEXT, NUL-terminated lines, with the field NAME; ptr NULL: none. */
static struct str line_of(struct str text, struct str name)
{
	while (text.len) {
		struct str line = str_of(text.ptr);

		if (line.len > name.len && line.ptr[name.len] == ':' &&
		    str_ieq(str_slice(line, 0, name.len), name))
			return line;
		text = str_slice(text, line.len + 1, text.len);
	}
	return STR_NULL;
}

/* Removes the lines with the field NAME. */
static void remove_lines(struct buf *lines, struct str name)
{
	struct str line;

	while ((line = line_of(buf_str(lines), name)).ptr) {
		size_t from = (size_t)(line.ptr - lines->data), end = from + line.len + 1;

		memmove(lines->data + from, lines->data + end, lines->len - end + 1);
		lines->len -= line.len + 1;
	}
}

/* A recorded request: with the login of `defaults` instead of the recorded one, which is old. */
static bool render_recorded(struct worker *w, struct fiber *f, struct exchange *x)
{
	const struct request_plan *plan = f->request;

	replay_sessions_render(w->replay, f->user->session, &x->url, &x->header_text, &x->body);
	if (plan->auth.kind != AUTH_NONE || plan->auth.header)
		remove_lines(&x->header_text, STR("Authorization"));
	return put_headers(w, plan, x) && put_login(w, &plan->auth, &x->login) &&
	       put_identity(w, plan, &x->identity);
}

bool request_render(struct worker *w, struct fiber *f, struct exchange *x)
{
	const struct request_plan *plan = f->request;
	const struct request_facts *facts = &w->plan->requests[plan->index];
	struct live_secrets_request request = {w->program, f};
	bool ok;

	buf_clear(&f->secrets);
	if (f->user->session && user_iterates(f->user)) {
		interpreter_eval(w, f);
		w->eval.mark = live_secrets_mark;
		w->eval.marked = &request;
		ok = render_recorded(w, f, x);
		w->eval.mark = NULL;
		scratch_clear(&w->scratch);
		return ok;
	}
	if (facts->traced)
		trace_context_put(w, f, &x->header_text);
	if (!facts->varies && !f->sends_query)
		return true;
	interpreter_eval(w, f);
	w->eval.mark = live_secrets_mark;
	w->eval.marked = &request;
	ok = (!plan->page_action || user_page_render(w, f, x)) && put_url(w, f, x) &&
	     put_headers(w, plan, x) && put_login(w, &plan->auth, &x->login) &&
	     put_identity(w, plan, &x->identity) && put_body(w, f, x);
	w->eval.mark = NULL;
	scratch_clear(&w->scratch);
	use_ascii_host(w, x);
	if (plan->channel)
		use_http_scheme(w, x);
	return ok;
}
