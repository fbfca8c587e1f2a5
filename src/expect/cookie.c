/* cookie: cookies that the answer sets, each held against a value or predicates. */
#include "expect/named.h"
#include "extract/set_cookie.h"

static const struct field cookie_field = {
    .key = "cookie",
    .type = FIELD_MAP,
    .bytes = sizeof(struct named),
    .element = &named_element,
    .prose = "Cookies that the answer sets, each a value or predicates.",
    .example = "{sid: {exists: yes}}",
};

struct cookie_key {
	struct str name;
};

static const void *prepare_key(struct expect_prepare *p, const struct field_pair *pair)
{
	struct cookie_key *key = ARENA_NEW(p->arena, struct cookie_key);

	key->name = pair->key;
	return key;
}

static enum expect_outcome find(const void *data, const struct response *response,
				struct scratch *scratch, struct found_values *out)
{
	const struct cookie_key *key = data;
	struct set_cookie cookie;

	*out = (struct found_values){.items = scratch->items + scratch->items_used};
	while (set_cookie_find(response, key->name, out->count, &cookie)) {
		struct value *item = scratch_items(scratch, 1);

		if (!item)
			return EXPECT_LIMIT;
		*item = value_text(cookie.value);
		out->count++;
	}
	return EXPECT_PASSED;
}

static const struct named_kind cookie_named = {
    .what = "the cookie",
    .prepare = prepare_key,
    .find = find,
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	return named_prepare(p, expect, &cookie_named);
}

const struct expect_kind cookie_expect = {
    .name = "cookie",
    .sentence = "Cookies that the answer sets, each a value or predicates.",
    .field = &cookie_field,
    .bytes = sizeof(struct named),
    .needs = NEEDS_HEADERS,
    .prepare = prepare,
    .release = named_release,
    .check = named_check,
    .explain = named_explain,
};
