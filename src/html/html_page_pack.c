/* Packs pages: numbers as varints, texts with their lengths; contracts in html_page.h. If a page is
 * too large, a plan is made first: which forms are kept, and how many links and rows. */
#include "base/varint.h"
#include "html/html_page.h"

#define VERSION 3
/* Bits of a control. */
enum {
	BIT_DISABLED = 1,
	BIT_CHECKED = 2,
	BIT_MULTIPLE = 4,
	BIT_RTL = 8,
	BIT_BUTTON = 16,
	BIT_ROW = 32
};

/* The number of forms, links and rows that are kept, from the first one. */
struct pack_plan {
	uint32_t forms, links, rows;
	/* Whether only the names of a form are kept; the counts are of all forms together. */
	bool cut[HTML_PAGE_FORMS_MAX];
	uint32_t controls, options;
	enum html_page_cut reason;
};

/* An index, HTML_PAGE_NONE as 0. */
static void put_index(struct buf *out, uint32_t index)
{
	varint_put_uint(out, index == HTML_PAGE_NONE ? 0 : (uint64_t)index + 1);
}

/* The index of a row, if it is kept. */
static void put_row_index(struct buf *out, const struct pack_plan *plan, uint32_t row)
{
	put_index(out, row < plan->rows ? row : HTML_PAGE_NONE);
}

/* ---- forms */

static bool has_attributes(const struct html_control *control)
{
	return control->has_action || control->has_method || control->has_enctype ||
	       control->dirname.len;
}

