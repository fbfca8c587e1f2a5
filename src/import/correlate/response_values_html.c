/* Values of a page (or of XML, or of a script): inputs, meta, links, data-*, inline scripts,
 * text. */

#include "base/ascii.h"
#include "base/html_entities.h"
#include "import/correlate/score.h"
#include "import/correlate/response_values.h"

struct scanned_page {
	struct correlation *c;
	uint32_t order;
	struct str text;
	size_t at;
	bool is_xml;
};

struct scanned_attribute {
	struct str name, value; /* raw */
};

#define ATTRIBUTES_MAX 32

struct scanned_tag {
	struct str name;
	struct scanned_attribute attributes[ATTRIBUTES_MAX];
	size_t count;
	bool closes;
};

/* Reads one attribute at P->at, if there is one. */
static bool read_attribute(struct scanned_page *p, struct scanned_attribute *out)
{
	struct str s = p->text;
	size_t at = p->at, from;

	while (at < s.len && (ascii_is_html_space(s.ptr[at]) || s.ptr[at] == '/'))
		at++;
	from = at;
	while (at < s.len && !ascii_is_html_space(s.ptr[at]) && !strchr("=>/", s.ptr[at]))
		at++;
	*out = (struct scanned_attribute){str_slice(s, from, at), STR("")};
	p->at = at;
	while (at < s.len && ascii_is_html_space(s.ptr[at]))
		at++;
	if (at >= s.len || s.ptr[at] != '=')
		return out->name.len > 0;
	at++;
	while (at < s.len && ascii_is_html_space(s.ptr[at]))
		at++;
	from = at;
	if (at < s.len && (s.ptr[at] == '"' || s.ptr[at] == '\'')) {
		size_t end = str_find_char(s, s.ptr[at], at + 1);

		end = end == NOT_FOUND ? s.len : end;
		out->value = str_slice(s, from + 1, end);
		p->at = end < s.len ? end + 1 : end;
		return true;
	}
	while (at < s.len && !ascii_is_html_space(s.ptr[at]) && s.ptr[at] != '>')
		at++;
	out->value = str_slice(s, from, at);
	p->at = at;
	return true;
}

/* The next tag from P->at; TEXT is the text before it. */
static bool next_tag(struct scanned_page *p, struct scanned_tag *tag, struct str *text)
{
	struct str s = p->text;
	size_t from = p->at, at = str_find_char(s, '<', from);

	if (at == NOT_FOUND)
		return false;
	*text = str_slice(s, from, at);
	tag->count = 0;
	tag->name = STR("");
	tag->closes = false;
	if (str_starts(str_slice(s, at, at + 4), STR("<!--"))) {
		size_t end = str_find(s, STR("-->"), at);

		p->at = end == NOT_FOUND ? s.len : end + 3;
		return true;
	}
	if (str_starts(str_slice(s, at, at + 9), STR("<![CDATA["))) {
		size_t end = str_find(s, STR("]]>"), at);
		struct str inside = str_trim(str_slice(s, at + 9, end));

		p->at = at + 9;
		if (!inside.len || inside.ptr[0] != '<') {
			*text = inside;
			p->at = end == NOT_FOUND ? s.len : end + 3;
		}
		return true;
	}
	at++;
	if (at < s.len && s.ptr[at] == '/') {
		tag->closes = true;
		at++;
	}
	from = at;
	while (at < s.len && !ascii_is_html_space(s.ptr[at]) && s.ptr[at] != '>' &&
	       s.ptr[at] != '/')
		at++;
	tag->name = str_slice(s, from, at);
	p->at = at;
	while (p->at < s.len && s.ptr[p->at] != '>') {
		struct scanned_attribute a;
		size_t before = p->at;

		if (read_attribute(p, &a) && tag->count < ATTRIBUTES_MAX)
			tag->attributes[tag->count++] = a;
		if (p->at == before)
			p->at++;
	}
	if (p->at < s.len)
		p->at++;
	return true;
}

