/* WebSockets of users in virtual time: waits, the queue, rules, the life of a socket, counts. */
#include "scenario_rig.h"

#include <string.h>

#define MS NS_PER_MS

/* The server of a test. */
struct server {
	struct simulation sim;
	void (*open)(struct server *s, struct fake_channel *c);
	void (*send)(struct server *s, struct fake_channel *c, struct str text);
	struct buf log; /* what it saw: "open; join; close 1000;" */
};

static void on_open(void *owner, struct fake_channel *c)
{
	struct server *s = owner;

	buf_add(&s->log, STR("open;"));
	if (s->open)
		s->open(s, c);
}

static void on_send(void *owner, struct fake_channel *c, bool text, struct str payload)
{
	struct server *s = owner;

	buf_add(&s->log, text ? STR("") : STR("binary "));
	buf_add(&s->log, payload);
	buf_add_char(&s->log, ';');
	if (s->send)
		s->send(s, c, payload);
}

static void on_close(void *owner, struct fake_channel *c, unsigned code)
{
	struct server *s = owner;

	(void)c;
	buf_printf(&s->log, "close %u;", code);
}

static const struct fake_channel_calls calls = {on_open, on_send, on_close};

static struct fake_response serve(void *owner, const struct fake_request *request)
{
	struct server *s = owner;

	(void)s;
	if (str_find(request->url, STR("/ws"), 0) != NOT_FOUND)
		return (struct fake_response){.latency = 20 * MS, .channel = true};
	return (struct fake_response){.latency = 5 * MS};
}

