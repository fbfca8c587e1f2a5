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

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	struct value url = value_text(response->url);

	return predicate_check(plan, (struct found_values){.items = &url, .count = 1}, rendered,
			       scratch);
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	struct value url = value_text(response->url);

	buf_add(out, STR("the URL was expected "));
	predicate_put(plan, rendered, NULL, out);
	buf_add(out, STR("; it is "));
	predicate_put_values((struct found_values){.items = &url, .count = 1}, out);
}

const struct expect_kind url_expect = {
    .name = "url",
    .sentence = "Where the last answer came from, redirects followed.",
    .field = &url_field,
    .bytes = sizeof(struct url_expectation),
    .prepare = prepare,
    .release = release,
    .check = check,
    .explain = explain,
};
