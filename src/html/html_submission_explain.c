/* Messages about forms and values that are not found; contracts in html_submission.h. */
#include "html/html_match.h"
#include "html/html_row.h"
#include "html/html_submission_private.h"

#define OFFERS_SHOWN 20

/* `with 'user', 'password' with the button 'Log in' that matches #login`. */
static void put_wanted(const struct html_form_query *query, struct buf *out)
{
	for (size_t i = 0; i < query->field_count; i++)
		buf_printf(out, "%s'%.*s'", i ? ", " : " with ", STR_ARG(query->fields[i]));
	if (query->button.ptr)
		buf_printf(out, " with the button '%.*s'", STR_ARG(query->button));
	if (query->form.ptr)
		buf_printf(out, " that matches %.*s", STR_ARG(query->form));
}

static unsigned count_fields(const struct html_page *page, uint32_t form,
			     const struct html_form_query *query)
{
	unsigned count = 0;

	for (size_t i = 0; i < query->field_count; i++)
		count += html_submission_control(page, form, query->fields[i], 0) != HTML_PAGE_NONE;
	return count;
}

/* The form with the largest number of the fields, or HTML_PAGE_NONE. */
static uint32_t nearest_form(const struct html_page *page, const struct html_form_query *query)
{
	uint32_t best = HTML_PAGE_NONE;
	unsigned most = 0;

	for (uint32_t i = 0; i < page->form_count; i++) {
		unsigned count = count_fields(page, i, query);

		if (count > most || (best == HTML_PAGE_NONE && page->form_count == 1)) {
			best = i;
			most = count;
		}
	}
	return best;
}

/* Collects the names and labels of fields, or the texts and names of buttons; of FORM, or of all
 * forms. */
static size_t collect(const struct html_page *page, uint32_t form, bool buttons, struct str *names)
{
	size_t count = 0;

	uint32_t first = form == HTML_PAGE_NONE ? 0 : page->forms[form].first_control;
	uint32_t end =
	    form == HTML_PAGE_NONE ? page->control_count : first + page->forms[form].control_count;

	for (uint32_t i = first; i < end; i++) {
		const struct html_control *control = &page->controls[i];

		if (html_page_is_button(control) != buttons)
			continue;
		if (control->label.len)
			names[count++] = control->label;
		if (control->name.len)
			names[count++] = control->name;
	}
	return count;
}

static void put_nearest(struct str wanted, const struct str *names, size_t count, struct buf *out)
{
	struct str near = html_match_nearest(wanted, names, count);

	if (near.ptr)
		buf_printf(out, "did you mean '%.*s' instead of '%.*s'? ", STR_ARG(near),
			   STR_ARG(wanted));
}

static void suggest(const struct html_page *page, struct arena *a,
		    const struct html_form_query *query, struct buf *out)
{
	struct str *names = ARENA_ARRAY(a, 2 * page->control_count + 1U, struct str);
	uint32_t near = nearest_form(page, query);
	size_t count = collect(page, near, false, names);

	for (size_t i = 0; i < query->field_count; i++)
		if (near == HTML_PAGE_NONE ||
		    html_submission_control(page, near, query->fields[i], 0) == HTML_PAGE_NONE)
			put_nearest(query->fields[i], names, count, out);
	if (!query->button.ptr ||
	    (near != HTML_PAGE_NONE &&
	     html_submission_button(page, near, query->button) != HTML_PAGE_NONE))
		return;
	count = collect(page, query->field_count ? near : HTML_PAGE_NONE, true, names);
	put_nearest(query->button, names, count, out);
}

static void put_rows(const struct html_page *page, struct arena *a, struct str row,
		     const char *what, struct buf *out)
{
	buf_printf(out, "; %s ", what);
	if (!html_row_put_rows(page, a, row, out))
		buf_add(out, STR("none"));
}

void html_submission_explain_form(const struct html_page *page, struct arena *a,
				  const struct html_form_query *query,
				  enum html_form_outcome outcome, struct buf *out)
{
	static const char *const starts[] = {[HTML_FORM_NONE] = "no form",
					     [HTML_FORM_SEVERAL] = "several forms",
					     [HTML_FORM_NO_ROW] = "no row",
					     [HTML_FORM_NOT_IN_ROW] = "no form",
					     [HTML_FORM_SEVERAL_ROWS] = "several rows",
					     [HTML_FORM_NTH] = "fewer forms than nth",
					     [HTML_FORM_CUT] = "the form"};

