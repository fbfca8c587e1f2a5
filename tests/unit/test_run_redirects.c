/* Redirects in virtual time, hop by hop, and the host gate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "simulation.h"

#define MS NS_PER_MS
#define S  NS_PER_S

/* ---- redirects */

struct hops {
	char methods[32][8];
	struct str bodies[32];
	bool dropped[32];
	size_t count;
	int status;
	const char *to; /* "/loop" of the shop when NULL */
	unsigned until; /* number of hops before a 200 */
};

static struct fake_response redirect(void *owner, const struct fake_request *request)
{
	struct hops *h = owner;
	size_t n = h->count++;

	strncpy(h->methods[n], request->method, sizeof h->methods[n] - 1);
	h->bodies[n] = request->body;
	h->dropped[n] = request->exchange->drop_credentials;
	if (n >= h->until)
		return (struct fake_response){.latency = 10 * MS};
	return (struct fake_response){.latency = 10 * MS,
				      .status = h->status,
				      .redirect_to = h->to ? h->to : "http://shop/loop"};
}

static void one_request(struct simulation *sim, struct hops *redirect_hops, const char *method)
{
	struct request_plan *r;

	tiny_scenario(&sim->tiny, "Visit", 1);
	r = tiny_request(&sim->tiny, method, "http://shop/form");
	if (strcmp(method, "POST") == 0)
		r->body = tiny_text(&sim->tiny, "a=1");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = redirect;
	sim->owner = redirect_hops;
}

static void a_post_becomes_a_get(void **state)
{
	struct simulation *sim = *state;
	struct hops redirect_hops = {.status = 302, .until = 2};

	one_request(sim, &redirect_hops, "POST");
	simulation_run(sim);
	assert_string_equal(redirect_hops.methods[0], "POST");
	assert_string_equal(redirect_hops.methods[1], "GET");
	assert_string_equal(redirect_hops.methods[2], "GET");
	assert_int_equal(simulation_all(sim)->started, 1);
	assert_int_equal(simulation_all(sim)->ok, 1);
	assert_int_equal(simulation_all(sim)->redirects, 2);
	assert_int_equal(simulation_sent(sim), simulation_all(sim)->started + simulation_all(sim)->redirects);
	/* One request with three hops: from the scheduled start to the last byte of the last hop.
	 */
	assert_int_equal(sim->summary.all.times[TIME_response].m.max_ns, 30 * MS);
	assert_int_equal(sim->summary.all.times[TIME_service].m.max_ns, 30 * MS);
}

static void a_307_keeps_method_and_body(void **state)
{
	struct simulation *sim = *state;
	struct hops redirect_hops = {.status = 307, .until = 1};

	one_request(sim, &redirect_hops, "POST");
	simulation_run(sim);
	assert_string_equal(redirect_hops.methods[1], "POST");
	assert_true(str_eq(redirect_hops.bodies[1], STR("a=1")));
}

static void a_303_keeps_head_alone(void **state)
{
	struct simulation *sim = *state;
	struct hops redirect_hops = {.status = 303, .until = 1};

	one_request(sim, &redirect_hops, "HEAD");
	simulation_run(sim);
	assert_string_equal(redirect_hops.methods[1], "HEAD");
}

static void a_301_keeps_put(void **state)
{
	struct simulation *sim = *state;
	struct hops redirect_hops = {.status = 301, .until = 1};

	one_request(sim, &redirect_hops, "PUT");
	simulation_run(sim);
	assert_string_equal(redirect_hops.methods[1], "PUT");
}

static void not_every_3xx_is_a_redirect(void **state)
{
	struct simulation *sim = *state;
	struct hops redirect_hops = {.status = 304, .until = 1};

	one_request(sim, &redirect_hops, "GET");
	simulation_run(sim);
	assert_int_equal(simulation_sent(sim), 1);
	assert_int_equal(simulation_all(sim)->ok, 1);
	assert_int_equal(simulation_all(sim)->redirects, 0);
}

static void ten_hops_and_no_more(void **state)
{
	struct simulation *sim = *state;
	struct hops redirect_hops = {.status = 302, .until = 100};

	one_request(sim, &redirect_hops, "GET");
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->failed[FAILURE_protocol], 1);
	assert_int_equal(simulation_all(sim)->redirects, 10);
	assert_int_equal(simulation_sent(sim), 11);
	assert_non_null(strstr(sim->summary.failures[0].text, "more than 10 redirects"));
}

