/* Thresholds: the short form with the positions of its errors, and the evaluation of each kind. */
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
	unsigned buy, search, other_search, group;
	ns_t now;
};

static int setup(void **state)
{
	struct fixture *f = series_fixture_new(sizeof *f);
	struct series_table *table = &f->base.table;

	f->buy = series_fixture_add(table, SERIES_SCENARIO, "Buy", "Buy", 0);
	f->search = series_fixture_add(table, SERIES_STEP, "Buy", "Search", 0);
	f->group = series_fixture_add(table, SERIES_GROUP, "Buy", "Checkout", 0);
	f->other_search = series_fixture_add(table, SERIES_STEP, "Browse", "Search", 0);
	series_fixture_start(&f->base);
	*state = f;
	return 0;
}

static void requests(struct fixture *f, unsigned series, int count, ns_t response, bool ok)
{
	struct sample s = {.outcome = ok ? OUTCOME_OK : OUTCOME_FAILED,
			   .class = FAILURE_status,
			   .status = ok ? 200 : 503,
			   .response = response,
			   .service = response,
			   .expect_failures = !ok,
			   .dns = SAMPLE_NONE,
			   .connect = SAMPLE_NONE,
			   .tls = SAMPLE_NONE};

	while (count-- > 0) {
		recorder_started(&f->base.recorder, series);
		recorder_request(&f->base.recorder, series, &s);
	}
}

static void second(struct fixture *f)
{
	f->now += NS_PER_S;
	recorder_request_swap(&f->base.recorder);
	recorder_poll(&f->base.recorder);
	summary_drain(&f->base.summary, recorder_take(&f->base.recorder));
	recorder_return(&f->base.recorder);
	summary_close_second(&f->base.summary, f->now);
}

static struct threshold parse(struct fixture *f, const char *text)
{
	struct threshold t;
	struct threshold_error error;

	if (!threshold_parse(&f->base.arena, str_of(text), &t, &error))
		fail_msg("%s: %zu-%zu: %s", text, error.begin, error.end, error.message);
	return t;
}

static struct threshold_result judge(struct fixture *f, const char *text)
{
	struct threshold t = parse(f, text);
	struct threshold_judge j;
	struct threshold_result result;
	bool pass;

	threshold_judge_init(&j, &t, 1);
	pass = threshold_judge_end(&j, &f->base.summary);
	assert_int_equal(pass, j.results[0].pass);
	result = j.results[0];
	threshold_judge_release(&j);
	return result;
}

static void test_parse(void **state)
{
	struct fixture *f = *state;
	struct threshold t =
	    parse(f, " p99.9 of \"Buy / \\\"x\\\" #1\" <= 1.5 s for 10s after 1m ");

	assert_int_equal(t.stat, STAT_PERCENTILE);
	assert_true(t.percentile == 99.9);
	assert_true(str_eq(t.name, STR("Buy / \"x\" #1")));
	assert_int_equal(t.op, THRESHOLD_LESS_EQUAL);
	assert_true(t.value == 1500);
	assert_int_equal(t.unit, THRESHOLD_MS);
	assert_int_equal(t.for_ns, 10 * NS_PER_S);
	assert_int_equal(t.after_ns, 60 * NS_PER_S);
	t = parse(f, "error_rate<1%");
	assert_int_equal(t.stat, STAT_ERROR_RATE);
	assert_true(t.value == 0.01);
	assert_int_equal(t.name.len, 0);
	t = parse(f, "requests_per_second >= 300/m after 5s for 2s");
	assert_true(t.value == 5);
	assert_int_equal(t.after_ns, 5 * NS_PER_S);
	t = parse(f, "dropped == 0");
	assert_int_equal(t.op, THRESHOLD_EQUAL);
	t = parse(f, "error_rate == 0");
	assert_true(t.value == 0);
	t = parse(f, "max of \"a\" != 0");
	assert_int_equal(t.op, THRESHOLD_NOT_EQUAL);
}

