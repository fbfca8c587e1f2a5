/* In virtual time: pauses and the end of the run, wake-ups, loops, and the counts of the whole run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "program/expr.h"
#include "simulation.h"

#define MS NS_PER_MS
#define S  NS_PER_S

static const struct series_total *iterations(const struct simulation *sim)
{
	return &sim->summary.iterations;
}

/* Starts a loop of ROUNDS rounds; returns the pc of the LOOP. */
static uint32_t loop_begin(struct tiny *t, struct value rounds)
{
	return tiny_op(t, OP_LOOP, 0, 0, tiny_constant(t, rounds));
}

static void loop_end(struct tiny *t, uint32_t loop)
{
	tiny_op(t, OP_JUMP, loop, 0, 0);
	t->code[loop].b = t->p.code_count;
}

/* ---- the end of a load */

static void the_last_pause_is_skipped_after_the_end(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_think(&sim->tiny, THINK_FIXED, 10 * S, 0);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 1 * S;
	sim->settings.load.duration = 500 * MS;
	simulation_run(sim);
	assert_int_equal(iterations(sim)->counts.ok, 1);
	assert_int_equal(sim->duration, 1 * S);
}

static void pacing_stops_at_the_end(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	sim->tiny.scenarios[0].pace = tiny_op(&sim->tiny, OP_PACE, 10, 0, 0);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 1 * S;
	sim->settings.load.duration = 500 * MS;
	simulation_run(sim);
	assert_int_equal(iterations(sim)->counts.ok, 1);
	assert_int_equal(sim->duration, 1 * S);
}

/* The part of a pause before the end counts as think time; the rest is not counted. */
static void an_interrupted_pause_is_not_counted_as_work(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_think(&sim->tiny, THINK_FIXED, 10 * S, 0);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 1 * S;
	sim->settings.load.duration = 5 * S;
	simulation_run(sim);
	assert_int_equal(sim->duration, 5 * S);
	assert_int_equal(iterations(sim)->times[TIME_response].m.max_ns, 1 * S);
	assert_int_equal(iterations(sim)->times[TIME_elapsed].m.max_ns, 5 * S);
}

static void each_load_ends_at_its_own_time(void **state)
{
	static struct load brief = {.users = 1, .duration = 1 * S, .grace = 30 * S};
	static struct load lasting = {.users = 1, .duration = 9 * S, .grace = 30 * S};
	struct simulation *sim = *state;

	for (int i = 0; i < 2; i++) {
		tiny_scenario(&sim->tiny, i ? "Lasting" : "Brief", 1)->load = i ? &lasting : &brief;
		tiny_request(&sim->tiny, "GET", "http://shop/");
		tiny_think(&sim->tiny, THINK_FIXED, 100 * S, 0);
		tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	}
	simulation_run(sim);
	assert_int_equal(simulation_scenario(sim, 0)->times[TIME_elapsed].m.max_ns, 1 * S);
	assert_int_equal(simulation_scenario(sim, 1)->times[TIME_elapsed].m.max_ns, 9 * S);
	assert_int_equal(sim->duration, 9 * S);
}

/* A user that is cut off no longer waits: the next one waits alone. */
static void a_user_that_is_cut_off_leaves_the_rendezvous(void **state)
{
	static struct load early = {.users = 1, .duration = 1 * S, .grace = 1 * S};
	static struct load late = {.users = 1, .duration = 10 * S, .grace = 1 * S};
	struct simulation *sim = *state;

	sim->tiny.rendezvous[0] = (struct rendezvous_plan){.name = STR("sale"), .users = 2};
	sim->tiny.p.rendezvous_count = 1;
	for (int i = 0; i < 2; i++) {
		struct scenario_plan *scenario = tiny_scenario(&sim->tiny, i ? "Late" : "Early", 1);

		scenario->load = i ? &late : &early;
		scenario->start_after = i ? 3 * S : 0;
		tiny_op(&sim->tiny, OP_RENDEZVOUS, 0, 0, 0);
		tiny_request(&sim->tiny, "GET", "http://shop/");
		tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	}
	simulation_run(sim);
	assert_int_equal(simulation_sent(sim), 0);
	assert_int_equal(iterations(sim)->counts.cut_off, 2);
}

/* ---- pauses */

