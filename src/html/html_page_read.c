/* Reads a page in one pass over its tokens; contracts in html_page.h. */
#include "base/ascii.h"
#include "html/html_charset.h"
#include "html/html_class.h"
#include "html/html_error.h"
#include "html/html_page_private.h"

#define ERRORS_MAX	20
#define ERROR_BYTES_MAX 300
#define TEXT_BYTES_MAX	4096 /* of a link, a label or a button */

static void collect(struct page_reader *r, struct html_element *element)
{
	if (element->collects)
		return;
	element->collects = true;
	element->text_from = (uint32_t)(element->in_select ? r->select_text.count : r->text.count);
	r->collecting++;
}

static bool is_inline(const struct html_token *token)
{
	return token->foreign || html_class_is_inline(token->tag);
}

/* ---- links, rows, errors */

void html_page_use_row(struct page_reader *r, uint32_t row)
{
	for (; row != HTML_PAGE_NONE && !r->rows.items[row].used;
	     row = r->rows.items[row].row.parent)
		r->rows.items[row].used = true;
}

static void add_link(struct page_reader *r, const struct html_token *token,
		     struct html_element *element, const struct html_element *context)
{
	struct html_link link = {.address = html_page_attribute(r, token, STR("href")),
				 .text = html_page_attribute(r, token, STR("aria-label")),
				 .row = context->row};

	if (!link.address.ptr || !(r->parts & HTML_PAGE_LINKS))
		return;
	if (r->links.count == HTML_PAGE_LINKS_MAX) {
		r->page->cut = HTML_PAGE_CUT_COUNT;
		return;
	}
	if (!element)
		link.text = html_page_attribute(r, token, STR("alt"));
	if (!link.text.ptr)
		link.text = STR("");
	html_page_use_row(r, link.row);
	if (element) {
		element->item = (uint32_t)r->links.count;
		collect(r, element);
	}
	VEC_PUSH(r->arena, &r->links, link);
}

/* The alternative text of an image is the text of a link without a text. */
static void add_image(struct page_reader *r, const struct html_token *token)
{
	for (unsigned i = r->tree.count; r->tree.open[HTML_TAG_A] && i-- > 1;) {
		struct html_element *element = &r->tree.stack[i];

		if (element->tag != HTML_TAG_A || element->item == HTML_TREE_NONE)
			continue;
		struct html_link *link = &r->links.items[element->item];
		if (!link->text.len)
			link->text = html_page_attribute(r, token, STR("alt"));
		if (!link->text.ptr)
			link->text = STR("");
		return;
	}
}

static void add_row(struct page_reader *r, struct html_element *element)
{
	struct read_row one = {.row = {(uint32_t)r->text.count, 0, element->row}};

	if (!(r->parts & HTML_PAGE_ROWS) || element->in_select)
		return;
	element->row = element->item = (uint32_t)r->rows.count;
	collect(r, element);
	one.row.from = element->text_from;
	VEC_PUSH(r->arena, &r->rows, one);
}

/* TEXT for messages. The ellipsis also shows the mask that a secret may be cut there. */
static struct str shortened(struct page_reader *r, struct str text)
{
	if (text.len <= ERROR_BYTES_MAX)
		return text;
	return arena_printf(r->arena, "%.*s…", STR_ARG(str_cut(text, ERROR_BYTES_MAX)));
}

static void add_error(struct page_reader *r, const struct html_element *element)
{
	struct str text = shortened(r, html_page_text_of(r, element, TEXT_BYTES_MAX));

	for (size_t i = 0; i < r->errors.count; i++)
		if (str_eq(r->errors.items[i], text))
			return;
	if (text.len && r->errors.count < ERRORS_MAX)
		VEC_PUSH(r->arena, &r->errors, text);
}

/* ---- elements */

static void add_label(struct page_reader *r, const struct html_token *token,
		      struct html_element *element)
{
	struct read_label label = {.target = html_page_attribute(r, token, STR("for")),
				   .text = STR(""),
				   .control = HTML_PAGE_NONE};

