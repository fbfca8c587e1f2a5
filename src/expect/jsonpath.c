/* jsonpath: what RFC 9535 paths find in a JSON answer, each held against a value or predicates. */
#include "expect/named.h"
#include "doc/json_cache.h"
#include "doc/json_value.h"
#include "doc/node.h"

static const struct field jsonpath_field = {
    .key = "jsonpath",
    .type = FIELD_MAP,
    .bytes = sizeof(struct named),
    .element = &named_element,
    .prose = "What JSONPaths (RFC 9535) find in a JSON answer, each a value or predicates.",
    .example = "{\"$.ok\": true, \"$.ids\": [1, 2]}",
};

static const void *prepare_key(struct expect_prepare *p, const struct field_pair *pair)
{
	struct jsonpath_error error;
	const struct jsonpath *path = jsonpath_new(p->arena, pair->key, &error);

	if (!path)
		diag_error(p->diags, pair->key_span, DIAG_E240,
			   "bad JSONPath: %s, at character %zu", error.text, error.at + 1);
	return path;
}

static void release_key(const void *key)
{
	jsonpath_release(key);
}

static enum expect_outcome find(const void *data, const struct response *response,
				struct scratch *scratch, struct found_values *out)
{
	struct json_cache *json = scratch->json;
	const struct json_tape *tape = json_cache_read(json, response->body);

	*out = (struct found_values){0};
	if (!tape)
		return EXPECT_PASSED; /* nothing is found */
	if (jsonpath_find(data, tape, &json->work) == JSONPATH_LIMIT)
		return EXPECT_LIMIT;
	struct value *items = scratch_items(scratch, json->work.count);
	if (!items)
		return EXPECT_LIMIT;
	for (; out->count < json->work.count; out->count++)
		if (!json_value_from_tape(tape, json->work.nodes[out->count], scratch,
					  &items[out->count]))
			return EXPECT_LIMIT;
	out->items = items;
	return EXPECT_PASSED;
}

static void explain_key(const void *path, const struct response *response, struct buf *out)
{
	json_cache_explain(path, response->body, out);
}

static const struct named_kind jsonpath_named = {
    .what = "the JSONPath",
    .json = true,
    .prepare = prepare_key,
    .release = release_key,
    .find = find,
    .explain = explain_key,
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	return named_prepare(p, expect, &jsonpath_named);
}

const struct expect_kind jsonpath_expect = {
    .name = "jsonpath",
    .sentence = "What JSONPaths (RFC 9535) find in a JSON answer, each a value or predicates.",
    .field = &jsonpath_field,
    .bytes = sizeof(struct named),
    .needs = NEEDS_BODY,
    .prepare = prepare,
    .release = named_release,
    .check = named_check,
    .explain = named_explain,
};
