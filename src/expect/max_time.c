/* max_time: checks the maximum response time. */
#include "base/units.h"
#include "interface/expect.h"

struct max_time {
	ns_t max;
};

static const struct field max_time_field = {
    .key = "max_time",
    .type = FIELD_DURATION,
    .flags = FIELD_PARAMETER,
    .bytes = sizeof(struct max_time),
    .low = 0.000001,
    .high = 3600,
    .prose = "Maximum response time, measured from the scheduled start.",
    .example = "500ms",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	(void)p;
	return expect->data;
}

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	const struct max_time *own = plan;

	(void)rendered;
	(void)scratch;
	return response->time <= own->max ? EXPECT_PASSED : EXPECT_FAILED;
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	const struct max_time *own = plan;

	(void)rendered;
	buf_add(out, STR("expected a response time of at most "));
	units_put_duration(out, own->max);
	buf_add(out, STR(", got "));
	units_put_time(out, response->time, false);
}

const struct expect_kind max_time_expect = {
    .name = "max_time",
    .sentence = "Maximum response time.",
    .field = &max_time_field,
    .bytes = sizeof(struct max_time),
    .prepare = prepare,
    .check = check,
    .explain = explain,
};
