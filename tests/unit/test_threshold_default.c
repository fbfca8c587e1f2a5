/* The failures that thresholds cover, and the default thresholds for the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stats/threshold.h"

#include "series_fixture.h"

struct fixture {
	struct series_fixture base;
	unsigned buy, pay, home; /* `pay` is in a group in a group; `home` is in another scenario */
};

static int setup(void **state)
{
	struct fixture *f = series_fixture_new(sizeof *f);
	struct series_table *table = &f->base.table;
	unsigned checkout, card;

	f->buy = series_fixture_add(table, SERIES_SCENARIO, "Buy", "Buy", 0);
	checkout = series_fixture_add(table, SERIES_GROUP, "Buy", "Checkout", 0);
	card = series_fixture_add(table, SERIES_GROUP, "Buy", "Card", 1 + checkout);
	f->pay = series_fixture_add(table, SERIES_STEP, "Buy", "Pay", 1 + card);
	series_fixture_add(table, SERIES_SCENARIO, "Browse", "Browse", 0);
	f->home = series_fixture_add(table, SERIES_STEP, "Browse", "Home", 0);
	series_fixture_start(&f->base);
	*state = f;
	return 0;
}

static struct threshold parse(struct fixture *f, const char *text)
{
	struct threshold t;
	struct threshold_error error;

	if (!threshold_parse(&f->base.arena, str_of(text), &t, &error))
		fail_msg("%s: %zu-%zu: %s", text, error.begin, error.end, error.message);
	return t;
}

static void each_threshold_covers_its_failures(void **state)
{
	static const struct {
		const char *text;
		bool pay, home, buy, users;
	} rows[] = {
	    {"failures == 0", .pay = true, .home = true},
	    {"failures <= 3", .pay = true, .home = true},
	    {"error_rate < 1%", .pay = true, .home = true},
	    {"failures >= 0", .pay = false},
	    {"error_rate != 9%", .pay = false},
	    {"expect_failures == 0", .pay = false},
	    {"p95 < 1s", .pay = false},
	    {"error_rate of \"Pay\" < 1%", .pay = true},
	    {"error_rate of \"Card\" < 1%", .pay = true},
	    {"error_rate of \"Checkout\" < 1%", .pay = true},
	    {"error_rate of \"Browse\" < 1%", .home = true},
	    {"error_rate of \"Browse / Home\" < 1%", .home = true},
	    {"error_rate of \"Nothing\" < 1%", .pay = false},
	    {"failed_iterations == 0", .buy = true, .users = true},
	    {"failed_iterations of \"Buy\" < 5%", .buy = true},
	    {"failed_iterations of \"Browse\" < 5%", .pay = false},
	    {"failed_iterations > 0", .pay = false},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct threshold t = parse(f, rows[i].text);

		if (threshold_covers_step(&t, &f->base.table, f->pay) != rows[i].pay ||
		    threshold_covers_step(&t, &f->base.table, f->home) != rows[i].home ||
		    threshold_covers_scenario(&t, &f->base.table, f->buy) != rows[i].buy ||
		    threshold_covers_users(&t) != rows[i].users)
			fail_msg("%s", rows[i].text);
	}
}

static void fail_iteration(struct fixture *f)
{
	recorder_started(&f->base.recorder, f->buy);
	recorder_span(&f->base.recorder, f->buy, OUTCOME_FAILED, FAILURE_extract, NS_PER_MS,
		      NS_PER_MS);
}

static void second(struct fixture *f)
{
	summary_drain(&f->base.summary, recorder_remaining(&f->base.recorder, 1));
	summary_close_second(&f->base.summary, f->base.summary.duration + NS_PER_S);
}

/* A failed request that a threshold allows is not counted again with its iteration. */
static void a_default_counts_the_rest(void **state)
{
	static const struct sample failed = {.outcome = OUTCOME_FAILED, .class = FAILURE_extract};
	struct fixture *f = *state;
	struct threshold t[1 + THRESHOLD_DEFAULTS_MAX] = {parse(f, "error_rate <= 100%")};
	struct threshold_judge j;
	struct buf text;

	assert_int_equal(threshold_add_defaults(t, 1, &f->base.table, false, t + 1), 1);
	assert_int_equal(t[1].stat, STAT_FAILED_ITERATIONS);
	recorder_started(&f->base.recorder, f->pay);
	recorder_request(&f->base.recorder, f->pay, &failed);
	fail_iteration(f);
	second(f);
	threshold_judge_init(&j, t, 2);
	assert_true(threshold_judge_end(&j, &f->base.summary));
	assert_true(j.results[1].value == 0);
	assert_int_equal(j.results[1].failed_by_request, 1);
	fail_iteration(f);
	recorder_failed_alone(&f->base.recorder, f->buy);
	second(f);
	assert_false(threshold_judge_end(&j, &f->base.summary));
	assert_true(j.results[1].value == 1);
	assert_int_equal(j.results[1].failed_by_request, 1);
	buf_init(&text, 0);
	threshold_put_uncounted(&text, &j.results[1]);
	assert_string_equal(text.data, "1 more iteration failed because of a failed request");
	buf_clear(&text);
	threshold_put_uncounted(&text, &j.results[0]);
	assert_int_equal(text.len, 0);
	buf_release(&text);
	threshold_judge_release(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(each_threshold_covers_its_failures, setup,
					    series_fixture_end),
	    cmocka_unit_test_setup_teardown(a_default_counts_the_rest, setup, series_fixture_end),
	};

	return cmocka_run_group_tests_name("threshold_default", tests, NULL, NULL);
}
