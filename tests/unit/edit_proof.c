#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "edit/edit.h"
#include "edit/edit_json.h"
#include "edit/edit_log.h"
#include "doc/yaml.h"
#include "edit_proof.h"

#define SAMPLE 16 /* without EDIT_FILES=all, one of this number of operations */

struct proof_counts proof_counts;
struct proof_sample proof_sample;

/* Whether the next operation is in the sample. */
static bool is_sampled(void)
{
	proof_sample.state =
	    proof_sample.state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return proof_sample.whole || (proof_sample.state >> 33) % SAMPLE == 0;
}

/* ---- changes of the expected tree */

void proof_change_set(struct arena *a, struct oracle_value *value, const void *how)
{
	const struct how *h = how;
	uint32_t origin = value->origin;

	*value = *oracle_copy(a, h->value);
	value->origin = origin;
}

void proof_change_remove(struct arena *a, struct oracle_value *value, const void *how)
{
	const struct how *h = how;

	(void)a;
	oracle_remove(value, h->index);
}

void proof_change_insert(struct arena *a, struct oracle_value *value, const void *how)
{
	const struct how *h = how;

	oracle_insert(a, value, h->index, h->key, oracle_copy(a, h->value));
}

void proof_change_rename(struct arena *a, struct oracle_value *value, const void *how)
{
	const struct how *h = how;

	(void)a;
	value->pairs.items[h->index].key = h->key;
}

void proof_expect(struct proof *p, const struct yaml_place *place, oracle_change *change,
		  struct how how)
{
	oracle_change_all(&p->op_arena, p->expected, place->node->span.begin, place->node->kind,
			  change, &how);
}

/* ---- one operation */

static void fail_op(const struct proof *p, const struct edit_result *result, const char *what)
{
	struct buf old, fresh;

	buf_init(&old, 0);
	buf_init(&fresh, 0);
	fprintf(stderr, "%s%s: %s %.*s: %s\n%.*s\n---- the new text:\n%.*s\n", p->name,
		str_find(p->text, STR("\r\n"), 0) != NOT_FOUND ? " (CR LF)" : "",
		edit_json_kind(p->op.kind), STR_ARG(p->op.path), what, STR_ARG(result->reason),
		STR_ARG(result->text));
	buf_release(&old);
	buf_release(&fresh);
	fail();
}

static void check_tree(struct proof *p, const struct edit_result *result)
{
	struct arena *a = &p->op_arena;
	struct diag_list diags;
	struct buf expected, found;

	diag_init(&diags, a);
	const struct node *root = yaml_read(a, source_new(a, STR("new"), result->text), &diags);
	if (!root)
		fail_op(p, result, "the new text cannot be read");
	buf_init(&expected, 0);
	buf_init(&found, 0);
	oracle_print(p->expected, &expected);
	oracle_print(oracle_read(a, root), &found);
	if (!str_eq(buf_str(&expected), buf_str(&found))) {
		fprintf(stderr, "expected:\n%s\nfound:\n%s\n", expected.data, found.data);
		fail_op(p, result, "another tree");
	}
	buf_release(&expected);
	buf_release(&found);
}

static bool is_within(const struct edit_patch *patch, const struct range *range)
{
	return patch->begin >= range->begin && patch->end <= range->end;
}

static void check_lines(struct proof *p, const struct edit_result *result)
{
	for (size_t i = 0; i < result->patches.count && !p->with_aliases; i++) {
		const struct edit_patch *patch = &result->patches.items[i];

		if (!is_within(patch, &p->may_change[0]) && !is_within(patch, &p->may_change[1]))
			fail_op(p, result, "another line was changed");
	}
}

static void check_comments(struct proof *p, const struct edit_result *result)
{
	for (size_t i = 0; i < p->layout.comment_count; i++) {
		const struct yaml_comment *c = &p->layout.comments[i];
		struct str text = str_slice(p->text, c->begin, c->end);
		size_t needed = 0;

		for (size_t k = 0; k < p->layout.comment_count; k++) {
			const struct yaml_comment *other = &p->layout.comments[k];
			bool lost =
			    other->begin >= p->may_lose.begin && other->begin < p->may_lose.end;

			needed +=
			    !lost && str_eq(str_slice(p->text, other->begin, other->end), text);
		}
		if (oracle_count(result->text, text) < needed)
			fail_op(p, result, "a comment was lost");
	}
}

