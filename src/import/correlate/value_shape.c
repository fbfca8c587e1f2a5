/* How much a value looks as if a server issued it, by its characters. */
#include <math.h>

#include "import/correlate/value_shape.h"
#include "base/ascii.h"

bool value_shape_is_all(struct str s, bool (*is)(int))
{
	for (size_t i = 0; i < s.len; i++)
		if (!is(s.ptr[i]))
			return false;
	return s.len > 0;
}

bool value_shape_is_uuid(struct str s)
{
	if (s.len != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.ptr[i] != '-' : !ascii_is_hex(s.ptr[i]))
			return false;
	}
	return true;
}

static bool is_base64url(int c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_';
}

static bool is_jwt(struct str s)
{
	size_t dot = str_find_char(s, '.', 0), second;

	if (!str_starts(s, STR("eyJ")) || dot == NOT_FOUND)
		return false;
	second = str_find_char(s, '.', dot + 1);
	return second != NOT_FOUND && second > dot + 4 &&
	       value_shape_is_all(str_slice(s, 0, dot), is_base64url) &&
	       value_shape_is_all(str_slice(s, dot + 1, second), is_base64url);
}

/* Entropy in bits per byte. */
static double entropy(struct str s)
{
	size_t counts[256] = {0};
	double bits = 0;

	for (size_t i = 0; i < s.len; i++)
		counts[(unsigned char)s.ptr[i]]++;
	for (int i = 0; i < 256; i++)
		if (counts[i]) {
			double p = (double)counts[i] / (double)s.len;
			bits -= p * log2(p);
		}
	return bits;
}

bool value_shape_has(struct str s, bool (*is)(int))
{
	for (size_t i = 0; i < s.len; i++)
		if (is(s.ptr[i]))
			return true;
	return false;
}

/* Matches v2, shoes, step12, sale2026, 15. */
static bool is_word_piece(struct str s, bool *word)
{
	size_t letters = 0, digits = 0;

	while (letters < s.len && ascii_is_letter(s.ptr[letters]) &&
	       (!letters || ascii_is_lower(s.ptr[letters]) || ascii_is_upper(s.ptr[letters - 1])))
		letters++;
	while (letters + digits < s.len && ascii_is_digit(s.ptr[letters + digits]))
		digits++;
	*word = letters > 1;
	if (letters + digits < s.len || letters > 14)
		return false;
	if (!letters || !digits)
		return digits <= 4;
	/* Kq7 is not a word, L2 and HTTP2 are. */
	if (value_shape_has(s, ascii_is_upper) && value_shape_has(s, ascii_is_lower))
		return false;
	if (digits == 4 && (str_starts(str_slice(s, letters, s.len), STR("20")) ||
			    str_starts(str_slice(s, letters, s.len), STR("19"))))
		return true;
	return (letters == 1 || letters > 2) && digits <= 2;
}

/* "open", "Express Delivery", "iphone-15-pro": parts that are words or small numbers. */
bool value_shape_is_words(struct str s)
{
	size_t words = 0, from = 0;

	for (size_t i = 0; i <= s.len; i++) {
		bool word;

		if (i < s.len && ascii_is_alnum(s.ptr[i]))
			continue;
		if (!is_word_piece(str_slice(s, from, i), &word))
			return false;
		words += word;
		from = i + 1;
	}
	return words > 0;
}

static unsigned pair_at(struct str s, size_t at)
{
	return (unsigned)(s.ptr[at] - '0') * 10 + (unsigned)(s.ptr[at + 1] - '0');
}

/* 20260301 */
static bool is_day(struct str s)
{
	return s.len == 8 && (pair_at(s, 0) == 19 || pair_at(s, 0) == 20) && pair_at(s, 4) >= 1 &&
	       pair_at(s, 4) <= 12 && pair_at(s, 6) >= 1 && pair_at(s, 6) <= 31;
}

static int shape_of_digits(struct str s)
{
	if (is_day(s))
		return -1;
	if (s.len >= 5)
		return 3;
	if (s.len < 4)
		return -4;
	/* Four digits can be a year. */
	return pair_at(s, 0) == 19 || pair_at(s, 0) == 20 ? -1 : 1;
}

