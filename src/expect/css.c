/* css: what CSS selectors find in a page, each held against a value or predicates. */
#include "expect/named.h"
#include "extract/markup.h"

static const struct field css_field = {
    .key = "css",
    .type = FIELD_MAP,
    .bytes = sizeof(struct named),
    .element = &named_element,
    .prose = "What CSS selectors find in an HTML or XML answer, each a value or predicates.",
    .example = "{h1: Welcome}",
};

static const void *prepare_key(struct expect_prepare *p, const struct field_pair *pair)
{
	struct path_error error;
	const struct path *path = path_from_css(p->arena, pair->key, STR(""), &error);

	if (!path)
		diag_error(p->diags, pair->key_span, DIAG_E242,
			   "bad CSS selector: %s, at character %zu", error.text, error.at + 1);
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

static const struct named_kind css_named = {
    .what = "the CSS selector",
    .prepare = prepare_key,
    .find = find,
    .explain = explain_key,
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	return named_prepare(p, expect, &css_named);
}

const struct expect_kind css_expect = {
    .name = "css",
    .sentence = "What CSS selectors find in an HTML or XML answer, each a value or predicates.",
    .field = &css_field,
    .bytes = sizeof(struct named),
    .needs = NEEDS_HEADERS | NEEDS_BODY,
    .prepare = prepare,
    .release = named_release,
    .check = named_check,
    .explain = named_explain,
};
