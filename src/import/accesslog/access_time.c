/* Times in the notations of logs. */
#include <math.h>

#include "base/ascii.h"
#include "import/accesslog/access_private.h"

struct cursor {
	struct str text;
	size_t at;
};

static char at(const struct cursor *c)
{
	return c->at < c->text.len ? c->text.ptr[c->at] : '\0';
}

static bool one(struct cursor *c, char wanted)
{
	if (at(c) != wanted)
		return false;
	c->at++;
	return true;
}

/* Reads exactly DIGITS digits. */
static bool digits(struct cursor *c, size_t count, int64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < count; i++) {
		if (at(c) < '0' || at(c) > '9')
			return false;
		*out = *out * 10 + (at(c) - '0');
		c->at++;
	}
	return true;
}

/* Days since 1970-01-01 (Howard Hinnant's algorithm; the year starts in March). */
static int64_t days_to(int64_t year, int64_t month, int64_t day)
{
	int64_t era, of_era;

	year -= month <= 2;
	era = year / 400;
	of_era = year - era * 400;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1 - 719468;
}

struct date_time {
	int64_t year, month, day, hour, minute, second, us, offset_s;
	bool precise;
};

static bool put(const struct date_time *m, int64_t *us, bool *precise)
{
	if (m->month < 1 || m->month > 12 || m->day < 1 || m->day > 31 || m->hour > 24 ||
	    m->minute > 59 || m->second > 60)
		return false;
	*us = (days_to(m->year, m->month, m->day) * 86400 + m->hour * 3600 + m->minute * 60 +
	       m->second - m->offset_s) *
		  1000000 +
	      m->us;
	*precise = m->precise;
	return true;
}

static void fraction(struct cursor *c, struct date_time *m)
{
	int64_t unit = 100000;

	if (at(c) != '.' && at(c) != ',')
		return;
	c->at++;
	while (ascii_is_digit(at(c))) {
		m->us += (at(c) - '0') * unit;
		unit /= 10;
		m->precise = true;
		c->at++;
	}
}

/* Reads Z, +02:00, -0700, UTC or nothing, and then the end. */
static bool zone(struct cursor *c, struct date_time *m)
{
	int64_t hours, minutes = 0;
	bool west;

	one(c, ' ');
	if (one(c, 'Z') || c->at == c->text.len)
		return c->at == c->text.len;
	if (str_eq(str_slice(c->text, c->at, c->text.len), STR("UTC")) ||
	    str_eq(str_slice(c->text, c->at, c->text.len), STR("GMT")))
		return true;
	west = at(c) == '-';
	if (!one(c, '-') && !one(c, '+'))
		return false;
	if (!digits(c, 2, &hours))
		return false;
	one(c, ':');
	if (c->at < c->text.len && !digits(c, 2, &minutes))
		return false;
	m->offset_s = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
	return c->at == c->text.len;
}

static bool clock_of(struct cursor *c, struct date_time *m)
{
	if (!digits(c, 2, &m->hour) || !one(c, ':') || !digits(c, 2, &m->minute) || !one(c, ':') ||
	    !digits(c, 2, &m->second))
		return false;
	fraction(c, m);
	return zone(c, m);
}

static bool month_of(struct cursor *c, int64_t *month)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (*month = 1; *month <= 12; (*month)++)
		if (str_ieq(str_slice(c->text, c->at, c->at + 3),
			    str_n(names + (*month - 1) * 3, 3))) {
			c->at += 3;
			return true;
		}
	return false;
}

/* 10/Oct/2000:13:55:36 -0700 */
static bool common_time(struct str text, struct date_time *m)
{
	struct cursor c = {text, 0};

	return digits(&c, 2, &m->day) && one(&c, '/') && month_of(&c, &m->month) && one(&c, '/') &&
	       digits(&c, 4, &m->year) && one(&c, ':') && clock_of(&c, m);
}

/* 2000-10-10T13:55:36.5+02:00, also with a space for the T, with slashes for the dashes */
static bool iso_time(struct str text, struct date_time *m)
{
	struct cursor c = {text, 0};

	return digits(&c, 4, &m->year) && (one(&c, '-') || one(&c, '/')) &&
	       digits(&c, 2, &m->month) && (one(&c, '-') || one(&c, '/')) &&
	       digits(&c, 2, &m->day) && (one(&c, 'T') || one(&c, ' ')) && clock_of(&c, m);
}

/* Seconds since 1970 with or without a fraction, or integer milli-, micro- or nanoseconds. */
static bool epoch_time(struct str text, int64_t *us, bool *precise)
{
	static const double units[] = {1, 1e3, 1e6, 1e9};
	size_t whole = 0, unit;
	int64_t number, rest = 0, scale = 100000;
	double mantissa;

	if (str_find_char(text, 'e', 0) != NOT_FOUND) { /* 1.69384e+09 */
		if (!str_to_double(text, &mantissa) || mantissa < 1e8 || mantissa > 1e11)
			return false;
		*us = llround(mantissa * 1e6);
		*precise = true;
		return true;
	}
	while (whole < text.len && ascii_is_digit(text.ptr[whole]))
		whole++;
	if (!str_to_int(str_slice(text, 0, whole), &number) || number < 100000000)
		return false;
	for (unit = 0; unit < 3 && (double)number / units[unit] > 1e11; unit++)
		;
	*precise = unit > 0;
	*us = unit == 3 ? number / 1000 : number * (unit == 0 ? 1000000 : unit == 1 ? 1000 : 1);
	if (whole == text.len)
		return unit < 3 || number / 1000 < INT64_C(100000000000000000);
	if (text.ptr[whole] != '.')
		return false;
	for (size_t i = whole + 1; i < text.len && ascii_is_digit(text.ptr[i]); i++) {
		rest += (text.ptr[i] - '0') * scale;
		scale /= 10;
	}
	*us += unit == 0 ? rest : unit == 1 ? rest / 1000 : 0;
	*precise = true;
	return true;
}

bool access_time(struct str text, int64_t *us, bool *precise)
{
	struct date_time m = {.year = 0}, again = m;

	text = str_trim(text);
	if (text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']')
		text = str_slice(text, 1, text.len - 1);
	if (common_time(text, &m))
		return put(&m, us, precise);
	if (iso_time(text, &again))
		return put(&again, us, precise);
	return epoch_time(text, us, precise);
}
