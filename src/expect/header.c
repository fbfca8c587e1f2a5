/* header: header fields of the answer, each held against a value or predicates. */
#include "expect/named.h"

static const struct field header_field = {
    .key = "header",
    .type = FIELD_MAP,
    .bytes = sizeof(struct named),
    .element = &named_element,
    .prose = "Header fields of the answer, each a value or predicates.",
    .example = "{Content-Type: {contains: json}}",
};

struct header_key {
	struct str name;
};

static const void *prepare_key(struct expect_prepare *p, const struct field_pair *pair)
{
	struct header_key *key = ARENA_NEW(p->arena, struct header_key);

	key->name = pair->key;
	return key;
}

static enum expect_outcome find(const void *data, const struct response *response,
				struct scratch *scratch, struct found_values *out)
{
	const struct header_key *key = data;
	struct value *items = scratch->items + scratch->items_used;
	struct str value;

	*out = (struct found_values){.items = items};
	while ((value = response_header(response, key->name, out->count)).ptr) {
		struct value *item = scratch_items(scratch, 1);

		if (!item)
			return EXPECT_LIMIT;
		*item = value_text(value);
		out->count++;
	}
	return EXPECT_PASSED;
}

static const struct named_kind header_named = {
    .what = "the header",
    .prepare = prepare_key,
    .find = find,
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	return named_prepare(p, expect, &header_named);
}

const struct expect_kind header_expect = {
    .name = "header",
    .sentence = "Header fields of the answer, each a value or predicates.",
    .field = &header_field,
    .bytes = sizeof(struct named),
    .needs = NEEDS_HEADERS,
    .prepare = prepare,
    .release = named_release,
    .check = named_check,
    .explain = named_explain,
};
