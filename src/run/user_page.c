#include "run/user_page_private.h"

#include "base/alloc.h"
#include "base/url.h"
#include "html/html_link_query.h"
#include "run/interpreter.h"
#include "run/step_log.h"

#define ARENA_BYTES ((size_t)256 << 10)
#define ERROR_MAX   4096 /* a message with lists of forms, fields or links */
#define BOUNDARY    "----reprise7d0c1f5e9b3a48e2"

struct user_page *user_page_new(const struct program *program)
{
	struct user_page *p;

	if (program->page_slot == SLOT_NONE)
		return NULL;
	p = alloc_zeroed(1, sizeof *p);
	arena_init(&p->arena, ARENA_BYTES);
	buf_init(&p->packed, HTML_PAGE_PACKED_MAX);
	buf_init(&p->text, 0);
	buf_init(&p->error, ERROR_MAX);
	buf_init(&p->form_error, ERROR_MAX);
	return p;
}

void user_page_free(struct user_page *p)
{
	if (!p)
		return;
	arena_release(&p->arena);
	buf_release(&p->packed);
	buf_release(&p->text);
	buf_release(&p->error);
	buf_release(&p->form_error);
	free(p);
}

struct str user_page_error(const struct worker *w)
{
	return buf_str(&w->page->error);
}

/* The page in SLOT of the user of F, in the arena; false if there is none. */
static bool load(struct worker *w, const struct fiber *f, uint32_t slot, struct html_page *page)
{
	struct value kept = f->user->slots[slot];

	return kept.type == VALUE_TEXT && html_page_unpack(page, &w->page->arena, kept.text);
}

/* The text of `row`; false after an error. */
static bool row_text(struct worker *w, const struct page_action *act, struct str *row)
{
	if (!act->row)
		return true;
	if (!user_page_evaluate(w, act->row, row))
		return false;
	if (str_trim(*row).len)
		return true;
	buf_add(&w->page->error, STR("the text of 'row' is empty, so it is in every row"));
	return false;
}

/* ---- which form */

static bool choose_form(struct worker *w, const struct page_action *act,
			const struct html_page *page, struct html_submission *s,
			unsigned *different)
{
	struct arena *a = &w->page->arena;
	struct str *fields = ARENA_ARRAY(a, act->value_count + 1, struct str);
	struct html_form_query query = {
	    .fields = fields, .field_count = act->value_count, .form = act->form, .nth = act->nth};
	enum html_form_outcome outcome;
	struct html_form_choice choice;

	for (size_t i = 0; i < act->value_count; i++)
		fields[i] = act->values[i].name;
	if ((act->button && !user_page_evaluate(w, act->button, &query.button)) ||
	    !row_text(w, act, &query.row))
		return false;
	outcome = html_submission_find(page, a, &query, &choice);
	if (outcome != HTML_FORM_FOUND) {
		html_submission_explain_form(page, a, &query, outcome, &w->page->error);
		return false;
	}
	*different = act->nth ? 1 : choice.different;
	html_submission_begin(s, a, page, &choice);
	if (act->no_button)
		html_submission_press(s, STR_NULL);
	return true;
}

/* ---- the request */

/* The value is START and REST. */
static void put_header(struct exchange *x, struct str name, struct str start, struct str rest)
{
	buf_add(&x->header_text, name);
	buf_add(&x->header_text, STR(": "));
	buf_add(&x->header_text, start);
	buf_add(&x->header_text, rest);
	buf_add_char(&x->header_text, '\0');
}

/* Where the request comes from, as browsers say it by default. Referer: the page's address, only
 * its origin to another one, nothing from https to http. Origin: with everything but GET; "null"
 * from https to http (Fetch standard, "append a request Origin header"). */
static void put_source(const struct page_action *action, const struct html_page *page,
		       struct exchange *x)
{
	bool same, insecure, reads = action->follows || x->override_method;
	struct str origin;
	struct url from, to;
	size_t host;

	if (!url_split(page->url, &from) || !url_split(buf_str(&x->url), &to))
		return;
	same =
	    str_ieq(from.scheme, to.scheme) && str_ieq(from.host, to.host) && from.port == to.port;
	insecure = str_ieq(from.scheme, STR("https")) && !str_ieq(to.scheme, STR("https"));
	host = str_find(page->url, STR("://"), 0) + 3;
	origin = str_slice(page->url, 0, str_find_char(page->url, '/', host));
	if (!action->own_referer && same)
		put_header(x, STR("Referer"), STR(""),
			   str_slice(page->url, 0, str_find_char(page->url, '#', 0)));
	else if (!action->own_referer && !insecure)
		put_header(x, STR("Referer"), origin, STR("/"));
	if (!action->own_origin && !reads)
		put_header(x, STR("Origin"), STR(""), insecure ? STR("null") : origin);
}

/* Why no request can be sent. */
static void explain_request(const struct html_submission *s, enum html_build_outcome outcome,
			    struct buf *out)
{
	const struct html_control *button;

