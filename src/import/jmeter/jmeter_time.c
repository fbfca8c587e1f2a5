/* Functions of times. Formats of SimpleDateFormat become formats of strftime. */
#include <time.h>

#include "base/ascii.h"
#include "import/jmeter/jmeter_call.h"

static const struct {
	const char *theirs, *ours;
} letters[] = {{"yyyy", "%Y"}, {"yy", "%y"},  {"y", "%Y"},   {"MMMM", "%B"}, {"MMM", "%b"},
	       {"MM", "%m"},   {"dd", "%d"},  {"d", "%e"},   {"HH", "%H"},   {"hh", "%I"},
	       {"mm", "%M"},   {"ss", "%S"},  {"a", "%p"},   {"EEEE", "%A"}, {"EEE", "%a"},
	       {"E", "%a"},    {"DDD", "%j"}, {"u", "%u"},   {"Z", "+0000"}, {"z", "UTC"},
	       {"XXX", "Z"},   {"X", "Z"},    {"SSS", "000"}};

static const char *find(struct str run)
{
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (str_eq(run, str_of(letters[i].theirs)))
			return letters[i].ours;
	return NULL;
}

/* Appends text in quotes ('T') at *AT; a doubled quote is a quote. */
static void put_quoted(struct buf *out, struct str format, size_t *at)
{
	size_t end = str_find_char(format, '\'', *at + 1);

	end = end == NOT_FOUND ? format.len : end;
	if (end == *at + 1)
		buf_add_char(out, '\'');
	buf_add(out, str_slice(format, *at + 1, end));
	*at = end + 1;
}

static struct str date_format(struct jmeter *j, struct str format)
{
	struct str result = STR_NULL;
	struct buf out;
	size_t at = 0;

	if (str_eq(format, STR("yyyy-MM-dd'T'HH:mm:ss'Z'")) ||
	    str_eq(format, STR("yyyy-MM-dd'T'HH:mm:ssXXX")))
		return STR("\"iso\"");
	if (str_eq(format, STR("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")) ||
	    str_eq(format, STR("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")))
		return STR("\"iso_ms\"");
	buf_init(&out, 0);
	while (at < format.len) {
		size_t end = at + 1;
		const char *ours;

		if (format.ptr[at] == '\'') {
			put_quoted(&out, format, &at);
			continue;
		}
		if (!ascii_is_letter(format.ptr[at])) {
			buf_add_char(&out, format.ptr[at++]);
			continue;
		}
		while (end < format.len && format.ptr[end] == format.ptr[at])
			end++;
		ours = find(str_slice(format, at, end));
		if (!ours)
			break;
		buf_add(&out, str_of(ours));
		at = end;
	}
	if (at == format.len)
		result = jmeter_quoted(j, arena_str(j->arena, buf_str(&out)));
	buf_release(&out);
	return result;
}

struct str jmeter_call_time(const struct jmeter_call *c)
{
	static const char *const shortcuts[][2] = {{"YMD", "%Y%m%d"},
						   {"HMS", "%H%M%S"},
						   {"YMDHMS", "%Y%m%d-%H%M%S"},
						   {"USER1", ""},
						   {"USER2", ""}};
	struct str format = jmeter_constant(c->j, jmeter_call_raw(c, 0));

	if (!format.ptr)
		return STR_NULL;
	if (!format.len)
		return STR("now(\"unix_ms\")");
	if (str_starts(format, STR("/1000")))
		return STR("now(\"unix\")");
	for (size_t i = 0; i < sizeof shortcuts / sizeof *shortcuts; i++)
		if (str_eq(format, str_of(shortcuts[i][0])))
			return shortcuts[i][1][0]
				   ? arena_printf(c->j->arena, "now(\"%s\")", shortcuts[i][1])
				   : STR_NULL;
	format = date_format(c->j, format);
	return format.ptr ? arena_printf(c->j->arena, "now(%.*s)", STR_ARG(format)) : STR_NULL;
}

/* P2DT3H, -PT5M: as a duration of the language in hours, minutes and seconds; ptr NULL if it is
 * something else. */
static struct str iso_duration(struct jmeter *j, struct str text)
{
	bool negative = str_starts(text, STR("-")), time = false;
	double seconds = 0;
	size_t at = negative || str_starts(text, STR("+"));

	if (at >= text.len || ascii_to_upper(text.ptr[at]) != 'P')
		return STR_NULL;
	for (at++; at < text.len;) {
		size_t end = at;
		double value;
		char unit;

		if (ascii_to_upper(text.ptr[at]) == 'T') {
			time = true;
			at++;
			continue;
		}
		while (end < text.len &&
		       (ascii_is_digit(text.ptr[end]) || strchr(".-", text.ptr[end])))
			end++;
		if (end == text.len || !str_to_double(str_slice(text, at, end), &value))
			return STR_NULL;
		unit = (char)ascii_to_upper(text.ptr[end]);
		if (!time && unit == 'D')
			seconds += value * 86400;
		else if (time && (unit == 'H' || unit == 'M' || unit == 'S'))
			seconds += value * (unit == 'H' ? 3600 : unit == 'M' ? 60 : 1);
		else
			return STR_NULL;
		at = end + 1;
	}
	return arena_printf(j->arena, "%s%.10gs", negative ? "-" : "", seconds);
}

struct str jmeter_call_time_shift(const struct jmeter_call *c)
{
	struct str format = jmeter_constant(c->j, jmeter_call_raw(c, 0)),
		   shift = jmeter_constant(c->j, jmeter_call_raw(c, 2));
	struct str date = jmeter_call_raw(c, 1), start;

	if (!format.ptr || !shift.ptr)
		return STR_NULL;
	start = STR("now(\"unix_ms\")");
	if (format.len) {
		format = date_format(c->j, format);
		if (!format.ptr)
			return STR_NULL;
		start = arena_printf(c->j->arena, "now(%.*s)", STR_ARG(format));
	}
	if (date.len)
		start = jmeter_call_operand(c, 1);
	if (!shift.len || !start.ptr)
		return start;
	shift = iso_duration(c->j, shift);
	return shift.ptr ? arena_printf(c->j->arena, "%.*s | add(\"%.*s\")", STR_ARG(start),
					STR_ARG(shift))
			 : STR_NULL;
}

/* A day between two days that are given as yyyy-MM-dd. */
struct str jmeter_call_random_date(const struct jmeter_call *c)
{
	struct str format = jmeter_call_raw(c, 0),
		   from = jmeter_constant(c->j, jmeter_call_raw(c, 1));
	struct str to = jmeter_constant(c->j, jmeter_call_raw(c, 2));
	struct tm begin = {0}, end = {0};
	long days;

	if ((format.len && !str_eq(format, STR("yyyy-MM-dd"))) || !from.len || !to.len ||
	    !strptime(arena_cstr(c->j->arena, from), "%Y-%m-%d", &begin) ||
	    !strptime(arena_cstr(c->j->arena, to), "%Y-%m-%d", &end))
		return STR_NULL;
	days = (long)((timegm(&end) - timegm(&begin)) / 86400);
	if (days < 1)
		return STR_NULL;
	return arena_printf(c->j->arena,
			    "\"%.*s\" | add([24 * random_int(0, %ld), \"h\"] | join(\"\"))",
			    STR_ARG(from), days - 1);
}
