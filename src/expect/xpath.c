/* xpath: checks the results of XPath 1.0 expressions with values or predicates. */
#include "expect/named.h"

static const struct field xpath_field = {
    .key = "xpath",
    .type = FIELD_MAP,
    .bytes = sizeof(struct named),
    .element = &named_element,
    .prose = "XPath 1.0 expressions in an HTML or XML response, each with the expected value or "
	     "predicates.",
    .example = "{\"count(//li)\": 3}",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	static const struct named_kind kind = {.what = "the XPath", .extract = &xpath_extract};

	return named_prepare(p, expect, &kind);
}

const struct expect_kind xpath_expect = {
    .name = "xpath",
    .sentence = "XPath 1.0 expressions in an HTML or XML response, each with the expected value or "
		"predicates.",
    .field = &xpath_field,
    .bytes = sizeof(struct named),
    .needs = NEEDS_HEADERS | NEEDS_BODY,
    .prepare = prepare,
    .release = named_release,
    .check = named_check,
    .explain = named_explain,
};
