/* Load in virtual time: start times and number of users and iterations, the end, and the counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "run/arrival_schedule.h"
#include "simulation.h"

#define MS NS_PER_MS
#define S  NS_PER_S

static const struct series_counts *iterations(const struct simulation *sim)
{
	return &sim->summary.iterations.counts;
}

/* One scenario of one GET, END at its end. */
static void one_step(struct simulation *sim)
{
	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
}

static void no_load_is_one_user_once(void **state)
{
	struct simulation *sim = *state;

	one_step(sim);
	sim->latency = 100 * MS;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->ok, 1);
	assert_int_equal(iterations(sim)->ok, 1);
	assert_int_equal(sim->duration, 100 * MS);
	assert_int_equal(sim->summary.users_max, 1);
}

static void users_perform_their_iterations(void **state)
{
	struct simulation *sim = *state;

	one_step(sim);
	sim->latency = 100 * MS;
	sim->settings.load.users = 3;
	sim->settings.load.iterations = 4;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->ok, 12);
	assert_int_equal(iterations(sim)->ok, 12);
	assert_int_equal(sim->duration, 400 * MS);
	assert_int_equal(sim->summary.users_max, 3);
	assert_int_equal(simulation_sent(sim), 12);
	assert_int_equal(sim->summary.all.times[TIME_response].m.min_ns, 100 * MS);
	assert_int_equal(sim->summary.all.times[TIME_response].m.max_ns, 100 * MS);
}

static void total_iterations_are_exact_over_workers(void **state)
{
	struct simulation *sim = *state;

	one_step(sim);
	sim->latency = 10 * MS;
	sim->settings.load.users = 5;
	sim->settings.load.total_iterations = 103;
	sim->settings.threads = 3;
	simulation_run(sim);
	assert_int_equal(sim->plan.threads, 3);
	assert_int_equal(iterations(sim)->started, 103);
	assert_int_equal(iterations(sim)->ok, 103);
}

static void users_are_split_over_workers(void **state)
{
	struct simulation *sim = *state;

	one_step(sim);
	sim->settings.load.users = 7;
	sim->settings.load.iterations = 2;
	sim->settings.threads = 3;
	simulation_run(sim);
	assert_int_equal(iterations(sim)->ok, 14);
	assert_int_equal(sim->https[0].users, 3);
	assert_int_equal(sim->https[1].users, 2);
	assert_int_equal(sim->https[2].users, 2);
}

struct arrivals {
	ns_t at[4096];
	size_t count;
	ns_t latency;
};

static struct fake_response note_arrival(void *owner, const struct fake_request *request)
{
	struct arrivals *a = owner;

	a->at[a->count++] = request->at - SIMULATION_START;
	return (struct fake_response){.latency = a->latency};
}

static void ramp_up_spreads_users_evenly(void **state)
{
	struct simulation *sim = *state;
	struct arrivals seen = {.latency = 100 * S};

	one_step(sim);
	sim->serve = note_arrival;
	sim->owner = &seen;
	sim->settings.load.users = 10;
	sim->settings.load.ramp_up = 10 * S;
	sim->settings.load.duration = 200 * S;
	sim->settings.load.iterations = 1;
	simulation_run(sim);
	assert_int_equal(seen.count, 10);
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(seen.at[i], (ns_t)i * S);
}

