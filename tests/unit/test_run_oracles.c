/* Response times in virtual time that can be calculated: a server that stalls, a server with a
 * queue, and a load generator that is late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "simulation.h"

#define MS NS_PER_MS
#define S  NS_PER_S

/* ---- a server that stalls */

static struct fake_response stall(void *owner, const struct fake_request *request)
{
	ns_t at = request->at - SIMULATION_START;
	const ns_t *from = owner;

	return (struct fake_response){
	    .latency = at >= *from && at < *from + 1 * S ? *from + 1 * S - at : 0};
}

static void stall_oracle(void **state)
{
	struct simulation *sim = *state;
	ns_t from = 1 * S;

	simulation_get(sim, "Visit", "http://shop/v");
	sim->serve = stall;
	sim->owner = &from;
	sim->settings.load.arrivals = 1000;
	sim->settings.load.duration = 2 * S;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->ok, 2000);
	assert_in_range(simulation_percentile(sim, TIME_response, 75), 499 * MS, 501 * MS);
	assert_in_range(simulation_percentile(sim, TIME_response, 90), 799 * MS, 801 * MS);
	assert_in_range(simulation_percentile(sim, TIME_response, 99), 979 * MS, 981 * MS);
}

/* Runs SIM with a rate that grows from 0 to RATE per second during LENGTH. */
static void run_ramp(struct simulation *sim, double rate, ns_t length)
{
	sim->settings.load.arrivals = rate;
	sim->settings.load.open = true;
	sim->settings.load.ramp_up = length;
	sim->settings.load.duration = length;
	simulation_run(sim);
}

/* A rate that grows from 0 to 1,000/s in 2 s, and a server that stalls in the second second: 750 of
 * the 1,000 requests wait; a request due at 1 + x s waits 1 - x s. */
static void stall_oracle_under_a_ramp(void **state)
{
	struct simulation *sim = *state;
	ns_t from = 1 * S;
	const double percentiles[] = {50, 75, 90, 99};

	simulation_get(sim, "Visit", "http://shop/v");
	sim->serve = stall;
	sim->owner = &from;
	run_ramp(sim, 1000, 2 * S);
	assert_int_equal(simulation_all(sim)->ok, 1000);
	for (unsigned i = 0; i < 4; i++) {
		/* A fraction 1 - p is slower than L: due before 2 - L, area 250 (2 - L)² - 250. */
		double slower = 1000 * (1 - percentiles[i] / 100);
		double length = 2 - __builtin_sqrt((slower + 250) / 250);
		double got = (double)simulation_percentile(sim, TIME_response, percentiles[i]) / S;

		assert_true(got > length * 0.98 && got < length * 1.02);
	}
}

/* The same stall with three concurrent scenarios of 1,000/s each. */
static void stall_oracle_with_three_scenarios(void **state)
{
	static struct load rates[2] = {
	    {.arrivals = 1000, .duration = 2 * S, .grace = 30 * S, .open = true},
	    {.arrivals = 1000, .duration = 2 * S, .grace = 30 * S, .open = true}};
	struct simulation *sim = *state;
	ns_t from = 1 * S;

	simulation_get(sim, "A", "http://shop/a");
	simulation_get(sim, "B", "http://shop/b")->load = &rates[0];
	simulation_get(sim, "C", "http://shop/c")->load = &rates[1];
	sim->serve = stall;
	sim->owner = &from;
	sim->settings.load.arrivals = 1000;
	sim->settings.load.open = true;
	sim->settings.load.duration = 2 * S;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->ok, 6000);
	for (unsigned i = 0; i < 3; i++) {
		const struct histogram *h = &simulation_step(sim, i)->times[TIME_response];

		assert_in_range(histogram_percentile(h, 75), 490 * MS, 510 * MS);
		assert_in_range(histogram_percentile(h, 90), 784 * MS, 816 * MS);
		assert_in_range(histogram_percentile(h, 99), 960 * MS, 1000 * MS);
	}
}

/* ---- a server with a queue */

/* One server, which serves one request after another. */
struct queue {
	ns_t service, free_at;
};

static struct fake_response queue_up(void *owner, const struct fake_request *request)
{
	struct queue *queue = owner;
	ns_t from = queue->free_at > request->at ? queue->free_at : request->at;

	queue->free_at = from + queue->service;
	return (struct fake_response){.latency = queue->free_at - request->at};
}