/* 2026-05-01, 2026-05-01T10:00:00Z */
static bool is_date(struct str s)
{
	static const char form[] = "0000-00-00";

	if (s.len < sizeof form - 1 || s.len > 35)
		return false;
	for (size_t i = 0; i < sizeof form - 1; i++)
		if (form[i] == '0' ? !ascii_is_digit(s.ptr[i]) : s.ptr[i] != '-' && s.ptr[i] != '/')
			return false;
	return s.len == sizeof form - 1 || s.ptr[10] == 'T' || s.ptr[10] == ' ';
}

static bool is_digit_or_colon(int c)
{
	return ascii_is_digit(c) || c == ':';
}

/* 1796085676:1, a time and a number. */
static bool is_lock(struct str s)
{
	size_t colon = str_find_char(s, ':', 0);

	return colon != NOT_FOUND && colon >= 8 && value_shape_is_all(s, is_digit_or_colon);
}

static bool is_measure(int c)
{
	return ascii_is_digit(c) || c == '.' || c == ',' || c == '-' || c == ' ' || c == 'x';
}

/* 48.06,11.72 and 2560x1440: coordinates and sizes. */
static bool is_list_of_measures(struct str s)
{
	size_t cross = str_find_char(s, 'x', 0);

	if (!value_shape_is_all(s, is_measure))
		return false;
	if (cross == NOT_FOUND)
		return str_find_char(s, ',', 0) != NOT_FOUND &&
		       str_find_char(s, '.', 0) != NOT_FOUND;
	return value_shape_is_all(str_slice(s, 0, cross), ascii_is_digit) &&
	       value_shape_is_all(str_slice(s, cross + 1, s.len), ascii_is_digit) && s.len < 12;
}

static bool ends_with_any(struct str s, const char *const *ends)
{
	for (int i = 0; ends[i]; i++)
		if (s.len > strlen(ends[i]) &&
		    str_ieq(str_slice(s, s.len - strlen(ends[i]), s.len), str_of(ends[i])))
			return true;
	return false;
}

/* A resource created for one person is more likely to have its own host name than a part of the
 * site. */
static bool is_file_name(struct str s)
{
	static const char *const result[] = {".pdf", ".csv", ".zip", ".docx", ".xlsx", NULL};
	static const char *const ends[] = {".pdf", ".csv",  ".png", ".jpg",  ".jpeg", ".gif",
					   ".svg", ".webp", ".htm", ".html", ".php",  ".aspx",
					   ".js",  ".css",  ".xml", ".txt",  ".zip",  ".mp4",
					   ".doc", ".docx", ".xls", ".xlsx", ".json", NULL};

	for (int i = 0; ends[i]; i++)
		if (s.len < 40 && s.len > strlen(ends[i]) &&
		    str_ieq(str_slice(s, s.len - strlen(ends[i]), s.len), str_of(ends[i])))
			return value_shape(str_slice(s, 0, s.len - strlen(ends[i]))) <
			       (ends_with_any(s, result) ? 4 : 5);
	return false;
}

int value_shape(struct str s)
{
	bool blank = str_find_char(s, ' ', 0) != NOT_FOUND;
	double number;

	if (value_shape_is_all(s, ascii_is_digit))
		return shape_of_digits(s);
	if (is_jwt(s))
		return 7;
	if (value_shape_is_uuid(s) || (s.len >= 16 && value_shape_is_all(s, ascii_is_hex)))
		return 6;
	if (str_to_double(s, &number))
		return -3;
	if (str_ieq(str_slice(s, 0, 7), STR("http://")) ||
	    str_ieq(str_slice(s, 0, 8), STR("https://")))
		return -2;
	if (blank || s.len < 4)
		return -3;
	if (is_date(s) || is_list_of_measures(s))
		return -3;
	if (is_lock(s))
		return 3;
	if (is_file_name(s))
		return -1;
	if (s.len < 64 && value_shape_is_words(s))
		return -1;
	if (s.len >= 16 && value_shape_has(s, ascii_is_digit) &&
	    entropy(str_slice(s, 0, 4096)) >= 3.2)
		return 5;
	if (s.len >= 8 && value_shape_has(s, ascii_is_digit) &&
	    value_shape_has(s, ascii_is_letter) && entropy(s) >= 2.5)
		return 4;
	return -1;
}