static void test_parse_errors(void **state)
{
	static const struct {
		const char *text;
		size_t begin, end;
		const char *says, *near;
	} wrong[] = {
	    {"", 0, 0, "statistic", ""},
	    {"eror_rate < 1%", 0, 9, "statistic", "error_rate"},
	    {"p95", 3, 3, "< <=", ""},
	    {"p95 300ms", 4, 9, "< <=", ""},
	    {"p95 = 3ms", 4, 5, "==", ""},
	    {"p100 < 3ms", 0, 4, "between 0 and 100", ""},
	    {"p95 < 300", 6, 9, "300ms", ""},
	    {"p95 <", 5, 5, "300ms", ""},
	    {"p95 < 300ms 4", 6, 13, "300ms", ""},
	    {"error_rate < 0.01", 13, 17, "1%", ""},
	    {"failures < many", 11, 15, "count", ""},
	    {"failures < -1", 11, 13, "count", ""},
	    {"p95 of Search < 1s", 7, 13, "double quotes", ""},
	    {"p95 of \"Search < 1s", 7, 19, "closing", ""},
	    {"p95 of \"\" < 1s", 7, 9, "between the quotes", ""},
	    {"dropped of \"Buy\" == 0", 8, 11, "do not belong to a step", ""},
	    {"p95 < 1s for", 12, 12, "duration", ""},
	    {"p95 < 1s for 10", 13, 15, "duration", ""},
	    {"p95 < 1s for 10s for 5s", 21, 23, "twice", ""},
	    {"p95 < 1s for 100ms", 0, 18, "at least 1s", ""},
	    {"requests_per_second > fast", 22, 26, "rate", ""},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct threshold t;
		struct threshold_error e;

		if (threshold_parse(&f->base.arena, str_of(wrong[i].text), &t, &e))
			fail_msg("taken: %s", wrong[i].text);
		if (e.begin != wrong[i].begin || e.end != wrong[i].end ||
		    !strstr(e.message, wrong[i].says) || !str_eq(e.near, str_of(wrong[i].near)))
			fail_msg("%s: %zu-%zu %s (%.*s)", wrong[i].text, e.begin, e.end, e.message,
				 STR_ARG(e.near));
	}
}

static void test_no_samples_fail(void **state)
{
	static const char *const texts[] = {
	    "p95 < 1s",	     "mean < 1s",	    "max < 1s", "min > 0", "error_rate < 1%",
	    "failures == 0", "expect_failures == 0"};
	struct fixture *f = *state;

	second(f);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct threshold_result r = judge(f, texts[i]);

		if (r.has_value || r.pass)
			fail_msg("passes without samples: %s", texts[i]);
	}
	assert_true(judge(f, "dropped == 0").pass);
	assert_true(judge(f, "requests == 0").pass);
}

static void test_whole_run(void **state)
{
	struct fixture *f = *state;

	requests(f, f->search, 90, 10 * NS_PER_MS, true);
	requests(f, f->search, 10, 2 * NS_PER_S, false);
	requests(f, f->other_search, 100, 50 * NS_PER_MS, true);
	second(f);
	second(f);
	assert_true(judge(f, "p95 < 51ms").pass);
	assert_false(judge(f, "p95 < 50ms").pass);
	assert_true(judge(f, "p95 of \"Buy\" < 11ms").pass);
	assert_true(judge(f, "max of \"Buy / Search\" == 10ms").pass);
	assert_true(judge(f, "max of \"Search\" == 50ms").pass);
	assert_true(judge(f, "error_rate <= 5%").pass);
	assert_false(judge(f, "error_rate of \"Buy\" < 10%").pass);
	assert_true(judge(f, "error_rate of \"Browse / Search\" == 0").pass);
	assert_true(judge(f, "requests of \"Buy\" == 100").pass);
	assert_true(judge(f, "requests_per_second > 99/s").pass);
	assert_true(judge(f, "requests_per_second < 101").pass);
	assert_true(judge(f, "failures == 10").pass);
	assert_true(judge(f, "expect_failures == 10").pass);
	assert_true(judge(f, "mean > 30ms").pass);
	assert_true(judge(f, "min != 11ms").pass);
	assert_false(judge(f, "p50 of \"Unknown\" < 1s").has_value);
}

