/* Event streams in virtual time: what is measured, kept, and how a stream ends. */
#include "compiled.h"
#include "simulation.h"

#define MS NS_PER_MS
#define S  NS_PER_S

#define SSE_HEADERS "Content-Type: text/event-stream; charset=utf-8\r\n"

struct play {
	struct simulation sim;
	struct compiled c;
	struct fake_response response;
	unsigned served;
};

static struct fake_response serve(void *owner, const struct fake_request *request)
{
	struct play *p = owner;

	(void)request;
	p->served++;
	return p->response;
}

/* Runs one iteration of a step with KEYS whose response is RESPONSE. */
static struct play *perform(const char *keys, struct fake_response response)
{
	struct play *p = calloc(1, sizeof *p);
	char text[2000];

	assert_non_null(p);
	snprintf(text, sizeof text,
		 "target: http://shop\nload: {users: 1, iterations: 1}\nsteps:\n"
		 "  - get: /ask\n    name: Ask\n    on_failure: continue\n%s"
		 "  - get: /next\n",
		 keys);
	compiled_init(&p->c, text);
	if (!p->c.program)
		fail_msg("%s", p->c.text.data);
	simulation_init(&p->sim);
	p->response = response;
	p->sim.settings.program = p->c.program;
	p->sim.settings.load = p->c.program->model->load;
	p->sim.serve = serve;
	p->sim.owner = p;
	return p;
}

static void run(struct play *p)
{
	simulation_run(&p->sim);
}

static void end(struct play *p)
{
	simulation_release(&p->sim);
	compiled_release(&p->c);
	free(p);
}

static const struct series_total *ask(const struct play *p)
{
	return simulation_step(&p->sim, 0);
}

static const struct histogram *times(const struct play *p, enum time_kind kind)
{
	return &ask(p)->times[kind];
}

/* The failure of the step: its class and its text. */
static void assert_failed(struct play *p, enum failure_class class, const char *text)
{
	const struct failure_note *note = &p->sim.summary.failures[0];

	assert_true(p->sim.summary.failure_count > 0);
	assert_int_equal(note->class, class);
	assert_int_equal(ask(p)->counts.failed[class], 1);
	if (!str_eq(str_n(note->text, note->text_len), str_of(text)))
		fail_msg("'%.*s' instead of '%s'", (int)note->text_len, note->text, text);
}

#define PIECES(list) .pieces = (list), .piece_count = sizeof(list) / sizeof *(list)

static const struct fake_piece chat[] = {
    {30 * MS, ""},
    {100 * MS, "data: {\"role\":\"assistant\",\"c\":\"\"}\n\n"},
    {250 * MS, "data: {\"c\":\"Good\"}\n\n: ping\n\nda"},
    {300 * MS, "ta: {\"c\":\" \"}\n"},
    {350 * MS, "\ndata: {\"c\":\"day\"}\n\ndata: {\"c\":null}\n\n"},
    {400 * MS, "data: [DONE]\n\n"},
};

#define CHAT_KEYS                                                                                  \
	"    events: {until: {data: \"[DONE]\"}, output: $.c}\n"                                   \
	"    extract:\n"                                                                           \
	"      all: {events: $.c, match: all, join: \"\"}\n"                                       \
	"      first: {events: $.c}\n"                                                             \
	"      second: {events: $.c, match: 2}\n"                                                  \
	"      last: {events: data, match: last}\n"                                                \
	"      kind: {events: event}\n"

