#include "expect/named.h"

const struct field named_element = {
    .type = FIELD_SPECIAL, .bytes = sizeof(struct predicate), .special = &predicate_special};

struct named_entry {
	struct str name;
	const void *key;
	const struct predicate_plan *predicate;
};

struct named_plan {
	const struct named_kind *kind;
	struct named_entry *entries;
	size_t count;
};

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
		entry->key = kind->prepare(p, pair);
		entry->predicate = predicate_prepare(p, pair->value, kind->json);
		fine &= entry->key && entry->predicate;
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
		if (plan->kind->release && plan->entries[i].key)
			plan->kind->release(plan->entries[i].key);
		predicate_release(plan->entries[i].predicate);
	}
}

static enum expect_outcome judge_entry(const struct named_plan *plan, size_t i,
				       const struct answer *answer, const struct value *worked,
				       struct scratch *scratch, struct subject *subject)
{
	enum expect_outcome outcome =
	    plan->kind->find(plan->entries[i].key, answer, scratch, subject);

	if (outcome != EXPECT_HOLDS)
		return outcome;
	return predicate_judge(plan->entries[i].predicate, *subject, worked, scratch);
}

enum expect_outcome named_judge(const void *data, const struct answer *answer,
				const struct value *worked, struct scratch *scratch)
{
	const struct named_plan *plan = data;
	struct subject subject;

	for (size_t i = 0; i < plan->count; i++) {
		enum expect_outcome outcome =
		    judge_entry(plan, i, answer, worked, scratch, &subject);

		if (outcome != EXPECT_HOLDS)
			return outcome;
	}
	return EXPECT_HOLDS;
}

/* Finds again: only for the few failures that are told at length. */
void named_explain(const void *data, const struct answer *answer, const struct value *worked,
		   struct buf *out)
{
	const struct named_plan *plan = data;
	struct subject subject = {0};
	struct scratch scratch;
	size_t i = 0;

	scratch_init(&scratch);
	while (i < plan->count &&
	       judge_entry(plan, i, answer, worked, &scratch, &subject) == EXPECT_HOLDS)
		i++;
	if (i < plan->count) {
		buf_printf(out, "%s %.*s was expected ", plan->kind->what,
			   STR_ARG(plan->entries[i].name));
		predicate_put(plan->entries[i].predicate, worked, &scratch, out);
		buf_add(out, STR("; there is "));
		subject_put(subject, out);
		predicate_put_difference(plan->entries[i].predicate, subject, worked, &scratch,
					 out);
		if (!subject.count && plan->kind->explain) {
			buf_add(out, STR(": "));
			plan->kind->explain(plan->entries[i].key, answer, out);
		}
	}
	scratch_release(&scratch);
}
