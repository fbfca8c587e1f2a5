/* Whether a result is valid: limited time, users who never began, counts that do not match. */
#include "fake_summary.h"

#include <stdio.h>

#include "stats/conservation.h"
#include "stats/verdict.h"

/* SECONDS in which one thread used CPU of a core. */
static void seconds(struct generator_health *h, unsigned count, double cpu,
		    const struct health_pressure *pressure)
{
	for (unsigned i = 0; i < count; i++)
		health_interval(h, NS_PER_S, &cpu, NS_PER_MS, pressure);
}

/* Evaluates HEALTH beside a run with one good request. */
static void judge(struct fixture *f, const struct generator_health *health)
{
	fake_request(f, f->home, NS_PER_MS);
	fake_second(f);
	verdict_judge(&f->validity, &f->summary, health);
}

static void one_limited_second_is_tolerated(void **state)
{
	/* The number of seconds before the limited one, and whether the result is valid. */
	static const struct {
		unsigned good, limited;
		bool valid;
	} rows[] = {{60, 1, true}, {9, 1, true},   {8, 1, false}, {1, 1, false},
		    {98, 2, true}, {97, 3, false}, {10, 2, false}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fixture *f = *state;
		struct generator_health h;

		health_init(&h, 1);
		seconds(&h, rows[i].good, 0.5, NULL);
		seconds(&h, rows[i].limited, 0.99, NULL);
		judge(f, &h);
		if (f->validity.valid != rows[i].valid)
			fail_msg("%u of %u s", rows[i].limited, rows[i].good + rows[i].limited);
		assert_int_equal(h.limited, rows[i].limited * NS_PER_S);
	}
}

/* "0 of 11 s" would say that nothing was limited. */
static void a_part_of_a_second_is_not_zero(void **state)
{
	double busy = 0.99;
	struct generator_health h;
	struct buf text;

	(void)state;
	buf_init(&text, 0);
	health_init(&h, 1);
	seconds(&h, 11, 0.5, NULL);
	health_interval(&h, 200 * NS_PER_MS, &busy, -1, NULL);
	health_put_limited(&h, &text);
	assert_string_equal(text.data, "0.2 of 11.2 s");
	buf_release(&text);
}

/* A short run and the last part of a second count by their length. */
static void intervals_count_by_their_length(void **state)
{
	struct fixture *f = *state;
	struct generator_health h;
	double busy = 0.99, idle = 0.1;

	health_init(&h, 1);
	health_interval(&h, 530 * NS_PER_MS, &busy, -1, NULL);
	judge(f, &h);
	assert_false(f->validity.valid);
	assert_string_equal(f->validity.reasons[0],
			    "the load generator could not keep up for 0.5 of 0.5 s (CPU of thread "
			    "1 at 99 %)");
	/* 0.2 of 20.2 s are less than 2 %. */
	health_init(&h, 1);
	for (int i = 0; i < 20; i++)
		health_interval(&h, NS_PER_S, &idle, -1, NULL);
	health_interval(&h, 200 * NS_PER_MS, &busy, -1, NULL);
	judge(f, &h);
	assert_true(f->validity.valid);
	assert_true(health_cpu(&h) > 0.105 && health_cpu(&h) < 0.11);
	/* A few milliseconds say nothing. */
	health_init(&h, 1);
	health_interval(&h, 5 * NS_PER_MS, &busy, -1, NULL);
	assert_int_equal(h.evaluated, 0);
	assert_false(health_is_limited(&h));
}

/* Each cause is named, with what is known about it. */
static void each_cause_has_its_reason(void **state)
{
	static const struct {
		struct health_pressure pressure;
		double cpu;
		ns_t lag, length;
		enum verdict_cause cause;
		const char *now, *reason;
	} rows[] = {
	    {{.throttled = 0.48},
	     0.5,
	     90 * NS_PER_MS,
	     NS_PER_S,
	     VERDICT_QUOTA,
	     "held back by its CPU quota for 48 % of the time",
	     "10 of 10 s (its CPU quota held it back for up to 48 % of a second)"},
	    {{.steal = 0.25},
	     0.5,
	     -1,
	     NS_PER_S,
	     VERDICT_STEAL,
	     "other guests of the host had 25 % of the CPU",
	     "10 of 10 s (other guests of the host used up to 25 % of the CPU)"},
	    {{.waiting = 0.78},
	     0.2,
	     -1,
	     NS_PER_S,
	     VERDICT_WAITING,
	     "other programs used this machine's CPU: a thread waited for 78 % of a second",
	     "10 of 10 s (other programs used this machine's CPU: a thread waited for 78 % of a "
	     "second)"},
	    {{.waiting = 0.4},
	     0.6,
	     -1,
	     NS_PER_S,
	     VERDICT_WAITING,
	     "a thread waited for the CPU for 40 % of a second",
	     "10 of 10 s (a thread waited for the CPU for 40 % of a second)"},
	    {{0, 0, 0},
	     0.99,
	     -1,
	     NS_PER_S,
	     VERDICT_CPU,
	     "CPU of thread 1 at 99 %",
	     "10 of 10 s (CPU of thread 1 at 99 %)"},
	    {{0, 0, 0},
	     0.3,
	     50 * NS_PER_MS,
	     NS_PER_S,
	     VERDICT_LAG,
	     "schedule lag p99 50 ms",
	     "10 of 10 s (schedule lag p99 up to 50 ms)"},
	    {{0, 0, 0},
	     0.3,
	     -1,
	     3 * NS_PER_S,
	     VERDICT_STOPPED,
	     "the process did not run",
	     "30 of 30 s (the process did not run for up to 3 s)"},
	};
	struct fixture *f = *state;

	/* The whole run was on time; seconds of it were not. */
	recorder_lag(&f->recorder, 5 * NS_PER_MS);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct generator_health h;
		char expected[VERDICT_TEXT];

		health_init(&h, 1);
		for (int k = 0; k < 10; k++)
			health_interval(&h, rows[i].length, &rows[i].cpu, rows[i].lag,
					&rows[i].pressure);
		assert_string_equal(h.why, rows[i].now);
		judge(f, &h);
		assert_int_equal(f->validity.count, 1);
		assert_int_equal(f->validity.causes[0], rows[i].cause);
		snprintf(expected, sizeof expected, "the load generator could not keep up for %s",
			 rows[i].reason);
		assert_string_equal(f->validity.reasons[0], expected);
	}
}