static void delays_are_exact(void **state)
{
	struct play *p = perform(
	    CHAT_KEYS,
	    (struct fake_response){.latency = 410 * MS, .headers = SSE_HEADERS, PIECES(chat)});

	(void)state;
	run(p);
	assert_int_equal(ask(p)->counts.ok, 1);
	assert_int_equal(ask(p)->counts.events, 6);
	assert_int_equal(times(p, TIME_first_event)->m.max_ns, 100 * MS);
	assert_int_equal(times(p, TIME_first_output)->m.max_ns, 250 * MS);
	/* 150, 100, 0 and 50 ms, and 0 between the two that come together. */
	assert_int_equal(times(p, TIME_event_gap)->m.count, 5);
	assert_int_equal(times(p, TIME_event_gap)->m.max_ns, 150 * MS);
	assert_int_equal(times(p, TIME_event_gap)->m.sum_ns, 300 * MS);
	/* Three outputs from 250 to 350 ms. */
	assert_int_equal(ask(p)->counts.outputs, 3);
	assert_int_equal(ask(p)->counts.output_us, 100000);
	/* The response time ends with [DONE], 10 ms before the end of the response. */
	assert_int_equal(times(p, TIME_response)->m.max_ns, 400 * MS);
	assert_int_equal(times(p, TIME_wait)->m.max_ns, 30 * MS);
	assert_int_equal(ask(p)->counts.streams_closed, 0);
	end(p);
}

static struct str slot(struct play *p, const char *name)
{
	const struct program *program = p->c.program;
	const struct value *slots = p->sim.workers[0].users.free_users->slots;

	for (uint32_t i = 0; i < program->slot_count; i++)
		if (str_eq(program->slot_names[i], str_of(name)))
			return slots[i].text;
	fail_msg("no variable %s", name);
	return STR("");
}

static void values_are_kept_while_they_arrive(void **state)
{
	struct play *p = perform(
	    CHAT_KEYS,
	    (struct fake_response){.latency = 410 * MS, .headers = SSE_HEADERS, PIECES(chat)});

	(void)state;
	run(p);
	assert_true(str_eq(slot(p, "all"), STR("Good day")));
	assert_true(str_eq(slot(p, "first"), STR("")));
	assert_true(str_eq(slot(p, "second"), STR("Good")));
	assert_true(str_eq(slot(p, "last"), STR("[DONE]")));
	assert_true(str_eq(slot(p, "kind"), STR("message")));
	end(p);
}

/* After the last event, 100 ms are waited for the end. */
static void a_stream_that_stays_open_is_closed(void **state)
{
	struct play *p =
	    perform("    events: {until: {data: \"[DONE]\"}}\n",
		    (struct fake_response){.latency = S, .headers = SSE_HEADERS, PIECES(chat)});

	(void)state;
	run(p);
	assert_int_equal(ask(p)->counts.ok, 1);
	assert_int_equal(ask(p)->counts.streams_closed, 1);
	assert_int_equal(times(p, TIME_response)->m.max_ns, 400 * MS);
	/* The second step gets the same stream as a plain response. */
	assert_int_equal(p->sim.duration, 500 * MS + S);
	end(p);
}

static void until(const char *keys, ns_t response, unsigned events, bool closed)
{
	struct play *p = perform(
	    keys, (struct fake_response){.latency = S, .headers = SSE_HEADERS, PIECES(chat)});

	run(p);
	assert_int_equal(ask(p)->counts.ok, 1);
	assert_int_equal(ask(p)->counts.events, events);
	assert_int_equal(ask(p)->counts.streams_closed, closed);
	assert_int_equal(times(p, TIME_response)->m.max_ns, response);
	end(p);
}

static void every_until_ends_a_stream(void **state)
{
	(void)state;
	until("    events: {until: {count: 2}}\n", 250 * MS, 2, true);
	/* From the head, at 30 ms. */
	until("    events: {until: {time: 100ms}}\n", 130 * MS, 1, true);
	until("    events: {until: {event: message}}\n", 100 * MS, 1, true);
	until("    events: {until: {count: 100, time: 300ms}}\n", 330 * MS, 2, true);
	until("    events: {}\n", S, 6, false);
	until("    events: {until: {time: 30s}}\n", S, 6, false);
}

