#include "expect/named.h"

const struct field named_element = {
    .type = FIELD_SPECIAL, .bytes = sizeof(struct predicate), .special = &predicate_special};

struct named_entry {
	struct str name;
	const void *finder; /* the extractor's plan */
	const struct predicate_plan *predicate;
};

struct named_plan {
	const struct named_kind *kind;
	struct named_entry *entries;
	size_t count;
};

static const void *prepare_finder(struct expect_prepare *p, const struct field_pair *pair,
				  const struct extract_kind *kind)
{
	const struct extract extract = {
	    .kind = kind,
	    .variable = pair->key,
	    .span = pair->key_span,
	    .value = {.raw = pair->key, .node = pair->key_node},
	};

	return kind->prepare(p->arena, p->diags, &extract, p->jit);
}

const void *named_prepare(struct expect_prepare *p, const struct expect *expect,
			  const struct named_kind *kind)
{
	const struct named *own = expect->data;
	struct named_plan *plan = ARENA_NEW(p->arena, struct named_plan);
	bool fine = true;

	plan->kind = kind;
	plan->entries = ARENA_ARRAY(p->arena, own->map.count + 1, struct named_entry);
	for (size_t i = 0; i < own->map.count; i++) {
		const struct field_pair *pair = &own->map.pairs[i];
		struct named_entry *entry = &plan->entries[plan->count++];

		entry->name = pair->key;
		entry->finder = prepare_finder(p, pair, kind->extract);
		entry->predicate = predicate_prepare(p, pair->value, kind->json);
		fine &= entry->finder && entry->predicate;
	}
	if (fine)
		return plan;
	named_release(plan);
	return NULL;
}

void named_release(const void *data)
{
	const struct named_plan *plan = data;

	for (size_t i = 0; i < plan->count; i++) {
		if (plan->kind->extract->release && plan->entries[i].finder)
			plan->kind->extract->release(plan->entries[i].finder);
		predicate_release(plan->entries[i].predicate);
	}
}

static enum expect_outcome check_entry(const struct named_plan *plan, size_t i,
				       const struct response *response,
				       const struct value *rendered, struct scratch *scratch,
				       struct found_values *subject)
{
	const struct named_entry *entry = &plan->entries[i];
	const struct extract_kind *kind = plan->kind->extract;
	struct matches matches = {.wanted = SCRATCH_ITEMS};

	if (kind->find(entry->finder, response, extract_subject(kind, response), scratch,
		       &matches) == FIND_LIMIT)
		return EXPECT_LIMIT;
	*subject = (struct found_values){.items = matches.items, .count = matches.count};
	return predicate_check(entry->predicate, *subject, rendered, scratch);
}

enum expect_outcome named_check(const void *data, const struct response *response,
				const struct value *rendered, struct scratch *scratch)
{
	const struct named_plan *plan = data;
	struct found_values subject;

	for (size_t i = 0; i < plan->count; i++) {
		enum expect_outcome outcome =
		    check_entry(plan, i, response, rendered, scratch, &subject);

		if (outcome != EXPECT_PASSED)
			return outcome;
	}
	return EXPECT_PASSED;
}

/* Searches again; this is only done for the few failures that are printed in full. */
void named_explain(const void *data, const struct response *response, const struct value *rendered,
		   struct buf *out)
{
	const struct named_plan *plan = data;
	const struct extract_kind *kind = plan->kind->extract;
	struct found_values subject = {0};
	struct scratch scratch;
	size_t i = 0;

	scratch_init(&scratch);
	while (i < plan->count &&
	       check_entry(plan, i, response, rendered, &scratch, &subject) == EXPECT_PASSED)
		i++;
	if (i < plan->count) {
		buf_printf(out, "expected %s %.*s ", plan->kind->what,
			   STR_ARG(plan->entries[i].name));
		predicate_put(plan->entries[i].predicate, rendered, &scratch, out);
		buf_add(out, STR(", got "));
		predicate_put_values(subject, out);
		predicate_put_difference(plan->entries[i].predicate, subject, rendered, &scratch,
					 out);
		if (!subject.count && kind->explain) {
			buf_add(out, STR(": "));
			kind->explain(plan->entries[i].finder, response,
				      extract_subject(kind, response), out);
		}
	}
	scratch_release(&scratch);
}
