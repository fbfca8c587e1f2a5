/* max_first_event: checks the maximum time to the first event of a stream. */
#include "expect/max_duration.h"

static const struct field max_first_event_field = {
    .key = "max_first_event",
    .type = FIELD_DURATION,
    .flags = FIELD_PARAMETER,
    .bytes = sizeof(struct max_duration),
    .low = 0.000001,
    .high = 3600,
    .prose = "Maximum time from the scheduled start of the request to the first event of its "
	     "stream.",
    .example = "500ms",
};

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	(void)rendered;
	(void)scratch;
	return max_duration_check_stream(plan,
					 response->events ? response->events->first_event : -1);
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	(void)rendered;
	max_duration_explain_stream(plan, response->events ? response->events->first_event : -1,
				    "first event", out);
}

const struct expect_kind max_first_event_expect = {
    .name = "max_first_event",
    .sentence = "Maximum time to the first event of a stream.",
    .field = &max_first_event_field,
    .bytes = sizeof(struct max_duration),
    .needs = NEEDS_EVENTS,
    .prepare = max_duration_prepare,
    .check = check,
    .explain = explain,
};
