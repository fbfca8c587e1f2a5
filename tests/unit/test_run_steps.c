/* Steps in virtual time: failures and what follows them, forks, redirects, the host gate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "simulation.h"

#define MS NS_PER_MS
#define S  NS_PER_S

static int setup(void **state)
{
	struct simulation *sim = malloc(sizeof *sim);

	simulation_init(sim);
	*state = sim;
	return 0;
}

static int teardown(void **state)
{
	simulation_release(*state);
	free(*state);
	return 0;
}

static const struct series_counts *all(const struct simulation *sim)
{
	return &sim->summary.all.counts;
}

static const struct series_counts *step(const struct simulation *sim, unsigned request)
{
	return &simulation_step(sim, request)->counts;
}

/* ---- failures */

static struct fake_answer fail_first(void *owner, const struct fake_request *request)
{
	(void)owner;
	return (struct fake_answer){.latency = 10 * MS,
				    .status = str_ends(request->url, STR("/bad")) ? 503 : 200};
}

static struct request_plan *bad_then_good(struct simulation *sim)
{
	struct request_plan *bad;

	tiny_scenario(&sim->tiny, "Visit", 1);
	bad = tiny_request(&sim->tiny, "GET", "http://shop/bad");
	tiny_request(&sim->tiny, "GET", "http://shop/good");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = fail_first;
	sim->settings.load.users = 2;
	sim->settings.load.iterations = 3;
	return bad;
}

static void a_failure_stops_the_iteration(void **state)
{
	struct simulation *sim = *state;

	bad_then_good(sim);
	simulation_run(sim);
	assert_int_equal(step(sim, 0)->failed[FAILURE_status], 6);
	assert_int_equal(step(sim, 1)->started, 0);
	assert_int_equal(sim->summary.iterations.counts.failed[FAILURE_status], 6);
	assert_int_equal(sim->summary.iterations.counts.ok, 0);
	/* Told once with an example, counted six times; response times are of ok answers only. */
	assert_int_equal(sim->summary.failure_count, 1);
	assert_int_equal(sim->summary.failures[0].count, 6);
	assert_int_equal(sim->summary.failures[0].detail, 503);
	assert_int_equal(sim->summary.all.times[TIME_response].m.count, 0);
	assert_int_equal(sim->summary.all.times[TIME_failed].m.count, 6);
}

static void a_failure_may_be_passed_over(void **state)
{
	struct simulation *sim = *state;

	bad_then_good(sim)->on_failure = FAILURE_CONTINUE;
	simulation_run(sim);
	assert_int_equal(step(sim, 1)->ok, 6);
	assert_int_equal(sim->summary.iterations.counts.failed[FAILURE_status], 6);
}

static void the_scenario_says_what_failures_do(void **state)
{
	struct simulation *sim = *state;

	bad_then_good(sim);
	sim->tiny.scenarios[0].on_failure = FAILURE_CONTINUE;
	simulation_run(sim);
	assert_int_equal(step(sim, 1)->ok, 6);
}

static void a_failure_may_stop_the_user(void **state)
{
	struct simulation *sim = *state;

	bad_then_good(sim)->on_failure = FAILURE_STOP_USER;
	simulation_run(sim);
	assert_int_equal(step(sim, 0)->started, 2);
	assert_int_equal(sim->summary.iterations.counts.started, 2);
}

static void a_failure_may_stop_the_run(void **state)
{
	struct simulation *sim = *state;

	bad_then_good(sim)->on_failure = FAILURE_STOP_RUN;
	sim->settings.load.ramp_up = 10 * S;
	sim->settings.load.duration = 100 * S;
	simulation_run(sim);
	/* The second user would have come after five seconds. */
	assert_int_equal(step(sim, 0)->started, 1);
	assert_int_equal(sim->duration, 10 * MS);
}

