/* Loads in virtual time: stages, several concurrent loads, warm-up, shards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "simulation.h"

#define MS	     NS_PER_MS
#define S	     NS_PER_S
#define ARRIVALS_MAX 20000

struct seen {
	ns_t at;
	uint64_t user, iteration;
	char what;
};

struct log {
	struct seen items[ARRIVALS_MAX];
	size_t count;
	ns_t latency;
};

static struct fake_response note(void *owner, const struct fake_request *request)
{
	struct log *log = owner;
	const struct fiber *s = request->exchange->owner;

	assert_true(log->count < ARRIVALS_MAX);
	log->items[log->count++] = (struct seen){.at = request->at - SIMULATION_START,
						 .user = s->user->number + 1,
						 .iteration = s->user->iteration,
						 .what = request->url.ptr[request->url.len - 1]};
	return (struct fake_response){.latency = log->latency};
}

static struct log *listen(struct simulation *sim, ns_t latency)
{
	struct log *log = calloc(1, sizeof *log);

	log->latency = latency;
	sim->serve = note;
	sim->owner = log;
	return log;
}

/* ---- stages */

static void users_above_a_falling_stage_finish_their_iteration(void **state)
{
	static struct load_stage stages[] = {{.ramps = true, .ramp_to = {4, false}, .over = 0},
					     {.hold = 10 * S},
					     {.ramps = true, .ramp_to = {1, false}, .over = 0},
					     {.hold = 10 * S}};
	struct simulation *sim = *state;
	struct log *log = listen(sim, 3 * S);
	unsigned late = 0;

	simulation_get(sim, "Visit", "http://shop/v");
	sim->settings.load.stages = (struct field_list){stages, 4};
	simulation_run(sim);
	/* At 9 s all four start their last iteration in the first stage; it ends at 12 s. */
	for (size_t i = 0; i < log->count; i++)
		late += log->items[i].at >= 10 * S;
	assert_int_equal(log->count, 4 * 4 + 3);
	assert_int_equal(late, 3);
	assert_int_equal(simulation_all(sim)->cut_off, 0);
	assert_int_equal(sim->summary.iterations.counts.ok, 19);
	assert_int_equal(sim->summary.users_max, 4);
	free(log);
}

static void a_ramp_of_arrivals_runs_as_planned(void **state)
{
	static struct load_stage stages[] = {
	    {.ramps = true, .ramp_to = {500, true}, .over = 20 * S}};
	struct simulation *sim = *state;
	struct log *log = listen(sim, 5 * MS);
	unsigned second[20] = {0};

	simulation_get(sim, "Visit", "http://shop/v");
	sim->settings.load.stages = (struct field_list){stages, 1};
	sim->settings.load.open = true;
	sim->settings.threads = 3;
	simulation_run(sim);
	assert_int_equal(log->count, 5000);
	assert_int_equal(sim->summary.run.arrivals_started, 5000);
	for (size_t i = 0; i < log->count; i++)
		second[log->items[i].at / S]++;
	for (unsigned i = 0; i < 20; i++) {
		double due = 12.5 + 25 * i;

		assert_true(second[i] + 1 + due / 100 >= due && second[i] <= due + 1 + due / 100);
	}
	assert_int_equal(sim->summary.lag.m.max_ns, 0);
	free(log);
}

/* ---- several concurrent loads */

static void scenarios_run_in_parallel(void **state)
{
	static struct load steady = {.users = 3, .duration = 20 * S, .grace = 30 * S};
	static struct load flood = {
	    .arrivals = 10, .duration = 10 * S, .grace = 30 * S, .open = true};
	struct simulation *sim = *state;
	struct log *log = listen(sim, 1 * S);
	bool known[1000] = {false};
	unsigned common = 0, own = 0, arrivals = 0;

	simulation_get(sim, "Common", "http://shop/c");
	simulation_get(sim, "Steady", "http://shop/s")->load = &steady;
	simulation_get(sim, "Flood", "http://shop/f")->load = &flood;
	sim->tiny.scenarios[2].start_after = 5 * S;
	sim->settings.load.users = 2;
	sim->settings.load.duration = 8 * S;
	sim->settings.threads = 2;
	simulation_run(sim);
	for (size_t i = 0; i < log->count; i++) {
		const struct seen *seen = &log->items[i];

		common += seen->what == 'c';
		own += seen->what == 's';
		arrivals += seen->what == 'f';
		if (seen->what == 'c')
			assert_true(seen->at < 8 * S && seen->user <= 2);
		if (seen->what == 's')
			assert_in_range(seen->user, 3, 5);
		if (seen->what != 'f')
			continue;
		assert_true(seen->at >= 5 * S && seen->at < 15 * S);
		/* User numbers are unique. */
		assert_true(seen->user > 5 && seen->user < 1000 && !known[seen->user]);
		known[seen->user] = true;
	}
	assert_int_equal(common, 2 * 8);
	assert_int_equal(own, 3 * 20);
	assert_int_equal(arrivals, 100);
	assert_int_equal(sim->duration, 20 * S);
	assert_int_equal(sim->summary.run.arrivals_planned, 100);
	free(log);
}

