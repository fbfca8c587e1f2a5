/* Several fibers in virtual time: forks and their limits, users that wait for each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "simulation.h"

#define MS NS_PER_MS
#define S  NS_PER_S

/* ---- parallel */

static struct fake_response by_number(void *owner, const struct fake_request *request)
{
	static const char *const bodies[] = {"zero", "one", "two", "three", "four"};
	unsigned n = (unsigned)(request->url.ptr[request->url.len - 1] - '0') % 5;

	(void)owner;
	/* The first branch gets its response last. */
	return (struct fake_response){.latency = (ns_t)(5 - n) * 10 * MS, .body = bodies[n]};
}

static struct fake_response look_at_slot(void *owner, const struct fake_request *request)
{
	struct str *seen = owner;
	const struct fiber *s = request->exchange->owner;

	if (str_ends(request->url, STR("/after"))) {
		struct str text = s->user->slots[0].text;

		*seen = (struct str){strndup(text.ptr, text.len), text.len};
		return (struct fake_response){.latency = 0};
	}
	return by_number(owner, request);
}

static void the_later_step_wins_not_the_later_response(void **state)
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
	assert_int_equal(simulation_all(sim)->ok, 5);
	assert_int_equal(sim->duration, 50 * MS);
}

static struct fake_response look_at_status(void *owner, const struct fake_request *request)
{
	struct fake_response response = by_number(owner, request);
	const struct fiber *s = request->exchange->owner;
	int *status = owner;

	response.status = 201 + (request->url.ptr[request->url.len - 1] - '0');
	if (str_ends(request->url, STR("/after"))) {
		*status = s->status;
		return (struct fake_response){.latency = 0};
	}
	return response;
}

/* `response.status` after a fork is that of the last step, whose response is the first here. */
static void the_next_step_sees_the_last_response(void **state)
{
	struct simulation *sim = *state;
	int status = 0;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_parallel(&sim->tiny, 4, 6, SLOT_NONE);
	tiny_request(&sim->tiny, "GET", "http://shop/after");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = look_at_status;
	sim->owner = &status;
	simulation_run(sim);
	assert_int_equal(status, 204);
	/* It is scheduled at the end of the longest request. */
	assert_int_equal(simulation_step(sim, 4)->times[TIME_response].m.max_ns, 0);
}

static struct fake_response in_http2(void *owner, const struct fake_request *request)
{
	const int *version = owner;

	(void)request;
	return (struct fake_response){.latency = 100 * MS, .version = *version};
}