static void another_host_is_blocked_before_anything_is_sent(void **state)
{
	struct simulation *sim = *state;
	struct hops redirect_hops = {.status = 302, .until = 1, .to = "http://elsewhere.example/x"};

	one_request(sim, &redirect_hops, "GET");
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->failed[FAILURE_blocked_host], 1);
	assert_int_equal(simulation_sent(sim), 1);
	assert_non_null(strstr(sim->summary.failures[0].text, "elsewhere.example"));
	assert_non_null(strstr(sim->summary.failures[0].text, "allowed_hosts"));
}

static void an_allowed_host_gets_no_credentials(void **state)
{
	struct simulation *sim = *state;
	struct hops redirect_hops = {
	    .status = 302, .until = 1, .to = "https://elsewhere.example/x"};
	struct str allowed = STR("elsewhere.example");

	one_request(sim, &redirect_hops, "GET");
	sim->tiny.model.allowed_hosts = &allowed;
	sim->tiny.model.allowed_host_count = 1;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->ok, 1);
	assert_false(redirect_hops.dropped[0]);
	assert_true(redirect_hops.dropped[1]);
}

/* To another origin and further: credentials that were removed once are not sent again. */
static struct fake_response twice_elsewhere(void *owner, const struct fake_request *request)
{
	struct hops *h = owner;
	size_t n = h->count++;

	h->dropped[n] = request->exchange->drop_credentials;
	if (n == 2)
		return (struct fake_response){.latency = 10 * MS};
	return (struct fake_response){.status = 302,
				      .redirect_to = n ? "http://elsewhere.example/2"
						       : "http://elsewhere.example/1"};
}

static void credentials_are_not_sent_to_another_origin(void **state)
{
	struct simulation *sim = *state;
	struct hops redirect_hops = {.count = 0};
	struct str allowed = STR("elsewhere.example");

	one_request(sim, &redirect_hops, "GET");
	sim->serve = twice_elsewhere;
	sim->tiny.model.allowed_hosts = &allowed;
	sim->tiny.model.allowed_host_count = 1;
	simulation_run(sim);
	assert_int_equal(redirect_hops.count, 3);
	assert_false(redirect_hops.dropped[0]);
	assert_true(redirect_hops.dropped[1]);
	assert_true(redirect_hops.dropped[2]);
}

static struct fake_response note_login(void *owner, const struct fake_request *request)
{
	struct hops *h = owner;
	struct str login = buf_str(&request->exchange->login);

	assert_true(str_eq(login, str_n("ann\0secret\0", 11)));
	return redirect(h, request);
}

static void a_login_is_sent_with_the_redirect(void **state)
{
	struct simulation *sim = *state;
	struct hops redirect_hops = {.status = 307, .until = 1};

	one_request(sim, &redirect_hops, "POST");
	sim->tiny.requests[0].auth =
	    (struct auth_plan){.kind = AUTH_DIGEST,
			       .user = tiny_text(&sim->tiny, "ann"),
			       .password = tiny_text(&sim->tiny, "secret")};
	sim->serve = note_login;
	simulation_run(sim);
	assert_int_equal(redirect_hops.count, 2);
	assert_int_equal(simulation_all(sim)->ok, 1);
}

static void only_http_is_followed(void **state)
{
	struct simulation *sim = *state;
	struct hops redirect_hops = {.status = 302, .until = 1, .to = "ftp://shop/x"};

	one_request(sim, &redirect_hops, "GET");
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->failed[FAILURE_protocol], 1);
}

static void a_redirect_may_be_the_response(void **state)
{
	struct simulation *sim = *state;
	struct hops redirect_hops = {.status = 302, .until = 1};

	one_request(sim, &redirect_hops, "GET");
	sim->tiny.requests[0].follow = false;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->ok, 1);
	assert_int_equal(simulation_sent(sim), 1);
	assert_int_equal(sim->summary.all.status[recorder_status_slot(302)], 1);
}

static void one_timeout_for_all_hops(void **state)
{
	struct simulation *sim = *state;
	struct hops redirect_hops = {.status = 302, .until = 100};

	one_request(sim, &redirect_hops, "GET");
	sim->tiny.requests[0].timeout = 35 * MS;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->failed[FAILURE_timeout], 1);
	/* Hops are sent at 0, 10, 20 and 30 ms; the response at 40 ms is too late for another hop.
	 */
	assert_int_equal(simulation_sent(sim), 4);
}

