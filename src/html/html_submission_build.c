/* The entry list, and the request that is made from it; contracts in html_submission.h. */
#include <inttypes.h>

#include "base/ascii.h"
#include "html/html_charset.h"
#include "html/html_submission_private.h"

struct entry_list {
	struct html_submission *s;
	struct str charset;
	VEC(struct html_entry) entries;
	bool with_dropped; /* controls that are set to null have the values of the page */
};

/* The encoding of the request: the first known one of accept-charset, else that of the page. */
static struct str charset_of(const struct html_submission *s)
{
	struct str list = s->page->forms[s->form].accept_charset, charset = s->page->charset;

	for (size_t at = 0; at < list.len;) {
		size_t from = at;

		while (at < list.len && !ascii_is_html_space(list.ptr[at]))
			at++;
		struct str one = html_charset_of_label(str_slice(list, from, at));
		if (one.ptr) {
			charset = one;
			break;
		}
		at++;
	}
	return str_starts(charset, STR("UTF-16")) ? STR("UTF-8") : charset;
}

/* ---- the entry list */

static void add(struct entry_list *list, struct html_entry entry)
{
	VEC_PUSH(list->s->arena, &list->entries, entry);
}

static void add_options(struct entry_list *list, const struct html_control *control,
			const struct html_control_state *state)
{
	for (uint32_t i = 0; i < control->option_count; i++) {
		const struct html_option *option =
		    &list->s->page->options[control->first_option + i];
		bool selected = state->selected ? state->selected[i] : option->selected;

		if (selected && !option->disabled)
			add(list, (struct html_entry){.name = control->name,
						      .value = option->value,
						      .typed = state->typed});
	}
}

/* An image button sends where it was clicked: at its corner. */
static void add_image(struct entry_list *list, struct str name)
{
	const char *dot = name.len ? "." : "";
	struct arena *a = list->s->arena;

	add(list, (struct html_entry){.name = arena_printf(a, "%.*s%sx", STR_ARG(name), dot),
				      .value = STR("0")});
	add(list, (struct html_entry){.name = arena_printf(a, "%.*s%sy", STR_ARG(name), dot),
				      .value = STR("0")});
}

static void add_file(struct entry_list *list, const struct html_control *control,
		     const struct html_control_state *state)
{
	struct html_entry entry = {.name = control->name,
				   .is_file = true,
				   .typed = state->typed,
				   .value = STR(""),
				   .file = {.name = STR(""), .type = STR(""), .content = STR("")}};

	for (size_t i = 0; i < state->file_count; i++) {
		entry.file = state->files[i];
		add(list, entry);
	}
	if (!state->file_count)
		add(list, entry);
}

static void add_value(struct entry_list *list, const struct html_control *control,
		      const struct html_control_state *state)
{
	struct html_entry entry = {.name = control->name,
				   .value = state->typed ? state->value : control->value,
				   .typed = state->typed,
				   .secret = state->secret};
	bool charset =
	    control->type == HTML_CONTROL_HIDDEN && str_ieq(control->name, STR("_charset_"));

	if (control->type == HTML_CONTROL_CHECKBOX || control->type == HTML_CONTROL_RADIO)
		entry.value = control->value;
	else if (charset)
		entry.value = list->charset;
	add(list, entry);
	if (control->dirname.len && !charset)
		add(list, (struct html_entry){.name = control->dirname,
					      .value = control->rtl ? STR("rtl") : STR("ltr")});
}

/* Whether the control is not sent. */
static bool is_skipped(const struct html_submission *s, uint32_t index,
		       const struct html_control_state *state)
{
	const struct html_control *control = &s->page->controls[index];
	bool checked = state->typed ? state->checked : control->checked;

	if (state->dropped || (control->disabled && !state->typed))
		return true;
	if (control->type == HTML_CONTROL_IMAGE)
		return index != s->submitter;
	if (!control->name.len || control->type == HTML_CONTROL_BUTTON)
		return true;
	if (control->type == HTML_CONTROL_CHECKBOX || control->type == HTML_CONTROL_RADIO)
		return !checked;
	return control->type == HTML_CONTROL_SUBMIT && index != s->submitter;
}

static void add_control(struct entry_list *list, uint32_t index)
{
	const struct html_control *control = &list->s->page->controls[index];
	const struct html_control_state *state = html_submission_state(list->s, index);
	static const struct html_control_state untouched;

	if (state->dropped && list->with_dropped)
		state = &untouched;
	if (is_skipped(list->s, index, state))
		return;
	if (control->type == HTML_CONTROL_SELECT)
		add_options(list, control, state);
	else if (control->type == HTML_CONTROL_IMAGE)
		add_image(list, control->name);
	else if (control->type == HTML_CONTROL_FILE)
		add_file(list, control, state);
	else
		add_value(list, control, state);
}

struct html_entries html_submission_entries(struct html_submission *s)
{
	struct entry_list list = {.s = s, .charset = charset_of(s)};

