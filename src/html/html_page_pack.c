/* Packs pages: numbers as varints, texts with their lengths; contracts in html_page.h. */
#include "base/varint.h"
#include "html/html_page.h"

#define VERSION 2
/* Bits of a control. */
enum {
	BIT_DISABLED = 1,
	BIT_CHECKED = 2,
	BIT_MULTIPLE = 4,
	BIT_RTL = 8,
	BIT_BUTTON = 16,
	BIT_ROW = 32
};

/* The parts that are kept if not everything fits. */
struct packed_parts {
	bool rows, links, errors, forms;
};

/* An index, HTML_PAGE_NONE as 0. */
static void put_index(struct buf *out, uint32_t index)
{
	varint_put_uint(out, index == HTML_PAGE_NONE ? 0 : (uint64_t)index + 1);
}

/* The index of a row, if rows are kept. */
static void put_row(struct buf *out, uint32_t row, struct packed_parts parts)
{
	put_index(out, parts.rows ? row : HTML_PAGE_NONE);
}

static void put_form(struct buf *out, const struct html_form *form, struct packed_parts parts)
{
	varint_put_str(out, form->id);
	varint_put_str(out, form->name);
	varint_put_str(out, form->classes);
	varint_put_str(out, form->action);
	varint_put_str(out, form->accept_charset);
	varint_put_uint(out, (unsigned)form->method | (unsigned)form->enctype << 2);
	put_row(out, form->row, parts);
}

static bool has_attributes(const struct html_control *control)
{
	return control->has_action || control->has_method || control->has_enctype ||
	       control->dirname.len;
}

static void put_control(struct buf *out, const struct html_control *control,
			struct packed_parts parts)
{
	unsigned bits = (control->disabled ? BIT_DISABLED : 0U) |
			(control->checked ? BIT_CHECKED : 0U) |
			(control->multiple ? BIT_MULTIPLE : 0U) | (control->rtl ? BIT_RTL : 0U) |
			(has_attributes(control) ? BIT_BUTTON : 0U) |
			(control->row == HTML_PAGE_NONE || !parts.rows ? 0U : BIT_ROW);

	varint_put_uint(out, (unsigned)control->type | bits << 4);
	put_index(out, control->form);
	if (bits & BIT_ROW)
		varint_put_uint(out, control->row);
	varint_put_str(out, control->name);
	varint_put_str(out, control->value);
	varint_put_str(out, control->label);
	if (control->type == HTML_CONTROL_SELECT)
		varint_put_uint(out, control->option_count);
	if (!has_attributes(control))
		return;
	varint_put_uint(out, (control->has_action ? 1U : 0U) | (control->has_method ? 2U : 0U) |
				 (control->has_enctype ? 4U : 0U) | (unsigned)control->method << 3 |
				 (unsigned)control->enctype << 5);
	varint_put_str(out, control->action);
	varint_put_str(out, control->dirname);
}

static void put_option(struct buf *out, const struct html_option *option)
{
	bool same = str_eq(option->value, option->text);

	varint_put_uint(out, (option->selected ? 1U : 0U) | (option->disabled ? 2U : 0U) |
				 (same ? 4U : 0U));
	varint_put_str(out, option->value);
	if (!same)
		varint_put_str(out, option->text);
}

static void put_forms(struct buf *out, const struct html_page *page, struct packed_parts parts)
{
	uint64_t options = 0;

	for (uint32_t i = 0; i < page->control_count; i++)
		options += page->controls[i].option_count;
	varint_put_uint(out, page->form_count);
	varint_put_uint(out, page->control_count);
	varint_put_uint(out, options);
	for (uint32_t i = 0; i < page->form_count; i++)
		put_form(out, &page->forms[i], parts);
	for (uint32_t i = 0; i < page->control_count; i++) {
		const struct html_control *control = &page->controls[i];

		put_control(out, control, parts);
		for (uint32_t k = 0; k < control->option_count; k++)
			put_option(out, &page->options[control->first_option + k]);
	}
}

