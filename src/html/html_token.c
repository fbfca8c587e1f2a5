/* Reads tokens; contracts in html_token.h. The names of states are those of the standard. */
#include "html/html_token.h"

#include "base/ascii.h"
#include "html/html_class.h"

void html_token_init(struct html_tokenizer *t, struct str text)
{
	*t = (struct html_tokenizer){.text = text};
}

/* ---- attributes */

/* The result of reading one attribute. */
enum attribute_end { ATTRIBUTE_MORE, ATTRIBUTE_TAG_END, ATTRIBUTE_PAGE_END };

static size_t skip_space(struct str s, size_t at)
{
	while (at < s.len && ascii_is_html_space(s.ptr[at]))
		at++;
	return at;
}

/* Reads the value after the `=`; false if the page ends in it. */
static bool read_value(struct str s, size_t *at, struct str *value)
{
	size_t from = skip_space(s, *at), end = from;

	*at = from;
	if (from == s.len)
		return false;
	if (s.ptr[from] == '>')
		return true;
	if (s.ptr[from] == '"' || s.ptr[from] == '\'') {
		end = str_find_char(s, s.ptr[from], from + 1);
		if (end == NOT_FOUND)
			return false;
		*value = str_slice(s, from + 1, end);
		*at = end + 1;
		return true;
	}
	while (end < s.len && !ascii_is_html_space(s.ptr[end]) && s.ptr[end] != '>')
		end++;
	*value = str_slice(s, from, end);
	*at = end;
	return end < s.len;
}

/* Reads from *AT, which is in a tag after its name, one attribute or the end of the tag. */
static enum attribute_end read_attribute(struct str s, size_t *at, struct html_attribute *out,
					 bool *self_closing)
{
	size_t p = *at, from;

	while (p < s.len && (ascii_is_html_space(s.ptr[p]) || s.ptr[p] == '/')) {
		*self_closing = s.ptr[p] == '/' && p + 1 < s.len && s.ptr[p + 1] == '>';
		p++;
	}
	*at = p;
	if (p == s.len)
		return ATTRIBUTE_PAGE_END;
	if (s.ptr[p] == '>')
		return ATTRIBUTE_TAG_END;
	/* A `=` at the start is part of the name. */
	for (from = p++; p < s.len; p++)
		if (ascii_is_html_space(s.ptr[p]) || s.ptr[p] == '/' || s.ptr[p] == '>' ||
		    s.ptr[p] == '=')
			break;
	*out = (struct html_attribute){str_slice(s, from, p), STR("")};
	*at = p;
	p = skip_space(s, p);
	if (p == s.len)
		return ATTRIBUTE_PAGE_END;
	if (s.ptr[p] != '=')
		return ATTRIBUTE_MORE;
	*at = p + 1;
	return read_value(s, at, &out->value) ? ATTRIBUTE_MORE : ATTRIBUTE_PAGE_END;
}

bool html_token_attribute(const struct html_token *token, size_t *at,
			  struct html_attribute *attribute)
{
	bool ignored = false;

	/* The `>` is part of `attributes`, so that the same rules end the last value. */
	return read_attribute(token->attributes, at, attribute, &ignored) == ATTRIBUTE_MORE;
}

struct str html_token_value(const struct html_token *token, struct str name)
{
	struct html_attribute a;
	size_t at = 0;

	while (html_token_attribute(token, &at, &a))
		if (a.name.len == name.len && str_ieq(a.name, name))
			return a.value;
	return STR_NULL;
}

/* ---- SVG and MathML */

static bool is_foreign_root(enum html_tag tag)
{
	return tag == HTML_TAG_SVG || tag == HTML_TAG_MATH;
}

/* Elements of SVG and MathML whose content is HTML. */
static bool is_island(enum html_tag root, enum html_tag tag)
{
	if (root == HTML_TAG_SVG)
		return tag == HTML_TAG_FOREIGNOBJECT || tag == HTML_TAG_DESC ||
		       tag == HTML_TAG_TITLE;
	return tag == HTML_TAG_MI || tag == HTML_TAG_MO || tag == HTML_TAG_MN ||
	       tag == HTML_TAG_MS || tag == HTML_TAG_MTEXT;
}

