#include "import/har/har_scan.h"

static void skip_blanks(struct har_scan *s)
{
	while (s->at < s->text.len && memchr(" \t\r\n", s->text.ptr[s->at], 4))
		s->at++;
}

static char here(const struct har_scan *s)
{
	return s->at < s->text.len ? s->text.ptr[s->at] : '\0';
}

/* The offset after the string whose opening quote is at AT; the text's length if it does not
 * end. */
static size_t string_end(struct str text, size_t at)
{
	for (size_t p = at + 1; p < text.len;) {
		const char *quote = memchr(text.ptr + p, '"', text.len - p);
		size_t end, slashes = 0;

		if (!quote)
			break;
		end = (size_t)(quote - text.ptr);
		while (end - slashes > at + 1 && text.ptr[end - slashes - 1] == '\\')
			slashes++;
		if (slashes % 2 == 0)
			return end + 1;
		p = end + 1;
	}
	return text.len;
}

/* Skips the value here; false if the text ends first. */
static bool skip_value(struct har_scan *s)
{
	size_t depth = 0;

	skip_blanks(s);
	while (s->at < s->text.len) {
		char c = s->text.ptr[s->at];

		if (c == '"') {
			s->at = string_end(s->text, s->at);
			if (s->text.ptr[s->at - 1] != '"')
				return false;
			if (!depth)
				return true;
			continue;
		}
		if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			if (!depth)
				return true;
			if (--depth == 0) {
				s->at++;
				return true;
			}
		} else if (c == ',' && !depth) {
			return true;
		}
		s->at++;
	}
	return false;
}

bool har_scan_enter(struct har_scan *s, char bracket)
{
	skip_blanks(s);
	if (here(s) != bracket)
		return false;
	s->at++;
	return true;
}

static bool next_value(struct har_scan *s, struct str *value, bool *whole)
{
	size_t from;

	skip_blanks(s);
	from = s->at;
	*whole = skip_value(s);
	*value = str_trim(str_slice(s->text, from, s->at));
	return value->len > 0;
}

bool har_scan_member(struct har_scan *s, struct str *key, struct str *value, bool *whole)
{
	skip_blanks(s);
	if (here(s) == ',') {
		s->at++;
		skip_blanks(s);
	}
	if (here(s) != '"')
		return false;
	size_t from = s->at + 1;

	s->at = string_end(s->text, s->at);
	*key = str_slice(s->text, from, s->at - 1);
	skip_blanks(s);
	if (here(s) != ':')
		return false;
	s->at++;
	return next_value(s, value, whole);
}

bool har_scan_element(struct har_scan *s, struct str *value, bool *whole)
{
	skip_blanks(s);
	if (here(s) == ',') {
		s->at++;
		skip_blanks(s);
	}
	if (here(s) == ']' || s->at >= s->text.len)
		return false;
	size_t from = s->at;

	if (!next_value(s, value, whole))
		return false;
	return s->at > from;
}

struct har_scan har_scan_inside(struct str value)
{
	return (struct har_scan){.text = value};
}
