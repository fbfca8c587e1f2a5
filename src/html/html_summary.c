#include "html/html_summary.h"

#include <string.h>

#include "base/ascii.h"
#include "html/html_charset.h"
#include "html/html_class.h"
#include "html/html_token.h"

/* Appends TEXT; runs of white space become one space. */
static void add_text(struct buf *out, struct str text)
{
	/* No space before punctuation after a tag: <a>here</a>, … */
	if (text.len && memchr(",.;:!?)", text.ptr[0], 7) && out->len &&
	    out->data[out->len - 1] == ' ')
		out->len--;
	for (size_t i = 0; i < text.len; i++) {
		if (!ascii_is_html_space(text.ptr[i]))
			buf_add_char(out, text.ptr[i]);
		else if (out->len && out->data[out->len - 1] != ' ')
			buf_add_char(out, ' ');
	}
}

static void add_token(struct buf *out, const struct html_token *token)
{
	struct buf decoded;

	buf_init(&decoded, 0);
	html_token_put_text(token, &decoded);
	add_text(out, buf_str(&decoded));
	buf_release(&decoded);
}

/* Appends the title or the visible text that the token has. HIDDEN: the element whose content is
 * not shown, or HTML_TAG_OTHER. */
static void read_text(const struct html_token *token, bool in_title, enum html_tag hidden,
		      struct buf *title, struct buf *body)
{
	if (token->content == HTML_CONTENT_RCDATA && in_title && !title->len)
		add_token(title, token);
	else if (token->content == HTML_CONTENT_DATA && !hidden)
		add_token(body, token);
}

static bool hides(enum html_tag tag)
{
	return tag == HTML_TAG_SELECT || tag == HTML_TAG_SVG || tag == HTML_TAG_TEMPLATE;
}

static void read_page(struct str text, size_t max, struct buf *title, struct buf *body)
{
	struct html_tokenizer t;
	struct html_token token;
	enum html_tag hidden = HTML_TAG_OTHER;
	bool in_title = false;

	html_token_init(&t, text);
	while (body->len < 2 * max && html_token_next(&t, &token)) {
		if (token.type == HTML_TOKEN_TEXT)
			read_text(&token, in_title, hidden, title, body);
		if (token.type != HTML_TOKEN_START && token.type != HTML_TOKEN_END)
			continue;
		in_title =
		    token.type == HTML_TOKEN_START && token.tag == HTML_TAG_TITLE && !token.foreign;
		/* The links of a menu have no space between them. */
		if (token.tag == HTML_TAG_A || !html_class_is_inline(token.tag))
			add_text(body, STR(" "));
		if (!hidden && token.type == HTML_TOKEN_START && hides(token.tag) &&
		    !token.self_closing)
			hidden = token.tag;
		else if (hidden == token.tag && token.type == HTML_TOKEN_END)
			hidden = HTML_TAG_OTHER;
	}
}

/* Appends TEXT without the white space around it, cut at a character. */
static void put_cut(struct str text, size_t max, struct buf *out)
{
	struct str visible = str_trim(text);

	if (visible.len <= max) {
		buf_add(out, visible);
		return;
	}
	buf_add(out, str_trim(str_cut(visible, max)));
	buf_add(out, STR("…"));
}

bool html_summary_is_html(struct str type, struct str text)
{
	struct str start = str_trim(str_slice(text, 0, 256));

	if (type.len)
		return str_ieq(type, STR("text/html")) ||
		       str_ieq(type, STR("application/xhtml+xml"));
	return str_ieq(str_slice(start, 0, 14), STR("<!doctype html")) ||
	       str_ieq(str_slice(start, 0, 5), STR("<html"));
}

void html_summary_put(struct str page, struct str content_type, size_t max, struct buf *out)
{
	struct buf title, body;
	struct arena arena;
	struct str text;

	arena_init(&arena, 0);
	text = html_charset_decode(&arena, page, html_charset_of_page(page, content_type));
	buf_init(&title, 0);
	buf_init(&body, 0);
	read_page(text, max, &title, &body);
	struct str shown = str_trim(buf_str(&title));
	if (shown.len)
		buf_printf(out, "\"%.*s\"%s", STR_ARG(shown),
			   str_trim(buf_str(&body)).len ? ": " : "");
	put_cut(buf_str(&body), max, out);
	buf_release(&title);
	buf_release(&body);
	arena_release(&arena);
}
