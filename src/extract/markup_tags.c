/*
 * Prepares texts for libxml2: HTML pages are written again from the tokens of html/html_token.h, so
 * that libxml2, which does not follow the HTML standard, finds the same tags, attributes and texts
 * as all other parts of the program; it still builds the tree. The number of attributes is limited,
 * because libxml2 compares each attribute of a tag with all before it: a tag with a million of them
 * would take minutes.
 */
#include "base/ascii.h"
#include "extract/markup.h"
#include "html/html_token.h"

/* ---- names that libxml2 can read */

static bool is_first_byte(char c)
{
	return ascii_is_letter(c) || c == '_' || c == ':' || c == '.';
}

/* The part of a name that libxml2 reads as a name. */
static struct str readable_name(struct str name)
{
	size_t end = 0;

	while (end < name.len && (is_first_byte(name.ptr[end]) ||
				  (end && (ascii_is_digit(name.ptr[end]) || name.ptr[end] == '-'))))
		end++;
	return str_slice(name, 0, end);
}

/* ---- texts */

/* Appends TEXT with references for what could be read as markup. */
static void put_escaped(struct buf *out, struct str text)
{
	size_t from = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c != '&' && c != '<' && c != '"' && c)
			continue;
		buf_add(out, str_slice(text, from, i));
		from = i + 1;
		if (c == '&')
			buf_add(out, STR("&amp;"));
		else if (c == '<')
			buf_add(out, STR("&lt;"));
		else if (c == '"')
			buf_add(out, STR("&quot;"));
	}
	buf_add(out, str_slice(text, from, text.len));
}

/* Appends a text; PLAIN is memory for the decoded one. */
static void put_text(struct buf *out, const struct html_token *token, enum html_tag tag,
		     struct buf *plain)
{
	buf_clear(plain);
	html_token_put_text(token, plain);
	/* libxml2 does not decode references in these either. */
	if (tag == HTML_TAG_SCRIPT || tag == HTML_TAG_STYLE)
		buf_add(out, buf_str(plain));
	else
		put_escaped(out, buf_str(plain));
}

/* ---- tags */

static void put_attribute(struct buf *out, const struct html_attribute *attribute,
			  struct buf *plain)
{
	struct str name = readable_name(attribute->name);

	if (!name.len || name.len < attribute->name.len)
		return;
	buf_add_char(out, ' ');
	html_token_put_name(name, out);
	buf_add(out, STR("=\""));
	buf_clear(plain);
	html_token_put_value(attribute->value, plain);
	put_escaped(out, buf_str(plain));
	buf_add_char(out, '"');
}

/* Appends a tag; false if it has too many attributes. */
static bool put_tag(struct buf *out, const struct html_token *token, struct buf *plain)
{
	struct html_attribute attribute;
	size_t at = 0, count = 0;

	buf_add(out, token->type == HTML_TOKEN_END ? STR("</") : STR("<"));
	html_token_put_name(readable_name(token->name), out);
	while (token->type == HTML_TOKEN_START && html_token_attribute(token, &at, &attribute)) {
		if (++count > MARKUP_TAG_MAX)
			return false;
		put_attribute(out, &attribute, plain);
	}
	buf_add(out, token->self_closing ? STR("/>") : STR(">"));
	return true;
}

/* Appends a comment or the doctype; libxml2 has no comments such as <!x>. */
static void put_other(struct buf *out, const struct html_token *token, struct str page)
{
	size_t at = (size_t)(token->text.ptr - page.ptr);

	if (token->type == HTML_TOKEN_DOCTYPE) {
		buf_add(out, STR("<!DOCTYPE"));
		buf_add(out, token->text);
		buf_add_char(out, '>');
	} else if (at >= 4 && str_eq(str_slice(page, at - 4, at), STR("<!--"))) {
		buf_add(out, STR("<!--"));
		buf_add(out, token->text);
		buf_add(out, STR("-->"));
	}
}

bool markup_put_html(struct str page, struct buf *out, struct buf *plain)
{
	enum html_tag tag = HTML_TAG_OTHER;
	struct html_tokenizer t;
	struct html_token token;
	bool fits = true;

	html_token_init(&t, page);
	t.no_scripts = true;
	while (fits && html_token_next(&t, &token)) {
		if (token.type == HTML_TOKEN_TEXT) {
			put_text(out, &token, tag, plain);
		} else if (token.type == HTML_TOKEN_START || token.type == HTML_TOKEN_END) {
			fits = put_tag(out, &token, plain);
			tag = token.type == HTML_TOKEN_START ? token.tag : HTML_TAG_OTHER;
		} else {
			put_other(out, &token, page);
		}
	}
	return fits;
}

static bool attributes_fit(const struct html_token *tag)
{
	struct html_attribute ignored;
	size_t at = 0, count = 0;

	while (html_token_attribute(tag, &at, &ignored))
		if (++count > MARKUP_TAG_MAX)
			return false;
	return true;
}

bool markup_tags_fit(struct str text)
{
	struct html_tokenizer t;
	struct html_token token;
	size_t before = 0;

	html_token_init(&t, text);
	t.detached = true;
	for (; html_token_next(&t, &token); before = t.at)
		if (token.type == HTML_TOKEN_START && !attributes_fit(&token))
			return false;
	/* libxml2 also reads a tag without an end. */
	token.attributes = str_slice(text, before, text.len);
	return attributes_fit(&token);
}