	buf_add(out, str_of(starts[outcome]));
	if (outcome == HTML_FORM_NO_ROW || outcome == HTML_FORM_SEVERAL_ROWS)
		buf_printf(out, " with '%.*s'", STR_ARG(query->row));
	if (outcome == HTML_FORM_SEVERAL_ROWS)
		buf_add(out, STR(" have a form"));
	if (outcome != HTML_FORM_NO_ROW)
		put_wanted(query, out);
	if (outcome == HTML_FORM_NOT_IN_ROW)
		buf_printf(out, " in the row with '%.*s'", STR_ARG(query->row));
	buf_printf(out, " on %.*s", STR_ARG(page->url));
	if (outcome == HTML_FORM_CUT) {
		buf_add(out, STR(" is too large to be kept"));
		html_page_put_cut(page, out);
		return;
	}
	html_page_put_cut(page, out);
	if (outcome == HTML_FORM_NO_ROW) {
		put_rows(page, a, query->row, "rows with a form:", out);
		return;
	}
	if (outcome == HTML_FORM_SEVERAL_ROWS) {
		put_rows(page, a, query->row, "write more of the row's text, or nth:", out);
		return;
	}
	if (outcome == HTML_FORM_NOT_IN_ROW)
		put_rows(page, a, query->row, "the row:", out);
	buf_add(out, STR("; "));
	if (outcome == HTML_FORM_SEVERAL)
		buf_add(out, STR("choose one with form:, button:, row: or nth:; "));
	if (outcome == HTML_FORM_NONE)
		suggest(page, a, query, out);
	html_page_put_forms(page, out);
}

/* ---- values */

/* A value that a control offers. */
struct offer {
	struct str value, text;
};

struct offers {
	struct arena *arena;
	struct offer *items;
	size_t count, cap;
};

static void add_offers(struct offers *offers, const struct html_page *page,
		       const struct html_control *control)
{
	bool box = control->type == HTML_CONTROL_CHECKBOX || control->type == HTML_CONTROL_RADIO;
	struct offer one = {control->value, control->label};

	if (box && !control->disabled)
		VEC_PUSH(offers->arena, offers, one);
	for (uint32_t k = 0; k < control->option_count; k++) {
		const struct html_option *option = &page->options[control->first_option + k];

		one = (struct offer){option->value, option->text};
		if (!option->disabled)
			VEC_PUSH(offers->arena, offers, one);
	}
}

/* The offers of the controls that FIELD names. */
static struct offers offers_of(const struct html_submission *s, struct str field)
{
	struct offers offers = {.arena = s->arena};
	uint32_t first = html_submission_find_field(s, field);

	for (uint32_t i = first; i < s->last; i++)
		if (i == first || (str_eq(s->page->controls[i].name, field) &&
				   (!s->in_row || s->in_row[i] == s->in_row[first])))
			add_offers(&offers, s->page, &s->page->controls[i]);
	return offers;
}

bool html_submission_offers(const struct html_submission *s, struct str field, struct str value)
{
	struct offers offers = offers_of(s, field);

	for (size_t i = 0; i < offers.count; i++)
		if (str_eq(offers.items[i].value, value) ||
		    html_match_text(offers.items[i].text, value))
			return true;
	return false;
}

void html_submission_put_offer(const struct html_submission *s, struct str field, struct str wanted,
			       struct buf *out)
{
	struct offers offers = offers_of(s, field);
	struct str *names = ARENA_ARRAY(s->arena, 2 * offers.count + 1, struct str), near;

	for (size_t i = 0; i < offers.count; i++) {
		names[2 * i] = offers.items[i].text;
		names[2 * i + 1] = offers.items[i].value;
	}
	near = html_match_nearest(wanted, names, 2 * offers.count);
	if (near.ptr)
		buf_printf(out, "did you mean '%.*s'? ", STR_ARG(near));
	buf_add(out, offers.count ? STR("it offers ") : STR("it offers nothing"));
	for (size_t i = 0; i < offers.count && i < OFFERS_SHOWN; i++) {
		const struct offer *one = &offers.items[i];

		buf_printf(out, "%s\"%.*s\"", i ? ", " : "", STR_ARG(one->value));
		if (one->text.len && !html_match_text(one->text, one->value))
			buf_printf(out, " (%.*s)", STR_ARG(one->text));
	}
	if (offers.count > OFFERS_SHOWN)
		buf_add(out, STR(", …"));
}

/* ---- buttons */

void html_submission_put_pressed(const struct html_submission *s, struct buf *out)
{
	const struct html_control *button;

	if (s->submitter == HTML_PAGE_NONE)
		return;
	button = &s->page->controls[s->submitter];
	if (button->label.len || button->name.len)
		buf_printf(out, ", button \"%.*s\"",
			   STR_ARG(button->label.len ? button->label : button->name));
}