/* The innermost svg or math element, HTML_TAG_OTHER if there is none. */
static enum html_tag root_of(const struct html_tokenizer *t)
{
	for (unsigned i = t->nested_count; i-- > 0;)
		if (is_foreign_root(t->nested[i]))
			return t->nested[i];
	return HTML_TAG_OTHER;
}

bool html_token_in_foreign(const struct html_tokenizer *t)
{
	return t->nested_count && !is_island(root_of(t), t->nested[t->nested_count - 1]);
}

static void nest(struct html_tokenizer *t, enum html_tag tag, bool self_closing)
{
	if (!self_closing && t->nested_count < HTML_TOKEN_NESTED_MAX)
		t->nested[t->nested_count++] = tag;
}

/* Whether the end tag, which is not of SVG or MathML, ends what is open there. */
static bool ends_foreign(const struct html_tokenizer *t, enum html_tag tag)
{
	if (tag == HTML_TAG_P || tag == HTML_TAG_BR)
		return true;
	return html_class_closes_outside(tag) && (!t->open || t->open[tag]);
}

/* Sets `foreign` and `nested` for a tag. */
static void follow_nesting(struct html_tokenizer *t, struct html_token *token)
{
	bool end = token->type == HTML_TOKEN_END;

	if (end && t->nested_count) {
		for (unsigned i = t->nested_count; token->tag && i-- > 0;)
			if (t->nested[i] == token->tag) {
				token->foreign = true;
				t->nested_count = i;
				return;
			}
	}
	if (html_token_in_foreign(t) &&
	    (end ? ends_foreign(t, token->tag) : html_class_breaks_out(token)))
		while (html_token_in_foreign(t))
			t->nested_count--;
	token->foreign = html_token_in_foreign(t);
	if (end)
		return;
	if (token->foreign) {
		if (is_island(root_of(t), token->tag) || is_foreign_root(token->tag) ||
		    html_class_closes_outside(token->tag))
			nest(t, token->tag, token->self_closing);
	} else if (is_foreign_root(token->tag)) {
		token->foreign = true;
		nest(t, token->tag, token->self_closing);
	}
}

/* How the content after a start tag is read. */
static enum html_content content_of(enum html_tag tag)
{
	switch ((int)tag) {
	case HTML_TAG_TITLE:
	case HTML_TAG_TEXTAREA:
		return HTML_CONTENT_RCDATA;
	case HTML_TAG_STYLE:
	case HTML_TAG_XMP:
	case HTML_TAG_IFRAME:
	case HTML_TAG_NOEMBED:
	case HTML_TAG_NOFRAMES:
	case HTML_TAG_NOSCRIPT:
		return HTML_CONTENT_RAWTEXT;
	case HTML_TAG_SCRIPT:
		return HTML_CONTENT_SCRIPT;
	case HTML_TAG_PLAINTEXT:
		return HTML_CONTENT_PLAINTEXT;
	default:
		return HTML_CONTENT_DATA;
	}
}

/* ---- tags, comments, doctypes */

/* Reads the tag at `<`, which is one; false if the page ends in it. */
static bool read_tag(struct html_tokenizer *t, struct html_token *token)
{
	struct str s = t->text;
	struct html_attribute ignored;
	enum attribute_end end;
	size_t at = t->at + 1, from, attributes;

	token->type = s.ptr[at] == '/' ? HTML_TOKEN_END : HTML_TOKEN_START;
	at += token->type == HTML_TOKEN_END;
	for (from = at; at < s.len; at++)
		if (ascii_is_html_space(s.ptr[at]) || s.ptr[at] == '/' || s.ptr[at] == '>')
			break;
	token->name = str_slice(s, from, at);
	token->tag = html_tag_of(token->name);
	attributes = at;
	do
		end = read_attribute(s, &at, &ignored, &token->self_closing);
	while (end == ATTRIBUTE_MORE);
	if (end == ATTRIBUTE_PAGE_END) {
		t->at = s.len;
		return false;
	}
	t->at = at + 1;
	token->attributes = str_slice(s, attributes, t->at);
	if (token->type == HTML_TOKEN_START)
		t->last_name = token->name;
	if (t->detached)
		return true;
	follow_nesting(t, token);
	if (token->type == HTML_TOKEN_START && !token->foreign &&
	    !(t->no_scripts && token->tag == HTML_TAG_NOSCRIPT) && !(t->xml && token->self_closing))
		t->content = content_of(token->tag);
	return true;
}

