/* Times: the current time, and durations added to a time. All in UTC. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "base/units.h"
#include "program/fn.h"

static bool put_time(struct eval *eval, time_t seconds, const char *format, struct value *out)
{
	struct tm parts;
	char text[256];

	if (!gmtime_r(&seconds, &parts))
		return eval_error(eval, "a time out of range");
	size_t len = strftime(text, sizeof text, format, &parts);
	if (!len)
		return eval_error(eval, "now: the text is empty or longer than 255 bytes");
	*out = value_text(scratch_copy(eval->scratch, str_n(text, len)));
	return true;
}

static bool now_call(struct eval *eval, const struct value *args, unsigned count, struct value *out)
{
	struct str format = count ? fn_text(eval, args[0]) : STR("iso");
	char text[128];

	if (str_eq(format, STR("iso")))
		return put_time(eval, (time_t)(eval->wall / NS_PER_S), "%Y-%m-%dT%H:%M:%SZ", out);
	if (str_eq(format, STR("iso_ms"))) {
		snprintf(text, sizeof text, "%%Y-%%m-%%dT%%H:%%M:%%S.%03uZ",
			 (unsigned)(eval->wall % NS_PER_S / NS_PER_MS));
		return put_time(eval, (time_t)(eval->wall / NS_PER_S), text, out);
	}
	if (str_eq(format, STR("unix")) || str_eq(format, STR("unix_ms"))) {
		ns_t unit = format.len == 4 ? NS_PER_S : NS_PER_MS;

		*out = value_number((double)(eval->wall / unit));
		return true;
	}
	if (format.len >= sizeof text || str_find_char(format, '%', 0) == NOT_FOUND)
		return eval_error(
		    eval,
		    "now needs \"iso\", \"iso_ms\", \"unix\", \"unix_ms\" or a format such as "
		    "\"%%Y-%%m-%%d\"");
	memcpy(text, format.ptr, format.len);
	text[format.len] = '\0';
	return put_time(eval, (time_t)(eval->wall / NS_PER_S), text, out);
}
PLAIN(now, 0, 0, 1, "now(format)",
      "The current time in UTC: \"iso\", \"iso_ms\", \"unix\", \"unix_ms\" or a strftime format.",
      "now('%Y') matches '^2[0-9]{3}$'", "true");

/* 2d, -90m, or a bare duration of an expression, which is in milliseconds already. */
static bool duration_of(struct eval *eval, struct value v, ns_t *out)
{
	struct str text = str_trim(fn_text(eval, v));
	bool minus = str_starts(text, STR("-"));

	if (v.type == VALUE_NUMBER) {
		if (fabs(v.number) > (double)(NS_LONGEST / NS_PER_MS))
			return eval_error(eval, "add: a duration of more than ten years");
		*out = (ns_t)(v.number * (double)NS_PER_MS);
		return true;
	}
	if (units_duration(str_slice(text, minus ? 1 : 0, text.len), out) != UNIT_OK)
		return eval_error(eval, "add needs a duration such as \"2d\" or \"-90m\"");
	if (minus)
		*out = -*out;
	return true;
}

/* 2026-01-31T10:20:30Z or 2026-01-31; returns whether there was a time of day. */
static bool read_iso(struct eval *eval, struct value v, time_t *out, bool *day_only)
{
	struct str text = fn_text(eval, v);
	struct tm parts = {0};
	char copy[32];

	*day_only = text.len == 10;
	if (text.len >= sizeof copy)
		return eval_error(eval, "add needs a time in a format of now()");
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	const char *end = strptime(copy, *day_only ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%SZ", &parts);
	if (!end || *end)
		return eval_error(eval, "add needs a time in a format of now(), not \"%s\"", copy);
	*out = timegm(&parts);
	return true;
}

static bool add_call(struct eval *eval, const struct value *args, unsigned count, struct value *out)
{
	ns_t length;
	time_t moment = 0;
	bool day_only = false;
	double number;

	(void)count;
	if (!duration_of(eval, args[1], &length))
		return false;
	if (value_to_number(args[0], &number)) {
		/* Seconds since 1970 have ten digits until 2286, milliseconds thirteen. */
		double unit = (double)(fabs(number) < 1e11 ? NS_PER_S : NS_PER_MS);

		*out = value_number(number + (double)length / unit);
		return true;
	}
	if (!read_iso(eval, args[0], &moment, &day_only))
		return false;
	/* In seconds: in nanoseconds, time ends in 2262. */
	moment += (time_t)(length / NS_PER_S - (length % NS_PER_S < 0));
	return put_time(eval, moment, day_only ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%SZ", out);
}
FILTER(add, 2, 2, "add(duration)", "Adds a duration to a time in a format of now().",
       "'2026-01-31T23:00:00Z' | add('2h')", "2026-02-01T01:00:00Z");
