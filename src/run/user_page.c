#include "run/user_page.h"

#include "base/alloc.h"
#include "base/url.h"
#include "html/html_link_query.h"
#include "html/html_submission.h"
#include "run/interpreter.h"
#include "run/step_log.h"

#define ARENA_BYTES ((size_t)256 << 10)
#define ERROR_MAX   4096 /* a message with lists of forms, fields or links */
/* A fixed random text, so that no value has it by chance. */
#define BOUNDARY "----reprise7d0c1f5e9b3a48e2"

struct user_page {
	struct arena arena; /* of the page of the current request, then of its response */
	struct buf packed, text, error, form_error;
	struct html_page response;	 /* the page of `read_for` */
	const struct exchange *read_for; /* NULL: no response was read */
};

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

/* The page that F sees, in the arena; false if there is none. */
static bool load(struct worker *w, const struct fiber *f, struct html_page *page)
{
	struct value kept = f->user->slots[w->program->page_slot];

	return kept.type == VALUE_TEXT && html_page_unpack(page, &w->page->arena, kept.text);
}

/* ---- values */

static struct str text_of(struct worker *w, struct value value)
{
	struct str text = value_text_of(value, &w->scratch);

	if (value.secret && w->eval.mark)
		w->eval.mark(w->eval.marked, STR(""), text);
	return text;
}

static bool evaluate(struct worker *w, const struct tmpl *tmpl, struct str *out)
{
	struct value value;

	if (!eval_template(tmpl, &w->eval, &value))
		return false;
	*out = text_of(w, value);
	return true;
}

static void give_list(struct worker *w, struct value list, struct html_given *given)
{
	struct str *items = ARENA_ARRAY(&w->page->arena, list.count + 1, struct str);

	for (size_t i = 0; i < list.count; i++)
		items[i] = text_of(w, list.items[i]);
	given->kind = HTML_GIVEN_LIST;
	given->items = items;
	given->item_count = list.count;
}

static bool give_value(struct worker *w, const struct form_value *v, struct html_given *given)
{
	struct value value;

	if (!eval_template(v->text, &w->eval, &value))
		return false;
	given->text = text_of(w, value);
	if (value.type == VALUE_NULL)
		given->kind = HTML_GIVEN_NOTHING;
	else if (value.type == VALUE_BOOL)
		given->kind = value_is_true(value) ? HTML_GIVEN_YES : HTML_GIVEN_NO;
	else if (value.type == VALUE_LIST)
		give_list(w, value, given);
	else
		given->kind = HTML_GIVEN_TEXT;
	return true;
}

static bool give_items(struct worker *w, const struct form_value *v, struct html_given *given)
{
	struct str *items = ARENA_ARRAY(&w->page->arena, v->item_count + 1, struct str);

	for (size_t i = 0; i < v->item_count; i++)
		if (!evaluate(w, v->items[i], &items[i]))
			return false;
	given->kind = HTML_GIVEN_LIST;
	given->items = items;
	given->item_count = v->item_count;
	return true;
}

/* The value that V gives to its control; false after an error. */
static bool give(struct worker *w, struct html_submission *s, const struct form_value *v,
		 struct html_given *given)
{
	*given = (struct html_given){.kind = HTML_GIVEN_TEXT};
	switch (v->kind) {
	case FORM_VALUE:
		return give_value(w, v, given);
	case FORM_VALUE_NOTHING:
		given->kind = HTML_GIVEN_NOTHING;
		return true;
	case FORM_VALUE_YES:
	case FORM_VALUE_NO:
		given->kind = v->kind == FORM_VALUE_YES ? HTML_GIVEN_YES : HTML_GIVEN_NO;
		return evaluate(w, v->text, &given->text);
	case FORM_VALUE_LIST:
		return give_items(w, v, given);
	case FORM_VALUE_FILE:
		given->kind = HTML_GIVEN_FILE;
		given->file = (struct html_file){v->file_name, v->file_type, v->content};
		return true;
	case FORM_VALUE_CONTROL:
		break;
	}
	if (html_submission_value(s, v->control, &given->text))
		return true;
	buf_printf(&w->page->error, "${form.%.*s}: the form does not send such a field; it has ",
		   STR_ARG(v->control));
	html_page_put_fields(s->page, s->form, &w->page->error);
	return false;
}

