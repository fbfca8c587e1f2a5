/* Retries in virtual time: which failures are retried, when, and how sends are counted. */
#include "compiled.h"

#include <string.h>

#include "base/log.h"
#include "simulation.h"

#define MS NS_PER_MS
#define S  NS_PER_S

#define EVERYTHING (RETRY_TIMEOUT | RETRY_CONNECT | RETRY_5XX | RETRY_EXPECT | RETRY_EXTRACT)

/* Responds with FIRST to the first BAD sends, each after 10 ms, then with 200 after 30 ms. */
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

static void the_pause_begins_with_the_response(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.first = {.status = 500}, .bad = 2};

	visit(sim, &server, RETRY_5XX);
	simulation_run(sim);
	assert_int_equal(server.count, 3);
	assert_int_equal(server.at[1], 60 * MS);
	assert_int_equal(server.at[2], 120 * MS);
	assert_int_equal(simulation_all(sim)->started, 1);
	assert_int_equal(simulation_all(sim)->ok, 1);
	assert_int_equal(simulation_all(sim)->retries, 2);
	/* From the first send to the last response, including the pauses. */
	assert_int_equal(sim->summary.all.times[TIME_response].m.max_ns, 150 * MS);
	assert_int_equal(sim->summary.all.times[TIME_service].m.max_ns, 150 * MS);
	assert_int_equal(sim->summary.all.status[recorder_status_slot(200)], 1);
	assert_int_equal(sim->summary.failure_count, 0);
}

/* The delays between the sends of a visit whose retries have PLAN; each response takes 10 ms. */
static void delays_are(struct retry_plan plan, const char *headers, const ns_t *delays,
		       unsigned count)
{
	struct simulation sim;
	struct server server = {.first = {.status = 429, .headers = headers}, .bad = count};
	static const struct status_range limited = {429, 429};
	ns_t sum = 0;

	simulation_init(&sim);
	plan.times = count;
	plan.statuses = &limited;
	plan.status_count = 1;
	visit(&sim, &server, 0)->retry = plan;
	simulation_run(&sim);
	assert_int_equal(server.count, count + 1);
	for (unsigned i = 0; i < count; i++) {
		ns_t delay = server.at[i + 1] - server.at[i] - 10 * MS;

		if (delay != delays[i])
			fail_msg("delay %u: %g ms, not %g ms", i, (double)delay / MS,
				 (double)delays[i] / MS);
		sum += delay;
	}
	assert_int_equal(simulation_all(&sim)->ok, 1);
	assert_int_equal(sim.summary.all.times[TIME_retry_wait].m.count, sum > 0);
	if (sum)
		assert_int_equal(sim.summary.all.times[TIME_retry_wait].m.max_ns, sum);
	simulation_release(&sim);
}

static void delays_grow_up_to_a_maximum(void **state)
{
	const ns_t same[] = {50 * MS, 50 * MS}, twice[] = {50 * MS, 100 * MS, 200 * MS, 400 * MS},
		   limited[] = {50 * MS, 100 * MS, 120 * MS, 120 * MS};

	(void)state;
	delays_are((struct retry_plan){.delay = 50 * MS}, NULL, same, 2);
	delays_are((struct retry_plan){.delay = 50 * MS, .factor = 2}, NULL, twice, 4);
	delays_are((struct retry_plan){.delay = 50 * MS, .factor = 2, .max_delay = 120 * MS}, NULL,
		   limited, 4);
}

/* Seconds, or a date by the clock of the server; anything else is as if there were no header. */
static void the_server_may_ask_for_a_delay(void **state)
{
	static const struct {
		const char *headers;
		ns_t delay;
	} cases[] = {
	    {"Retry-After: 3\r\n", 3 * S},
	    {"retry-after:  0 \r\n", 0},
	    {"Retry-After: 99999999999\r\n", 7 * S},
	    {"Retry-After: 7200\r\n", 7 * S},
	    {"Date: Tue, 01 Dec 2026 10:00:00 GMT\r\n"
	     "Retry-After: Tue, 01 Dec 2026 10:00:05 GMT\r\n",
	     5 * S},
	    {"Date: Tue, 01 Dec 2026 10:00:00 GMT\r\n"
	     "Retry-After: Tue, 01 Dec 2026 09:00:00 GMT\r\n",
	     0},
	    {"Retry-After: soon\r\n", 50 * MS},
	    {"Retry-After: -1\r\n", 50 * MS},
	    {"X-Other: 3\r\n", 50 * MS},
	    {NULL, 50 * MS},
	};
	struct retry_plan plan = {.delay = 50 * MS, .max_delay = 7 * S};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const ns_t fixed = 50 * MS;

		plan.retry_after = true;
		delays_are(plan, cases[i].headers, &cases[i].delay, 1);
		plan.retry_after = false;
		delays_are(plan, cases[i].headers, &fixed, 1);
	}
}

