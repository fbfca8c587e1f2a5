/* Setup, teardown, before_user and after_user in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simulation.h"

#define MS NS_PER_MS
#define S  NS_PER_S

/* The requests that the server received, one letter per request: the last letter of the path. */
struct seen {
	char letters[256];
	size_t count;
	char failing; /* the response to this one is 500 */
};

static struct fake_response note(void *owner, const struct fake_request *request)
{
	struct seen *seen = owner;
	char letter = request->url.ptr[request->url.len - 1];

	if (seen->count < sizeof seen->letters - 1)
		seen->letters[seen->count++] = letter;
	return (struct fake_response){.latency = 10 * MS,
				      .status = letter == seen->failing ? 500 : 200,
				      .body = letter == 's' ? "from setup" : "from user"};
}

static void part(struct simulation *sim, enum fixture_kind which, const char *url, uint32_t slot)
{
	sim->tiny.p.fixture[which] = sim->tiny.p.code_count;
	tiny_request_keeping(&sim->tiny, "GET", url, slot)->unmeasured = true;
	sim->tiny.series[sim->tiny.p.series_count - 1].unmeasured = true;
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
}

/* s t b a before and after v, which overwrites the value of before_user in slot 1. */
static void all_parts(struct simulation *sim, struct seen *seen)
{
	static const uint32_t slots[] = {0, 1};
	static const struct renewal_plan renewals[] = {
	    {.fixture = FIXTURE_SETUP, .slots = &slots[0], .slot_count = 1},
	    {.fixture = FIXTURE_BEFORE_USER, .slots = &slots[1], .slot_count = 1}};

	tiny_scenario(&sim->tiny, "Visit", 1);
	tiny_request_keeping(&sim->tiny, "GET", "http://shop/v", 2);
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	part(sim, FIXTURE_SETUP, "http://shop/s", 0);
	part(sim, FIXTURE_BEFORE_USER, "http://shop/b", 1);
	part(sim, FIXTURE_AFTER_USER, "http://shop/a", SLOT_NONE);
	part(sim, FIXTURE_TEARDOWN, "http://shop/t", SLOT_NONE);
	sim->tiny.p.renewals = renewals;
	sim->tiny.p.renewal_count = 2;
	sim->serve = note;
	sim->owner = seen;
}

static uint64_t unmeasured(const struct simulation *sim, enum unmeasured_kind kind)
{
	return sim->summary.run.unmeasured[kind];
}

/* All requests that the server received are counted. */
static void accounts_hold(const struct simulation *sim)
{
	uint64_t sum = sim->summary.all.counts.started;

	for (int i = 0; i < UNMEASURED_KIND_COUNT; i++)
		sum += sim->summary.run.unmeasured[i];
	assert_int_equal(simulation_sent(sim), sum);
}

static void fixtures_run_in_order(void **state)
{
	struct simulation *sim = *state;
	struct seen seen = {.failing = 0};

	all_parts(sim, &seen);
	sim->settings.load.users = 1;
	sim->settings.load.iterations = 3;
	simulation_run(sim);
	assert_string_equal(seen.letters, "sbvvvat");
	assert_int_equal(sim->summary.all.counts.ok, 3);
	assert_int_equal(unmeasured(sim, UNMEASURED_setup), 1);
	assert_int_equal(unmeasured(sim, UNMEASURED_before_user), 1);
	assert_int_equal(unmeasured(sim, UNMEASURED_after_user), 1);
	assert_int_equal(unmeasured(sim, UNMEASURED_teardown), 1);
	assert_int_equal(sim->summary.all.times[TIME_response].m.count, 3);
	assert_int_equal(sim->summary.iterations.counts.ok, 3);
	assert_int_equal(sim->summary.users_max, 1);
	accounts_hold(sim);
}

static void users_are_each_performed_around(void **state)
{
	struct simulation *sim = *state;
	struct seen seen = {.failing = 0};

	all_parts(sim, &seen);
	sim->settings.load.users = 5;
	sim->settings.load.total_iterations = 20;
	simulation_run(sim);
	assert_int_equal(sim->summary.all.counts.ok, 20);
	assert_int_equal(unmeasured(sim, UNMEASURED_before_user), 5);
	assert_int_equal(unmeasured(sim, UNMEASURED_after_user), 5);
	accounts_hold(sim);
}

static void an_arrival_has_one_iteration(void **state)
{
	struct simulation *sim = *state;
	struct seen seen = {.failing = 0};

	all_parts(sim, &seen);
	sim->settings.load.arrivals = 1;
	sim->settings.load.duration = 3 * S;
	simulation_run(sim);
	assert_string_equal(seen.letters, "sbvabvabvat");
	accounts_hold(sim);
}