static void each_load_is_cut_off_after_its_own_grace(void **state)
{
	static struct load brief = {.users = 2, .duration = 2 * S, .grace = 1 * S};
	struct simulation *sim = *state;

	simulation_get(sim, "Common", "http://shop/c");
	simulation_get(sim, "Brief", "http://shop/b")->load = &brief;
	sim->latency = 7 * S;
	sim->settings.load.users = 1;
	sim->settings.load.duration = 10 * S;
	simulation_run(sim);
	assert_int_equal(simulation_scenario(sim, 1)->counts.cut_off, 2);
	assert_int_equal(simulation_scenario(sim, 0)->counts.ok, 2);
	assert_int_equal(simulation_scenario(sim, 0)->counts.cut_off, 0);
	assert_int_equal(sim->duration, 14 * S);
}

/* Each load takes rows in turn: no row is used twice. */
static void turns_at_rows_are_disjoint(void **state)
{
	static struct load flood = {.arrivals = 10, .duration = 10 * S, .open = true};
	static struct load more = {.arrivals = 5, .duration = 10 * S, .open = true};
	struct load common = {.users = 3, .duration = 10 * S};
	struct simulation *sim = *state;
	struct load_plan_list plans;
	bool taken[2000] = {false};

	simulation_get(sim, "Common", "http://shop/c");
	simulation_get(sim, "Flood", "http://shop/f")->load = &flood;
	simulation_get(sim, "More", "http://shop/m")->load = &more;
	load_plan_list_init(&plans, &sim->tiny.arena, &sim->tiny.p, &common, false, 1, 1);
	assert_int_equal(plans.count, 3);
	for (uint32_t i = 0; i < plans.count; i++) {
		const struct load_plan *load = &plans.items[i];

		for (uint64_t entry = 0; entry < load->entries; entry++)
			for (uint64_t iteration = 1; iteration <= (load->open ? 1 : 20);
			     iteration++) {
				uint64_t turn = load_plan_row_turn(
				    &plans, load, load->number + entry * load->stride, iteration);

				assert_true(turn < 2000 && !taken[turn]);
				taken[turn] = true;
			}
	}
	simulation_run(sim);
}

/* ---- warm-up */

static void requests_in_the_warm_up_are_not_measured(void **state)
{
	struct simulation *sim = *state;

	simulation_get(sim, "Visit", "http://shop/v");
	sim->latency = 1 * S;
	sim->settings.load.users = 4;
	sim->settings.load.warm_up = 5 * S;
	sim->settings.load.duration = 10 * S;
	simulation_run(sim);
	assert_int_equal(sim->duration, 15 * S);
	assert_int_equal(sim->summary.run.unmeasured[UNMEASURED_warm_up], 4 * 5);
	assert_int_equal(simulation_all(sim)->started, 4 * 10);
	assert_int_equal(simulation_all(sim)->ok, 4 * 10);
	assert_int_equal(sim->summary.iterations.counts.started, 4 * 10);
	assert_int_equal(sim->plan.loads.warm_up, 5 * S);
	assert_int_equal(simulation_sent(sim), 4 * 15);
}

static void an_iteration_over_the_edge_of_the_warm_up(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/1");
	tiny_request(&sim->tiny, "GET", "http://shop/2");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 1 * S;
	sim->settings.load.arrivals = 1;
	sim->settings.load.open = true;
	sim->settings.load.warm_up = 3 * S;
	sim->settings.load.duration = 4 * S;
	simulation_run(sim);
	/* The second request of the user that started at 2 s is scheduled after the warm-up. */
	assert_int_equal(simulation_step(sim, 0)->counts.started, 4);
	assert_int_equal(simulation_step(sim, 1)->counts.started, 5);
	assert_int_equal(sim->summary.iterations.counts.started, 4);
	assert_int_equal(sim->summary.run.arrivals_planned, 4);
	assert_int_equal(sim->summary.run.arrivals_started, 4);
	assert_int_equal(sim->summary.run.unmeasured[UNMEASURED_warm_up], 3 + 2);
}