static void explain_value(struct worker *w, const struct html_submission *s,
			  const struct form_value *v, const struct html_given *given,
			  enum html_set_outcome outcome)
{
	struct buf *out = &w->page->error;

	switch (outcome) {
	case HTML_SET_OK:
		return;
	case HTML_SET_NO_FIELD:
		buf_printf(out, "the form has no field '%.*s'; it has ", STR_ARG(v->name));
		html_page_put_fields(s->page, s->form, out);
		return;
	case HTML_SET_NOT_OFFERED:
		buf_printf(out, "'%.*s' does not offer '%.*s'; it offers ", STR_ARG(v->name),
			   STR_ARG(given->text));
		html_submission_put_offer(s, v->name, out);
		return;
	case HTML_SET_TOO_MANY:
		buf_printf(out, "the field '%.*s' cannot have this many values", STR_ARG(v->name));
		return;
	case HTML_SET_NOT_A_BOX:
		buf_printf(out, "'%.*s' is not a checkbox, so it cannot be yes or no",
			   STR_ARG(v->name));
		return;
	case HTML_SET_NOT_A_FILE:
		buf_printf(out,
			   v->kind == FORM_VALUE_FILE
			       ? "'%.*s' is not a field for files"
			       : "'%.*s' is a field for files; write {file: NAME}",
			   STR_ARG(v->name));
		return;
	case HTML_SET_BUTTON:
		buf_printf(out, "'%.*s' is a button; write button: %.*s", STR_ARG(v->name),
			   STR_ARG(v->name));
		return;
	}
}

static bool set_values(struct worker *w, struct html_submission *s, const struct page_action *act)
{
	for (size_t i = 0; i < act->value_count; i++) {
		const struct form_value *v = &act->values[i];
		struct html_given given;
		enum html_set_outcome outcome;

		if (!give(w, s, v, &given))
			return false;
		outcome = html_submission_set(s, v->name, &given);
		/* `yes` is a text for other controls. */
		if (outcome == HTML_SET_NOT_A_BOX && given.text.ptr) {
			given.kind = HTML_GIVEN_TEXT;
			outcome = html_submission_set(s, v->name, &given);
		}
		explain_value(w, s, v, &given, outcome);
		if (outcome != HTML_SET_OK)
			return false;
	}
	return true;
}

static bool add_values(struct worker *w, struct html_submission *s, const struct page_action *act)
{
	for (size_t i = 0; i < act->added_count; i++) {
		const struct form_value *v = &act->added[i];
		struct html_given given;

		if (!give(w, s, v, &given))
			return false;
		if (given.kind == HTML_GIVEN_LIST)
			for (size_t k = 0; k < given.item_count; k++)
				html_submission_add(s, v->name, given.items[k], NULL);
		else if (given.kind != HTML_GIVEN_NOTHING)
			html_submission_add(s, v->name, given.text,
					    given.kind == HTML_GIVEN_FILE ? &given.file : NULL);
	}
	return true;
}

/* ---- which form */

static void put_wanted(const struct html_form_query *query, struct buf *out)
{
	for (size_t i = 0; i < query->field_count; i++)
		buf_printf(out, "%s'%.*s'", i ? ", " : " with ", STR_ARG(query->fields[i]));
	if (query->button.ptr)
		buf_printf(out, " with the button '%.*s'", STR_ARG(query->button));
	if (query->form.ptr)
		buf_printf(out, " that matches %.*s", STR_ARG(query->form));
}

static bool choose_form(struct worker *w, const struct page_action *act,
			const struct html_page *page, struct html_submission *s)
{
	struct buf *error = &w->page->error;
	struct str *fields = ARENA_ARRAY(&w->page->arena, act->value_count + 1, struct str);
	struct html_form_query query = {
	    .fields = fields, .field_count = act->value_count, .form = act->form};
	enum html_form_outcome outcome;
	uint32_t form;

	for (size_t i = 0; i < act->value_count; i++)
		fields[i] = act->values[i].name;
	if (act->button && !evaluate(w, act->button, &query.button))
		return false;
	outcome = html_submission_find(page, &query, &form);
	if (outcome != HTML_FORM_FOUND) {
		buf_printf(error, outcome == HTML_FORM_NONE ? "no form" : "several forms");
		put_wanted(&query, error);
		buf_printf(error, " on %.*s; %s", STR_ARG(page->url),
			   outcome == HTML_FORM_NONE ? "it has "
						     : "choose one with form: or button:; it has ");
		html_page_put_forms(page, error);
		return false;
	}
	html_submission_init(s, &w->page->arena, page, form);
	if (act->no_button)
		html_submission_press(s, STR_NULL);
	else if (query.button.ptr && !html_submission_press(s, query.button)) {
		buf_printf(error, "the button '%.*s' is disabled", STR_ARG(query.button));
		return false;
	}
	return true;
}

