#include "html/html_match.h"

#include "base/ascii.h"
#include "base/diag.h"

#define NEAR_MIN 3 /* letters of a text that is a part of another one */

/* The length of the white space character at AT, 0 if there is none. */
static size_t one_space(struct str s, size_t at)
{
	if (at < s.len && ascii_is_html_space(s.ptr[at]))
		return 1;
	return str_eq(str_slice(s, at, at + 2), STR("\xc2\xa0")) ? 2 : 0;
}

/* The length of the white space at AT. */
static size_t space_at(struct str s, size_t at)
{
	size_t from = at, len;

	while ((len = one_space(s, at)))
		at += len;
	return at - from;
}

size_t html_match_at(struct str whole, size_t at, struct str part)
{
	for (size_t i = 0; i < part.len;) {
		size_t wanted = space_at(part, i);
		size_t found = wanted ? space_at(whole, at) : 1;

		if (!found || at >= whole.len || (!wanted && whole.ptr[at] != part.ptr[i]))
			return NOT_FOUND;
		at += found;
		i += wanted ? wanted : 1;
	}
	return at;
}

struct str html_match_trim(struct str s)
{
	s = str_slice(s, space_at(s, 0), s.len);
	while (s.len) {
		if (ascii_is_html_space(s.ptr[s.len - 1]))
			s.len--;
		else if (str_ends(s, STR("\xc2\xa0")))
			s.len -= 2;
		else
			break;
	}
	return s;
}

bool html_match_text(struct str a, struct str b)
{
	a = html_match_trim(a);
	b = html_match_trim(b);
	return html_match_at(a, 0, b) == a.len;
}

bool html_match_part(struct str whole, struct str part)
{
	part = html_match_trim(part);
	for (size_t at = 0; at + 1 <= whole.len; at++)
		if (part.len && html_match_at(whole, at, part) != NOT_FOUND)
			return true;
	return !part.len;
}

struct str html_match_nearest(struct str wanted, const struct str *texts, size_t count)
{
	struct str part = STR_NULL;

	for (size_t i = 0; i < count; i++) {
		bool within = texts[i].len >= NEAR_MIN && wanted.len >= NEAR_MIN &&
			      (str_icontains(texts[i], wanted) || str_icontains(wanted, texts[i]));

		if (texts[i].len && str_ieq(texts[i], wanted))
			return texts[i];
		if (within && (!part.ptr || texts[i].len < part.len))
			part = texts[i];
	}
	return part.ptr ? part : diag_nearest(wanted, texts, count);
}

bool html_match_is_address(struct str link)
{
	return str_starts(link, STR("/")) || str_find_char(link, '*', 0) != NOT_FOUND;
}

bool html_match_address(struct str address, struct str pattern)
{
	size_t at = 0, p = 0, star = NOT_FOUND, retry = 0;

	while (at < address.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = ++p;
			retry = at;
		} else if (p < pattern.len && pattern.ptr[p] == address.ptr[at]) {
			p++;
			at++;
		} else if (star != NOT_FOUND && address.ptr[retry] != '/') {
			p = star;
			at = ++retry;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

bool html_match_has_word(struct str list, struct str word)
{
	size_t at = 0;

	while (at < list.len) {
		size_t from = at;

		while (at < list.len && !ascii_is_html_space(list.ptr[at]))
			at++;
		if (str_eq(str_slice(list, from, at), word))
			return true;
		at++;
	}
	return false;
}
