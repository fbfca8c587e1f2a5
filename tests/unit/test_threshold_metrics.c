/* Metrics of thresholds: their words, what each of them measures, and the timeline of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stats/threshold.h"
#include "stats/timeline.h"

#include "series_fixture.h"

#define MS NS_PER_MS

struct fixture {
	struct series_fixture base;
	unsigned buy, search, group;
};

static int setup(void **state)
{
	struct fixture *f = series_fixture_new(sizeof *f);
	struct series_table *table = &f->base.table;

	f->buy = series_fixture_add(table, SERIES_SCENARIO, "Buy", "Buy", 0);
	f->search = series_fixture_add(table, SERIES_STEP, "Buy", "Search", 0);
	series_fixture_add(table, SERIES_STEP, "Buy", "Buy", 0);
	f->group = series_fixture_add(table, SERIES_GROUP, "Buy", "Checkout", 0);
	series_fixture_start(&f->base);
	*state = f;
	return 0;
}

/* A request with a new connection; each of its phases takes another time. */
static const struct sample phases = {.outcome = OUTCOME_OK,
				     .status = 200,
				     .response = 150 * MS,
				     .service = 149 * MS,
				     .dns = 1 * MS,
				     .connect = 2 * MS,
				     .tls = 4 * MS,
				     .wait = 70 * MS,
				     .receive = 50 * MS};

static void request(struct fixture *f, const struct sample *s)
{
	recorder_started(&f->base.recorder, f->search);
	recorder_request(&f->base.recorder, f->search, s);
}

static void iteration(struct fixture *f, ns_t busy, ns_t elapsed)
{
	recorder_started(&f->base.recorder, f->buy);
	recorder_span(&f->base.recorder, f->buy, OUTCOME_OK, FAILURE_status, busy, elapsed);
}

static void second(struct fixture *f)
{
	recorder_request_swap(&f->base.recorder);
	recorder_poll(&f->base.recorder);
	summary_drain(&f->base.summary, recorder_take(&f->base.recorder));
	recorder_return(&f->base.recorder);
	summary_close_second(&f->base.summary, f->base.summary.duration + NS_PER_S);
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

	threshold_judge_init(&j, &t, 1);
	threshold_judge_end(&j, &f->base.summary);
	result = j.results[0];
	threshold_judge_release(&j);
	return result;
}

static void a_metric_is_read_before_its_statistic(void **state)
{
	struct fixture *f = *state;
	struct threshold t = parse(f, "wait p95 of \"Search\" < 300ms for 5s");

	assert_int_equal(t.metric, METRIC_WAIT);
	assert_int_equal(t.stat, STAT_PERCENTILE);
	assert_true(str_eq(t.name, STR("Search")));
	assert_int_equal(t.stat_end, 8);
	assert_int_equal(t.for_ns, 5 * NS_PER_S);
	assert_int_equal(parse(f, "p95 < 1s").metric, METRIC_RESPONSE_TIME);
	assert_int_equal(parse(f, "response_time mean < 1s").metric, METRIC_RESPONSE_TIME);
	assert_int_equal(parse(f, "iteration p90<20s").metric, METRIC_ITERATION);
	assert_int_equal(parse(f, "receive  max < 1s").stat, STAT_MAX);
	assert_int_equal(parse(f, "p95 of \"wait\" < 1s").metric, METRIC_RESPONSE_TIME);
}