static void waiting_below_the_limit_is_ignored(void **state)
{
	static const struct health_pressure little = {.waiting = 0.09};
	struct fixture *f = *state;
	struct generator_health h;

	health_init(&h, 1);
	seconds(&h, 10, 0.5, &little);
	judge(f, &h);
	assert_true(f->validity.valid);
	assert_string_equal(h.why, "");
}

static void all_reasons_are_listed(void **state)
{
	struct fixture *f = *state;
	struct generator_health h;

	health_init(&h, 1);
	seconds(&h, 14, 0.994, NULL);
	seconds(&h, 46, 0.1, NULL);
	verdict_judge(&f->validity, &f->summary, &h);
	assert_false(f->validity.valid);
	assert_int_equal(f->validity.count, 2);
	assert_int_equal(f->validity.causes[0], VERDICT_CPU);
	assert_int_equal(f->validity.causes[1], VERDICT_NO_SAMPLES);
	assert_string_equal(f->validity.reasons[0],
			    "the load generator could not keep up for 14 of 60 s (CPU of thread 1 "
			    "at 99 %)");
	assert_string_equal(f->validity.reasons[1],
			    "no request got the expected response, so there are no samples");
	for (int i = 0; i < 2 * VERDICT_REASONS; i++)
		verdict_add_reason(&f->validity, "data ran out: %d", i);
	assert_int_equal(f->validity.count, VERDICT_REASONS);
	assert_string_equal(verdict_cause_names[VERDICT_WAITING], "waiting");
}

static void users_must_begin(void **state)
{
	struct fixture *f = *state;
	struct generator_health h;

	health_init(&h, 1);
	seconds(&h, 3, 0.5, NULL);
	for (int i = 0; i < 980; i++)
		recorder_users(&f->recorder, 1);
	recorder_run(&f->recorder)->users_missed = 20;
	judge(f, &h);
	assert_true(f->validity.valid);
	recorder_run(&f->recorder)->users_missed = 1;
	judge(f, &h);
	assert_false(f->validity.valid);
	assert_int_equal(f->validity.causes[0], VERDICT_NOT_BEGUN);
	assert_string_equal(f->validity.reasons[0],
			    "only 980 of 1,001 users began, because the load generator was too "
			    "slow");
}

/* A cause of at least half of the limited time is the main one, even if the CPU was always busy. */
static void the_main_cause_explains_half_of_the_time(void **state)
{
	static const struct health_pressure held = {.throttled = 0.5};
	struct generator_health h;

	(void)state;
	health_init(&h, 1);
	seconds(&h, 5, 0.99, &held);
	seconds(&h, 5, 0.99, NULL);
	assert_int_equal(health_main_cause(&h), HEALTH_QUOTA);
	seconds(&h, 1, 0.99, NULL);
	assert_int_equal(health_main_cause(&h), HEALTH_CPU);
}

/* Requests that the machine could not send say nothing about the server. */
static void shortages_of_the_machine_are_counted(void **state)
{
	struct fixture *f = *state;
	struct series_counts *all = &f->summary.all.counts;
	struct generator_health h;

	health_init(&h, 1);
	seconds(&h, 3, 0.5, NULL);
	judge(f, &h);
	all->failed[FAILURE_generator_fds] = 1;
	verdict_judge(&f->validity, &f->summary, &h);
	assert_int_equal(f->validity.count, 1);
	assert_int_equal(f->validity.causes[0], VERDICT_FILES);
	assert_string_equal(f->validity.reasons[0],
			    "the load generator ran out of open files (1 request)");
	all->failed[FAILURE_generator_fds] = 0;
	all->failed[FAILURE_generator_ports] = 1200;
	verdict_judge(&f->validity, &f->summary, &h);
	assert_false(f->validity.valid);
	assert_int_equal(f->validity.count, 1);
	assert_int_equal(f->validity.causes[0], VERDICT_PORTS);
	assert_string_equal(f->validity.reasons[0],
			    "the load generator ran out of local ports (1,200 requests)");
}

