/*
 * Checks that libxml2 can parse the tags of a page in bounded time. It compares each attribute of a
 * tag with all before it, so a tag with a million attributes would take minutes.
 */
#include "base/ascii.h"
#include "extract/markup.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '/';
}

static bool is_tag(const char *p, const char *end)
{
	return p < end && (ascii_is_name_start(*p) || *p == ':' || (*p & 0x80));
}

/* The end of the quoted value at P. */
static const char *past_quoted(const char *p, const char *end)
{
	const char *quote = memchr(p + 1, *p, (size_t)(end - p - 1));

	return quote ? quote + 1 : end;
}

/* Skips the tag at *AT and counts possible attributes: words that start after white space, a quote
 * or a `=`. */
static size_t count_attributes(const char **at, const char *end)
{
	const char *p = *at;
	size_t count = 0;

	while (p < end && *p != '>') {
		if (*p == '=') {
			count++;
			p++;
			while (p < end && is_space(*p) && *p != '/')
				p++;
			if (p < end && (*p == '"' || *p == '\''))
				p = past_quoted(p, end);
			continue;
		}
		if (is_space(*p) && p + 1 < end && !is_space(p[1]) && p[1] != '=' && p[1] != '>')
			count++;
		p++;
	}
	*at = p;
	return count;
}

/* The position after </NAME, or END. */
static const char *past_raw(const char *p, const char *end, struct str name)
{
	while ((p = memchr(p, '<', (size_t)(end - p)))) {
		if ((size_t)(end - p) >= name.len + 2 && p[1] == '/' &&
		    str_ieq(str_n(p + 2, name.len), name))
			return p + 2 + name.len;
		p++;
	}
	return end;
}

bool markup_tags_fit(struct str text)
{
	const char *p = text.ptr, *end = text.ptr + text.len;

	while (p < end && (p = memchr(p, '<', (size_t)(end - p)))) {
		struct str rest;

		p++;
		rest = str_n(p, (size_t)(end - p));

		if (str_starts(rest, STR("!--"))) {
			size_t close = str_find(rest, STR("-->"), 3);

			p = close == NOT_FOUND ? end : p + close;
		} else if (is_tag(p, end)) {
			bool script = str_ieq(str_slice(rest, 0, 6), STR("script"));
			bool style = str_ieq(str_slice(rest, 0, 5), STR("style"));

			/* The count is an estimate and can include text of scripts, so the limit
			 * is doubled. */
			if (count_attributes(&p, end) > 2 * MARKUP_TAG_MAX)
				return false;
			if (script || style)
				p = past_raw(p, end, script ? STR("script") : STR("style"));
		}
	}
	return true;
}
