/* Chooses a form and its button among those that fit a query: by row, by number, else the first;
 * contracts in html_submission.h. */
#include "html/html_match.h"
#include "html/html_row.h"
#include "html/html_submission_private.h"

/* One pass over the forms and its result. */
struct form_pass {
	const struct html_page *page;
	const struct html_form_query *query;
	const bool *fits;		    /* of each form */
	const struct html_row_search *rows; /* NULL: anywhere */
	uint32_t *fields;		    /* of each row; see count_fields */
	unsigned seen;
	uint32_t form, button, row;
	bool wrapped; /* the row is in the form, which has other rows too */
	unsigned different;
	bool several, several_rows;
	uint32_t compared; /* the form that was compared with `form` last, and its result */
	bool same, equal;
};

/* The next control of FORM at or after FROM that has a name and is not a button. */
static uint32_t next_named(const struct html_page *page, uint32_t form, uint32_t from)
{
	uint32_t end = page->forms[form].first_control + page->forms[form].control_count;

	for (uint32_t i = from; i < end; i++)
		if (page->controls[i].name.len && !html_page_is_button(&page->controls[i]))
			return i;
	return HTML_PAGE_NONE;
}

/* Whether both have the same address and the same names: one form that is on the page twice.
 * *EQUAL: their hidden values are the same too. */
static bool same_form(const struct html_page *page, uint32_t a, uint32_t b, bool *equal)
{
	uint32_t i = next_named(page, a, page->forms[a].first_control);
	uint32_t k = next_named(page, b, page->forms[b].first_control);

	*equal = true;
	if (!str_eq(page->forms[a].action, page->forms[b].action))
		return false;
	while (i != HTML_PAGE_NONE && k != HTML_PAGE_NONE) {
		const struct html_control *one = &page->controls[i], *other = &page->controls[k];

		if (!str_eq(one->name, other->name))
			return false;
		*equal &= one->type != HTML_CONTROL_HIDDEN || str_eq(one->value, other->value);
		i = next_named(page, a, i + 1);
		k = next_named(page, b, k + 1);
	}
	return i == k;
}

/* Whether pressing the button A or B, of the same form, sends the same. */
static bool same_button(const struct html_page *page, uint32_t a, uint32_t b)
{
	const struct html_control *one, *other;

	if (a == b || a == HTML_PAGE_NONE || b == HTML_PAGE_NONE)
		return a == b;
	one = &page->controls[a];
	other = &page->controls[b];
	return str_eq(one->name, other->name) && str_eq(one->value, other->value) &&
	       str_eq(one->action, other->action);
}

static void add(struct form_pass *p, uint32_t form, uint32_t button, uint32_t row, bool wrapped)
{
	unsigned nth = p->query->nth ? p->query->nth : 1;

	if (++p->seen < nth)
		return;
	if (p->seen == nth) {
		p->form = form;
		p->button = button;
		p->row = row;
		p->wrapped = wrapped;
		p->different = 1;
		p->compared = form;
		p->same = p->equal = true;
		return;
	}
	if (form != p->compared) {
		p->compared = form;
		p->same = same_form(p->page, p->form, form, &p->equal);
	}
	if (p->same && p->equal && same_button(p->page, p->button, button) &&
	    (row == p->row || !wrapped))
		return;
	p->different++;
	p->several |= !p->same;
	p->several_rows |= row != p->row;
}

static bool is_pressed_by(const struct html_control *control, struct str button, bool by_text)
{
	return by_text ? html_match_text(control->label, button)
		       : control->name.len && str_eq(control->name, button);
}

/* Adds the buttons of FORM that the query names, by their texts or else by their names. */
static void add_buttons(struct form_pass *p, uint32_t form)
{
	const struct html_page *page = p->page;
	struct str button = p->query->button;
	uint32_t first = html_submission_button(page, form, button);
	bool by_text = html_match_text(page->controls[first].label, button);
	uint32_t end = page->forms[form].first_control + page->forms[form].control_count;
	uint32_t around = HTML_PAGE_NONE;

	if (p->rows)
		around = html_row_search_around(p->rows, page->forms[form].row);
	for (uint32_t i = first; i < end; i++) {
		const struct html_control *control = &page->controls[i];
		uint32_t row = around;

		if (control->disabled || !html_page_is_button(control) ||
		    !is_pressed_by(control, button, by_text))
			continue;
		if (p->rows && around == HTML_PAGE_NONE)
			row = html_row_search_around(p->rows, control->row);
		if (!p->rows || row != HTML_PAGE_NONE)
			add(p, form, i, row, around == HTML_PAGE_NONE && p->rows);
	}
}

/* The row with the text around a control. */
static uint32_t row_of(const struct form_pass *p, uint32_t control)
{
	return html_row_search_around(p->rows, p->page->controls[control].row);
}

/* Counts in p->fields for each row of FORM how many of the first fields of the query it has, one
 * after the other; with CLEAR it sets the counts to 0 again. */
