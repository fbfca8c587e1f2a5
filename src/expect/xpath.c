/* xpath: what XPath 1.0 expressions find in a page, each held against a value or predicates. */
#include "expect/named.h"
#include "extract/markup.h"

static const struct field xpath_field = {
    .key = "xpath",
    .type = FIELD_MAP,
    .bytes = sizeof(struct named),
    .element = &named_element,
    .prose =
	"What XPath 1.0 expressions find in an HTML or XML answer, each a value or predicates.",
    .example = "{\"count(//li)\": 3}",
};

static const void *prepare_key(struct expect_prepare *p, const struct field_pair *pair)
{
	struct path_error error;
	const struct path *path = path_from_xpath(p->arena, pair->key, &error);

	if (!path)
		diag_error(p->diags, pair->key_span, DIAG_E241, "bad XPath: %s, at character %zu",
			   error.text, error.at + 1);
	return path;
}

static enum expect_outcome find(const void *path, const struct response *response,
				struct scratch *scratch, struct found_values *out)
{
	struct markup_values values = {0};
	enum markup_outcome outcome = markup_find(path, response, response->body, scratch, &values);

	*out = (struct found_values){.items = values.items, .count = values.count};
	return outcome == MARKUP_LIMIT ? EXPECT_LIMIT : EXPECT_PASSED;
}

static void explain_key(const void *path, const struct response *response, struct buf *out)
{
	markup_explain(path, response, response->body, out);
}

static const struct named_kind xpath_named = {
    .what = "the XPath",
    .prepare = prepare_key,
    .find = find,
    .explain = explain_key,
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	return named_prepare(p, expect, &xpath_named);
}

const struct expect_kind xpath_expect = {
    .name = "xpath",
    .sentence =
	"What XPath 1.0 expressions find in an HTML or XML answer, each a value or predicates.",
    .field = &xpath_field,
    .bytes = sizeof(struct named),
    .needs = NEEDS_HEADERS | NEEDS_BODY,
    .prepare = prepare,
    .release = named_release,
    .check = named_check,
    .explain = named_explain,
};
