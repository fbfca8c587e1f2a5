#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "net/curl_heap.h"

enum { BLOCKS = 300, ROUNDS = 20000 };

struct held {
	unsigned char *bytes;
	size_t len;
	unsigned char mark;
};

static void fill(struct held *h, unsigned char mark)
{
	h->mark = mark;
	memset(h->bytes, mark, h->len);
}

static void assert_whole(const struct held *h, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (h->bytes[i] != h->mark)
			fail_msg("byte %zu of %zu was overwritten", i, h->len);
}

static void test_sizes(void **state)
{
	(void)state;
	for (size_t len = 0; len < 70000; len += len < 3000 ? 1 : 97) {
		struct held a = {curl_heap_malloc(len), len, 0};
		struct held b = {curl_heap_calloc(1, len), len, 0};

		assert_int_equal((uintptr_t)a.bytes % 16, 0);
		assert_whole(&b, len);
		fill(&a, 1);
		fill(&b, 2);
		assert_whole(&a, len);
		curl_heap_free(a.bytes);
		assert_whole(&b, len);
		curl_heap_free(b.bytes);
	}
	curl_heap_free(NULL);
	assert_null(curl_heap_malloc(SIZE_MAX));
	assert_null(curl_heap_calloc(SIZE_MAX / 2, 4));
	curl_heap_release();
}

static void test_reuse(void **state)
{
	(void)state;
	void *first = curl_heap_malloc(100);
	curl_heap_free(first);
	assert_ptr_equal(curl_heap_malloc(97), first);
	curl_heap_free(first);
	char *text = curl_heap_strdup("a text");
	assert_string_equal(text, "a text");
	curl_heap_free(text);
	curl_heap_release();
}

static void one_step(struct held *h)
{
	size_t len = (size_t)rand() % (rand() % 8 ? 600 : 50000);

	if (!h->bytes) {
		h->len = len;
		h->bytes = curl_heap_malloc(len);
		fill(h, (unsigned char)rand());
	} else if (rand() % 2) {
		size_t kept = len < h->len ? len : h->len;

		h->bytes = curl_heap_realloc(h->bytes, len);
		assert_whole(h, kept);
		h->len = len;
		fill(h, (unsigned char)rand());
	} else {
		assert_whole(h, h->len);
		curl_heap_free(h->bytes);
		h->bytes = NULL;
	}
}

static void test_many(void **state)
{
	static struct held held[BLOCKS];

	(void)state;
	srand(1);
	for (int i = 0; i < ROUNDS; i++)
		one_step(&held[rand() % BLOCKS]);
	for (int i = 0; i < BLOCKS; i++) {
		if (held[i].bytes)
			assert_whole(&held[i], held[i].len);
		curl_heap_free(held[i].bytes);
	}
	curl_heap_release();
}

static void *give_back(void *arg)
{
	struct held *held = arg;

	for (int i = 0; i < BLOCKS; i++)
		curl_heap_free(held[i].bytes);
	/* And take some that other threads have freed. */
	for (int i = 0; i < BLOCKS; i++)
		curl_heap_free(curl_heap_malloc((size_t)i));
	return NULL;
}

static void test_given_back_by_another_thread(void **state)
{
	static struct held held[BLOCKS];
	pthread_t thread;

	(void)state;
	for (int i = 0; i < BLOCKS; i++)
		held[i].bytes = curl_heap_malloc((size_t)i * 200);
	assert_int_equal(pthread_create(&thread, NULL, give_back, held), 0);
	pthread_join(thread, NULL);
	curl_heap_release();
}

static void *draw_one_scenario(void *arg)
{
	void **block = arg;

	*block = curl_heap_malloc(100);
	curl_heap_free(*block);
	return NULL;
}

static void test_lists_move_between_threads(void **state)
{
	void *first, *second;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, draw_one_scenario, &first), 0);
	pthread_join(thread, NULL);
	assert_int_equal(pthread_create(&thread, NULL, draw_one_scenario, &second), 0);
	pthread_join(thread, NULL);
	assert_ptr_equal(first, second);
	draw_one_scenario(&second);
	assert_ptr_equal(first, second);
	curl_heap_leave_thread();
	assert_int_equal(pthread_create(&thread, NULL, draw_one_scenario, &second), 0);
	pthread_join(thread, NULL);
	assert_ptr_equal(first, second);
	curl_heap_release();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_reuse),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_given_back_by_another_thread),
	    cmocka_unit_test(test_lists_move_between_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
