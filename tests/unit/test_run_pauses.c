/* In virtual time: users pause while no server can be reached, and a failing server is not flooded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simulation.h"

#define MS NS_PER_MS
#define S  NS_PER_S

/* A server that is unreachable until BACK, and again after GONE. */
struct server {
	ns_t back, gone;
	enum http_result away;
	bool connects; /* every attempt connects */
	ns_t at[64];   /* times of the requests */
	size_t count;
};

static struct fake_response serve(void *owner, const struct fake_request *request)
{
	struct server *server = owner;
	ns_t at = request->at - SIMULATION_START;

	if (server->count < sizeof server->at / sizeof server->at[0])
		server->at[server->count++] = at;
	if (at >= server->back && at < server->gone)
		return (struct fake_response){.latency = 400 * MS};
	return (struct fake_response){.result = server->away, .new_connection = server->connects};
}

static void visit(struct simulation *sim, struct server *server)
{
	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/v");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->settings.load.users = 1;
	sim->settings.load.duration = 6 * S;
	sim->serve = serve;
	sim->owner = server;
}

static void users_pause_longer_and_longer(void **state)
{
	static const ns_t expected[] = {0,	   100 * MS,  300 * MS,	 700 * MS, 1500 * MS,
					2500 * MS, 3500 * MS, 4500 * MS, 5500 * MS};
	struct simulation *sim = *state;
	struct server server = {.away = HTTP_CONNECT};

	visit(sim, &server);
	simulation_run(sim);
	assert_int_equal(server.count, sizeof expected / sizeof expected[0]);
	for (size_t i = 0; i < server.count; i++)
		assert_int_equal(server.at[i], expected[i]);
	assert_int_equal(sim->summary.run.pauses, server.count);
	/* The run ends in time, and measured times do not include pauses. */
	assert_int_equal(sim->duration, 6 * S);
	assert_int_equal(sim->summary.all.counts.failed[FAILURE_connect], server.count);
	assert_int_equal(sim->summary.iterations.counts.started, server.count);
	assert_int_equal(sim->summary.iterations.counts.cut_off, 0);
	assert_int_equal(sim->summary.lag.m.count, 0); /* a pause is not a schedule */
}

static void there_is_no_pause_after_a_response(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.back = 1 * S, .gone = 4 * S, .away = HTTP_DNS};

	visit(sim, &server);
	simulation_run(sim);
	/* Failures at 0 0.1 0.3 0.7, responses at 1.5 1.9 … 3.9, then the shortest pause again. */
	assert_int_equal(server.at[3], 700 * MS);
	for (size_t i = 4; i <= 10; i++)
		assert_int_equal(server.at[i], 1500 * MS + (ns_t)(i - 4) * 400 * MS);
	assert_int_equal(server.at[11], 4300 * MS);
	assert_int_equal(server.at[12], 4400 * MS);
	assert_int_equal(server.at[13], 4600 * MS);
	assert_true(atomic_load(&sim->shared.reached));
}

static void an_invalid_response_reached_a_server(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.away = HTTP_RESET};

	visit(sim, &server);
	sim->settings.load.duration = 0;
	sim->settings.load.iterations = 4;
	simulation_run(sim);
	assert_int_equal(server.count, 4);
	assert_int_equal(sim->duration, 0);
	assert_int_equal(sim->summary.run.pauses, 0);
}

/* An idle connection that no longer works: the server receives nothing. */
static void a_broken_session_is_not_hammered(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.away = HTTP_PROTOCOL};

	visit(sim, &server);
	simulation_run(sim);
	assert_int_equal(server.count, 9);
	assert_int_equal(sim->summary.run.pauses, 9);
}

static void noise_on_new_connections_reached_a_server(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.away = HTTP_PROTOCOL, .connects = true};

	visit(sim, &server);
	sim->settings.load.duration = 0;
	sim->settings.load.iterations = 4;
	simulation_run(sim);
	assert_int_equal(server.count, 4);
	assert_int_equal(sim->summary.run.pauses, 0);
}

static void there_is_no_pause_after_the_last_iteration(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.away = HTTP_TIMEOUT_CONNECT};

	visit(sim, &server);
	sim->settings.load.duration = 0;
	sim->settings.load.iterations = 3;
	simulation_run(sim);
	assert_int_equal(server.count, 3);
	assert_int_equal(sim->duration, 300 * MS);
	assert_int_equal(sim->summary.run.pauses, 2);
}