/* The delay before the first retry of each of 200 iterations; each response takes 10 ms. */
static void spread_of(struct retry_plan plan, const char *headers, ns_t *low, ns_t *high)
{
	struct simulation sim;
	struct server server = {.first = {.status = 500, .headers = headers}, .bad = 2};

	*low = NS_NEVER;
	*high = 0;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		simulation_init(&sim);
		server.count = 0;
		plan.times = 2;
		plan.when = RETRY_5XX;
		visit(&sim, &server, 0)->retry = plan;
		sim.settings.seed = seed;
		simulation_run(&sim);
		ns_t delay = server.at[1] - server.at[0] - 10 * MS;

		*low = delay < *low ? delay : *low;
		*high = delay > *high ? delay : *high;
		simulation_release(&sim);
	}
}

static void jitter_spreads_delays(void **state)
{
	struct retry_plan plan = {.delay = 100 * MS, .jitter = 0.2};
	ns_t low, high;

	(void)state;
	spread_of(plan, NULL, &low, &high);
	assert_true(low >= 80 * MS && low < 84 * MS && high > 116 * MS && high <= 120 * MS);
	/* Never more than the maximum, but still spread. */
	plan.max_delay = 100 * MS;
	spread_of(plan, NULL, &low, &high);
	assert_true(low >= 66 * MS && low < 70 * MS && high > 96 * MS && high <= 100 * MS);
	/* Never earlier than the server asked for. */
	plan = (struct retry_plan){.jitter = 0.2, .retry_after = true};
	spread_of(plan, "Retry-After: 1\r\n", &low, &high);
	assert_true(low >= S && low < 1020 * MS && high > 1180 * MS && high <= 1200 * MS);
}

/* Only failed requests are retried, and only for a status in the list. */
static void statuses_are_retried_if_they_are_in_the_list(void **state)
{
	static const struct status_range list[] = {{400, 499}, {302, 302}};

	(void)state;
	for (int status = 404; status <= 503; status += 99) {
		struct simulation sim;
		struct server server = {.first = {.status = status}, .bad = 1};
		struct request_plan *r;

		simulation_init(&sim);
		r = visit(&sim, &server, 0);
		r->retry.statuses = list;
		r->retry.status_count = 2;
		simulation_run(&sim);
		assert_int_equal(server.count, status == 404 ? 2 : 1);
		simulation_release(&sim);
	}
}

static void not_more_often_than_configured(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.first = {.status = 503}, .bad = 100};

	visit(sim, &server, RETRY_5XX);
	simulation_run(sim);
	assert_int_equal(server.count, 3);
	assert_int_equal(simulation_all(sim)->retries, 2);
	assert_int_equal(simulation_all(sim)->failed[FAILURE_status], 1);
	assert_int_equal(sim->summary.failures[0].count, 1);
}

/* Such a response is retried for WHEN, and for no other value. */
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

/* Failed expectations of a discarded response are not counted. */
static void expectations_check_the_last_response(void **state)
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
	assert_int_equal(simulation_all(sim)->ok, 1);
	assert_int_equal(simulation_all(sim)->retries, 1);
	assert_int_equal(simulation_all(sim)->expect_failures, 0);
}

/* The retry was never sent. */
static void given_up_in_the_pause(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.first = {.status = 500}, .bad = 100};

	visit(sim, &server, RETRY_5XX);
	sim->stop_at = 40 * MS;
	simulation_run(sim);
	assert_int_equal(server.count, 1);
	assert_int_equal(simulation_all(sim)->started, 1);
	assert_int_equal(simulation_all(sim)->cut_off, 1);
	assert_int_equal(simulation_all(sim)->retries, 0);
	assert_int_equal(sim->duration, 40 * MS);
}

/* ---- attempts that are never sent */

struct tap_count {
	unsigned responses, unsent;
};

static void count_redirect(void *owner, uint64_t user, const struct exchange *x)
{
	(void)owner;
	(void)x;
	(void)user;
	fail_msg("there is no redirect");
}

static void count_request(void *owner, const struct run_tap_request *request)
{
	struct tap_count *count = owner;

	assert_int_equal(request->request, 0);
	assert_int_equal(request->user, 1);
	assert_int_equal(request->iteration, 1);
	assert_true(request->failed);
	assert_true(request->failure.len > 0);
	if (request->last)
		count->responses++;
	else
		count->unsent++;
}

static void keep_line(void *owner, struct str line)
{
	buf_add(owner, line);
}

static unsigned count_lines_with(const struct buf *text, const char *word)
{
	unsigned count = 0;

	for (size_t at = 0; (at = str_find(buf_str(text), str_of(word), at)) != NOT_FOUND; at++)
		count++;
	return count;
}

