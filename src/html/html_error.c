#include "html/html_error.h"

#include "base/ascii.h"
#include "html/html_match.h"

#define TEXT_MAX 200
#define READ_MAX 2000 /* with its white space */

bool html_error_is(const struct html_token *token)
{
	struct str classes = html_token_value(token, STR("class"));

	if (html_match_has_word(classes, STR("error")) ||
	    html_match_has_word(classes, STR("errorlist")) ||
	    html_match_has_word(classes, STR("alert-danger")) ||
	    html_match_has_word(classes, STR("invalid-feedback")))
		return true;
	return str_ieq(html_token_value(token, STR("role")), STR("alert")) &&
	       !str_icontains(classes, STR("success"));
}

/* ---- one element */

/* <error>, <errors>, <soap:Fault> */
static bool is_xml_error(const struct html_token *token)
{
	size_t colon = str_find_char(token->name, ':', 0);
	struct str name =
	    str_slice(token->name, colon == NOT_FOUND ? 0 : colon + 1, token->name.len);

	return str_ieq(name, STR("error")) || str_ieq(name, STR("errors")) ||
	       str_ieq(name, STR("fault"));
}

static bool is_hidden(const struct html_token *token)
{
	struct str style = html_token_value(token, STR("style"));

	return html_token_value(token, STR("hidden")).ptr ||
	       str_icontains(style, STR("display:none")) ||
	       str_icontains(style, STR("display: none"));
}

/* Texts of an element that reports success: <errors>0</errors>. */
static bool is_no_error(struct str text)
{
	return !text.len || str_eq(text, STR("0")) || str_ieq(text, STR("false")) ||
	       str_ieq(text, STR("no")) || str_ieq(text, STR("none"));
}

/* Collapses the white space of what OUT has from MARK, and cuts it. */
static void collapse(struct buf *out, size_t mark)
{
	size_t len = mark;

	for (size_t i = mark; i < out->len && len < mark + TEXT_MAX; i++) {
		bool space = ascii_is_html_space(out->data[i]);

		if (!space)
			out->data[len++] = out->data[i];
		else if (len > mark && out->data[len - 1] != ' ')
			out->data[len++] = ' ';
	}
	if (len > mark && out->data[len - 1] == ' ')
		len--;
	out->len = mark + str_cut(str_n(out->data + mark, len - mark), TEXT_MAX).len;
}

/* Reads to the end of the element that START began, and appends its text to OUT. */
static void read_element(struct html_tokenizer *t, const struct html_token *start, struct buf *out)
{
	struct html_token token;
	unsigned depth = 1;
	size_t mark = out->len;

	if (start->self_closing && is_xml_error(start)) {
		size_t slash = str_find_char(start->attributes, '/', 0);

		buf_add(out, str_trim(str_slice(start->attributes, 0, slash)));
		return;
	}
	while (depth && html_token_next(t, &token)) {
		bool visible =
		    token.content == HTML_CONTENT_DATA || token.content == HTML_CONTENT_RCDATA;

		if (token.type == HTML_TOKEN_TEXT && visible && out->len < mark + READ_MAX)
			html_token_put_text(&token, out);
		else if (token.type == HTML_TOKEN_START && !token.self_closing)
			depth += str_ieq(token.name, start->name);
		else if (token.type == HTML_TOKEN_END)
			depth -= str_ieq(token.name, start->name);
	}
	collapse(out, mark);
}

/* ---- the text */

static bool find_in(struct str body, struct buf *out)
{
	struct html_tokenizer t;
	struct html_token token;
	size_t mark = out->len;

	html_token_init(&t, body);
	while (html_token_next(&t, &token)) {
		if (token.type != HTML_TOKEN_START || html_tag_is_void(token.tag) ||
		    is_hidden(&token) || (!html_error_is(&token) && !is_xml_error(&token)))
			continue;
		read_element(&t, &token, out);
		if (!is_no_error(str_slice(buf_str(out), mark, out->len)))
			return true;
		out->len = mark;
	}
	return false;
}

/* The CDATA sections of XML have HTML that the tokenizer does not see. */
static bool find_in_sections(struct str body, struct buf *out)
{
	struct str begin = STR("<![CDATA[");

	for (size_t at = 0; (at = str_find(body, begin, at)) != NOT_FOUND;) {
		size_t end = str_find(body, STR("]]>"), at);

		at += begin.len;
		if (find_in(str_slice(body, at, end), out))
			return true;
	}
	return false;
}

bool html_error_find(struct str body, struct buf *out)
{
	return find_in(body, out) || find_in_sections(body, out);
}
