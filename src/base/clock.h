/*
 * Time as a count of nanoseconds. `now` is monotonic and means nothing by itself; wall time is for
 * labels only. Everything that needs time gets a clock handed in, so that a test can hold its own.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

typedef int64_t ns_t; /* nanoseconds: a moment or a length, as the name says */

#define NS_PER_US ((ns_t)1000)
#define NS_PER_MS ((ns_t)1000000)
#define NS_PER_S  ((ns_t)1000000000)
#define NS_NEVER  INT64_MAX
/* Ten years: no length that is written or drawn is greater, so that sums with a moment fit. */
#define NS_LONGEST (3650 * 24 * 3600 * NS_PER_S)

/* CLOCK_MONOTONIC. */
ns_t clock_monotonic_ns(void);
/* CLOCK_REALTIME, since 1970-01-01 UTC. */
ns_t clock_wall_ns(void);

#endif
