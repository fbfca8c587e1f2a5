/* max_wait: checks the maximum time to the first byte of the response. */
#include "expect/max_duration.h"

static const struct field max_wait_field = {
    .key = "max_wait",
    .type = FIELD_DURATION,
    .flags = FIELD_PARAMETER,
    .bytes = sizeof(struct max_duration),
    .low = 0.000001,
    .high = 3600,
    .prose = "Maximum time from the send of the request to the first byte of its response; after "
	     "redirects, of the last one.",
    .example = "200ms",
};

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	(void)rendered;
	(void)scratch;
	return max_duration_check(plan, response->wait);
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	(void)rendered;
	max_duration_explain(plan, response->wait, "a wait for the first byte", out);
}

const struct expect_kind max_wait_expect = {
    .name = "max_wait",
    .sentence = "Maximum time to the first byte of the response.",
    .field = &max_wait_field,
    .bytes = sizeof(struct max_duration),
    .prepare = max_duration_prepare,
    .check = check,
    .explain = explain,
};