static void set_text(struct html_tokenizer *t, struct html_token *token, enum html_token_type type,
		     size_t from, size_t to, size_t next)
{
	token->type = type;
	token->content = t->content;
	token->text = str_slice(t->text, from, to);
	token->closed = next > to;
	t->at = next;
}

/* A comment that the standard calls bogus: to the next `>`. */
static void read_bogus(struct html_tokenizer *t, struct html_token *token, size_t from)
{
	size_t end = str_find_char(t->text, '>', from);
	bool closed = end != NOT_FOUND;

	end = closed ? end : t->text.len;
	set_text(t, token, HTML_TOKEN_COMMENT, from, end, end + closed);
}

/* The comment whose text starts at FROM, after `<!--`. */
static void read_comment(struct html_tokenizer *t, struct html_token *token, size_t from)
{
	struct str s = t->text, rest = str_slice(s, from, s.len);
	size_t at = from;

	if (str_starts(rest, STR(">")) || str_starts(rest, STR("->"))) {
		set_text(t, token, HTML_TOKEN_COMMENT, from, from, from + 1 + (s.ptr[from] == '-'));
		return;
	}
	while ((at = str_find(s, STR("--"), at)) != NOT_FOUND) {
		size_t after = at + 2 + (at + 2 < s.len && s.ptr[at + 2] == '!');

		if (after < s.len && s.ptr[after] == '>') {
			set_text(t, token, HTML_TOKEN_COMMENT, from, at, after + 1);
			return;
		}
		at++;
	}
	rest = str_slice(s, from, s.len);
	size_t cut = str_ends(rest, STR("--!"))	 ? 3
		     : str_ends(rest, STR("--")) ? 2
						 : str_ends(rest, STR("-"));
	set_text(t, token, HTML_TOKEN_COMMENT, from, s.len - cut, s.len);
}

/* Reads a comment or declaration, whose `<!` is at t->at. */
static void read_declaration(struct html_tokenizer *t, struct html_token *token)
{
	size_t from = t->at + 2;
	struct str rest = str_slice(t->text, from, t->text.len);

	if (str_starts(rest, STR("--"))) {
		read_comment(t, token, from + 2);
	} else if (str_ieq(str_slice(rest, 0, 7), STR("doctype"))) {
		read_bogus(t, token, from + 7);
		token->type = HTML_TOKEN_DOCTYPE;
	} else if ((t->xml || html_token_in_foreign(t)) && str_starts(rest, STR("[CDATA["))) {
		t->content = HTML_CONTENT_CDATA;
		t->at = from + 7;
	} else {
		read_bogus(t, token, from);
	}
}

/* Whether the `<` at AT of DATA starts something else than text. */
static bool starts_markup(struct str s, size_t at)
{
	char next = at + 1 < s.len ? s.ptr[at + 1] : '\0';

	if (next == '/')
		return at + 2 < s.len;
	return ascii_is_letter(next) || next == '!' || next == '?';
}

/* ---- text */

/* Whether the text at AT is `</NAME` or `<NAME` with what ends a name after it. */
static bool is_name_at(struct str s, size_t at, struct str name)
{
	size_t end = at + name.len;

	return end < s.len && str_ieq(str_slice(s, at, end), name) &&
	       (ascii_is_html_space(s.ptr[end]) || s.ptr[end] == '/' || s.ptr[end] == '>');
}

