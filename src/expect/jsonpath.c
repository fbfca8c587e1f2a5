/* jsonpath: checks the matches of RFC 9535 paths with values or predicates. */
#include "expect/named.h"

static const struct field jsonpath_field = {
    .key = "jsonpath",
    .type = FIELD_MAP,
    .bytes = sizeof(struct named),
    .element = &named_element,
    .prose = "JSONPaths (RFC 9535) in a JSON response, each with the expected value or predicates.",
    .example = "{\"$.ok\": true, \"$.ids\": [1, 2]}",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	static const struct named_kind kind = {
	    .what = "the JSONPath", .extract = &jsonpath_extract, .json = true};

	return named_prepare(p, expect, &kind);
}

const struct expect_kind jsonpath_expect = {
    .name = "jsonpath",
    .sentence =
	"JSONPaths (RFC 9535) in a JSON response, each with the expected value or predicates.",
    .field = &jsonpath_field,
    .bytes = sizeof(struct named),
    .needs = NEEDS_BODY,
    .prepare = prepare,
    .release = named_release,
    .check = named_check,
    .explain = named_explain,
};
