#include "import/forms/lost_body.h"

#include "base/ascii.h"
#include "base/url.h"
#include "html/html_submission.h"
#include "import/naming.h"

#define ADDRESS_MAX   16384
#define PAGES_AFTER   3u /* that are searched for the values */
#define ASKED_MAX     8u /* texts that become parameters */
#define BUTTONS_SHOWN 10u

struct lost_form {
	struct conversion *conversion;
	struct conversion_step *step;
	const struct html_page *page; /* before */
	uint32_t form;
	struct html_page after;
	uint32_t after_form; /* HTML_PAGE_NONE: no page after it shows the values */
	VEC(struct tx_part) parts;
	VEC(struct page_value) values;
	VEC(size_t) value_parts; /* for each value: the index of its part, or SIZE_MAX */
	size_t asked;
	struct str options; /* that give the parameters their values: " -p PHOTO=PATH" */
};

/* ---- the form */

bool lost_body_is_form(const struct transaction *tx)
{
	struct str type = transaction_media_type(&tx->request_body, &tx->request_headers);

	return tx->request_body.lost && (str_ieq(type, STR("multipart/form-data")) ||
					 str_ieq(type, STR("application/x-www-form-urlencoded")));
}

static bool has_file(const struct html_page *page, uint32_t form)
{
	for (uint32_t i = 0; i < page->control_count; i++)
		if (page->controls[i].form == form && page->controls[i].type == HTML_CONTROL_FILE)
			return true;
	return false;
}

static bool fits(const struct html_page *page, uint32_t form, const struct transaction *tx)
{
	struct str type = transaction_media_type(&tx->request_body, &tx->request_headers);
	const struct html_form *one = &page->forms[form];
	char bytes[ADDRESS_MAX];
	struct buf address = {.data = bytes, .cap = ADDRESS_MAX, .max = ADDRESS_MAX - 1};

	return one->method == HTML_POST && str_eq(tx->method, STR("POST")) &&
	       (one->enctype == HTML_MULTIPART) == str_ieq(type, STR("multipart/form-data")) &&
	       html_page_resolve(page, one->action, &address) && str_eq(buf_str(&address), tx->url);
}

bool lost_body_find_form(const struct html_page *page, const struct transaction *tx, uint32_t *form)
{
	bool found = false;

	for (uint32_t i = 0; i < page->form_count; i++) {
		if (!fits(page, i, tx) || (found && !has_file(page, i)))
			continue;
		*form = i;
		found = true;
		if (has_file(page, i))
			break;
	}
	return found;
}

/* ---- the values */

static bool is_typed_control(const struct html_control *control)
{
	return control->type == HTML_CONTROL_TEXT || control->type == HTML_CONTROL_TEXTAREA ||
	       control->type == HTML_CONTROL_SELECT || control->type == HTML_CONTROL_CHECKBOX ||
	       control->type == HTML_CONTROL_RADIO;
}

/* The control of a form with the name, and of a box also the value. */
static const struct html_control *control_like(const struct html_page *page, uint32_t form,
					       const struct html_control *like)
{
	bool box = like->type == HTML_CONTROL_CHECKBOX || like->type == HTML_CONTROL_RADIO;

	for (uint32_t i = 0; i < page->control_count; i++) {
		const struct html_control *control = &page->controls[i];

		if (control->form == form && control->type == like->type &&
		    str_eq(control->name, like->name) &&
		    (!box || str_eq(control->value, like->value)))
			return control;
	}
	return NULL;
}

/* Whether a form shows at least half of the fields that a person can fill in. */
static bool shows_fields(const struct lost_form *r, const struct html_page *page, uint32_t form)
{
	size_t all = 0, there = 0;

	for (uint32_t i = 0; i < r->page->control_count; i++) {
		const struct html_control *control = &r->page->controls[i];

		if (control->form != r->form || !is_typed_control(control) || !control->name.len)
			continue;
		all++;
		there += control_like(page, form, control) != NULL;
	}
	return all && 2 * there >= all;
}

static void find_after(struct page_history *history, struct lost_form *r, uint32_t step)
{
	const struct conversion *conversion = history->conversion;

	r->after_form = HTML_PAGE_NONE;
	for (uint32_t i = step; i < conversion->steps.count && i <= step + PAGES_AFTER; i++) {
		if (!page_history_read(history, i, &r->after))
			continue;
		for (uint32_t form = 0; form < r->after.form_count; form++)
			if (shows_fields(r, &r->after, form)) {
				r->after_form = form;
				return;
			}
	}
}

static struct str selected(const struct html_page *page, const struct html_control *select)
{
	for (uint32_t i = 0; i < select->option_count; i++)
		if (page->options[select->first_option + i].selected)
			return page->options[select->first_option + i].value;
	return STR("");
}

static bool offers(const struct html_page *page, const struct html_control *select,
		   struct str value)
{
	for (uint32_t i = 0; i < select->option_count; i++)
		if (str_eq(page->options[select->first_option + i].value, value))
			return true;
	return false;
}

