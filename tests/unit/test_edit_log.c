/* Operations that are applied again to a file that was changed in the meantime. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "edit/edit_json.h"
#include "edit/edit_log.h"

#include "arena_fixture.h"

#define MAX_OPS 8

static const struct edit_op *read_ops(const char *text, size_t *count)
{
	char *json = arena_cstr(&arena, str_of(text));
	struct edit_json_error error;
	const struct edit_op *ops;

	for (char *c = json; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	if (!edit_json_read(&arena, str_of(json), &ops, count, &error))
		fail_msg("%.*s in %s", STR_ARG(error.reason), text);
	return ops;
}

/* Applies OPS to BASE one after another, with a log. */
static size_t make_log(struct str base, const char *json, const struct edit_logged **log)
{
	size_t count;
	const struct edit_op *ops = read_ops(json, &count);

	for (size_t i = 0; i < count; i++) {
		struct edit_result result;

		log[i] = edit_log_record(&arena, base, &ops[i]);
		assert_true(edit_apply(&arena, STR("a"), base, &ops[i], 1, &result));
		base = result.text;
	}
	return count;
}

/* The text after the log, and the conflicts as "INDEX: REASON" lines. */
static void assert_log(const char *base, const char *changed, const char *ops, const char *expected,
		       const char *conflicts)
{
	const struct edit_logged *log[MAX_OPS];
	size_t count = make_log(str_of(base), ops, log);
	struct edit_log_result result;
	struct buf found;

	edit_log_apply(&arena, STR("a"), str_of(changed), log, count, NULL, &result);
	assert_string_equal(arena_cstr(&arena, result.text), expected);
	assert_true(
	    str_eq(edit_patches_apply(&arena, str_of(changed), result.patches), str_of(expected)));
	buf_init(&found, 0);
	for (size_t i = 0; i < result.conflict_count; i++)
		buf_printf(&found, "%zu: %.*s\n", result.conflicts[i].index,
			   STR_ARG(result.conflicts[i].reason));
	buf_add_char(&found, '\0');
	assert_string_equal(found.data, conflicts);
	buf_release(&found);
}

#define STEPS "load: {users: 5}\nsteps:\n  - get: /a\n  - get: /b\n    name: B\n  - get: /c\n"

