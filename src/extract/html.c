#include "extract/html.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Behind END if it is there, else the end of the text. */
static size_t behind(struct str text, struct str end, size_t from)
{
	size_t at = str_find(text, end, from);

	return at == (size_t)-1 ? text.len : at + end.len;
}

struct str html_raw_text(struct html *page, struct str name)
{
	struct str text = page->text;
	size_t from = page->at, at = from;

	while ((at = str_find(text, STR("</"), at)) != (size_t)-1) {
		struct str rest = str_slice(text, at + 2, at + 2 + name.len);

		if (str_ieq(rest, name))
			break;
		at += 2;
	}
	page->at = at == (size_t)-1 ? text.len : at;
	return str_slice(text, from, page->at);
}

/* The end of a tag's attributes: the `>` outside of quotes. A quote opens only behind a `=`. */
static size_t tag_end(struct str text, size_t at)
{
	bool value = false;

	for (; at < text.len; at++) {
		char c = text.ptr[at];

		if (c == '>')
			return at;
		if (value && (c == '"' || c == '\'')) {
			size_t close = str_find_char(text, c, at + 1);

			if (close == (size_t)-1)
				return text.len;
			at = close;
			value = false;
		} else if (c == '=') {
			value = true;
		} else if (!is_blank(c)) {
			value = false;
		}
	}
	return at;
}

bool html_next(struct html *page, struct html_tag *tag)
{
	struct str text = page->text;
	size_t at = page->at;

	while ((at = str_find_char(text, '<', at)) != (size_t)-1) {
		struct str rest = str_slice(text, at, text.len);

		if (str_starts(rest, STR("<!--"))) {
			at = behind(text, STR("-->"), at + 2);
			continue;
		}
		bool closes = str_starts(rest, STR("</"));
		size_t name = at + 1 + closes, end = name;

		if (name >= text.len || !is_letter(text.ptr[name])) {
			at++;
			continue;
		}
		while (end < text.len && !is_blank(text.ptr[end]) && text.ptr[end] != '>' &&
		       text.ptr[end] != '/')
			end++;
		size_t close = tag_end(text, end);

		tag->name = str_slice(text, name, end);
		tag->closes = closes;
		tag->attributes = str_slice(text, end, close);
		page->at = close < text.len ? close + 1 : close;
		if (!closes &&
		    (str_ieq(tag->name, STR("script")) || str_ieq(tag->name, STR("style"))))
			html_raw_text(page, tag->name);
		return true;
	}
	page->at = text.len;
	return false;
}

bool html_attribute(const struct html_tag *tag, struct str name, struct str *value)
{
	struct str all = tag->attributes;
	size_t at = 0;

	while (at < all.len) {
		while (at < all.len && (is_blank(all.ptr[at]) || all.ptr[at] == '/'))
			at++;
		size_t from = at;
		/* A `=` at the start belongs to the name, as browsers have it. */
		while (at < all.len && !is_blank(all.ptr[at]) && all.ptr[at] != '/' &&
		       (all.ptr[at] != '=' || at == from))
			at++;
		struct str key = str_slice(all, from, at);
		size_t sign = at;

		*value = STR("");
		while (sign < all.len && is_blank(all.ptr[sign]))
			sign++;
		if (sign < all.len && all.ptr[sign] == '=') {
			at = sign + 1;
			while (at < all.len && is_blank(all.ptr[at]))
				at++;
			char quote = at < all.len ? all.ptr[at] : '\0';
			size_t end = at;

			if (quote == '"' || quote == '\'') {
				end = str_find_char(all, quote, at + 1);
				end = end == (size_t)-1 ? all.len : end;
				*value = str_slice(all, at + 1, end);
				at = end + 1;
			} else {
				while (end < all.len && !is_blank(all.ptr[end]))
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

	return str_slice(page->text, page->at, end == (size_t)-1 ? page->text.len : end);
}