static struct str attribute(const struct scanned_tag *tag, const char *name)
{
	for (size_t i = 0; i < tag->count; i++)
		if (str_ieq(tag->attributes[i].name, str_of(name)))
			return tag->attributes[i].value;
	return STR_NULL;
}

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

static void match_input(struct scanned_page *p, const struct scanned_tag *tag)
{
	struct occurrence occurrence = {.found_in = VALUE_SOURCE_INPUT,
					.name = attribute(tag, "name")};
	struct str value = attribute(tag, "value");

	if (!value.len)
		return;
	occurrence.hidden = str_ieq(attribute(tag, "type"), STR("hidden"));
	if (occurrence.name.len) {
		match(p, occurrence, value);
		return;
	}
	occurrence.found_in = VALUE_SOURCE_DATA;
	occurrence.name = attribute(tag, "id");
	match(p, occurrence, value);
}

static void match_meta(struct scanned_page *p, const struct scanned_tag *tag)
{
	struct occurrence occurrence = {.found_in = VALUE_SOURCE_META,
					.name = attribute(tag, "name")};

	if (!occurrence.name.len)
		occurrence.name = attribute(tag, "property");
	if (attribute(tag, "content").len && occurrence.name.len)
		match(p, occurrence, attribute(tag, "content"));
}

static void match_tag(struct scanned_page *p, const struct scanned_tag *tag)
{
	if (str_ieq(tag->name, STR("input")) || str_ieq(tag->name, STR("button")))
		match_input(p, tag);
	else if (str_ieq(tag->name, STR("meta")))
		match_meta(p, tag);
	for (size_t i = 0; i < tag->count; i++) {
		const struct scanned_attribute *a = &tag->attributes[i];
		struct occurrence occurrence = {.found_in = VALUE_SOURCE_DATA, .name = a->name};

		if (str_ieq(a->name, STR("href")) || str_ieq(a->name, STR("action")) ||
		    str_ieq(a->name, STR("src")))
			match_link(p, a->value);
		else if (a->value.len &&
			 (p->is_xml || str_ieq(str_slice(a->name, 0, 5), STR("data-"))))
			match(p, occurrence, a->value);
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
		if (is_key_of_interest(occurrence.name))
			response_values_match(p->c, occurrence);
		i = end;
	}
}

static size_t end_tag_offset(struct str s, size_t at, struct str name)
{
	while ((at = str_find(s, STR("</"), at)) != NOT_FOUND) {
		if (str_ieq(str_slice(s, at + 2, at + 2 + name.len), name))
			return at;
		at += 2;
	}
	return s.len;
}

void response_values_match_html(struct correlation *c, uint32_t order, struct str text, bool is_xml)
{
	struct scanned_page p = {.c = c, .order = order, .text = text};
	struct str before, start = str_trim(str_slice(text, 0, 200)), holder = STR("");
	struct scanned_tag tag;

	if (!start.len || start.ptr[0] != '<') {
		match_script(&p, text);
		return;
	}
	p.is_xml = is_xml || str_starts(start, STR("<?xml")) ||
		   str_find(start, STR("xmlns"), 0) < str_find(start, STR("html"), 0);
	while (next_tag(&p, &tag, &before)) {
		struct str name = tag.name;

		if (p.is_xml && str_trim(before).len) {
			struct occurrence occurrence = {.found_in = VALUE_SOURCE_TEXT,
							.name = holder};

			match(&p, occurrence, str_trim(before));
		}
		if (tag.closes || !name.len)
			continue;
		holder = name;
		for (int i = 0; i < 2 && holder.ptr == name.ptr; i++)
			if (attribute(&tag, i ? "name" : "id").len)
				holder = attribute(&tag, i ? "name" : "id");
		match_tag(&p, &tag);
		if (str_ieq(name, STR("script")) || str_ieq(name, STR("style"))) {
			size_t end = end_tag_offset(text, p.at, name);

			if (str_ieq(name, STR("script")))
				match_script(&p, str_slice(text, p.at, end));
			p.at = end;
		}
	}
}