static int by_length(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static void within_2_percent(ns_t got, double s)
{
	assert_true((double)got > s * 0.98 * S && (double)got < s * 1.02 * S);
}

static void overload_oracle(void **state)
{
	struct simulation *sim = *state;
	struct queue queue = {.service = 10 * MS};
	ns_t last;

	simulation_get(sim, "Visit", "http://shop/v");
	sim->serve = queue_up;
	sim->owner = &queue;
	sim->settings.load.arrivals = 125;
	sim->settings.load.duration = 4 * S;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->ok, 500);
	/* Request k takes D + (k-1)(D - 1/rate) = 10 ms + (k-1) × 2 ms. */
	last = sim->summary.all.times[TIME_response].m.max_ns;
	assert_int_equal(last, 10 * MS + 499 * 2 * MS);
	assert_int_equal(sim->summary.all.times[TIME_response].m.min_ns, 10 * MS);
	assert_in_range(simulation_percentile(sim, TIME_response, 50), 507 * MS, 509 * MS);
}

/* Request k of a ramp to 2,500/s in 4 s is due at sqrt(2k/625). Above 1,000/s, after 1.6 s, the
 * queue grows. The time of each request is calculated one by one. */
static void overload_oracle_under_a_ramp(void **state)
{
	const double percentiles[] = {25, 50, 75, 90, 99};
	static double length[5000];
	struct simulation *sim = *state;
	struct queue queue = {.service = 1 * MS};
	double done = 0;

	simulation_get(sim, "Visit", "http://shop/v");
	sim->serve = queue_up;
	sim->owner = &queue;
	run_ramp(sim, 2500, 4 * S);
	assert_int_equal(simulation_all(sim)->ok, 5000);
	for (unsigned k = 0; k < 5000; k++) {
		double due = __builtin_sqrt(2 * k / 625.0);

		done = (done > due ? done : due) + 0.001;
		length[k] = done - due;
	}
	qsort(length, 5000, sizeof *length, by_length);
	for (unsigned i = 0; i < 5; i++)
		within_2_percent(simulation_percentile(sim, TIME_response, percentiles[i]),
				 length[(unsigned)(percentiles[i] * 50) - 1]);
	/* 1,800 more than the capacity in the 2.4 s after 1.6 s: they take 1.8 s. */
	within_2_percent(sim->summary.all.times[TIME_response].m.max_ns, 1.8);
}

/* 1,250/s on a server of 1,000/s: request k takes D + (k-1)(D - 1/rate), the last of 5,000 takes
 * 1,000.8 ms; each scenario has its part of that line. */
static void overload_oracle_with_three_scenarios(void **state)
{
	static struct load rates[2] = {
	    {.arrivals = 250, .duration = 4 * S, .grace = 30 * S, .open = true},
	    {.arrivals = 500, .duration = 4 * S, .grace = 30 * S, .open = true}};
	const double percentiles[] = {25, 50, 75, 90, 99};
	struct simulation *sim = *state;
	struct queue queue = {.service = 1 * MS};

	simulation_get(sim, "A", "http://shop/a");
	simulation_get(sim, "B", "http://shop/b")->load = &rates[0];
	simulation_get(sim, "C", "http://shop/c")->load = &rates[1];
	sim->serve = queue_up;
	sim->owner = &queue;
	sim->settings.load.arrivals = 500;
	sim->settings.load.open = true;
	sim->settings.load.duration = 4 * S;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->ok, 5000);
	within_2_percent(sim->summary.all.times[TIME_response].m.max_ns, 1.0008);
	for (unsigned i = 0; i < 3; i++) {
		const struct histogram *h = &simulation_step(sim, i)->times[TIME_response];

		for (unsigned p = 0; p < 5; p++)
			within_2_percent(histogram_percentile(h, percentiles[p]),
					 0.001 + (percentiles[p] * 50 - 1) * 0.0002);
	}
}

/* ---- a late load generator */

static void our_own_lateness_counts(void **state)
{
	struct simulation *sim = *state;

	simulation_get(sim, "Visit", "http://shop/v");
	sim->cost = 3 * MS;
	sim->settings.load.arrivals = 500;
	sim->settings.load.duration = 1 * S;
	simulation_run(sim);
	/* Each send takes 3 ms instead of the planned 2 ms: request k is k ms late. */
	assert_int_equal(sim->summary.lag.m.count, 500);
	assert_int_equal(sim->summary.lag.m.max_ns, 499 * MS);
	assert_in_range(histogram_percentile(&sim->summary.lag, 50), 248 * MS, 251 * MS);
	assert_true(simulation_percentile(sim, TIME_response, 100) >= 499 * MS);
	/* Responses are handled before all late requests are sent. */
	assert_in_range(histogram_percentile(&sim->summary.all.times[TIME_service], 99), 0,
			17 * 3 * MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SIMULATION_TEST(stall_oracle),
	    SIMULATION_TEST(stall_oracle_under_a_ramp),
	    SIMULATION_TEST(stall_oracle_with_three_scenarios),
	    SIMULATION_TEST(overload_oracle),
	    SIMULATION_TEST(overload_oracle_under_a_ramp),
	    SIMULATION_TEST(overload_oracle_with_three_scenarios),
	    SIMULATION_TEST(our_own_lateness_counts),
	};

	return cmocka_run_group_tests_name("oracles", tests, NULL, NULL);
}