/* CUT: without values. */
static void put_control(struct buf *out, const struct pack_plan *plan,
			const struct html_control *control, bool cut)
{
	bool attributes = !cut && has_attributes(control);
	unsigned bits = (control->disabled ? BIT_DISABLED : 0U) |
			(control->checked ? BIT_CHECKED : 0U) |
			(control->multiple ? BIT_MULTIPLE : 0U) | (control->rtl ? BIT_RTL : 0U) |
			(attributes ? BIT_BUTTON : 0U) | (control->row < plan->rows ? BIT_ROW : 0U);

	varint_put_uint(out, (unsigned)control->type | bits << 4);
	if (bits & BIT_ROW)
		varint_put_uint(out, control->row);
	varint_put_str(out, control->name);
	varint_put_str(out, cut ? STR("") : control->value);
	varint_put_str(out, control->label);
	if (control->type == HTML_CONTROL_SELECT)
		varint_put_uint(out, cut ? 0 : control->option_count);
	if (!attributes)
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

static void put_form(struct buf *out, const struct pack_plan *plan, const struct html_page *page,
		     uint32_t index, bool cut)
{
	const struct html_form *form = &page->forms[index];

	varint_put_str(out, form->id);
	varint_put_str(out, form->name);
	varint_put_str(out, form->classes);
	varint_put_str(out, form->action);
	varint_put_str(out, form->accept_charset);
	varint_put_uint(out, (unsigned)form->method | (unsigned)form->enctype << 2 |
				 (cut || form->cut ? 16U : 0U));
	put_row_index(out, plan, form->row);
	varint_put_uint(out, form->control_count);
	for (uint32_t i = 0; i < form->control_count; i++) {
		const struct html_control *control = &page->controls[form->first_control + i];

		put_control(out, plan, control, cut);
		for (uint32_t k = 0; k < control->option_count && !cut; k++)
			put_option(out, &page->options[control->first_option + k]);
	}
}

/* ---- links and rows */

static void put_link(struct buf *out, const struct pack_plan *plan, const struct html_link *link)
{
	varint_put_str(out, link->text);
	varint_put_str(out, link->address);
	put_row_index(out, plan, link->row);
}

static void put_row(struct buf *out, const struct html_page *page, uint32_t index)
{
	const struct html_row *row = &page->rows[index];

	varint_put_uint(out, row->from - (index ? page->rows[index - 1].from : 0));
	varint_put_uint(out, row->to - row->from);
	put_index(out, row->parent);
}

/* The end of the text of the first COUNT rows. */
static uint32_t text_end(const struct html_page *page, uint32_t count)
{
	uint32_t end = 0;

	for (uint32_t i = 0; i < count; i++)
		end = page->rows[i].to > end ? page->rows[i].to : end;
	return end;
}

/* ---- the page */

static void put_head(struct buf *out, const struct pack_plan *plan, const struct html_page *page)
{
	varint_put_uint(out, VERSION << 2 | (unsigned)plan->reason);
	varint_put_str(out, page->url);
	varint_put_str(out, page->base);
	varint_put_str(out, page->charset);
	varint_put_str(out, page->title);
	varint_put_str(out, page->h1);
	varint_put_uint(out, page->error_count);
	for (uint32_t i = 0; i < page->error_count; i++)
		varint_put_str(out, page->errors[i]);
	varint_put_uint(out, plan->rows);
	varint_put_uint(out, plan->forms);
	varint_put_uint(out, plan->controls);
	varint_put_uint(out, plan->options);
	varint_put_uint(out, plan->links);
}

static void put_page(struct buf *out, const struct pack_plan *plan, const struct html_page *page)
{
	put_head(out, plan, page);
	for (uint32_t i = 0; i < plan->rows; i++)
		put_row(out, page, i);
	varint_put_str(out, str_slice(page->row_text, 0, text_end(page, plan->rows)));
	for (uint32_t i = 0; i < plan->forms; i++)
		put_form(out, plan, page, i, plan->cut[i]);
	for (uint32_t i = 0; i < plan->links; i++)
		put_link(out, plan, &page->links[i]);
}

/* ---- the plan of a page that is too large */

#define COUNTS_BYTES 32 /* that the counts in the head can have */

struct planner {
	const struct html_page *page;
	struct pack_plan *plan; /* `rows` is all of them until the end, so that indexes have room */
	struct buf *out;	/* to measure: what is appended is removed again */
	size_t left;		/* bytes that are not used */
	uint32_t rows, text;	/* kept rows, and the end of their text */
	bool rows_full;
};

/* Removes what was appended after MARK; returns its length, SIZE_MAX if it exceeds the buffer. */
static size_t measured(struct planner *p, size_t mark)
{
	size_t bytes = p->out->overflow ? SIZE_MAX : p->out->len - mark;

	p->out->len = mark;
	p->out->overflow = false;
	return bytes;
}

static size_t form_bytes(struct planner *p, uint32_t form, bool cut)
{
	size_t mark = p->out->len;

	put_form(p->out, p->plan, p->page, form, cut);
	return measured(p, mark);
}

/* Uses BYTES, or returns false if they are not left. */
static bool use(struct planner *p, size_t bytes)
{
	if (bytes > p->left)
		return false;
	p->left -= bytes;
	return true;
}

/* Keeps the next row, with those whose text is in its text. */
static void plan_row(struct planner *p)
{
	const struct html_page *page = p->page;
	uint32_t end = p->rows, text = page->rows[end].to;
	size_t mark = p->out->len, bytes;

	do
		put_row(p->out, page, end++);
	while (end < page->row_count &&
	       (page->rows[end].parent != HTML_PAGE_NONE || page->rows[end].from < text));
	bytes = measured(p, mark);
	if (bytes <= p->left)
		bytes += text - p->text;
	p->rows_full = !use(p, bytes);
	if (p->rows_full)
		return;
	p->rows = end;
	p->text = text;
}

/* Keeps the rows up to ROW while they fit. A row after one that does not fit is not kept, so that
 * the first row with a text is the first one of the page. */
static void plan_rows_to(struct planner *p, uint32_t row)
{
	while (row != HTML_PAGE_NONE && p->rows <= row && !p->rows_full)
		plan_row(p);
}

/* Keeps forms in at most BYTES: of those that do not fit, only the names. */
static void plan_forms(struct planner *p, size_t bytes)
{
	struct pack_plan *plan = p->plan;
	size_t rest = p->left - bytes;

	p->left = bytes;
	for (plan->forms = 0; plan->forms < p->page->form_count; plan->forms++) {
		const struct html_form *form = &p->page->forms[plan->forms];
		bool *cut = &plan->cut[plan->forms];

		*cut = !use(p, form_bytes(p, plan->forms, false));
		if (*cut && !use(p, form_bytes(p, plan->forms, true)))
			break;
		plan_rows_to(p, form->row);
		plan->controls += form->control_count;
		for (uint32_t i = 0; i < form->control_count; i++) {
			const struct html_control *control =
			    &p->page->controls[form->first_control + i];

			plan->options += *cut ? 0 : control->option_count;
			plan_rows_to(p, control->row);
		}
	}
	p->left += rest;
}

static void plan_links(struct planner *p)
{
	for (p->plan->links = 0; p->plan->links < p->page->link_count; p->plan->links++) {
		const struct html_link *link = &p->page->links[p->plan->links];
		size_t mark = p->out->len;

		put_link(p->out, p->plan, link);
		if (!use(p, measured(p, mark)))
			return;
		plan_rows_to(p, link->row);
	}
}

/* Plans for at most BYTES, with OUT to measure. False if not even the head fits. */
static bool plan_page(struct pack_plan *plan, const struct html_page *page, struct buf *out,
		      size_t bytes)
{
	struct planner p = {.page = page, .plan = plan, .out = out, .left = bytes};
	size_t mark = out->len;

	*plan = (struct pack_plan){.rows = page->row_count, .reason = HTML_PAGE_CUT_PACKED};
	put_head(out, plan, page);
	if (!use(&p, measured(&p, mark)) || !use(&p, COUNTS_BYTES))
		return false;
	plan_forms(&p, page->link_count ? p.left / 4 * 3 : p.left);
	plan_links(&p);
	plan->rows = p.rows;
	return true;
}

static void plan_whole(struct pack_plan *plan, const struct html_page *page)
{
	*plan = (struct pack_plan){.rows = page->row_count,
				   .forms = page->form_count,
				   .links = page->link_count,
				   .reason = page->cut};
	for (uint32_t i = 0; i < page->form_count; i++)
		plan->controls += page->forms[i].control_count;
	for (uint32_t i = 0; i < plan->controls; i++)
		plan->options += page->controls[i].option_count;
}

void html_page_pack(const struct html_page *page, struct buf *out)
{
	size_t mark = out->len, max = HTML_PAGE_PACKED_MAX;
	struct pack_plan plan;

	if (out->max && out->max - mark < max)
		max = out->max - mark;
	out->overflow = false;
	plan_whole(&plan, page);
	put_page(out, &plan, page);
	if (!out->overflow && out->len - mark <= max)
		return;
	out->len = mark;
	out->overflow = false;
	if (plan_page(&plan, page, out, max))
		put_page(out, &plan, page);
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

static void get_method(struct varint_reader *u, unsigned bits, enum html_method *method,
		       enum html_enctype *enctype)
{
	u->bad |= (bits & 3) > HTML_DIALOG || bits >> 2 > HTML_TEXT_PLAIN;
	*method = bits & 3;
	*enctype = bits >> 2;
}

static void get_control(struct varint_reader *u, struct html_control *control,
			const struct html_page *page)
{
	unsigned head = (unsigned)varint_get_below(u, 1024), bits = head >> 4;

	u->bad |= (head & 15) > HTML_CONTROL_BUTTON;
	control->type = head & 15;
	control->disabled = bits & BIT_DISABLED;
	control->checked = bits & BIT_CHECKED;
	control->multiple = bits & BIT_MULTIPLE;
	control->rtl = bits & BIT_RTL;
	control->row =
	    bits & BIT_ROW ? (uint32_t)varint_get_below(u, page->row_count) : HTML_PAGE_NONE;
	control->name = varint_get_str(u);
	control->value = varint_get_str(u);
	control->label = varint_get_str(u);
	control->dirname = control->action = STR("");
	if (control->type == HTML_CONTROL_SELECT)
		control->option_count = (uint32_t)varint_get_below(u, UINT32_MAX);
	if (!(bits & BIT_BUTTON))
		return;
	bits = (unsigned)varint_get_below(u, 128);
	control->has_action = bits & 1;
	control->has_method = bits & 2;
	control->has_enctype = bits & 4;
	get_method(u, bits >> 3, &control->method, &control->enctype);
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

/* Reads a form with its controls, after CONTROLS controls and OPTIONS options. */
static void get_form(struct varint_reader *u, struct html_page *page, uint32_t index,
		     uint32_t controls, uint32_t *options)
{
	struct html_form *form = &page->forms[index];
	unsigned bits;

	form->id = varint_get_str(u);
	form->name = varint_get_str(u);
	form->classes = varint_get_str(u);
	form->action = varint_get_str(u);
	form->accept_charset = varint_get_str(u);
	bits = (unsigned)varint_get_below(u, 32);
	get_method(u, bits & 15, &form->method, &form->enctype);
	form->cut = bits & 16;
	form->row = get_index(u, page->row_count);
	form->first_control = controls;
	form->control_count =
	    (uint32_t)varint_get_below(u, (uint64_t)page->control_count - controls + 1);
	for (uint32_t i = 0; i < form->control_count && !u->bad; i++) {
		struct html_control *control = &page->controls[controls + i];

		get_control(u, control, page);
		control->form = index;
		control->first_option = *options;
		if (control->option_count > page->option_count - *options) {
			u->bad = true;
			return;
		}
		*options += control->option_count;
		for (uint32_t k = control->first_option; k < *options; k++)
			get_option(u, &page->options[k]);
	}
}

static void get_forms(struct varint_reader *u, struct arena *a, struct html_page *page)
{
	uint32_t controls = 0, options = 0;

	page->forms = ARENA_ARRAY(a, page->form_count, struct html_form);
	page->controls = ARENA_ARRAY(a, page->control_count, struct html_control);
	page->options = ARENA_ARRAY(a, page->option_count, struct html_option);
	for (uint32_t i = 0; i < page->form_count && !u->bad; i++) {
		get_form(u, page, i, controls, &options);
		controls += page->forms[i].control_count;
	}
	u->bad |= controls != page->control_count || options != page->option_count;
}

static void get_rows(struct varint_reader *u, struct arena *a, struct html_page *page)
{
	uint32_t before = 0;

	page->rows = ARENA_ARRAY(a, page->row_count, struct html_row);
	for (uint32_t i = 0; i < page->row_count && !u->bad; i++) {
		struct html_row *row = &page->rows[i];

		row->from = before + (uint32_t)varint_get_below(u, HTML_PAGE_PACKED_MAX);
		row->to = row->from + (uint32_t)varint_get_below(u, HTML_PAGE_PACKED_MAX);
		/* A row is after the one around it, so that no row is around itself. */
		row->parent = get_index(u, i);
		before = row->from;
		u->bad |= row->to > HTML_PAGE_PACKED_MAX;
	}
	page->row_text = varint_get_str(u);
	for (uint32_t i = 0; i < page->row_count; i++)
		u->bad |= page->rows[i].to > page->row_text.len;
}

static void get_links(struct varint_reader *u, struct arena *a, struct html_page *page)
{
	page->links = ARENA_ARRAY(a, page->link_count, struct html_link);
	for (uint32_t i = 0; i < page->link_count && !u->bad; i++) {
		page->links[i].text = varint_get_str(u);
		page->links[i].address = varint_get_str(u);
		page->links[i].row = get_index(u, page->row_count);
	}
}

bool html_page_unpack(struct html_page *page, struct arena *a, struct str packed)
{
	struct varint_reader u = varint_reader_of(packed);
	uint64_t head = varint_get_uint(&u);

	*page = (struct html_page){.cut = head & 3};
	page->url = varint_get_str(&u);
	page->base = varint_get_str(&u);
	page->charset = varint_get_str(&u);
	page->title = varint_get_str(&u);
	page->h1 = varint_get_str(&u);
	page->error_count = get_count(&u);
	page->errors = ARENA_ARRAY(a, page->error_count, struct str);
	for (uint32_t i = 0; i < page->error_count; i++)
		page->errors[i] = varint_get_str(&u);
	page->row_count = get_count(&u);
	page->form_count = get_count(&u);
	page->control_count = get_count(&u);
	page->option_count = get_count(&u);
	page->link_count = get_count(&u);
	get_rows(&u, a, page);
	get_forms(&u, a, page);
	get_links(&u, a, page);
	return !u.bad && head >> 2 == VERSION;
}
