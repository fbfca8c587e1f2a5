/* max_time: the most the answer may take. */
#include "base/units.h"
#include "kind/expect.h"

struct max_time {
	ns_t most;
};

static const struct field max_time_field = {
    .key = "max_time",
    .type = FIELD_DURATION,
    .flags = FIELD_PARAMETER,
    .bytes = sizeof(struct max_time),
    .low = 0.000001,
    .high = 3600,
    .prose = "The most the answer may take, from the moment it was due.",
    .example = "500ms",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	(void)p;
	return expect->data;
}

static enum expect_outcome judge(const void *plan, const struct answer *answer,
				 const struct value *worked, struct scratch *scratch)
{
	const struct max_time *own = plan;

	(void)worked;
	(void)scratch;
	return answer->time <= own->most ? EXPECT_HOLDS : EXPECT_FAILS;
}

static void explain(const void *plan, const struct answer *answer, const struct value *worked,
		    struct buf *out)
{
	const struct max_time *own = plan;

	(void)worked;
	units_put_time(out, answer->time, false);
	buf_add(out, STR(" where at most "));
	units_put_duration(out, own->most);
	buf_add(out, STR(" was expected"));
}

const struct expect_kind max_time_expect = {
    .name = "max_time",
    .sentence = "The most the answer may take.",
    .field = &max_time_field,
    .bytes = sizeof(struct max_time),
    .prepare = prepare,
    .judge = judge,
    .explain = explain,
};
