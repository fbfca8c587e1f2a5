/* events: checks how many events a stream had. */
#include "expect/predicate.h"
#include "interface/reader.h"

struct events_expect {
	struct keys keys;
	struct predicate count;
};

static const struct field events_fields[] = {
    FIELD(struct events_expect, count, "count", FIELD_SPECIAL, .flags = FIELD_REQUIRED,
	  .special = &predicate_special, .prose = "The number of events: a number, or a predicate.",
	  .example = "{min: 5}"),
    FIELD_END,
};

static const struct field events_field = {
    .key = "events",
    .type = FIELD_OBJECT,
    .fields = events_fields,
    .bytes = sizeof(struct events_expect),
    .prose = "The events of a stream: `count` is their number.",
    .example = "{count: {min: 5}}",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	const struct events_expect *own = expect->data;

	return predicate_prepare(p, &own->count, false);
}

static void release(const void *plan)
{
	predicate_release(plan);
}

static struct value count_of(const struct response *response)
{
	return value_number(response->events ? (double)response->events->count : 0);
}

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	struct value count = count_of(response);

	return predicate_check(plan, (struct found_values){.items = &count, .count = 1}, rendered,
			       scratch);
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	struct value count = count_of(response);
	struct scratch scratch;

	scratch_init(&scratch);
	buf_add(out, STR("expected the number of events "));
	predicate_put(plan, rendered, &scratch, out);
	buf_add(out, STR(", got "));
	value_put(out, count);
	scratch_release(&scratch);
}

const struct expect_kind events_expect = {
    .name = "events",
    .sentence = "The number of events of a stream.",
    .field = &events_field,
    .bytes = sizeof(struct events_expect),
    .needs = NEEDS_EVENTS,
    .prepare = prepare,
    .release = release,
    .check = check,
    .explain = explain,
};
