/* The rules that need the whole page: form owners, labels, radio groups, the order of controls, and
 * the rows that are kept; contracts in html_page_private.h. */
#include <stdlib.h>

#include "html/html_name_table.h"
#include "html/html_page_private.h"

/* ---- order */

struct place {
	uint32_t order, index;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* The forms in the order of the page: what was moved before a table is before the forms in it. */
static void set_forms(struct page_reader *r)
{
	struct place *places = ARENA_ARRAY(r->arena, r->forms.count, struct place);
	uint32_t *numbers = ARENA_ARRAY(r->arena, r->forms.count, uint32_t);
	struct html_page *page = r->page;

	for (size_t i = 0; i < r->forms.count; i++)
		places[i] = (struct place){r->forms.items[i].order, (uint32_t)i};
	if (r->forms.count)
		qsort(places, r->forms.count, sizeof *places, compare_places);
	page->form_count = (uint32_t)r->forms.count;
	page->forms = ARENA_ARRAY(r->arena, page->form_count, struct html_form);
	for (uint32_t i = 0; i < page->form_count; i++) {
		page->forms[i] = r->forms.items[places[i].index].form;
		numbers[places[i].index] = i;
	}
	for (size_t i = 0; i < r->controls.count; i++) {
		uint32_t *form = &r->controls.items[i].control.form;

		*form = *form == HTML_PAGE_NONE ? *form : numbers[*form];
	}
}

/* ---- owners, labels, radio groups */

static void set_owners(struct page_reader *r)
{
	struct html_name_table ids = {0};

	for (size_t i = 0; i < r->controls.count; i++) {
		struct read_control *one = &r->controls.items[i];

		if (!one->form_id.ptr)
			continue;
		if (!ids.entries) {
			ids = html_name_table_of(r->arena, r->page->form_count);
			for (uint32_t k = 0; k < r->page->form_count; k++)
				if (r->page->forms[k].id.len)
					html_name_table_add(&ids, r->page->forms[k].id, 0, k);
		}
		/* The table has no empty id. */
		one->control.form = html_name_table_find(&ids, one->form_id, 0);
	}
}

static bool is_decoration(struct str text, size_t at, size_t *len)
{
	static const char *const marks[] = {":", "*", " ", "\xc2\xa0", "\xef\xbc\x9a"};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		*len = strlen(marks[i]);
		if (str_eq(str_slice(text, at, at + *len), str_of(marks[i])))
			return true;
	}
	return false;
}

/* A label without `:`, `*` and spaces around it. */
static struct str bare_label(struct str text)
{
	size_t len;

