/* Values of a page (or of XML, or of a script): inputs, meta, links, data-*, inline scripts,
 * text. */

#include "base/ascii.h"
#include "base/html_entities.h"
#include "html/html_token.h"
#include "import/correlate/score.h"
#include "import/correlate/response_values.h"
#include "import/correlate/value_shape.h"

struct scanned_page {
	struct correlation *c;
	uint32_t order;
	struct str text;
	bool is_xml;
};

static void match(struct scanned_page *p, struct occurrence occurrence, struct str raw)
{
	struct buf decoded;

	occurrence.order = p->order;
	occurrence.at = (size_t)(raw.ptr - p->text.ptr);
	buf_init(&decoded, 0);
	occurrence.value = html_entities_decode(raw, &decoded);
	response_values_match(p->c, occurrence);
	/* The text around it is encoded: the value is decoded after it was extracted. */
	buf_release(&decoded);
}

static void match_link(struct scanned_page *p, struct str raw)
{
	struct occurrence occurrence = {
	    .order = p->order, .found_in = VALUE_SOURCE_LINK, .at = SIZE_MAX};
	struct buf decoded;

	if (!raw.len || raw.len > 4096)
		return;
	buf_init(&decoded, 0);
	response_values_match_link(p->c, occurrence, html_entities_decode(raw, &decoded));
	buf_release(&decoded);
}

static void match_input(struct scanned_page *p, const struct html_token *tag)
{
	struct occurrence occurrence = {.found_in = VALUE_SOURCE_INPUT,
					.name = html_token_value(tag, STR("name"))};
	struct str value = html_token_value(tag, STR("value"));

	if (!value.len)
		return;
	occurrence.hidden = str_ieq(html_token_value(tag, STR("type")), STR("hidden"));
	if (occurrence.name.len) {
		match(p, occurrence, value);
		return;
	}
	occurrence.found_in = VALUE_SOURCE_DATA;
	occurrence.name = html_token_value(tag, STR("id"));
	match(p, occurrence, value);
}

static void match_meta(struct scanned_page *p, const struct html_token *tag)
{
	struct occurrence occurrence = {.found_in = VALUE_SOURCE_META,
					.name = html_token_value(tag, STR("name"))};

	if (!occurrence.name.len)
		occurrence.name = html_token_value(tag, STR("property"));
	if (html_token_value(tag, STR("content")).len && occurrence.name.len)
		match(p, occurrence, html_token_value(tag, STR("content")));
}

static void match_tag(struct scanned_page *p, const struct html_token *tag)
{
	struct html_attribute a;
	size_t at = 0;

	if (str_ieq(tag->name, STR("input")) || str_ieq(tag->name, STR("button")))
		match_input(p, tag);
	else if (str_ieq(tag->name, STR("meta")))
		match_meta(p, tag);
	while (html_token_attribute(tag, &at, &a)) {
		struct occurrence occurrence = {.found_in = VALUE_SOURCE_DATA, .name = a.name};

		if (str_ieq(a.name, STR("href")) || str_ieq(a.name, STR("action")) ||
		    str_ieq(a.name, STR("src")))
			match_link(p, a.value);
		else if (a.value.len &&
			 (p->is_xml || str_ieq(str_slice(a.name, 0, 5), STR("data-"))))
			match(p, occurrence, a.value);
	}
}

/* ---- scripts */

static bool is_key_byte(char c)
{
	return ascii_is_name(c) || c == '-' || c == '$';
}

/* The key before the quote at AT: `token: "`, `"token":"`, `token = '`. */
static struct str key_before(struct str s, size_t at)
{
	size_t end = at, from;

	while (end > 0 && ascii_is_html_space(s.ptr[end - 1]))
		end--;
	if (!end || (s.ptr[end - 1] != ':' && s.ptr[end - 1] != '='))
		return STR("");
	end--;
	while (end > 0 && (ascii_is_html_space(s.ptr[end - 1]) || strchr("\"'\\]", s.ptr[end - 1])))
		end--;
	from = end;
	while (from > 0 && is_key_byte(s.ptr[from - 1]) && end - from < 64)
		from--;
	return str_slice(s, from, end);
}

static bool is_key_of_interest(struct str key)
{
	return key.len > 1 && score_is_id_name(key);
}

