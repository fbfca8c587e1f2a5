/*
 * form_field: extracts the value that a browser sends for a name, by the rules of the HTML standard
 * (html/html_page.h): that of an input, a textarea, the selected options of a select, a button.
 * Disabled controls, boxes that are not checked and options that are not selected are not sent.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "html/html_page.h"
#include "interface/extract.h"

#define NAMES_SHOWN 12
/* Enough for a page of some hundred KB: reading it again allocates nothing. */
#define ARENA_BLOCK ((size_t)512 << 10)

struct form_field_plan {
	struct str name;
};

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	struct form_field_plan *plan = ARENA_NEW(a, struct form_field_plan);

	(void)jit;
	plan->name = extract->value.raw;
	if (!plan->name.len) {
		diag_error(diags, extract->span, DIAG_E149,
			   "the name of the form input is missing; write a name such as "
			   "csrf_token");
		return NULL;
	}
	return plan;
}

/* ---- the forms of a response, read once for all extractors */

struct read_forms {
	struct arena arena;
	struct str text; /* what was read; ptr NULL: nothing */
	struct html_page page;
};

static void clear_forms(void *data)
{
	struct read_forms *forms = data;

	if (forms->text.ptr)
		arena_reset(&forms->arena);
	forms->text = STR_NULL;
}

static void free_forms(void *data)
{
	struct read_forms *forms = data;

	arena_release(&forms->arena);
	free(forms);
}

static const struct html_page *forms_of(struct scratch *scratch, const struct response *response,
					struct str subject)
{
	struct html_page_source source = {.body = subject, .url = response->url};
	struct read_forms *forms = scratch->forms.data;

	if (!forms) {
		forms = alloc_zeroed(1, sizeof *forms);
		arena_init(&forms->arena, ARENA_BLOCK);
		scratch->forms = (struct scratch_cache){forms, clear_forms, free_forms};
	}
	if (forms->text.ptr == subject.ptr && forms->text.len == subject.len && subject.ptr)
		return &forms->page;
	clear_forms(forms);
	if (subject.ptr == response->body.ptr)
		source.content_type = response_header(response, STR("Content-Type"), 0);
	html_page_read(&forms->page, &forms->arena, &source, HTML_PAGE_FORMS);
	forms->text = subject;
	return &forms->page;
}

/* ---- finding */

struct form_search {
	struct scratch *scratch;
	struct matches *matches;
};

static void found(struct form_search *s, struct str text)
{
	/* The page may be read again for another text before the value is used. */
	if (!extract_has_all(s->matches))
		(void)extract_add_match(s->matches, s->scratch,
					value_text(scratch_copy(s->scratch, text)));
}

static void find_options(struct form_search *s, const struct html_page *page,
			 const struct html_control *select)
{
	for (uint32_t i = 0; i < select->option_count; i++) {
		const struct html_option *option = &page->options[select->first_option + i];

		if (option->selected && !option->disabled)
			found(s, option->value);
	}
}

static void find_control(struct form_search *s, const struct html_page *page,
			 const struct html_control *control)
{
	bool box = control->type == HTML_CONTROL_CHECKBOX || control->type == HTML_CONTROL_RADIO;

	if (control->disabled || (box && !control->checked))
		return;
	if (control->type == HTML_CONTROL_SELECT)
		find_options(s, page, control);
	else if (control->type != HTML_CONTROL_FILE && control->type != HTML_CONTROL_IMAGE)
		found(s, control->value);
}

static enum find_outcome find(const void *data, const struct response *response, struct str subject,
			      struct scratch *scratch, struct matches *matches)
{
	const struct form_field_plan *plan = data;
	struct form_search s = {.scratch = scratch, .matches = matches};
	const struct html_page *page;

	/* If the name is not in the page, it need not be read, except for character references in
	 * names, which are rare but legal. */
	if (str_find(subject, plan->name, 0) == NOT_FOUND &&
	    str_find_char(subject, '&', 0) == NOT_FOUND)
		return FIND_OK;
	page = forms_of(scratch, response, subject);
	for (uint32_t i = 0; i < page->control_count; i++) {
		const struct html_control *control = &page->controls[page->in_order[i]];

		if (str_eq(control->name, plan->name))
			find_control(&s, page, control);
	}
	return FIND_OK;
}

/* Lists the names of the form inputs in the page. */
static void explain(const void *data, const struct response *response, struct str subject,
		    struct buf *out)
{
	const struct form_field_plan *plan = data;
	struct html_page_source source = {.body = subject, .url = response->url};
	struct html_page page;
	struct arena arena;
	unsigned shown = 0;
	bool known = false;

	arena_init(&arena, 0);
	html_page_read(&page, &arena, &source, HTML_PAGE_FORMS);
	for (uint32_t i = 0; i < page.control_count; i++)
		known |= str_eq(page.controls[i].name, plan->name);
	if (known)
		buf_printf(out,
			   "a browser sends no value for %.*s: it is disabled, not checked or "
			   "not selected; ",
			   STR_ARG(plan->name));
	else
		buf_printf(out, "no form input named %.*s; ", STR_ARG(plan->name));
	for (uint32_t i = 0; i < page.control_count && shown < NAMES_SHOWN; i++) {
		struct str name = page.controls[page.in_order[i]].name;

		if (name.len)
			buf_printf(out, "%s %.*s", shown++ ? "," : "the page has", STR_ARG(name));
	}
	if (!shown)
		buf_add(out, STR("the body has no form inputs"));
	arena_release(&arena);
}

const struct extract_kind form_field_extract = {
    .name = "form_field",
    .sentence = "Value of the HTML form input with this name, as the form would send it.",
    .example = "csrf_token",
    .needs = NEEDS_BODY | NEEDS_HEADERS,
    .prepare = prepare,
    .find = find,
    .explain = explain,
};