	element->label = element->item = (uint32_t)r->labels.count;
	collect(r, element);
	VEC_PUSH(r->arena, &r->labels, label);
}

static void start_fieldset(const struct html_token *token, struct html_element *element)
{
	element->outside = element->disabled;
	if (html_token_value(token, STR("disabled")).ptr)
		element->disabled = true;
}

/* The controls in the first legend of a disabled fieldset are not disabled. */
static void start_legend(struct page_reader *r, struct html_element *element)
{
	struct html_element *parent = element - 1;

	if (r->tree.count < 3 || parent->tag != HTML_TAG_FIELDSET || parent->legend_seen)
		return;
	parent->legend_seen = true;
	element->disabled = parent->outside;
}

static void start_form_part(struct page_reader *r, const struct html_token *token,
			    struct html_element *element)
{
	switch ((int)token->tag) {
	case HTML_TAG_FORM:
		html_page_add_form(r, token, element, element->row);
		break;
	case HTML_TAG_LABEL:
		add_label(r, token, element);
		break;
	case HTML_TAG_BUTTON:
		element->item = html_page_add_control(r, token, element, HTML_CONTROL_SUBMIT);
		collect(r, element);
		break;
	case HTML_TAG_SELECT:
		r->select = html_page_add_control(r, token, element, HTML_CONTROL_SELECT);
		break;
	case HTML_TAG_TEXTAREA:
		r->textarea = html_page_add_control(r, token, element, HTML_CONTROL_TEXTAREA);
		break;
	case HTML_TAG_OPTION:
		html_page_add_option(r, token, element);
		collect(r, element);
		break;
	case HTML_TAG_OPTGROUP:
		element->group_disabled = html_token_value(token, STR("disabled")).ptr != NULL;
		break;
	case HTML_TAG_FIELDSET:
		start_fieldset(token, element);
		break;
	case HTML_TAG_LEGEND:
		start_legend(r, element);
		break;
	case HTML_TAG_DATALIST:
		element->barred = true;
		break;
	default:
		break;
	}
}

static void start_direction(struct page_reader *r, const struct html_token *token,
			    struct html_element *element)
{
	struct str direction = html_page_attribute(r, token, STR("dir"));

	if (str_ieq(direction, STR("rtl")) || str_ieq(direction, STR("ltr")))
		element->rtl = str_ieq(direction, STR("rtl"));
}

static bool is_row(enum html_tag tag)
{
	return tag == HTML_TAG_TR || tag == HTML_TAG_LI || tag == HTML_TAG_ARTICLE ||
	       tag == HTML_TAG_DD;
}

/* An element that was pushed. */
static void start_element(struct page_reader *r, const struct html_token *token)
{
	struct html_element *element = html_tree_top(&r->tree);

	element->item = token->tag == HTML_TAG_TABLE ? ++r->next_order : HTML_TREE_NONE;
	element->in_select |= token->tag == HTML_TAG_SELECT;
	if (r->parts & HTML_PAGE_FORMS) {
		start_direction(r, token, element);
		start_form_part(r, token, element);
	}
	if (token->tag == HTML_TAG_A) {
		add_link(r, token, element, element);
		r->h1_has_link = true;
	} else if (is_row(token->tag)) {
		add_row(r, element);
	}
	if (!(r->parts & HTML_PAGE_ERRORS))
		return;
	if (token->tag == HTML_TAG_H1 && !r->has_h1) {
		r->h1_has_link = false;
		collect(r, element);
	}
	if (!element->in_error && html_error_is(token)) {
		element->in_error = element->is_error = true;
		collect(r, element);
	}
}