static void test_groups_and_iterations(void **state)
{
	struct fixture *f = *state;

	recorder_started(&f->base.recorder, f->group);
	recorder_span(&f->base.recorder, f->group, OUTCOME_OK, FAILURE_dns, 7 * NS_PER_MS,
		      NS_PER_S);
	recorder_started(&f->base.recorder, f->buy);
	recorder_span(&f->base.recorder, f->buy, OUTCOME_OK, FAILURE_dns, 9 * NS_PER_MS, NS_PER_S);
	requests(f, f->search, 1, NS_PER_MS, true);
	second(f);
	assert_true(judge(f, "max of \"Checkout\" == 7ms").pass);
	assert_true(judge(f, "iterations == 1").pass);
	assert_true(judge(f, "iterations of \"Buy\" == 1").pass);
	assert_true(judge(f, "max of \"Buy\" == 1ms").pass);
	assert_true(judge(f, "max == 1ms").pass);
}

static void test_names_known(void **state)
{
	struct fixture *f = *state;
	struct threshold t = parse(f, "p50 of \"Browse / Search\" < 1s");
	enum series_kind kind;

	assert_true(threshold_kind(&t, &f->base.table, &kind));
	assert_int_equal(kind, SERIES_STEP);
	t = parse(f, "p50 of \"Browse / Find\" < 1s");
	assert_false(threshold_kind(&t, &f->base.table, &kind));
	t = parse(f, "p50 of \"Search\" < 1s");
	t.scope = THRESHOLD_OF_GROUP;
	assert_false(threshold_kind(&t, &f->base.table, &kind));
}

/* Slow requests before this time do not count. */
static void test_after(void **state)
{
	struct fixture *f = *state;
	struct threshold t[2] = {parse(f, "max < 20ms after 3s"), parse(f, "max < 20ms after 9s")};
	struct threshold_judge j;

	t[0].abort = true;
	threshold_judge_init(&j, t, 2);
	for (int i = 0; i < 6; i++) {
		requests(f, f->search, 10, (i < 3 ? 500 : 10) * NS_PER_MS, true);
		second(f);
		assert_false(threshold_judge_second(&j, &f->base.summary, f->now));
	}
	assert_false(threshold_judge_end(&j, &f->base.summary));
	assert_true(j.results[0].pass);
	assert_true(j.results[0].value > 9.9 && j.results[0].value < 10.1);
	assert_false(j.results[1].has_value);
	requests(f, f->search, 1, 30 * NS_PER_MS, true);
	second(f);
	assert_true(threshold_judge_second(&j, &f->base.summary, f->now));
	threshold_judge_release(&j);
}

/* Requests that start before this time and fail after it: never more than 100 %. */
static void test_share_after(void **state)
{
	struct fixture *f = *state;
	struct threshold t = parse(f, "error_rate < 1% after 1s");
	struct threshold_judge j;
	struct sample late = {.outcome = OUTCOME_FAILED, .class = FAILURE_reset};

	threshold_judge_init(&j, &t, 1);
	recorder_started(&f->base.recorder, f->search);
	second(f);
	threshold_judge_second(&j, &f->base.summary, f->now);
	recorder_request(&f->base.recorder, f->search, &late);
	requests(f, f->search, 1, NS_PER_MS, false);
	second(f);
	threshold_judge_second(&j, &f->base.summary, f->now);
	assert_false(threshold_judge_end(&j, &f->base.summary));
	assert_true(j.results[0].has_value);
	assert_true(j.results[0].value == 1);
	threshold_judge_release(&j);
}

/* Two bad seconds in a row are tolerated, three are not; a second without samples is ignored. */
static void test_for(void **state)
{
	static const char bad[] = "10110 1 1100";
	struct fixture *f = *state;
	struct threshold t = parse(f, "p95 < 20ms for 3s");
	struct threshold_judge j;
	bool passes[sizeof bad], stops;

	t.abort = true;
	threshold_judge_init(&j, &t, 1);
	for (size_t i = 0; bad[i]; i++) {
		if (bad[i] != ' ')
			requests(f, f->search, 10, (bad[i] == '1' ? 100 : 10) * NS_PER_MS, true);
		second(f);
		stops = threshold_judge_second(&j, &f->base.summary, f->now);
		passes[i] = j.results[0].pass;
		assert_int_equal(stops, !passes[i]);
	}
	assert_true(passes[3]);
	assert_true(passes[6]);
	assert_false(passes[8]);
	assert_false(passes[11]);
	assert_false(threshold_judge_end(&j, &f->base.summary));
	assert_true(j.results[0].value > 99 && j.results[0].value < 101);
	threshold_judge_release(&j);
}