/* The scheduled start of the first measured request is the end of before_user. */
static void before_user_is_in_no_response_time(void **state)
{
	struct simulation *sim = *state;
	struct seen seen = {.failing = 0};

	all_parts(sim, &seen);
	sim->settings.load.arrivals = 1;
	sim->settings.load.duration = 1 * S;
	simulation_run(sim);
	assert_int_equal(sim->summary.all.times[TIME_response].m.max_ns, 10 * MS);
	assert_int_equal(sim->summary.iterations.times[TIME_elapsed].m.max_ns, 10 * MS);
}

static void a_failed_setup_keeps_users_away(void **state)
{
	struct simulation *sim = *state;
	struct seen seen = {.failing = 's'};

	all_parts(sim, &seen);
	simulation_run(sim);
	assert_string_equal(seen.letters, "st");
	assert_true(sim->shared.setup_failed);
	assert_int_equal(sim->shared.setup_class, FAILURE_status);
	assert_int_equal(sim->summary.failure_count, 1);
	assert_int_equal(sim->summary.all.counts.started, 0);
	accounts_hold(sim);
}

static void an_ignored_failure_does_not_fail_setup(void **state)
{
	struct simulation *sim = *state;
	struct seen seen = {.failing = 's'};

	all_parts(sim, &seen);
	sim->tiny.requests[1].on_failure = FAILURE_CONTINUE;
	simulation_run(sim);
	assert_string_equal(seen.letters, "sbvat");
	assert_false(sim->shared.setup_failed);
}

static void a_failed_before_user_stops_that_user(void **state)
{
	struct simulation *sim = *state;
	struct seen seen = {.failing = 'b'};

	all_parts(sim, &seen);
	sim->settings.load.users = 2;
	sim->settings.load.iterations = 2;
	simulation_run(sim);
	assert_string_equal(seen.letters, "sbbaat");
	assert_int_equal(sim->summary.run.users_failed, 2);
	assert_int_equal(sim->summary.iterations.counts.started, 0);
	accounts_hold(sim);
}

/* Slot 0 of setup and slot 1 of before_user are set in each iteration; slot 2 is local to it. */
static void values_live_as_long_as_they_should(void **state)
{
	struct simulation *sim = *state;
	struct seen seen = {.failing = 0};
	const struct value *values;

	all_parts(sim, &seen);
	simulation_run(sim);
	values = sim->shared.renewals[0].current->values;
	assert_int_equal(values[0].type, VALUE_TEXT);
	assert_true(str_eq(values[0].text, STR("from setup")));
	/* after_user was the last to use them, in the slots of the only user. */
	values = sim->workers[0].users.free_users->renewals[1].own;
	assert_true(str_eq(values[0].text, STR("from user")));
}

static void a_stop_still_runs_after_user_and_teardown(void **state)
{
	struct simulation *sim = *state;
	struct seen seen = {.failing = 0};

	all_parts(sim, &seen);
	sim->settings.load.users = 1;
	sim->settings.load.duration = 100 * S;
	sim->stop_at = 36 * MS;
	simulation_run(sim);
	assert_string_equal(seen.letters, "sbvvat");
	accounts_hold(sim);
}

static void a_cut_runs_no_further_steps_of_users(void **state)
{
	struct simulation *sim = *state;
	struct seen seen = {.failing = 0};

	all_parts(sim, &seen);
	sim->settings.load.users = 1;
	sim->settings.load.duration = 100 * S;
	sim->abort_at = 36 * MS;
	simulation_run(sim);
	assert_true(seen.count >= 4 && strncmp(seen.letters, "sbvv", 4) == 0);
	assert_int_equal(unmeasured(sim, UNMEASURED_after_user), 0);
	accounts_hold(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SIMULATION_TEST(fixtures_run_in_order),
	    SIMULATION_TEST(users_are_each_performed_around),
	    SIMULATION_TEST(an_arrival_has_one_iteration),
	    SIMULATION_TEST(before_user_is_in_no_response_time),
	    SIMULATION_TEST(a_failed_setup_keeps_users_away),
	    SIMULATION_TEST(an_ignored_failure_does_not_fail_setup),
	    SIMULATION_TEST(a_failed_before_user_stops_that_user),
	    SIMULATION_TEST(values_live_as_long_as_they_should),
	    SIMULATION_TEST(a_stop_still_runs_after_user_and_teardown),
	    SIMULATION_TEST(a_cut_runs_no_further_steps_of_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