/* The end of an element that has an item. */
static void end_item(struct page_reader *r, const struct html_element *element)
{
	struct str text = STR("");

	/* Only for these, so that the text of an element with many of others is not read for each.
	 */
	if (element->tag == HTML_TAG_A || element->tag == HTML_TAG_LABEL ||
	    element->tag == HTML_TAG_BUTTON)
		text = html_page_text_of(r, element, TEXT_BYTES_MAX);
	if (element->tag == HTML_TAG_A && text.len)
		r->links.items[element->item].text = text;
	else if (element->tag == HTML_TAG_LABEL)
		r->labels.items[element->item].text = text;
	else if (element->tag == HTML_TAG_BUTTON && text.len)
		r->controls.items[element->item].control.label = text;
	else if (element->tag == HTML_TAG_OPTION)
		html_page_end_option(r, element, html_page_text_of(r, element, SIZE_MAX));
	else if (is_row(element->tag))
		r->rows.items[element->item].row.to = (uint32_t)r->text.count;
}

/* The first heading, but a name of the site that is a link only if the page has no other one. */
static void end_heading(struct page_reader *r, const struct html_element *element)
{
	if (!r->page->h1.len || !r->h1_has_link)
		r->page->h1 = shortened(r, html_page_text_of(r, element, TEXT_BYTES_MAX));
	r->has_h1 = !r->h1_has_link;
}

/* Called by the tree for each element that ends. */
static void end_element(void *data, struct html_element *element)
{
	struct page_reader *r = data;

	if (element->item != HTML_TREE_NONE)
		end_item(r, element);
	if (element->tag == HTML_TAG_SELECT)
		html_page_end_select(r);
	if (!element->collects)
		return;
	r->collecting--;
	if (element->is_error)
		add_error(r, element);
	if (element->tag == HTML_TAG_H1 && !r->has_h1)
		end_heading(r, element);
}

/* ---- tokens */

static void read_start(struct page_reader *r, const struct html_token *token)
{
	struct html_element context;

	if (r->collecting && !is_inline(token))
		html_page_add_boundary(r);
	if (token->tag == HTML_TAG_TITLE)
		r->in_title = true;
	if (token->tag == HTML_TAG_BASE && !r->has_base) {
		struct str base = html_page_attribute(r, token, STR("href"));

		r->has_base = base.ptr != NULL;
		r->page->base = base.ptr ? str_slice(base, 0, HTML_PAGE_ADDRESS_MAX + 1) : STR("");
	}
	switch (html_tree_start(&r->tree, token->tag, &context)) {
	case HTML_START_PUSHED:
		start_element(r, token);
		return;
	case HTML_START_IGNORED:
		return;
	case HTML_START_VOID:
		break;
	}
	if (token->tag == HTML_TAG_AREA)
		add_link(r, token, NULL, &context);
	else if (token->tag == HTML_TAG_IMG)
		add_image(r, token);
	if (!(r->parts & HTML_PAGE_FORMS))
		return;
	if (token->tag == HTML_TAG_INPUT)
		html_page_add_input(r, token, &context);
	else if (token->tag == HTML_TAG_FORM)
		html_page_add_form(r, token, NULL, html_tree_top(&r->tree)->row);
}

/* The text of a token, in the arena. */
static struct str content_of(struct page_reader *r, const struct html_token *token)
{
	struct buf out = {.cap = 3 * token->text.len + 1, .max = 3 * token->text.len};

	out.data = arena_alloc(r->arena, out.cap);
	html_token_put_text(token, &out);
	return buf_str(&out);
}

/* The content of a title or a textarea. */
static void read_rcdata(struct page_reader *r, const struct html_token *token)
{
	struct str text;

	if (r->textarea != HTML_PAGE_NONE) {
		text = content_of(r, token);
		if (str_starts(text, STR("\n")))
			text = str_slice(text, 1, text.len);
		r->controls.items[r->textarea].control.value = text;
	} else if (r->in_title && !r->has_title && (r->parts & HTML_PAGE_ERRORS)) {
		struct read_text title = {0};

		html_page_add_text(r, &title, token->text);
		r->page->title = shortened(r, html_page_text_from(r, &title, 0, TEXT_BYTES_MAX));
		r->has_title = true;
	}
}

