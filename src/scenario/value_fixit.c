#include "scenario/value_fixit.h"

#include <string.h>

#include "base/ascii.h"
#include "base/units.h"

/* A word for a unit, and the unit; longer words need not come first. */
struct unit_word {
	const char *word, *unit;
};

static const struct unit_word times[] = {
    {"milliseconds", "ms"},
    {"millisecond", "ms"},
    {"millis", "ms"},
    {"msecs", "ms"},
    {"msec", "ms"},
    {"ms", "ms"},
    {"seconds", "s"},
    {"second", "s"},
    {"secs", "s"},
    {"sec", "s"},
    {"s", "s"},
    {"minutes", "m"},
    {"minute", "m"},
    {"mins", "m"},
    {"min", "m"},
    {"m", "m"},
    {"hours", "h"},
    {"hour", "h"},
    {"hrs", "h"},
    {"hr", "h"},
    {"h", "h"},
    {"days", "d"},
    {"day", "d"},
    {"d", "d"},
    {NULL, NULL},
};

static const struct unit_word rates[] = {
    {"rps", "/s"},
    {"req/s", "/s"},
    {"reqs/s", "/s"},
    {"requests/s", "/s"},
    {"r/s", "/s"},
    {"/sec", "/s"},
    {"/second", "/s"},
    {"per second", "/s"},
    {"per sec", "/s"},
    {"a second", "/s"},
    {"users/s", "/s"},
    {"qps", "/s"},
    {"tps", "/s"},
    {"rpm", "/m"},
    {"/min", "/m"},
    {"/minute", "/m"},
    {"per minute", "/m"},
    {"req/min", "/m"},
    {"/hour", "/h"},
    {"per hour", "/h"},
    {"requests per second", "/s"},
    {"requests per minute", "/m"},
    {NULL, NULL},
};

static const struct unit_word sizes[] = {
    {"b", "B"},		 {"bytes", "B"},      {"byte", "B"},	   {"k", "KB"},	    {"kb", "KB"},
    {"kilobytes", "KB"}, {"megabytes", "MB"}, {"gigabytes", "GB"}, {"kbyte", "KB"}, {"kib", "KiB"},
    {"m", "MB"},	 {"mb", "MB"},	      {"mbyte", "MB"},	   {"mib", "MiB"},  {"g", "GB"},
    {"gb", "GB"},	 {"gib", "GiB"},      {NULL, NULL},
};

static const struct unit_word shares[] = {{"percent", "%"}, {"pct", "%"}, {NULL, NULL}};

/* Length of the decimal number at the start of TEXT. */
static size_t number_length(struct str text)
{
	size_t n = 0;

	while (n < text.len && (ascii_is_digit(text.ptr[n]) || text.ptr[n] == '.'))
		n++;
	return n;
}

static struct str with_unit(struct arena *a, const struct unit_word *words, struct str text)
{
	size_t digits = number_length(text);
	struct str word = str_trim(str_slice(text, digits, text.len));

	for (; digits && words->word; words++)
		if (str_ieq(word, str_of(words->word)))
			return arena_printf(a, "%.*s%s", (int)digits, text.ptr, words->unit);
	return STR("");
}

/* `2 min 30 sec`, `1 hour and 5 minutes`. */
static struct str of_parts(struct arena *a, struct str text)
{
	struct str all = STR("");
	size_t at = 0;

	while (at < text.len) {
		size_t digits = number_length(str_slice(text, at, text.len)), end = at + digits;

		while (end < text.len && !ascii_is_digit(text.ptr[end]))
			end++;
		struct str part = str_trim(str_slice(text, at, end));
		if (str_ends(part, STR(" and")))
			part = str_trim(str_slice(part, 0, part.len - 4));
		if (str_ends(part, STR(",")))
			part.len--;
		struct str fixed = with_unit(a, times, part);
		if (!fixed.len)
			return STR("");
		all = arena_printf(a, "%.*s%.*s", STR_ARG(all), STR_ARG(fixed));
		at = end;
	}
	return all;
}

/* `1:30` is 1m30s, `00:01:30` too. */
static struct str of_clock(struct arena *a, struct str text)
{
	static const char *const units[] = {"s", "m", "h"};
	int64_t parts[3];
	struct str all = STR("");
	size_t count = 0, at = 0;

