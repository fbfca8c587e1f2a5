#include "net/cookie_parse.h"

#include <strings.h>

#include "base/ascii.h"

#define PAIR_BYTES_MAX	    4096
#define ATTRIBUTE_BYTES_MAX 1024
#define LIFETIME_MAX	    (INT64_C(400) * 24 * 3600)
#define DAYS_TO_1970	    719468 /* from 0000-03-01 */

/* ---- dates */

static bool is_delimiter(char c)
{
	unsigned char u = (unsigned char)c;

	return u == 0x09 || (u >= 0x20 && u <= 0x2f) || (u >= 0x3b && u <= 0x40) ||
	       (u >= 0x5b && u <= 0x60) || (u >= 0x7b && u <= 0x7e);
}

/* Reads LOW to HIGH digits at *AT. More digits than HIGH do not match. */
static bool take_number(struct str token, size_t *at, unsigned low, unsigned high, int *out)
{
	unsigned count = 0;

	*out = 0;
	while (*at < token.len && ascii_is_digit(token.ptr[*at])) {
		if (++count > high)
			return false;
		*out = *out * 10 + (token.ptr[(*at)++] - '0');
	}
	return count >= low;
}

struct date {
	int year, month, day, hour, minute, second;
	bool has_time, has_day, has_month, has_year;
};

/* "1:02:03" and anything after it. */
static bool read_time(struct str token, struct date *date)
{
	int parts[3];
	size_t at = 0;

	for (int i = 0; i < 3; i++) {
		if (i > 0 && (at == token.len || token.ptr[at++] != ':'))
			return false;
		if (!take_number(token, &at, 1, 2, &parts[i]))
			return false;
	}
	date->hour = parts[0];
	date->minute = parts[1];
	date->second = parts[2];
	return true;
}

static bool read_month(struct str token, struct date *date)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (int i = 0; token.len >= 3 && i < 12; i++)
		if (strncasecmp(token.ptr, names + 3 * (size_t)i, 3) == 0) {
			date->month = i + 1;
			return true;
		}
	return false;
}

static bool read_number(struct str token, unsigned low, unsigned high, int *out)
{
	size_t at = 0;

	return take_number(token, &at, low, high, out);
}

static void read_token(struct str token, struct date *date)
{
	if (!date->has_time && read_time(token, date))
		date->has_time = true;
	else if (!date->has_day && read_number(token, 1, 2, &date->day))
		date->has_day = true;
	else if (!date->has_month && read_month(token, date))
		date->has_month = true;
	else if (!date->has_year && read_number(token, 2, 4, &date->year))
		date->has_year = true;
}

static int days_of_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970, from 400-year eras that start in March. */
static int64_t days_since_1970(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era = y / 400, year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - DAYS_TO_1970;
}

bool cookie_parse_date(struct str text, int64_t *out)
{
	struct date date = {0};
	size_t at = 0;

	while (at < text.len) {
		size_t from = at;

		while (at < text.len && !is_delimiter(text.ptr[at]))
			at++;
		if (at > from)
			read_token(str_slice(text, from, at), &date);
		at++;
	}
	if (!date.has_time || !date.has_day || !date.has_month || !date.has_year)
		return false;
	if (date.year >= 70 && date.year <= 99)
		date.year += 1900;
	else if (date.year <= 69)
		date.year += 2000;
	if (date.year < 1601 || date.day < 1 || date.day > days_of_month(date.year, date.month) ||
	    date.hour > 23 || date.minute > 59 || date.second > 59)
		return false;
	*out = days_since_1970(date.year, date.month, date.day) * 86400 + date.hour * 3600 +
	       date.minute * 60 + date.second;
	return true;
}

/* ---- fields */

/* Space and tab only: other control characters have been refused. */
static struct str trim(struct str s)
{
	while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = str_slice(s, 1, s.len);
	while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
		s.len--;
	return s;
}

static bool has_controls(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

/* Seconds of a Max-Age; false if it is not a number. */
static bool read_max_age(struct str text, int64_t *seconds)
{
	bool negative = text.len && text.ptr[0] == '-';
	size_t at = negative;

	*seconds = 0;
	if (!text.len || (!negative && !ascii_is_digit(text.ptr[0])))
		return false;
	for (; at < text.len; at++) {
		if (!ascii_is_digit(text.ptr[at]))
			return false;
		if (*seconds < LIFETIME_MAX)
			*seconds = *seconds * 10 + (text.ptr[at] - '0');
	}
	if (negative)
		*seconds = 0;
	return true;
}

struct lifetime {
	int64_t now, expires, max_age;
	bool has_expires, has_max_age;
};

static void read_attribute(struct str name, struct str value, struct lifetime *life,
			   struct cookie_fields *out)
{
	if (value.len > ATTRIBUTE_BYTES_MAX)
		return;
	if (str_ieq(name, STR("Expires"))) {
		life->has_expires |= cookie_parse_date(value, &life->expires);
	} else if (str_ieq(name, STR("Max-Age"))) {
		life->has_max_age |= read_max_age(value, &life->max_age);
	} else if (str_ieq(name, STR("Domain"))) {
		out->domain =
		    value.len && value.ptr[0] == '.' ? str_slice(value, 1, value.len) : value;
	} else if (str_ieq(name, STR("Path"))) {
		out->path = value.len && value.ptr[0] == '/' ? value : STR_NULL;
	} else if (str_ieq(name, STR("Secure"))) {
		out->secure = true;
	}
}

static int64_t expiry(const struct lifetime *life)
{
	int64_t latest = life->now + LIFETIME_MAX, expires = COOKIE_PARSE_SESSION;

	if (life->has_max_age)
		expires = life->max_age <= 0 ? INT64_MIN : life->now + life->max_age;
	else if (life->has_expires)
		expires = life->expires;
	else
		return expires;
	return expires < latest ? expires : latest;
}

bool cookie_parse_field(struct str field, int64_t now, struct cookie_fields *out)
{
	struct lifetime life = {.now = now};
	size_t end = str_find_char(field, ';', 0);
	struct str pair = trim(str_slice(field, 0, end));
	size_t equals = str_find_char(pair, '=', 0);

	*out = (struct cookie_fields){.value = pair, .name = STR("")};
	if (has_controls(field))
		return false;
	if (equals != NOT_FOUND) {
		out->name = trim(str_slice(pair, 0, equals));
		out->value = trim(str_slice(pair, equals + 1, pair.len));
	}
	if (out->name.len + out->value.len > PAIR_BYTES_MAX || !(out->name.len + out->value.len))
		return false;
	while (end < field.len) {
		size_t from = end + 1;

		end = str_find_char(field, ';', from);
		struct str part = str_slice(field, from, end);
		equals = str_find_char(part, '=', 0);
		struct str value =
		    equals == NOT_FOUND ? STR("") : str_slice(part, equals + 1, part.len);
		read_attribute(trim(str_slice(part, 0, equals)), trim(value), &life, out);
	}
	out->expires = expiry(&life);
	return true;
}
