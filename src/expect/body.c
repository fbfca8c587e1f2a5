/* body: checks the body as text with a value or predicates. */
#include "expect/predicate.h"

struct body_expectation {
	struct predicate predicate;
};

static const struct field body_field = {
    .key = "body",
    .type = FIELD_SPECIAL,
    .bytes = sizeof(struct body_expectation),
    .special = &predicate_special,
    .prose = "Body as text: the expected value, or predicates such as contains and matches.",
    .example = "{contains: Welcome}",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	const struct body_expectation *body = expect->data;

	return predicate_prepare(p, &body->predicate, false);
}

static void release(const void *plan)
{
	predicate_release(plan);
}

/* An empty body is equal to "", but does not exist. */
static struct found_values subject_of(const struct response *response, struct value *value)
{
	*value = value_text(response->body.ptr ? response->body : STR(""));
	return (struct found_values){.items = value, .count = 1, .empty = !response->body.len};
}

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	struct value value;

	return predicate_check(plan, subject_of(response, &value), rendered, scratch);
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	struct value value;
	struct found_values subject = subject_of(response, &value);

	buf_add(out, STR("expected the body "));
	predicate_put(plan, rendered, NULL, out);
	buf_add(out, STR(", got "));
	predicate_put_values(subject, out);
}

const struct expect_kind body_expect = {
    .name = "body",
    .sentence = "Body of the response as text.",
    .field = &body_field,
    .bytes = sizeof(struct body_expectation),
    .needs = NEEDS_BODY,
    .prepare = prepare,
    .release = release,
    .check = check,
    .explain = explain,
};
