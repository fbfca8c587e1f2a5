/* Renewals of the values of setup and before_user in virtual time, against a server whose tokens
 * expire; and variables that are kept over the iterations of a user. */
#include "compiled.h"

#include <stdio.h>

#include "base/log.h"
#include "simulation.h"

#define MS NS_PER_MS
#define S  NS_PER_S

#define USERS_MAX  4096u
#define BODIES_MAX 65536u

/* Issues a token with two parts for /token, and one for each user for /login; every other URL with
 * ?t=TOKEN&c=CODE needs a valid pair. */
struct server {
	ns_t life, slow;		/* of tokens; latency of /token and /login */
	unsigned fail_from, fail_count; /* numbers of the requests for a token that get 500 */
	bool revokes;			/* a new token ends the one before */
	/* Results. */
	unsigned asked, issued, refused, mixed, served, running, most_running;
	unsigned logins;
	char cart[64]; /* the values of ?cart=, in order */
	/* Its tokens. */
	ns_t issued_at[BODIES_MAX];
	unsigned of_user[USERS_MAX]; /* the last one of each user; 0: none */
	char bodies[BODIES_MAX][48];
};

static struct fake_response issue(struct server *server, const struct fake_request *request,
				  bool login)
{
	unsigned asked = ++server->asked, number;

	if (asked >= server->fail_from && asked < server->fail_from + server->fail_count)
		return (struct fake_response){.latency = 10 * MS, .status = 500};
	number = ++server->issued;
	assert_true(number < BODIES_MAX && request->user < USERS_MAX);
	server->issued_at[number] = request->at;
	if (login) {
		server->logins++;
		server->of_user[request->user] = number;
	}
	snprintf(server->bodies[number], sizeof server->bodies[number],
		 "{\"t\": \"t%u\", \"c\": \"c%u\", \"life\": %d}", number, number,
		 (int)(server->life / S));
	return (struct fake_response){.latency = server->slow, .body = server->bodies[number]};
}

static unsigned number_after(struct str url, struct str name)
{
	size_t at = str_find(url, name, 0);

	return at == NOT_FOUND ? 0 : (unsigned)strtoul(url.ptr + at + name.len, NULL, 10);
}

static struct fake_response serve(void *owner, const struct fake_request *request)
{
	struct server *server = owner;
	struct str url = request->url;
	size_t cart = str_find(url, STR("cart="), 0);
	unsigned token, code;

	if (str_ends(url, STR("/token")) || str_ends(url, STR("/login")))
		return issue(server, request, str_ends(url, STR("/login")));
	if (cart != NOT_FOUND)
		snprintf(server->cart + strlen(server->cart),
			 sizeof server->cart - strlen(server->cart), "%.*s,",
			 (int)(url.len - cart - 5), url.ptr + cart + 5);
	token = number_after(url, STR("t=t"));
	code = number_after(url, STR("c=c"));
	server->mixed += token != code;
	if (token && (request->at > server->issued_at[token] + server->life ||
		      (server->revokes && token < server->issued))) {
		server->refused++;
		return (struct fake_response){.latency = 10 * MS, .status = 401};
	}
	server->served++;
	return (struct fake_response){.latency = 10 * MS, .body = "fine"};
}

struct test {
	struct simulation sim;
	struct compiled c;
	struct server server;
};

static struct test *prepare(const char *text)
{
	struct test *t = calloc(1, sizeof *t);

	t->server.life = 60 * S;
	t->server.slow = 10 * MS;
	compiled_init(&t->c, text);
	if (!t->c.program)
		fail_msg("%s", t->c.text.data);
	simulation_init(&t->sim);
	t->sim.settings.program = t->c.program;
	t->sim.settings.load = t->c.program->model->load;
	t->sim.serve = serve;
	t->sim.owner = &t->server;
	return t;
}

static void release(struct test *t)
{
	simulation_release(&t->sim);
	compiled_release(&t->c);
	free(t);
}

static const struct run_counts *counts(const struct test *t)
{
	return &t->sim.summary.run;
}

static const struct series_counts *all(const struct test *t)
{
	return &t->sim.summary.all.counts;
}

static ns_t longest(const struct test *t, enum time_kind kind)
{
	return t->sim.summary.all.times[kind].m.max_ns;
}

static void nothing_failed(const struct test *t)
{
	const struct failure_note *note = &t->sim.summary.failures[0];

	if (t->sim.summary.failure_count)
		fail_msg("%.*s", (int)note->text_len, note->text);
	assert_int_equal(recorder_series_counts_failed(all(t)), 0);
	assert_int_equal(t->server.mixed, 0);
}

#define TARGET	 "target: http://shop\n"
#define EXTRACT	 "{t: {jsonpath: $.t, secret: yes}, c: {jsonpath: $.c}, life: {jsonpath: $.life}}"
#define GET	 "  - get: /v?t=${t}&c=${c}&l=${life}\n"
#define SETUP(x) "setup: {" x ", steps: [{get: /token, extract: " EXTRACT "}]}\n"
#define LOGIN(x) "before_user: {" x ", steps: [{get: /login, extract: " EXTRACT "}]}\n"

/* ---- setup */

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
static void a_renewal_takes_no_retry(void **state)
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
	    cmocka_unit_test(setup_is_renewed_in_time),
	    cmocka_unit_test(a_refusal_renews_setup_once),
	    cmocka_unit_test(waits_are_outside_all_times),
	    cmocka_unit_test(three_failed_renewals_end_the_run),
	    cmocka_unit_test(a_failed_renewal_is_tried_again),
	    cmocka_unit_test(a_request_is_sent_again_once),
	    cmocka_unit_test(a_renewal_takes_no_retry),
	    cmocka_unit_test(the_end_of_a_run_renews_too),
	    cmocka_unit_test(a_run_ends_during_a_renewal),
	    cmocka_unit_test(arrivals_and_workers_share_a_renewal),
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
	return cmocka_run_group_tests_name("renewals", tests, NULL, NULL);
}
