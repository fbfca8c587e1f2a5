/* The rows of the summary. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"

#include "series_fixture.h"

struct fixture {
	struct series_fixture base;
	unsigned step;
};

static int setup(void **state)
{
	struct fixture *f = series_fixture_new(sizeof *f);

	f->step = series_fixture_add(&f->base.table, SERIES_STEP, "Buy", "GET /", 0);
	series_fixture_start(&f->base);
	*state = f;
	return 0;
}

static void request(struct fixture *f, ns_t response)
{
	struct sample s = {.outcome = OUTCOME_OK,
			   .status = 200,
			   .response = response,
			   .service = response,
			   .dns = SAMPLE_NONE,
			   .connect = SAMPLE_NONE,
			   .tls = SAMPLE_NONE};

	recorder_started(&f->base.recorder, f->step);
	recorder_request(&f->base.recorder, f->step, &s);
}

static void second(struct fixture *f, struct summary *s, ns_t now)
{
	recorder_request_swap(&f->base.recorder);
	recorder_poll(&f->base.recorder);
	summary_drain(s, recorder_take(&f->base.recorder));
	recorder_return(&f->base.recorder);
	summary_close_second(s, now);
}

static void test_rows(void **state)
{
	struct fixture *f = *state;
	const struct summary_row *row = f->base.summary.rows;

	recorder_users(&f->base.recorder, 5);
	for (int i = 1; i <= 100; i++)
		request(f, i * NS_PER_MS);
	second(f, &f->base.summary, NS_PER_S);
	recorder_users(&f->base.recorder, -3);
	second(f, &f->base.summary, 2 * NS_PER_S);
	assert_int_equal(f->base.summary.row_count, 2);
	assert_int_equal(row[0].started, 100);
	assert_int_equal(row[0].users, 5);
	assert_int_equal(row[0].max, 100 * NS_PER_MS);
	assert_in_range(row[0].p50, 50 * NS_PER_MS, 50 * NS_PER_MS + 50 * NS_PER_US);
	assert_in_range(row[0].p99, 99 * NS_PER_MS, 99 * NS_PER_MS + 99 * NS_PER_US);
	assert_int_equal(row[1].begin, NS_PER_S);
	assert_int_equal(row[1].length, NS_PER_S);
	assert_int_equal(row[1].started, 0);
	assert_int_equal(row[1].p50, -1);
	assert_int_equal(row[1].users, 5);
	assert_int_equal(f->base.summary.users_now, 2);
	second(f, &f->base.summary, 3 * NS_PER_S);
	assert_int_equal(row[2].users, 2);
	assert_int_equal(f->base.summary.users_max, 5);
}

/* Ten times as many rows as fit: no more memory, nothing lost, in order. */
static void test_long_run_joins_rows(void **state)
{
	struct fixture *f = *state;
	uint64_t started = 0;
	ns_t end = 0;
	uint32_t seconds = SUMMARY_ROWS * 10 + 3;

	for (uint32_t i = 1; i <= seconds; i++) {
		request(f, NS_PER_MS);
		second(f, &f->base.summary, i * NS_PER_S);
	}
	assert_true(f->base.summary.row_count <= SUMMARY_ROWS);
	assert_int_equal(f->base.summary.row_seconds, 16);
	for (unsigned i = 0; i < f->base.summary.row_count; i++) {
		const struct summary_row *row = &f->base.summary.rows[i];

		assert_int_equal(row->begin, end);
		end = row->begin + row->length;
		started += row->started;
		if (i + 1 < f->base.summary.row_count)
			assert_int_equal(row->length, 16 * NS_PER_S);
	}
	assert_int_equal(started, seconds);
	assert_int_equal(end, seconds * NS_PER_S);
	assert_int_equal(f->base.summary.last.started, 1);
}

/* A joined row has the peak of its seconds; a second that ends early does not bring in a third. */
static void test_joined_rows_have_peaks(void **state)
{
	struct fixture *f = *state;
	const struct summary_row *rows = f->base.summary.rows;
	const ns_t full = SUMMARY_ROWS * NS_PER_S, early = NS_PER_S - 10 * NS_PER_MS;

	recorder_users(&f->base.recorder, 5);
	for (uint32_t i = 1; i <= SUMMARY_ROWS; i++) {
		if (i == 3)
			recorder_users(&f->base.recorder, -3);
		second(f, &f->base.summary, i * NS_PER_S);
	}
	for (int i = 1; i <= 3; i++)
		second(f, &f->base.summary, full + i * early);
	assert_int_equal(f->base.summary.row_seconds, 2);
	assert_int_equal(rows[1].begin, 2 * NS_PER_S);
	assert_int_equal(rows[1].users, 5);
	assert_int_equal(rows[2].users, 2);
	assert_int_equal(f->base.summary.row_count, SUMMARY_ROWS / 2 + 2);
	assert_int_equal(rows[SUMMARY_ROWS / 2].length, 2 * early);
	assert_int_equal(rows[SUMMARY_ROWS / 2 + 1].begin, full + 2 * early);
}

/* The peak of a time may be in any of the seconds that were added since. */
static void test_added_seconds_keep_the_peak(void **state)
{
	struct fixture *f = *state;
	struct summary one;

	summary_init(&one, &f->base.table);
	summary_complete(&one, 4, 7);
	summary_add_second(&f->base.summary, &one);
	summary_clear(&one);
	summary_complete(&one, 2, 4);
	summary_add_second(&f->base.summary, &one);
	summary_close_second(&f->base.summary, 2 * NS_PER_S);
	assert_int_equal(f->base.summary.users_now, 2);
	assert_int_equal(f->base.summary.users_max, 7);
	summary_release(&one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_rows, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_long_run_joins_rows, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_joined_rows_have_peaks, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_added_seconds_keep_the_peak, setup,
					    series_fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
