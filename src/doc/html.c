#include "doc/html.h"

#include "base/ascii.h"

/* The offset after END, or the length of the text if END is missing. */
static size_t offset_after(struct str text, struct str end, size_t from)
{
	size_t at = str_find(text, end, from);

	return at == NOT_FOUND ? text.len : at + end.len;
}

struct str html_raw_text(struct html *page, struct str name)
{
	struct str text = page->text;
	size_t from = page->at, at = from;

	while ((at = str_find(text, STR("</"), at)) != NOT_FOUND) {
		struct str rest = str_slice(text, at + 2, at + 2 + name.len);

		if (str_ieq(rest, name))
			break;
		at += 2;
	}
	page->at = at == NOT_FOUND ? text.len : at;
	return str_slice(text, from, page->at);
}

/*
 * Returns the `>` that ends the attributes of a tag, or END. Only a quote after a `=` opens a
 * quoted value; all characters inside it are skipped. Most bytes are plain and are skipped first.
 */
static const char *tag_end(const char *p, const char *end)
{
	while (p < end) {
		if (*p == '>')
			return p;
		if (*p++ != '=')
			continue;
		while (p < end && ascii_is_html_space(*p))
			p++;
		if (p < end && (*p == '"' || *p == '\'')) {
			p = memchr(p + 1, *p, (size_t)(end - p - 1));
			if (!p)
				return end;
			p++;
		}
	}
	return end;
}

static enum html_kind kind_of(struct str name)
{
	static const struct {
		struct str name;
		enum html_kind kind;
	} kinds[] = {
	    {{"input", 5}, HTML_INPUT},	      {{"button", 6}, HTML_BUTTON},
	    {{"textarea", 8}, HTML_TEXTAREA}, {{"select", 6}, HTML_SELECT},
	    {{"option", 6}, HTML_OPTION},     {{"script", 6}, HTML_SCRIPT},
	    {{"style", 5}, HTML_STYLE},
	};

	if (name.len < 5)
		return HTML_OTHER;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].name.len == name.len && kinds[i].name.ptr[0] == (name.ptr[0] | 32) &&
		    str_ieq(kinds[i].name, name))
			return kinds[i].kind;
	return HTML_OTHER;
}

/* Reads the tag at P, which is after its `<`, if it is one; returns the next position. */
static const char *read_tag(const char *p, const char *end, struct html_tag *tag)
{
	tag->kind = HTML_OTHER;
	tag->closes = p < end && *p == '/';
	p += tag->closes;
	const char *name = p;
	if (p == end || !ascii_is_letter(*p))
		return p;
	while (p < end && !ascii_is_html_space(*p) && *p != '>' && *p != '/')
		p++;
	const char *close = tag_end(p, end);
	tag->kind = kind_of(str_n(name, (size_t)(p - name)));
	tag->attributes = str_n(p, (size_t)(close - p));
	return close < end ? close + 1 : end;
}

bool html_next(struct html *page, struct html_tag *tag)
{
	const char *start = page->text.ptr, *end = start + page->text.len;
	const char *p = start + page->at;

	while (p < end && (p = memchr(p, '<', (size_t)(end - p)))) {
		if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
			p = start + offset_after(page->text, STR("-->"), (size_t)(p + 2 - start));
			continue;
		}
		p = read_tag(p + 1, end, tag);
		if (tag->kind == HTML_OTHER)
			continue;
		page->at = (size_t)(p - start);
		if (!tag->closes && tag->kind == HTML_SCRIPT)
			html_raw_text(page, STR("script"));
		else if (!tag->closes && tag->kind == HTML_STYLE)
			html_raw_text(page, STR("style"));
		return true;
	}
	page->at = page->text.len;
	return false;
}

bool html_attribute(const struct html_tag *tag, struct str name, struct str *value)
{
	struct str all = tag->attributes;
	size_t at = 0;

	while (at < all.len) {
		while (at < all.len && (ascii_is_html_space(all.ptr[at]) || all.ptr[at] == '/'))
			at++;
		size_t from = at;
		/* A `=` at the start is part of the name, as in the HTML standard. */
		while (at < all.len && !ascii_is_html_space(all.ptr[at]) && all.ptr[at] != '/' &&
		       (all.ptr[at] != '=' || at == from))
			at++;
		struct str key = str_slice(all, from, at);
		size_t sign = at;

		*value = STR("");
		while (sign < all.len && ascii_is_html_space(all.ptr[sign]))
			sign++;
		if (sign < all.len && all.ptr[sign] == '=') {
			at = sign + 1;
			while (at < all.len && ascii_is_html_space(all.ptr[at]))
				at++;
			char quote = at < all.len ? all.ptr[at] : '\0';
			size_t end = at;

			if (quote == '"' || quote == '\'') {
				end = str_find_char(all, quote, at + 1);
				end = end == NOT_FOUND ? all.len : end;
				*value = str_slice(all, at + 1, end);
				at = end + 1;
			} else {
				while (end < all.len && !ascii_is_html_space(all.ptr[end]))
					end++;
				*value = str_slice(all, at, end);
				at = end;
			}
		}
		if (key.len && str_ieq(key, name))
			return true;
	}
	return false;
}

struct str html_text(const struct html *page)
{
	size_t end = str_find_char(page->text, '<', page->at);

	return str_slice(page->text, page->at, end == NOT_FOUND ? page->text.len : end);
}