static void stop_is_no_failure(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_op(&sim->tiny, OP_STOP, 1, 0, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/never");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->settings.load.users = 2;
	sim->settings.load.iterations = 3;
	simulation_run(sim);
	assert_int_equal(sim->summary.iterations.counts.ok, 2);
	assert_int_equal(step(sim, 0)->ok, 2);
	assert_int_equal(step(sim, 1)->started, 0);
}

static struct fake_answer reset(void *owner, const struct fake_request *request)
{
	(void)owner;
	(void)request;
	return (struct fake_answer){.latency = 5 * MS, .result = HTTP_RESET, .resent = 1};
}

static void the_network_s_failures_have_classes(void **state)
{
	struct simulation *sim = *state;

	bad_then_good(sim);
	sim->serve = reset;
	simulation_run(sim);
	assert_int_equal(all(sim)->failed[FAILURE_reset], 6);
	assert_int_equal(all(sim)->resent, 6);
	assert_int_equal(sim->summary.all.times[TIME_failed].m.max_ns, 5 * MS);
}

static void nothing_found_fails_the_request(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request_keeping(&sim->tiny, "GET", "http://shop/", 0);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	simulation_run(sim);
	assert_int_equal(all(sim)->failed[FAILURE_extract], 1);
	assert_non_null(strstr(sim->summary.failures[0].text, "'v'"));
}

static void a_default_stands_in(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request_keeping(&sim->tiny, "GET", "http://shop/", 0);
	sim->tiny.extracts[0].fallback = tiny_text(&sim->tiny, "hat");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	simulation_run(sim);
	assert_int_equal(all(sim)->ok, 1);
}

/* ---- groups, calls */

static void groups_are_timed_without_think_and_with(void **state)
{
	struct simulation *sim = *state;
	const struct series_total *group;

	tiny_scenario(&sim->tiny, "Visit", 1);
	sim->tiny.series[0] =
	    (struct series_plan){.name = STR("Checkout"), .scenario = STR("Visit"), .group = true};
	sim->tiny.p.series_count = 1;
	tiny_op(&sim->tiny, OP_GROUP_BEGIN, 0, 0, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_think(&sim->tiny, THINK_FIXED, 2 * S, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/2");
	tiny_op(&sim->tiny, OP_GROUP_END, 0, 0, 0);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 100 * MS;
	simulation_run(sim);
	group = &sim->summary.series[sim->plan.series[0]];
	assert_int_equal(group->counts.ok, 1);
	assert_int_equal(group->times[TIME_response].m.max_ns, 200 * MS);
	assert_int_equal(group->times[TIME_elapsed].m.max_ns, 2200 * MS);
}

static void calls_return(void **state)
{
	struct simulation *sim = *state;

	struct scenario_plan *visit = tiny_scenario(&sim->tiny, "Visit", 1);

	tiny_request(&sim->tiny, "GET", "http://shop/flow");
	visit->entry = tiny_op(&sim->tiny, OP_RETURN, 0, 0, 0) + 1;
	tiny_op(&sim->tiny, OP_CALL, 0, 0, 0);
	tiny_op(&sim->tiny, OP_CALL, 0, 0, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/2");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	simulation_run(sim);
	assert_int_equal(step(sim, 0)->ok, 2);
	assert_int_equal(step(sim, 1)->ok, 1);
}

static void choose_goes_by_weight(void **state)
{
	struct simulation *sim = *state;
	static const double upto[] = {0.2, 1};
	static uint32_t targets[2];
	uint32_t jump;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_op(&sim->tiny, OP_CHOOSE, 0, 0, 0);
	targets[0] = sim->tiny.p.code_count;
	tiny_request(&sim->tiny, "GET", "http://shop/a");
	jump = tiny_op(&sim->tiny, OP_JUMP, 0, 0, 0);
	targets[1] = sim->tiny.p.code_count;
	tiny_request(&sim->tiny, "GET", "http://shop/b");
	sim->tiny.code[jump].a = tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->tiny.choices[0] = (struct choice_plan){upto, targets, 2};
	sim->settings.load.iterations = 1000;
	simulation_run(sim);
	assert_in_range(step(sim, 0)->ok, 150, 250);
	assert_int_equal(step(sim, 0)->ok + step(sim, 1)->ok, 1000);
}

/* ---- parallel */

static struct fake_answer by_number(void *owner, const struct fake_request *request)
{
	static const char *const bodies[] = {"zero", "one", "two", "three", "four"};
	unsigned n = (unsigned)(request->url.ptr[request->url.len - 1] - '0') % 5;

	(void)owner;
	/* The first branch answers last. */
	return (struct fake_answer){.latency = (ns_t)(5 - n) * 10 * MS, .body = bodies[n]};
}

static struct fake_answer look_at_slot(void *owner, const struct fake_request *request)
{
	struct str *seen = owner;
	const struct strand *s = request->exchange->owner;

	if (str_ends(request->url, STR("/after"))) {
		struct str text = s->user->slots[0].text;

		*seen = (struct str){strndup(text.ptr, text.len), text.len};
		return (struct fake_answer){.latency = 0};
	}
	return by_number(owner, request);
}

static void the_later_step_wins_not_the_later_answer(void **state)
{
	struct simulation *sim = *state;
	struct str seen = STR_NULL;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_parallel(&sim->tiny, 4, 6, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/after");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = look_at_slot;
	sim->owner = &seen;
	simulation_run(sim);
	assert_true(str_eq(seen, STR("three")));
	free((void *)(uintptr_t)seen.ptr);
	assert_int_equal(all(sim)->ok, 5);
	assert_int_equal(sim->duration, 50 * MS);
}

static void parallel_has_a_limit_and_the_wait_counts(void **state)
{
	struct simulation *sim = *state;
	const struct histogram *response = &sim->summary.all.times[TIME_response];

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_parallel(&sim->tiny, 5, 2, SLOT_NONE);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 100 * MS;
	simulation_run(sim);
	assert_int_equal(sim->https[0].user_most_in_flight, 2);
	assert_int_equal(sim->duration, 300 * MS);
	assert_int_equal(response->m.min_ns, 100 * MS);
	assert_int_equal(response->m.max_ns, 300 * MS);
	assert_int_equal(response->m.sum_ns, (100 + 100 + 200 + 200 + 300) * MS);
	assert_int_equal(sim->summary.all.times[TIME_service].m.max_ns, 100 * MS);
}

static void a_user_has_so_many_connections_per_host(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_parallel(&sim->tiny, 8, 8, SLOT_NONE);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 100 * MS;
	sim->settings.load.users = 2;
	simulation_run(sim);
	assert_int_equal(sim->https[0].user_most_in_flight, 6);
	assert_int_equal(sim->https[0].most_in_flight, 12);
	assert_int_equal(sim->duration, 200 * MS);
	assert_int_equal(sim->summary.all.times[TIME_response].m.max_ns, 200 * MS);
}

static struct fake_answer second_fails(void *owner, const struct fake_request *request)
{
	(void)owner;
	return (struct fake_answer){.latency = 100 * MS,
				    .status = str_ends(request->url, STR("/1")) ? 500 : 200};
}

static void the_others_finish_then_on_failure(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_parallel(&sim->tiny, 4, 2, SLOT_NONE);
	tiny_request(&sim->tiny, "GET", "http://shop/after");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = second_fails;
	simulation_run(sim);
	assert_int_equal(all(sim)->started, 4);
	assert_int_equal(all(sim)->ok, 3);
	assert_int_equal(all(sim)->failed[FAILURE_status], 1);
	assert_int_equal(sim->summary.iterations.counts.failed[FAILURE_status], 1);
}

static void a_fork_is_cut_off_whole(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_parallel(&sim->tiny, 9, 8, SLOT_NONE);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 100 * S;
	sim->settings.load.users = 3;
	sim->settings.load.duration = 2 * S;
	sim->settings.load.grace = 1 * S;
	simulation_run(sim);
	/* Six of each are sent; two that wait for a connection never are, and one was not begun. */
	assert_int_equal(simulation_sent(sim), 18);
	assert_int_equal(all(sim)->started, 18);
	assert_int_equal(all(sim)->cut_off, 18);
	assert_int_equal(sim->summary.iterations.counts.cut_off, 3);
}

static void a_stopped_fork_begins_no_branch(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_parallel(&sim->tiny, 6, 2, SLOT_NONE);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 1 * S;
	sim->settings.load.duration = 100 * S;
	sim->stop_at = 1500 * MS;
	simulation_run(sim);
	assert_int_equal(all(sim)->ok, 4);
	assert_int_equal(all(sim)->started, 4);
	assert_int_equal(sim->summary.iterations.counts.cut_off, 1);
	assert_int_equal(sim->duration, 2 * S);
}

/* ---- redirects */

struct hops {
	char methods[32][8];
	struct str bodies[32];
	bool dropped[32];
	size_t count;
	int status;
	const char *to; /* "/loop" of the shop when NULL */
	unsigned until; /* after so many hops it is a 200 */
};

static struct fake_answer redirect(void *owner, const struct fake_request *request)
{
	struct hops *h = owner;
	size_t n = h->count++;

	strncpy(h->methods[n], request->method, sizeof h->methods[n] - 1);
	h->bodies[n] = request->body;
	h->dropped[n] = request->exchange->drop_credentials;
	if (n >= h->until)
		return (struct fake_answer){.latency = 10 * MS};
	return (struct fake_answer){.latency = 10 * MS,
				    .status = h->status,
				    .redirect_to = h->to ? h->to : "http://shop/loop"};
}

static void one_request(struct simulation *sim, struct hops *hops, const char *method)
{
	struct request_plan *r;

	tiny_scenario(&sim->tiny, "Visit", 1);
	r = tiny_request(&sim->tiny, method, "http://shop/form");
	if (strcmp(method, "POST") == 0)
		r->body = tiny_text(&sim->tiny, "a=1");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = redirect;
	sim->owner = hops;
}

static void a_post_becomes_a_get(void **state)
{
	struct simulation *sim = *state;
	struct hops hops = {.status = 302, .until = 2};

	one_request(sim, &hops, "POST");
	simulation_run(sim);
	assert_string_equal(hops.methods[0], "POST");
	assert_string_equal(hops.methods[1], "GET");
	assert_string_equal(hops.methods[2], "GET");
	assert_int_equal(all(sim)->started, 1);
	assert_int_equal(all(sim)->ok, 1);
	assert_int_equal(all(sim)->redirects, 2);
	assert_int_equal(simulation_sent(sim), all(sim)->started + all(sim)->redirects);
	/* One request of three hops: from due to the last byte of the last. */
	assert_int_equal(sim->summary.all.times[TIME_response].m.max_ns, 30 * MS);
	assert_int_equal(sim->summary.all.times[TIME_service].m.max_ns, 30 * MS);
}

static void a_307_keeps_method_and_body(void **state)
{
	struct simulation *sim = *state;
	struct hops hops = {.status = 307, .until = 1};

	one_request(sim, &hops, "POST");
	simulation_run(sim);
	assert_string_equal(hops.methods[1], "POST");
	assert_true(str_eq(hops.bodies[1], STR("a=1")));
}

static void a_303_keeps_head_alone(void **state)
{
	struct simulation *sim = *state;
	struct hops hops = {.status = 303, .until = 1};

	one_request(sim, &hops, "HEAD");
	simulation_run(sim);
	assert_string_equal(hops.methods[1], "HEAD");
}

static void a_301_keeps_put(void **state)
{
	struct simulation *sim = *state;
	struct hops hops = {.status = 301, .until = 1};

	one_request(sim, &hops, "PUT");
	simulation_run(sim);
	assert_string_equal(hops.methods[1], "PUT");
}

static void ten_hops_and_no_more(void **state)
{
	struct simulation *sim = *state;
	struct hops hops = {.status = 302, .until = 100};

	one_request(sim, &hops, "GET");
	simulation_run(sim);
	assert_int_equal(all(sim)->failed[FAILURE_protocol], 1);
	assert_int_equal(all(sim)->redirects, 10);
	assert_int_equal(simulation_sent(sim), 11);
	assert_non_null(strstr(sim->summary.failures[0].text, "more than 10 redirects"));
}

static void a_foreign_host_is_blocked_before_anything_is_sent(void **state)
{
	struct simulation *sim = *state;
	struct hops hops = {.status = 302, .until = 1, .to = "http://elsewhere.example/x"};

	one_request(sim, &hops, "GET");
	simulation_run(sim);
	assert_int_equal(all(sim)->failed[FAILURE_blocked_host], 1);
	assert_int_equal(simulation_sent(sim), 1);
	assert_non_null(strstr(sim->summary.failures[0].text, "elsewhere.example"));
	assert_non_null(strstr(sim->summary.failures[0].text, "allowed_hosts"));
}

static void an_allowed_host_gets_no_credentials(void **state)
{
	struct simulation *sim = *state;
	struct hops hops = {.status = 302, .until = 1, .to = "https://elsewhere.example/x"};
	struct str allowed = STR("elsewhere.example");

	one_request(sim, &hops, "GET");
	sim->tiny.model.allowed_hosts = &allowed;
	sim->tiny.model.allowed_host_count = 1;
	simulation_run(sim);
	assert_int_equal(all(sim)->ok, 1);
	assert_false(hops.dropped[0]);
	assert_true(hops.dropped[1]);
}

static void only_http_is_followed(void **state)
{
	struct simulation *sim = *state;
	struct hops hops = {.status = 302, .until = 1, .to = "ftp://shop/x"};

	one_request(sim, &hops, "GET");
	simulation_run(sim);
	assert_int_equal(all(sim)->failed[FAILURE_protocol], 1);
}

static void a_redirect_may_be_the_answer(void **state)
{
	struct simulation *sim = *state;
	struct hops hops = {.status = 302, .until = 1};

	one_request(sim, &hops, "GET");
	sim->tiny.requests[0].follow = false;
	simulation_run(sim);
	assert_int_equal(all(sim)->ok, 1);
	assert_int_equal(simulation_sent(sim), 1);
	assert_int_equal(sim->summary.all.status[status_slot(302)], 1);
}

static void one_timeout_for_all_hops(void **state)
{
	struct simulation *sim = *state;
	struct hops hops = {.status = 302, .until = 100};

	one_request(sim, &hops, "GET");
	sim->tiny.requests[0].timeout = 35 * MS;
	simulation_run(sim);
	assert_int_equal(all(sim)->failed[FAILURE_timeout], 1);
	/* Hops are sent at 0, 10, 20 and 30 ms; the answer at 40 ms comes too late for another. */
	assert_int_equal(simulation_sent(sim), 4);
}

static void a_foreign_constant_url_is_blocked(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop.evil.example/");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->settings.load.iterations = 3;
	simulation_run(sim);
	assert_int_equal(all(sim)->failed[FAILURE_blocked_host], 3);
	assert_int_equal(simulation_sent(sim), 0);
}

/* ---- rendezvous */

struct meetings {
	ns_t at[16];
	size_t count;
};

static struct fake_answer note_time(void *owner, const struct fake_request *request)
{
	struct meetings *m = owner;

	m->at[m->count++] = request->at - SIMULATION_START;
	return (struct fake_answer){.latency = 0};
}

static void meet(struct simulation *sim, struct meetings *seen, uint64_t users, ns_t timeout)
{
	sim->tiny.rendezvous[0] =
	    (struct rendezvous_plan){.name = STR("sale"), .users = users, .timeout = timeout};
	sim->tiny.p.rendezvous_count = 1;
	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_op(&sim->tiny, OP_RENDEZVOUS, 0, 0, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = note_time;
	sim->owner = seen;
	sim->settings.load.users = 4;
	sim->settings.load.iterations = 1;
	sim->settings.load.ramp_up = 4 * S;
	sim->settings.load.duration = 100 * S;
}

static void users_wait_for_each_other(void **state)
{
	struct simulation *sim = *state;
	struct meetings seen = {.count = 0};

	meet(sim, &seen, 2, 0);
	simulation_run(sim);
	/* They come at 0, 1, 2, 3 s and go two by two. */
	assert_int_equal(seen.count, 4);
	assert_int_equal(seen.at[0], 1 * S);
	assert_int_equal(seen.at[1], 1 * S);
	assert_int_equal(seen.at[3], 3 * S);
	assert_int_equal(sim->summary.all.times[TIME_response].m.max_ns, 0);
}

static void they_do_not_wait_for_ever(void **state)
{
	struct simulation *sim = *state;
	struct meetings seen = {.count = 0};

	meet(sim, &seen, 3, 5 * S);
	simulation_run(sim);
	assert_int_equal(seen.at[2], 2 * S);
	assert_int_equal(seen.at[3], 8 * S);
}

static void the_waiting_are_cut_off(void **state)
{
	struct simulation *sim = *state;
	struct meetings seen = {.count = 0};

	meet(sim, &seen, 5, 0);
	sim->stop_at = 10 * S;
	simulation_run(sim);
	assert_int_equal(seen.count, 0);
	assert_int_equal(sim->summary.iterations.counts.cut_off, 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* GET, then PACE to 100 ms; the answer decides whether the iteration gets there by itself. */
static struct fake_answer refuse(void *owner, const struct fake_request *request)
{
	(void)owner;
	(void)request;
	return (struct fake_answer){.latency = 10 * MS, .status = 404};
}

static void paced(struct simulation *sim)
{
	struct scenario_plan *plan = tiny_scenario(&sim->tiny, "Paced", 1);

	tiny_request(&sim->tiny, "GET", "http://shop/");
	plan->pace = tiny_op(&sim->tiny, OP_PACE, 100000, 0, 0);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->settings.load.users = 1;
	sim->settings.load.iterations = 3;
	sim->latency = 10 * MS;
}

static void an_iteration_is_paced(void **state)
{
	struct simulation *sim = *state;

	paced(sim);
	simulation_run(sim);
	assert_int_equal(sim->duration, 300 * MS);
	assert_int_equal(sim->summary.iterations.counts.ok, 3);
	/* The pause counts as thinking. */
	assert_int_equal(sim->summary.iterations.times[TIME_response].m.max_ns, 10 * MS);
}

static void a_failed_iteration_is_paced_too(void **state)
{
	struct simulation *sim = *state;

	paced(sim);
	sim->serve = refuse;
	simulation_run(sim);
	assert_int_equal(sim->duration, 300 * MS);
	assert_int_equal(series_counts_failed(&sim->summary.iterations.counts), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_failure_stops_the_iteration),
	    TEST(a_failure_may_be_passed_over),
	    TEST(the_scenario_says_what_failures_do),
	    TEST(a_failure_may_stop_the_user),
	    TEST(a_failure_may_stop_the_run),
	    TEST(stop_is_no_failure),
	    TEST(the_network_s_failures_have_classes),
	    TEST(nothing_found_fails_the_request),
	    TEST(a_default_stands_in),
	    TEST(groups_are_timed_without_think_and_with),
	    TEST(calls_return),
	    TEST(choose_goes_by_weight),
	    TEST(the_later_step_wins_not_the_later_answer),
	    TEST(parallel_has_a_limit_and_the_wait_counts),
	    TEST(a_user_has_so_many_connections_per_host),
	    TEST(the_others_finish_then_on_failure),
	    TEST(a_fork_is_cut_off_whole),
	    TEST(a_stopped_fork_begins_no_branch),
	    TEST(a_post_becomes_a_get),
	    TEST(a_307_keeps_method_and_body),
	    TEST(a_303_keeps_head_alone),
	    TEST(a_301_keeps_put),
	    TEST(ten_hops_and_no_more),
	    TEST(a_foreign_host_is_blocked_before_anything_is_sent),
	    TEST(an_allowed_host_gets_no_credentials),
	    TEST(only_http_is_followed),
	    TEST(a_redirect_may_be_the_answer),
	    TEST(one_timeout_for_all_hops),
	    TEST(a_foreign_constant_url_is_blocked),
	    TEST(users_wait_for_each_other),
	    TEST(they_do_not_wait_for_ever),
	    TEST(the_waiting_are_cut_off),
	    TEST(an_iteration_is_paced),
	    TEST(a_failed_iteration_is_paced_too),
	};

	return cmocka_run_group_tests_name("steps", tests, NULL, NULL);
}
