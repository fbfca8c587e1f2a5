/* In virtual time: a request that is sent again, what for, when, and what is counted of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "simulation.h"

#define MS NS_PER_MS
#define S  NS_PER_S

#define EVERYTHING (RETRY_TIMEOUT | RETRY_CONNECT | RETRY_5XX | RETRY_EXPECT | RETRY_EXTRACT)

/* Answers FIRST to the first BAD sends, each after 10 ms, then 200 after 30 ms. */
struct server {
	struct fake_response first;
	unsigned bad;
	ns_t at[16];
	unsigned count;
};

static struct fake_response serve(void *owner, const struct fake_request *request)
{
	struct server *server = owner;

	if (server->count < sizeof server->at / sizeof server->at[0])
		server->at[server->count] = request->at - SIMULATION_START;
	if (server->count++ >= server->bad)
		return (struct fake_response){.latency = 30 * MS, .body = "good"};
	server->first.latency = 10 * MS;
	return server->first;
}

static struct request_plan *visit(struct simulation *sim, struct server *server, unsigned when)
{
	struct request_plan *r;

	tiny_scenario(&sim->tiny, "Visit", 1);
	r = tiny_request(&sim->tiny, "GET", "http://shop/v");
	r->retry = (struct retry_plan){.times = 2, .when = when, .delay = 50 * MS};
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = serve;
	sim->owner = server;
	return r;
}

static const struct series_counts *all(const struct simulation *sim)
{
	return &sim->summary.all.counts;
}

static void the_pause_begins_with_the_response(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.first = {.status = 500}, .bad = 2};

	visit(sim, &server, RETRY_5XX);
	simulation_run(sim);
	assert_int_equal(server.count, 3);
	assert_int_equal(server.at[1], 60 * MS);
	assert_int_equal(server.at[2], 120 * MS);
	assert_int_equal(all(sim)->started, 1);
	assert_int_equal(all(sim)->ok, 1);
	assert_int_equal(all(sim)->retries, 2);
	/* From the first send to the last answer, pauses and all. */
	assert_int_equal(sim->summary.all.times[TIME_response].m.max_ns, 150 * MS);
	assert_int_equal(sim->summary.all.times[TIME_service].m.max_ns, 150 * MS);
	assert_int_equal(sim->summary.all.status[recorder_status_slot(200)], 1);
	assert_int_equal(sim->summary.failure_count, 0);
}

static void no_more_often_than_told(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.first = {.status = 503}, .bad = 100};

	visit(sim, &server, RETRY_5XX);
	simulation_run(sim);
	assert_int_equal(server.count, 3);
	assert_int_equal(all(sim)->retries, 2);
	assert_int_equal(all(sim)->failed[FAILURE_status], 1);
	assert_int_equal(sim->summary.failures[0].count, 1);
}

/* What is answered so is sent again for WHEN, and for nothing else. */
static void only_for(struct fake_response response, unsigned when)
{
	for (int all_else = 0; all_else < 2; all_else++) {
		struct simulation sim;
		struct server server = {.first = response, .bad = 1};

		simulation_init(&sim);
		visit(&sim, &server, all_else ? EVERYTHING & ~when : when);
		simulation_run(&sim);
		if (server.count != (all_else || !when ? 1 : 2))
			fail_msg("result %d, status %d: %u sends", (int)response.result,
				 response.status, server.count);
		simulation_release(&sim);
	}
}

static void each_failure_has_its_reason(void **state)
{
	(void)state;
	only_for((struct fake_response){.status = 500}, RETRY_5XX | RETRY_EXPECT);
	only_for((struct fake_response){.status = 599}, RETRY_5XX | RETRY_EXPECT);
	only_for((struct fake_response){.status = 499}, RETRY_EXPECT);
	only_for((struct fake_response){.status = 404}, RETRY_EXPECT);
	only_for((struct fake_response){.result = HTTP_TIMEOUT}, RETRY_TIMEOUT);
	only_for((struct fake_response){.result = HTTP_TIMEOUT_CONNECT},
		 RETRY_TIMEOUT | RETRY_CONNECT);
	only_for((struct fake_response){.result = HTTP_DNS}, RETRY_CONNECT);
	only_for((struct fake_response){.result = HTTP_CONNECT}, RETRY_CONNECT);
	only_for((struct fake_response){.result = HTTP_TLS}, RETRY_CONNECT);
	only_for((struct fake_response){.result = HTTP_RESET}, RETRY_CONNECT);
	only_for((struct fake_response){.result = HTTP_TRUNCATED}, RETRY_CONNECT);
	only_for((struct fake_response){.result = HTTP_PROTOCOL}, 0);
	only_for((struct fake_response){.result = HTTP_BODY_MAX}, 0);
	only_for((struct fake_response){.result = HTTP_NO_FILES}, 0);
	only_for((struct fake_response){.result = HTTP_NO_PORTS}, 0);
}

static enum expect_outcome is_good(const void *plan, const struct response *response,
				   const struct value *rendered, struct scratch *scratch)
{
	(void)plan;
	(void)rendered;
	(void)scratch;
	return str_eq(response->body, STR("good")) ? EXPECT_PASSED : EXPECT_FAILED;
}

static void say_bad(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	(void)plan;
	(void)response;
	(void)rendered;
	buf_add(out, STR("it is bad"));
}

/* What did not hold of an answer that was given up is not counted. */
static void expectations_are_of_the_last_response(void **state)
{
	static const struct expect_kind good = {
	    .name = "good", .needs = NEEDS_BODY, .check = is_good, .explain = say_bad};
	struct simulation *sim = *state;
	struct server server = {.first = {.body = "bad"}, .bad = 1};
	struct tiny *t = &sim->tiny;

	visit(sim, &server, RETRY_EXPECT);
	t->expects[t->p.expect_count++] = (struct expect_plan){.kind = &good};
	/* REQUEST, EXPECT, REQUEST_END, END */
	t->p.code_count = 1;
	tiny_op(t, OP_EXPECT, 0, 0, 0);
	t->code[0].b = tiny_op(t, OP_REQUEST_END, 0, 0, 0);
	tiny_op(t, OP_END, 0, 0, 0);
	simulation_run(sim);
	assert_int_equal(server.count, 2);
	assert_int_equal(all(sim)->ok, 1);
	assert_int_equal(all(sim)->retries, 1);
	assert_int_equal(all(sim)->expect_failures, 0);
}

/* The send that was waited for never was one. */
static void given_up_in_the_pause(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.first = {.status = 500}, .bad = 100};

	visit(sim, &server, RETRY_5XX);
	sim->stop_at = 40 * MS;
	simulation_run(sim);
	assert_int_equal(server.count, 1);
	assert_int_equal(all(sim)->started, 1);
	assert_int_equal(all(sim)->cut_off, 1);
	assert_int_equal(all(sim)->retries, 0);
	assert_int_equal(sim->duration, 40 * MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SIMULATION_TEST(the_pause_begins_with_the_response),
	    SIMULATION_TEST(no_more_often_than_told),
	    cmocka_unit_test(each_failure_has_its_reason),
	    SIMULATION_TEST(expectations_are_of_the_last_response),
	    SIMULATION_TEST(given_up_in_the_pause),
	};

	return cmocka_run_group_tests_name("retries", tests, NULL, NULL);
}