static void put_rows(struct buf *out, const struct html_page *page)
{
	uint32_t before = 0;

	varint_put_uint(out, page->row_count);
	for (uint32_t i = 0; i < page->row_count; i++) {
		varint_put_uint(out, page->rows[i].from - before);
		varint_put_uint(out, page->rows[i].to - page->rows[i].from);
		put_index(out, page->rows[i].parent);
		before = page->rows[i].from;
	}
	varint_put_str(out, page->row_text);
}

static void put_links(struct buf *out, const struct html_page *page, struct packed_parts parts)
{
	varint_put_uint(out, page->link_count);
	for (uint32_t i = 0; i < page->link_count; i++) {
		varint_put_str(out, page->links[i].text);
		varint_put_str(out, page->links[i].address);
		put_row(out, page->links[i].row, parts);
	}
}

static void put_none(struct buf *out, unsigned count)
{
	while (count--)
		varint_put_uint(out, 0);
}

/* Appends the parts; false if they do not fit. */
static bool pack(const struct html_page *page, struct packed_parts parts, struct buf *out)
{
	size_t mark = out->len;
	bool all = parts.rows && parts.forms && parts.links && parts.errors;

	out->overflow = false;
	varint_put_uint(out, VERSION << 1 | (page->truncated || !all));
	varint_put_str(out, page->url);
	varint_put_str(out, page->base);
	varint_put_str(out, page->charset);
	varint_put_str(out, page->title);
	varint_put_str(out, page->h1);
	if (parts.rows)
		put_rows(out, page);
	else
		put_none(out, 2);
	if (parts.forms)
		put_forms(out, page, parts);
	else
		put_none(out, 3);
	if (parts.links)
		put_links(out, page, parts);
	else
		put_none(out, 1);
	varint_put_uint(out, parts.errors ? page->error_count : 0);
	for (uint32_t i = 0; parts.errors && i < page->error_count; i++)
		varint_put_str(out, page->errors[i]);
	if (!out->overflow && out->len - mark <= HTML_PAGE_PACKED_MAX)
		return true;
	out->len = mark;
	return false;
}

void html_page_pack(const struct html_page *page, struct buf *out)
{
	/* rows, links, errors, forms */
	static const struct packed_parts tries[] = {
	    {true, true, true, true},	 {true, false, true, true}, {false, false, true, true},
	    {false, false, false, true}, {true, true, true, false}, {false, false, false, false}};

	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
		if (pack(page, tries[i], out))
			return;
}

/* ---- unpacking */

/* A count of things that have at least one byte each. */
static uint32_t get_count(struct varint_reader *u)
{
	return (uint32_t)varint_get_below(u, (uint64_t)(u->end - u->at) + 1);
}

/* An index below COUNT. */
static uint32_t get_index(struct varint_reader *u, uint32_t count)
{
	uint64_t n = varint_get_below(u, (uint64_t)count + 1);

	return n ? (uint32_t)(n - 1) : HTML_PAGE_NONE;
}

static void get_form(struct varint_reader *u, struct html_form *form, uint32_t rows)
{
	unsigned bits;

	form->id = varint_get_str(u);
	form->name = varint_get_str(u);
	form->classes = varint_get_str(u);
	form->action = varint_get_str(u);
	form->accept_charset = varint_get_str(u);
	bits = (unsigned)varint_get_below(u, 16);
	form->method = bits & 3;
	form->enctype = bits >> 2;
	form->row = get_index(u, rows);
}

static void get_control(struct varint_reader *u, struct html_control *control,
			const struct html_page *page)
{
	unsigned head = (unsigned)varint_get_below(u, 1024), bits = head >> 4;

	control->type = head & 15;
	control->disabled = bits & BIT_DISABLED;
	control->checked = bits & BIT_CHECKED;
	control->multiple = bits & BIT_MULTIPLE;
	control->rtl = bits & BIT_RTL;
	control->form = get_index(u, page->form_count);
	control->row =
	    bits & BIT_ROW ? (uint32_t)varint_get_below(u, page->row_count) : HTML_PAGE_NONE;
	control->name = varint_get_str(u);
	control->value = varint_get_str(u);
	control->label = varint_get_str(u);
	control->dirname = control->action = STR("");
	if (control->type == HTML_CONTROL_SELECT)
		control->option_count = (uint32_t)varint_get_uint(u);
	if (!(bits & BIT_BUTTON))
		return;
	bits = (unsigned)varint_get_below(u, 128);
	control->has_action = bits & 1;
	control->has_method = bits & 2;
	control->has_enctype = bits & 4;
	control->method = bits >> 3 & 3;
	control->enctype = bits >> 5;
	control->action = varint_get_str(u);
	control->dirname = varint_get_str(u);
}