	for (uint32_t i = s->first; i < s->last; i++)
		add_control(&list, i);
	for (size_t i = 0; i < s->added.count; i++)
		add(&list, s->added.items[i]);
	return (struct html_entries){list.entries.items, list.entries.count};
}

bool html_submission_value(struct html_submission *s, struct str field, struct html_entry *entry)
{
	uint32_t first = html_submission_find_field(s, field);
	struct entry_list list = {.s = s, .charset = charset_of(s), .with_dropped = true};

	/* The first control with the name that is sent. */
	for (uint32_t i = first; i < s->last && !list.entries.count; i++)
		if (i == first || str_eq(s->page->controls[i].name, field))
			add_control(&list, i);
	if (!list.entries.count)
		return false;
	*entry = list.entries.items[0];
	if (entry->is_file)
		entry->value = entry->file.name;
	return true;
}

/* ---- encodings */

/* Appends TEXT with CR LF as line ends. */
static void put_lines(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c != '\r' && c != '\n') {
			buf_add_char(out, c);
			continue;
		}
		buf_add(out, STR("\r\n"));
		if (c == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n')
			i++;
	}
}

static struct str normalized(struct arena *a, struct str text)
{
	struct buf out = {.cap = 2 * text.len + 1, .max = 2 * text.len};

	if (str_find_char(text, '\n', 0) == NOT_FOUND && str_find_char(text, '\r', 0) == NOT_FOUND)
		return text;
	out.data = arena_alloc(a, out.cap);
	put_lines(&out, text);
	return buf_str(&out);
}

/* TEXT in the encoding of the request. */
static struct str encoded(struct arena *a, struct str text, struct str charset)
{
	struct buf out = {.cap = 10 * text.len + 1, .max = 10 * text.len};

	if (str_eq(charset, STR("UTF-8")))
		return text;
	out.data = arena_alloc(a, out.cap);
	html_charset_encode(&out, text, charset);
	return buf_str(&out);
}

static void put_percent(struct buf *out, struct str bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		char c = bytes.ptr[i];

		if (c == ' ')
			buf_add_char(out, '+');
		else if (ascii_is_alnum(c) || c == '*' || c == '-' || c == '.' || c == '_')
			buf_add_char(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned char)c);
	}
}

/* Appends a name or a file name in quotes, as browsers do. */
static void put_quoted(struct buf *out, struct str bytes)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < bytes.len; i++) {
		char c = bytes.ptr[i];

		if (c == '"' || c == '\r' || c == '\n')
			buf_printf(out, "%%%02X", (unsigned char)c);
		else
			buf_add_char(out, c);
	}
	buf_add_char(out, '"');
}

static void put_urlencoded(struct buf *out, struct arena *a, const struct html_entries *entries,
			   struct str charset)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct html_entry *entry = &entries->items[i];
		struct str value = entry->is_file ? entry->file.name : entry->value;

		if (i)
			buf_add_char(out, '&');
		put_percent(out, encoded(a, normalized(a, entry->name), charset));
		buf_add_char(out, '=');
		put_percent(out, encoded(a, normalized(a, value), charset));
	}
}

static void put_plain(struct buf *out, struct arena *a, const struct html_entries *entries,
		      struct str charset)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct html_entry *entry = &entries->items[i];
		struct str value = entry->is_file ? entry->file.name : entry->value;

		buf_add(out, encoded(a, normalized(a, entry->name), charset));
		buf_add_char(out, '=');
		buf_add(out, encoded(a, normalized(a, value), charset));
		buf_add(out, STR("\r\n"));
	}
}

static void put_part(struct buf *out, struct arena *a, const struct html_entry *entry,
		     struct str charset)
{
	buf_add(out, STR("Content-Disposition: form-data; name="));
	put_quoted(out, encoded(a, normalized(a, entry->name), charset));
	if (!entry->is_file) {
		buf_add(out, STR("\r\n\r\n"));
		buf_add(out, encoded(a, normalized(a, entry->value), charset));
		return;
	}
	buf_add(out, STR("; filename="));
	put_quoted(out, encoded(a, entry->file.name, charset));
	buf_add(out, STR("\r\nContent-Type: "));
	buf_add(out, entry->file.type.len ? entry->file.type : STR("application/octet-stream"));
	buf_add(out, STR("\r\n\r\n"));
	buf_add(out, entry->file.content);
}

static void put_parts(struct buf *out, struct arena *a, const struct html_entries *entries,
		      struct str charset, struct str boundary)
{
	for (size_t i = 0; i < entries->count; i++) {
		buf_printf(out, "--%.*s\r\n", STR_ARG(boundary));
		put_part(out, a, &entries->items[i], charset);
		buf_add(out, STR("\r\n"));
	}
	buf_printf(out, "--%.*s--\r\n", STR_ARG(boundary));
}

static size_t count_of(struct str text, struct str part)
{
	size_t count = 0;

	for (size_t at = 0; (at = str_find(text, part, at)) != NOT_FOUND; at += part.len)
		count++;
	return count;
}

