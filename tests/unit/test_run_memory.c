/* After the first requests, a run does not allocate memory for requests, iterations or users. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compiled.h"
#include "counted_malloc.h"
#include "simulation.h"

#define WARM 3000u /* requests */
#define OVER 9000u

struct window {
	unsigned seen;
	unsigned long before, after;
};

static struct fake_response count(void *owner, const struct fake_request *request)
{
	static const char *const bodies[] = {"a short response", "one that is somewhat longer",
					     "no"};
	struct window *w = owner;
	unsigned n = w->seen++;

	if (n == WARM)
		w->before = counted_mallocs();
	if (n == OVER)
		w->after = counted_mallocs();
	/* Few kinds of times and failures, because a new kind may allocate a page or a note at any
	 * time. */
	return (struct fake_response){.latency = 3 * NS_PER_MS,
				      .status = *request->method == 'P' && n % 8 == 0 ? 503 : 200,
				      .body = bodies[n % 3]};
}

static void visit(struct tiny *t)
{
	tiny_scenario(t, "Visit", 1);
	tiny_request_keeping(t, "GET", "http://shop/", 0);
	tiny_think(t, THINK_FIXED, 5 * NS_PER_MS, 0);
	tiny_parallel(t, 6, 3, 1);
	tiny_request(t, "POST", "http://shop/form")->on_failure = FAILURE_CONTINUE;
	tiny_op(t, OP_END, 0, 0, 0);
}

static void perform(struct simulation *sim)
{
	struct window window = {.seen = 0};

	visit(&sim->tiny);
	sim->serve = count;
	sim->owner = &window;
	simulation_run(sim);
	assert_true(window.seen > OVER);
	assert_true(window.before > 0);
	assert_int_equal(window.after - window.before, 0);
}

static void nothing_for_a_request(void **state)
{
	struct simulation *sim = malloc(sizeof *sim);

	(void)state;
	simulation_init(sim);
	sim->settings.load.users = 20;
	sim->settings.load.iterations = 100;
	perform(sim);
	simulation_release(sim);
	free(sim);
}

static void nothing_for_a_user(void **state)
{
	struct simulation *sim = malloc(sizeof *sim);

	(void)state;
	simulation_init(sim);
	sim->settings.load.arrivals = 200;
	sim->settings.load.duration = 10 * NS_PER_S;
	perform(sim);
	simulation_release(sim);
	free(sim);
}

/* All kinds that compute something for a request, in a scenario with thirty steps. */
static const char language[] =
    "target: http://shop\n"
    "variables: {category: {one_of: [hats, shoes]}, key: \"${random_hex(8)}\"}\n"
    "data:\n"
    "  account: {rows: [{user: anna, password: a}, {user: berta, password: b}]}\n"
    "load: {users: 20, iterations: 30}\n"
    "steps:\n"
    "  - repeat: 6\n"
    "    steps:\n"
    "      - get: /login?${loop.index}\n"
    "        query: {q: \"${account.user}\", c: \"${category}\"}\n"
    "        auth: {basic: {user: \"${account.user}\", password: \"${account.password}\"}}\n"
    "        headers: {X-Key: \"${key | sha256 | upper | slice(0, 9)}\"}\n"
    "        extract:\n"
    "          word: {regex: 'a (\\w+)', default: none}\n"
    "          words: {regex: '\\w+', match: all}\n"
    "      - post: /form\n"
    "        form: {user: \"${account.user}\", word: \"${word | trim | upper}\"}\n"
    "        expect: {status: [200, 503], body: {not: {contains: \"${key}\"}}}\n"
    "      - post: /json\n"
    "        json: {word: \"${word}\", all: \"${words}\", n: \"${random_int(1, 9)}\"}\n"
    "        expect: {status: [200, 503]}\n"
    "        retry: {times: 1, when: [5xx]}\n"
    "      - for_each: one\n"
    "        in: ${words | slice(0, 2)}\n"
    "        steps:\n"
    "          - set: {last: \"${one | base64}\"}\n"
    "      - get: /last?${last | default(\"x\") | url_encode}\n"
    "      - if: ${word contains \"sho\"}\n"
    "        then:\n"
    "          - get: /short\n"
    "        else:\n"
    "          - get: /other\n";

