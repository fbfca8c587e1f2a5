/* Differences of two texts, and patches that are moved past them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "edit/edit_diff.h"

#include "arena_fixture.h"

static void assert_diff(struct str old, struct str text)
{
	struct edit_patches patches = edit_diff(&arena, old, text);
	struct str made;

	assert_true(edit_patches_fit(old, patches));
	made = edit_patches_apply(&arena, old, patches);
	if (!str_eq(made, text))
		fail_msg("from '%.*s' to '%.*s': '%.*s'", STR_ARG(old), STR_ARG(text),
			 STR_ARG(made));
}

static void test_distance(void **state)
{
	static const struct {
		const char *old, *text;
		size_t distance;
	} cases[] = {
	    {"", "", 0},
	    {"a\n", "a\n", 0},
	    {"", "a\n", 1},
	    {"a\nb\nc\n", "a\nc\n", 1},
	    {"a\nb\nc\n", "a\nx\nc\n", 2},
	    {"a\nb\nc\n", "c\nb\na\n", 4},
	    {"a\nb", "a\nb\n", 2},
	    {"a\na\na\nb\n", "a\nb\na\n", 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str old = str_of(cases[i].old), text = str_of(cases[i].text);

		assert_diff(old, text);
		assert_diff(text, old);
		assert_int_equal(edit_diff_distance(old, text), cases[i].distance);
		assert_int_equal(edit_diff_distance(text, old), cases[i].distance);
	}
}

static struct str random_text(struct random_stream *random, unsigned lines, unsigned words)
{
	char *text = arena_alloc(&arena, 2 * (size_t)lines + 1);
	size_t length = 0;

	for (unsigned i = 0; i < lines; i++) {
		text[length++] = (char)('a' + random_below(random, words));
		text[length++] = '\n';
	}
	return str_n(text, length);
}

static void test_random_texts(void **state)
{
	struct random_stream random = random_stream(1, 0, 0, 0);

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		unsigned words = 1 + (unsigned)random_below(&random, 5);

		assert_diff(random_text(&random, (unsigned)random_below(&random, 20), words),
			    random_text(&random, (unsigned)random_below(&random, 20), words));
	}
	/* Too many differences to search for the fewest. */
	assert_diff(random_text(&random, 1000, 26), random_text(&random, 1000, 26));
}

static void test_moved_patches(void **state)
{
	static const struct {
		const char *old, *text;
		uint32_t begin, end;
		const char *by, *expected; /* NULL: not possible */
	} cases[] = {
	    /* Lines before and after it. */
	    {"a\nb\nc\nd\n", "x\na\nb\nc\nd\ny\n", 2, 3, "B", "x\na\nB\nc\nd\ny\n"},
	    {"a\nb\nc\nd\n", "b\nc\n", 2, 4, "", NULL},
	    {"a\nb\nc\nd\n", "b\nc\nd\n", 4, 6, "", "b\nd\n"},
	    {"a\nb\nc\n", "a\nx\nc\n", 2, 3, "B", NULL},
	    /* Comments next to it. */
	    {"a\nb\nc\n", "a\nb\nc\n# x\n\n", 4, 6, "", "a\nb\n# x\n\n"},
	    {"a\nb\nc\n", "a\nb\nc\nd\n", 4, 6, "", NULL},
	    {"a\nb\n", "# x\na\nb\n", 0, 0, "n\n", "# x\nn\na\nb\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct edit_patch patch = {cases[i].begin, cases[i].end, str_of(cases[i].by)};
		struct str text = str_of(cases[i].text);
		struct edit_patches moved;
		uint32_t line = 0;
		bool good = edit_diff_move(&arena, str_of(cases[i].old), text,
					   (struct edit_patches){&patch, 1}, &moved, &line);

		assert_int_equal(good, cases[i].expected != NULL);
		assert_int_equal(line, cases[i].begin / 2 + 1);
		if (good)
			assert_string_equal(edit_patches_apply(&arena, text, moved).ptr,
					    cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_distance, arena_fixture_begin, arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_random_texts, arena_fixture_begin,
					    arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_moved_patches, arena_fixture_begin,
					    arena_fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
