/* Checks the keys of a map: each may be written once, and keys with a special meaning in YAML are
 * refused. */
#include "doc/yaml_private.h"

#include <stdlib.h>

/* Up to this number of keys they are compared one by one; a longer map is sorted once at its end.
 */
#define FEW_KEYS 24

static void report_duplicate(struct yaml_reader *r, const struct node *key,
			     const struct node_pair *first)
{
	bool several = first->value->kind != NODE_SCALAR;
	struct diag *diag = diag_error(
	    &r->pending, key->span, DIAG_E102,
	    several ? "duplicate key '%.*s'; remove one of them, or write the values of both under "
		      "one '%.*s'"
		    : "duplicate key '%.*s'; remove one of them",
	    STR_ARG(key->text), STR_ARG(key->text));

	diag_note(&r->pending, diag, first->key->span, "the first one");
}

static bool is_merge(struct yaml_reader *r, const struct node *key)
{
	if (!str_eq(key->text, STR("<<")) || key->style != NODE_PLAIN)
		return false;
	struct diag *diag =
	    diag_error(&r->pending, key->span, DIAG_E113, "the merge key '<<' is not supported");
	diag_note(&r->pending, diag, SPAN_NONE,
		  "put settings shared by all requests under `defaults:`, and shared steps under "
		  "`flows:` (run them with `call:`)");
	return true;
}

bool yaml_key_is_valid(struct yaml_reader *r, const struct node_pair *pairs, size_t count,
		       const struct node *key)
{
	if (is_merge(r, key))
		return false;
	for (size_t i = 0; i < count && count <= FEW_KEYS; i++) {
		if (str_eq(pairs[i].key->text, key->text)) {
			report_duplicate(r, key, &pairs[i]);
			return false;
		}
	}
	return true;
}

static int order_pairs(const void *left, const void *right)
{
	const struct node *a = (*(const struct node_pair *const *)left)->key;
	const struct node *b = (*(const struct node_pair *const *)right)->key;
	int order = str_cmp(a->text, b->text);

	if (order)
		return order;
	return a->span.begin < b->span.begin ? -1 : a->span.begin > b->span.begin;
}

size_t yaml_drop_duplicates(struct yaml_reader *r, struct node_pair *pairs, size_t count)
{
	size_t kept = 0;

	if (count <= FEW_KEYS)
		return count;
	const struct node_pair **sorted =
	    arena_array(r->arena, count, sizeof(const struct node_pair *));
	bool *twice = ARENA_ARRAY(r->arena, count, bool);

	for (size_t i = 0; i < count; i++)
		sorted[i] = &pairs[i];
	qsort(sorted, count, sizeof *sorted, order_pairs);
	for (size_t i = 1, first = 0; i < count; i++) {
		if (!str_eq(sorted[i]->key->text, sorted[first]->key->text)) {
			first = i;
			continue;
		}
		twice[sorted[i] - pairs] = true;
		report_duplicate(r, sorted[i]->key, sorted[first]);
	}
	for (size_t i = 0; i < count; i++)
		if (!twice[i])
			pairs[kept++] = pairs[i];
	return kept;
}