/* Paths into JSON and pages, and complete values compared with their results. */
static const char paths[] = "target: http://shop\n"
			    "variables: {who: a}\nload: {users: 20, iterations: 300}\n"
			    "steps:\n"
			    "  - get: /json\n"
			    "    extract:\n"
			    "      id: {jsonpath: '$.items[?@.n > 1].id'}\n"
			    "      all: {jsonpath: '$..id', match: all}\n"
			    "      one: {jsonpath: '$.items[0]'}\n"
			    "    expect:\n"
			    "      jsonpath:\n"
			    "        $.items: [{id: a, n: 1.0}, {n: 2, id: \"b\\u00e9\"}]\n"
			    "        $: {contains: {ok: true}}\n"
			    "        $.items[0]: {equals: {n: 1, id: \"${who}\"}}\n"
			    "  - get: /page\n"
			    "    extract:\n"
			    "      link: {css: 'a.next', attribute: href}\n"
			    "      text: {xpath: '//p[2]/text()'}\n"
			    "    expect:\n"
			    "      css: {p: {count: 2}}\n";

static struct fake_response count_paths(void *owner, const struct fake_request *request)
{
	struct fake_response response = count(owner, request);

	response.body = str_find(request->url, STR("/json"), 0) != NOT_FOUND
			    ? "{\"ok\": true, \"items\": [{\"n\": 1, \"id\": \"a\"}, "
			      "{\"id\": \"b\\u00e9\", \"n\": 2e0}]}"
			    : "<html><p>one<p>two<a class=next href=/2>on</a></html>";
	return response;
}

static const struct fake_channel_calls *channel_calls;

static void perform_text(const char *text,
			 struct fake_response (*serve)(void *, const struct fake_request *))
{
	struct simulation *sim = malloc(sizeof *sim);
	struct compiled *c = malloc(sizeof *c);
	struct window window = {.seen = 0};

	compiled_init(c, text);
	if (!c->program)
		fail_msg("%s", c->text.data);
	simulation_init(sim);
	sim->settings.program = c->program;
	sim->settings.load = c->program->model->load;
	sim->serve = serve;
	sim->owner = &window;
	sim->channels = channel_calls;
	simulation_run(sim);
	assert_true(window.seen > OVER);
	assert_int_equal(window.after - window.before, 0);
	assert_int_equal(recorder_series_counts_failed(&sim->summary.all.counts), 0);
	simulation_release(sim);
	compiled_release(c);
	free(sim);
	free(c);
}

static void no_allocation_for_any_kind(void **state)
{
	(void)state;
	perform_text(language, count);
}

static void nothing_for_what_can_be_found(void **state)
{
	(void)state;
	perform_text(paths, count_paths);
}

/* Pages that users keep, and the requests that are built from them. */
static const char pages[] = "target: http://shop\n"
			    "load: {users: 20, iterations: 400}\n"
			    "steps:\n"
			    "  - get: /form\n"
			    "  - submit: {name: \"${unique}\", kind: B, box: yes}\n"
			    "    button: Save\n"
			    "    add: {more: [1, \"${form.t}-${unique}\"]}\n"
			    "  - follow: {link: Edit, row: Two}\n"
			    "    extract: {next: {link: Edit, row: Two}}\n"
			    "  - get: ${next}\n"
			    "  - follow: Edit\n"
			    "    page: GET /form\n";

static struct fake_response count_pages(void *owner, const struct fake_request *request)
{
	struct fake_response response = count(owner, request);

	response.status = 200;
	response.headers = "Content-Type: text/html; charset=utf-8\r\n";
	response.body = "<form method=post action=/save><input type=hidden name=t value=1>"
			"<input name=name><select name=kind><option value=a>A<option>B</select>"
			"<input type=checkbox name=box><button>Save</button></form><table>"
			"<tr><td>One<td><a href=/1>Edit</a><tr><td>Two<td><a href=/2>Edit</a>"
			"</table><p class=error>None";
	if (*request->method == 'P')
		response.body = "<p>Saved <table><tr><td>Two<td><a href=/2>Edit</a></table>";
	return response;
}

static void nothing_for_pages(void **state)
{
	(void)state;
	perform_text(pages, count_pages);
}

/* Event streams whose values are extracted, and GraphQL operations. */
static const char streams[] = "target: http://shop\n"
			      "load: {users: 20, iterations: 400}\n"
			      "steps:\n"
			      "  - get: /ask\n"
			      "    events: {until: {data: end}, output: $.c}\n"
			      "    extract:\n"
			      "      all: {events: $.c, match: all, join: ','}\n"
			      "      last: {events: $.n, match: last}\n"
			      "    expect: {events: {count: 4}, max_first_output: 1s}\n"
			      "  - graphql: /graphql\n"
			      "    query: 'query A { a }'\n"
			      "    variables: {all: '${all}', last: '${last}'}\n"
			      "    persisted: yes\n";

