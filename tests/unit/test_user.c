/* The values of a user: copies that rarely grow, views of themselves, and values set in forks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "run/user.h"
#include "tiny_program.h"

struct fixture {
	struct tiny tiny;
	struct user_pool pool;
	struct user *user;
	struct buf spare;
};

static int setup(void **state)
{
	struct fixture *f = malloc(sizeof *f);

	tiny_init(&f->tiny);
	user_pool_init(&f->pool, &f->tiny.p);
	f->user = user_acquire(&f->pool);
	user_reset_values(&f->tiny.p, f->user);
	buf_init(&f->spare, 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	user_pool_release(&f->pool);
	tiny_release(&f->tiny);
	buf_release(&f->spare);
	free(f);
	return 0;
}

static void keep_text(struct fixture *f, uint32_t slot, const char *text)
{
	user_set_value(f->user, slot, value_text(str_of(text)), &f->spare);
}

static bool holds(const struct fixture *f, uint32_t slot, const char *text)
{
	return str_eq(f->user->slots[slot].text, str_of(text));
}

static void a_value_is_a_copy(void **state)
{
	struct fixture *f = *state;
	char text[] = "hat";

	keep_text(f, 0, text);
	text[0] = 'c';
	assert_true(holds(f, 0, "hat"));
	keep_text(f, 1, "coat");
	assert_true(holds(f, 0, "hat"));
	assert_true(holds(f, 1, "coat"));
}

static void a_block_is_used_again(void **state)
{
	struct fixture *f = *state;
	const char *data;

	keep_text(f, 0, "a first text of some length");
	data = f->user->blocks[0].data;
	keep_text(f, 0, "short");
	keep_text(f, 0, "another of the same length.");
	assert_ptr_equal(f->user->blocks[0].data, data);
	assert_true(holds(f, 0, "another of the same length."));
}

static void an_unusually_large_block_is_given_back(void **state)
{
	struct fixture *f = *state;
	char *large = calloc(1, 100001);

	memset(large, 'x', 100000);
	keep_text(f, 0, large);
	assert_true(f->user->blocks[0].cap >= 100000);
	keep_text(f, 0, "small");
	assert_true(f->user->blocks[0].cap < 100);
	assert_true(holds(f, 0, "small"));
	free(large);
}

static void a_part_of_itself_may_be_kept(void **state)
{
	struct fixture *f = *state;
	struct value items[2] = {value_text(STR("left")), value_text(STR("right"))};
	struct value list = {.type = VALUE_LIST, .items = items, .count = 2};
	struct value turned[2], saved;

	keep_text(f, 0, "red hat");
	user_set_value(f->user, 0, value_text(str_slice(f->user->slots[0].text, 4, 7)), &f->spare);
	assert_true(holds(f, 0, "hat"));

	user_set_value(f->user, 1, list, &f->spare);
	saved = f->user->slots[1];
	assert_int_equal(saved.count, 2);
	turned[0] = saved.items[1];
	turned[1] = saved.items[0];
	list.items = turned;
	user_set_value(f->user, 1, list, &f->spare);
	saved = f->user->slots[1];
	assert_true(str_eq(saved.items[0].text, STR("right")));
	assert_true(str_eq(saved.items[1].text, STR("left")));
	user_set_value(f->user, 1, saved.items[1], &f->spare);
	assert_true(holds(f, 1, "left"));
}

static void values_without_bytes_take_none(void **state)
{
	struct fixture *f = *state;

	user_set_value(f->user, 0, value_number(42), &f->spare);
	user_set_value(f->user, 1, value_bool(true), &f->spare);
	assert_null(f->user->blocks[0].data);
	assert_true(f->user->slots[0].number == 42);
	assert_true(f->user->slots[1].yes);
}

static void staged_values_wait_and_the_later_branch_wins(void **state)
{
	struct fixture *f = *state;

	keep_text(f, 0, "before");
	for (unsigned round = 0; round < 3; round++) {
		user_stage_value(f->user, 0, 2, value_text(STR("third")));
		user_stage_value(f->user, 1, 1, value_text(STR("other")));
		user_stage_value(f->user, 0, 0, value_text(STR("first")));
		user_stage_value(f->user, 0, 2, value_text(STR("third again")));
		user_stage_value(f->user, 0, 1, value_text(STR("second")));
		if (round == 0)
			assert_true(holds(f, 0, "before"));
		user_commit_values(f->user);
		assert_true(holds(f, 0, "third again"));
		assert_true(holds(f, 1, "other"));
	}
	assert_int_equal(f->user->staged_used, 5);
}

static void a_reused_user_has_no_old_values(void **state)
{
	struct fixture *f = *state;
	struct user *first = f->user;

	keep_text(f, 0, "past");
	first->stop = STOP_USER;
	user_release(&f->pool, first);
	f->user = user_acquire(&f->pool);
	assert_ptr_equal(f->user, first);
	assert_int_equal(f->user->stop, STOP_NOTHING);
	user_reset_values(&f->tiny.p, f->user);
	assert_int_equal(f->user->slots[0].type, VALUE_NULL);
}

static void a_user_is_small(void **state)
{
	struct fixture *f = *state;

	/* Eight variables, four loops, four groups: the memory of a user without its connection. */
	assert_true(f->pool.user_bytes <= 1536);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_value_is_a_copy),
	    TEST(a_block_is_used_again),
	    TEST(an_unusually_large_block_is_given_back),
	    TEST(a_part_of_itself_may_be_kept),
	    TEST(values_without_bytes_take_none),
	    TEST(staged_values_wait_and_the_later_branch_wins),
	    TEST(a_reused_user_has_no_old_values),
	    TEST(a_user_is_small),
	};

	return cmocka_run_group_tests_name("user", tests, NULL, NULL);
}