static void think_keeps_the_schedule(void **state)
{
	struct simulation *sim = *state;
	struct arrivals seen = {.latency = 30 * MS};

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_think(&sim->tiny, THINK_FIXED, 1 * S, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/2");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = note_arrival;
	sim->owner = &seen;
	simulation_run(sim);
	assert_int_equal(seen.at[1], 1030 * MS);
	assert_int_equal(simulation_all(sim)->ok, 2);
	/* Only scheduled requests can be late: the second request, not the start of the user. */
	assert_int_equal(sim->summary.lag.m.count, 1);
	assert_int_equal(sim->summary.lag.m.max_ns, 0);
	/* The time of an iteration is measured without and with think time. */
	assert_int_equal(sim->summary.iterations.times[TIME_response].m.max_ns, 60 * MS);
	assert_int_equal(sim->summary.iterations.times[TIME_elapsed].m.max_ns, 1060 * MS);
}

static void iterations_end_within_the_grace(void **state)
{
	struct simulation *sim = *state;

	one_step(sim);
	sim->latency = 1 * S;
	sim->settings.load.users = 2;
	sim->settings.load.duration = 2500 * MS;
	simulation_run(sim);
	assert_int_equal(iterations(sim)->ok, 6);
	assert_int_equal(simulation_all(sim)->cut_off, 0);
	assert_int_equal(sim->duration, 3 * S);
}

static void iterations_longer_than_the_grace_are_cut_off(void **state)
{
	struct simulation *sim = *state;

	one_step(sim);
	sim->latency = 1 * S;
	sim->settings.load.users = 2;
	sim->settings.load.duration = 2500 * MS;
	sim->settings.load.grace = 200 * MS;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->started, 6);
	assert_int_equal(simulation_all(sim)->ok, 4);
	assert_int_equal(simulation_all(sim)->cut_off, 2);
	assert_int_equal(iterations(sim)->cut_off, 2);
	assert_int_equal(sim->https[0].cancelled, 2);
	assert_int_equal(sim->duration, 2700 * MS);
	assert_int_equal(simulation_sent(sim), simulation_all(sim)->started);
}

static void a_stop_lets_requests_in_flight_finish(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_request(&sim->tiny, "GET", "http://shop/2");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 1 * S;
	sim->settings.load.users = 4;
	sim->settings.load.duration = 100 * S;
	sim->stop_at = 2500 * MS;
	simulation_run(sim);
	/* Each user is in the first request of its second iteration: the request finishes, and the
	 * next one is not started. */
	assert_int_equal(sim->duration, 3 * S);
	assert_int_equal(simulation_all(sim)->ok, 12);
	assert_int_equal(simulation_all(sim)->cut_off, 0);
	assert_int_equal(iterations(sim)->ok, 4);
	assert_int_equal(iterations(sim)->cut_off, 4);
}