static struct fake_response count_streams(void *owner, const struct fake_request *request)
{
	static const struct fake_piece pieces[] = {
	    {1 * NS_PER_MS, "data: {\"c\": \"a\"}\n\ndata: {\"c\""},
	    {2 * NS_PER_MS, ": \"b\\n\", \"n\": [1, 2]}\n\nevent: x\ndata: {\"n\": 3}\n"},
	    {3 * NS_PER_MS, "\ndata: end\n\n"}};
	struct fake_response response = count(owner, request);
	const struct window *w = owner;

	response.status = 200;
	if (*request->method == 'P') {
		response.headers = "Content-Type: application/json\r\n";
		/* The server knows the hash after some requests. */
		response.body =
		    w->seen > 50 || str_find(request->body, STR("query A"), 0) != NOT_FOUND
			? "{\"data\": {\"a\": 1}}"
			: "{\"errors\": [{\"message\": \"PersistedQueryNotFound\"}]}";
		return response;
	}
	response.latency = 4 * NS_PER_MS;
	response.headers = "Content-Type: text/event-stream\r\n";
	response.body = NULL;
	response.pieces = pieces;
	response.piece_count = 3;
	return response;
}

static void nothing_for_streams(void **state)
{
	(void)state;
	perform_text(streams, count_streams);
}

/* Messages of WebSockets and events of streams: sent, waited for, queued, removed by a rule. */
static const char messages[] = "target: http://shop\n"
			       "load: {users: 20, iterations: 40}\n"
			       "steps:\n"
			       "  - websocket: /ws\n"
			       "    socket: chat\n"
			       "    keep: user\n"
			       "    on_message: {when: {body: ping}, send: {text: pong}}\n"
			       "  - {listen: /events, socket: news, keep: user}\n"
			       "  - repeat: 20\n"
			       "    steps:\n"
			       "      - send: {json: {say: \"${random_int(1, 9)}\"}}\n"
			       "        socket: chat\n"
			       "        wait_for: {jsonpath: {$.n: 2}}\n"
			       "        extract: {n: {jsonpath: $.n}}\n"
			       "      - {send: {text: \"got ${n}\"}, socket: chat}\n"
			       "      - {wait_for: {event: tick}, socket: news}\n";

#define PIECES 4000u

static struct fake_piece news[PIECES];

static struct fake_response count_messages(void *owner, const struct fake_request *request)
{
	(void)owner;
	if (str_find(request->url, STR("/ws"), 0) != NOT_FOUND)
		return (struct fake_response){.latency = NS_PER_MS, .channel = true};
	for (unsigned i = 0; i < PIECES; i++)
		news[i] = (struct fake_piece){(ns_t)(i + 1) * 2 * NS_PER_MS,
					      i % 3 ? "event: tick\ndata: {\"a\": 1}\n\n"
						    : ": nothing\n\ndata: x\n\n"};
	return (struct fake_response){.latency = 3600 * NS_PER_S,
				      .headers = "Content-Type: text/event-stream\r\n",
				      .pieces = news,
				      .piece_count = PIECES};
}

static void on_open(void *owner, struct fake_channel *c)
{
	(void)owner;
	fake_http_message(c, NS_PER_MS, "hello");
}

static void on_message(void *owner, struct fake_channel *c, bool text, struct str payload)
{
	struct window *w = owner;
	unsigned n = w->seen++;

	(void)text;
	if (n == WARM)
		w->before = counted_mallocs();
	if (n == OVER)
		w->after = counted_mallocs();
	if (!str_starts(payload, STR("{")))
		return;
	/* More than 100 replies per second cause a warning. */
	if (n % 16 == 0)
		fake_http_message(c, NS_PER_MS, "ping");
	fake_http_message(c, NS_PER_MS, "{\"n\": 1}");
	fake_http_message(c, 2 * NS_PER_MS, "{\"n\": 2}");
	fake_http_message(c, 3 * NS_PER_MS, "a message that is queued");
}

static void on_closed(void *owner, struct fake_channel *c, unsigned code)
{
	(void)owner;
	(void)c;
	(void)code;
}

static void nothing_for_messages(void **state)
{
	static const struct fake_channel_calls calls = {on_open, on_message, on_closed};

	(void)state;
	channel_calls = &calls;
	perform_text(messages, count_messages);
	channel_calls = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_for_a_request),
	    cmocka_unit_test(nothing_for_a_user),
	    cmocka_unit_test(no_allocation_for_any_kind),
	    cmocka_unit_test(nothing_for_what_can_be_found),
	    cmocka_unit_test(nothing_for_pages),
	    cmocka_unit_test(nothing_for_streams),
	    cmocka_unit_test(nothing_for_messages),
	};

	return cmocka_run_group_tests_name("memory of a run", tests, NULL, NULL);
}
