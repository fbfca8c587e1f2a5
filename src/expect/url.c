/* url: checks the URL of the last response, after redirects. */
#include "expect/predicate.h"

struct url_expectation {
	struct predicate predicate;
};

static const struct field url_field = {
    .key = "url",
    .type = FIELD_SPECIAL,
    .bytes = sizeof(struct url_expectation),
    .special = &predicate_special,
    .prose = "URL of the last response, after redirects: the expected value, or predicates such as "
	     "contains and matches.",
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

	buf_add(out, STR("expected the URL "));
	predicate_put(plan, rendered, NULL, out);
	buf_add(out, STR(", got "));
	predicate_put_values((struct found_values){.items = &url, .count = 1}, out);
}

const struct expect_kind url_expect = {
    .name = "url",
    .sentence = "URL of the last response, after redirects.",
    .field = &url_field,
    .bytes = sizeof(struct url_expectation),
    .prepare = prepare,
    .release = release,
    .check = check,
    .explain = explain,
};