static void a_silent_stream_fails(void **state)
{
	struct play *p = perform(
	    "    events: {idle: 200ms}\n",
	    (struct fake_response){.latency = 10 * S, .headers = SSE_HEADERS, PIECES(chat)});

	(void)state;
	run(p);
	assert_failed(p, FAILURE_timeout, "nothing was received for 200ms (idle), after 6 events");
	assert_int_equal(times(p, TIME_failed)->m.max_ns, 600 * MS);
	assert_int_equal(ask(p)->counts.streams_closed, 0);
	end(p);
}

static void a_server_that_sends_no_head_fails(void **state)
{
	static const struct fake_piece late[] = {{20 * S, "data:1\n\n"}};
	struct play *p = perform(
	    "    events: {idle: 2s}\n",
	    (struct fake_response){.latency = 20 * S, .headers = SSE_HEADERS, PIECES(late)});

	(void)state;
	run(p);
	assert_failed(p, FAILURE_timeout, "no response within `idle`");
	end(p);
}

static void comments_keep_a_stream_alive(void **state)
{
	static const struct fake_piece pings[] = {
	    {100 * MS, ":\n"}, {250 * MS, ":\n"}, {400 * MS, ":\n"}, {550 * MS, "data: 1\n\n"}};
	struct play *p = perform(
	    "    events: {idle: 200ms}\n",
	    (struct fake_response){.latency = 600 * MS, .headers = SSE_HEADERS, PIECES(pings)});

	(void)state;
	run(p);
	assert_int_equal(ask(p)->counts.ok, 1);
	assert_int_equal(ask(p)->counts.events, 1);
	end(p);
}

static void an_early_end_fails(void **state)
{
	static const struct fake_piece cut[] = {{100 * MS, "data: 1\n\ndata: 2"}};
	struct play *p = perform(
	    "    events: {until: {data: \"[DONE]\"}}\n",
	    (struct fake_response){.latency = 100 * MS, .headers = SSE_HEADERS, PIECES(cut)});

	(void)state;
	run(p);
	assert_failed(p, FAILURE_truncated,
		      "the stream ended after 1 event, without an event with the data \"[DONE]\", "
		      "in the middle of an event");
	end(p);
}

static void a_connection_lost_after_the_end_does_not_count(void **state)
{
	struct play *p = perform("    events: {until: {data: \"[DONE]\"}}\n",
				 (struct fake_response){.latency = 450 * MS,
							.headers = SSE_HEADERS,
							.has_cause = true,
							.cause = HTTP_CAUSE_body_cut,
							.status = 200,
							PIECES(chat)});

	(void)state;
	run(p);
	assert_int_equal(ask(p)->counts.ok, 1);
	assert_int_equal(times(p, TIME_response)->m.max_ns, 400 * MS);
	end(p);
}

static void another_type_is_not_a_stream(void **state)
{
	static const struct fake_piece page[] = {{10 * MS, "<p>Hello"}};
	struct play *p = perform("    events: {}\n",
				 (struct fake_response){.latency = 20 * MS,
							.headers = "Content-Type: text/html\r\n",
							PIECES(page)});

	(void)state;
	run(p);
	assert_failed(p, FAILURE_protocol, "expected text/event-stream, got text/html");
	end(p);
	p = perform("    events: {as: ndjson}\n",
		    (struct fake_response){.latency = 20 * MS, .headers = "", PIECES(page)});
	run(p);
	assert_failed(p, FAILURE_protocol,
		      "expected lines of JSON (application/x-ndjson), got HTTP 200 without "
		      "Content-Type");
	end(p);
}

static void an_error_stays_an_error(void **state)
{
	static const struct fake_piece page[] = {{10 * MS, "{}"}};
	struct play *p =
	    perform("    events: {}\n",
		    (struct fake_response){.latency = 20 * MS,
					   .status = 429,
					   .headers = "Content-Type: application/json\r\n",
					   PIECES(page)});

	(void)state;
	run(p);
	assert_failed(p, FAILURE_status, "HTTP 429");
	end(p);
}

