/*
 * Time as a number of nanoseconds. `now` is monotonic and has no meaning by itself; wall time is
 * for labels only. Code that needs the time gets a clock from its caller, so that a test can use
 * its own.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

typedef int64_t ns_t; /* nanoseconds: a point in time or a duration, as the name says */

#define NS_PER_US ((ns_t)1000)
#define NS_PER_MS ((ns_t)1000000)
#define NS_PER_S  ((ns_t)1000000000)
#define NS_NEVER  INT64_MAX
/* Ten years: the maximum duration that is accepted or drawn, so that sums with a time do not
 * overflow. */
#define NS_LONGEST (3650 * 24 * 3600 * NS_PER_S)

/* CLOCK_MONOTONIC. */
ns_t clock_monotonic_ns(void);
/* CLOCK_REALTIME, since 1970-01-01 UTC. */
ns_t clock_wall_ns(void);
/* Writes the time WALL in UTC to TEXT, which has BYTES bytes, by a FORMAT of strftime; returns
 * TEXT, which is empty if the time cannot be written. */
const char *clock_format_utc(char *text, size_t bytes, const char *format, ns_t wall);

#endif