/* Each message points at the wrong words; the last column replaces them. */
static void wrong_metrics_have_a_correction(void **state)
{
	static const struct {
		const char *text;
		size_t begin, end;
		const char *says, *fix;
	} wrong[] = {
	    {"wait < 1s", 0, 4, "needs a statistic", "wait p95"},
	    {"wait of \"a\" < 1s", 0, 4, "needs a statistic", "wait p95"},
	    {"wait error_rate < 1%", 5, 15, "not a statistic of a time", ""},
	    {"wait p(95) < 1s", 5, 10, "unknown statistic", "p95"},
	    {"p95 wait < 1s", 0, 8, "before the statistic: wait p95", "wait p95"},
	    {"max of wait < 1s", 0, 11, "before the statistic: wait max", "wait max"},
	    {"p95 ttfb < 1s", 0, 8, "before the statistic", "wait p95"},
	    {"wiat p95 < 1s", 0, 4, "unknown metric", "wait"},
	    {"conect p95 < 1s", 0, 6, "unknown metric", "connect"},
	    {"ttfb p95 < 1s", 0, 4, "unknown metric", "wait"},
	    {"TLS p95 < 1s", 0, 3, "unknown metric", "tls"},
	    {"ttfb < 1s", 0, 4, "unknown metric", "wait p95"},
	    {"wait.p95 < 1s", 0, 8, "unknown metric", "wait p95"},
	    {"http_req_waiting p(95) < 1s", 0, 16, "unknown metric", "wait"},
	    {"vusers.session_length.p95 < 1s", 0, 25, "unknown metric", "iteration p95"},
	    {"latency avg < 1s", 0, 7, "unknown metric", "response_time"},
	    {"latency < 1s", 0, 7, "unknown statistic", "p95"},
	    {"ttft p95 < 1s", 0, 4, "unknown metric", "first_output"},
	    {"time_to_first_token < 1s", 0, 19, "unknown metric", "first_output p95"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct threshold t;
		struct threshold_error e;

		if (threshold_parse(&f->base.arena, str_of(wrong[i].text), &t, &e))
			fail_msg("accepted: %s", wrong[i].text);
		struct str fix = e.fix.len ? e.fix : e.near;

		if (e.begin != wrong[i].begin || e.end != wrong[i].end ||
		    !strstr(e.message, wrong[i].says) || !str_eq(fix, str_of(wrong[i].fix)))
			fail_msg("%s: %zu-%zu %s (%.*s)", wrong[i].text, e.begin, e.end, e.message,
				 STR_ARG(fix));
	}
}

static void each_metric_measures_its_own_time(void **state)
{
	static const struct {
		const char *text;
		int ms;
	} values[] = {
	    {"response_time max < 1m", 150},
	    {"max < 1m", 150},
	    {"dns max < 1m", 1},
	    {"connect max < 1m", 2},
	    {"tls max < 1m", 4},
	    {"wait max < 1m", 70},
	    {"wait max of \"Search\" < 1m", 70},
	    {"receive max < 1m", 50},
	    {"iteration max < 1m", 9000},
	    /* A step has the scenario's name. */
	    {"iteration max of \"Buy\" < 1m", 9000},
	};
	struct fixture *f = *state;

	request(f, &phases);
	iteration(f, 150 * MS, 9000 * MS);
	second(f);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct threshold_result r = judge(f, values[i].text);

		if (!r.pass || r.value != values[i].ms)
			fail_msg("%s: %g", values[i].text, r.value);
	}
	assert_false(judge(f, "wait p95 < 70ms").pass);
	assert_false(judge(f, "wait max of \"Checkout\" < 1m").has_value);
}

/* Kept connections have no handshake, failed responses no wait. */
static void a_metric_without_samples_fails(void **state)
{
	static const char *const texts[] = {
	    "dns max < 1m",	"connect max < 1m", "tls max < 1m",	  "wait max < 1m",
	    "receive max < 1m", "wait p95 < 1m",    "iteration max < 1m", "wait min > 0 for 1s"};
	struct sample kept = phases;
	struct fixture *f = *state;

	kept.dns = kept.connect = kept.tls = SAMPLE_NONE;
	kept.outcome = OUTCOME_FAILED;
	kept.class = FAILURE_status;
	kept.status = 503;
	request(f, &kept);
	second(f);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct threshold_result r = judge(f, texts[i]);

		if (r.has_value || r.pass)
			fail_msg("passes without samples: %s", texts[i]);
	}
	assert_true(judge(f, "error_rate == 100%").pass);
}