/* Each reason keeps its cause; the last one is dropped if there are too many. */
static void the_first_reason_moves_the_others(void **state)
{
	struct verdict_validity v = {.valid = true};

	(void)state;
	verdict_add(&v, VERDICT_QUOTA, "the quota");
	verdict_add(&v, VERDICT_FILES, "open files");
	verdict_put_first_reason(&v, "partial: %d of %d", 1, 2);
	assert_int_equal(v.count, 3);
	assert_int_equal(v.causes[0], VERDICT_OTHER);
	assert_string_equal(v.reasons[0], "partial: 1 of 2");
	assert_int_equal(v.causes[1], VERDICT_QUOTA);
	assert_string_equal(v.reasons[1], "the quota");
	assert_int_equal(v.causes[2], VERDICT_FILES);
	assert_string_equal(v.reasons[2], "open files");
	while (v.count < VERDICT_REASONS)
		verdict_add(&v, VERDICT_PORTS, "ports");
	verdict_put_first_reason(&v, "killed");
	assert_int_equal(v.count, VERDICT_REASONS);
	assert_string_equal(v.reasons[0], "killed");
	assert_int_equal(v.causes[VERDICT_REASONS - 1], VERDICT_PORTS);
}

/* ---- conservation */

static void check(struct fixture *f, const char *expected)
{
	struct buf why;

	buf_init(&why, 0);
	if (conservation_check(&f->summary, &why) != (expected == NULL) ||
	    (expected && !str_eq(buf_str(&why), str_of(expected))))
		fail_msg("%.*s", STR_ARG(buf_str(&why)));
	buf_release(&why);
}

/* Each count is changed in turn, and found. */
static void each_mismatch_is_found(void **state)
{
	struct fixture *f = *state;
	struct series_counts *home;

	fake_request(f, f->home, NS_PER_MS);
	fake_failure(f, f->search, 503, "HTTP 503");
	fake_second(f);
	check(f, NULL);
	home = &f->summary.series[f->home].counts;
	home->started++;
	check(f, "GET /: started and ended 2 and 1");
	home->started--;
	f->summary.all.counts.bytes_sent++;
	check(f, "requests: total and sum of bytes_sent 121 and 120");
	f->summary.all.counts.bytes_sent--;
	f->summary.all.counts.failed[FAILURE_dns]++;
	check(f, "requests: dns 1 and 0");
	f->summary.all.counts.failed[FAILURE_dns]--;
	f->summary.iterations.counts.ok++;
	check(f, "iterations: total and sum of ok 1 and 0");
	f->summary.iterations.counts.ok--;
	f->summary.rows[0].ok++;
	check(f, "seconds: ok 1 and 2");
	f->summary.rows[0].ok--;
	f->summary.rows[0].cut_off++;
	check(f, "seconds: cut off 0 and 1");
	f->summary.rows[0].cut_off--;
	f->summary.rows[0].bytes_received++;
	check(f, "seconds: bytes 1500 and 1501");
	f->summary.rows[0].bytes_received--;
	f->summary.all.times[TIME_response].m.count++;
	check(f, "requests: ok and response times 1 and 2");
	f->summary.all.times[TIME_response].m.count--;
	f->summary.users_now = 3;
	check(f, "users: left 0 and 3");
	f->summary.users_now = 0;
	check(f, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_part_of_a_second_is_not_zero),
	    cmocka_unit_test_setup_teardown(one_limited_second_is_tolerated, fake_setup,
					    fake_teardown),
	    cmocka_unit_test_setup_teardown(intervals_count_by_their_length, fake_setup,
					    fake_teardown),
	    cmocka_unit_test_setup_teardown(each_cause_has_its_reason, fake_setup, fake_teardown),
	    cmocka_unit_test_setup_teardown(waiting_below_the_limit_is_ignored, fake_setup,
					    fake_teardown),
	    cmocka_unit_test_setup_teardown(all_reasons_are_listed, fake_setup, fake_teardown),
	    cmocka_unit_test_setup_teardown(users_must_begin, fake_setup, fake_teardown),
	    cmocka_unit_test(the_main_cause_explains_half_of_the_time),
	    cmocka_unit_test_setup_teardown(shortages_of_the_machine_are_counted, fake_setup,
					    fake_teardown),
	    cmocka_unit_test(the_first_reason_moves_the_others),
	    cmocka_unit_test_setup_teardown(each_mismatch_is_found, fake_setup, fake_teardown),
	};

	return cmocka_run_group_tests_name("validity", tests, NULL, NULL);
}