static void get_option(struct varint_reader *u, struct html_option *option)
{
	unsigned bits = (unsigned)varint_get_below(u, 8);

	option->selected = bits & 1;
	option->disabled = bits & 2;
	option->value = varint_get_str(u);
	option->text = bits & 4 ? option->value : varint_get_str(u);
}

static void get_forms(struct varint_reader *u, struct arena *a, struct html_page *page)
{
	uint32_t options = 0;

	page->form_count = get_count(u);
	page->control_count = get_count(u);
	page->option_count = get_count(u);
	page->forms = ARENA_ARRAY(a, page->form_count, struct html_form);
	page->controls = ARENA_ARRAY(a, page->control_count, struct html_control);
	page->options = ARENA_ARRAY(a, page->option_count, struct html_option);
	for (uint32_t i = 0; i < page->form_count; i++)
		get_form(u, &page->forms[i], page->row_count);
	for (uint32_t i = 0; i < page->control_count && !u->bad; i++) {
		struct html_control *control = &page->controls[i];

		get_control(u, control, page);
		control->first_option = options;
		if (control->option_count > page->option_count - options) {
			u->bad = true;
			return;
		}
		if (control->form != HTML_PAGE_NONE && !page->forms[control->form].control_count++)
			page->forms[control->form].first_control = i;
		options += control->option_count;
		for (uint32_t k = control->first_option; k < options; k++)
			get_option(u, &page->options[k]);
	}
}

static void get_rows(struct varint_reader *u, struct arena *a, struct html_page *page)
{
	uint32_t before = 0;

	page->row_count = get_count(u);
	page->rows = ARENA_ARRAY(a, page->row_count, struct html_row);
	for (uint32_t i = 0; i < page->row_count; i++) {
		struct html_row *row = &page->rows[i];

		row->from = before + (uint32_t)varint_get_below(u, HTML_PAGE_PACKED_MAX);
		row->to = row->from + (uint32_t)varint_get_below(u, HTML_PAGE_PACKED_MAX);
		/* A row is after the one around it, so that no row is around itself. */
		row->parent = get_index(u, i);
		before = row->from;
	}
	page->row_text = varint_get_str(u);
	for (uint32_t i = 0; i < page->row_count; i++)
		u->bad |= page->rows[i].to > page->row_text.len;
}

static void get_links(struct varint_reader *u, struct arena *a, struct html_page *page)
{
	page->link_count = get_count(u);
	page->links = ARENA_ARRAY(a, page->link_count, struct html_link);
	for (uint32_t i = 0; i < page->link_count; i++) {
		page->links[i].text = varint_get_str(u);
		page->links[i].address = varint_get_str(u);
		page->links[i].row = get_index(u, page->row_count);
	}
}

bool html_page_unpack(struct html_page *page, struct arena *a, struct str packed)
{
	struct varint_reader u = varint_reader_of(packed);
	uint64_t head = varint_get_uint(&u);

	*page = (struct html_page){.truncated = head & 1};
	page->url = varint_get_str(&u);
	page->base = varint_get_str(&u);
	page->charset = varint_get_str(&u);
	page->title = varint_get_str(&u);
	page->h1 = varint_get_str(&u);
	get_rows(&u, a, page);
	get_forms(&u, a, page);
	get_links(&u, a, page);
	page->error_count = get_count(&u);
	page->errors = ARENA_ARRAY(a, page->error_count, struct str);
	for (uint32_t i = 0; i < page->error_count; i++)
		page->errors[i] = varint_get_str(&u);
	return !u.bad && head >> 1 == VERSION;
}