static void a_constant_url_of_another_host_is_blocked(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop.evil.example/");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->settings.load.iterations = 3;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->failed[FAILURE_blocked_host], 3);
	assert_int_equal(simulation_sent(sim), 0);
}

/* ---- redirects in parallel, to another origin */

struct two_origins {
	ns_t elsewhere[32]; /* arrival time of each hop at the other origin */
	size_t count;
};

static struct fake_response go_elsewhere(void *owner, const struct fake_request *request)
{
	struct two_origins *o = owner;

	if (str_starts(request->url, STR("http://shop")))
		return (struct fake_response){
		    .latency = 10 * MS, .status = 302, .redirect_to = "http://elsewhere.example/"};
	o->elsewhere[o->count++] = request->at - SIMULATION_START;
	return (struct fake_response){.latency = 100 * MS};
}

static struct str elsewhere = {"elsewhere.example", 17};

static void twelve_in_parallel(struct simulation *sim, struct two_origins *o)
{
	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_parallel(&sim->tiny, 12, 12, SLOT_NONE);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->tiny.model.allowed_hosts = &elsewhere;
	sim->tiny.model.allowed_host_count = 1;
	sim->serve = go_elsewhere;
	sim->owner = o;
}

static void hops_wait_for_a_connection_too(void **state)
{
	struct simulation *sim = *state;
	struct two_origins o = {.count = 0};

	twelve_in_parallel(sim, &o);
	simulation_run(sim);
	assert_int_equal(o.count, 12);
	for (size_t i = 0; i < 12; i++)
		assert_int_equal(o.elsewhere[i], i < 6 ? 10 * MS : 110 * MS);
	assert_int_equal(sim->duration, 210 * MS);
	assert_int_equal(simulation_all(sim)->started, 12);
	assert_int_equal(simulation_all(sim)->ok, 12);
	assert_int_equal(simulation_all(sim)->redirects, 12);
}

static struct fake_response note_time_left(void *owner, const struct fake_request *request)
{
	struct two_origins *o = owner;
	struct fake_response response = go_elsewhere(o, request);

	if (!response.redirect_to)
		o->elsewhere[o->count - 1] = request->exchange->timeout;
	return response;
}

static void a_hop_that_waited_too_long_ends_immediately(void **state)
{
	struct simulation *sim = *state;
	struct two_origins o = {.count = 0};

	twelve_in_parallel(sim, &o);
	sim->serve = note_time_left;
	for (unsigned i = 0; i < 12; i++)
		sim->tiny.requests[i].timeout = 50 * MS;
	simulation_run(sim);
	assert_int_equal(o.count, 12);
	for (size_t i = 0; i < 12; i++)
		assert_int_equal(o.elsewhere[i], i < 6 ? 40 * MS : 1 * MS);
}

static void a_hop_that_waits_is_cut_off_unsent(void **state)
{
	struct simulation *sim = *state;
	struct two_origins o = {.count = 0};

	twelve_in_parallel(sim, &o);
	sim->abort_at = 50 * MS;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->cut_off, 12);
	assert_int_equal(simulation_all(sim)->redirects, 6);
	assert_int_equal(simulation_sent(sim), simulation_all(sim)->started + simulation_all(sim)->redirects);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SIMULATION_TEST(a_post_becomes_a_get),
	    SIMULATION_TEST(a_307_keeps_method_and_body),
	    SIMULATION_TEST(a_303_keeps_head_alone),
	    SIMULATION_TEST(a_301_keeps_put),
	    SIMULATION_TEST(not_every_3xx_is_a_redirect),
	    SIMULATION_TEST(ten_hops_and_no_more),
	    SIMULATION_TEST(another_host_is_blocked_before_anything_is_sent),
	    SIMULATION_TEST(an_allowed_host_gets_no_credentials),
	    SIMULATION_TEST(credentials_are_not_sent_to_another_origin),
	    SIMULATION_TEST(a_login_is_sent_with_the_redirect),
	    SIMULATION_TEST(hops_wait_for_a_connection_too),
	    SIMULATION_TEST(a_hop_that_waited_too_long_ends_immediately),
	    SIMULATION_TEST(a_hop_that_waits_is_cut_off_unsent),
	    SIMULATION_TEST(only_http_is_followed),
	    SIMULATION_TEST(a_redirect_may_be_the_response),
	    SIMULATION_TEST(one_timeout_for_all_hops),
	    SIMULATION_TEST(a_constant_url_of_another_host_is_blocked),
	};

	return cmocka_run_group_tests_name("redirects", tests, NULL, NULL);
}