/* ---- the request */

static void put_header(struct exchange *x, struct str name, struct str value)
{
	buf_add(&x->header_text, name);
	buf_add(&x->header_text, STR(": "));
	buf_add(&x->header_text, value);
	buf_add_char(&x->header_text, '\0');
}

/* The page's address, as browsers send it by default: only its origin to another one, nothing from
 * https to http. */
static void put_referer(const struct html_page *page, struct exchange *x)
{
	struct url from, to;

	if (!url_split(page->url, &from) || !url_split(buf_str(&x->url), &to))
		return;
	if (str_ieq(from.scheme, to.scheme) && str_ieq(from.host, to.host) &&
	    from.port == to.port) {
		put_header(x, STR("Referer"),
			   str_slice(page->url, 0, str_find_char(page->url, '#', 0)));
	} else if (!str_ieq(from.scheme, STR("https")) || str_ieq(to.scheme, STR("https"))) {
		size_t host = str_find(page->url, STR("://"), 0) + 3;
		size_t path = str_find_char(page->url, '/', host);

		buf_add(&x->header_text, STR("Referer: "));
		buf_add(&x->header_text, str_slice(page->url, 0, path));
		buf_add(&x->header_text, STR("/"));
		buf_add_char(&x->header_text, '\0');
	}
}

static bool build(struct worker *w, struct html_submission *s, struct exchange *x)
{
	struct user_page *p = w->page;
	struct html_request out = {.url = &x->url, .content_type = &p->text, .body = &x->body};
	enum html_build_outcome outcome;

	buf_clear(&p->text);
	outcome = html_submission_build(s, STR(BOUNDARY), &out);
	if (outcome == HTML_BUILD_ADDRESS)
		buf_printf(&p->error, "the form goes to '%.*s', which is not an http address",
			   STR_ARG(buf_str(&x->url)));
	else if (outcome == HTML_BUILD_DIALOG)
		buf_add(&p->error, STR("the form has method=dialog, so a browser sends nothing"));
	else if (outcome == HTML_BUILD_LIMIT)
		buf_add(&p->error, STR("the form is too large"));
	if (outcome != HTML_BUILD_OK)
		return false;
	x->override_method = out.method == HTML_GET;
	x->method = x->override_method ? "GET" : NULL;
	if (!x->override_method)
		put_header(x, STR("Content-Type"), buf_str(&p->text));
	html_submission_put_receipt(s, &x->note);
	return true;
}

static bool render_submit(struct worker *w, struct fiber *f, const struct html_page *page,
			  struct exchange *x)
{
	const struct page_action *act = f->request->page_action;
	struct html_submission s;

	if (!choose_form(w, act, page, &s) || !set_values(w, &s, act) || !add_values(w, &s, act) ||
	    !build(w, &s, x))
		return false;
	buf_clear(&w->page->text);
	buf_printf(
	    &w->page->text, "%s %.*s with ", x->override_method ? "GET" : "POST",
	    STR_ARG(str_slice(buf_str(&x->url), 0, str_find_char(buf_str(&x->url), '?', 0))));
	html_page_put_fields(page, s.form, &w->page->text);
	step_log_note(w, f, "form", buf_str(&w->page->text));
	return true;
}

static bool explain_link(struct worker *w, const struct html_page *page,
			 const struct html_link_query *query, enum html_link_outcome outcome)
{
	struct buf *out = &w->page->error;

	if (outcome == HTML_LINK_NO_ROW)
		buf_printf(out, "no row with '%.*s'", STR_ARG(query->row));
	else if (outcome == HTML_LINK_NOT_IN_ROW)
		buf_printf(out, "no link '%.*s' in the row with '%.*s'", STR_ARG(query->link),
			   STR_ARG(query->row));
	else if (outcome == HTML_LINK_NTH)
		buf_printf(out, "fewer than %u links '%.*s'", query->nth, STR_ARG(query->link));
	else
		buf_printf(out, "no link '%.*s'", STR_ARG(query->link));
	buf_printf(out, " on %.*s; it has ", STR_ARG(page->url));
	html_page_put_links(page, out);
	return false;
}

