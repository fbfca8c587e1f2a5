/* Recorders: every value reaches the totals, at any time of the swap. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stats/recorder.h"

#include "series_fixture.h"

struct fixture {
	struct series_fixture base;
	unsigned scenario, step, group;
};

static unsigned add(struct series_table *table, enum series_kind kind, const char *name)
{
	return series_fixture_add(table, kind, "Buy", name, 0);
}

static int setup(void **state)
{
	struct fixture *f = series_fixture_new(sizeof *f);

	f->scenario = add(&f->base.table, SERIES_SCENARIO, "Buy");
	f->step = add(&f->base.table, SERIES_STEP, "Search");
	f->group = add(&f->base.table, SERIES_GROUP, "Checkout");
	series_fixture_start(&f->base);
	*state = f;
	return 0;
}

static struct sample ok_sample(void)
{
	return (struct sample){.outcome = OUTCOME_OK,
			       .status = 200,
			       .bytes_sent = 100,
			       .bytes_received = 1000,
			       .response = 10 * NS_PER_MS,
			       .service = 9 * NS_PER_MS,
			       .dns = SAMPLE_NONE,
			       .connect = SAMPLE_NONE,
			       .tls = SAMPLE_NONE,
			       .wait = 8 * NS_PER_MS,
			       .receive = 1 * NS_PER_MS};
}

static void drain_all(struct fixture *f)
{
	summary_drain(&f->base.summary, recorder_remaining(&f->base.recorder, 0));
	summary_drain(&f->base.summary, recorder_remaining(&f->base.recorder, 1));
}

static void test_ok_request(void **state)
{
	struct fixture *f = *state;
	struct sample s = ok_sample();
	const struct series_total *total = &f->base.summary.series[f->step];

	s.redirects = 2;
	s.retries = 1;
	s.resent = 3;
	s.resent_posts = 1;
	s.connect = NS_PER_MS;
	recorder_started(&f->base.recorder, f->step);
	recorder_request(&f->base.recorder, f->step, &s);
	drain_all(f);
	assert_int_equal(total->counts.started, 1);
	assert_int_equal(total->counts.ok, 1);
	assert_int_equal(total->counts.redirects, 2);
	assert_int_equal(total->counts.retries, 1);
	assert_int_equal(total->counts.resent, 3);
	assert_int_equal(total->counts.resent_posts, 1);
	assert_int_equal(total->counts.bytes_sent, 100);
	assert_int_equal(total->counts.bytes_received, 1000);
	assert_int_equal(total->status[recorder_status_slot(200)], 1);
	assert_int_equal(total->times[TIME_response].m.sum_ns, 10 * NS_PER_MS);
	assert_int_equal(total->times[TIME_service].m.sum_ns, 9 * NS_PER_MS);
	assert_int_equal(total->times[TIME_connect].m.count, 1);
	assert_int_equal(total->times[TIME_dns].m.count, 0);
	assert_int_equal(total->times[TIME_wait].m.count, 1);
	assert_int_equal(f->base.summary.all.counts.ok, 1);
	assert_int_equal(f->base.summary.all.status[recorder_status_slot(200)], 1);
}

/* Times of failed requests are separate; times of cut-off requests are not recorded. */
static void test_failed_and_cut_off(void **state)
{
	struct fixture *f = *state;
	struct sample s = ok_sample();
	const struct series_total *total = &f->base.summary.series[f->step];

	s.outcome = OUTCOME_FAILED;
	s.class = FAILURE_status;
	s.status = 503;
	s.expect_failures = 2;
	recorder_started(&f->base.recorder, f->step);
	recorder_request(&f->base.recorder, f->step, &s);
	s.outcome = OUTCOME_CUT_OFF;
	s.status = 0;
	s.expect_failures = 0;
	recorder_started(&f->base.recorder, f->step);
	recorder_request(&f->base.recorder, f->step, &s);
	drain_all(f);
	assert_int_equal(total->counts.started, 2);
	assert_int_equal(total->counts.failed[FAILURE_status], 1);
	assert_int_equal(recorder_series_counts_failed(&total->counts), 1);
	assert_int_equal(total->counts.cut_off, 1);
	assert_int_equal(total->counts.expect_failures, 2);
	assert_int_equal(total->times[TIME_response].m.count, 0);
	assert_int_equal(total->times[TIME_failed].m.count, 1);
	assert_int_equal(total->status[recorder_status_slot(503)], 1);
	assert_int_equal(total->status[recorder_status_slot(0)], 0);
}