	switch (outcome) {
	case HTML_BUILD_OK:
		return;
	case HTML_BUILD_ADDRESS:
		buf_add(out, STR("the form goes to "));
		html_submission_put_no_address(s, out);
		return;
	case HTML_BUILD_DISABLED:
		button = &s->page->controls[s->disabled_button];
		buf_printf(out,
			   "the first button of the form, '%.*s', is disabled, so the Enter key "
			   "sends nothing; choose another one with button:, or write button: none",
			   STR_ARG(button->label.len ? button->label : button->name));
		return;
	case HTML_BUILD_DIALOG:
		buf_add(out, STR("the form has method=dialog, so a browser sends nothing"));
		return;
	case HTML_BUILD_LIMIT:
		buf_add(out, STR("the form is too large"));
		return;
	}
}

static bool build(struct worker *w, const struct page_action *act, struct html_submission *s,
		  struct exchange *x)
{
	struct user_page *p = w->page;
	struct html_request out = {.url = &x->url, .content_type = &p->text, .body = &x->body};
	enum html_build_outcome outcome;

	buf_clear(&p->text);
	s->has_enctype = act->has_enctype;
	s->enctype = act->enctype;
	outcome = html_submission_build(s, STR(BOUNDARY), &out);
	explain_request(s, outcome, &p->error);
	if (outcome != HTML_BUILD_OK)
		return false;
	x->override_method = out.method == HTML_GET;
	x->method = x->override_method ? "GET" : NULL;
	if (!x->override_method && !act->own_type)
		put_header(x, STR("Content-Type"), STR(""), buf_str(&p->text));
	html_submission_put_receipt(s, &x->note);
	return true;
}

static bool render_submit(struct worker *w, struct fiber *f, const struct html_page *page,
			  struct exchange *x)
{
	const struct page_action *act = f->request->page_action;
	struct buf *text = &w->page->text;
	struct html_submission s;
	unsigned different;

	if (!choose_form(w, act, page, &s, &different) || !user_page_give_values(w, &s, act) ||
	    !build(w, act, &s, x))
		return false;
	user_page_mark_secrets(w, f, &s);
	buf_clear(text);
	buf_printf(
	    text, "%s %.*s with ", x->override_method ? "GET" : "POST",
	    STR_ARG(str_slice(buf_str(&x->url), 0, str_find_char(buf_str(&x->url), '?', 0))));
	html_page_put_fields(page, s.form, text);
	html_submission_put_pressed(&s, text);
	if (different > 1)
		buf_printf(text,
			   " (%u forms or buttons that send different values fit; row or nth "
			   "chooses another)",
			   different);
	step_log_note(w, f, "form", buf_str(text));
	return true;
}

static bool is_allowed(const void *data, struct str address)
{
	struct url url;

	return url_split(address, &url) && program_host_allowed(data, &url);
}

static bool render_follow(struct worker *w, struct fiber *f, const struct html_page *page,
			  struct exchange *x)
{
	const struct page_action *act = f->request->page_action;
	struct arena *a = &w->page->arena;
	struct html_link_query query = {
	    .nth = act->nth, .is_allowed = is_allowed, .data = w->program};
	enum html_link_outcome outcome;
	struct html_link_found found;
	struct str address;

	if (!user_page_evaluate(w, act->link, &query.link) || !row_text(w, act, &query.row))
		return false;
	outcome = html_link_query_find(page, a, &query, &found);
	if (outcome != HTML_LINK_FOUND) {
		html_link_query_explain(page, a, &query, outcome, &w->page->error);
		return false;
	}
	address = page->links[found.link].address;
	if (!html_page_resolve(page, address, &x->url)) {
		buf_add(&w->page->error, STR("the link goes to "));
		html_page_put_no_address(page, address, &w->page->error);
		return false;
	}
	buf_clear(&w->page->text);
	buf_printf(&w->page->text, "%.*s", STR_ARG(address));
	if (found.different > 1 && !act->nth)
		buf_printf(&w->page->text,
			   " (%u links with different addresses fit; row or nth chooses another)",
			   found.different);
	step_log_note(w, f, "link", buf_str(&w->page->text));
	return true;
}

static void put_no_page(const struct page_action *action, struct buf *out)
{
	if (action->page.ptr)
		buf_printf(out,
			   "no page '%.*s' yet: no step of this name received an HTML page in this "
			   "iteration",
			   STR_ARG(action->page));
	else
		buf_add(out, STR("no page yet: no step before this one received an HTML page in "
				 "this iteration"));
}

bool user_page_render(struct worker *w, struct fiber *f, struct exchange *x)
{
	struct user_page *p = w->page;
	struct html_page page;
	bool ok;

	p->read_for = NULL;
	arena_reset(&p->arena);
	buf_clear(&p->error);
	if (!load(w, f, f->request->page_from, &page)) {
		put_no_page(f->request->page_action, &p->error);
		return false;
	}
	step_log_note(w, f, "page", page.url);
	ok = f->request->page_action->follows ? render_follow(w, f, &page, x)
					      : render_submit(w, f, &page, x);
	if (ok)
		put_source(f->request->page_action, &page, x);
	return ok;
}

