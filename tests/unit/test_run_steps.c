/* Steps in virtual time: failures and their effects, groups, calls, pauses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simulation.h"

#define MS NS_PER_MS
#define S  NS_PER_S

static const struct series_counts *step(const struct simulation *sim, unsigned request)
{
	return &simulation_step(sim, request)->counts;
}

/* ---- failures */

static struct fake_response fail_first(void *owner, const struct fake_request *request)
{
	(void)owner;
	return (struct fake_response){.latency = 10 * MS,
				      .status = str_ends(request->url, STR("/bad")) ? 503 : 200};
}

static struct request_plan *bad_then_good(struct simulation *sim)
{
	struct request_plan *bad;

	tiny_scenario(&sim->tiny, "Visit", 1);
	bad = tiny_request(&sim->tiny, "GET", "http://shop/bad");
	tiny_request(&sim->tiny, "GET", "http://shop/good");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = fail_first;
	sim->settings.load.users = 2;
	sim->settings.load.iterations = 3;
	return bad;
}

static void a_failure_stops_the_iteration(void **state)
{
	struct simulation *sim = *state;

	bad_then_good(sim);
	simulation_run(sim);
	assert_int_equal(step(sim, 0)->failed[FAILURE_status], 6);
	assert_int_equal(step(sim, 1)->started, 0);
	assert_int_equal(sim->summary.iterations.counts.failed[FAILURE_status], 6);
	assert_int_equal(sim->summary.iterations.counts.ok, 0);
	/* Reported once with an example, counted six times; response times include only successful
	 * requests. */
	assert_int_equal(sim->summary.failure_count, 1);
	assert_int_equal(sim->summary.failures[0].count, 6);
	assert_int_equal(sim->summary.failures[0].detail, 503);
	assert_int_equal(sim->summary.all.times[TIME_response].m.count, 0);
	assert_int_equal(sim->summary.all.times[TIME_failed].m.count, 6);
}

static void a_failure_can_be_ignored(void **state)
{
	struct simulation *sim = *state;

	bad_then_good(sim)->on_failure = FAILURE_CONTINUE;
	simulation_run(sim);
	assert_int_equal(step(sim, 1)->ok, 6);
	assert_int_equal(sim->summary.iterations.counts.failed[FAILURE_status], 6);
}

static void the_scenario_sets_the_action_after_a_failure(void **state)
{
	struct simulation *sim = *state;

	bad_then_good(sim);
	sim->tiny.scenarios[0].on_failure = FAILURE_CONTINUE;
	simulation_run(sim);
	assert_int_equal(step(sim, 1)->ok, 6);
}

static void a_failure_may_stop_the_user(void **state)
{
	struct simulation *sim = *state;

	bad_then_good(sim)->on_failure = FAILURE_STOP_USER;
	simulation_run(sim);
	assert_int_equal(step(sim, 0)->started, 2);
	assert_int_equal(sim->summary.iterations.counts.started, 2);
}

static void a_failure_may_stop_the_run(void **state)
{
	struct simulation *sim = *state;

	bad_then_good(sim)->on_failure = FAILURE_STOP_RUN;
	sim->settings.load.ramp_up = 10 * S;
	sim->settings.load.duration = 100 * S;
	simulation_run(sim);
	/* The second user would have started after five seconds. */
	assert_int_equal(step(sim, 0)->started, 1);
	assert_int_equal(sim->duration, 10 * MS);
}

static void stop_does_not_fail(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_op(&sim->tiny, OP_STOP, 1, 0, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/never");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->settings.load.users = 2;
	sim->settings.load.iterations = 3;
	simulation_run(sim);
	assert_int_equal(sim->summary.iterations.counts.ok, 2);
	assert_int_equal(step(sim, 0)->ok, 2);
	assert_int_equal(step(sim, 1)->started, 0);
}

static struct fake_response reset(void *owner, const struct fake_request *request)
{
	(void)owner;
	(void)request;
	return (struct fake_response){.latency = 5 * MS, .result = HTTP_RESET, .resent = 1};
}

static void the_network_s_failures_have_classes(void **state)
{
	struct simulation *sim = *state;

	bad_then_good(sim);
	sim->serve = reset;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->failed[FAILURE_reset], 6);
	assert_int_equal(simulation_all(sim)->resent, 6);
	assert_int_equal(sim->summary.all.times[TIME_failed].m.max_ns, 5 * MS);
}