/* The first is sent alone; if its response uses HTTP/2, the others share its connection. */
static void the_first_response_sets_the_protocol(void **state)
{
	static const struct {
		int version;
		unsigned max;
		ns_t duration;
	} rows[] = {{20, 11, 200 * MS}, {11, 6, 300 * MS}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct simulation sim;
		int version = rows[i].version;

		simulation_init(&sim);
		tiny_scenario(&sim.tiny, "Visit", 1);
		tiny_parallel(&sim.tiny, 12, 12, SLOT_NONE);
		tiny_op(&sim.tiny, OP_END, 0, 0, 0);
		for (unsigned k = 0; k < 12; k++)
			sim.tiny.requests[k].http = HTTP_2;
		sim.serve = in_http2;
		sim.owner = &version;
		simulation_run(&sim);
		assert_int_equal(sim.https[0].user_most_in_flight, rows[i].max);
		assert_int_equal(sim.duration, rows[i].duration);
		simulation_release(&sim);
	}
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

static void connections_per_host_are_limited(void **state)
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

static struct fake_response second_fails(void *owner, const struct fake_request *request)
{
	(void)owner;
	return (struct fake_response){.latency = 100 * MS,
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
	assert_int_equal(simulation_all(sim)->started, 4);
	assert_int_equal(simulation_all(sim)->ok, 3);
	assert_int_equal(simulation_all(sim)->failed[FAILURE_status], 1);
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
	/* Six of each are sent; two that wait for a connection are not sent, and one is not
	 * started. */
	assert_int_equal(simulation_sent(sim), 18);
	assert_int_equal(simulation_all(sim)->started, 18);
	assert_int_equal(simulation_all(sim)->cut_off, 18);
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
	assert_int_equal(simulation_all(sim)->ok, 4);
	assert_int_equal(simulation_all(sim)->started, 4);
	assert_int_equal(sim->summary.iterations.counts.cut_off, 1);
	assert_int_equal(sim->duration, 2 * S);
}

static void requests_waiting_for_a_connection_are_not_sent_after_a_stop(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_parallel(&sim->tiny, 9, 9, SLOT_NONE);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 1 * S;
	sim->settings.load.duration = 100 * S;
	sim->stop_at = 500 * MS;
	simulation_run(sim);
	/* Six concurrent ones; the three after them were not sent, and are not counted. */
	assert_int_equal(simulation_sent(sim), 6);
	assert_int_equal(simulation_all(sim)->started, 6);
	assert_int_equal(simulation_all(sim)->ok, 6);
	assert_int_equal(simulation_all(sim)->cut_off, 0);
	assert_int_equal(sim->summary.iterations.counts.cut_off, 1);
	assert_int_equal(sim->duration, 1 * S);
}

/* ---- rendezvous */

struct meetings {
	ns_t at[16];
	size_t count;
};

static struct fake_response note_time(void *owner, const struct fake_request *request)
{
	struct meetings *m = owner;

	m->at[m->count++] = request->at - SIMULATION_START;
	return (struct fake_response){.latency = 0};
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
	/* They arrive at 0, 1, 2, 3 s and continue in pairs. */
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

/* One branch of many, a group around its request. */
static void fork_of_groups(struct simulation *sim)
{
	struct tiny *t = &sim->tiny;
	uint32_t fork, *targets = ARENA_ARRAY(&t->arena, 2, uint32_t);

	tiny_scenario(t, "Visit", 1);
	t->series[0] =
	    (struct series_plan){.name = STR("Checkout"), .scenario = STR("Visit"), .group = true};
	t->p.series_count = 1;
	t->p.group_depth = 1;
	fork = tiny_op(t, OP_FORK, 0, 0, 0);
	for (uint32_t i = 0; i < 2; i++) {
		targets[i] = t->p.code_count;
		tiny_op(t, OP_GROUP_BEGIN, 0, 0, 0);
		tiny_request(t, "GET", "http://shop/");
		tiny_request(t, "GET", "http://shop/then");
		tiny_op(t, OP_GROUP_END, 0, 0, 0);
		tiny_op(t, OP_JOIN, 0, 0, 0);
	}
	t->code[fork].b = tiny_op(t, OP_END, 0, 0, 0);
	t->forks[0] = (struct fork_plan){.targets = targets, .count = 2, .limit = 2};
	t->p.fork_count = 1;
	t->p.fiber_count = 3;
	sim->latency = 10 * S;
	sim->settings.load.duration = 100 * S;
}

static void groups_of_a_fork_are_cut_off_with_it(void **state)
{
	struct simulation *sim = *state;
	const struct series_counts *group;

	fork_of_groups(sim);
	sim->abort_at = 15 * S;
	simulation_run(sim);
	group = &sim->summary.series[sim->plan.series[0]].counts;
	assert_int_equal(group->started, 2);
	assert_int_equal(group->cut_off, 2);
}

static void groups_of_a_stopped_fork_do_not_fail(void **state)
{
	struct simulation *sim = *state;
	const struct series_counts *group;

	fork_of_groups(sim);
	sim->stop_at = 5 * S;
	sim->stop_grace = 30 * S;
	simulation_run(sim);
	group = &sim->summary.series[sim->plan.series[0]].counts;
	assert_int_equal(simulation_all(sim)->ok, 2);
	assert_int_equal(group->cut_off, 2);
	assert_int_equal(recorder_series_counts_failed(group), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SIMULATION_TEST(the_later_step_wins_not_the_later_response),
	    SIMULATION_TEST(the_next_step_sees_the_last_response),
	    cmocka_unit_test(the_first_response_sets_the_protocol),
	    SIMULATION_TEST(parallel_has_a_limit_and_the_wait_counts),
	    SIMULATION_TEST(connections_per_host_are_limited),
	    SIMULATION_TEST(the_others_finish_then_on_failure),
	    SIMULATION_TEST(a_fork_is_cut_off_whole),
	    SIMULATION_TEST(a_stopped_fork_begins_no_branch),
	    SIMULATION_TEST(requests_waiting_for_a_connection_are_not_sent_after_a_stop),
	    SIMULATION_TEST(users_wait_for_each_other),
	    SIMULATION_TEST(they_do_not_wait_for_ever),
	    SIMULATION_TEST(the_waiting_are_cut_off),
	    SIMULATION_TEST(groups_of_a_fork_are_cut_off_with_it),
	    SIMULATION_TEST(groups_of_a_stopped_fork_do_not_fail),
	};

	return cmocka_run_group_tests_name("forks", tests, NULL, NULL);
}