/* ---- shards */

static int by_user(const void *left, const void *right)
{
	const struct seen *a = left, *b = right;

	if (a->user != b->user)
		return a->user < b->user ? -1 : 1;
	return a->iteration < b->iteration ? -1 : a->iteration > b->iteration;
}

/* Adds the requests of SHARD of SHARDS to LOG; sets up everything that all shards share. */
static void run_shard(struct log *log, unsigned shard, unsigned shards, const struct load *load)
{
	struct simulation *sim = malloc(sizeof *sim);

	simulation_init(sim);
	simulation_get(sim, "A", "http://shop/a")->weight = 3;
	simulation_get(sim, "B", "http://shop/b");
	sim->serve = note;
	sim->owner = log;
	sim->settings.load = *load;
	sim->settings.shard = shard;
	sim->settings.shards = shards;
	sim->settings.threads = 2;
	simulation_run(sim);
	simulation_release(sim);
	free(sim);
}

static void shards_are_the_one_process(const struct load *load, unsigned shards)
{
	struct log *whole = calloc(1, sizeof *whole), *parts = calloc(1, sizeof *parts);

	whole->latency = parts->latency = 700 * MS;
	run_shard(whole, 1, 1, load);
	for (unsigned i = 1; i <= shards; i++) {
		size_t before = parts->count;

		run_shard(parts, i, shards, load);
		/* The parts differ by at most one user. */
		assert_in_range(parts->count - before, whole->count / shards * 9 / 10,
				whole->count / shards * 11 / 10 + 20);
	}
	assert_int_equal(whole->count, parts->count);
	qsort(whole->items, whole->count, sizeof *whole->items, by_user);
	qsort(parts->items, parts->count, sizeof *parts->items, by_user);
	for (size_t i = 0; i < whole->count; i++) {
		assert_int_equal(whole->items[i].user, parts->items[i].user);
		assert_int_equal(whole->items[i].iteration, parts->items[i].iteration);
		assert_int_equal(whole->items[i].what, parts->items[i].what);
		assert_int_equal(whole->items[i].at, parts->items[i].at);
	}
	free(whole);
	free(parts);
}

static void shards_of_users(void **state)
{
	const struct load load = {
	    .users = 100, .ramp_up = 3 * S, .duration = 20 * S, .grace = 30 * S};

	(void)state;
	shards_are_the_one_process(&load, 8);
}

static void shards_of_random_arrivals(void **state)
{
	const struct load load = {.arrivals = 200,
				  .duration = 20 * S,
				  .grace = 30 * S,
				  .open = true,
				  .spacing = SPACING_RANDOM};

	(void)state;
	shards_are_the_one_process(&load, 7);
}

static void shards_split_iterations_to_the_last(void **state)
{
	uint64_t sum = 0;

	(void)state;
	for (unsigned i = 1; i <= 8; i++)
		sum += load_plan_share(1003, i, 8);
	assert_int_equal(sum, 1003);
	assert_int_equal(load_plan_share(1003, 3, 8), 126);
	assert_int_equal(load_plan_share(1003, 4, 8), 125);
	assert_int_equal(load_plan_share(3, 8, 8), 0);
}

/* More shards than users: some shards have no users. */
static void a_shard_without_a_user(void **state)
{
	struct simulation *sim = *state;

	simulation_get(sim, "Visit", "http://shop/v");
	sim->settings.load.users = 2;
	sim->settings.load.duration = 10 * S;
	sim->settings.shard = 5;
	sim->settings.shards = 8;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->started, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SIMULATION_TEST(users_above_a_falling_stage_finish_their_iteration),
	    SIMULATION_TEST(a_ramp_of_arrivals_runs_as_planned),
	    SIMULATION_TEST(scenarios_run_in_parallel),
	    SIMULATION_TEST(each_load_is_cut_off_after_its_own_grace),
	    SIMULATION_TEST(turns_at_rows_are_disjoint),
	    SIMULATION_TEST(requests_in_the_warm_up_are_not_measured),
	    SIMULATION_TEST(an_iteration_over_the_edge_of_the_warm_up),
	    cmocka_unit_test(shards_of_users),
	    cmocka_unit_test(shards_of_random_arrivals),
	    cmocka_unit_test(shards_split_iterations_to_the_last),
	    SIMULATION_TEST(a_shard_without_a_user),
	};

	return cmocka_run_group_tests_name("loads", tests, NULL, NULL);
}
