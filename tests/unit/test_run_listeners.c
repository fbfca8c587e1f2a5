/* Streams of events beside a visit, in virtual time: waits, types, the end, opening again, counts.
 */
#include "scenario_rig.h"

#include <string.h>

#define MS NS_PER_MS

#define SSE    "Content-Type: text/event-stream\r\n"
#define NDJSON "Content-Type: application/x-ndjson\r\n"

/* The server of a test: one row for each request to /events, the last one for all others. */
struct row {
	const char *headers;
	int status;
	enum http_result result;
	ns_t ends; /* 0: after an hour */
	struct fake_piece pieces[6];
};

struct server {
	struct simulation sim;
	const struct row *rows;
	size_t row_count, requests;
	struct buf log; /* the values of Last-Event-ID: "-;2;" */
	ns_t at[8];	/* of the requests to /events */
};

static void log_id(struct server *s, const struct exchange *x)
{
	struct str lines = buf_str(&x->header_text);
	size_t at = str_find(lines, STR("Last-Event-ID: "), 0);

	if (at == NOT_FOUND)
		buf_add_char(&s->log, '-');
	else
		buf_add(&s->log, str_of(lines.ptr + at + strlen("Last-Event-ID: ")));
	buf_add_char(&s->log, ';');
}

static struct fake_response serve(void *owner, const struct fake_request *request)
{
	struct server *s = owner;
	const struct row *row;
	struct fake_response response = {.latency = 5 * MS};

	if (str_find(request->url, STR("/events"), 0) == NOT_FOUND)
		return response;
	row = &s->rows[s->requests < s->row_count ? s->requests : s->row_count - 1];
	log_id(s, request->exchange);
	if (s->requests < 8)
		s->at[s->requests] = request->at;
	s->requests++;
	response.headers = row->headers ? row->headers : SSE;
	response.status = row->status;
	response.result = row->result;
	response.latency = row->ends ? row->ends : 3600 * NS_PER_S;
	response.pieces = row->pieces;
	while (response.piece_count < 6 && row->pieces[response.piece_count].text)
		response.piece_count++;
	return response;
}

static int set_up(void **state)
{
	struct server *s = calloc(1, sizeof *s);

	assert_non_null(s);
	simulation_init(&s->sim);
	s->sim.serve = serve;
	s->sim.owner = s;
	s->sim.latency = 0;
	buf_init(&s->log, 0);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct server *s = *state;

	buf_release(&s->log);
	free(s);
	return 0;
}

static void run_file(struct server *s, struct compiled *c, const struct row *rows, size_t count,
		     const char *steps)
{
	s->rows = rows;
	s->row_count = count;
	scenario_rig_run(&s->sim, c, SCENARIO_RIG_HEAD, steps);
	assert_int_equal(s->sim.summary.run.sockets_opened, s->sim.summary.run.sockets_closed);
}

static void counted(const struct server *s, unsigned received, unsigned unmatched)
{
	const struct run_counts *run = &s->sim.summary.run;

	assert_int_equal(run->messages_sent, 0);
	assert_int_equal(run->messages_received, received);
	assert_int_equal(run->messages_unmatched, unmatched);
}

static void asked_with(const struct server *s, const char *ids)
{
	if (!str_eq(buf_str(&s->log), str_of(ids)))
		fail_msg("the requests had '%.*s', not '%s'", STR_ARG(buf_str(&s->log)), ids);
}

static const struct series_counts *all(const struct server *s)
{
	return &s->sim.summary.all.counts;
}

/* ---- waits */