static void check_undo(struct proof *p, const struct edit_result *result)
{
	struct arena *a = &p->op_arena;
	struct edit_patches undo = edit_patches_invert(a, p->text, result->patches);

	if (!edit_patches_fit(result->text, undo) ||
	    !str_eq(edit_patches_apply(a, result->text, undo), p->text) ||
	    !str_eq(edit_patches_apply(a, p->text, result->patches), result->text))
		fail_op(p, result, "the undo gives other bytes");
	/* Both in one batch, with joined patches. */
	struct edit_op both[] = {
	    p->op, {.kind = EDIT_UNDO, .patches = undo, .digest = edit_digest(a, result->text)}};
	struct edit_result back;
	if (!edit_apply(a, str_of(p->name), p->text, both, 2, &back) ||
	    !str_eq(back.text, p->text) ||
	    !str_eq(edit_patches_apply(a, p->text, back.patches), p->text))
		fail_op(p, result, "the undo in a batch gives other bytes");
}

/* The logged operation does the same with the same file, and with one that has more lines. */
static void check_log(struct proof *p, const struct edit_result *result)
{
	static const struct str lines[] = {{"", 0}, {"# a line\n\n", 10}};
	struct arena *a = &p->op_arena;
	const struct edit_logged *log = edit_log_record(a, p->text, &p->op);
	struct edit_log_result again;

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct str before = lines[i], expected = result->text;

		if (str_starts(p->text, STR("\xef\xbb\xbf")) || str_starts(p->text, STR("%")))
			before = STR("");
		else if (i && str_find(p->text, STR("\r\n"), 0) != NOT_FOUND)
			before = STR("# a line\r\n\r\n");
		struct str text = arena_printf(a, "%.*s%.*s", STR_ARG(before), STR_ARG(p->text));
		expected = arena_printf(a, "%.*s%.*s", STR_ARG(before), STR_ARG(expected));
		edit_log_apply(a, str_of(p->name), text, &log, 1, NULL, &again);
		if (again.conflict_count)
			fail_op(p, result, arena_cstr(a, again.conflicts[0].reason));
		if (!str_eq(again.text, expected)) {
			fprintf(stderr, "%.*s\n", STR_ARG(again.text));
			fail_op(p, result, "the log has another result");
		}
	}
}

static void check_refusal(struct proof *p, const struct edit_result *result)
{
	proof_counts.refused[result->refusal]++;
	if (proof_sample.verbose)
		printf("# %s: %s %.*s: %.*s\n", p->name, edit_json_kind(p->op.kind),
		       STR_ARG(p->op.path), STR_ARG(result->reason));
	if (p->broken)
		return;
	/* Not every text can have every style. */
	proof_counts.as_text += result->refusal == EDIT_AS_TEXT && p->op.style == EDIT_STYLE_KEEP;
	if (result->refusal == EDIT_ALIAS && p->layout.alias_count)
		return;
	if (result->refusal != EDIT_AS_TEXT && result->refusal != EDIT_WRONG_OP)
		fail_op(p, result, "refused");
}

/* Begins an operation on PLACE; false if it is not in the sample. */
bool proof_begin(struct proof *p, enum edit_kind kind, struct str path)
{
	if (!is_sampled())
		return false;
	arena_reset(&p->op_arena);
	p->op = (struct edit_op){.kind = kind, .path = path};
	p->expected = oracle_read(&p->op_arena, p->root);
	p->may_change[0] = p->may_change[1] = p->may_lose = (struct range){0, 0};
	p->with_aliases = false;
	return true;
}

void proof_run(struct proof *p)
{
	struct edit_result result;

	proof_counts.tried++;
	if (!edit_apply(&p->op_arena, str_of(p->name), p->text, &p->op, 1, &result)) {
		assert_ptr_equal(result.text.ptr, p->text.ptr);
		check_refusal(p, &result);
		return;
	}
	proof_counts.done++;
	check_tree(p, &result);
	check_lines(p, &result);
	check_comments(p, &result);
	check_undo(p, &result);
	if (proof_counts.done % 4 == 0)
		check_log(p, &result);
}
