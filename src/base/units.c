#include "base/units.h"

#include <math.h>
#include <stdio.h>

#include "base/ascii.h"
#include "base/log.h"

struct unit {
	struct str name;
	int64_t factor;
};

/* Largest first; we write the first name of a factor. */
static const struct unit time_units[] = {
    {{"d", 1}, 86400 * NS_PER_S},
    {{"h", 1}, 3600 * NS_PER_S},
    {{"m", 1}, 60 * NS_PER_S},
    {{"s", 1}, NS_PER_S},
    {{"ms", 2}, NS_PER_MS},
    {{"us", 2}, NS_PER_US},
    {{"\xc2\xb5s", 3}, NS_PER_US}, /* the micro sign */
    {{"\xce\xbcs", 3}, NS_PER_US}, /* the Greek letter */
    {{NULL, 0}, 0},
};

static const struct unit size_units[] = {
    {{"B", 1}, 1},
    {{"KB", 2}, 1000},
    {{"MB", 2}, 1000000},
    {{"GB", 2}, 1000000000},
    {{"TB", 2}, INT64_C(1000000000000)},
    {{"KiB", 3}, INT64_C(1) << 10},
    {{"MiB", 3}, INT64_C(1) << 20},
    {{"GiB", 3}, INT64_C(1) << 30},
    {{"TiB", 3}, INT64_C(1) << 40},
    {{NULL, 0}, 0},
};

static const struct unit rate_units[] = {
    {{"s", 1}, 1},
    {{"m", 1}, 60},
    {{"h", 1}, 3600},
    {{NULL, 0}, 0},
};

static struct str skip_blanks(struct str s)
{
	while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = str_slice(s, 1, s.len);
	return s;
}

/* Reads a decimal number from the front of S: digits, optionally followed by a point and digits. */
static bool read_number(struct str *s, struct str *number)
{
	size_t i = 0;

	while (i < s->len && ascii_is_digit(s->ptr[i]))
		i++;
	if (i == 0)
		return false;
	if (i + 1 < s->len && s->ptr[i] == '.' && ascii_is_digit(s->ptr[i + 1])) {
		i++;
		while (i < s->len && ascii_is_digit(s->ptr[i]))
			i++;
	}
	*number = str_slice(*s, 0, i);
	*s = str_slice(*s, i, s->len);
	return true;
}

/* Reads the text up to the next digit or space from the front of S. */
static struct str read_word(struct str *s)
{
	size_t i = 0;

	while (i < s->len && !ascii_is_digit(s->ptr[i]) && s->ptr[i] != ' ' && s->ptr[i] != '\t')
		i++;
	struct str word = str_slice(*s, 0, i);
	*s = str_slice(*s, i, s->len);
	return word;
}

static const struct unit *find_unit(const struct unit *units, struct str name, bool any_case)
{
	for (; units->name.ptr; units++)
		if (str_eq(units->name, name) || (any_case && str_ieq(units->name, name)))
			return units;
	return NULL;
}

/* NUMBER times FACTOR, exact except for fractions of one; false if it does not fit. */
static bool scale(struct str number, int64_t factor, int64_t *out)
{
	struct str whole = number, part = STR("");
	size_t point = str_find_char(number, '.', 0);
	__int128 rest = 0, below = 1;
	int64_t value;

	if (point != NOT_FOUND) {
		whole = str_slice(number, 0, point);
		part = str_slice(number, point + 1, number.len);
	}
	if (!str_to_int(whole, &value) || __builtin_mul_overflow(value, factor, &value))
		return false;
	for (size_t i = 0; i < part.len && i < 18; i++) {
		rest = rest * 10 + (part.ptr[i] - '0');
		below *= 10;
	}
	return !__builtin_add_overflow(value, (int64_t)(rest * factor / below), out);
}

enum units_error units_duration(struct str text, ns_t *out)
{
	struct str s = str_trim(text), number;
	int64_t total = 0, last_factor = INT64_MAX, length;

	if (s.len == 0)
		return UNIT_EMPTY;
	if (str_eq(s, STR("0"))) {
		*out = 0;
		return UNIT_OK;
	}
	for (; s.len; s = skip_blanks(s)) {
		if (!read_number(&s, &number))
			return UNIT_BAD_NUMBER;
		s = skip_blanks(s);
		struct str word = read_word(&s);
		if (word.len == 0)
			return UNIT_BARE_NUMBER;
		const struct unit *unit = find_unit(time_units, word, false);
		if (!unit)
			return word.ptr[0] == '.' ? UNIT_BAD_NUMBER : UNIT_UNKNOWN;
		if (unit->factor >= last_factor)
			return UNIT_ORDER;
		last_factor = unit->factor;
		if (!scale(number, unit->factor, &length) ||
		    __builtin_add_overflow(total, length, &total) || total > NS_LONGEST)
			return UNIT_RANGE;
	}
	*out = total;
	return UNIT_OK;
}

enum units_error units_size(struct str text, int64_t *out)
{
	struct str s = str_trim(text), number;