/* Appends the parts, and returns their boundary: START, or a longer one if START is in a part. The
 * parts decide how it continues, so that a page cannot have all of them in its values. */
static struct str put_multipart(struct buf *out, struct arena *a,
				const struct html_entries *entries, struct str charset,
				struct str start)
{
	struct str boundary = start;
	size_t mark = out->len;

	for (uint64_t attempt = 0;; attempt++) {
		put_parts(out, a, entries, charset, boundary);
		struct str body = str_slice(buf_str(out), mark, out->len);
		if (out->overflow || count_of(body, boundary) == entries->count + 1)
			return boundary;
		boundary =
		    arena_printf(a, "%.*s%016" PRIx64, STR_ARG(start), str_hash(body) + attempt);
		out->len = mark;
	}
}

/* ---- the request */

enum html_method html_submission_method(const struct html_submission *s)
{
	const struct html_control *button =
	    s->submitter == HTML_PAGE_NONE ? NULL : &s->page->controls[s->submitter];

	return button && button->has_method ? button->method : s->page->forms[s->form].method;
}

static struct str action_of(const struct html_submission *s)
{
	const struct html_control *button =
	    s->submitter == HTML_PAGE_NONE ? NULL : &s->page->controls[s->submitter];

	return button && button->has_action ? button->action : s->page->forms[s->form].action;
}

enum html_enctype html_submission_enctype(const struct html_submission *s)
{
	const struct html_control *button =
	    s->submitter == HTML_PAGE_NONE ? NULL : &s->page->controls[s->submitter];

	if (s->has_enctype)
		return s->enctype;
	return button && button->has_enctype ? button->enctype : s->page->forms[s->form].enctype;
}

bool html_submission_put_address(const struct html_submission *s, struct buf *out)
{
	return html_page_resolve(s->page, action_of(s), out);
}

void html_submission_put_no_address(const struct html_submission *s, struct buf *out)
{
	html_page_put_no_address(s->page, action_of(s), out);
}

struct html_sent html_submission_sent(struct html_submission *s, const struct html_entry *entry)
{
	struct str charset = charset_of(s);
	struct str name = encoded(s->arena, normalized(s->arena, entry->name), charset);
	struct html_sent sent = {
	    .bytes = encoded(s->arena, normalized(s->arena, entry->value), charset)};
	struct buf text = {.cap = 3 * (name.len + sent.bytes.len) + 16};
	bool form =
	    html_submission_method(s) != HTML_POST || html_submission_enctype(s) == HTML_URLENCODED;
	size_t mark;

	text.max = text.cap - 1;
	text.data = arena_alloc(s->arena, text.cap);
	if (form)
		put_percent(&text, name);
	else if (html_submission_enctype(s) == HTML_MULTIPART)
		put_quoted(&text, name);
	else
		buf_add(&text, name);
	buf_add(&text,
		form || html_submission_enctype(s) == HTML_TEXT_PLAIN ? STR("=") : STR("\r\n\r\n"));
	mark = text.len;
	if (form)
		put_percent(&text, sent.bytes);
	else
		buf_add(&text, sent.bytes);
	sent.before = str_slice(buf_str(&text), 0, mark);
	sent.text = str_slice(buf_str(&text), mark, text.len);
	return sent;
}

static void put_body(struct html_submission *s, const struct html_entries *entries,
		     struct str boundary, struct html_request *out)
{
	struct str charset = charset_of(s);

	switch (html_submission_enctype(s)) {
	case HTML_MULTIPART:
		boundary = put_multipart(out->body, s->arena, entries, charset, boundary);
		buf_printf(out->content_type, "multipart/form-data; boundary=%.*s",
			   STR_ARG(boundary));
		return;
	case HTML_TEXT_PLAIN:
		put_plain(out->body, s->arena, entries, charset);
		buf_add(out->content_type, STR("text/plain"));
		return;
	case HTML_URLENCODED:
		put_urlencoded(out->body, s->arena, entries, charset);
		buf_add(out->content_type, STR("application/x-www-form-urlencoded"));
	}
}

enum html_build_outcome html_submission_build(struct html_submission *s, struct str boundary,
					      struct html_request *out)
{
	struct html_entries entries = html_submission_entries(s);
	size_t mark = out->url->len;

	out->method = html_submission_method(s);
	if (s->disabled_button != HTML_PAGE_NONE)
		return HTML_BUILD_DISABLED;
	if (out->method == HTML_DIALOG)
		return HTML_BUILD_DIALOG;
	if (!html_submission_put_address(s, out->url))
		return HTML_BUILD_ADDRESS;
	if (out->method == HTML_POST) {
		put_body(s, &entries, boundary, out);
	} else {
		size_t query = str_find_char(buf_str(out->url), '?', mark);

		if (query != NOT_FOUND)
			out->url->len = query;
		buf_add_char(out->url, '?');
		put_urlencoded(out->url, s->arena, &entries, charset_of(s));
	}
	return out->url->overflow || out->body->overflow || out->content_type->overflow
		   ? HTML_BUILD_LIMIT
		   : HTML_BUILD_OK;
}
