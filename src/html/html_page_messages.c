/* Texts for messages about a page; contracts in html_page.h. */
#include "base/ascii.h"
#include "html/html_match.h"
#include "html/html_page.h"

#define FORMS_SHOWN    10
#define FIELDS_SHOWN   20
#define LINKS_SHOWN    20
#define NAME_BYTES_MAX 60
#define ID_DIGITS      4 /* an id with this many digits was generated for this page only */

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

/* A name or a text of the page, cut if it is long. */
static void put_name(struct buf *out, struct str name)
{
	struct str shown = str_cut(name, NAME_BYTES_MAX);

	buf_add(out, shown);
	if (shown.len < name.len)
		buf_add(out, STR("…"));
}

/* Whether a control of the same name comes before I in its form. */
static bool is_repeated(const struct html_page *page, uint32_t i)
{
	const struct html_control *control = &page->controls[i];
	uint32_t from = i > FIELDS_SHOWN * 2 ? i - FIELDS_SHOWN * 2 : 0;

	for (uint32_t k = from; k < i; k++)
		if (page->controls[k].form == control->form &&
		    !html_page_is_button(&page->controls[k]) &&
		    str_eq(page->controls[k].name, control->name))
			return true;
	return false;
}

/* The number of controls of FORM that html_page_put_fields can list, each name once. */
static unsigned count_fields(const struct html_page *page, uint32_t form)
{
	const struct html_control *controls = page->controls;
	uint32_t first = page->forms[form].first_control;
	unsigned count = 0;

	for (uint32_t i = first; i < first + page->forms[form].control_count; i++)
		count += !html_page_is_button(&controls[i]) && !is_repeated(page, i);
	return count;
}

void html_page_put_fields(const struct html_page *page, uint32_t form, struct buf *out)
{
	unsigned shown = 0, count = count_fields(page, form), hidden = 0;
	uint32_t first = page->forms[form].first_control;

	for (uint32_t i = first; i < first + page->forms[form].control_count; i++) {
		const struct html_control *control = &page->controls[i];

		if (html_page_is_button(control) || is_repeated(page, i))
			continue;
		/* If the form is long, a user means the fields that are visible. */
		if (count > FIELDS_SHOWN && control->type == HTML_CONTROL_HIDDEN) {
			hidden++;
			continue;
		}
		if (shown == FIELDS_SHOWN) {
			buf_add(out, STR(", …"));
			return;
		}
		buf_add(out, shown++ ? STR(", ") : STR(""));
		put_name(out, control->name);
	}
	if (hidden)
		buf_printf(out, "%s%u hidden", shown ? ", " : "", hidden);
	else if (!shown)
		buf_add(out, STR("no fields"));
}

static void put_buttons(const struct html_page *page, uint32_t form, struct buf *out)
{
	uint32_t first = page->forms[form].first_control;
	unsigned shown = 0;

	for (uint32_t i = 0; i < page->forms[form].control_count && shown < FIELDS_SHOWN; i++) {
		const struct html_control *control = &page->controls[first + i];
		struct str text = control->label.len ? control->label : control->name;

		if (!html_page_is_button(control) || !text.len)
			continue;
		buf_add(out, shown++ ? STR(", \"") : STR("; button \""));
		put_name(out, text);
		buf_add(out, control->disabled ? STR("\" (disabled)") : STR("\""));
	}
}

/* Whether an id is written by the author of the page, not generated for each response. */
static bool is_stable(struct str id)
{
	unsigned digits = 0;

	for (size_t i = 0; i < id.len; i++)
		digits += ascii_is_digit(id.ptr[i]);
	return id.len && digits < ID_DIGITS;
}

static void put_selector(const struct html_form *form, struct buf *out)
{
	if (is_stable(form->id))
		buf_printf(out, "; form '#%.*s'", STR_ARG(form->id));
	else if (is_stable(form->name))
		buf_printf(out, "; form '[name=%.*s]'", STR_ARG(form->name));
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

		buf_add(out, i ? STR(", ") : STR(""));
		put_name(out, form->action);
		buf_add(out, STR(" ("));
		html_page_put_fields(page, i, out);
		put_buttons(page, i, out);
		put_selector(form, out);
		buf_add(out, form->cut ? STR("; too large to be kept)") : STR(")"));
	}
	if (shown < page->form_count)
		buf_add(out, STR(", …"));
}

void html_page_put_links(const struct html_page *page, struct arena *a, struct str wanted,
			 struct buf *out)
{
	bool addresses = html_match_is_address(wanted);
	struct str *shown = ARENA_ARRAY(a, page->link_count + 1U, struct str), near;
	unsigned count = 0;

	for (uint32_t i = 0; i < page->link_count; i++) {
		struct str text = addresses ? page->links[i].address : page->links[i].text;
		bool repeated = !text.len;

		for (uint32_t k = count > 100 ? count - 100 : 0; k < count && !repeated; k++)
			repeated = html_match_text(shown[k], text);
		if (!repeated)
			shown[count++] = text;
	}
	/* The addresses of a page say little about those that a pattern is for. */
	near = addresses ? STR_NULL : html_match_nearest(wanted, shown, count);
	if (near.ptr && !html_match_text(near, wanted))
		buf_printf(out, "did you mean '%.*s'? ", STR_ARG(near));
	if (!count)
		buf_add(out, addresses ? STR("the page has no links")
				       : STR("the page has no links with a text"));
	for (unsigned i = 0; i < count && i < LINKS_SHOWN; i++) {
		buf_add(out, i ? STR(", \"") : STR("the page has the links \""));
		put_name(out, shown[i]);
		buf_add_char(out, '"');
	}
	if (count > LINKS_SHOWN)
		buf_add(out, STR(", …"));
}

void html_page_put_cut(const struct html_page *page, struct buf *out)
{
	switch (page->cut) {
	case HTML_PAGE_WHOLE:
		return;
	case HTML_PAGE_CUT_BYTES:
		buf_printf(out,
			   "; the page is too large to be read whole: its first %zu MiB are read",
			   HTML_PAGE_BYTES_MAX >> 20);
		return;
	case HTML_PAGE_CUT_COUNT:
		buf_printf(
		    out,
		    "; the page is too large to be read whole: at most %d forms, %d fields and "
		    "%d links are read",
		    HTML_PAGE_FORMS_MAX, HTML_PAGE_CONTROLS_MAX, HTML_PAGE_LINKS_MAX);
		return;
	case HTML_PAGE_CUT_PACKED:
		buf_printf(
		    out,
		    "; the page is too large to be kept whole: its first forms, links and rows "
		    "are kept, in at most %zu KiB",
		    HTML_PAGE_PACKED_MAX >> 10);
		return;
	}
}