static void lines_of_json(void **state)
{
	static const struct fake_piece lines[] = {{10 * MS, "{\"n\":1}\n{\"n\""},
						  {30 * MS, ":2}\n{\"n\":3}"}};
	struct play *p =
	    perform("    events: {as: ndjson, output: $.n}\n"
		    "    expect: {events: {count: 3}}\n"
		    "    extract: {n: {events: $.n, match: all, join: \"-\"}}\n",
		    (struct fake_response){.latency = 40 * MS,
					   .headers = "Content-Type: application/x-ndjson\r\n",
					   PIECES(lines)});

	(void)state;
	run(p);
	assert_int_equal(ask(p)->counts.ok, 1);
	assert_int_equal(ask(p)->counts.outputs, 3);
	/* The last line has no line end: it ends with the response. */
	assert_int_equal(ask(p)->counts.output_us, 30000);
	assert_true(str_eq(slot(p, "n"), STR("1-2-3")));
	end(p);
}

static void expectations_fail(void **state)
{
	static const struct {
		const char *keys, *text;
	} rows[] = {
	    {"    expect: {events: {count: {min: 7}}}\n",
	     "expected the number of events to be at least 7, got 6"},
	    {"    expect: {max_first_event: 50ms}\n",
	     "expected the first event after at most 50ms, got it after 100 ms"},
	    {"    expect: {max_first_output: 200ms}\n",
	     "expected the first output after at most 200ms, got it after 250 ms"},
	    {"    extract: {x: {events: $.missing}}\n",
	     "no match for 'x' (events): none of the 6 events has it"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char keys[500];

		snprintf(keys, sizeof keys, "    events: {output: $.c}\n%s", rows[i].keys);
		struct play *p =
		    perform(keys, (struct fake_response){
				      .latency = 410 * MS, .headers = SSE_HEADERS, PIECES(chat)});

		run(p);
		assert_failed(p, i == 3 ? FAILURE_extract : FAILURE_expect, rows[i].text);
		end(p);
	}
}

static void an_event_over_the_limit_fails(void **state)
{
	struct play *p = perform(
	    "    events: {}\n    body_limit: 20\n",
	    (struct fake_response){.latency = 410 * MS, .headers = SSE_HEADERS, PIECES(chat)});

	(void)state;
	run(p);
	assert_failed(p, FAILURE_body_limit, "an event is larger than body_limit, after 0 events");
	end(p);
}

static void a_run_that_ends_cuts_streams_off(void **state)
{
	struct play *p = perform(
	    "    events: {}\n",
	    (struct fake_response){.latency = 100 * S, .headers = SSE_HEADERS, PIECES(chat)});

	(void)state;
	p->sim.stop_at = S;
	p->sim.stop_grace = S;
	run(p);
	assert_int_equal(ask(p)->counts.cut_off, 1);
	assert_int_equal(ask(p)->counts.events, 6);
	assert_int_equal(p->sim.duration, 2 * S);
	end(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(delays_are_exact),
	    cmocka_unit_test(values_are_kept_while_they_arrive),
	    cmocka_unit_test(a_stream_that_stays_open_is_closed),
	    cmocka_unit_test(every_until_ends_a_stream),
	    cmocka_unit_test(a_silent_stream_fails),
	    cmocka_unit_test(a_server_that_sends_no_head_fails),
	    cmocka_unit_test(comments_keep_a_stream_alive),
	    cmocka_unit_test(an_early_end_fails),
	    cmocka_unit_test(a_connection_lost_after_the_end_does_not_count),
	    cmocka_unit_test(another_type_is_not_a_stream),
	    cmocka_unit_test(an_error_stays_an_error),
	    cmocka_unit_test(lines_of_json),
	    cmocka_unit_test(expectations_fail),
	    cmocka_unit_test(an_event_over_the_limit_fails),
	    cmocka_unit_test(a_run_that_ends_cuts_streams_off),
	};

	return cmocka_run_group_tests_name("event streams of a run", tests, NULL, NULL);
}
