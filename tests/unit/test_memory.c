/* Arenas and growing buffers: alignment, reuse, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"

static void test_arena(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 256);
	for (size_t bytes = 0; bytes < 1000; bytes += 7) {
		char *memory = arena_alloc(&a, bytes);

		assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < bytes; i++)
			assert_int_equal(memory[i], 0);
		memset(memory, 0xaa, bytes);
	}
	arena_reset(&a);
	assert_true(a.total <= 1000);
	char *again = arena_alloc(&a, 100);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(again[i], 0);
	arena_release(&a);
	assert_null(a.blocks);
	assert_int_equal(a.total, 0);
}

/* A large allocation does not waste the rest of the current block. */
static void test_large(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1024);
	arena_alloc(&a, 16);
	size_t left = a.left;
	memset(arena_alloc(&a, 5000), 1, 5000);
	assert_int_equal(a.left, left);
	arena_release(&a);
}

static void test_texts(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	struct str copy = arena_str(&a, str_n("hello", 4));
	assert_true(str_eq(copy, STR("hell")));
	assert_int_equal(copy.ptr[4], '\0');
	assert_string_equal(arena_cstr(&a, STR_NULL), "");
	assert_true(str_eq(arena_printf(&a, "%d-%s", 7, "x"), STR("7-x")));
	struct str wide = arena_printf(&a, "%400d", 1);
	assert_int_equal(wide.len, 400);
	assert_int_equal(wide.ptr[399], '1');
	arena_release(&a);
}

static void test_vec(void **state)
{
	VEC(int) numbers = {0};
	struct arena a;

	(void)state;
	arena_init(&a, 64);
	for (int i = 0; i < 1000; i++)
		VEC_PUSH(&a, &numbers, i);
	assert_int_equal(numbers.count, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(numbers.items[i], i);
	arena_release(&a);
}

static void test_buf(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	assert_true(str_eq(buf_str(&b), STR("")));
	for (int i = 0; i < 100; i++)
		assert_true(buf_printf(&b, "%d,", i));
	assert_int_equal(b.len, 290);
	assert_int_equal(b.data[290], '\0');
	char *memory = b.data;
	buf_clear(&b);
	assert_true(buf_add(&b, STR("abc")) && buf_add_char(&b, 'd'));
	assert_ptr_equal(b.data, memory);
	assert_string_equal(b.data, "abcd");
	buf_shrink(&b, 0);
	assert_int_equal(b.cap, 5);
	assert_string_equal(b.data, "abcd");
	buf_release(&b);
	assert_null(b.data);
}

static void test_buf_bound(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	assert_true(buf_add(&b, STR("12345")));
	assert_false(b.overflow);
	assert_false(buf_add_char(&b, '6'));
	assert_true(b.overflow);
	assert_string_equal(b.data, "12345");
	buf_clear(&b);
	assert_false(b.overflow);
	assert_true(buf_printf(&b, "%s", "abc"));
	assert_false(buf_printf(&b, "%s", "def"));
	assert_string_equal(b.data, "abc");
	assert_false(buf_reserve(&b, SIZE_MAX));
	buf_release(&b);
	assert_int_equal(b.max, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_arena), cmocka_unit_test(test_large),
	    cmocka_unit_test(test_texts), cmocka_unit_test(test_vec),
	    cmocka_unit_test(test_buf),	  cmocka_unit_test(test_buf_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