static void a_stop_ends_users_that_think(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_think(&sim->tiny, THINK_FIXED, 60 * S, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->settings.load.users = 4;
	sim->settings.load.duration = 100 * S;
	sim->stop_at = 5 * S;
	simulation_run(sim);
	assert_int_equal(sim->duration, 5 * S);
	assert_int_equal(iterations(sim)->cut_off, 4);
	assert_int_equal(simulation_all(sim)->started, 0);
}

static void a_stop_has_its_own_grace(void **state)
{
	struct simulation *sim = *state;

	one_step(sim);
	sim->latency = 60 * S;
	sim->settings.load.users = 3;
	sim->settings.load.duration = 100 * S;
	sim->stop_at = 5 * S;
	sim->stop_grace = 2 * S;
	simulation_run(sim);
	assert_int_equal(sim->duration, 7 * S);
	assert_int_equal(simulation_all(sim)->cut_off, 3);
}

static void a_second_signal_ends_the_run_immediately(void **state)
{
	struct simulation *sim = *state;

	one_step(sim);
	sim->latency = 60 * S;
	sim->settings.load.users = 3;
	sim->settings.load.duration = 100 * S;
	sim->stop_at = 5 * S;
	sim->abort_at = 5500 * MS;
	simulation_run(sim);
	assert_int_equal(sim->duration, 5500 * MS);
	assert_int_equal(simulation_all(sim)->cut_off, 3);
}

/* ---- arrivals */

static void even_arrivals_are_never_accumulated(void **state)
{
	struct simulation *sim = *state;
	struct arrivals seen = {.latency = 50 * MS};

	one_step(sim);
	sim->serve = note_arrival;
	sim->owner = &seen;
	sim->settings.load.arrivals = 300;
	sim->settings.load.duration = 10 * S;
	simulation_run(sim);
	assert_int_equal(seen.count, 3000);
	for (size_t k = 0; k < seen.count; k++)
		assert_true(llabs(seen.at[k] - (ns_t)((double)k * 1e9 / 300)) <= 1);
	assert_int_equal(sim->summary.run.arrivals_planned, 3000);
	assert_int_equal(sim->summary.run.arrivals_started, 3000);
	assert_int_equal(sim->https[0].users, 3000);
}

/* Above 2,000 arrivals a second they are woken together, at most 250 µs late; none is lost. */
static void dense_arrivals_are_rounded_up(void **state)
{
	struct simulation *sim = *state;
	struct arrivals seen = {.latency = 0};
	size_t late = 0, together = 0;

	one_step(sim);
	sim->serve = note_arrival;
	sim->owner = &seen;
	sim->settings.load.arrivals = 16000;
	sim->settings.load.duration = S / 4;
	simulation_run(sim);
	assert_int_equal(seen.count, 4000);
	for (size_t k = 0; k < seen.count; k++) {
		ns_t lag = seen.at[k] - (ns_t)((double)k * 1e9 / 16000);

		assert_true(lag >= -1 && lag <= 250 * NS_PER_US);
		late += lag > 1;
		together += k && seen.at[k] == seen.at[k - 1];
	}
	assert_true(late > 2800);
	assert_true(together > 2800);
	assert_int_equal(sim->summary.run.arrivals_started, 4000);
}

static void less_dense_arrivals_are_not(void **state)
{
	struct simulation *sim = *state;
	struct arrivals seen = {.latency = 0};

	one_step(sim);
	sim->serve = note_arrival;
	sim->owner = &seen;
	sim->settings.load.arrivals = 1999;
	sim->settings.load.duration = S;
	simulation_run(sim);
	assert_int_equal(seen.count, 1999);
	for (size_t k = 0; k < seen.count; k++)
		assert_true(llabs(seen.at[k] - (ns_t)((double)k * 1e9 / 1999)) <= 1);
}

static void arrivals_ramp_up(void **state)
{
	struct simulation *sim = *state;
	struct arrivals seen = {.latency = 0};

	one_step(sim);
	sim->serve = note_arrival;
	sim->owner = &seen;
	sim->settings.load.arrivals = 100;
	sim->settings.load.ramp_up = 10 * S;
	sim->settings.load.duration = 20 * S;
	simulation_run(sim);
	/* The area below the ramp, then the full rate. */
	assert_int_equal(seen.count, 500 + 1000);
	assert_int_equal(seen.at[0], 0);
	assert_true(llabs(seen.at[125] - 5 * S) < 1000);
	assert_true(llabs(seen.at[500] - 10 * S) < 1000);
	assert_true(llabs(seen.at[600] - 11 * S) < 1000);
}

static void random_arrivals_are_the_same_for_any_number_of_workers(void **state)
{
	struct simulation *sim = *state;
	struct run_plan plan = {.threads = 1, .shard = 1, .shards = 1};
	struct load load = {
	    .arrivals = 50, .duration = 100 * S, .open = true, .spacing = SPACING_RANDOM};
	struct arrival_schedule whole, part[3];

	one_step(sim);
	plan.settings.seed = 3;
	load_plan_list_init(&plan.loads, &sim->tiny.arena, &sim->tiny.p, &load, false, 1, 1);
	arrival_schedule_init(&whole, &plan, 0, 0);
	plan.threads = 3;
	for (unsigned i = 0; i < 3; i++)
		arrival_schedule_init(&part[i], &plan, 0, i);
	for (unsigned k = 0; k < 3000; k++) {
		ns_t due = whole.due;

		assert_int_equal(due, part[k % 3].due);
		arrival_schedule_advance(&whole);
		arrival_schedule_advance(&part[k % 3]);
		assert_true(whole.due >= due);
	}
	/* 3,000 exponential steps of mean 20 ms: 60 s within five deviations. */
	assert_in_range(whole.due, 54 * S, 66 * S);
	simulation_run(sim);
}

static void arrivals_above_max_users_are_dropped(void **state)
{
	struct simulation *sim = *state;

	one_step(sim);
	sim->latency = 1 * S;
	sim->settings.load.arrivals = 10;
	sim->settings.load.max_users = 4;
	sim->settings.load.duration = 3 * S;
	simulation_run(sim);
	/* Each second the first four start; the next six are dropped. */
	assert_int_equal(sim->summary.run.arrivals_planned, 30);
	assert_int_equal(sim->summary.run.arrivals_started, 12);
	assert_int_equal(sim->summary.run.arrivals_dropped, 18);
	assert_int_equal(simulation_all(sim)->ok, 12);
	assert_int_equal(sim->summary.users_max, 4);
}

/* ---- random choices */

struct choices {
	char seen[600];
	size_t count;
	ns_t latency;
};

static struct fake_response note_choice(void *owner, const struct fake_request *request)
{
	struct choices *c = owner;
	const struct fiber *s = request->exchange->owner;

	/* The path of each user's iterations: the position is the user, the letter is the path. */
	c->seen[s->user->number * 100 + s->user->iteration - 1] =
	    request->url.ptr[request->url.len - 1];
	c->count++;
	return (struct fake_response){.latency = c->latency * (1 + (ns_t)(c->count % 7))};
}

static void choose_600(struct choices *out, ns_t latency, uint64_t seed)
{
	struct simulation *sim = malloc(sizeof *sim);

	simulation_init(sim);
	*out = (struct choices){.latency = latency};
	tiny_scenario(&sim->tiny, "Buy", 3);
	tiny_request(&sim->tiny, "GET", "http://shop/b");
	tiny_think(&sim->tiny, THINK_RANGE, 1 * MS, 50 * MS);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	tiny_scenario(&sim->tiny, "Look", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/l");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = note_choice;
	sim->owner = out;
	sim->settings.seed = seed;
	sim->settings.load.users = 6;
	sim->settings.load.iterations = 100;
	simulation_run(sim);
	assert_int_equal(
	    simulation_scenario(sim, 0)->counts.ok + simulation_scenario(sim, 1)->counts.ok, 600);
	simulation_release(sim);
	free(sim);
}

static void the_same_seed_makes_the_same_choices_with_any_timing(void **state)
{
	struct choices a, b, c;
	unsigned buys = 0;

	(void)state;
	choose_600(&a, 1 * MS, 7);
	choose_600(&b, 333 * MS, 7);
	choose_600(&c, 1 * MS, 8);
	assert_memory_equal(a.seen, b.seen, sizeof a.seen);
	assert_memory_not_equal(a.seen, c.seen, sizeof a.seen);
	for (size_t i = 0; i < sizeof a.seen; i++)
		buys += a.seen[i] == 'b';
	assert_in_range(buys, 400, 500); /* 450 by weight */
}

static void cookies_may_last_one_iteration_only(void **state)
{
	struct simulation *sim = *state;

	one_step(sim);
	sim->tiny.model.defaults.cookie_jar = COOKIES_PER_ITERATION;
	sim->settings.load.iterations = 3;
	simulation_run(sim);
	assert_int_equal(sim->https[0].spare_users->cleared, 2);
}

static void an_iteration_without_requests_does_not_block_others(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Nothing", 1);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->settings.load.users = 2;
	sim->settings.load.iterations = 50;
	simulation_run(sim);
	assert_int_equal(iterations(sim)->ok, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SIMULATION_TEST(no_load_is_one_user_once),
	    SIMULATION_TEST(users_perform_their_iterations),
	    SIMULATION_TEST(total_iterations_are_exact_over_workers),
	    SIMULATION_TEST(users_are_split_over_workers),
	    SIMULATION_TEST(ramp_up_spreads_users_evenly),
	    SIMULATION_TEST(think_keeps_the_schedule),
	    SIMULATION_TEST(iterations_end_within_the_grace),
	    SIMULATION_TEST(iterations_longer_than_the_grace_are_cut_off),
	    SIMULATION_TEST(a_stop_lets_requests_in_flight_finish),
	    SIMULATION_TEST(a_stop_ends_users_that_think),
	    SIMULATION_TEST(a_stop_has_its_own_grace),
	    SIMULATION_TEST(a_second_signal_ends_the_run_immediately),
	    SIMULATION_TEST(even_arrivals_are_never_accumulated),
	    SIMULATION_TEST(dense_arrivals_are_rounded_up),
	    SIMULATION_TEST(less_dense_arrivals_are_not),
	    SIMULATION_TEST(arrivals_ramp_up),
	    SIMULATION_TEST(random_arrivals_are_the_same_for_any_number_of_workers),
	    SIMULATION_TEST(arrivals_above_max_users_are_dropped),
	    cmocka_unit_test(the_same_seed_makes_the_same_choices_with_any_timing),
	    SIMULATION_TEST(cookies_may_last_one_iteration_only),
	    SIMULATION_TEST(an_iteration_without_requests_does_not_block_others),
	};

	return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