/* Runs SCENARIO, whose first attempt gets 503 and whose second cannot be sent: CLASS. */
static void check_second_attempt(const char *scenario, enum failure_class class)
{
	struct server server = {.first = {.status = 503, .body = "busy"}, .bad = 100};
	struct tap_count taps = {.responses = 0};
	struct run_tap tap = {.owner = &taps, .redirect = count_redirect, .request = count_request};
	struct buf log;
	struct log_sink sink = {.owner = &log, .line = keep_line};
	struct compiled c;
	struct simulation sim;

	compiled_init(&c, scenario);
	if (!c.program)
		fail_msg("%s", c.text.data);
	simulation_init(&sim);
	sim.settings.program = c.program;
	sim.settings.load = c.program->model->load;
	sim.settings.tap = &tap;
	sim.serve = serve;
	sim.owner = &server;
	buf_init(&log, 0);
	log_set_sink(&sink);
	log_set_level(LOG_TRACE);
	simulation_run(&sim);
	log_set_level(LOG_NORMAL);
	log_set_sink(NULL);
	assert_int_equal(server.count, 1);
	assert_int_equal(taps.responses, 1);
	assert_int_equal(taps.unsent, 1);
	assert_int_equal(simulation_all(&sim)->started, 1);
	assert_int_equal(simulation_all(&sim)->failed[class], 1);
	assert_int_equal(recorder_series_counts_failed(simulation_all(&sim)), 1);
	/* Sends are requests plus retries: the server's count. */
	assert_int_equal(simulation_all(&sim)->retries, 0);
	/* No response belongs to the last attempt: neither a status nor a time of one is counted.
	 */
	assert_null(sim.summary.all.status);
	assert_int_equal(sim.summary.all.times[TIME_failed].m.max_ns, 10 * MS);
	/* One exchange, with its body, is shown: the one that took place. */
	assert_int_equal(count_lines_with(&log, "→"), 1);
	assert_int_equal(count_lines_with(&log, "busy"), 1);
	buf_release(&log);
	simulation_release(&sim);
	compiled_release(&c);
}

static void a_retry_that_cannot_be_rendered_is_not_sent(void **state)
{
	(void)state;
	check_second_attempt("target: http://shop\n"
			     "load: {users: 1, iterations: 1}\n"
			     "steps:\n"
			     "  - get: /err?a=${1/(response.status-503)}\n"
			     "    retry: {times: 2, when: 5xx}\n",
			     FAILURE_expression);
}

static void a_retry_to_a_blocked_host_is_not_sent(void **state)
{
	(void)state;
	check_second_attempt("target: http://shop\n"
			     "load: {users: 1, iterations: 1}\n"
			     "steps:\n"
			     "  - get: \"http://shop${response.status or ''}/\"\n"
			     "    retry: {times: 2, when: 5xx}\n",
			     FAILURE_blocked_host);
}

static struct fake_response fail_first_branch(void *owner, const struct fake_request *request)
{
	struct server *server = owner;

	server->count++;
	if (str_ends(request->url, STR("/0")))
		return (struct fake_response){.latency = 10 * MS, .status = 503};
	return (struct fake_response){.latency = 100 * MS};
}

/* The retry waits for the connection that the other branch uses. */
static void a_retry_aborted_in_the_queue_is_not_sent(void **state)
{
	struct simulation *sim = *state;
	struct server server = {.count = 0};
	struct request_plan *first;

	tiny_scenario(&sim->tiny, "Visit", 1);
	sim->tiny.model.defaults.connections.per_host = 1;
	first = tiny_parallel(&sim->tiny, 2, 2, SLOT_NONE);
	first->retry = (struct retry_plan){.times = 2, .when = RETRY_5XX};
	tiny_op(&sim->tiny, OP_END, 0, 0, 0);
	sim->serve = fail_first_branch;
	sim->owner = &server;
	sim->abort_at = 50 * MS;
	simulation_run(sim);
	assert_int_equal(server.count, 2);
	assert_int_equal(simulation_all(sim)->started, 2);
	assert_int_equal(simulation_all(sim)->cut_off, 2);
	assert_int_equal(simulation_all(sim)->retries, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SIMULATION_TEST(the_pause_begins_with_the_response),
	    SIMULATION_TEST(not_more_often_than_configured),
	    cmocka_unit_test(delays_grow_up_to_a_maximum),
	    cmocka_unit_test(the_server_may_ask_for_a_delay),
	    cmocka_unit_test(jitter_spreads_delays),
	    cmocka_unit_test(statuses_are_retried_if_they_are_in_the_list),
	    cmocka_unit_test(each_failure_has_its_reason),
	    SIMULATION_TEST(expectations_check_the_last_response),
	    SIMULATION_TEST(given_up_in_the_pause),
	    cmocka_unit_test(a_retry_that_cannot_be_rendered_is_not_sent),
	    cmocka_unit_test(a_retry_to_a_blocked_host_is_not_sent),
	    SIMULATION_TEST(a_retry_aborted_in_the_queue_is_not_sent),
	};

	return cmocka_run_group_tests_name("retries", tests, NULL, NULL);
}