static bool render_follow(struct worker *w, struct fiber *f, const struct html_page *page,
			  struct exchange *x)
{
	const struct page_action *act = f->request->page_action;
	struct html_link_query query = {.nth = act->nth};
	enum html_link_outcome outcome;
	uint32_t link, different;

	if (!evaluate(w, act->link, &query.link) ||
	    (act->row && !evaluate(w, act->row, &query.row)))
		return false;
	outcome = html_link_query_find(page, &query, &link, &different);
	if (outcome != HTML_LINK_FOUND)
		return explain_link(w, page, &query, outcome);
	if (!html_page_resolve(page, page->links[link].address, &x->url)) {
		buf_printf(&w->page->error, "the link goes to '%.*s', which is not an http address",
			   STR_ARG(page->links[link].address));
		return false;
	}
	buf_clear(&w->page->text);
	buf_printf(&w->page->text, "%.*s", STR_ARG(page->links[link].address));
	if (different > 1)
		buf_printf(&w->page->text,
			   " (%u links with different addresses fit; row or nth chooses another)",
			   different);
	step_log_note(w, f, "link", buf_str(&w->page->text));
	return true;
}

bool user_page_render(struct worker *w, struct fiber *f, struct exchange *x)
{
	struct user_page *p = w->page;
	struct html_page page;
	bool ok;

	p->read_for = NULL;
	arena_reset(&p->arena);
	buf_clear(&p->error);
	if (!load(w, f, &page)) {
		buf_add(&p->error, STR("no page yet: no step before this one received an HTML page "
				       "in this iteration"));
		return false;
	}
	step_log_note(w, f, "page", page.url);
	ok = f->request->page_action->follows ? render_follow(w, f, &page, x)
					      : render_submit(w, f, &page, x);
	if (ok && !f->request->page_action->own_referer)
		put_referer(&page, x);
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

void user_page_check_form(struct worker *w, const struct fiber *f)
{
	const struct exchange *x = f->exchange;
	struct user_page *p = w->page;
	struct html_page before;
	uint32_t form;

	if (!x->note.len || !is_html(media_type(w)))
		return;
	read_page(w, f, f->request->page_parts | HTML_PAGE_FORMS | HTML_PAGE_ERRORS);
	if (!html_submission_again(buf_str(&x->note), &p->response, &form))
		return;
	w->response.form = RESPONSE_FORM_AGAIN;
	if (x->override_method || w->response.redirected || x->status / 100 != 2)
		return;
	w->response.form = RESPONSE_FORM_REJECTED;
	buf_clear(&p->form_error);
	html_page_put_error(load(w, f, &before) ? &before : NULL, &p->response, &p->form_error);
	w->response.form_error = buf_str(&p->form_error);
}

static void keep(struct worker *w, struct fiber *f, const struct html_page *page)
{
	struct buf *packed = &w->page->packed;

	buf_clear(packed);
	html_page_pack(page, packed);
	interpreter_set_value(w, f, w->program->page_slot, value_text(buf_str(packed)));
}

/* A script has received new forms for the page. */
static void keep_fragment(struct worker *w, struct fiber *f)
{
	struct user_page *p = w->page;
	struct html_page_source source = source_of(w);
	struct html_page page, fragment;

	arena_reset(&p->arena);
	p->read_for = NULL;
	if (!load(w, f, &page))
		return;
	html_page_read_fragment(&fragment, &p->arena, &source);
	if (html_page_replace_forms(&page, &p->arena, &fragment))
		keep(w, f, &page);
}

static void keep_response(struct worker *w, struct fiber *f)
{
	const struct request_plan *plan = f->request;
	struct str type;

	if (!plan->page_parts || !w->response.url.ptr || w->response.status == 204 ||
	    w->response.status == 304 || is_download(w))
		return;
	type = media_type(w);
	if (plan->is_script || !is_html(type)) {
		if (may_have_fragment(type))
			keep_fragment(w, f);
		return;
	}
	if (w->page->read_for != f->exchange)
		read_page(w, f, plan->page_parts);
	keep(w, f, &w->page->response);
}

void user_page_keep(struct worker *w, struct fiber *f)
{
	keep_response(w, f);
	/* The exchange will be used again for another response. */
	w->page->read_for = NULL;
}