static void test_spans_and_the_rest(void **state)
{
	struct fixture *f = *state;
	struct recorder *r = &f->base.recorder;

	recorder_started(r, f->scenario);
	recorder_span(r, f->scenario, OUTCOME_OK, FAILURE_dns, 3 * NS_PER_S, 9 * NS_PER_S);
	recorder_started(r, f->scenario);
	recorder_span(r, f->scenario, OUTCOME_FAILED, FAILURE_status, NS_PER_S, NS_PER_S);
	recorder_unmeasured(r, UNMEASURED_setup, 3);
	recorder_lag(r, 250 * NS_PER_US);
	recorder_run(r)->connections_opened += 4;
	drain_all(f);
	assert_int_equal(f->base.summary.iterations.counts.ok, 1);
	assert_int_equal(f->base.summary.iterations.counts.failed[FAILURE_status], 1);
	assert_int_equal(f->base.summary.iterations.times[TIME_elapsed].m.max_ns, 9 * NS_PER_S);
	assert_int_equal(f->base.summary.all.counts.started, 0);
	assert_int_equal(f->base.summary.run.unmeasured[UNMEASURED_setup], 3);
	assert_int_equal(f->base.summary.run.connections_opened, 4);
	assert_int_equal(f->base.summary.lag.m.count, 1);
}

static void note(struct fixture *f, unsigned detail, const char *at, ns_t when, const char *text)
{
	struct failure_note n = {.class = FAILURE_status,
				 .series = f->step,
				 .detail = detail,
				 .at = str_of(at),
				 .when = when,
				 .user = 17};

	recorder_failure(&f->base.recorder, &n, str_of(text));
}

static void test_failures_keep_the_first_example(void **state)
{
	struct fixture *f = *state;
	char at[FAILURE_NOTES_MAX + 8][8];
	struct failure_note *first = &f->base.summary.failures[0];

	note(f, 503, "a:1", 5, "HTTP 503");
	note(f, 503, "a:1", 6, "another");
	note(f, 500, "a:1", 7, "HTTP 500");
	drain_all(f);
	note(f, 503, "a:1", 3, "the earliest");
	for (unsigned i = 0; i < FAILURE_NOTES_MAX + 8; i++) {
		snprintf(at[i], sizeof at[i], "b:%u", i);
		note(f, 404, at[i], 9, "x");
	}
	drain_all(f);
	assert_int_equal(first->count, 3);
	assert_int_equal(first->when, 3);
	assert_int_equal(first->user, 17);
	assert_memory_equal(first->text, "the earliest", first->text_len);
	assert_int_equal(f->base.summary.failures[1].detail, 500);
	assert_int_equal(f->base.summary.failures[1].count, 1);
	assert_int_equal(f->base.summary.failure_count, 2 + FAILURE_NOTES_MAX - 1);
	assert_int_equal(f->base.summary.failures_lost, 9);
}

static void test_failure_text_is_cut_at_a_character(void **state)
{
	struct fixture *f = *state;
	char text[FAILURE_TEXT_BYTES + 3];

	memset(text, 'x', sizeof text);
	memcpy(text + FAILURE_TEXT_BYTES - 1, "\xc3\xa9", 2);
	text[sizeof text - 1] = '\0';
	note(f, 1, "a:1", 1, text);
	drain_all(f);
	assert_int_equal(f->base.summary.failures[0].text_len, FAILURE_TEXT_BYTES - 1);
}

static void test_exchange(void **state)
{
	struct fixture *f = *state;
	struct recorder *r = &f->base.recorder;
	struct sample s = ok_sample();
	struct interval *interval;

	recorder_request(r, f->step, &s);
	recorder_poll(r);
	assert_null(recorder_take(r));
	recorder_request_swap(r);
	assert_null(recorder_take(r));
	recorder_users(r, 3);
	recorder_poll(r);
	recorder_request(r, f->step, &s);
	recorder_request(r, f->step, &s);
	recorder_request_swap(r); /* a swap is in progress: no effect */
	recorder_poll(r);
	interval = recorder_take(r);
	assert_non_null(interval);
	assert_int_equal(interval->series[f->step].counts.ok, 1);
	summary_drain(&f->base.summary, interval);
	recorder_return(r);
	assert_null(recorder_take(r));
	recorder_users(r, -1);
	recorder_request_swap(r);
	recorder_poll(r);
	/* The newer interval is read last, so its number of users counts. */
	recorder_users(r, -2);
	drain_all(f);
	summary_close_second(&f->base.summary, NS_PER_S);
	assert_int_equal(f->base.summary.all.counts.ok, 3);
	assert_int_equal(f->base.summary.users_now, 0);
	assert_int_equal(f->base.summary.users_max, 3);
}

static void swap(struct fixture *f)
{
	recorder_request_swap(&f->base.recorder);
	recorder_poll(&f->base.recorder);
	summary_drain(&f->base.summary, recorder_take(&f->base.recorder));
	recorder_return(&f->base.recorder);
}