static void nothing_found_fails_the_request(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request_keeping(&sim->tiny, "GET", "http://shop/", 0);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->failed[FAILURE_extract], 1);
	assert_non_null(strstr(sim->summary.failures[0].text, "'v'"));
}

static void a_default_is_used(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request_keeping(&sim->tiny, "GET", "http://shop/", 0);
	sim->tiny.extracts[0].fallback = tiny_text(&sim->tiny, "hat");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->ok, 1);
}

/* ---- groups, calls */

static void groups_are_timed_without_think_and_with(void **state)
{
	struct simulation *sim = *state;
	const struct series_total *group;

	tiny_scenario(&sim->tiny, "Visit", 1);
	sim->tiny.series[0] =
	    (struct series_plan){.name = STR("Checkout"), .scenario = STR("Visit"), .group = true};
	sim->tiny.p.series_count = 1;
	tiny_op(&sim->tiny, OP_GROUP_BEGIN, 0, 0, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_think(&sim->tiny, THINK_FIXED, 2 * S, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/2");
	tiny_op(&sim->tiny, OP_GROUP_END, 0, 0, 0);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->latency = 100 * MS;
	simulation_run(sim);
	group = &sim->summary.series[sim->plan.series[0]];
	assert_int_equal(group->counts.ok, 1);
	assert_int_equal(group->times[TIME_response].m.max_ns, 200 * MS);
	assert_int_equal(group->times[TIME_elapsed].m.max_ns, 2200 * MS);
}

static struct fake_response with_a_body(void *owner, const struct fake_request *request)
{
	(void)owner;
	(void)request;
	return (struct fake_response){.latency = 100 * MS, .body = "text"};
}

/* A request in two groups, one of them within itself, and requests in branches. */
static void groups_count_phases_only_for_a_threshold(void **state)
{
	struct simulation *sim = *state;
	const struct threshold threshold = {
	    .metric = METRIC_WAIT, .stat = STAT_MAX, .name = STR("Checkout")};
	const struct series_total *checkout, *inner;

	tiny_scenario(&sim->tiny, "Visit", 1);
	sim->tiny.series[0] =
	    (struct series_plan){.name = STR("Checkout"), .scenario = STR("Visit"), .group = true};
	sim->tiny.series[1] =
	    (struct series_plan){.name = STR("Payment"), .scenario = STR("Visit"), .group = true};
	sim->tiny.p.series_count = 2;
	tiny_op(&sim->tiny, OP_GROUP_BEGIN, 0, 0, 0);
	tiny_op(&sim->tiny, OP_GROUP_BEGIN, 1, 0, 0);
	tiny_op(&sim->tiny, OP_GROUP_BEGIN, 0, 0, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_op(&sim->tiny, OP_GROUP_END, 0, 0, 0);
	tiny_op(&sim->tiny, OP_GROUP_END, 1, 0, 0);
	tiny_parallel(&sim->tiny, 2, 2, 0);
	tiny_op(&sim->tiny, OP_GROUP_END, 0, 0, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/after");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = with_a_body;
	sim->settings.thresholds = &threshold;
	sim->settings.threshold_count = 1;
	simulation_run(sim);
	checkout = &sim->summary.series[sim->plan.series[0]];
	inner = &sim->summary.series[sim->plan.series[1]];
	assert_int_equal(checkout->times[TIME_wait].m.count, 3);
	assert_int_equal(checkout->times[TIME_wait].m.max_ns, 100 * MS);
	assert_int_equal(inner->counts.ok, 1);
	assert_int_equal(inner->times[TIME_wait].m.count, 0);
}

static void calls_return(void **state)
{
	struct simulation *sim = *state;

	struct scenario_plan *visit = tiny_scenario(&sim->tiny, "Visit", 1);

	tiny_request(&sim->tiny, "GET", "http://shop/flow");
	visit->entry = tiny_op(&sim->tiny, OP_RETURN, 0, 0, 0) + 1;
	tiny_op(&sim->tiny, OP_CALL, 0, 0, 0);
	tiny_op(&sim->tiny, OP_CALL, 0, 0, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/2");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	simulation_run(sim);
	assert_int_equal(step(sim, 0)->ok, 2);
	assert_int_equal(step(sim, 1)->ok, 1);
}

static void choose_selects_by_weight(void **state)
{
	struct simulation *sim = *state;
	static const double upto[] = {0.2, 1};
	static uint32_t targets[2];
	uint32_t jump;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_op(&sim->tiny, OP_CHOOSE, 0, 0, 0);
	targets[0] = sim->tiny.p.code_count;
	tiny_request(&sim->tiny, "GET", "http://shop/a");
	jump = tiny_op(&sim->tiny, OP_JUMP, 0, 0, 0);
	targets[1] = sim->tiny.p.code_count;
	tiny_request(&sim->tiny, "GET", "http://shop/b");
	sim->tiny.code[jump].a = tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->tiny.choices[0] = (struct choice_plan){upto, targets, 2};
	sim->settings.load.iterations = 1000;
	simulation_run(sim);
	assert_in_range(step(sim, 0)->ok, 150, 250);
	assert_int_equal(step(sim, 0)->ok + step(sim, 1)->ok, 1000);
}

static void no_pause_is_longer_than_ten_years(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_think(&sim->tiny, THINK_EXPONENTIAL, INT64_MAX / 2, 0);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->settings.load.iterations = 10;
	simulation_run(sim);
	assert_int_equal(simulation_all(sim)->ok, 10);
	assert_in_range(sim->duration, NS_LONGEST, 10 * NS_LONGEST);
}

static void the_earliest_cut_wins(void **state)
{
	struct simulation *sim = *state;

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request(&sim->tiny, "GET", "http://shop/");
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	simulation_run(sim);
	run_shared_stop(&sim->shared, RUN_DRAINING, 5 * S);
	run_shared_stop(&sim->shared, RUN_DRAINING, 30 * S);
	assert_int_equal(atomic_load(&sim->shared.abort_at), 5 * S);
}

/* GET, then PACE to 100 ms; the response time decides whether the iteration waits. */
static struct fake_response refuse(void *owner, const struct fake_request *request)
{
	(void)owner;
	(void)request;
	return (struct fake_response){.latency = 10 * MS, .status = 404};
}

static void paced(struct simulation *sim)
{
	struct scenario_plan *plan = tiny_scenario(&sim->tiny, "Paced", 1);

	tiny_request(&sim->tiny, "GET", "http://shop/");
	plan->pace = tiny_op(&sim->tiny, OP_PACE, 0, 100000, 0);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->settings.load.users = 1;
	sim->settings.load.iterations = 3;
	sim->latency = 10 * MS;
}

static void an_iteration_is_paced(void **state)
{
	struct simulation *sim = *state;

	paced(sim);
	simulation_run(sim);
	assert_int_equal(sim->duration, 300 * MS);
	assert_int_equal(sim->summary.iterations.counts.ok, 3);
	/* The pause counts as think time. */
	assert_int_equal(sim->summary.iterations.times[TIME_response].m.max_ns, 10 * MS);
}

static void a_pace_may_be_long(void **state)
{
	struct simulation *sim = *state;

	paced(sim);
	sim->tiny.code[sim->tiny.scenarios[0].pace].a = 7200;
	simulation_run(sim);
	assert_int_equal(sim->duration, 3 * (7200 * S + 100 * MS));
}

static void a_failed_iteration_is_paced_too(void **state)
{
	struct simulation *sim = *state;

	paced(sim);
	sim->serve = refuse;
	simulation_run(sim);
	assert_int_equal(sim->duration, 300 * MS);
	assert_int_equal(recorder_series_counts_failed(&sim->summary.iterations.counts), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SIMULATION_TEST(a_failure_stops_the_iteration),
	    SIMULATION_TEST(a_failure_can_be_ignored),
	    SIMULATION_TEST(the_scenario_sets_the_action_after_a_failure),
	    SIMULATION_TEST(a_failure_may_stop_the_user),
	    SIMULATION_TEST(a_failure_may_stop_the_run),
	    SIMULATION_TEST(stop_does_not_fail),
	    SIMULATION_TEST(the_network_s_failures_have_classes),
	    SIMULATION_TEST(nothing_found_fails_the_request),
	    SIMULATION_TEST(a_default_is_used),
	    SIMULATION_TEST(groups_are_timed_without_think_and_with),
	    SIMULATION_TEST(groups_count_phases_only_for_a_threshold),
	    SIMULATION_TEST(calls_return),
	    SIMULATION_TEST(choose_selects_by_weight),
	    SIMULATION_TEST(no_pause_is_longer_than_ten_years),
	    SIMULATION_TEST(the_earliest_cut_wins),
	    SIMULATION_TEST(an_iteration_is_paced),
	    SIMULATION_TEST(a_failed_iteration_is_paced_too),
	    SIMULATION_TEST(a_pace_may_be_long),
	};

	return cmocka_run_group_tests_name("steps", tests, NULL, NULL);
}
