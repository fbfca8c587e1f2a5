/* Renewals of the values of before_user in virtual time, and variables that are kept over the
 * iterations of a user. */
#include "renewal_rig.h"

/* ---- before_user */

static void each_user_renews_its_own_values(void **state)
{
	struct test *t =
	    prepare(TARGET LOGIN("every: 40s") "load: {users: 1000, ramp_up: 10s, duration: 100s}\n"
					       "steps:\n" GET "  - think: 4s..6s\n" GET);

	(void)state;
	t->server.slow = 2 * S;
	simulation_run(&t->sim);
	nothing_failed(t);
	assert_int_equal(t->server.refused, 0);
	assert_int_equal(t->server.issued, 1000 + counts(t)->renewals);
	assert_true(counts(t)->renewals >= 1000 && counts(t)->renewals <= 2000);
	assert_int_equal(counts(t)->renewals_waited, counts(t)->renewals);
	assert_int_equal(longest(t, TIME_response), 10 * MS);
	assert_int_equal(counts(t)->unmeasured[UNMEASURED_before_user], t->server.issued);
	release(t);
}

/* Several branches of a user are refused at the same time: one renewal for all of them. */
static void branches_share_a_renewal(void **state)
{
	struct test *t = prepare(TARGET LOGIN(
	    "renew_on: [401]") "load: {users: 1, duration: 13s}\n"
			       "steps:\n  - parallel:\n"
			       "      - get: /a?t=${t}&c=${c}\n      - get: /b?t=${t}&c=${c}\n"
			       "      - get: /c?t=${t}&c=${c}&l=${life}\n"
			       "  - think: 3s\n");

	(void)state;
	t->server.life = 5 * S;
	simulation_run(&t->sim);
	nothing_failed(t);
	assert_int_equal(t->server.issued, 3);
	assert_int_equal(t->server.refused, 6);
	assert_int_equal(all(t)->retries, 6);
	assert_int_equal(counts(t)->renewals, 2);
	assert_int_equal(longest(t, TIME_response), 20 * MS);
	release(t);
}

/* Its cookies are those of the user, so every request depends on it. */
static void a_login_without_values_is_renewed(void **state)
{
	struct test *t = prepare(TARGET "before_user: {every: 10s, steps: [{get: /login}]}\n"
					"load: {users: 3, duration: 25s}\n"
					"steps: [{get: /v}, {think: 1s}]\n");

	(void)state;
	simulation_run(&t->sim);
	nothing_failed(t);
	assert_int_equal(t->server.logins, 9);
	/* By the same three users. */
	assert_int_equal(t->sim.https[0].users, 3);
	release(t);
}

static void a_user_whose_login_fails_stops(void **state)
{
	struct test *t = prepare(TARGET LOGIN(
	    "every: 5s") "after_user: [{get: '/bye?t=${t}&c=${c}&l=${life}'}]\n"
			 "load: {users: 2, duration: 30s}\n"
			 "steps:\n  - parallel:\n      - get: /a?t=${t}\n      - get: /b\n"
			 "  - think: 1s\n");

	(void)state;
	t->server.fail_from = 3;
	t->server.fail_count = 1000;
	simulation_run(&t->sim);
	assert_int_equal(counts(t)->users_failed, 2);
	assert_int_equal(counts(t)->renewals_failed, 6);
	assert_int_equal(counts(t)->unmeasured[UNMEASURED_after_user], 2);
	assert_false(atomic_load(&t->sim.shared.renewal_failed));
	assert_true(t->sim.duration < 12 * S);
	release(t);
}

static void a_stop_aborts_the_logins_of_users(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct test *t =
		    prepare(TARGET LOGIN("every: 5s") "load: {users: 300, duration: 60s}\n"
						      "steps:\n" GET "  - think: 1s\n");

		t->server.slow = 3 * S;
		t->sim.stop_at = i < 2 ? (9 + i) * S : 0;
		t->sim.abort_at = i < 2 ? 0 : (9 + i) * S;
		if (i & 1)
			t->server.fail_from = 301, t->server.fail_count = 1000;
		t->sim.stop_grace = 1 * S;
		simulation_run(&t->sim);
		assert_true(t->sim.duration < 14 * S);
		assert_int_equal(recorder_series_counts_failed(all(t)), 0);
		release(t);
	}
}