/* ---- the response */

static struct str media_type(const struct worker *w)
{
	struct str type = response_header(&w->response, STR("Content-Type"), 0);

	return str_trim(str_slice(type, 0, str_find_char(type, ';', 0)));
}

static bool is_html(struct str type)
{
	return str_ieq(type, STR("text/html")) || str_ieq(type, STR("application/xhtml+xml"));
}

/* A text in which scripts receive parts of a page. */
static bool may_have_fragment(struct str type)
{
	return is_html(type) || str_ieq(type, STR("application/json")) ||
	       str_ieq(type, STR("text/xml")) || str_ieq(type, STR("application/xml"));
}

static bool is_download(const struct worker *w)
{
	struct str how = response_header(&w->response, STR("Content-Disposition"), 0);

	return how.ptr && how.len >= 10 && str_ieq(str_slice(how, 0, 10), STR("attachment"));
}

static struct html_page_source source_of(const struct worker *w)
{
	return (struct html_page_source){.body = w->response.body,
					 .content_type =
					     response_header(&w->response, STR("Content-Type"), 0),
					 .url = w->response.url};
}

static void read_page(struct worker *w, const struct fiber *f, unsigned parts)
{
	struct html_page_source source = source_of(w);

	arena_reset(&w->page->arena);
	html_page_read(&w->page->response, &w->page->arena, &source, parts);
	w->page->read_for = f->exchange;
}

static unsigned parts_of(const struct request_plan *plan)
{
	return plan->page_parts | plan->named_parts;
}

void user_page_check_form(struct worker *w, const struct fiber *f)
{
	const struct exchange *x = f->exchange;
	struct user_page *p = w->page;
	struct html_page before;
	enum html_again again;
	uint32_t form;

	if (!x->note.len || !is_html(media_type(w)))
		return;
	read_page(w, f, parts_of(f->request) | HTML_PAGE_FORMS | HTML_PAGE_ERRORS);
	again = html_submission_again(&p->arena, buf_str(&x->note), &p->response, &form);
	if (again == HTML_AGAIN_NONE)
		return;
	w->response.form = RESPONSE_FORM_AGAIN;
	if (again != HTML_AGAIN_KEPT || x->override_method || w->response.redirected ||
	    x->status / 100 != 2)
		return;
	w->response.form = RESPONSE_FORM_REJECTED;
	buf_clear(&p->form_error);
	html_page_put_error(load(w, f, f->request->page_from, &before) ? &before : NULL,
			    &p->response, &p->form_error);
	w->response.form_error = buf_str(&p->form_error);
}

/* Keeps PAGE in the slot LAST, that of the last page, and in NAMED; SLOT_NONE: not there. */
static void keep(struct worker *w, struct fiber *f, const struct html_page *page, uint32_t last,
		 uint32_t named)
{
	struct buf *packed = &w->page->packed;

	buf_clear(packed);
	html_page_pack(page, packed);
	if (last != SLOT_NONE)
		interpreter_set_value(w, f, last, value_text(buf_str(packed)));
	if (named != SLOT_NONE)
		interpreter_set_value(w, f, named, value_text(buf_str(packed)));
}

/* A script has received new forms for the page. */
static void keep_fragment(struct worker *w, struct fiber *f)
{
	struct user_page *p = w->page;
	struct html_page_source source = source_of(w);
	struct html_page page, fragment;
	bool changed;

	arena_reset(&p->arena);
	p->read_for = NULL;
	if (!load(w, f, w->program->page_slot, &page))
		return;
	html_page_read_fragment(&fragment, &p->arena, &source);
	changed = html_page_replace_forms(&page, &p->arena, &fragment);
	changed |= html_page_update_state(&page, w->response.body);
	if (changed)
		keep(w, f, &page, w->program->page_slot, SLOT_NONE);
}

static void keep_response(struct worker *w, struct fiber *f)
{
	const struct request_plan *plan = f->request;
	struct str type;

	if (!parts_of(plan) || !w->response.url.ptr || w->response.status == 204 ||
	    w->response.status == 304 || is_download(w))
		return;
	type = media_type(w);
	if (plan->is_script || !is_html(type)) {
		if (plan->page_parts && may_have_fragment(type))
			keep_fragment(w, f);
		return;
	}
	if (w->page->read_for != f->exchange)
		read_page(w, f, parts_of(plan));
	keep(w, f, &w->page->response, plan->page_parts ? w->program->page_slot : SLOT_NONE,
	     plan->named_slot);
}

void user_page_keep(struct worker *w, struct fiber *f)
{
	keep_response(w, f);
	user_page_forget(w);
}

void user_page_forget(struct worker *w)
{
	if (w->page)
		w->page->read_for = NULL;
}
