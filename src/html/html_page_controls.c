/* Reads the start tags of forms and controls; contracts in html_page_private.h. */
#include "base/ascii.h"
#include "html/html_page_private.h"

#define TYPE_MAX 20

static bool has(const struct html_token *token, struct str name)
{
	return html_token_value(token, name).ptr != NULL;
}

/* An attribute, empty if it is missing. */
static struct str attribute(struct page_reader *r, const struct html_token *token, struct str name)
{
	struct str value = html_page_attribute(r, token, name);

	return value.ptr ? value : STR("");
}

static enum html_method method_of(struct str text)
{
	if (str_ieq(text, STR("post")))
		return HTML_POST;
	return str_ieq(text, STR("dialog")) ? HTML_DIALOG : HTML_GET;
}

static enum html_enctype enctype_of(struct str text)
{
	if (str_ieq(text, STR("multipart/form-data")))
		return HTML_MULTIPART;
	return str_ieq(text, STR("text/plain")) ? HTML_TEXT_PLAIN : HTML_URLENCODED;
}

void html_page_add_form(struct page_reader *r, const struct html_token *token,
			struct html_element *element, uint32_t row)
{
	uint32_t moved = html_tree_top(&r->tree)->order;
	struct read_form one = {.order = moved ? moved : ++r->next_order};
	struct html_form *form = &one.form;

	form->row = row;
	form->id = attribute(r, token, STR("id"));
	form->name = attribute(r, token, STR("name"));
	form->classes = attribute(r, token, STR("class"));
	form->action = attribute(r, token, STR("action"));
	form->accept_charset = attribute(r, token, STR("accept-charset"));
	form->method = method_of(attribute(r, token, STR("method")));
	form->enctype = enctype_of(attribute(r, token, STR("enctype")));

	r->tree.form = (uint32_t)r->forms.count;
	if (element)
		element->form = r->tree.form;
	html_page_use_row(r, row);
	VEC_PUSH(r->arena, &r->forms, one);
}

/* ---- direction */

/* 1 for a character of a left-to-right script, -1 right-to-left, 0 neither; moves AT after it. */
static int direction_at(struct str text, size_t *at)
{
	unsigned char c = (unsigned char)text.ptr[*at];
	size_t step = str_utf8_step(text, *at);

	if (c < 0x80 || !step) {
		*at += 1;
		return ascii_is_letter(c);
	}
	uint32_t code = step == 2 ? (c & 31U) << 6 : (c & 15U) << 12;
	code |= step == 2 ? (unsigned char)text.ptr[*at + 1] & 63U
			  : ((unsigned char)text.ptr[*at + 1] & 63U) << 6;
	*at += step;
	if (step > 3)
		return 1;
	if ((code >= 0x590 && code < 0x900) || (code >= 0xfb1d && code < 0xfe00) ||
	    (code >= 0xfe40 && code < 0xff00))
		return -1;
	return code >= 0xc0 && !(code >= 0x2000 && code < 0x2c00);
}

static bool is_rtl(struct str text)
{
	for (size_t at = 0; at < text.len;) {
		int direction = direction_at(text, &at);

		if (direction)
			return direction < 0;
	}
	return false;
}

/* The types of inputs, in lower case, for which `dirname` is valid. */
static bool sends_direction(struct str type)
{
	static const char *const others[] = {"number",	 "range", "color", "date",
					     "month",	 "week",  "time",  "image",
					     "checkbox", "radio", "file",  "datetime-local"};

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (str_eq(type, str_of(others[i])))
			return false;
	return true;
}

static void set_direction(struct page_reader *r, const struct html_token *token, struct str type,
			  struct html_control *control)
{
	struct str direction = attribute(r, token, STR("dir"));

	if (token->tag == HTML_TAG_BUTTON || !sends_direction(type))
		control->dirname = STR("");
	if (!control->dirname.len)
		return;
	if (str_ieq(direction, STR("auto")))
		control->rtl = is_rtl(control->value);
	else if (direction.len)
		control->rtl = str_ieq(direction, STR("rtl"));
	else if (str_eq(type, STR("tel")))
		control->rtl = false;
}

/* ---- controls */

static void set_button(struct page_reader *r, const struct html_token *token,
		       struct html_control *control)
{
	control->has_action = has(token, STR("formaction"));
	control->has_method = has(token, STR("formmethod"));
	control->has_enctype = has(token, STR("formenctype"));
	control->action = attribute(r, token, STR("formaction"));
	control->method = method_of(attribute(r, token, STR("formmethod")));
	control->enctype = enctype_of(attribute(r, token, STR("formenctype")));
}

