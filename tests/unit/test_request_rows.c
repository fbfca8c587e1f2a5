/* The queue of request rows: order, a full queue, two threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>

#include <cmocka.h>

#include "stats/request_rows.h"

#define SENT 300000u

static void test_full(void **state)
{
	struct request_rows *rows = request_rows_new(2);
	struct request_record *record;
	unsigned kept = 0;

	(void)state;
	while ((record = request_rows_next(rows, 1)) != NULL) {
		record->user = ++kept;
		request_rows_add(rows, 1);
	}
	assert_true(kept > 1000);
	assert_null(request_rows_next(rows, 1));
	assert_int_equal(request_rows_lost(rows), 2);
	assert_null(request_rows_peek(rows, 0));
	for (unsigned i = 1; i <= kept; i++) {
		assert_int_equal(request_rows_peek(rows, 1)->user, i);
		request_rows_drop(rows, 1);
	}
	assert_null(request_rows_peek(rows, 1));
	assert_non_null(request_rows_next(rows, 1));
	assert_int_equal(request_rows_lost(rows), 2);
	request_rows_free(rows);
}

static void *add(void *argument)
{
	struct request_rows *rows = argument;

	for (unsigned i = 1; i <= SENT; i++) {
		struct request_record *record = request_rows_next(rows, 0);

		if (record) {
			record->user = i;
			record->response = (ns_t)i * 3;
			request_rows_add(rows, 0);
		}
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct request_rows *rows = request_rows_new(1);
	const struct request_record *record;
	uint64_t received = 0, last = 0;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, add, rows), 0);
	while (received + request_rows_lost(rows) < SENT) {
		while ((record = request_rows_peek(rows, 0)) != NULL) {
			assert_true(record->user > last);
			assert_int_equal(record->response, record->user * 3);
			last = record->user;
			received++;
			request_rows_drop(rows, 0);
		}
	}
	pthread_join(thread, NULL);
	assert_int_equal(received + request_rows_lost(rows), SENT);
	request_rows_free(rows);
}

static void test_text(void **state)
{
	char bytes[4];
	uint16_t len = 9;

	(void)state;
	request_rows_set_text(bytes, sizeof bytes, &len, STR("abc\xc3\xa9"));
	assert_int_equal(len, 3);
	request_rows_set_text(bytes, sizeof bytes, &len, STR("ab\xc3\xa9"));
	assert_int_equal(len, 4);
	request_rows_set_text(bytes, sizeof bytes, &len, STR_NULL);
	assert_int_equal(len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_full),
	    cmocka_unit_test(test_threads),
	    cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
