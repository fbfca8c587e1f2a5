/* `${unique}`: different for each user and iteration, and the same within one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ascii.h"
#include "program/unique.h"

static struct builtins of(uint64_t user, uint64_t iteration)
{
	return (struct builtins){
	    .user_index = user, .iteration = iteration, .run_id = STR("r"), .run_started = 7};
}

static int by_text(const void *a, const void *b)
{
	return memcmp(a, b, UNIQUE_CHARS);
}

/* All pairs of the first USERS and ITERATIONS from FIRST. */
static void check_pairs(uint64_t users, uint64_t iterations, uint64_t first)
{
	size_t count = users * iterations;
	char *all = malloc(count * UNIQUE_CHARS);

	assert_non_null(all);
	for (uint64_t u = 0; u < users; u++)
		for (uint64_t i = 0; i < iterations; i++) {
			struct builtins b = of(u, first + i);

			unique_put(&b, all + (u * iterations + i) * UNIQUE_CHARS);
		}
	qsort(all, count, UNIQUE_CHARS, by_text);
	for (size_t i = 1; i < count; i++)
		assert_memory_not_equal(all + (i - 1) * UNIQUE_CHARS, all + i * UNIQUE_CHARS,
					UNIQUE_CHARS);
	free(all);
}

static void no_two_iterations_have_the_same(void **state)
{
	(void)state;
	check_pairs(1, 200000, 1);
	check_pairs(700, 300, 0);
	check_pairs(200000, 1, 1);
	check_pairs(2, 100000, ((uint64_t)1 << 31) - 200000);
}

static void runs_have_different_ones(void **state)
{
	char one[UNIQUE_CHARS], other[UNIQUE_CHARS];
	struct builtins b = of(3, 4);

	(void)state;
	unique_put(&b, one);
	unique_put(&b, other);
	assert_memory_equal(one, other, UNIQUE_CHARS);
	b.run_started++;
	unique_put(&b, other);
	assert_memory_not_equal(one, other, UNIQUE_CHARS);
	b.run_started--;
	b.run_id = STR("s");
	unique_put(&b, other);
	assert_memory_not_equal(one, other, UNIQUE_CHARS);
}

static void it_begins_with_a_letter(void **state)
{
	char text[UNIQUE_CHARS];

	(void)state;
	for (uint64_t run = 0; run < 1000; run++) {
		struct builtins b = of(run * 1000003, UINT64_MAX - run);

		b.run_started = (ns_t)run;
		unique_put(&b, text);
		assert_true(ascii_is_lower(text[0]));
		for (int i = 1; i < UNIQUE_CHARS; i++)
			assert_true(ascii_is_lower(text[i]) || ascii_is_digit(text[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_two_iterations_have_the_same),
	    cmocka_unit_test(runs_have_different_ones),
	    cmocka_unit_test(it_begins_with_a_letter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
