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