/* The first second without samples, the worst second, and seconds that begin after `after`. */
static void test_for_values(void **state)
{
	struct fixture *f = *state;
	struct threshold t[] = {parse(f, "requests_per_second >= 9/s for 1s after 1s"),
				parse(f, "max < 1s for 5s")};
	static const int counts[] = {1, 11, 9, 10};
	struct threshold_judge j;

	threshold_judge_init(&j, t, 2);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		requests(f, f->group, 1, NS_PER_MS, true);
		requests(f, f->search, counts[i], NS_PER_MS, false);
		second(f);
		threshold_judge_second(&j, &f->base.summary, f->now);
	}
	assert_true(j.results[0].pass);
	assert_true(j.results[0].value == 9);
	/* A time without samples is not a time that is short enough. */
	assert_false(j.results[1].has_value);
	assert_false(j.results[1].pass);
	assert_false(threshold_judge_end(&j, &f->base.summary));
	threshold_judge_release(&j);
}

/* A rate after a time is divided by the time since then. */
static void test_rate_after(void **state)
{
	struct fixture *f = *state;
	struct threshold t = parse(f, "requests_per_second > 1 after 2s");
	struct threshold_judge j;

	threshold_judge_init(&j, &t, 1);
	for (int i = 0; i < 5; i++) {
		requests(f, f->search, i < 2 ? 100 : 10, NS_PER_MS, true);
		second(f);
		threshold_judge_second(&j, &f->base.summary, f->now);
	}
	assert_true(threshold_judge_end(&j, &f->base.summary));
	assert_true(j.results[0].value == 10);
	threshold_judge_release(&j);
}

static void iterations(struct fixture *f, int count, enum outcome outcome)
{
	while (count-- > 0) {
		recorder_started(&f->base.recorder, f->buy);
		recorder_span(&f->base.recorder, f->buy, outcome, FAILURE_extract, NS_PER_MS,
			      NS_PER_MS);
	}
}

/* Iterations, before_user and after_user; in an interval more may fail than begin. */
static void test_failed_iterations(void **state)
{
	struct fixture *f = *state;
	struct threshold t = parse(f, "failed_iterations <= 100% after 1s");
	struct threshold_judge j;

	iterations(f, 6, OUTCOME_OK);
	iterations(f, 1, OUTCOME_FAILED);
	recorder_run(&f->base.recorder)->users_failed = 1;
	recorder_run(&f->base.recorder)->after_users_failed = 2;
	recorder_started(&f->base.recorder, f->buy);
	threshold_judge_init(&j, &t, 1);
	second(f);
	threshold_judge_second(&j, &f->base.summary, f->now);
	assert_true(judge(f, "failed_iterations == 4").pass);
	assert_true(judge(f, "failed_iterations of \"Buy\" == 1").pass);
	assert_true(judge(f, "failed_iterations == 36.363636363636363%").value > 0.3636);
	assert_true(judge(f, "failed_iterations < 36.4%").pass);
	recorder_span(&f->base.recorder, f->buy, OUTCOME_FAILED, FAILURE_extract, 1, 1);
	second(f);
	threshold_judge_second(&j, &f->base.summary, f->now);
	assert_true(threshold_judge_end(&j, &f->base.summary));
	assert_true(j.results[0].value == 1);
	threshold_judge_release(&j);
}

static void test_values_for_people(void **state)
{
	struct fixture *f = *state;
	struct buf out;
	struct threshold t;

	buf_init(&out, 0);
	t = parse(f, "p95 < 1s");
	threshold_put_value(&out, &t, 41.2);
	t = parse(f, "error_rate < 1%");
	buf_add(&out, STR(" | "));
	threshold_put_value(&out, &t, 0.0005);
	t = parse(f, "requests_per_second > 1");
	buf_add(&out, STR(" | "));
	threshold_put_value(&out, &t, 148.23);
	t = parse(f, "requests > 1");
	buf_add(&out, STR(" | "));
	threshold_put_value(&out, &t, 12345);
	assert_string_equal(out.data, "41.2 ms | 0.05 % | 148.2/s | 12,345");
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_parse, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_parse_errors, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_no_samples_fail, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_whole_run, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_groups_and_iterations, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_names_known, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_after, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_share_after, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_for, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_for_values, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_rate_after, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_failed_iterations, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_values_for_people, setup, series_fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