/* Whether the start tag of SVG or MathML that was just read has HTML as its content. */
static bool is_island(const struct html_tokenizer *t, enum html_tag tag)
{
	return t->nested_count && t->nested[t->nested_count - 1] == tag &&
	       !html_token_in_foreign(t);
}

static void read_text(struct page_reader *r, const struct html_token *token)
{
	if (token->content == HTML_CONTENT_RCDATA)
		read_rcdata(r, token);
	if (html_token_in_foreign(&r->tokenizer))
		return;
	if (token->content == HTML_CONTENT_DATA)
		html_tree_text(&r->tree);
	if (r->collecting && token->content == HTML_CONTENT_DATA)
		html_page_add_text(r, html_page_current_text(r), token->text);
	else if (r->collecting && token->content == HTML_CONTENT_CDATA)
		for (size_t i = 0; i < token->text.len; i++)
			html_page_add_byte(r, html_page_current_text(r), token->text.ptr[i]);
}

static void read_end(struct page_reader *r, const struct html_token *token)
{
	r->textarea = HTML_PAGE_NONE;
	r->in_title = false;
	if (r->collecting && !is_inline(token))
		html_page_add_boundary(r);
	if (!token->foreign)
		html_tree_end(&r->tree, token->tag);
	else if (token->tag != HTML_TAG_SVG && token->tag != HTML_TAG_MATH)
		html_tree_end_island(&r->tree, token->tag);
}

static void read_token(struct page_reader *r, const struct html_token *token)
{
	bool inert = r->tree.open[HTML_TAG_TEMPLATE] && token->tag != HTML_TAG_TEMPLATE;

	if (inert)
		return;
	switch (token->type) {
	case HTML_TOKEN_TEXT:
		read_text(r, token);
		break;
	case HTML_TOKEN_START:
		if (!token->foreign)
			read_start(r, token);
		else if (is_island(&r->tokenizer, token->tag))
			html_tree_start_island(&r->tree, token->tag);
		if (r->tokenizer.xml && token->self_closing && !token->foreign)
			read_end(r, token);
		break;
	case HTML_TOKEN_END:
		read_end(r, token);
		break;
	case HTML_TOKEN_COMMENT:
	case HTML_TOKEN_DOCTYPE:
		break;
	}
}

/* A page of a hostile server: what follows is not read. */
static bool is_full(const struct page_reader *r)
{
	return r->controls.count >= HTML_PAGE_CONTROLS_MAX ||
	       r->forms.count >= HTML_PAGE_FORMS_MAX || r->labels.count >= HTML_PAGE_CONTROLS_MAX ||
	       r->rows.count >= HTML_PAGE_LINKS_MAX;
}

void html_page_read(struct html_page *page, struct arena *a, const struct html_page_source *source,
		    unsigned parts)
{
	struct page_reader *r = ARENA_NEW(a, struct page_reader);
	struct str body = source->body;
	struct html_token token;

	*page = (struct html_page){.url = source->url, .base = STR("")};
	page->title = page->h1 = page->row_text = STR("");
	if (body.len > HTML_PAGE_BYTES_MAX) {
		body = str_slice(body, 0, HTML_PAGE_BYTES_MAX);
		page->cut = HTML_PAGE_CUT_BYTES;
	}
	page->charset = html_charset_of_page(body, source->content_type);
	r->page = page;
	r->arena = a;
	r->parts = parts;
	r->select = r->textarea = HTML_PAGE_NONE;
	r->tree.closed = end_element;
	r->tree.data = r;
	html_token_init(&r->tokenizer, html_charset_decode(a, body, page->charset));
	html_tree_init(&r->tree);
	r->tokenizer.open = r->tree.open;
	r->tokenizer.xml = html_charset_is_xhtml(source->content_type);
	while (!is_full(r) && html_token_next(&r->tokenizer, &token))
		read_token(r, &token);
	if (is_full(r))
		page->cut = HTML_PAGE_CUT_COUNT;
	html_tree_finish(&r->tree);
	html_page_finish(r);
}
