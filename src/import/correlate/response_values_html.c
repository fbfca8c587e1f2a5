/* Values of a page (or of XML, or of a script): inputs, meta, links, data-*, inline scripts,
 * text. */

#include "base/ascii.h"
#include "base/html_entities.h"
#include "html/html_token.h"
#include "import/correlate/response_values.h"

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

/* ---- tokens */

static void match_script(struct scanned_page *p, struct str script)
{
	const struct script_text text = {
	    .order = p->order, .text = script, .at = (size_t)(script.ptr - p->text.ptr)};

	response_values_match_script(p->c, &text);
}

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
