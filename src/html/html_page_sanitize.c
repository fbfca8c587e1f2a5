/* The value sanitization of the standard for each type of input; contracts in html_page_private.h.
 */
#include <math.h>
#include <stdio.h>

#include "base/ascii.h"
#include "html/html_page_private.h"

static struct str without_line_breaks(struct page_reader *r, struct str text)
{
	char *copy;
	size_t n = 0;

	if (!memchr(text.ptr, '\n', text.len) && !memchr(text.ptr, '\r', text.len))
		return text;
	copy = arena_alloc(r->arena, text.len);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '\n' && text.ptr[i] != '\r')
			copy[n++] = text.ptr[i];
	return str_n(copy, n);
}

static struct str trim(struct str s)
{
	while (s.len && ascii_is_html_space(s.ptr[0]))
		s = str_slice(s, 1, s.len);
	while (s.len && ascii_is_html_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

/* ---- numbers */

/* A valid floating-point number of the standard: no plus sign, no point at the end. */
static bool is_number(struct str s, double *out)
{
	struct str rest = s;

	if (rest.len && rest.ptr[0] == '-')
		rest = str_slice(rest, 1, rest.len);
	if (rest.len > 1 && rest.ptr[0] == '.') {
		char padded[40];
		int n = snprintf(padded, sizeof padded, "%s0%.*s", rest.len < s.len ? "-" : "",
				 STR_ARG(rest));

		return n > 0 && (size_t)n < sizeof padded &&
		       str_to_double(str_n(padded, (size_t)n), out);
	}
	/* Leading zeros are allowed here, but not in JSON. */
	while (rest.len > 1 && rest.ptr[0] == '0' && ascii_is_digit(rest.ptr[1]))
		rest = str_slice(rest, 1, rest.len);
	if (!rest.len || !ascii_is_digit(rest.ptr[0]) || !str_to_double(rest, out))
		return false;
	*out = s.ptr[0] == '-' ? -*out : *out;
	return true;
}

static double number_of(const struct html_token *token, struct str name, double missing)
{
	struct str text = html_token_value(token, name);
	double number;

	return text.ptr && is_number(text, &number) ? number : missing;
}

static struct str sanitize_range(struct page_reader *r, const struct html_token *token,
				 struct str value)
{
	double low = number_of(token, STR("min"), 0), high = number_of(token, STR("max"), 100);
	double step = number_of(token, STR("step"), 1), number, base, fixed;
	bool any = str_ieq(html_token_value(token, STR("step")), STR("any"));

	base = number_of(token, STR("min"), number_of(token, STR("value"), 0));
	if (!is_number(value, &number))
		number = high < low ? low : low + (high - low) / 2;
	number = number > high ? high : number;
	fixed = number < low ? low : number;
	if (!any && step > 0) {
		fixed = base + floor((fixed - base) / step + 0.5) * step;
		if (fixed > high)
			fixed -= step;
		if (fixed < low)
			fixed = low;
	}
	if (is_number(value, &number) && fixed == number)
		return value;
	return arena_printf(r->arena, "%.10g", fixed);
}

/* ---- dates and times */

/* Reads LEN digits at *AT, which are a number from LOW to HIGH. */
static bool digits(struct str s, size_t *at, size_t len, int low, int high, int *out)
{
	*out = 0;
	for (size_t end = *at + len; *at < end; ++*at) {
		if (*at >= s.len || !ascii_is_digit(s.ptr[*at]))
			return false;
		*out = *out * 10 + (s.ptr[*at] - '0');
	}
	return *out >= low && *out <= high;
}

static bool mark(struct str s, size_t *at, char c)
{
	return *at < s.len && s.ptr[(*at)++] == c;
}

static int days_of(int year, int month)
{
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month == 2)
		return leap ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static bool read_date(struct str s, size_t *at, bool with_day)
{
	int year, month, day;

	return digits(s, at, 4, 1, 9999, &year) && mark(s, at, '-') &&
	       digits(s, at, 2, 1, 12, &month) &&
	       (!with_day || (mark(s, at, '-') && digits(s, at, 2, 1, days_of(year, month), &day)));
}

static bool read_time(struct str s, size_t *at)
{
	int number;

	if (!digits(s, at, 2, 0, 23, &number) || !mark(s, at, ':') ||
	    !digits(s, at, 2, 0, 59, &number))
		return false;
	if (*at < s.len && s.ptr[*at] == ':') {
		++*at;
		if (!digits(s, at, 2, 0, 59, &number))
			return false;
		if (*at < s.len && s.ptr[*at] == '.') {
			size_t from = ++*at;

			while (*at < s.len && *at < from + 3 && ascii_is_digit(s.ptr[*at]))
				++*at;
			return *at > from;
		}
	}
	return true;
}

static bool is_week(struct str s)
{
	size_t at = 0;
	int year, week;

	return digits(s, &at, 4, 1, 9999, &year) && mark(s, &at, '-') && mark(s, &at, 'W') &&
	       digits(s, &at, 2, 1, 53, &week) && at == s.len;
}

static bool is_date_time(struct str s)
{
	size_t at = 0;

	return read_date(s, &at, true) && at < s.len && (s.ptr[at] == 'T' || s.ptr[at] == ' ') &&
	       ++at && read_time(s, &at) && at == s.len;
}

static bool is_color(struct str s)
{
	if (s.len != 7 || s.ptr[0] != '#')
		return false;
	for (size_t i = 1; i < 7; i++)
		if (!ascii_is_hex(s.ptr[i]))
			return false;
	return true;
}

static struct str sanitize_color(struct page_reader *r, struct str value)
{
	char *copy;

	if (!is_color(value))
		return STR("#000000");
	copy = arena_alloc(r->arena, value.len);
	for (size_t i = 0; i < value.len; i++)
		copy[i] = ascii_to_lower(value.ptr[i]);
	return str_n(copy, value.len);
}

static struct str sanitize_date_time(struct page_reader *r, struct str value)
{
	char *copy;

	if (!is_date_time(value))
		return STR("");
	copy = arena_alloc(r->arena, value.len);
	memcpy(copy, value.ptr, value.len);
	copy[10] = 'T';
	return str_n(copy, value.len);
}

static struct str sanitize_emails(struct page_reader *r, struct str value)
{
	char *text = arena_alloc(r->arena, value.len + 1);
	size_t len = 0;

	for (size_t at = 0; at <= value.len;) {
		size_t end = str_find_char(value, ',', at);
		struct str one = trim(str_slice(value, at, end));

		if (at)
			text[len++] = ',';
		if (one.len)
			memcpy(text + len, one.ptr, one.len);
		len += one.len;
		at = end == NOT_FOUND ? value.len + 1 : end + 1;
	}
	return str_n(text, len);
}

struct str html_page_sanitize(struct page_reader *r, const struct html_token *token,
			      struct str type, struct str value)
{
	size_t at = 0;
	double number;

	if (str_eq(type, STR("hidden")))
		return value;
	if (str_eq(type, STR("email"))) {
		value = trim(without_line_breaks(r, value));
		return html_token_value(token, STR("multiple")).ptr ? sanitize_emails(r, value)
								    : value;
	}
	if (str_eq(type, STR("url")))
		return trim(without_line_breaks(r, value));
	if (str_eq(type, STR("number")))
		return is_number(value, &number) ? value : STR("");
	if (str_eq(type, STR("range")))
		return sanitize_range(r, token, value);
	if (str_eq(type, STR("color")))
		return sanitize_color(r, value);
	if (str_eq(type, STR("date")))
		return read_date(value, &at, true) && at == value.len ? value : STR("");
	if (str_eq(type, STR("month")))
		return read_date(value, &at, false) && at == value.len ? value : STR("");
	if (str_eq(type, STR("time")))
		return read_time(value, &at) && at == value.len ? value : STR("");
	if (str_eq(type, STR("week")))
		return is_week(value) ? value : STR("");
	if (str_eq(type, STR("datetime-local")))
		return sanitize_date_time(r, value);
	return without_line_breaks(r, value);
}
