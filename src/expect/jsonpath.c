/* jsonpath: what RFC 9535 paths find in a JSON answer, each held against a value or predicates. */
#include "expect/named.h"
#include "doc/json_answer.h"
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

static enum expect_outcome find(const void *data, const struct answer *answer,
				struct scratch *scratch, struct subject *out)
{
	struct json_answer *json = scratch->json;
	const struct json_tape *tape = json_answer_read(json, answer->body);

	*out = (struct subject){0};
	if (!tape)
		return EXPECT_HOLDS; /* nothing is found */
	if (jsonpath_find(data, tape, &json->work) == JSONPATH_LIMIT)
		return EXPECT_LIMIT;
	struct value *items = scratch_items(scratch, json->work.count);
	if (!items)
		return EXPECT_LIMIT;
	for (; out->count < json->work.count; out->count++)
		if (!json_to_value(tape, json->work.nodes[out->count], scratch, &items[out->count]))
			return EXPECT_LIMIT;
	out->items = items;
	return EXPECT_HOLDS;
}

static void explain_key(const void *path, const struct answer *answer, struct buf *out)
{
	json_answer_explain(path, answer->body, out);
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
    .judge = named_judge,
    .explain = named_explain,
};