static int set_up(void **state)
{
	struct server *s = calloc(1, sizeof *s);

	assert_non_null(s);
	simulation_init(&s->sim);
	s->sim.serve = serve;
	s->sim.channels = &calls;
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

static void saw(const struct server *s, const char *wanted)
{
	if (!str_eq(buf_str(&s->log), str_of(wanted)))
		fail_msg("the server saw '%.*s', not '%s'", STR_ARG(buf_str(&s->log)), wanted);
}

static void counted(const struct server *s, unsigned sent, unsigned received, unsigned unmatched,
		    unsigned dropped)
{
	const struct run_counts *run = &s->sim.summary.run;

	assert_int_equal(run->messages_sent, sent);
	assert_int_equal(run->messages_received, received);
	assert_int_equal(run->messages_unmatched, unmatched);
	assert_int_equal(run->messages_dropped, dropped);
	assert_int_equal(run->sockets_opened, run->sockets_closed);
}

static void failed_as(const struct server *s, enum failure_class class, const char *text)
{
	assert_int_equal(s->sim.summary.failure_count, 1);
	scenario_rig_failed(&s->sim, 0, class, text);
}

static const struct series_counts *all(const struct server *s)
{
	return &s->sim.summary.all.counts;
}

/* ---- waits */

static void reply_to_join(struct server *s, struct fake_channel *c, struct str text)
{
	(void)s;
	if (str_find(text, STR("join"), 0) == NOT_FOUND)
		return;
	fake_http_message(c, 10 * MS, "{\"type\":\"other\"}");
	fake_http_message(c, 30 * MS, "{\"type\":\"joined\",\"id\":\"u7\"}");
}

static void a_wait_is_a_request(void **state)
{
	struct server *s = *state;
	struct compiled c;

	s->send = reply_to_join;
	scenario_rig_run(&s->sim, &c, SCENARIO_RIG_HEAD,
			 "steps:\n"
			 "  - websocket: /ws\n"
			 "  - send: {json: {type: join}}\n"
			 "    wait_for: {jsonpath: {$.type: joined}}\n"
			 "    extract: {me: {jsonpath: $.id}}\n"
			 "  - send: {text: \"I am ${me}\"}\n");
	saw(s, "open;{\"type\":\"join\"};I am u7;close 1000;");
	counted(s, 2, 2, 1, 0);
	assert_int_equal(all(s)->started, 2);
	assert_int_equal(all(s)->ok, 2);
	assert_int_equal(s->sim.summary.all.times[TIME_message].m.count, 1);
	assert_int_equal(s->sim.summary.all.times[TIME_message].m.max_ns, 30 * MS);
	assert_int_equal(s->sim.summary.all.times[TIME_handshake].m.count, 1);
	assert_int_equal(s->sim.summary.all.times[TIME_handshake].m.max_ns, 20 * MS);
	assert_int_equal(s->sim.summary.all.times[TIME_response].m.count, 2);
	/* Frames: 15 + 6 and 7 + 6 bytes sent, 16 + 2 and 27 + 2 received. */
	assert_int_equal(all(s)->bytes_sent, 15 + 6 + 7 + 6);
	assert_int_equal(all(s)->bytes_received, 16 + 2 + 27 + 2);
	scenario_rig_release(&s->sim, &c);
}

static void send_early(struct server *s, struct fake_channel *c)
{
	(void)s;
	fake_http_message(c, 0, "{\"type\":\"joined\",\"id\":\"old\"}");
}

static void a_reply_comes_after_the_message(void **state)
{
	struct server *s = *state;
	struct compiled c;

	s->open = send_early;
	s->send = reply_to_join;
	scenario_rig_run(&s->sim, &c, SCENARIO_RIG_HEAD,
			 "steps:\n"
			 "  - websocket: /ws\n"
			 "  - think: 100ms\n"
			 "  - send: {json: {type: join}}\n"
			 "    wait_for: {jsonpath: {$.type: joined}}\n"
			 "    extract: {me: {jsonpath: $.id}}\n"
			 "  - send: {text: \"I am ${me}\"}\n");
	saw(s, "open;{\"type\":\"join\"};I am u7;close 1000;");
	counted(s, 2, 3, 2, 0);
	assert_int_equal(s->sim.summary.all.times[TIME_message].m.max_ns, 30 * MS);
	scenario_rig_release(&s->sim, &c);
}

static void send_ticks(struct server *s, struct fake_channel *c)
{
	(void)s;
	fake_http_message(c, 0, "tick 1");
	fake_http_message(c, 100 * MS, "news");
	fake_http_message(c, 200 * MS, "tick 2");
	fake_http_message(c, 300 * MS, "tick 3");
	fake_http_message(c, 5000 * MS, "tick 4");
}

static void messages_are_queued_from_the_opening_on(void **state)
{
	struct server *s = *state;
	struct compiled c;

	s->open = send_ticks;
	scenario_rig_run(&s->sim, &c, SCENARIO_RIG_HEAD,
			 "steps:\n"
			 "  - websocket: /ws\n"
			 "  - think: 250ms\n"
			 "  - wait_for: {body: {contains: tick}}\n"
			 "    count: 3\n"
			 "  - wait_for: {}\n");
	saw(s, "open;close 1000;");
	counted(s, 0, 5, 1, 0);
	assert_int_equal(all(s)->ok, 3);
	/* 20 ms, then 250 ms pause: ticks 1 and 2 have arrived, tick 3 comes 50 ms later. */
	assert_int_equal(s->sim.summary.series[2].times[TIME_message].m.max_ns, 4700 * MS);
	assert_int_equal(s->sim.summary.series[2].times[TIME_message].m.min_ns, 50 * MS);
	scenario_rig_release(&s->sim, &c);
}

static void a_timeout_reports_the_received_messages(void **state)
{
	struct server *s = *state;
	struct compiled c;

	s->open = send_ticks;
	scenario_rig_run(&s->sim, &c, SCENARIO_RIG_HEAD,
			 "steps:\n"
			 "  - websocket: /ws\n"
			 "  - wait_for: {body: {contains: nothing}}\n"
			 "    timeout: 1s\n"
			 "  - get: /never\n");
	failed_as(s, FAILURE_timeout,
		  "no matching message within 1 s; 4 other messages, the last: tick 3");
	saw(s, "open;close 1000;");
	counted(s, 0, 4, 4, 0);
	assert_int_equal(all(s)->failed[FAILURE_timeout], 1);
	assert_int_equal(s->sim.duration, 1020 * MS);
	scenario_rig_release(&s->sim, &c);
}

static void flood(struct server *s, struct fake_channel *c)
{
	(void)s;
	for (unsigned i = 0; i < 1003; i++)
		fake_http_message(c, 10 * MS, i < 3 ? "old" : i == 3 ? "first" : "more");
}

static void a_full_queue_drops_the_oldest(void **state)
{
	struct server *s = *state;
	struct compiled c;

	s->open = flood;
	scenario_rig_run(&s->sim, &c, SCENARIO_RIG_HEAD,
			 "steps:\n"
			 "  - websocket: /ws\n"
			 "  - think: 1s\n"
			 "  - wait_for: {body: first}\n"
			 "  - wait_for: {body: old}\n"
			 "    timeout: 100ms\n");
	failed_as(s, FAILURE_timeout, "999 other messages, the last: more");
	counted(s, 0, 1003, 999, 3);
	scenario_rig_release(&s->sim, &c);
}

/* ---- rules */

static void ping_a_lot(struct server *s, struct fake_channel *c)
{
	(void)s;
	for (unsigned i = 0; i < 120; i++)
		fake_http_message(c, (ns_t)i * MS, "{\"type\":\"ping\"}");
	fake_http_message(c, 3000 * MS, "{\"type\":\"ping\",\"last\":true}");
}

static void rules_reply_during_think(void **state)
{
	struct server *s = *state;
	struct compiled c;
	unsigned pongs = 0;

	s->open = ping_a_lot;
	scenario_rig_run(&s->sim, &c, SCENARIO_RIG_HEAD,
			 "steps:\n"
			 "  - websocket: /ws\n"
			 "    on_message:\n"
			 "      - when: {jsonpath: {$.type: ping}}\n"
			 "        send: {text: \"pong ${user.id}\"}\n"
			 "        pass: yes\n"
			 "  - think: 2s\n"
			 "  - wait_for: {jsonpath: {$.last: true}}\n");
	for (size_t at = 0; (at = str_find(buf_str(&s->log), STR("pong 1;"), at)) != NOT_FOUND;
	     at++)
		pongs++;
	assert_int_equal(pongs, 101);
	counted(s, 101, 121, 120, 0);
	assert_int_equal(s->sim.summary.run.replies_dropped, 20);
	scenario_rig_release(&s->sim, &c);
}

static void a_rule_consumes(void **state)
{
	struct server *s = *state;
	struct compiled c;

	s->open = send_ticks;
	scenario_rig_run(&s->sim, &c, SCENARIO_RIG_HEAD,
			 "steps:\n"
			 "  - websocket: /ws\n"
			 "    on_message: {when: {body: {contains: tick}}}\n"
			 "  - wait_for: {}\n");
	/* The rule removes tick 1, so the news is the first. */
	assert_int_equal(s->sim.summary.all.times[TIME_message].m.max_ns, 100 * MS);
	counted(s, 0, 2, 0, 0);
	scenario_rig_release(&s->sim, &c);
}

/* ---- the life of a socket */

static void close_later(struct server *s, struct fake_channel *c)
{
	(void)s;
	fake_http_message(c, 5 * MS, "bye");
	fake_http_close(c, 10 * MS, 4001, "kicked");
}

static void a_close_fails_the_next_step(void **state)
{
	struct server *s = *state;
	struct compiled c;

	s->open = close_later;
	scenario_rig_run(&s->sim, &c, SCENARIO_RIG_HEAD,
			 "steps:\n"
			 "  - websocket: /ws\n"
			 "  - get: /page\n"
			 "  - think: 1s\n"
			 "  - get: /page\n"
			 "  - wait_for: {body: bye}\n"
			 "  - send: {text: hello}\n");
	failed_as(s, FAILURE_closed, "the server closed it with code 4001, reason: kicked");
	assert_int_equal(all(s)->ok, 4);
	assert_int_equal(recorder_series_counts_failed(all(s)), 0);
	assert_int_equal(s->sim.summary.iterations.counts.failed[FAILURE_closed], 1);
	assert_int_equal(s->sim.summary.iterations.counts.failed_alone, 1);
	scenario_rig_release(&s->sim, &c);
}

static void a_close_ends_a_wait(void **state)
{
	struct server *s = *state;
	struct compiled c;

	s->open = close_later;
	scenario_rig_run(&s->sim, &c, SCENARIO_RIG_HEAD,
			 "steps:\n"
			 "  - websocket: /ws\n"
			 "  - wait_for: {body: never}\n");
	failed_as(s, FAILURE_closed, "code 4001, reason: kicked; 1 other message, the last: bye");
	assert_int_equal(all(s)->failed[FAILURE_closed], 1);
	scenario_rig_release(&s->sim, &c);
}

static void a_socket_is_closed_and_opened_again(void **state)
{
	struct server *s = *state;
	struct compiled c;

	scenario_rig_run(&s->sim, &c, "target: http://shop\nload: {users: 1, iterations: 2}\n",
			 "steps:\n"
			 "  - {websocket: /ws, socket: a}\n"
			 "  - {websocket: /ws, socket: b}\n"
			 "  - {send: {text: one}, socket: a}\n"
			 "  - {close: 4000, socket: b}\n"
			 "  - send: {base64: QUI=}\n");
	saw(s, "open;open;one;close 4000;binary AB;close 1000;"
	       "open;open;one;close 4000;binary AB;close 1000;");
	scenario_rig_release(&s->sim, &c);
}

static void a_kept_socket_lasts_as_long_as_the_user(void **state)
{
	struct server *s = *state;
	struct compiled c;

	scenario_rig_run(&s->sim, &c, "target: http://shop\nload: {users: 2, iterations: 3}\n",
			 "before_user:\n"
			 "  - {websocket: /ws?mine, socket: mine}\n"
			 "steps:\n"
			 "  - {websocket: /ws, socket: kept, keep: user}\n"
			 "  - {send: {text: a}, socket: mine}\n"
			 "  - {send: {text: b}, socket: kept}\n");
	counted(s, 12, 0, 0, 0);
	assert_int_equal(s->sim.summary.run.sockets_opened, 4);
	assert_int_equal(all(s)->started, 2);
	scenario_rig_release(&s->sim, &c);
}

static void an_abort_cuts_a_wait_off(void **state)
{
	struct server *s = *state;
	struct compiled c;

	s->sim.abort_at = 500 * MS;
	scenario_rig_run(&s->sim, &c, SCENARIO_RIG_HEAD,
			 "steps:\n"
			 "  - websocket: /ws\n"
			 "  - wait_for: {}\n");
	saw(s, "open;close 1001;");
	assert_int_equal(all(s)->cut_off, 1);
	assert_int_equal(s->sim.summary.failure_count, 0);
	scenario_rig_release(&s->sim, &c);
}

static struct fake_response refuse(void *owner, const struct fake_request *request)
{
	(void)owner;
	(void)request;
	return (struct fake_response){.status = 403};
}

static void a_refused_handshake_fails(void **state)
{
	struct server *s = *state;
	struct compiled c;

	s->sim.serve = refuse;
	scenario_rig_run(&s->sim, &c, SCENARIO_RIG_HEAD,
			 "steps:\n"
			 "  - websocket: /ws\n"
			 "    on_failure: continue\n"
			 "  - send: {text: a}\n"
			 "    on_failure: continue\n"
			 "  - close: 1000\n");
	assert_int_equal(s->sim.summary.failure_count, 3);
	assert_int_equal(s->sim.summary.failures[0].class, FAILURE_status);
	assert_int_equal(s->sim.summary.failures[1].class, FAILURE_closed);
	assert_int_equal(all(s)->failed[FAILURE_status], 1);
	scenario_rig_release(&s->sim, &c);
}

/* ---- errors of a file */

static void errors(void **state)
{
	static const char *const wrong[][2] = {
	    {"  - send: {text: a}\n", "E375"},
	    {"  - websocket: /ws\n  - {send: {text: a}, socket: b}\n", "E375"},
	    {"  - websocket: /ws\n  - wait_for: {status: 200}\n", "E376"},
	    {"  - websocket: /ws\n  - wait_for: {}\n    extract: {a: {header: X}}\n", "E376"},
	    {"  - websocket: /ws\n  - send: {}\n", "E377"},
	    {"  - websocket: /ws\n  - send: {text: a, json: b}\n", "E377"},
	    {"  - websocket: /ws\n  - {send: {text: a}, timeout: 1s}\n", "E377"},
	    {"  - websocket: /ws\n  - send: {base64: \"?\"}\n", "E377"},
	    {"  - websocket: /ws\n  - close: 1006\n", "E377"},
	    {"  - parallel: [{websocket: /ws}]\n", "E348"},
	    {"  - get: ws://shop/\n", "websocket: ws://shop/"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		scenario_rig_refused(wrong[i][0], wrong[i][1]);
}

#define CHANNEL_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CHANNEL_TEST(a_wait_is_a_request),
	    CHANNEL_TEST(a_reply_comes_after_the_message),
	    CHANNEL_TEST(messages_are_queued_from_the_opening_on),
	    CHANNEL_TEST(a_timeout_reports_the_received_messages),
	    CHANNEL_TEST(a_full_queue_drops_the_oldest),
	    CHANNEL_TEST(rules_reply_during_think),
	    CHANNEL_TEST(a_rule_consumes),
	    CHANNEL_TEST(a_close_fails_the_next_step),
	    CHANNEL_TEST(a_close_ends_a_wait),
	    CHANNEL_TEST(a_socket_is_closed_and_opened_again),
	    CHANNEL_TEST(a_kept_socket_lasts_as_long_as_the_user),
	    CHANNEL_TEST(an_abort_cuts_a_wait_off),
	    CHANNEL_TEST(a_refused_handshake_fails),
	    cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
