/* In virtual time: users pause while no server can be reached. */
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
	assert_int_equal(histogram_percentile(&sim->summary.lag, 100), 0);
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

static void there_is_no_pause_after_an_invalid_response(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.away = HTTP_RESET};

	visit(sim, &server);
	sim->settings.load.duration = 0;
	sim->settings.load.iterations = 20;
	simulation_run(sim);
	assert_int_equal(server.count, 20);
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

static void there_is_no_pause_after_noise_on_new_connections(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.away = HTTP_PROTOCOL, .connects = true};

	visit(sim, &server);
	sim->settings.load.duration = 0;
	sim->settings.load.iterations = 20;
	simulation_run(sim);
	assert_int_equal(server.count, 20);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SIMULATION_TEST(users_pause_longer_and_longer),
	    SIMULATION_TEST(there_is_no_pause_after_a_response),
	    SIMULATION_TEST(there_is_no_pause_after_an_invalid_response),
	    SIMULATION_TEST(a_broken_session_is_not_hammered),
	    SIMULATION_TEST(there_is_no_pause_after_noise_on_new_connections),
	    SIMULATION_TEST(there_is_no_pause_after_the_last_iteration),
	    SIMULATION_TEST(arrivals_start_as_planned),
	    SIMULATION_TEST(a_stop_ends_the_pause),
	    SIMULATION_TEST(a_cut_ends_the_pause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