/* The login of a user needs the token of setup, and both expire. */
static void both_are_renewed(void **state)
{
	struct test *t = prepare(
	    TARGET SETUP("renew_on: [401]") "before_user:\n  every: 30s\n  steps:\n"
					    "    - get: /v?t=${t}&c=${c}&l=${life}\n"
					    "    - {get: /login, extract: {u: {jsonpath: $.t}, d: "
					    "{jsonpath: $.c}}}\n"
					    "load: {users: 20, duration: 200s}\n"
					    "steps:\n  - get: /v?t=${u}&c=${d}\n  - think: 1s\n");

	(void)state;
	simulation_run(&t->sim);
	nothing_failed(t);
	assert_int_equal(counts(t)->users_failed, 0);
	assert_int_equal(counts(t)->renewals_failed, 0);
	assert_int_equal(t->server.issued - t->server.logins, 4);
	release(t);
}

/* ---- variables of a user */

static void variables_of_a_user_are_kept(void **state)
{
	struct test *t = prepare(TARGET "variables:\n  cart: {per: user, start: \"${10 * 2}\"}\n"
					"  seen: {per: user, start: \"\"}\n  fresh: \"f${cart}\"\n"
					"before_user: [{set: {cart: \"${cart + 100}\"}}]\n"
					"after_user: [{get: '/bye?cart=${cart}'}]\n"
					"load: {users: 1, iterations: 3}\n"
					"steps:\n  - set: {cart: \"${cart + 1}\"}\n"
					"  - get: /v\n    extract: {seen: {regex: (.*)}}\n"
					"  - get: /v?was=${seen}&cart=${cart}/${fresh}\n");

	(void)state;
	simulation_run(&t->sim);
	nothing_failed(t);
	assert_string_equal(t->server.cart, "121/f120,122/f121,123/f122,123,");
	release(t);
}

static void each_user_has_its_own_variables(void **state)
{
	struct test *t =
	    prepare(TARGET "variables: {n: {per: user, start: 0}}\n"
			   "load: {arrivals: 1/s, duration: 3s}\n"
			   "steps: [{set: {n: \"${n + 1}\"}}, {get: '/v?cart=${n}'}]\n");

	(void)state;
	simulation_run(&t->sim);
	assert_string_equal(t->server.cart, "1,1,1,");
	release(t);
}

/* A start value that cannot be evaluated fails each iteration, not only the first. */
static void a_bad_start_value_fails_every_iteration(void **state)
{
	struct test *t = prepare(TARGET "variables: {n: {per: user, start: \"${user.id / 0}\"}}\n"
					"load: {users: 1, iterations: 3}\n"
					"steps: [{get: '/v?cart=${n}'}]\n");

	(void)state;
	simulation_run(&t->sim);
	assert_string_equal(t->server.cart, "");
	assert_int_equal(recorder_series_counts_failed(&t->sim.summary.iterations.counts), 3);
	release(t);
}

/* A renewed before_user changes a variable of its user only if its steps do. */
static void a_renewal_keeps_variables(void **state)
{
	struct test *t = prepare(
	    TARGET "variables: {n: {per: user, start: 0}, m: {per: user, start: 0}}\n"
		   "before_user: {every: 1500ms, steps: [{get: /login}, {set: {m: \"${n}\"}}]}\n"
		   "load: {users: 1, iterations: 4}\n"
		   "steps: [{get: '/v?cart=${n}/${m}'}, {set: {n: \"${n + 1}\"}}, {think: 1s}]\n");

	(void)state;
	simulation_run(&t->sim);
	nothing_failed(t);
	assert_string_equal(t->server.cart, "0/0,1/0,2/2,3/2,");
	release(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_user_renews_its_own_values),
	    cmocka_unit_test(branches_share_a_renewal),
	    cmocka_unit_test(a_login_without_values_is_renewed),
	    cmocka_unit_test(a_user_whose_login_fails_stops),
	    cmocka_unit_test(a_stop_aborts_the_logins_of_users),
	    cmocka_unit_test(both_are_renewed),
	    cmocka_unit_test(variables_of_a_user_are_kept),
	    cmocka_unit_test(each_user_has_its_own_variables),
	    cmocka_unit_test(a_bad_start_value_fails_every_iteration),
	    cmocka_unit_test(a_renewal_keeps_variables),
	};

	log_set_level(LOG_QUIET);
	return cmocka_run_group_tests_name("logins", tests, NULL, NULL);
}
