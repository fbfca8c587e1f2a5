/* Parts of a page that a script receives and that replace forms of it; contracts in html_page.h. */
#include "base/ascii.h"
#include "html/html_name_table.h"
#include "html/html_page.h"

/* ---- the HTML in a response */

/* Four hexadecimal digits at AT, or -1. */
static int hex4(struct str s, size_t at)
{
	int code = 0;

	for (size_t i = at; i < at + 4; i++) {
		int digit = i < s.len ? ascii_hex_value(s.ptr[i]) : -1;

		if (digit < 0)
			return -1;
		code = code << 4 | digit;
	}
	return code;
}

/* Appends the character of the escape at AT, which is a backslash; returns its length. */
static size_t put_escape(struct buf *out, struct str s, size_t at)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	char c = at + 1 < s.len ? s.ptr[at + 1] : '\\';
	const char *known = strchr(from, c);
	int code = c == 'u' ? hex4(s, at + 2) : -1, low;

	if (code < 0) {
		buf_add_char(out, known && *known ? to[known - from] : c);
		return 2;
	}
	low = code >= 0xd800 && code < 0xdc00 && at + 7 < s.len && s.ptr[at + 6] == '\\' &&
		      s.ptr[at + 7] == 'u'
		  ? hex4(s, at + 8)
		  : -1;
	if (low >= 0xdc00 && low < 0xe000) {
		buf_add_utf8(out,
			     0x10000U + (((uint32_t)code & 0x3ff) << 10) + ((uint32_t)low & 0x3ff));
		return 12;
	}
	buf_add_utf8(out, (uint32_t)code);
	return 6;
}

/* The texts of a JSON document one after the other, with what is between them. */
static struct str json_texts(struct arena *a, struct str body)
{
	struct buf out = {.data = arena_alloc(a, body.len + 1), .cap = body.len + 1};

	out.max = body.len;
	for (size_t at = 0; at < body.len;) {
		if (body.ptr[at] == '\\') {
			at += put_escape(&out, body, at);
		} else {
			buf_add_char(&out, body.ptr[at]);
			at++;
		}
	}
	return buf_str(&out);
}

/* XML without the marks of CDATA sections. */
static struct str cdata_texts(struct arena *a, struct str body)
{
	struct buf out = {.data = arena_alloc(a, body.len + 1), .cap = body.len + 1};
	size_t at = 0, next;

	out.max = body.len;
	while ((next = str_find(body, STR("<![CDATA["), at)) != NOT_FOUND) {
		buf_add(&out, str_slice(body, at, next));
		at = str_find(body, STR("]]>"), next);
		buf_add(&out, str_slice(body, next + 9, at));
		at = at == NOT_FOUND ? body.len : at + 3;
	}
	buf_add(&out, str_slice(body, at, body.len));
	return buf_str(&out);
}

void html_page_read_fragment(struct html_page *page, struct arena *a,
			     const struct html_page_source *source)
{
	struct html_page_source html = *source;
	struct str start = str_trim(str_slice(source->body, 0, 256));

	if (start.len && strchr("{[\"", start.ptr[0]))
		html.body = json_texts(a, source->body);
	else if (str_find(source->body, STR("<![CDATA["), 0) != NOT_FOUND)
		html.body = cdata_texts(a, source->body);
	html_page_read(page, a, &html, HTML_PAGE_FORMS);
}

/* ---- the state of a JSF view */

#define VIEW_STATE "faces.ViewState" /* after javax. or jakarta. */

/* The content of the <update> of the view's state in BODY; ptr NULL: there is none. */
static struct str view_state(struct str body)
{
	for (size_t at = 0; (at = str_find(body, STR("<update id="), at)) != NOT_FOUND; at++) {
		size_t end = str_find_char(body, '>', at);
		struct str tag = str_slice(body, at, end), text;

		if (end == NOT_FOUND || str_find(tag, STR(VIEW_STATE), 0) == NOT_FOUND)
			continue;
		text = str_trim(str_slice(body, end + 1, str_find(body, STR("</update"), end)));
		if (str_starts(text, STR("<![CDATA[")) && str_ends(text, STR("]]>")))
			text = str_slice(text, 9, text.len - 3);
		return text;
	}
	return STR_NULL;
}

