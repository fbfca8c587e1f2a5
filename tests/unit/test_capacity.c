/* The search for a capacity: against rules, and in virtual time against a server whose capacity is
 * known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "simulation.h"
#include "stats/capacity.h"

#define MS NS_PER_MS
#define S  NS_PER_S

/* Every load up to LIMIT passes. */
static void search(struct capacity *c, double limit)
{
	double level;
	unsigned trials = 0;

	while (capacity_next(c, &level)) {
		struct capacity_trial trial = {
		    .level = level, .holds = level <= limit, .p95 = level <= limit / 2 ? 10 : 40};

		assert_true(level >= c->from && level <= c->to);
		assert_true(++trials < CAPACITY_TRIALS);
		capacity_add_trial(c, &trial);
	}
}

static void it_is_found_within_two_percent(void **state)
{
	const double limits[] = {11, 37.5, 100, 199, 200, 640, 999};

	(void)state;
	for (unsigned i = 0; i < 7; i++) {
		struct capacity c;

		capacity_init(&c, 10, 1000, false);
		search(&c, limits[i]);
		assert_true(capacity_found(&c) <= limits[i]);
		assert_true(capacity_found(&c) >= limits[i] / 1.02);
		assert_true(c.confirmed);
		assert_int_equal(c.stop, CAPACITY_THRESHOLDS);
		if (limits[i] > 20)
			assert_true(capacity_knee(&c) <= limits[i] / 2);
	}
}

static void users_are_whole(void **state)
{
	struct capacity c;

	(void)state;
	capacity_init(&c, 1, 1000, true);
	search(&c, 37);
	assert_true(capacity_found(&c) == 37.0);
	capacity_init(&c, 1, 1000, true);
	search(&c, 1);
	assert_true(capacity_found(&c) == 1.0);
}

static void the_ends_of_the_range(void **state)
{
	struct capacity c;

	(void)state;
	capacity_init(&c, 10, 300, false);
	search(&c, 1e9);
	assert_true(capacity_found(&c) == 300.0);
	assert_int_equal(c.stop, CAPACITY_MAX);
	assert_true(c.confirmed);
	capacity_init(&c, 10, 300, false);
	search(&c, 5);
	assert_true(capacity_found(&c) <= 0.0);
	assert_int_equal(c.stop, CAPACITY_FIRST_FAILS);
	assert_int_equal(c.count, 1);
}

/* A failed second try lowers the result. */
static void a_load_that_fails_the_second_try_is_lowered(void **state)
{
	struct capacity c;
	double level;

	(void)state;
	capacity_init(&c, 10, 1000, false);
	while (capacity_next(&c, &level)) {
		bool second = c.phase == CAPACITY_CONFIRMING;
		struct capacity_trial trial = {.level = level,
					       .holds = level <= (second ? 190 : 200)};

		capacity_add_trial(&c, &trial);
	}
	assert_true(capacity_found(&c) <= 190 && capacity_found(&c) > 180);
	assert_true(c.confirmed);
}

static void a_limit_of_the_generator_is_reported(void **state)
{
	struct capacity c;
	double level;

	(void)state;
	capacity_init(&c, 10, 1000, false);
	while (capacity_next(&c, &level)) {
		struct capacity_trial trial = {
		    .level = level, .holds = level <= 100, .limited = level > 100};

		capacity_add_trial(&c, &trial);
	}
	assert_int_equal(c.stop, CAPACITY_GENERATOR);
}

/* ---- in virtual time */

/* One server, one request after another, 5 ms each: at most 200/s. */
static struct fake_response queue_up(void *owner, const struct fake_request *request)
{
	ns_t *free_at = owner;
	ns_t from = *free_at > request->at ? *free_at : request->at;

	*free_at = from + 5 * MS;
	return (struct fake_response){.latency = *free_at - request->at};
}

static void measure(struct capacity_trial *trial, double level)
{
	struct simulation *sim = malloc(sizeof *sim);
	ns_t free_at = 0;

	simulation_init(sim);
	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = queue_up;
	sim->owner = &free_at;
	sim->settings.load.arrivals = level;
	sim->settings.load.open = true;
	sim->settings.load.duration = 10 * S;
	simulation_run(sim);
	capacity_measure(trial, level, &sim->summary);
	trial->holds = trial->p95 < 100 * MS;
	simulation_release(sim);
	free(sim);
}

static void a_known_capacity_is_found(void **state)
{
	struct capacity c;
	double level;

	(void)state;
	capacity_init(&c, 10, 2000, false);
	while (capacity_next(&c, &level)) {
		struct capacity_trial trial;

		measure(&trial, level);
		capacity_add_trial(&c, &trial);
	}
	assert_true(capacity_found(&c) > 190 && capacity_found(&c) < 210);
	assert_true(c.confirmed);
	assert_int_equal(c.stop, CAPACITY_THRESHOLDS);
	assert_true(capacity_knee(&c) > 100 && capacity_knee(&c) <= 205);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_found_within_two_percent),
	    cmocka_unit_test(users_are_whole),
	    cmocka_unit_test(the_ends_of_the_range),
	    cmocka_unit_test(a_load_that_fails_the_second_try_is_lowered),
	    cmocka_unit_test(a_limit_of_the_generator_is_reported),
	    cmocka_unit_test(a_known_capacity_is_found),
	};

	return cmocka_run_group_tests_name("capacity", tests, NULL, NULL);
}
