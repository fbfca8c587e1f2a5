/* Renewals of the values of setup in virtual time, against a server whose tokens expire. */
#include "renewal_rig.h"

static void setup_is_renewed_in_time(void **state)
{
	static const char *const times[] = {"50s", "\"${life * 0.8 + 2}s\""};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char text[1024];
		struct test *t;

		snprintf(text, sizeof text,
			 TARGET SETUP("every: %s") "load: {users: 2000, duration: 290s}\n"
						   "steps:\n" GET "  - think: 500ms..1500ms\n",
			 times[i]);
		t = prepare(text);
		simulation_run(&t->sim);
		nothing_failed(t);
		/* At 50, 100 … 250 s. */
		assert_int_equal(t->server.issued, 6);
		assert_int_equal(t->server.refused, 0);
		assert_int_equal(counts(t)->renewals, 5);
		assert_int_equal(counts(t)->renewals_failed, 0);
		assert_true(counts(t)->renewals_waited > 5);
		assert_int_equal(counts(t)->unmeasured[UNMEASURED_setup], 6);
		assert_int_equal(longest(t, TIME_response), 10 * MS);
		assert_int_equal(all(t)->retries, 0);
		release(t);
	}
}

static void a_refusal_renews_setup_once(void **state)
{
	struct test *t =
	    prepare(TARGET SETUP("renew_on: [401]") "load: {users: 500, duration: 200s}\n"
						    "steps:\n" GET "  - think: 500ms..1500ms\n");

	(void)state;
	t->server.slow = 3 * S;
	simulation_run(&t->sim);
	nothing_failed(t);
	/* After 60 s, three times. */
	assert_int_equal(t->server.issued, 4);
	assert_int_equal(counts(t)->renewals, 3);
	assert_true(t->server.refused >= 3);
	assert_int_equal(all(t)->retries, t->server.refused);
	/* The first response and the second one, without the wait in between. */
	assert_int_equal(longest(t, TIME_response), 20 * MS);
	assert_true(counts(t)->renewals_waited > 500);
	assert_int_equal(t->sim.summary.all.status[recorder_status_slot(401)], 0);
	release(t);
}

/* The wait for a renewal is not part of the times of iterations and groups. */
static void waits_are_outside_all_times(void **state)
{
	struct test *t = prepare(
	    TARGET SETUP("every: 10s") "load: {users: 1, duration: 35s}\n"
				       "steps:\n  - group: G\n    steps:\n    - parallel:\n"
				       "      - get: /a?t=${t}&c=${c}&l=${life}\n      - get: /b\n"
				       "  - think: 100ms\n");
	const struct series_total *group;

	(void)state;
	t->server.slow = 5 * S;
	simulation_run(&t->sim);
	nothing_failed(t);
	assert_int_equal(counts(t)->renewals, 2);
	assert_int_equal(counts(t)->renewals_waited, 2);
	group = &t->sim.summary.series
		     [t->sim.plan.series[t->c.program->code[t->c.program->scenarios[0].entry].a]];
	assert_int_equal(group->times[TIME_response].m.max_ns, 10 * MS);
	release(t);
}

static void three_failed_renewals_end_the_run(void **state)
{
	struct test *t =
	    prepare(TARGET SETUP("every: 10s") "load: {users: 20, duration: 100s}\n"
					       "after_user: [{get: '/bye?t=${t}&c=${c}'}]\n"
					       "teardown: [{get: '/end?t=${t}&c=${c}'}]\n"
					       "steps:\n" GET "  - think: 1s\n");

	(void)state;
	t->server.fail_from = 2;
	t->server.fail_count = 100;
	simulation_run(&t->sim);
	assert_true(atomic_load(&t->sim.shared.renewal_failed));
	assert_int_equal(t->sim.shared.setup_class, FAILURE_status);
	assert_int_equal(counts(t)->renewals, 0);
	assert_int_equal(counts(t)->renewals_failed, 3);
	assert_int_equal(t->server.asked, 4);
	/* 0.5 s and 2 s after the first two. */
	assert_true(t->sim.duration >= 12500 * MS && t->sim.duration < 13 * S);
	assert_int_equal(counts(t)->unmeasured[UNMEASURED_after_user], 20);
	assert_int_equal(counts(t)->unmeasured[UNMEASURED_teardown], 1);
	assert_int_equal(recorder_series_counts_failed(all(t)), 0);
	release(t);
}

static void a_failed_renewal_is_tried_again(void **state)
{
	struct test *t = prepare(TARGET SETUP("every: 10s") "load: {users: 20, duration: 22s}\n"
							    "steps:\n" GET "  - think: 1s\n");

	(void)state;
	t->server.fail_from = 2;
	t->server.fail_count = 2;
	simulation_run(&t->sim);
	assert_false(atomic_load(&t->sim.shared.renewal_failed));
	assert_int_equal(counts(t)->renewals_failed, 2);
	assert_int_equal(counts(t)->renewals, 1);
	assert_int_equal(recorder_series_counts_failed(all(t)), 0);
	assert_int_equal(longest(t, TIME_response), 10 * MS);
	release(t);
}

