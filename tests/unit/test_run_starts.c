/* In virtual time: users who start late, and users who are due but never begin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simulation.h"
#include "stats/verdict.h"

#define MS NS_PER_MS
#define S  NS_PER_S

static void visit(struct simulation *sim)
{
	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/v");
	tiny_think(&sim->tiny, THINK_FIXED, 60 * S, 0);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
}

static bool is_valid(const struct simulation *sim, struct verdict_validity *validity)
{
	struct generator_health health;

	health_init(&health, 1);
	verdict_judge(validity, &sim->summary, &health);
	return validity->valid;
}

/* Each send takes 10 ms of a slow machine: in 3 s, 300 of 1,000 users begin. */
static void users_that_never_start_are_missed(void **state)
{
	struct simulation *sim = *state;
	struct verdict_validity validity;

	visit(sim);
	sim->cost = 10 * MS;
	sim->settings.load.users = 1000;
	sim->settings.load.duration = 3 * S;
	sim->settings.load.grace = 0;
	simulation_run(sim);
	/* Users begin in batches of 16. */
	assert_int_equal(sim->summary.run.users_started, 304);
	assert_int_equal(sim->summary.run.users_missed, 696);
	assert_false(is_valid(sim, &validity));
	assert_int_equal(validity.causes[0], VERDICT_NOT_BEGUN);
	assert_string_equal(
	    validity.reasons[0],
	    "only 304 of 1,000 users began, because the load generator was too slow");
	/* They were late, too. */
	assert_true(histogram_percentile(&sim->summary.lag, 99) > 2700 * MS);
}

static void arrivals_that_never_begin_are_planned(void **state)
{
	struct simulation *sim = *state;
	const struct run_counts *counts = &sim->summary.run;
	struct verdict_validity validity;

	visit(sim);
	sim->cost = 20 * MS;
	sim->settings.load.arrivals = 100;
	sim->settings.load.duration = 2 * S;
	sim->settings.load.grace = 0;
	simulation_run(sim);
	assert_int_equal(counts->arrivals_planned, 200);
	assert_int_equal(counts->arrivals_started + counts->users_missed, 200);
	assert_int_equal(counts->arrivals_dropped, 0);
	assert_true(counts->users_missed > 80);
	assert_false(is_valid(sim, &validity));
}

/* The scenario limits its users; that is not the fault of this machine. */
static void dropped_arrivals_are_not_missed(void **state)
{
	struct simulation *sim = *state;
	struct verdict_validity validity;

	visit(sim);
	sim->settings.load.arrivals = 100;
	sim->settings.load.duration = 2 * S;
	sim->settings.load.max_users = 10;
	sim->settings.load.grace = 0;
	simulation_run(sim);
	assert_int_equal(sim->summary.run.arrivals_planned, 200);
	assert_int_equal(sim->summary.run.arrivals_started, 10);
	assert_int_equal(sim->summary.run.arrivals_dropped, 190);
	assert_int_equal(sim->summary.run.users_missed, 0);
	assert_true(is_valid(sim, &validity));
}

/* Users who are all due at the beginning have 0.1 s to start; then they are late. */
static void a_late_start_is_lag(void **state)
{
	static const struct {
		ns_t cost;
		uint64_t late; /* users */
	} rows[] = {{1 * MS, 0}, {10 * MS, 50 - 16}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct simulation sim;

		simulation_init(&sim);
		visit(&sim);
		sim.cost = rows[i].cost;
		sim.settings.load.users = 50;
		sim.settings.load.duration = 3 * S;
		simulation_run(&sim);
		assert_int_equal(sim.summary.lag.m.count, rows[i].late);
		assert_int_equal(sim.summary.run.users_missed, 0);
		simulation_release(&sim);
	}
}

/* A ramp is a schedule: each start is measured. */
static void a_ramp_is_a_schedule(void **state)
{
	struct simulation *sim = *state;

	visit(sim);
	sim->settings.load.users = 50;
	sim->settings.load.ramp_up = 2 * S;
	sim->settings.load.duration = 3 * S;
	simulation_run(sim);
	assert_true(sim->summary.lag.m.count >= 49);
	assert_int_equal(histogram_percentile(&sim->summary.lag, 100), 0);
}

/* Without think, pace, arrivals or stages nothing is scheduled. */
static void a_plain_load_has_no_schedule(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/v");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 10 * MS;
	sim->settings.load.users = 5;
	sim->settings.load.duration = 1 * S;
	simulation_run(sim);
	assert_int_equal(sim->summary.lag.m.count, 0);
}

/* Who stops a run early does not make it slow. */
static void a_stop_at_the_beginning_misses_no_user(void **state)
{
	struct simulation *sim = *state;

	visit(sim);
	sim->cost = 10 * MS;
	sim->settings.load.users = 1000;
	sim->settings.load.duration = 30 * S;
	sim->stop_at = 500 * MS;
	simulation_run(sim);
	assert_true(sim->summary.run.users_started < 100);
	assert_int_equal(sim->summary.run.users_missed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SIMULATION_TEST(users_that_never_start_are_missed),
	    SIMULATION_TEST(arrivals_that_never_begin_are_planned),
	    SIMULATION_TEST(dropped_arrivals_are_not_missed),
	    cmocka_unit_test(a_late_start_is_lag),
	    SIMULATION_TEST(a_ramp_is_a_schedule),
	    SIMULATION_TEST(a_plain_load_has_no_schedule),
	    SIMULATION_TEST(a_stop_at_the_beginning_misses_no_user),
	};

	return cmocka_run_group_tests_name("starts", tests, NULL, NULL);
}
