/* url: where the last answer came from, redirects followed. */
#include "expect/predicate.h"

struct url_expectation {
	struct predicate predicate;
};

static const struct field url_field = {
    .key = "url",
    .type = FIELD_SPECIAL,
    .bytes = sizeof(struct url_expectation),
    .special = &predicate_special,
    .prose = "The URL of the last answer, redirects followed: the value it is, or what it contains "
	     "or matches.",
    .example = "{contains: /home}",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	return predicate_prepare(p, expect->data, false);
}

static void release(const void *plan)
{
	predicate_release(plan);
}

static enum expect_outcome judge(const void *plan, const struct answer *answer,
				 const struct value *worked, struct scratch *scratch)
{
	struct value url = value_text(answer->url);

	return predicate_judge(plan, (struct subject){.items = &url, .count = 1}, worked, scratch);
}

static void explain(const void *plan, const struct answer *answer, const struct value *worked,
		    struct buf *out)
{
	struct value url = value_text(answer->url);

	buf_add(out, STR("the URL was expected "));
	predicate_put(plan, worked, NULL, out);
	buf_add(out, STR("; it is "));
	subject_put((struct subject){.items = &url, .count = 1}, out);
}

const struct expect_kind url_expect = {
    .name = "url",
    .sentence = "Where the last answer came from, redirects followed.",
    .field = &url_field,
    .bytes = sizeof(struct url_expectation),
    .prepare = prepare,
    .release = release,
    .judge = judge,
    .explain = explain,
};
