/* The implicit types of YAML 1.1. */
#include "doc/yaml_types.h"

#include "base/ascii.h"

#define DIGITS_KEPT 15u /* a 64-bit float keeps this many digits */

bool yaml_types_is_word(struct str s)
{
	static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "null", "~"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_ieq(s, str_of(words[i])))
			return true;
	return !s.len;
}

/* The number of bytes from AT that are digits, or one of MORE. */
static size_t span(struct str s, size_t at, const char *more)
{
	size_t end = at;

	while (end < s.len &&
	       (ascii_is_digit(s.ptr[end]) || (s.ptr[end] && strchr(more, s.ptr[end]))))
		end++;
	return end - at;
}

static bool is_hex_or_binary(struct str s)
{
	if (s.len < 3 || s.ptr[0] != '0' || !strchr("xXbBoO", s.ptr[1]))
		return false;
	for (size_t i = 2; i < s.len; i++)
		if (!ascii_is_hex(s.ptr[i]) && s.ptr[i] != '_')
			return false;
	return true;
}

/* 2026-01-31, 2026-1-3 10:20:30.5 +2, 2026-01-31T10:20:30Z. */
static bool is_date(struct str s)
{
	size_t year = span(s, 0, ""), at = year + 1, month = span(s, at, "");

	if (year != 4 || at >= s.len || s.ptr[4] != '-' || !month || month > 2)
		return false;
	at += month;
	if (at + 1 >= s.len || s.ptr[at] != '-')
		return false;
	return span(s, at + 1, "-:. \tTtZz+") + at + 1 == s.len;
}

/* 15:04:56 and 1:30.5 are numbers with the base 60. */
static bool is_sexagesimal(struct str s)
{
	return str_find_char(s, ':', 0) != NOT_FOUND && span(s, 0, ":._") == s.len &&
	       ascii_is_digit(s.ptr[0]);
}

/* S starts with a digit or a dot, and is a number. */
static bool is_changed_number(struct str s)
{
	size_t whole = span(s, 0, "_"), fraction;

	if (str_find_char(s, '_', 0) != NOT_FOUND && span(s, 0, "_.") == s.len)
		return true;
	if (whole == s.len)
		return whole > 1 && s.ptr[0] == '0';
	if (s.ptr[whole] != '.')
		return false;
	fraction = span(s, whole + 1, "");
	if (whole + 1 + fraction < s.len)
		return strchr("eE", s.ptr[whole + 1 + fraction]) != NULL &&
		       span(s, whole + fraction + 2, "+-") + whole + fraction + 2 == s.len;
	if (!whole || !fraction || (whole > 1 && s.ptr[0] == '0'))
		return whole + fraction > 0;
	if (whole + fraction > DIGITS_KEPT || (fraction > 1 && s.ptr[s.len - 1] == '0'))
		return true;
	return str_starts(s, STR("0.000"));
}

bool yaml_types_is_changed(struct str s)
{
	static const char *const named[] = {".inf", ".nan", NULL};
	struct str number = s;

	if (!s.len)
		return false;
	if (s.ptr[0] == '+' || s.ptr[0] == '-')
		number = str_slice(s, 1, s.len);
	for (int i = 0; named[i]; i++)
		if (str_ieq(number, str_of(named[i])))
			return true;
	if (!number.len || (!ascii_is_digit(number.ptr[0]) && number.ptr[0] != '.'))
		return false;
	if (is_hex_or_binary(number) || is_sexagesimal(number) || is_date(s) ||
	    is_changed_number(number))
		return true;
	/* A plus is lost, and so is the minus of a zero. */
	return number.len < s.len &&
	       (s.ptr[0] == '+' ? span(number, 0, ".") == number.len : str_eq(number, STR("0")));
}