	while (at <= text.len && count < 3) {
		struct str part = str_slice(text, at, str_find_char(text, ':', at));

		if (!part.len || part.len > 2 || !str_to_int(part, &parts[count]) ||
		    parts[count] < 0)
			return STR("");
		at += part.len + 1;
		count++;
	}
	if (count < 2 || at <= text.len)
		return STR("");
	for (size_t i = 0; i < count; i++)
		if (parts[i])
			all = arena_printf(a, "%.*s%lld%s", STR_ARG(all), (long long)parts[i],
					   units[count - 1 - i]);
	return all;
}

/* `1,000`, `1_000`, `1 000`, `1k`, `10 users`. */
static struct str of_number(struct arena *a, struct str text)
{
	char *digits = arena_alloc(a, text.len + 4);
	size_t n = 0, group = 0, at = 0;
	bool grouped = false;

	for (; at < text.len; at++) {
		if (ascii_is_digit(text.ptr[at])) {
			digits[n++] = text.ptr[at];
			group++;
		} else if (strchr(",_' ", text.ptr[at]) && n && at + 3 < text.len &&
			   ascii_is_digit(text.ptr[at + 1])) {
			if (grouped ? group != 3 : group > 3)
				return STR("");
			grouped = true;
			group = 0;
		} else {
			break;
		}
	}
	if (!n || (grouped && group != 3))
		return STR("");
	struct str rest = str_trim(str_slice(text, at, text.len));
	if (str_ieq(rest, STR("k"))) {
		memcpy(digits + n, "000", 3);
		n += 3;
	} else if (rest.len && (!ascii_is_letter(rest.ptr[0]) || rest.len == 1 ||
				with_unit(a, times, text).len)) {
		return STR("");
	}
	return str_n(digits, n);
}

static struct str of_word(struct str text)
{
	static const struct unit_word words[] = {
	    {"on", "yes"},   {"y", "yes"},    {"1", "yes"},	  {"enabled", "yes"},
	    {"true", "yes"}, {"yes", "yes"},  {"always", "yes"},  {"off", "no"},
	    {"n", "no"},     {"0", "no"},     {"disabled", "no"}, {"false", "no"},
	    {"no", "no"},    {"never", "no"}, {NULL, NULL}};

	for (const struct unit_word *w = words; w->word; w++)
		if (str_ieq(text, str_of(w->word)))
			return str_of(w->unit);
	return STR("");
}

/* A number alone gets the usual unit. */
static struct str with_usual_unit(struct arena *a, struct str text, const char *unit)
{
	return number_length(text) == text.len && text.len
		   ? arena_printf(a, "%.*s%s", STR_ARG(text), unit)
		   : STR("");
}

static struct str first_of(struct str one, struct str other)
{
	return one.len ? one : other;
}

static struct str of_quantity(struct arena *a, struct str text, const struct unit_word *words,
			      const char *usual_unit)
{
	return first_of(with_unit(a, words, text), with_usual_unit(a, text, usual_unit));
}

struct str value_fixit(struct arena *a, enum field_type type, struct str text)
{
	int64_t integer;
	double real;
	bool valid = true;

	if (type == FIELD_INT) {
		text = of_number(a, text);
	} else if (type == FIELD_BOOL) {
		text = of_word(text);
	} else if (type == FIELD_DURATION) {
		text = first_of(first_of(of_clock(a, text), of_quantity(a, text, times, "s")),
				of_parts(a, text));
		valid = units_duration(text, &integer) == UNIT_OK;
	} else if (type == FIELD_SIZE) {
		text = with_unit(a, sizes, text);
		valid = units_size(text, &integer) == UNIT_OK;
	} else if (type == FIELD_RATE) {
		text = of_quantity(a, text, rates, "/s");
		valid = units_rate(text, &real) == UNIT_OK;
	} else if (type == FIELD_SHARE) {
		text = of_quantity(a, text, shares, "%");
		valid = units_share(text, &real) == UNIT_OK;
	} else {
		return STR("");
	}
	return valid ? text : STR("");
}