	while (text.len && is_decoration(text, 0, &len))
		text = str_slice(text, len, text.len);
	while (text.len) {
		size_t at = text.len - 1;

		while (at && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
			at--;
		if (!is_decoration(text, at, &len))
			break;
		text.len = at;
	}
	return text;
}

static void set_labels(struct page_reader *r)
{
	struct html_name_table ids = {0};

	for (size_t i = 0; i < r->labels.count; i++) {
		struct read_label *label = &r->labels.items[i];
		uint32_t index = label->control;

		if (label->target.ptr && !ids.entries) {
			ids = html_name_table_of(r->arena, r->controls.count);
			for (size_t k = 0; k < r->controls.count; k++)
				if (r->controls.items[k].id.len)
					html_name_table_add(&ids, r->controls.items[k].id, 0,
							    (uint32_t)k);
		}
		if (label->target.ptr)
			index = html_name_table_find(&ids, label->target, 0);
		if (index == HTML_PAGE_NONE)
			continue;
		struct html_control *control = &r->controls.items[index].control;
		if (!control->label.len && control->type != HTML_CONTROL_HIDDEN)
			control->label = bare_label(label->text);
	}
}

/* Only the last checked radio button of a group stays checked. */
static void set_radios(struct page_reader *r)
{
	struct html_name_table groups = {0};

	for (size_t i = r->controls.count; i-- > 0;) {
		struct html_control *control = &r->controls.items[i].control;

		if (control->type != HTML_CONTROL_RADIO || !control->checked || !control->name.len)
			continue;
		if (!groups.entries)
			groups = html_name_table_of(r->arena, r->controls.count);
		if (!html_name_table_add(&groups, control->name, control->form, (uint32_t)i))
			control->checked = false;
	}
}

/* ---- controls */

/* Whether a control can matter for a submission. */
static bool is_kept(const struct read_control *one)
{
	const struct html_control *control = &one->control;

	if (one->dropped || control->type == HTML_CONTROL_BUTTON)
		return false;
	return control->name.len || control->type == HTML_CONTROL_SUBMIT ||
	       control->type == HTML_CONTROL_IMAGE;
}

/* The controls of the page in its order, with those that are not needed. */
static const struct place *ordered_controls(struct page_reader *r)
{
	struct place *places = ARENA_ARRAY(r->arena, r->controls.count, struct place);
	bool sorted = true;

	for (size_t i = 0; i < r->controls.count; i++) {
		places[i] = (struct place){r->controls.items[i].order, (uint32_t)i};
		sorted = sorted && (!i || places[i - 1].order <= places[i].order);
	}
	if (!sorted)
		qsort(places, r->controls.count, sizeof *places, compare_places);
	return places;
}

/* Sets the part of `controls` that each form has; returns where those without a form start. */
static uint32_t set_parts(struct page_reader *r)
{
	struct html_page *page = r->page;
	uint32_t first = 0;

	for (size_t i = 0; i < r->controls.count; i++) {
		const struct read_control *one = &r->controls.items[i];

		if (is_kept(one) && one->control.form != HTML_PAGE_NONE)
			page->forms[one->control.form].control_count++;
	}
	for (uint32_t i = 0; i < page->form_count; i++) {
		page->forms[i].first_control = first;
		first += page->forms[i].control_count;
	}
	return first;
}

static void set_controls(struct page_reader *r)
{
	const struct place *places = ordered_controls(r);
	struct html_page *page = r->page;
	uint32_t *next = ARENA_ARRAY(r->arena, page->form_count + 1U, uint32_t);

	next[page->form_count] = set_parts(r);
	for (uint32_t i = 0; i < page->form_count; i++)
		next[i] = page->forms[i].first_control;
	page->controls = ARENA_ARRAY(r->arena, r->controls.count, struct html_control);
	page->in_order = ARENA_ARRAY(r->arena, r->controls.count, uint32_t);
	for (size_t i = 0; i < r->controls.count; i++) {
		const struct read_control *one = &r->controls.items[places[i].index];
		uint32_t form = one->control.form, at;

		if (!is_kept(one))
			continue;
		at = next[form == HTML_PAGE_NONE ? page->form_count : form]++;
		page->controls[at] = one->control;
		page->in_order[page->control_count++] = at;
	}
}

/* ---- rows */

static void number_row(uint32_t *row, const uint32_t *numbers)
{
	if (*row != HTML_PAGE_NONE)
		*row = numbers[*row];
}

/* Keeps the rows that are used, and the text of the outermost ones. */
static void set_rows(struct page_reader *r)
{
	struct html_page *page = r->page;
	uint32_t *numbers = ARENA_ARRAY(r->arena, r->rows.count, uint32_t), removed = 0, end = 0;
	char *text = arena_alloc(r->arena, r->text.count + r->rows.count);
	size_t used = 0;

	page->rows = ARENA_ARRAY(r->arena, r->rows.count, struct html_row);
	for (size_t i = 0; i < r->rows.count; i++) {
		struct html_row row = r->rows.items[i].row;

		if (!r->rows.items[i].used)
			continue;
		/* A row inside the text of another one, which it belongs to or was moved from. */
		if (row.from >= end) {
			if (used && text[used - 1] != '\n')
				text[used++] = '\n';
			removed = row.from - (uint32_t)used;
			if (row.to > row.from)
				memcpy(text + used, r->text.items + row.from, row.to - row.from);
			used += row.to - row.from;
			end = row.to;
		}
		/* A row around it is used too, and has been numbered. */
		row.parent = row.parent == HTML_PAGE_NONE ? row.parent : numbers[row.parent];
		row.from -= removed;
		row.to -= removed;
		numbers[i] = page->row_count;
		page->rows[page->row_count++] = row;
	}
	for (uint32_t i = 0; i < page->link_count; i++)
		number_row(&page->links[i].row, numbers);
	for (uint32_t i = 0; i < page->form_count; i++)
		number_row(&page->forms[i].row, numbers);
	for (uint32_t i = 0; i < page->control_count; i++)
		number_row(&page->controls[i].row, numbers);
	page->row_text = str_n(text, used);
}

void html_page_finish(struct page_reader *r)
{
	struct html_page *page = r->page;

	page->options = r->options.items;
	page->option_count = (uint32_t)r->options.count;
	page->links = r->links.items;
	page->link_count = (uint32_t)r->links.count;
	page->errors = r->errors.items;
	page->error_count = (uint32_t)r->errors.count;
	if (r->parts & HTML_PAGE_FORMS) {
		set_forms(r);
		set_owners(r);
		set_labels(r);
		set_radios(r);
		set_controls(r);
	}
	if (r->rows.count)
		set_rows(r);
}
