/* Texts for messages about a page; contracts in html_page.h. */
#include "html/html_match.h"
#include "html/html_page.h"

#define FORMS_SHOWN  10
#define FIELDS_SHOWN 20
#define LINKS_SHOWN  20

static bool has_error(const struct html_page *page, struct str text)
{
	for (uint32_t i = 0; page && i < page->error_count; i++)
		if (str_eq(page->errors[i], text))
			return true;
	return false;
}

void html_page_put_error(const struct html_page *before, const struct html_page *after,
			 struct buf *out)
{
	for (uint32_t i = 0; i < after->error_count; i++)
		if (!has_error(before, after->errors[i])) {
			buf_add(out, after->errors[i]);
			return;
		}
	buf_add(out, after->title);
	if (!after->h1.len || str_eq(after->h1, after->title))
		return;
	if (after->title.len)
		buf_add(out, STR(": "));
	buf_add(out, after->h1);
}

static bool is_button(const struct html_control *control)
{
	return control->type == HTML_CONTROL_SUBMIT || control->type == HTML_CONTROL_IMAGE;
}

/* Whether a control of the same name comes before I in its form. */
static bool is_repeated(const struct html_page *page, uint32_t i)
{
	const struct html_control *control = &page->controls[i];
	uint32_t from = i > FIELDS_SHOWN * 2 ? i - FIELDS_SHOWN * 2 : 0;

	for (uint32_t k = from; k < i; k++)
		if (page->controls[k].form == control->form && !is_button(&page->controls[k]) &&
		    str_eq(page->controls[k].name, control->name))
			return true;
	return false;
}

void html_page_put_fields(const struct html_page *page, uint32_t form, struct buf *out)
{
	unsigned shown = 0;

	for (uint32_t i = 0; i < page->control_count; i++) {
		const struct html_control *control = &page->controls[i];

		if (control->form != form || is_button(control) || is_repeated(page, i))
			continue;
		if (shown == FIELDS_SHOWN) {
			buf_add(out, STR(", …"));
			return;
		}
		buf_add(out, shown++ ? STR(", ") : STR(""));
		buf_add(out, control->name);
	}
	if (!shown)
		buf_add(out, STR("no fields"));
}

static void put_buttons(const struct html_page *page, uint32_t form, struct buf *out)
{
	unsigned shown = 0;

	for (uint32_t i = 0; i < page->control_count && shown < FIELDS_SHOWN; i++) {
		const struct html_control *control = &page->controls[i];
		struct str text = control->label.len ? control->label : control->name;

		if (control->form == form && is_button(control) && text.len)
			buf_printf(out, "%s\"%.*s\"%s", shown++ ? ", " : "; button ", STR_ARG(text),
				   control->disabled ? " (disabled)" : "");
	}
}

void html_page_put_forms(const struct html_page *page, struct buf *out)
{
	uint32_t shown = page->form_count < FORMS_SHOWN ? page->form_count : FORMS_SHOWN;

	if (!page->form_count)
		buf_add(out, STR("the page has no forms"));
	else
		buf_printf(out, "the page has %u form%s: ", page->form_count,
			   page->form_count == 1 ? "" : "s");
	for (uint32_t i = 0; i < shown; i++) {
		const struct html_form *form = &page->forms[i];

		buf_printf(out, "%s%.*s (", i ? ", " : "", STR_ARG(form->action));
		html_page_put_fields(page, i, out);
		put_buttons(page, i, out);
		buf_add_char(out, ')');
	}
	if (shown < page->form_count)
		buf_add(out, STR(", …"));
}

void html_page_put_links(const struct html_page *page, struct buf *out)
{
	unsigned shown = 0;

	for (uint32_t i = 0; i < page->link_count; i++) {
		struct str text = page->links[i].text;
		bool repeated = !text.len;

		for (uint32_t k = i > 100 ? i - 100 : 0; k < i && !repeated; k++)
			repeated = html_match_text(page->links[k].text, text);
		if (repeated)
			continue;
		if (shown == LINKS_SHOWN) {
			buf_add(out, STR(", …"));
			return;
		}
		buf_printf(out, "%s\"%.*s\"", shown++ ? ", " : "the page has the links ",
			   STR_ARG(text));
	}
	if (!shown)
		buf_add(out, STR("the page has no links with a text"));
}
