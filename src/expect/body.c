/* body: the whole body as text, held against a value or predicates. */
#include "expect/predicate.h"

struct body {
	struct predicate predicate;
};

static const struct field body_field = {
    .key = "body",
    .type = FIELD_SPECIAL,
    .bytes = sizeof(struct body),
    .special = &predicate_special,
    .prose = "The body as text: the value it is, or what it contains or matches.",
    .example = "{contains: Welcome}",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	const struct body *body = expect->data;

	return predicate_prepare(p, &body->predicate, false);
}

static void release(const void *plan)
{
	predicate_release(plan);
}

/* An empty body is a value too, but it does not exist. */
static struct subject subject_of(const struct answer *answer, struct value *value)
{
	*value = value_text(answer->body.ptr ? answer->body : STR(""));
	return (struct subject){.items = value, .count = 1, .blank = !answer->body.len};
}

static enum expect_outcome judge(const void *plan, const struct answer *answer,
				 const struct value *worked, struct scratch *scratch)
{
	struct value value;

	return predicate_judge(plan, subject_of(answer, &value), worked, scratch);
}

static void explain(const void *plan, const struct answer *answer, const struct value *worked,
		    struct buf *out)
{
	struct value value;
	struct subject subject = subject_of(answer, &value);

	buf_add(out, STR("the body was expected "));
	predicate_put(plan, worked, NULL, out);
	buf_add(out, STR("; it begins "));
	subject_put(subject, out);
}

const struct expect_kind body_expect = {
    .name = "body",
    .sentence = "The body of the answer as text.",
    .field = &body_field,
    .bytes = sizeof(struct body),
    .needs = NEEDS_BODY,
    .prepare = prepare,
    .release = release,
    .judge = judge,
    .explain = explain,
};