/* The end of RCDATA or RAWTEXT: its end tag, or the end of the page. */
static size_t raw_end(const struct html_tokenizer *t)
{
	size_t at = t->at;

	while ((at = str_find(t->text, STR("</"), at)) != NOT_FOUND) {
		if (t->last_name.len && is_name_at(t->text, at + 2, t->last_name))
			return at;
		at += 2;
	}
	return t->text.len;
}

/* The end of a script. In `<!--` an end tag that belongs to a `<script` in it does not count. */
static size_t script_end(const struct html_tokenizer *t)
{
	enum { SCRIPT, ESCAPED, DOUBLE_ESCAPED } state = SCRIPT;
	struct str s = t->text, name = t->last_name.len ? t->last_name : STR("script");

	for (size_t at = t->at; at < s.len; at++) {
		char c = s.ptr[at];

		if (c == '-' && state != SCRIPT) {
			if (at + 2 < s.len && s.ptr[at + 1] == '-' && s.ptr[at + 2] == '>')
				state = SCRIPT;
		} else if (c != '<') {
			continue;
		} else if (at + 1 < s.len && s.ptr[at + 1] == '/') {
			if (state == DOUBLE_ESCAPED) {
				if (is_name_at(s, at + 2, STR("script")))
					state = ESCAPED;
			} else if (is_name_at(s, at + 2, name)) {
				return at;
			}
		} else if (state == SCRIPT) {
			if (str_starts(str_slice(s, at, s.len), STR("<!--"))) {
				state = ESCAPED;
				at++; /* the dashes can also be those of `-->` */
			}
		} else if (state == ESCAPED && is_name_at(s, at + 1, STR("script"))) {
			state = DOUBLE_ESCAPED;
		}
	}
	return s.len;
}

static size_t content_end(const struct html_tokenizer *t)
{
	size_t end;

	switch (t->content) {
	case HTML_CONTENT_RCDATA:
	case HTML_CONTENT_RAWTEXT:
		return raw_end(t);
	case HTML_CONTENT_SCRIPT:
		return script_end(t);
	case HTML_CONTENT_CDATA:
		end = str_find(t->text, STR("]]>"), t->at);
		return end == NOT_FOUND ? t->text.len : end;
	case HTML_CONTENT_DATA:
	case HTML_CONTENT_PLAINTEXT:
		break;
	}
	return t->text.len;
}

/* Reads text that has no tags; false if there is none. */
static bool read_content(struct html_tokenizer *t, struct html_token *token)
{
	size_t from = t->at, end = content_end(t);

	set_text(t, token, HTML_TOKEN_TEXT, from, end, end);
	if (t->content == HTML_CONTENT_CDATA && end < t->text.len)
		t->at += 3;
	t->content = HTML_CONTENT_DATA;
	return end > from;
}

/* The offset of the next markup at or after AT. */
static size_t data_end(struct str s, size_t at)
{
	while ((at = str_find_char(s, '<', at)) != NOT_FOUND) {
		if (starts_markup(s, at))
			return at;
		at++;
	}
	return s.len;
}

bool html_token_next(struct html_tokenizer *t, struct html_token *token)
{
	while (t->at < t->text.len) {
		size_t end;

		*token = (struct html_token){.type = HTML_TOKEN_COMMENT};
		if (t->content != HTML_CONTENT_DATA) {
			if (read_content(t, token))
				return true;
			continue;
		}
		end = data_end(t->text, t->at);
		if (end > t->at) {
			set_text(t, token, HTML_TOKEN_TEXT, t->at, end, end);
			return true;
		}
		char next = t->text.ptr[end + 1], after = '\0';

		if (end + 2 < t->text.len)
			after = t->text.ptr[end + 2];
		if (ascii_is_letter(next) || (next == '/' && ascii_is_letter(after)))
			return read_tag(t, token);
		if (next == '/' && after == '>') {
			t->at = end + 3;
			continue;
		}
		if (next == '!')
			read_declaration(t, token);
		else
			read_bogus(t, token, end + 1 + (next == '/'));
		if (t->content == HTML_CONTENT_DATA)
			return true;
	}
	return false;
}