static void add_value(struct lost_form *r, struct page_value value, struct str text)
{
	struct arena *a = &r->conversion->job->arena;
	size_t part = SIZE_MAX;

	if (value.kind == PAGE_VALUE_TEXT) {
		part = r->parts.count;
		VEC_PUSH(a, &r->parts, ((struct tx_part){.name = value.name, .value = text}));
	}
	VEC_PUSH(a, &r->values, value);
	VEC_PUSH(a, &r->value_parts, part);
}

/* Adds the change of a control that the page after the request shows. */
static void compare(struct lost_form *r, const struct html_control *before,
		    const struct html_control *after)
{
	struct page_value value = {.name = before->name, .kind = PAGE_VALUE_TEXT};
	struct str text = after->value;

	if (before->type == HTML_CONTROL_TEXT || before->type == HTML_CONTROL_TEXTAREA) {
		value.typed = true;
		if (!str_eq(before->value, after->value))
			add_value(r, value, text);
	} else if (before->type == HTML_CONTROL_SELECT) {
		text = selected(&r->after, after);
		if (!str_eq(text, selected(r->page, before)) && offers(r->page, before, text))
			add_value(r, value, text);
	} else if (before->type == HTML_CONTROL_CHECKBOX) {
		value.kind = after->checked ? PAGE_VALUE_YES : PAGE_VALUE_NO;
		if (before->checked != after->checked)
			add_value(r, value, text);
	} else if (before->type == HTML_CONTROL_RADIO && after->checked && !before->checked) {
		add_value(r, value, text);
	}
}

/* ---- parameters for the rest */

struct str lost_body_add_parameter(struct conversion *conversion, struct str name,
				   struct str description)
{
	struct arena *a = &conversion->job->arena;
	struct conversion_parameter p = {.description = description};
	struct str base = naming_parameter(a, naming_snake_case(a, &conversion->scratch, name));

	p.name = base;
	for (unsigned n = 2, again = 1; again; n++) {
		again = 0;
		for (size_t i = 0; i < conversion->parameters.count && !again; i++)
			again = str_eq(conversion->parameters.items[i].name, p.name);
		if (again)
			p.name = arena_printf(a, "%.*s_%u", STR_ARG(base), n);
	}
	p.value = STR("");
	VEC_PUSH(a, &conversion->parameters, p);
	return p.name;
}

/* VALUE is shown in place of the value of the parameter. */
static struct str ask(struct lost_form *r, struct str name, struct str description,
		      const char *value)
{
	struct str parameter = lost_body_add_parameter(r->conversion, name, description);

	r->asked++;
	r->options =
	    arena_printf(&r->conversion->job->arena, "%.*s%s -p %.*s=%s", STR_ARG(r->options),
			 r->options.len ? " and" : "", STR_ARG(parameter), value);
	return parameter;
}

static void ask_text(struct lost_form *r, const struct html_control *control)
{
	struct arena *a = &r->conversion->job->arena;
	struct page_value value = {.name = control->name, .kind = PAGE_VALUE_TEXT, .typed = true};
	struct binding b = {.location = LOCATION_PART, .index = (uint32_t)r->parts.count};

	if (r->asked >= ASKED_MAX || control->value.len || control->disabled)
		return;
	b.before = STR("");
	b.expression = ask(r, control->name,
			   arena_printf(a, "Text typed in %.*s; the recording does not have it",
					STR_ARG(control->name)),
			   "…");
	add_value(r, value, STR(""));
	VEC_PUSH(a, &r->step->bindings, b);
}

static void ask_file(struct lost_form *r, const struct html_control *control)
{
	struct arena *a = &r->conversion->job->arena;
	struct page_value value = {.name = control->name, .kind = PAGE_VALUE_FILE};

	value.parameter =
	    ask(r, control->name,
		arena_printf(a, "File to upload in %.*s; the recording does not have it",
			     STR_ARG(control->name)),
		"PATH");
	add_value(r, value, STR(""));
}

/* If the form has several buttons, the recording does not have the one that was pressed. */
static struct str ask_button(struct lost_form *r)
{
	struct arena *a = &r->conversion->job->arena;
	struct str result = STR("");
	struct buf out;
	size_t count = 0;

	buf_init(&out, 0);
	for (uint32_t i = 0; i < r->page->control_count; i++) {
		const struct html_control *control = &r->page->controls[i];
		struct str text = control->label.len ? control->label : control->name;

		if (control->form != r->form || control->type != HTML_CONTROL_SUBMIT ||
		    control->disabled || !text.len)
			continue;
		if (count++ < BUTTONS_SHOWN)
			buf_printf(&out, "%s%.*s", out.len ? " | " : "", STR_ARG(text));
		else if (count == BUTTONS_SHOWN + 1)
			buf_add(&out, STR(" | …"));
	}
	if (count > 1)
		result = ask(r, STR("button"),
			     arena_printf(a,
					  "Button that you pressed (the recording does not have "
					  "it), one of: %.*s",
					  STR_ARG(buf_str(&out))),
			     "…");
	buf_release(&out);
	return result;
}

