#include "import/template_text.h"

#include "import/transaction.h"

void template_text_add_expression(struct buf *out, struct str expression)
{
	size_t signs = 0;

	while (signs < out->len && out->data[out->len - 1 - signs] == '$')
		signs++;
	if (signs) { /* "$" and "${x}" would be "$${x}", which is not a template */
		out->len -= signs;
		buf_add(out, STR("${\""));
		for (size_t i = 0; i < signs; i++)
			buf_add_char(out, '$');
		buf_add(out, STR("\"}"));
	}
	buf_printf(out, "${%.*s}", STR_ARG(expression));
}

/* Its ${ stays text, and so does a {{ that looks like another tool's template. */
static void escape(struct buf *out, struct str s)
{
	for (size_t at = 0; at < s.len; at++) {
		struct str rest = str_slice(s, at, s.len);

		if (str_starts(rest, STR("{{"))) {
			template_text_add_expression(out, STR("\"{{\""));
			at++;
			continue;
		}
		if (s.ptr[at] == '{' && out->len && out->data[out->len - 1] == '$')
			buf_add_char(out, '$');
		buf_add_char(out, s.ptr[at]);
	}
}

static void put_marked(struct buf *out, struct str s, bool plain)
{
	for (size_t at = 0; at < s.len;) {
		size_t mark = str_find(s, STR(TX_VARIABLE), at), from, to;

		from = mark + sizeof(TX_VARIABLE) - 1;
		to = mark == NOT_FOUND ? mark : str_find(s, STR(TX_VARIABLE_END), from);
		escape(out, str_slice(s, at, to == NOT_FOUND ? s.len : mark));
		if (to == NOT_FOUND)
			return;
		if (plain)
			buf_printf(out, "%s{%.*s}",
				   out->len && out->data[out->len - 1] == '$' ? " " : "",
				   STR_ARG(str_slice(s, from, to)));
		else
			template_text_add_expression(out, str_slice(s, from, to));
		at = to + sizeof(TX_VARIABLE_END) - 1;
	}
}

void template_text_add_literal(struct buf *out, struct str s)
{
	put_marked(out, s, false);
}

void template_text_add_plain(struct buf *out, struct str s)
{
	put_marked(out, s, true);
}

struct str template_text_url(struct arena *a, struct str url)
{
	struct buf out;
	struct str result;
	bool inside = false;

	buf_init(&out, 0);
	for (size_t i = 0; i < url.len; i++) {
		char c = url.ptr[i];
		unsigned byte = (unsigned char)c;

		if (!inside && str_starts(str_slice(url, i, url.len), STR("$${"))) {
			buf_add(&out, STR("$%7B")); /* a literal ${ */
			i += 2;
			continue;
		}
		if (!inside && str_starts(str_slice(url, i, url.len), STR("${"))) {
			buf_add(&out, STR("${"));
			inside = true;
			i++;
			continue;
		}
		if (!inside && (byte <= ' ' || byte >= 127 || c == '{' || c == '}'))
			buf_printf(&out, "%%%02X", byte);
		else
			buf_add_char(&out, c);
		inside = inside && c != '}';
	}
	result = arena_str(a, buf_str(&out));
	buf_release(&out);
	return result;
}
