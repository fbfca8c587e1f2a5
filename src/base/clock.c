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