/* ---- the request */

static void add_values(struct lost_form *r)
{
	bool file = false;

	for (uint32_t i = 0; i < r->page->control_count; i++) {
		const struct html_control *control = &r->page->controls[i], *after;

		if (control->form != r->form || !control->name.len)
			continue;
		if (control->type == HTML_CONTROL_FILE && !file && !control->disabled) {
			ask_file(r, control);
			file = true;
		}
		if (!is_typed_control(control))
			continue;
		after = r->after_form == HTML_PAGE_NONE
			    ? NULL
			    : control_like(&r->after, r->after_form, control);
		if (after)
			compare(r, control, after);
		else if (r->after_form == HTML_PAGE_NONE &&
			 (control->type == HTML_CONTROL_TEXT ||
			  control->type == HTML_CONTROL_TEXTAREA))
			ask_text(r, control);
	}
}

static void set_pairs(struct lost_form *r, struct page_use *use)
{
	struct arena *a = &r->conversion->job->arena;
	struct transaction *tx = r->step->tx;

	tx->parts = r->parts.items;
	tx->part_count = r->parts.count;
	tx->multipart = r->page->forms[r->form].enctype == HTML_MULTIPART;
	use->pairs = ARENA_ARRAY(a, r->parts.count + 1, struct page_pair);
	use->pair_count = r->parts.count;
	for (size_t i = 0; i < r->parts.count; i++)
		use->pairs[i] = (struct page_pair){.name = tx->parts[i].name,
						   .value = tx->parts[i].value,
						   .part = &tx->parts[i],
						   .location = LOCATION_PART,
						   .index = (uint32_t)i,
						   .to = tx->parts[i].value.len};
	for (size_t i = 0; i < r->values.count; i++) {
		struct page_value value = r->values.items[i];

		if (r->value_parts.items[i] != SIZE_MAX) {
			value.items = ARENA_NEW(a, struct page_item);
			value.items->pair = &use->pairs[r->value_parts.items[i]];
			value.item_count = 1;
		}
		VEC_PUSH(a, &use->values, value);
	}
}

void lost_body_rebuild(struct page_history *history, uint32_t step, const struct html_page *page,
		       uint32_t form)
{
	struct conversion *conversion = history->conversion;
	struct lost_form r = {.conversion = conversion,
			      .step = &conversion->steps.items[step],
			      .page = page,
			      .form = form,
			      .options = STR("")};
	struct page_use *use = ARENA_NEW(&conversion->job->arena, struct page_use);
	struct transaction *tx = r.step->tx;
	size_t query = str_find_char(tx->url, '?', 0);

	find_after(history, &r, step);
	add_values(&r);
	use->button_parameter = ask_button(&r);
	set_pairs(&r, use);
	r.step->page_use = use;
	job_note(conversion->job, "look at",
		 "entry %u, %.*s %.*s: %.*s; it is rebuilt from the form of the page%s%s%.*s",
		 tx->number, STR_ARG(tx->method), STR_ARG(str_slice(tx->url, 0, query)),
		 STR_ARG(tx->request_body.why),
		 r.after_form == HTML_PAGE_NONE ? "" : " and what the next page shows",
		 r.asked ? "; set the rest with" : "", STR_ARG(r.options));
}

/* ---- a file without a form */

static void ask_body(struct conversion *conversion, struct conversion_step *step)
{
	struct arena *a = &conversion->job->arena;
	const struct transaction *tx = step->tx;
	struct str address = str_slice(tx->url, 0, str_find_char(tx->url, '?', 0));
	struct str path = address, name;

	if (conversion->target.len && str_starts(path, conversion->target))
		path = str_slice(path, conversion->target.len, path.len);
	buf_clear(&conversion->scratch);
	url_decode(&conversion->scratch, transaction_query_file(tx->url), true);
	name = arena_str(a, buf_str(&conversion->scratch));
	if (!naming_snake_case(a, &conversion->scratch, name).len)
		name = STR("file");
	step->body_parameter =
	    lost_body_add_parameter(conversion, name,
				    arena_printf(a,
						 "File to upload to %.*s; the recording does not "
						 "have it",
						 STR_ARG(path)));
	job_note(conversion->job, "look at", "entry %u, %.*s %.*s: %.*s; give it with -p %.*s=PATH",
		 tx->number, STR_ARG(tx->method), STR_ARG(address), STR_ARG(tx->request_body.why),
		 STR_ARG(step->body_parameter));
}

void lost_body_ask_files(struct conversion *conversion)
{
	for (size_t i = 0; i < conversion->steps.count; i++) {
		struct conversion_step *step = &conversion->steps.items[i];

		if (!step->disabled && step->tx->request_body.lost && !lost_body_is_form(step->tx))
			ask_body(conversion, step);
	}
}