static void test_places_are_found_again(void **state)
{
	static const struct {
		const char *changed, *ops, *expected;
	} cases[] = {
	    /* A step and a comment were added above. */
	    {"load: {users: 5}\nsteps:\n  # new\n  - get: /new\n  - get: /a\n  - get: /b\n    "
	     "name: B\n"
	     "  - get: /c\n",
	     "[{'op':'set','path':'/steps/1/name','value':'X'},{'op':'remove','path':'/steps/0'},"
	     "{'op':'set','path':'/load/users','value':6}]",
	     "load: {users: 6}\nsteps:\n  # new\n  - get: /new\n  - get: /b\n    name: X\n  - get: "
	     "/c\n"},
	    /* Another key of the same step was changed. */
	    {"load: {users: 5}\nsteps:\n  - get: /b\n    name: B\n    expect: {status: 200}\n",
	     "[{'op':'add','path':'/steps/1/form','value':{'x':1}}]",
	     "load: {users: 5}\nsteps:\n  - get: /b\n    name: B\n    expect: {status: 200}\n    "
	     "form:\n"
	     "      x: 1\n"},
	    /* New and moved items go next to their neighbors. */
	    {"load: {users: 5}\nsteps:\n  - get: /new\n  - get: /a\n  - get: /b\n    name: B\n"
	     "  - get: /c\n",
	     "[{'op':'insert','path':'/steps/1','value':{'think':'1s'}}]",
	     "load: {users: 5}\nsteps:\n  - get: /new\n  - get: /a\n  - think: 1s\n  - get: /b\n"
	     "    name: B\n  - get: /c\n"},
	    {"load: {users: 5}\nsteps:\n  - get: /new\n  - get: /a\n  - get: /b\n    name: B\n"
	     "  - get: /c\n",
	     "[{'op':'move','from':'/steps/2','path':'/steps/0'}]",
	     "load: {users: 5}\nsteps:\n  - get: /new\n  - get: /c\n  - get: /a\n  - get: /b\n"
	     "    name: B\n"},
	    /* The operations build on each other. */
	    {"load: {users: 5}\nsteps:\n  - get: /new\n  - get: /a\n  - get: /b\n    name: B\n"
	     "  - get: /c\n",
	     "[{'op':'set','path':'/steps/2/get','value':'/d'},"
	     "{'op':'set','path':'/steps/2/get','value':'/e'},"
	     "{'op':'disable','path':'/steps/2'}]",
	     "load: {users: 5}\nsteps:\n  - get: /new\n  - get: /a\n  - get: /b\n    name: B\n"
	     "  # - get: /e\n"},
	    /* The same change in the file. */
	    {"load: {users: 6}\nsteps: []\n", "[{'op':'set','path':'/load/users','value':6}]",
	     "load: {users: 6}\nsteps: []\n"},
	    {"steps: []\n", "[{'op':'remove','path':'/load'}]", "steps: []\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_log(STEPS, cases[i].changed, cases[i].ops, cases[i].expected, "");
}

static void test_conflicts(void **state)
{
	static const struct {
		const char *changed, *ops, *expected, *conflicts;
	} cases[] = {
	    {"load: {users: 7}\nsteps:\n  - get: /a\n",
	     "[{'op':'set','path':'/load/users','value':6},"
	     "{'op':'set','path':'/steps/0/get','value':'/x'}]",
	     "load: {users: 7}\nsteps:\n  - get: /x\n",
	     "0: '/load/users': it was changed in the file too\n"},
	    {"load: {users: 5}\nsteps:\n  - get: /a\n  - get: /c\n",
	     "[{'op':'set','path':'/steps/1/name','value':'X'}]",
	     "load: {users: 5}\nsteps:\n  - get: /a\n  - get: /c\n",
	     "0: '/steps/1/name': the item was changed or removed in the file, or it cannot be "
	     "distinguished from others\n"},
	    {"load: {users: 5}\nsteps:\n  - get: /b\n    name: B\n    form: {}\n",
	     "[{'op':'remove','path':'/steps/1'}]",
	     "load: {users: 5}\nsteps:\n  - get: /b\n    name: B\n    form: {}\n",
	     "0: '/steps/1': it was changed in the file too\n"},
	    {"load: {users: 5}\nsteps:\n  - get: /x\n  - get: /x\n",
	     "[{'op':'insert','path':'/steps/1','value':1}]",
	     "load: {users: 5}\nsteps:\n  - get: /x\n  - get: /x\n",
	     "0: '/steps/1': the items next to it were changed or removed in the file\n"},
	    {"load: {users: 5, ramp_up: 1s}\nsteps: []\n",
	     "[{'op':'add','path':'/load/ramp_up','value':'2s'}]",
	     "load: {users: 5, ramp_up: 1s}\nsteps: []\n",
	     "0: the key 'ramp_up' exists already; use 'set'\n"},
	    {"steps: []\n", "[{'op':'set','path':'/load/users','value':6}]", "steps: []\n",
	     "0: '/load/users': the file no longer has it\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_log(STEPS, cases[i].changed, cases[i].ops, cases[i].expected,
			   cases[i].conflicts);
}

/* The log of the result fits a text that was changed a second time. */
static void test_twice(void **state)
{
	const struct edit_logged *log[MAX_OPS];
	struct edit_log_result first, second;
	size_t count;

	(void)state;
	count = make_log(STR(STEPS), "[{'op':'set','path':'/steps/2/get','value':'/d'}]", log);
	edit_log_apply(&arena, STR("a"), STR("steps:\n  - get: /new\n  - get: /c\n"), log, count,
		       NULL, &first);
	assert_int_equal(first.count, 1);
	assert_string_equal(arena_cstr(&arena, edit_log_op(first.log[0])->path), "/steps/1/get");
	edit_log_apply(&arena, STR("a"), STR("steps:\n  - get: /c\n  - get: /new\n"), first.log, 1,
		       NULL, &second);
	assert_string_equal(second.text.ptr, "steps:\n  - get: /d\n  - get: /new\n");
	assert_int_equal(second.conflict_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_places_are_found_again, arena_fixture_begin,
					    arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_conflicts, arena_fixture_begin, arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_twice, arena_fixture_begin, arena_fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
