/* header: checks response headers with values or predicates. */
#include "expect/named.h"

static const struct field header_field = {
    .key = "header",
    .type = FIELD_MAP,
    .bytes = sizeof(struct named),
    .element = &named_element,
    .prose = "Response headers, each with the expected value or predicates.",
    .example = "{Content-Type: {contains: json}}",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	static const struct named_kind kind = {.what = "the header", .extract = &header_extract};

	return named_prepare(p, expect, &kind);
}

const struct expect_kind header_expect = {
    .name = "header",
    .sentence = "Response headers, each with the expected value or predicates.",
    .field = &header_field,
    .bytes = sizeof(struct named),
    .needs = NEEDS_HEADERS,
    .prepare = prepare,
    .release = named_release,
    .check = named_check,
    .explain = named_explain,
};
