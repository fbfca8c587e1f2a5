#include "base/str.h"

#include <math.h>
#include <stdlib.h>

#include "base/ascii.h"

static unsigned char lower(char c)
{
	return (unsigned char)ascii_to_lower(c);
}

bool str_ieq(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_n(s.ptr, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_slice(s, s.len - suffix.len, s.len), suffix);
}

int str_cmp(struct str a, struct str b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;

	if (order)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

size_t str_find(struct str s, struct str needle, size_t from)
{
	if (from > s.len)
		return NOT_FOUND;
	if (needle.len == 0)
		return from;
	if (s.len - from < needle.len)
		return NOT_FOUND;
	const char *hit = memmem(s.ptr + from, s.len - from, needle.ptr, needle.len);
	return hit ? (size_t)(hit - s.ptr) : NOT_FOUND;
}

bool str_icontains(struct str s, struct str needle)
{
	for (size_t i = 0; i + needle.len <= s.len; i++)
		if (str_ieq(str_slice(s, i, i + needle.len), needle))
			return true;
	return false;
}

size_t str_find_char(struct str s, char c, size_t from)
{
	if (from >= s.len)
		return NOT_FOUND;
	const char *hit = memchr(s.ptr + from, c, s.len - from);
	return hit ? (size_t)(hit - s.ptr) : NOT_FOUND;
}

bool str_is_token(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_token(s.ptr[i]))
			return false;
	return s.len > 0;
}

struct str str_trim(struct str s)
{
	while (s.len && ascii_is_space(s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	while (s.len && ascii_is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

struct str str_cut(struct str s, size_t max)
{
	if (s.len <= max)
		return s;
	while (max && ((unsigned char)s.ptr[max] & 0xc0) == 0x80)
		max--;
	return str_slice(s, 0, max);
}

struct str str_slice(struct str s, size_t from, size_t to)
{
	if (to > s.len)
		to = s.len;
	if (from > to)
		from = to;
	return s.ptr ? str_n(s.ptr + from, to - from) : STR_NULL;
}

uint64_t str_hash(struct str s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

bool str_to_int(struct str s, int64_t *out)
{
	bool minus = s.len && s.ptr[0] == '-';
	size_t i = s.len && (minus || s.ptr[0] == '+') ? 1 : 0;
	int64_t value = 0;

	if (i == s.len)
		return false;
	for (; i < s.len; i++) {
		if (!ascii_is_digit(s.ptr[i]))
			return false;
		int digit = s.ptr[i] - '0';
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, digit, &value))
			return false;
	}
	if (!minus && value == INT64_MIN)
		return false;
	*out = minus ? value : -value;
	return true;
}

/* Length of a run of digits from FROM. */
static size_t digits(struct str s, size_t from)
{
	size_t i = from;

	while (i < s.len && ascii_is_digit(s.ptr[i]))
		i++;
	return i - from;
}

static bool looks_like_number(struct str s)
{
	size_t i = s.len && (s.ptr[0] == '-' || s.ptr[0] == '+') ? 1 : 0;
	size_t whole = digits(s, i), part = 0;

	i += whole;
	if (i < s.len && s.ptr[i] == '.') {
		part = digits(s, i + 1);
		i += 1 + part;
	}
	if (whole + part == 0)
		return false;
	if (i < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) {
		i++;
		if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
			i++;
		size_t power = digits(s, i);
		if (power == 0)
			return false;
		i += power;
	}
	return i == s.len;
}

/* The program runs in the C locale for numbers, so strtod reads a point. */
bool str_to_double(struct str s, double *out)
{
	char small[64];
	char *text = small;

	if (!looks_like_number(s))
		return false;
	if (s.len >= sizeof small) {
		text = malloc(s.len + 1);
		if (!text)
			return false;
	}
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	double value = strtod(text, NULL);
	if (text != small)
		free(text);
	if (!isfinite(value))
		return false;
	*out = value;
	return true;
}

/* Bytes of the well-formed code point at S, 0 when it is not one. */
static size_t utf8_step(const unsigned char *s, size_t left)
{
	static const struct {
		unsigned char first, last, low, high, bytes;
	} rows[] = {
	    {0x00, 0x7f, 0, 0, 1},	 {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
	    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
	    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
		if (s[0] < rows[r].first || s[0] > rows[r].last)
			continue;
		if (left < rows[r].bytes)
			return 0;
		if (rows[r].bytes > 1 && (s[1] < rows[r].low || s[1] > rows[r].high))
			return 0;
		for (size_t i = 2; i < rows[r].bytes; i++)
			if ((s[i] & 0xc0) != 0x80)
				return 0;
		return rows[r].bytes;
	}
	return 0;
}

size_t str_utf8_step(struct str s, size_t at)
{
	return at < s.len ? utf8_step((const unsigned char *)s.ptr + at, s.len - at) : 0;
}

bool str_is_utf8(struct str s, size_t *bad)
{
	size_t i = 0;

	while (i < s.len) {
		size_t step = (unsigned char)s.ptr[i] < 0x80 ? 1 : str_utf8_step(s, i);

		if (step == 0) {
			if (bad)
				*bad = i;
			return false;
		}
		i += step;
	}
	return true;
}

size_t str_columns(struct str s)
{
	size_t columns = 0;

	for (size_t i = 0; i < s.len; i++)
		columns += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
	return columns;
}

bool str_glob(struct str s, struct str pattern)
{
	size_t i = 0, p = 0, star = NOT_FOUND, resume = 0;

	while (i < s.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			resume = i;
		} else if (p < pattern.len &&
			   (pattern.ptr[p] == '?' || pattern.ptr[p] == s.ptr[i])) {
			p++;
			i++;
		} else if (star != NOT_FOUND) {
			p = star + 1;
			i = ++resume;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}
