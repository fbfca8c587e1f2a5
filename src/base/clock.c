#include "base/clock.h"

#include <time.h>

static ns_t read_clock(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (ns_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

ns_t clock_monotonic_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

ns_t clock_wall_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

const char *clock_format_utc(char *text, size_t bytes, const char *format, ns_t wall)
{
	time_t seconds = (time_t)(wall / NS_PER_S);
	struct tm utc;

	if (!gmtime_r(&seconds, &utc) || !strftime(text, bytes, format, &utc))
		text[0] = '\0';
	return text;
}