/* orderId = 4823177; returns where its digits end. */
static size_t match_number(struct scanned_page *p, struct str script, size_t from)
{
	size_t end = from;
	struct occurrence occurrence = {
	    .order = p->order, .found_in = VALUE_SOURCE_SCRIPT, .is_number = true};

	while (end < script.len && ascii_is_digit(script.ptr[end]))
		end++;
	occurrence.name = key_before(script, from);
	occurrence.value = str_slice(script, from, end);
	occurrence.at = (size_t)(occurrence.value.ptr - p->text.ptr);
	if (occurrence.value.len >= 5 && end < script.len && script.ptr[end] != '.' &&
	    is_key_of_interest(occurrence.name))
		response_values_match(p->c, occurrence);
	return end - 1;
}

/* Quoted values after keys whose names suggest an issued value. */
static void match_script(struct scanned_page *p, struct str script)
{
	size_t base = (size_t)(script.ptr - p->text.ptr);

	for (size_t i = 0; i < script.len; i++) {
		char quote = script.ptr[i];
		size_t end;

		if (ascii_is_digit(quote) && i > 0 && strchr(":= ", script.ptr[i - 1]))
			i = match_number(p, script, i);
		if (quote != '"' && quote != '\'')
			continue;
		for (end = i + 1; end < script.len && script.ptr[end] != quote; end++)
			if (script.ptr[end] == '\n')
				break;
			else if (script.ptr[end] == '\\')
				end++;
		if (end >= script.len || script.ptr[end] != quote)
			continue;
		struct occurrence occurrence = {.order = p->order,
						.found_in = VALUE_SOURCE_SCRIPT,
						.name = key_before(script, i),
						.value = str_slice(script, i + 1, end),
						.at = base + i + 1};
		if (is_key_of_interest(occurrence.name) ||
		    (occurrence.name.len > 1 && value_shape(occurrence.value) >= 3))
			response_values_match(p->c, occurrence);
		i = end;
	}
}

/* ---- tokens */

/* A CDATA section, which the tokenizer reads as a comment: text, or markup that is read next. */
static void read_cdata(struct scanned_page *p, struct html_tokenizer *t, struct str section,
		       struct str holder)
{
	size_t from = (size_t)(section.ptr - p->text.ptr) + STR("[CDATA[").len;
	size_t end = str_find(p->text, STR("]]>"), from);
	struct str inside = str_trim(str_slice(p->text, from, end));
	struct occurrence occurrence = {.found_in = VALUE_SOURCE_TEXT, .name = holder};

	t->at = from;
	if (inside.len && inside.ptr[0] == '<')
		return;
	t->at = end == NOT_FOUND ? p->text.len : end + 3;
	if (p->is_xml && inside.len)
		match(p, occurrence, inside);
}

static void read_text(struct scanned_page *p, const struct html_token *token, struct str holder)
{
	struct occurrence occurrence = {.found_in = VALUE_SOURCE_TEXT, .name = holder};

	if (token->content == HTML_CONTENT_SCRIPT)
		match_script(p, token->text);
	else if (p->is_xml && token->content == HTML_CONTENT_DATA && str_trim(token->text).len)
		match(p, occurrence, str_trim(token->text));
}

/* The name under which the text of the element is known: its name, its id or itself. */
static struct str holder_of(const struct html_token *tag)
{
	struct str id = html_token_value(tag, STR("id")), name = html_token_value(tag, STR("name"));

	if (id.len)
		return id;
	return name.len ? name : tag->name;
}

void response_values_match_html(struct correlation *c, uint32_t order, struct str text, bool is_xml)
{
	struct scanned_page p = {.c = c, .order = order, .text = text};
	struct str start = str_trim(str_slice(text, 0, 200)), holder = STR("");
	struct html_tokenizer t;
	struct html_token token;

	if (!start.len || start.ptr[0] != '<') {
		match_script(&p, text);
		return;
	}
	p.is_xml = is_xml || str_starts(start, STR("<?xml")) ||
		   str_find(start, STR("xmlns"), 0) < str_find(start, STR("html"), 0);
	html_token_init(&t, text);
	t.detached = p.is_xml;
	t.no_scripts = true;
	while (html_token_next(&t, &token)) {
		if (token.type == HTML_TOKEN_TEXT)
			read_text(&p, &token, holder);
		else if (token.type == HTML_TOKEN_COMMENT && str_starts(token.text, STR("[CDATA[")))
			read_cdata(&p, &t, token.text, holder);
		if (token.type != HTML_TOKEN_START)
			continue;
		holder = holder_of(&token);
		match_tag(&p, &token);
		if (token.tag == HTML_TAG_SCRIPT && !token.self_closing)
			t.content = HTML_CONTENT_SCRIPT;
	}
}
