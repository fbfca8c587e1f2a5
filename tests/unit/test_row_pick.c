/* The rows of a data set for each user: each row once, repeatable, and the behaviour at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "program/program.h"
#include "run/row_pick.h"

static struct data_set set_of(size_t rows, int pick, int per, int at_end)
{
	struct data_set set = {.pick = pick, .per = per, .at_end = at_end};

	set.rows.count = rows;
	return set;
}

static void test_in_order(void **state)
{
	struct data_set set = set_of(10, PICK_IN_ORDER, PER_ITERATION, END_STOP_USER);
	bool seen[10] = {false};
	uint64_t row;

	(void)state;
	for (uint64_t user = 0; user < 3; user++)
		for (uint64_t iteration = 1; iteration <= 4; iteration++) {
			uint64_t turn = (iteration - 1) * 3 + user;
			struct row_key key = {.turn = turn};
			bool had = row_pick(&set, &key, &row);
			assert_int_equal(had, turn < 10);
			if (!had)
				continue;
			assert_int_equal(row, turn);
			assert_false(seen[row]);
			seen[row] = true;
		}
}

static void test_repeated(void **state)
{
	struct data_set set = set_of(2, PICK_IN_ORDER, PER_USER, END_REPEAT);
	struct row_key key = {.turn = 3};
	uint64_t row;

	(void)state;
	assert_true(row_pick(&set, &key, &row));
	assert_int_equal(row, 1);
}

/* For every size: each row once per round, another order in the next, the same for the same seed.
 */
static void test_shuffled(void **state)
{
	static const size_t sizes[] = {1, 2, 3, 7, 64, 100, 1000};

	(void)state;
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		struct data_set set = set_of(sizes[s], PICK_SHUFFLED, PER_ITERATION, END_REPEAT);
		bool seen[1000] = {false};
		size_t in_place = 0;
		for (uint64_t turn = 0; turn < sizes[s]; turn++) {
			struct row_key key = {.seed = 7, .turn = turn};
			uint64_t row, again;
			assert_true(row_pick(&set, &key, &row));
			assert_true(row_pick(&set, &key, &again));
			assert_true(row == again && row < sizes[s] && !seen[row]);
			seen[row] = true;
			in_place += row == turn;
		}
		if (sizes[s] >= 64)
			assert_true(in_place < sizes[s] / 8);
		in_place = 0;
		for (uint64_t turn = 0; turn < sizes[s]; turn++) {
			struct row_key key = {.seed = 7, .turn = turn};
			uint64_t row, next;

			assert_true(row_pick(&set, &key, &row));
			key.turn += sizes[s];
			assert_true(row_pick(&set, &key, &next));
			in_place += row == next;
		}
		if (sizes[s] >= 64)
			assert_true(in_place < sizes[s] / 8);
	}
}

static void test_random(void **state)
{
	struct data_set set = set_of(10, PICK_RANDOM, PER_ITERATION, END_STOP_RUN);
	unsigned counts[10] = {0};
	uint64_t row;

	(void)state;
	for (uint64_t user = 0; user < 10000; user++) {
		struct row_key key = {.seed = 3, .turn = user};
		assert_true(row_pick(&set, &key, &row));
		counts[row]++;
	}
	for (int i = 0; i < 10; i++)
		assert_true(counts[i] > 850 && counts[i] < 1150);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_in_order),
	    cmocka_unit_test(test_repeated),
	    cmocka_unit_test(test_shuffled),
	    cmocka_unit_test(test_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