static void few_fibers_wake_up_on_time(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_think(&sim->tiny, THINK_FIXED, 1500 * NS_PER_US, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->settings.load.users = 3;
	sim->settings.load.iterations = 1;
	simulation_run(sim);
	assert_int_equal(sim->duration, 1500 * NS_PER_US);
	assert_int_equal(sim->summary.lag.m.max_ns, 0);
}

/* A is the mean of the pauses, not of their logarithms. */
static void the_mean_pause(enum think_kind kind, ns_t a, ns_t b)
{
	struct simulation sim;
	double mean;

	simulation_init(&sim);
	tiny_scenario(&sim.tiny, "Visit", 1);
	tiny_think(&sim.tiny, kind, a, b);
	tiny_op(&sim.tiny, OP_END, 0, 0, 0);
	sim.settings.load.iterations = 20000;
	simulation_run(&sim);
	mean = (double)sim.duration / 20000;
	if (mean < 0.97 * (double)S || mean > 1.03 * (double)S)
		fail_msg("kind %d: mean %g s", (int)kind, mean / (double)S);
	simulation_release(&sim);
}

static void drawn_pauses_have_their_mean(void **state)
{
	(void)state;
	the_mean_pause(THINK_RANGE, 500 * MS, 1500 * MS);
	the_mean_pause(THINK_NORMAL, 1 * S, 200 * MS);
	the_mean_pause(THINK_EXPONENTIAL, 1 * S, 0);
	the_mean_pause(THINK_LOGNORMAL, 1 * S, 1 * S);
}

/* ---- loops */

static void a_list_has_a_round_for_each_item(void **state)
{
	static const struct value items[3];
	struct simulation *sim = *state;
	uint32_t loop;

	tiny_scenario(&sim->tiny, "Visit", 1);
	loop =
	    loop_begin(&sim->tiny, (struct value){.type = VALUE_LIST, .items = items, .count = 3});
	tiny_request(&sim->tiny, "GET", "http://shop/");
	loop_end(&sim->tiny, loop);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	simulation_run(sim);
	assert_int_equal(simulation_sent(sim), 3);
}

/* A fiber that only computes yields to the loop regularly. */
static void a_loop_without_requests_does_not_block_others(void **state)
{
	struct simulation *sim = *state;
	uint32_t loop;

	tiny_scenario(&sim->tiny, "Visit", 1);
	loop = loop_begin(&sim->tiny, value_number(1000000));
	loop_end(&sim->tiny, loop);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	simulation_run(sim);
	assert_int_equal(simulation_sent(sim), 1);
	/* Ten thousand rounds without a break, sixteen times per alarm. */
	assert_true(sim->loops[0].alarms >= 1000000 / 160000);
}

/* An iteration without a request waits until all other fibers have run. */
static void iterations_without_a_request_take_turns(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Nothing", 1);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->settings.load.iterations = 1000;
	simulation_run(sim);
	assert_int_equal(iterations(sim)->counts.ok, 1000);
	/* At most sixteen per alarm. */
	assert_true(sim->loops[0].alarms >= 1000 / 16);
}

/* ---- the run as a whole */

static struct fake_response lose_connections(void *owner, const struct fake_request *request)
{
	struct simulation *sim = owner;

	(void)request;
	sim->https[0].http.counters.connections_opened += 2;
	sim->https[0].http.counters.closed_idle++;
	return (struct fake_response){.latency = 10 * MS};
}

static void connections_are_counted(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = lose_connections;
	sim->owner = sim;
	sim->settings.load.iterations = 3;
	simulation_run(sim);
	assert_int_equal(sim->summary.run.connections_opened, 6);
	assert_int_equal(sim->summary.run.reconnects, 3);
}

static void the_peak_of_users_is_kept(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 1 * S;
	sim->settings.load.users = 5;
	sim->settings.load.iterations = 1;
	sim->settings.load.ramp_up = 500 * MS;
	sim->settings.load.duration = 10 * S;
	simulation_run(sim);
	assert_int_equal(atomic_load(&sim->shared.users_peak), 5);
	assert_int_equal(atomic_load(&sim->shared.users_now), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SIMULATION_TEST(the_last_pause_is_skipped_after_the_end),
	    SIMULATION_TEST(pacing_stops_at_the_end),
	    SIMULATION_TEST(an_interrupted_pause_is_not_counted_as_work),
	    SIMULATION_TEST(each_load_ends_at_its_own_time),
	    SIMULATION_TEST(a_user_that_is_cut_off_leaves_the_rendezvous),
	    SIMULATION_TEST(few_fibers_wake_up_on_time),
	    cmocka_unit_test(drawn_pauses_have_their_mean),
	    SIMULATION_TEST(a_list_has_a_round_for_each_item),
	    SIMULATION_TEST(a_loop_without_requests_does_not_block_others),
	    SIMULATION_TEST(iterations_without_a_request_take_turns),
	    SIMULATION_TEST(connections_are_counted),
	    SIMULATION_TEST(the_peak_of_users_is_kept),
	};

	return cmocka_run_group_tests_name("ends", tests, NULL, NULL);
}