static void arrivals_start_as_planned(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.away = HTTP_CONNECT};

	visit(sim, &server);
	sim->settings.load.users = 0;
	sim->settings.load.arrivals = 5;
	simulation_run(sim);
	assert_int_equal(server.count, 30);
	assert_int_equal(sim->summary.run.pauses, 0);
}

static void a_stop_ends_the_pause(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.away = HTTP_CONNECT};

	visit(sim, &server);
	sim->stop_at = 1 * S;
	simulation_run(sim);
	assert_int_equal(server.count, 4);
	assert_int_equal(sim->duration, 1 * S);
	assert_int_equal(sim->summary.iterations.counts.failed[FAILURE_connect], 4);
}

static void a_cut_ends_the_pause(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.away = HTTP_CONNECT};

	visit(sim, &server);
	sim->abort_at = 1 * S;
	simulation_run(sim);
	assert_int_equal(server.count, 4);
	assert_int_equal(sim->duration, 1 * S);
	assert_int_equal(sim->summary.iterations.counts.cut_off, 0);
}

/* ---- a server that fails */

/* Responds with 503 from FAILS until RECOVERS, and every EVERY-th time (0: never). */
struct failing {
	ns_t fails, recovers, latency;
	unsigned every;
	ns_t at[64]; /* times of the first requests */
	unsigned count;
	unsigned per_second[16];
};

static struct fake_response serve_failures(void *owner, const struct fake_request *request)
{
	struct failing *server = owner;
	ns_t at = request->at - SIMULATION_START;
	unsigned second = (unsigned)(at / S), number = server->count++;

	if (number < sizeof server->at / sizeof server->at[0])
		server->at[number] = at;
	if (second < sizeof server->per_second / sizeof server->per_second[0])
		server->per_second[second]++;
	return (struct fake_response){.latency = server->latency,
				      .status =
					  (at >= server->fails && at < server->recovers) ||
						  (server->every && number % server->every == 0)
					      ? 503
					      : 200};
}

static void fail_at(struct simulation *sim, struct failing *server)
{
	sim->settings.load.users = 1;
	sim->settings.load.duration = 7 * S;
	sim->serve = serve_failures;
	sim->owner = server;
}