bool html_page_update_state(struct html_page *page, struct str body)
{
	struct str state = view_state(body);
	bool any = false;

	for (uint32_t i = 0; state.ptr && i < page->control_count; i++) {
		struct html_control *control = &page->controls[i];

		if (control->type != HTML_CONTROL_HIDDEN ||
		    !str_ends(control->name, STR(VIEW_STATE)) || str_eq(control->value, state))
			continue;
		control->value = state;
		any = true;
	}
	return any;
}

/* ---- replacing forms */

/* For each form a sum that is the same for the same names in any order. */
static const uint64_t *names_of(const struct html_page *page, struct arena *a)
{
	uint64_t *sums = ARENA_ARRAY(a, page->form_count, uint64_t);

	for (uint32_t i = 0; i < page->control_count; i++)
		if (page->controls[i].form < page->form_count && page->controls[i].name.len)
			sums[page->controls[i].form] += str_hash(page->controls[i].name);
	return sums;
}

/* The forms of a page, to be found by their ids, or by their actions and names. */
struct form_index {
	struct html_name_table ids, actions;
	const uint64_t *names;
};

static uint32_t scope_of(uint64_t names)
{
	return (uint32_t)(names ^ names >> 32);
}

static struct form_index index_of(const struct html_page *page, struct arena *a)
{
	struct form_index index = {.ids = html_name_table_of(a, page->form_count),
				   .actions = html_name_table_of(a, page->form_count),
				   .names = names_of(page, a)};

	for (uint32_t i = 0; i < page->form_count; i++) {
		if (page->forms[i].id.len)
			html_name_table_add(&index.ids, page->forms[i].id, 0, i);
		html_name_table_add(&index.actions, page->forms[i].action, scope_of(index.names[i]),
				    i);
	}
	return index;
}

/* The form that FORM, whose names have the sum NAMES, replaces, or HTML_PAGE_NONE. */
static uint32_t replaced_by(const struct form_index *index, const struct html_form *form,
			    uint64_t names)
{
	uint32_t at = html_name_table_find(&index->ids, form->id, 0);

	if (at != HTML_PAGE_NONE)
		return at;
	at = html_name_table_find(&index->actions, form->action, scope_of(names));
	return at != HTML_PAGE_NONE && index->names[at] == names ? at : HTML_PAGE_NONE;
}

/* Adds FORM of PAGE to OUT, with its controls. A form of a fragment, which has no rows, is in ROW.
 */
static void add_form(struct html_page *out, const struct html_page *page, uint32_t form,
		     uint32_t row)
{
	struct html_form *copy = &out->forms[out->form_count];

	*copy = page->forms[form];
	copy->first_control = out->control_count;
	copy->row = row;
	for (uint32_t i = 0; i < copy->control_count; i++) {
		struct html_control control = page->controls[page->forms[form].first_control + i];

		control.form = out->form_count;
		if (control.row == HTML_PAGE_NONE)
			control.row = row;
		if (control.option_count)
			memcpy(&out->options[out->option_count],
			       &page->options[control.first_option],
			       control.option_count * sizeof *out->options);
		control.first_option = out->option_count;
		out->option_count += control.option_count;
		out->controls[out->control_count++] = control;
	}
	out->form_count++;
}

bool html_page_replace_forms(struct html_page *page, struct arena *a,
			     const struct html_page *fragment)
{
	uint32_t *source = ARENA_ARRAY(a, page->form_count, uint32_t);
	struct form_index index = index_of(page, a);
	const uint64_t *names = names_of(fragment, a);
	struct html_page out = *page;
	bool replaced = false;

	/* source: the form of the fragment + 1 that replaces a form; 0: none. */
	for (uint32_t i = 0; i < fragment->form_count; i++) {
		uint32_t at = replaced_by(&index, &fragment->forms[i], names[i]);

		if (at != HTML_PAGE_NONE)
			source[at] = i + 1;
		replaced |= at != HTML_PAGE_NONE;
	}
	if (!replaced)
		return false;
	out.form_count = out.control_count = out.option_count = 0;
	out.in_order = NULL;
	out.forms = ARENA_ARRAY(a, page->form_count, struct html_form);
	out.controls =
	    ARENA_ARRAY(a, page->control_count + fragment->control_count, struct html_control);
	out.options =
	    ARENA_ARRAY(a, page->option_count + fragment->option_count, struct html_option);
	for (uint32_t i = 0; i < page->form_count; i++) {
		if (source[i])
			add_form(&out, fragment, source[i] - 1, page->forms[i].row);
		else
			add_form(&out, page, i, page->forms[i].row);
	}
	*page = out;
	return true;
}
