/*
 * Expectations that limit a time of a response: max_time, max_wait and those of event streams. The
 * value of the key is the maximum duration.
 */
#ifndef EXPECT_MAX_DURATION_H
#define EXPECT_MAX_DURATION_H

#include "interface/expect.h"

struct max_duration {
	ns_t max;
};

/* `prepare` of struct expect_kind. */
const void *max_duration_prepare(struct expect_prepare *p, const struct expect *expect);
enum expect_outcome max_duration_check(const void *plan, ns_t time);
/* "expected a response time of at most 500 ms, got 612 ms"; WHAT is "a response time". */
void max_duration_explain(const void *plan, ns_t time, const char *what, struct buf *out);
/* The same for the time of something in an event stream, such as "first event"; TIME -1: it did not
 * come. */
enum expect_outcome max_duration_check_stream(const void *plan, ns_t time);
void max_duration_explain_stream(const void *plan, ns_t time, const char *what, struct buf *out);

#endif