/* A slow second between fast ones; the response time is always the same. */
static void seconds_and_times_after_are_those_of_the_metric(void **state)
{
	struct fixture *f = *state;
	struct threshold t[] = {parse(f, "wait max < 20ms for 2s"),
				parse(f, "wait max < 20ms for 1s"),
				parse(f, "wait max < 20ms after 2s")};
	struct sample s = phases;
	struct threshold_judge j;

	threshold_judge_init(&j, t, 3);
	for (int i = 0; i < 5; i++) {
		s.wait = (i == 1 ? 70 : 10) * MS;
		request(f, &s);
		second(f);
		threshold_judge_second(&j, &f->base.summary, f->base.summary.duration);
	}
	assert_false(threshold_judge_end(&j, &f->base.summary));
	assert_true(j.results[0].pass);
	assert_false(j.results[1].pass);
	assert_true(j.results[1].value > 69 && j.results[1].value < 71);
	assert_true(j.results[2].pass);
	assert_true(j.results[2].value < 11);
	threshold_judge_release(&j);
}

/* Only phases of requests, and only for a name that is a group's. */
static void groups_need_phases_only_for_a_threshold(void **state)
{
	struct fixture *f = *state;
	struct threshold t[] = {
	    parse(f, "p95 of \"Checkout\" < 1s"), parse(f, "wait p95 of \"Search\" < 1s"),
	    parse(f, "error_rate of \"Checkout\" < 1%"), parse(f, "wait p95 of \"Checkout\" < 1s")};

	assert_false(threshold_needs_group_phases(t, 3, &f->base.table, f->group));
	assert_true(threshold_needs_group_phases(t, 4, &f->base.table, f->group));
	assert_false(threshold_needs_group_phases(t, 4, &f->base.table, f->search));
	recorder_phases(&f->base.recorder, f->group, &phases);
	second(f);
	assert_true(judge(f, "wait max of \"Checkout\" < 71ms").pass);
	assert_true(judge(f, "tls min of \"Buy / Checkout\" > 3ms").pass);
	assert_false(judge(f, "max of \"Checkout\" < 1s").has_value);
}

/* Slots are joined without losing the slow ones; unused metrics are not kept. */
static void the_timeline_keeps_the_metrics_that_are_used(void **state)
{
	struct fixture *f = *state;
	struct threshold t[] = {parse(f, "p95 < 1s"), parse(f, "wait p95 < 1s"),
				parse(f, "iteration max < 1s")};
	struct timeline *timeline = timeline_new(&f->base.table, 0);
	struct sample s = phases;
	ns_t slowest = 0;

	timeline_keep_metrics(timeline, t, 3);
	assert_int_equal(timeline->metric_count, 2);
	assert_int_equal(timeline->metrics[0].metric, METRIC_WAIT);
	assert_int_equal(timeline->metrics[1].metric, METRIC_ITERATION);
	for (unsigned i = 0; i < TIMELINE_SLOTS + 100; i++) {
		s.wait = (i == 301 ? 500 : 20) * MS;
		request(f, &s);
		second(f);
		timeline_add_second(timeline, &f->base.summary, false);
	}
	assert_true(timeline->width == 2 * NS_PER_S);
	for (unsigned i = 0; i < timeline->count; i++) {
		const struct timeline_metric_slot *slot = &timeline->metrics[0].slots[i];

		if (slot->max > 400 * MS)
			slowest = timeline->slots[i].begin;
		else
			assert_true(slot->p50 > 19 * MS && slot->max < 21 * MS);
		assert_int_equal(timeline->metrics[1].slots[i].p95, -1);
	}
	assert_true(slowest == 300 * NS_PER_S);
	timeline_free(timeline);
}

#define METRIC_TEST(name) cmocka_unit_test_setup_teardown(name, setup, series_fixture_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    METRIC_TEST(a_metric_is_read_before_its_statistic),
	    METRIC_TEST(wrong_metrics_have_a_correction),
	    METRIC_TEST(each_metric_measures_its_own_time),
	    METRIC_TEST(a_metric_without_samples_fails),
	    METRIC_TEST(seconds_and_times_after_are_those_of_the_metric),
	    METRIC_TEST(groups_need_phases_only_for_a_threshold),
	    METRIC_TEST(the_timeline_keeps_the_metrics_that_are_used),
	};

	return cmocka_run_group_tests_name("threshold metrics", tests, NULL, NULL);
}
