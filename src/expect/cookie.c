/* cookie: checks cookies that the response sets with values or predicates. */
#include "expect/named.h"

static const struct field cookie_field = {
    .key = "cookie",
    .type = FIELD_MAP,
    .bytes = sizeof(struct named),
    .element = &named_element,
    .prose = "Cookies that the response sets, each with the expected value or predicates.",
    .example = "{sid: {exists: yes}}",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	static const struct named_kind kind = {.what = "the cookie", .extract = &cookie_extract};

	return named_prepare(p, expect, &kind);
}

const struct expect_kind cookie_expect = {
    .name = "cookie",
    .sentence = "Cookies that the response sets, each with the expected value or predicates.",
    .field = &cookie_field,
    .bytes = sizeof(struct named),
    .needs = NEEDS_HEADERS,
    .prepare = prepare,
    .release = named_release,
    .check = named_check,
    .explain = named_explain,
};
