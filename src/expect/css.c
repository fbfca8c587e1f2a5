/* css: checks the texts of elements that match CSS selectors with values or predicates. */
#include "expect/named.h"

static const struct field css_field = {
    .key = "css",
    .type = FIELD_MAP,
    .bytes = sizeof(struct named),
    .element = &named_element,
    .prose =
	"CSS selectors in an HTML or XML response, each with the expected value or predicates.",
    .example = "{h1: Welcome}",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	static const struct named_kind kind = {.what = "the CSS selector", .extract = &css_extract};

	return named_prepare(p, expect, &kind);
}

const struct expect_kind css_expect = {
    .name = "css",
    .sentence =
	"CSS selectors in an HTML or XML response, each with the expected value or predicates.",
    .field = &css_field,
    .bytes = sizeof(struct named),
    .needs = NEEDS_HEADERS | NEEDS_BODY,
    .prepare = prepare,
    .release = named_release,
    .check = named_check,
    .explain = named_explain,
};
