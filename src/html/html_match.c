#include "html/html_match.h"

#include "base/ascii.h"

/* The length of the white space at AT. */
static size_t space_at(struct str s, size_t at)
{
	size_t from = at;

	while (at < s.len) {
		if (ascii_is_html_space(s.ptr[at]))
			at++;
		else if (str_eq(str_slice(s, at, at + 2), STR("\xc2\xa0")))
			at += 2;
		else
			break;
	}
	return at - from;
}

/* Compares PART with WHOLE at AT; returns the offset after it, or NOT_FOUND. */
static size_t match_at(struct str whole, size_t at, struct str part)
{
	for (size_t i = 0; i < part.len;) {
		size_t left = space_at(whole, at), right = space_at(part, i);

		if (!left != !right || at >= whole.len || (!left && whole.ptr[at] != part.ptr[i]))
			return NOT_FOUND;
		at += left ? left : 1;
		i += right ? right : 1;
	}
	return at;
}

static struct str trim(struct str s)
{
	s = str_slice(s, space_at(s, 0), s.len);
	for (size_t at = s.len; at-- > 0;) {
		if (space_at(s, at) == s.len - at && s.len > at)
			s.len = at;
		else if (((unsigned char)s.ptr[at] & 0xc0) != 0x80)
			break;
	}
	return s;
}

bool html_match_text(struct str a, struct str b)
{
	a = trim(a);
	b = trim(b);
	return match_at(a, 0, b) == a.len;
}

bool html_match_part(struct str whole, struct str part)
{
	part = trim(part);
	for (size_t at = 0; at + 1 <= whole.len; at++)
		if (part.len && match_at(whole, at, part) != NOT_FOUND)
			return true;
	return !part.len;
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