/* Each count is in one interval only. */
static void test_intervals_are_cleared(void **state)
{
	struct fixture *f = *state;
	const struct series_total *total = &f->base.summary.series[f->step];
	struct sample ok = ok_sample(), failed = ok_sample();

	failed.outcome = OUTCOME_FAILED;
	failed.class = FAILURE_status;
	failed.status = 503;
	recorder_request(&f->base.recorder, f->step, &failed);
	recorder_run(&f->base.recorder)->connections_opened = 4;
	for (unsigned i = 0; i < FAILURE_NOTES_MAX + 3; i++)
		note(f, i, "shop.yaml:41", i, "failed");
	swap(f);
	assert_true(total->touched);
	for (int i = 0; i < 4; i++) {
		recorder_request(&f->base.recorder, f->step, &ok);
		swap(f);
	}
	assert_int_equal(total->status[recorder_status_slot(503)], 1);
	assert_int_equal(total->failed_status[recorder_status_slot(503)], 1);
	assert_int_equal(total->times[TIME_failed].m.count, 1);
	assert_int_equal(total->counts.ok, 4);
	assert_int_equal(f->base.summary.run.connections_opened, 4);
	assert_int_equal(f->base.summary.failures_lost, 3);
	/* A series without requests costs nothing. */
	summary_clear(&f->base.summary);
	swap(f);
	swap(f);
	assert_false(total->touched);
}

static void test_series_limit(void **state)
{
	struct arena arena;
	struct series_table table;
	char names[1200][8];
	unsigned number = 0;

	(void)state;
	arena_init(&arena, 0);
	series_table_init(&table, &arena);
	for (unsigned i = 0; i < 1200; i++) {
		snprintf(names[i], sizeof names[i], "s%u", i);
		number = add(&table, SERIES_STEP, names[i]);
	}
	assert_int_equal(add(&table, SERIES_STEP, "s5"), 5);
	assert_int_equal(number, add(&table, SERIES_STEP, "late"));
	assert_true(str_eq(table.defs.items[number].name, STR("_other")));
	number = add(&table, SERIES_GROUP, "late");
	assert_int_equal(table.defs.items[number].kind, SERIES_GROUP);
	assert_true(str_eq(table.defs.items[number].name, STR("_other")));
	add(&table, SERIES_SCENARIO, "late");
	add(&table, SERIES_FIXTURE, "late");
	assert_int_equal(table.defs.count, SERIES_MAX);
	arena_release(&arena);
}

#define THREADS	   2
#define PER_THREAD 300000

struct hammer {
	struct recorder *recorder;
	unsigned step;
	atomic_int *running;
	atomic_uint *taken; /* intervals that the collector has received from this recorder */
};

static void *hammer(void *context)
{
	struct hammer *h = context;
	struct sample s = ok_sample();

	for (int i = 0; i < PER_THREAD; i++) {
		s.response = (1 + i % 5000) * NS_PER_US;
		recorder_started(h->recorder, h->step);
		recorder_request(h->recorder, h->step, &s);
		recorder_poll(h->recorder);
	}
	/* On a busy machine, the collector may not have run yet. */
	while (atomic_load(h->taken) == 0) {
		recorder_poll(h->recorder);
		sched_yield();
	}
	atomic_fetch_sub(h->running, 1);
	return NULL;
}

/* Two workers at full speed and a collector that swaps continuously: each value is counted once. */
static void test_threads(void **state)
{
	struct fixture *f = *state;
	struct recorder *other = calloc(1, sizeof *other);
	struct recorder *recorders[THREADS] = {&f->base.recorder, other};
	struct hammer hammers[THREADS];
	pthread_t threads[THREADS];
	atomic_int running = THREADS;
	atomic_uint taken[THREADS] = {0};
	struct histogram expected = {0};

	recorder_init(other, &f->base.table, 1);
	for (int i = 0; i < THREADS; i++) {
		hammers[i] = (struct hammer){recorders[i], f->step, &running, &taken[i]};
		assert_int_equal(pthread_create(&threads[i], NULL, hammer, &hammers[i]), 0);
	}
	while (atomic_load(&running) > 0) {
		for (int i = 0; i < THREADS; i++) {
			struct interval *interval = recorder_take(recorders[i]);

			recorder_request_swap(recorders[i]);
			if (!interval)
				continue;
			summary_drain(&f->base.summary, interval);
			recorder_return(recorders[i]);
			atomic_fetch_add(&taken[i], 1);
		}
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		summary_drain(&f->base.summary, recorder_remaining(recorders[i], 0));
		summary_drain(&f->base.summary, recorder_remaining(recorders[i], 1));
	}
	assert_int_equal(f->base.summary.all.counts.started, THREADS * PER_THREAD);
	assert_int_equal(f->base.summary.all.counts.ok, THREADS * PER_THREAD);
	assert_int_equal(f->base.summary.all.status[recorder_status_slot(200)],
			 THREADS * PER_THREAD);
	for (int i = 0; i < 5000; i++)
		histogram_record(&expected, (1 + i) * NS_PER_US, THREADS * PER_THREAD / 5000);
	assert_true(histogram_equal(&expected, &f->base.summary.all.times[TIME_response]));
	histogram_release(&expected);
	recorder_release(other);
	free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_ok_request, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_failed_and_cut_off, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_spans_and_the_rest, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_failures_keep_the_first_example, setup,
					    series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_failure_text_is_cut_at_a_character, setup,
					    series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_exchange, setup, series_fixture_end),
	    cmocka_unit_test_setup_teardown(test_intervals_are_cleared, setup, series_fixture_end),
	    cmocka_unit_test(test_series_limit),
	    cmocka_unit_test_setup_teardown(test_threads, setup, series_fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
