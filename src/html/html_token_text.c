/* The texts of tokens as the standard defines them; contracts in html_token.h. */
#include "base/ascii.h"
#include "base/html_entities.h"
#include "html/html_token.h"

enum zero_bytes { ZERO_KEPT, ZERO_REPLACED };

/* Appends RAW with LF as line ends. REFERENCES: 0 none, 1 as in text, 2 as in attributes. */
static void put(struct str raw, int references, enum zero_bytes zero, struct buf *out)
{
	size_t from = 0, at = 0;

	while (at < raw.len) {
		char c = raw.ptr[at];
		size_t taken = 1;

		if (c != '\r' && c != '&' && c != '\0') {
			at++;
			continue;
		}
		buf_add(out, str_slice(raw, from, at));
		if (c == '\r') {
			buf_add_char(out, '\n');
			taken += at + 1 < raw.len && raw.ptr[at + 1] == '\n';
		} else if (c == '\0') {
			buf_add(out, zero == ZERO_KEPT ? str_n("", 1) : STR("\xef\xbf\xbd"));
		} else {
			taken = references ? html_entities_put(str_slice(raw, at, raw.len),
							       references == 2, out)
					   : 0;
			if (!taken)
				buf_add_char(out, '&');
			taken = taken ? taken : 1;
		}
		at += taken;
		from = at;
	}
	buf_add(out, str_slice(raw, from, raw.len));
}

void html_token_put_text(const struct html_token *token, struct buf *out)
{
	bool text = token->type == HTML_TOKEN_TEXT, data = token->content == HTML_CONTENT_DATA;

	put(token->text, text && (data || token->content == HTML_CONTENT_RCDATA),
	    text && (data || token->content == HTML_CONTENT_CDATA) ? ZERO_KEPT : ZERO_REPLACED,
	    out);
}

void html_token_put_value(struct str raw, struct buf *out)
{
	put(raw, 2, ZERO_REPLACED, out);
}

void html_token_put_name(struct str raw, struct buf *out)
{
	for (size_t i = 0; i < raw.len; i++) {
		if (!raw.ptr[i])
			buf_add(out, STR("\xef\xbf\xbd"));
		else
			buf_add_char(out, ascii_to_lower(raw.ptr[i]));
	}
}

/* ---- doctype */

static size_t skip(struct str s, size_t at)
{
	while (at < s.len && ascii_is_html_space(s.ptr[at]))
		at++;
	return at;
}

/* Reads a quoted identifier at *AT; false if there is none, or if it does not end. */
static bool read_id(struct str s, size_t *at, struct str *id)
{
	size_t from = skip(s, *at), end;

	*at = from;
	if (from == s.len || (s.ptr[from] != '"' && s.ptr[from] != '\''))
		return false;
	end = str_find_char(s, s.ptr[from], from + 1);
	*id = str_slice(s, from + 1, end);
	*at = end == NOT_FOUND ? s.len : end + 1;
	return end != NOT_FOUND;
}

/* Reads what follows the name at *AT; false in quirks mode. */
static bool read_ids(struct str s, size_t *at, struct html_doctype *doctype)
{
	bool is_public = str_ieq(str_slice(s, *at, *at + 6), STR("public"));

	if (!is_public && !str_ieq(str_slice(s, *at, *at + 6), STR("system")))
		return *at == s.len;
	*at += 6;
	if (is_public) {
		if (!read_id(s, at, &doctype->public_id))
			return false;
		*at = skip(s, *at);
		if (*at == s.len)
			return true;
	}
	return read_id(s, at, &doctype->system_id);
}

void html_token_doctype(const struct html_token *token, struct html_doctype *doctype)
{
	struct str s = token->text;
	size_t from = skip(s, 0), end = from;

	*doctype = (struct html_doctype){STR_NULL, STR_NULL, STR_NULL, .quirks = true};
	while (end < s.len && !ascii_is_html_space(s.ptr[end]))
		end++;
	if (end == from)
		return;
	doctype->name = str_slice(s, from, end);
	end = skip(s, end);
	doctype->quirks = !read_ids(s, &end, doctype);
	/* The end of the page does not matter in what is ignored after the identifiers. */
	if (!token->closed && (!doctype->system_id.ptr || skip(s, end) == s.len))
		doctype->quirks = true;
}
