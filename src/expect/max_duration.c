#include "expect/max_duration.h"

#include "base/units.h"

const void *max_duration_prepare(struct expect_prepare *p, const struct expect *expect)
{
	(void)p;
	return expect->data;
}

enum expect_outcome max_duration_check(const void *plan, ns_t time)
{
	const struct max_duration *own = plan;

	return time <= own->max ? EXPECT_PASSED : EXPECT_FAILED;
}

void max_duration_explain(const void *plan, ns_t time, const char *what, struct buf *out)
{
	const struct max_duration *own = plan;

	buf_printf(out, "expected %s of at most ", what);
	units_put_duration(out, own->max);
	buf_add(out, STR(", got "));
	units_put_time(out, time, false);
}

enum expect_outcome max_duration_check_stream(const void *plan, ns_t time)
{
	return time < 0 ? EXPECT_FAILED : max_duration_check(plan, time);
}

void max_duration_explain_stream(const void *plan, ns_t time, const char *what, struct buf *out)
{
	const struct max_duration *own = plan;

	buf_printf(out, "expected the %s after at most ", what);
	units_put_duration(out, own->max);
	if (time < 0) {
		buf_add(out, STR(", but the stream has none"));
		return;
	}
	buf_add(out, STR(", got it after "));
	units_put_time(out, time, false);
}