	if (s.len == 0)
		return UNIT_EMPTY;
	if (!read_number(&s, &number))
		return UNIT_BAD_NUMBER;
	s = skip_blanks(s);
	const struct unit *unit = s.len ? find_unit(size_units, s, true) : &size_units[0];
	if (!unit)
		return s.ptr[0] == '.' ? UNIT_BAD_NUMBER : UNIT_UNKNOWN;
	return scale(number, unit->factor, out) ? UNIT_OK : UNIT_RANGE;
}

/* Splits TEXT into a number and a unit; the unit must not be empty. */
static enum units_error read_measure(struct str text, double *value, struct str *unit)
{
	struct str s = str_trim(text), number;

	if (s.len == 0)
		return UNIT_EMPTY;
	if (!read_number(&s, &number) || !str_to_double(number, value))
		return UNIT_BAD_NUMBER;
	*unit = skip_blanks(s);
	if (unit->len == 0)
		return UNIT_BARE_NUMBER;
	return unit->ptr[0] == '.' ? UNIT_BAD_NUMBER : UNIT_OK;
}

enum units_error units_rate(struct str text, double *out)
{
	const struct unit *unit;
	struct str s;
	double value;
	enum units_error error = read_measure(text, &value, &s);

	if (error != UNIT_OK)
		return error;
	unit = s.ptr[0] == '/' ? find_unit(rate_units, skip_blanks(str_slice(s, 1, s.len)), false)
			       : NULL;
	if (!unit)
		return UNIT_UNKNOWN;
	*out = value / (double)unit->factor;
	return UNIT_OK;
}

enum units_error units_share(struct str text, double *out)
{
	struct str unit;
	double value;
	enum units_error error = read_measure(text, &value, &unit);

	if (error != UNIT_OK)
		return error;
	if (!str_eq(unit, STR("%")))
		return UNIT_UNKNOWN;
	if (value > 100)
		return UNIT_RANGE;
	*out = value / 100;
	return UNIT_OK;
}

const char *units_error_text(enum units_error error)
{
	switch (error) {
	case UNIT_OK:
		return "fine";
	case UNIT_EMPTY:
		return "nothing there";
	case UNIT_BARE_NUMBER:
		return "a number without a unit";
	case UNIT_BAD_NUMBER:
		return "not a number followed by a unit";
	case UNIT_UNKNOWN:
		return "an unknown unit";
	case UNIT_ORDER:
		return "units out of order: write the larger unit first and each unit once";
	case UNIT_RANGE:
		return "too large";
	}
	BUG("unit error %d", (int)error);
}

/* Three significant digits without trailing zeros. */
static void put_three_digits(struct buf *out, double value)
{
	int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
	char text[32];
	int len = snprintf(text, sizeof text, "%.*f", decimals, value);

	while (decimals > 0 && (text[len - 1] == '0' || text[len - 1] == '.'))
		if (text[--len] == '.')
			break;
	buf_add(out, str_n(text, (size_t)len));
}

void units_put_duration(struct buf *out, ns_t length)
{
	if (length == 0)
		buf_add(out, STR("0s"));
	if (length < 0) {
		buf_add_char(out, '-');
		length = length == INT64_MIN ? INT64_MAX : -length;
	}
	/* Days are not used: 24h is easier to read than 1d. */
	for (const struct unit *unit = &time_units[1]; unit->factor > NS_PER_US; unit++) {
		if (length < unit->factor)
			continue;
		buf_printf(out, "%lld%.*s", (long long)(length / unit->factor),
			   STR_ARG(unit->name));
		length %= unit->factor;
	}
	if (length >= NS_PER_US || length % NS_PER_US) {
		buf_printf(out, "%lld", (long long)(length / NS_PER_US));
		if (length % NS_PER_US)
			buf_printf(out, ".%03lld", (long long)(length % NS_PER_US));
		buf_add(out, STR("us"));
	}
}

void units_put_time(struct buf *out, ns_t length, bool ascii)
{
	double s = (double)length / (double)NS_PER_S;

	if (length < 0) {
		buf_add_char(out, '-');
		length = length == INT64_MIN ? INT64_MAX : -length;
		s = -s;
	}
	if (s * 1e6 < 999.5) {
		put_three_digits(out, s * 1e6);
		buf_add(out, ascii ? STR(" us") : STR(" \xc2\xb5s"));
	} else if (s * 1e3 < 999.5) {
		put_three_digits(out, s * 1e3);
		buf_add(out, STR(" ms"));
	} else if (s < 59.95) {
		put_three_digits(out, s);
		buf_add(out, STR(" s"));
	} else {
		ns_t step = s < 3600 ? NS_PER_S : 60 * NS_PER_S;
		ns_t whole = (length / step + (length % step >= step / 2)) * step;

		units_put_duration(out, whole);
	}
}

void units_put_bytes(struct buf *out, uint64_t bytes)
{
	static const char *const names[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	double value = (double)bytes / 1000;
	size_t i = 0;

	if (bytes < 1000) {
		buf_printf(out, "%u %s", (unsigned)bytes, bytes == 1 ? "byte" : "bytes");
		return;
	}
	while (value >= 999.5 && i + 1 < sizeof names / sizeof *names) {
		value /= 1000;
		i++;
	}
	put_three_digits(out, value);
	buf_printf(out, " %s", names[i]);
}

void units_put_count(struct buf *out, uint64_t count)
{
	char digits[32];
	int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_add_char(out, ',');
		buf_add_char(out, digits[i]);
	}
}