static void events_are_messages(void **state)
{
	static const struct row rows[] = {
	    {.pieces = {{20 * MS, "data: {\"id\":1}\n\n"},
			{100 * MS, "event: order\ndata: {\"id\""},
			{150 * MS, ":2}\n\n: ping\n"},
			{200 * MS, "event: news\ndata: {\"id\":3}\n\n"},
			{300 * MS, "event: order\ndata: {\"id\":4}\n\n"}}}};
	struct server *s = *state;
	struct compiled c;

	run_file(s, &c, rows, 1,
		 "steps:\n"
		 "  - listen: /events\n"
		 "  - wait_for: {event: order}\n"
		 "    extract: {id: {jsonpath: $.id}}\n"
		 "  - if: \"${id == 2}\"\n"
		 "    then:\n"
		 "      - think: 130ms\n"
		 "      - wait_for: {event: order, jsonpath: {$.id: 4}}\n");
	counted(s, 4, 2);
	assert_int_equal(all(s)->started, 3);
	assert_int_equal(all(s)->ok, 3);
	/* The stream begins after 20 ms; its first order ends at 150 ms; the second wait begins at
	 * 280 ms. */
	assert_int_equal(s->sim.summary.all.times[TIME_handshake].m.max_ns, 20 * MS);
	assert_int_equal(s->sim.summary.all.times[TIME_message].m.max_ns, 130 * MS);
	assert_int_equal(s->sim.summary.all.times[TIME_message].m.min_ns, 20 * MS);
	/* All bytes of the body. */
	assert_int_equal(all(s)->bytes_received, 16 + 32 + 28 + 33);
	assert_int_equal(s->sim.summary.run.sockets_opened, 1);
	scenario_rig_release(&s->sim, &c);
}

static void lines_are_messages(void **state)
{
	static const struct row rows[] = {
	    {.headers = NDJSON,
	     .ends = 200 * MS,
	     .pieces = {{20 * MS, "{\"a\":1}\n{\"a\""}, {60 * MS, ":2}\n\n{\"a\":3}"}}}};
	struct server *s = *state;
	struct compiled c;

	run_file(s, &c, rows, 1,
		 "steps:\n"
		 "  - listen: /events\n"
		 "    as: ndjson\n"
		 "  - wait_for: {jsonpath: {$.a: 2}}\n"
		 "  - wait_for: {jsonpath: {$.a: 3}}\n"
		 "  - wait_for: {}\n");
	counted(s, 3, 1);
	assert_int_equal(all(s)->ok, 3);
	scenario_rig_failed(&s->sim, 0, FAILURE_closed,
			    "the stream has ended: the server ended it");
	scenario_rig_release(&s->sim, &c);
}

static void a_rule_removes_events(void **state)
{
	static const struct row rows[] = {
	    {.pieces = {{20 * MS, "event: ping\ndata: a\n\ndata: b\n\n"}}}};
	struct server *s = *state;
	struct compiled c;

	run_file(s, &c, rows, 1,
		 "steps:\n"
		 "  - listen: /events\n"
		 "    socket: news\n"
		 "    on_message: {when: {event: ping}}\n"
		 "  - wait_for: {}\n"
		 "    socket: news\n"
		 "    extract: {got: {regex: \"(.*)\"}}\n"
		 "  - if: \"${got == 'b'}\"\n"
		 "    then: [{get: /right}]\n"
		 "  - close: 1000\n");
	counted(s, 2, 0);
	assert_int_equal(all(s)->ok, 3);
	scenario_rig_release(&s->sim, &c);
}

static void events_that_arrive_with_the_head_are_kept(void **state)
{
	static const struct row rows[] = {
	    {.ends = 20 * MS, .pieces = {{20 * MS, "data: a\n\n"}, {20 * MS, "data: b\n\n"}}}};
	struct server *s = *state;
	struct compiled c;

	run_file(s, &c, rows, 1,
		 "steps:\n"
		 "  - listen: /events\n"
		 "  - think: 1s\n"
		 "  - {wait_for: {body: a}}\n"
		 "  - {wait_for: {body: b}}\n");
	counted(s, 2, 0);
	assert_int_equal(all(s)->ok, 3);
	assert_int_equal(s->sim.summary.failure_count, 0);
	scenario_rig_release(&s->sim, &c);
}

/* ---- openings that fail */

