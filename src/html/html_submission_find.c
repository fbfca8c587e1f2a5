/* Which forms fit a query; contracts in html_submission.h. */
#include "base/ascii.h"
#include "html/html_match.h"
#include "html/html_submission_private.h"

uint32_t html_submission_control(const struct html_page *page, uint32_t form, struct str field,
				 uint32_t from)
{
	uint32_t labelled = HTML_PAGE_NONE, first = page->forms[form].first_control;
	uint32_t end = first + page->forms[form].control_count;

	if (!field.len)
		return HTML_PAGE_NONE;
	for (uint32_t i = from > first ? from : first; i < end; i++) {
		const struct html_control *control = &page->controls[i];

		if (str_eq(control->name, field))
			return i;
		if (labelled == HTML_PAGE_NONE && !html_page_is_button(control) &&
		    control->label.len && html_match_text(control->label, field))
			labelled = i;
	}
	return labelled;
}

uint32_t html_submission_button(const struct html_page *page, uint32_t form, struct str button)
{
	uint32_t named = HTML_PAGE_NONE, first = page->forms[form].first_control;

	for (uint32_t i = first; i < first + page->forms[form].control_count; i++) {
		const struct html_control *control = &page->controls[i];

		if (control->disabled || !html_page_is_button(control))
			continue;
		if (html_match_text(control->label, button))
			return i;
		if (named == HTML_PAGE_NONE && control->name.len && str_eq(control->name, button))
			named = i;
	}
	return named;
}

/* ---- selectors of a form element */

static size_t name_end(struct str s, size_t at)
{
	while (at < s.len && (ascii_is_name(s.ptr[at]) || s.ptr[at] == '-' || s.ptr[at] & 0x80))
		at++;
	return at;
}

struct condition {
	struct str name, value; /* name: "form", "id", "class", "name", "action", "method" */
};

/* Reads the condition at *AT; false if it is not valid. */
static bool read_condition(struct str s, size_t *at, struct condition *out)
{
	char first = s.ptr[*at], quote;
	size_t from = *at + 1, end = name_end(s, from);

	if (first == '#' || first == '.') {
		*out = (struct condition){first == '#' ? STR("id") : STR("class"),
					  str_slice(s, from, end)};
		*at = end;
		return end > from;
	}
	if (first != '[') {
		end = name_end(s, *at);
		*out = (struct condition){STR("form"), str_slice(s, *at, end)};
		bool only_first = *at == 0 && str_ieq(out->value, STR("form"));
		*at = end;
		return only_first;
	}
	out->name = str_slice(s, from, end);
	if (end >= s.len || s.ptr[end] != '=')
		return false;
	from = end + 1;
	quote = from < s.len && (s.ptr[from] == '"' || s.ptr[from] == '\'') ? s.ptr[from] : '\0';
	end = str_find_char(s, quote ? quote : ']', from + (quote ? 1 : 0));
	if (end == NOT_FOUND)
		return false;
	out->value = str_slice(s, from + (quote ? 1 : 0), end);
	end += quote ? 1 : 0;
	*at = end + 1;
	return end < s.len && s.ptr[end] == ']' &&
	       (str_eq(out->name, STR("id")) || str_eq(out->name, STR("name")) ||
		str_eq(out->name, STR("action")) || str_eq(out->name, STR("method")) ||
		str_eq(out->name, STR("class")));
}

const char *html_submission_check_selector(struct str selector)
{
	struct condition ignored;
	size_t at = 0;

	selector = str_trim(selector);
	if (!selector.len)
		return "the selector is empty; write one such as #login";
	while (at < selector.len)
		if (!read_condition(selector, &at, &ignored))
			return "select the form element itself, for example #login, form.search "
			       "or [name=order]";
	return NULL;
}

static bool fulfills(const struct html_form *form, const struct condition *condition)
{
	static const char *const methods[] = {"get", "post", "dialog"};

	if (str_eq(condition->name, STR("form")))
		return true;
	if (str_eq(condition->name, STR("id")))
		return str_eq(form->id, condition->value);
	if (str_eq(condition->name, STR("class")))
		return html_match_has_word(form->classes, condition->value);
	if (str_eq(condition->name, STR("name")))
		return str_eq(form->name, condition->value);
	if (str_eq(condition->name, STR("action")))
		return str_eq(form->action, condition->value);
	return str_ieq(str_of(methods[form->method]), condition->value);
}

static bool selects(struct str selector, const struct html_form *form)
{
	struct condition condition;
	size_t at = 0;

	selector = str_trim(selector);
	while (at < selector.len)
		if (!read_condition(selector, &at, &condition) || !fulfills(form, &condition))
			return false;
	return true;
}

/* ---- forms */

bool html_submission_fits(const struct html_page *page, uint32_t form,
			  const struct html_form_query *query)
{
	for (size_t i = 0; i < query->field_count; i++)
		if (html_submission_control(page, form, query->fields[i], 0) == HTML_PAGE_NONE)
			return false;
	if (query->button.ptr &&
	    html_submission_button(page, form, query->button) == HTML_PAGE_NONE)
		return false;
	return !query->form.ptr || selects(query->form, &page->forms[form]);
}
