/* max_time: checks the maximum response time. */
#include "expect/max_duration.h"

static const struct field max_time_field = {
    .key = "max_time",
    .type = FIELD_DURATION,
    .flags = FIELD_PARAMETER,
    .bytes = sizeof(struct max_duration),
    .low = 0.000001,
    .high = 3600,
    .prose = "Maximum response time, measured from the scheduled start.",
    .example = "500ms",
};

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	(void)rendered;
	(void)scratch;
	return max_duration_check(plan, response->time);
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	(void)rendered;
	max_duration_explain(plan, response->time, "a response time", out);
}

const struct expect_kind max_time_expect = {
    .name = "max_time",
    .sentence = "Maximum response time.",
    .field = &max_time_field,
    .bytes = sizeof(struct max_duration),
    .prepare = max_duration_prepare,
    .check = check,
    .explain = explain,
};