static void count_fields(struct form_pass *p, uint32_t form, bool clear)
{
	for (uint32_t i = 0; i < p->query->field_count; i++) {
		struct str field = p->query->fields[i];
		uint32_t at = html_submission_control(p->page, form, field, 0);

		for (; at != HTML_PAGE_NONE;
		     at = html_submission_control(p->page, form, field, at + 1)) {
			uint32_t row = row_of(p, at);

			if (row != HTML_PAGE_NONE && clear)
				p->fields[row] = 0;
			else if (row != HTML_PAGE_NONE && p->fields[row] == i)
				p->fields[row]++;
		}
	}
}

/* Adds the rows with the text in FORM that have all fields. */
static void add_rows(struct form_pass *p, uint32_t form)
{
	const struct html_form_query *query = p->query;
	uint32_t at, before = HTML_PAGE_NONE;

	if (!query->field_count)
		return;
	count_fields(p, form, false);
	for (at = html_submission_control(p->page, form, query->fields[0], 0); at != HTML_PAGE_NONE;
	     at = html_submission_control(p->page, form, query->fields[0], at + 1)) {
		uint32_t row = row_of(p, at);

		if (row == HTML_PAGE_NONE || row == before || p->fields[row] != query->field_count)
			continue;
		add(p, form, HTML_PAGE_NONE, row, true);
		before = row;
	}
	count_fields(p, form, true);
}

static bool find_any(struct form_pass *p)
{
	p->seen = p->different = 0;
	p->several = p->several_rows = false;
	for (uint32_t i = 0; i < p->page->form_count; i++) {
		uint32_t row = HTML_PAGE_NONE;

		if (!p->fits[i])
			continue;
		if (p->rows)
			row = html_row_search_around(p->rows, p->page->forms[i].row);
		if (p->query->button.ptr)
			add_buttons(p, i);
		else if (!p->rows || row != HTML_PAGE_NONE)
			add(p, i, HTML_PAGE_NONE, row, false);
		else
			add_rows(p, i);
	}
	return p->seen > 0;
}

/* The controls that are in the row of P; with the button there if the query names none. */
static void choose_in_row(struct form_pass *p, struct arena *a, struct html_form_choice *choice)
{
	const struct html_page *page = p->page;
	bool *in_row = ARENA_ARRAY(a, page->control_count + 1U, bool);

	for (uint32_t i = 0; i < page->control_count; i++) {
		const struct html_control *control = &page->controls[i];

		in_row[i] = control->form == p->form &&
			    html_row_search_around(p->rows, control->row) == p->row;
		if (in_row[i] && choice->button == HTML_PAGE_NONE && !control->disabled &&
		    html_page_is_button(control))
			choice->button = i;
	}
	choice->in_row = in_row;
}

static bool find_in_fit(void *pass)
{
	return find_any(pass);
}

static enum html_form_outcome find_in_rows(struct form_pass *p, struct arena *a,
					   struct html_row_search *rows)
{
	static const enum html_form_outcome outcomes[] = {
	    [HTML_ROW_FOUND] = HTML_FORM_FOUND,
	    [HTML_ROW_NOT_IN] = HTML_FORM_NOT_IN_ROW,
	    [HTML_ROW_NONE] = HTML_FORM_NO_ROW,
	};

	html_row_search_init(rows, a, p->page, p->query->row);
	p->rows = rows;
	p->fields = ARENA_ARRAY(a, p->page->row_count + 1U, uint32_t);
	return outcomes[html_row_search_find(rows, find_in_fit, p)];
}

enum html_form_outcome html_submission_find(const struct html_page *page, struct arena *a,
					    const struct html_form_query *query,
					    struct html_form_choice *choice)
{
	bool *fits = ARENA_ARRAY(a, page->form_count + 1U, bool), any = false;
	struct form_pass p = {.page = page, .query = query, .fits = fits};
	enum html_form_outcome outcome = HTML_FORM_FOUND;
	struct html_row_search rows;

	*choice = (struct html_form_choice){.form = HTML_PAGE_NONE, .button = HTML_PAGE_NONE};
	for (uint32_t i = 0; i < page->form_count; i++) {
		fits[i] = html_submission_fits(page, i, query);
		any |= fits[i];
	}
	if (!any)
		return HTML_FORM_NONE;
	if (query->row.ptr)
		outcome = find_in_rows(&p, a, &rows);
	else
		find_any(&p);
	if (outcome != HTML_FORM_FOUND)
		return outcome;
	if (p.seen < query->nth)
		return HTML_FORM_NTH;
	choice->form = p.form;
	choice->button = p.button;
	choice->different = p.different;
	if (page->forms[p.form].cut)
		return HTML_FORM_CUT;
	if (!query->nth && p.several_rows)
		return HTML_FORM_SEVERAL_ROWS;
	if (!query->nth && p.several)
		return HTML_FORM_SEVERAL;
	if (p.wrapped)
		choose_in_row(&p, a, choice);
	return HTML_FORM_FOUND;
}