static void responses_of_other_types(void **state)
{
	static const struct {
		struct row row;
		enum failure_class class;
		const char *text;
	} cases[] = {
	    {{.status = 403, .ends = 5 * MS, .pieces = {{5 * MS, "no"}}},
	     FAILURE_status,
	     "HTTP 403"},
	    {{.headers = "Content-Type: text/html\r\n", .ends = 5 * MS, .pieces = {{5 * MS, "x"}}},
	     FAILURE_protocol,
	     "expected text/event-stream, got text/html"},
	    {{.headers = NDJSON, .ends = 5 * MS, .pieces = {{5 * MS, "x"}}},
	     FAILURE_protocol,
	     "expected text/event-stream, got application/x-ndjson"},
	    {{.pieces = {{20 * NS_PER_S, "data: late\n\n"}}},
	     FAILURE_timeout,
	     "no response within 1s"},
	    {{.result = HTTP_RESET, .ends = 5 * MS}, FAILURE_reset, ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct compiled c;
		struct server *s;

		assert_int_equal(set_up(state), 0);
		s = *state;
		run_file(s, &c, &cases[i].row, 1,
			 "steps:\n"
			 "  - {listen: /events, timeout: 1s}\n"
			 "  - wait_for: {}\n");
		scenario_rig_failed(&s->sim, 0, cases[i].class, cases[i].text);
		assert_int_equal(all(s)->started, 1);
		assert_int_equal(recorder_series_counts_failed(all(s)), 1);
		counted(s, 0, 0);
		scenario_rig_release(&s->sim, &c);
		tear_down(state);
	}
	*state = NULL;
}

static void a_large_event_closes_the_stream(void **state)
{
	static const struct row rows[] = {
	    {.pieces = {{20 * MS, "data: ok\n\n"}, {40 * MS, "data: 0123456789"}}}};
	struct server *s = *state;
	struct compiled c;

	run_file(s, &c, rows, 1,
		 "steps:\n"
		 "  - {listen: /events, message_limit: 10, reconnect: yes}\n"
		 "  - {wait_for: {body: ok}}\n"
		 "  - wait_for: {}\n");
	scenario_rig_failed(&s->sim, 0, FAILURE_closed, "an event is larger than message_limit");
	assert_int_equal(s->requests, 1);
	scenario_rig_release(&s->sim, &c);
}

/* ---- opening again */

static void a_stream_is_opened_again(void **state)
{
	static const struct row rows[] = {
	    {.ends = 100 * MS, .pieces = {{10 * MS, "id: 7\nretry: 500\ndata: a\n\n"}}},
	    {.result = HTTP_CONNECT, .ends = 10 * MS},
	    {.pieces = {{30 * MS, ": hello\n\n"}, {50 * MS, "data: b\n\n"}}}};
	struct server *s = *state;
	struct compiled c;

	run_file(s, &c, rows, 3,
		 "steps:\n"
		 "  - {listen: /events, reconnect: yes}\n"
		 "  - {wait_for: {body: b}}\n");
	asked_with(s, "-;7;7;");
	assert_int_equal(s->at[1] - s->at[0], 600 * MS);
	assert_int_equal(s->at[2] - s->at[1], 510 * MS);
	counted(s, 2, 1);
	/* Three openings and a wait. */
	assert_int_equal(all(s)->started, 4);
	assert_int_equal(all(s)->ok, 3);
	assert_int_equal(all(s)->failed[FAILURE_connect], 1);
	scenario_rig_failed(&s->sim, 0, FAILURE_connect, "the stream was not opened again");
	assert_int_equal(s->sim.summary.run.sockets_opened, 2);
	assert_int_equal(s->sim.summary.all.times[TIME_message].m.max_ns,
			 (600 + 510 + 50 - 10) * MS);
	scenario_rig_release(&s->sim, &c);
}

static void a_status_ends_the_attempts(void **state)
{
	static const struct row rows[] = {
	    {.ends = 100 * MS, .pieces = {{10 * MS, "data: a\n\n"}}},
	    {.status = 204, .ends = 10 * MS, .pieces = {{10 * MS, ""}}}};
	static const struct row refused[] = {
	    {.ends = 100 * MS, .pieces = {{10 * MS, "data: a\n\n"}}},
	    {.status = 503, .ends = 10 * MS, .pieces = {{10 * MS, ""}}}};
	static const char steps[] = "steps:\n"
				    "  - {listen: /events, reconnect: yes}\n"
				    "  - {wait_for: {body: b}}\n";
	struct server *s = *state;
	struct compiled c;

	run_file(s, &c, rows, 2, steps);
	scenario_rig_failed(&s->sim, 0, FAILURE_closed, "the server ended it (HTTP 204)");
	assert_int_equal(s->at[1] - s->at[0], 3100 * MS);
	assert_int_equal(all(s)->ok, 2);
	scenario_rig_release(&s->sim, &c);
	tear_down(state);
	assert_int_equal(set_up(state), 0);
	s = *state;
	run_file(s, &c, refused, 2, steps);
	scenario_rig_failed(&s->sim, 0, FAILURE_status,
			    "the stream was not opened again: HTTP 503");
	scenario_rig_failed(&s->sim, 1, FAILURE_closed, "it was not opened again: HTTP 503");
	scenario_rig_release(&s->sim, &c);
}

static void an_attempt_has_a_time_limit(void **state)
{
	static const struct row rows[] = {{.ends = 100 * MS, .pieces = {{10 * MS, "data: a\n\n"}}},
					  {.pieces = {{3600 * NS_PER_S, "data: late\n\n"}}}};
	struct server *s = *state;
	struct compiled c;

	run_file(s, &c, rows, 2,
		 "steps:\n"
		 "  - {listen: /events, reconnect: yes, timeout: 2s}\n"
		 "  - {wait_for: {body: b}, timeout: 9s}\n");
	scenario_rig_failed(&s->sim, 0, FAILURE_timeout, "no response within 2s");
	/* At 3.1 s, and 5 s after that; the second attempt is cut off by the end of the visit. */
	assert_int_equal(s->requests, 3);
	assert_int_equal(all(s)->failed[FAILURE_timeout], 2);
	assert_int_equal(all(s)->cut_off, 1);
	scenario_rig_release(&s->sim, &c);
}

/* ---- life */

static void a_kept_stream_lasts_as_long_as_the_user(void **state)
{
	static const struct row rows[] = {
	    {.pieces = {{10 * MS, "data: a\n\n"}, {600 * MS, "data: b\n\n"}}}};
	struct server *s = *state;
	struct compiled c;

	run_file(s, &c, rows, 1,
		 "before_user:\n"
		 "  - {listen: /events, socket: mine}\n"
		 "steps:\n"
		 "  - {listen: /events, socket: kept, keep: user}\n"
		 "  - {wait_for: {body: b}, socket: kept}\n");
	assert_int_equal(s->requests, 2);
	assert_int_equal(all(s)->started, 2);
	assert_int_equal(s->sim.summary.run.sockets_opened, 2);
	scenario_rig_release(&s->sim, &c);
}

static void an_abort_ends_openings_and_waits(void **state)
{
	static const struct row rows[] = {{.pieces = {{10 * MS, "data: a\n\n"}}},
					  {.pieces = {{3600 * NS_PER_S, "data: late\n\n"}}}};
	struct server *s = *state;
	struct compiled c;

	s->sim.abort_at = 500 * MS;
	run_file(s, &c, rows, 2,
		 "steps:\n"
		 "  - {listen: /events, socket: a}\n"
		 "  - {listen: /events, socket: b, timeout: 1h}\n");
	assert_int_equal(all(s)->ok, 1);
	assert_int_equal(all(s)->cut_off, 1);
	assert_int_equal(s->sim.summary.failure_count, 0);
	scenario_rig_release(&s->sim, &c);
}

/* ---- errors of a file */

static void errors(void **state)
{
	static const char *const wrong[][2] = {
	    {"  - wait_for: {}\n", "`listen: /events`"},
	    {"  - listen: /events\n  - send: {text: a}\n", "nothing can be sent on a stream"},
	    {"  - {listen: /events, socket: a}\n  - websocket: /ws\n"
	     "  - {send: {text: a}, socket: a}\n",
	     "nothing can be sent on a stream"},
	    {"  - {get: /page, expect: {event: a}}\n", "'event' is about one event"},
	    {"  - parallel: [{listen: /events}]\n", "E348"},
	    {"  - {listen: /events, on_message: {when: {event: a}, send: {text: b}}}\n", "send"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		scenario_rig_refused(wrong[i][0], wrong[i][1]);
}

#define LISTENER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    LISTENER_TEST(events_are_messages),
	    LISTENER_TEST(lines_are_messages),
	    LISTENER_TEST(a_rule_removes_events),
	    LISTENER_TEST(events_that_arrive_with_the_head_are_kept),
	    cmocka_unit_test(responses_of_other_types),
	    LISTENER_TEST(a_large_event_closes_the_stream),
	    LISTENER_TEST(a_stream_is_opened_again),
	    LISTENER_TEST(a_status_ends_the_attempts),
	    LISTENER_TEST(an_attempt_has_a_time_limit),
	    LISTENER_TEST(a_kept_stream_lasts_as_long_as_the_user),
	    LISTENER_TEST(an_abort_ends_openings_and_waits),
	    cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