uint32_t html_page_add_control(struct page_reader *r, const struct html_token *token,
			       const struct html_element *context, enum html_control_type type)
{
	struct read_control one = {
	    .control = {.form = r->tree.form != HTML_TREE_NONE ? r->tree.form : context->form,
			.type = type,
			.disabled = context->disabled || has(token, STR("disabled")),
			.multiple = has(token, STR("multiple")),
			.rtl = context->rtl,
			.row = context->row,
			.name = attribute(r, token, STR("name")),
			.value = STR(""),
			.label = STR(""),
			.dirname = attribute(r, token, STR("dirname"))},
	    .id = attribute(r, token, STR("id")),
	    .form_id = html_page_attribute(r, token, STR("form")),
	    .order = context->order ? context->order : ++r->next_order,
	    .dropped = context->barred,
	};
	uint32_t index = (uint32_t)r->controls.count;
	struct str kind = html_token_value(token, STR("type"));
	int64_t size = 0;

	if (type == HTML_CONTROL_SUBMIT || type == HTML_CONTROL_IMAGE) {
		set_button(r, token, &one.control);
		one.control.label = attribute(r, token, STR("aria-label"));
	}
	if (token->tag == HTML_TAG_BUTTON) {
		one.control.value = attribute(r, token, STR("value"));
		if (str_ieq(kind, STR("button")) || str_ieq(kind, STR("reset")))
			one.control.type = HTML_CONTROL_BUTTON;
	}
	if (type == HTML_CONTROL_SELECT) {
		one.control.first_option = (uint32_t)r->options.count;
		/* Until the end of the select: whether it can have no selected option. */
		one.control.checked =
		    one.control.multiple ||
		    (str_to_int(str_trim(attribute(r, token, STR("size"))), &size) && size > 1);
	}
	if (type != HTML_CONTROL_SELECT && token->tag != HTML_TAG_INPUT)
		set_direction(r, token, STR(""), &one.control);
	if (context->label != HTML_PAGE_NONE && type != HTML_CONTROL_HIDDEN &&
	    r->labels.items[context->label].control == HTML_PAGE_NONE)
		r->labels.items[context->label].control = index;
	html_page_use_row(r, context->row);
	VEC_PUSH(r->arena, &r->controls, one);
	return index;
}

static enum html_control_type type_of(struct str type)
{
	static const struct {
		struct str name;
		enum html_control_type type;
	} types[] = {
	    {{"hidden", 6}, HTML_CONTROL_HIDDEN},     {{"password", 8}, HTML_CONTROL_PASSWORD},
	    {{"checkbox", 8}, HTML_CONTROL_CHECKBOX}, {{"radio", 5}, HTML_CONTROL_RADIO},
	    {{"file", 4}, HTML_CONTROL_FILE},	      {{"submit", 6}, HTML_CONTROL_SUBMIT},
	    {{"image", 5}, HTML_CONTROL_IMAGE},	      {{"button", 6}, HTML_CONTROL_BUTTON},
	    {{"reset", 5}, HTML_CONTROL_BUTTON},
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_eq(types[i].name, type))
			return types[i].type;
	return HTML_CONTROL_TEXT;
}

void html_page_add_input(struct page_reader *r, const struct html_token *token,
			 const struct html_element *context)
{
	char lower[TYPE_MAX];
	struct str raw = attribute(r, token, STR("type"));
	struct str type = str_n(lower, raw.len < TYPE_MAX ? raw.len : 0);

	for (size_t i = 0; i < type.len; i++)
		lower[i] = ascii_to_lower(raw.ptr[i]);
	struct html_element place = *context;
	/* A hidden input stays in the table. */
	if (str_eq(type, STR("hidden")))
		place.order = html_tree_top(&r->tree)->order;
	uint32_t index = html_page_add_control(r, token, &place, type_of(type));
	struct html_control *control = &r->controls.items[index].control;
	struct str value = html_page_attribute(r, token, STR("value"));

	control->checked = has(token, STR("checked"));
	if (control->type == HTML_CONTROL_CHECKBOX || control->type == HTML_CONTROL_RADIO) {
		control->value = value.ptr ? value : STR("on");
	} else if (control->type == HTML_CONTROL_SUBMIT) {
		/* Browsers show a default text, and Chromium sends it too. */
		control->value = value.ptr ? value : STR("Submit");
		if (control->value.len)
			control->label = control->value;
	} else if (control->type == HTML_CONTROL_IMAGE) {
		control->value = value.ptr ? value : STR("");
		if (attribute(r, token, STR("alt")).len)
			control->label = attribute(r, token, STR("alt"));
	} else if (control->type != HTML_CONTROL_FILE) {
		control->value = html_page_sanitize(r, token, type, value.ptr ? value : STR(""));
	}
	set_direction(r, token, type, control);
}

/* ---- options */

void html_page_add_option(struct page_reader *r, const struct html_token *token,
			  struct html_element *element)
{
	struct html_option option = {.value = html_page_attribute(r, token, STR("value")),
				     .text = attribute(r, token, STR("label")),
				     .selected = has(token, STR("selected")),
				     .disabled =
					 element->group_disabled || has(token, STR("disabled"))};

	if (r->select == HTML_PAGE_NONE)
		return;
	if (r->options.count == HTML_PAGE_CONTROLS_MAX) {
		r->page->cut = HTML_PAGE_CUT_COUNT;
		return;
	}
	element->item = (uint32_t)r->options.count;
	VEC_PUSH(r->arena, &r->options, option);
}

void html_page_end_option(struct page_reader *r, const struct html_element *element,
			  struct str text)
{
	struct html_option *option = &r->options.items[element->item];

	if (!option->value.ptr)
		option->value = text;
	if (!option->text.len)
		option->text = text;
}

void html_page_end_select(struct page_reader *r)
{
	struct html_control *control;
	struct html_option *first = NULL, *last = NULL;

	if (r->select == HTML_PAGE_NONE)
		return;
	control = &r->controls.items[r->select].control;
	r->select = HTML_PAGE_NONE;
	control->option_count = (uint32_t)r->options.count - control->first_option;
	for (uint32_t i = 0; i < control->option_count; i++) {
		struct html_option *option = &r->options.items[control->first_option + i];

		if (!first && !option->disabled)
			first = option;
		if (option->selected && last && !control->multiple)
			last->selected = false;
		if (option->selected)
			last = option;
	}
	if (!last && first && !control->checked)
		first->selected = true;
	control->checked = false;
}