/* A failed step is followed by the pause that follows it in the file. */
static void a_failing_server_gets_the_same_rate(void **state)
{
	struct simulation *sim = *state;
	struct failing server = {.fails = 3 * S, .recovers = NS_NEVER, .latency = MS};

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_think(&sim->tiny, THINK_FIXED, S, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/cart");
	tiny_think(&sim->tiny, THINK_FIXED, S, 0);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	fail_at(sim, &server);
	sim->settings.load.users = 5;
	simulation_run(sim);
	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(server.per_second[i], 5);
	assert_int_equal(sim->summary.run.back_offs, 0);
	/* The pause is outside the measured time, and an iteration that only pauses has failed.
	 */
	assert_int_equal(sim->summary.iterations.times[TIME_failed].m.max_ns, 2 * MS);
	assert_int_equal(sim->summary.iterations.counts.cut_off, 0);
	assert_int_equal(sim->duration, 7 * S);
}

/* GET /a [GROUP_END, LOOP, JUMP_UNLESS…] THINK: the steps between take no time. */
static void the_pause_is_found_after_a_group_and_a_loop(void **state)
{
	struct simulation *sim = *state;
	struct failing server = {.recovers = NS_NEVER, .latency = MS};
	struct tiny *t = &sim->tiny;
	uint32_t loop;

	tiny_scenario(t, "Visit", 1);
	t->series[t->p.series_count++] =
	    (struct series_plan){.name = STR("Group"), .scenario = STR("Visit"), .group = true};
	tiny_op(t, OP_GROUP_BEGIN, 0, 0, 0);
	loop = tiny_op(t, OP_LOOP, 0, 0, tiny_constant(t, value_number(3)));
	tiny_request(t, "GET", "http://shop/a");
	tiny_op(t, OP_JUMP, loop, 0, 0);
	t->code[loop].b = tiny_op(t, OP_GROUP_END, 0, 0, 0);
	tiny_think(t, THINK_FIXED, 2 * S, 0);
	tiny_request(t, "GET", "http://shop/b");
	tiny_op(t, OP_END, 0, 0, 0);
	fail_at(sim, &server);
	simulation_run(sim);
	assert_int_equal(server.count, 4);
	assert_int_equal(server.at[1], 2 * S + MS);
	assert_int_equal(server.at[3], 6 * S + 3 * MS);
}

/* Where nothing pauses, users do so from their fourth failure in a row on. */
static void users_back_off_from_the_fourth_failure(void **state)
{
	static const ns_t expected[] = {0,    10,   20,	  30,	140,  350, 760,
					1570, 2580, 3590, 4600, 5610, 6620};
	struct simulation *sim = *state;
	struct failing server = {.recovers = NS_NEVER, .latency = 10 * MS};

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/v");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	fail_at(sim, &server);
	simulation_run(sim);
	assert_int_equal(server.count, sizeof expected / sizeof expected[0]);
	for (size_t i = 0; i < server.count; i++)
		assert_int_equal(server.at[i], expected[i] * MS);
	assert_int_equal(sim->summary.run.back_offs, server.count - 3);
	assert_int_equal(sim->summary.run.pauses, 0);
	assert_int_equal(sim->summary.all.counts.failed[FAILURE_status], server.count);
	assert_int_equal(sim->summary.iterations.counts.cut_off, 0);
	assert_int_equal(sim->duration, 7 * S);
}

static void a_success_ends_the_back_off(void **state)
{
	struct simulation *sim = *state;
	struct failing server = {.fails = 0, .recovers = 300 * MS, .latency = 500 * MS};

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/v");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	fail_at(sim, &server);
	server.latency = 20 * MS;
	server.every = 0;
	simulation_run(sim);
	/* Failures at 0 20 40 60 180, then 400 is a success: no further pause. */
	assert_int_equal(server.at[4], 180 * MS);
	assert_int_equal(server.at[5], 400 * MS);
	assert_int_equal(server.at[6], 420 * MS);
	assert_int_equal(sim->summary.run.back_offs, 2);
}

/* An iteration with a pause has its own rate, so it gets no further one. */
static void a_pause_of_the_iteration_is_enough(void **state)
{
	struct simulation *sim = *state;
	struct failing server = {.recovers = NS_NEVER, .latency = 10 * MS};

	tiny_scenario(&sim->tiny, "Visit", 1)->pace = 2;
	tiny_request(&sim->tiny, "GET", "http://shop/v");
	tiny_op(&sim->tiny, OP_PACE, 0, 50000, 0);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	fail_at(sim, &server);
	sim->settings.load.duration = S;
	simulation_run(sim);
	assert_int_equal(server.count, 20);
	assert_int_equal(sim->summary.run.back_offs, 0);
}

/* Pacing is not a part of the iteration. A stop may cut it. */
static void an_iteration_ends_before_its_pacing(void **state)
{
	struct simulation *sim = *state;
	const struct histogram *elapsed;

	tiny_scenario(&sim->tiny, "Visit", 1)->pace = 3;
	tiny_request(&sim->tiny, "GET", "http://shop/v");
	tiny_think(&sim->tiny, THINK_FIXED, 200 * MS, 0);
	tiny_op(&sim->tiny, OP_PACE, 3, 0, 0);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 100 * MS;
	sim->settings.load.duration = 10 * S;
	simulation_run(sim);
	elapsed = &simulation_scenario(sim, 0)->times[TIME_elapsed];
	assert_int_equal(elapsed->m.count, 4);
	assert_int_equal(elapsed->m.min_ns, 300 * MS);
	assert_int_equal(elapsed->m.max_ns, 300 * MS);
	assert_int_equal(simulation_scenario(sim, 0)->times[TIME_response].m.max_ns, 100 * MS);
}

/* The text is evaluated for each pause; the failure of one ends its iteration. */
static void a_think_time_may_be_evaluated(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/v");
	sim->tiny.templates[0] = tiny_text(&sim->tiny, " 1.5s ");
	sim->tiny.templates[1] = tiny_text(&sim->tiny, "soon");
	sim->tiny.p.template_count = 2;
	tiny_op(&sim->tiny, OP_THINK_TEXT, 0, 0, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/w");
	tiny_op(&sim->tiny, OP_THINK_TEXT, 1, 0, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/never");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 100 * MS;
	simulation_run(sim);
	assert_int_equal(simulation_sent(sim), 2);
	assert_int_equal(sim->duration, 1700 * MS);
	assert_int_equal(simulation_scenario(sim, 0)->counts.failed[FAILURE_expression], 1);
	assert_int_equal(sim->summary.failure_count, 1);
	assert_true(
	    str_starts(str_n(sim->summary.failures[0].text, sim->summary.failures[0].text_len),
		       STR("'soon' is not a duration")));
}

static void occasional_errors_cost_no_throughput(void **state)
{
	struct simulation *sim = *state;
	struct failing server = {.fails = NS_NEVER, .every = 20, .latency = 10 * MS};

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/v");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	fail_at(sim, &server);
	simulation_run(sim);
	assert_int_equal(server.count, 700);
	assert_int_equal(sim->summary.run.back_offs, 0);
}

static void arrivals_do_not_pause_after_failures(void **state)
{
	struct simulation *sim = *state;
	struct failing server = {.recovers = NS_NEVER, .latency = 10 * MS};

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/v");
	tiny_think(&sim->tiny, THINK_FIXED, 2 * S, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/w");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	fail_at(sim, &server);
	sim->settings.load.users = 0;
	sim->settings.load.arrivals = 10;
	sim->settings.load.duration = S;
	simulation_run(sim);
	assert_int_equal(server.count, 10);
	assert_int_equal(sim->summary.run.back_offs, 0);
	assert_true(sim->duration <= S);
}

static void the_last_iteration_ends_without_a_pause(void **state)
{
	struct simulation *sim = *state;
	struct failing server = {.recovers = NS_NEVER, .latency = 10 * MS};

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/v");
	tiny_think(&sim->tiny, THINK_FIXED, 2 * S, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/w");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	fail_at(sim, &server);
	sim->settings.load.duration = 0;
	sim->settings.load.iterations = 2;
	simulation_run(sim);
	assert_int_equal(server.count, 2);
	assert_int_equal(sim->duration, 2 * S + 20 * MS);
}

/* A stop in the pause after a failure: the iteration has failed, it is not cut off. */
static void a_stop_ends_the_pause_after_a_failure(void **state)
{
	struct simulation *sim = *state;
	struct failing server = {.recovers = NS_NEVER, .latency = 10 * MS};

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/v");
	tiny_think(&sim->tiny, THINK_FIXED, 2 * S, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/w");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	fail_at(sim, &server);
	sim->stop_at = S;
	simulation_run(sim);
	assert_int_equal(sim->duration, S);
	assert_int_equal(sim->summary.iterations.counts.failed[FAILURE_status], 1);
	assert_int_equal(sim->summary.iterations.counts.cut_off, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SIMULATION_TEST(users_pause_longer_and_longer),
	    SIMULATION_TEST(there_is_no_pause_after_a_response),
	    SIMULATION_TEST(an_invalid_response_reached_a_server),
	    SIMULATION_TEST(a_broken_session_is_not_hammered),
	    SIMULATION_TEST(noise_on_new_connections_reached_a_server),
	    SIMULATION_TEST(there_is_no_pause_after_the_last_iteration),
	    SIMULATION_TEST(arrivals_start_as_planned),
	    SIMULATION_TEST(a_stop_ends_the_pause),
	    SIMULATION_TEST(a_cut_ends_the_pause),
	    SIMULATION_TEST(a_failing_server_gets_the_same_rate),
	    SIMULATION_TEST(the_pause_is_found_after_a_group_and_a_loop),
	    SIMULATION_TEST(users_back_off_from_the_fourth_failure),
	    SIMULATION_TEST(a_success_ends_the_back_off),
	    SIMULATION_TEST(a_pause_of_the_iteration_is_enough),
	    SIMULATION_TEST(an_iteration_ends_before_its_pacing),
	    SIMULATION_TEST(a_think_time_may_be_evaluated),
	    SIMULATION_TEST(occasional_errors_cost_no_throughput),
	    SIMULATION_TEST(arrivals_do_not_pause_after_failures),
	    SIMULATION_TEST(the_last_iteration_ends_without_a_pause),
	    SIMULATION_TEST(a_stop_ends_the_pause_after_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