/* A second refusal is a failure, whatever the reason. */
static void a_request_is_sent_again_once(void **state)
{
	struct test *t =
	    prepare(TARGET SETUP("renew_on: 401") "load: {users: 1, iterations: 1}\nsteps:\n" GET);

	(void)state;
	t->server.life = -1;
	simulation_run(&t->sim);
	assert_int_equal(t->server.issued, 2);
	assert_int_equal(t->server.refused, 2);
	assert_int_equal(all(t)->retries, 1);
	assert_int_equal(all(t)->started, 1);
	assert_int_equal(recorder_series_counts_failed(all(t)), 1);
	release(t);
}

/* Its own retries are not used up. */
static void a_renewal_uses_no_retry(void **state)
{
	struct test *t =
	    prepare(TARGET SETUP("renew_on: 401") "load: {users: 1, iterations: 1}\nsteps:\n"
						  "  - get: /v?t=${t}&c=${c}&l=${life}\n"
						  "    retry: {times: 1, when: [401]}\n");

	(void)state;
	t->server.life = -1;
	simulation_run(&t->sim);
	assert_int_equal(t->server.refused, 3);
	assert_int_equal(all(t)->retries, 2);
	release(t);
}

/* after_user and teardown renew what has expired, also while the run ends. */
static void the_end_of_a_run_renews_too(void **state)
{
	struct test *t =
	    prepare(TARGET SETUP("renew_on: [401]") "load: {users: 50, duration: 10s}\n"
						    "after_user: [{get: '/bye?t=${t}&c=${c}'}]\n"
						    "teardown: [{get: '/end?t=${t}&c=${c}'}]\n"
						    "steps:\n" GET "  - think: 10s\n");

	(void)state;
	t->server.life = 5 * S;
	simulation_run(&t->sim);
	nothing_failed(t);
	assert_int_equal(counts(t)->renewals, 1);
	assert_int_equal(counts(t)->after_users_failed, 0);
	assert_int_equal(counts(t)->teardowns_failed, 0);
	/* 50 iterations and 50 after_user, each of those refused once, and teardown. */
	assert_int_equal(t->server.served, 101);
	assert_true(t->server.refused >= 1);
	release(t);
}

/* No user waits for a renewal that the end of the run overtakes. */
static void a_run_ends_during_a_renewal(void **state)
{
	static const ns_t stops[] = {0, 12 * S};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct test *t = prepare(
		    TARGET SETUP("every: 10s") "load: {users: 30, duration: 15s, grace: 2s}\n"
					       "steps:\n" GET "  - think: 1s\n");

		t->server.slow = 1 * S;
		t->sim.stop_at = i < 2 ? stops[i] : 0;
		t->sim.abort_at = i == 2 ? 12 * S : 0;
		if (i == 3)
			t->server.fail_from = 2, t->server.fail_count = 1;
		/* The first token takes one second; the second one never comes. */
		t->sim.stop_grace = 1 * S;
		t->server.slow = i == 3 ? 10 * MS : 6 * S;
		simulation_run(&t->sim);
		assert_true(t->sim.duration < 24 * S);
		assert_int_equal(recorder_series_counts_failed(all(t)), 0);
		release(t);
	}
}

static void arrivals_and_workers_share_a_renewal(void **state)
{
	struct test *t = prepare(
	    TARGET SETUP("every: 50s, renew_on: [401]") "load: {arrivals: 20/s, duration: 170s}\n"
							"steps:\n" GET "  - think: 1s\n" GET);

	(void)state;
	t->sim.settings.threads = 2;
	simulation_run(&t->sim);
	assert_int_equal(t->server.mixed, 0);
	assert_int_equal(recorder_series_counts_failed(all(t)), 0);
	assert_true(counts(t)->renewals >= 3);
	release(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(setup_is_renewed_in_time),
	    cmocka_unit_test(a_refusal_renews_setup_once),
	    cmocka_unit_test(waits_are_outside_all_times),
	    cmocka_unit_test(three_failed_renewals_end_the_run),
	    cmocka_unit_test(a_failed_renewal_is_tried_again),
	    cmocka_unit_test(a_request_is_sent_again_once),
	    cmocka_unit_test(a_renewal_uses_no_retry),
	    cmocka_unit_test(the_end_of_a_run_renews_too),
	    cmocka_unit_test(a_run_ends_during_a_renewal),
	    cmocka_unit_test(arrivals_and_workers_share_a_renewal),
	};

	log_set_level(LOG_QUIET);
	return cmocka_run_group_tests_name("renewals", tests, NULL, NULL);
}
