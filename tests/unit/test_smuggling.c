/*
 * Responses that two readers can understand in two ways, one of them with a second response inside:
 * every transport refuses them and does not use their connection again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "net/http.h"
#include "net/loop.h"
#include "http_fixture.h"
#include "wire_server.h"

#define OK     "HTTP/1.1 200 OK\r\n"
#define SECOND "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"

struct row {
	struct str response;
	const char *text; /* of the failure */
};

static const struct row refused[] = {
    {STR(OK "Content-Length: 2\r\nContent-Length: 50\r\n\r\nok" SECOND),
     "two different Content-Length"},
    {STR(OK "Content-Length: 2, 2\r\n\r\nok"), "a Content-Length that is not a number"},
    {STR(OK "Content-Length: +2\r\n\r\nok"), "a Content-Length that is not a number"},
    {STR(OK "Content-Length: 0x2\r\n\r\nok"), "a Content-Length that is not a number"},
    {STR(OK "Content-Length: 2x\r\n\r\nok"), "a Content-Length that is not a number"},
    {STR(OK "Content-Length : 2\r\n\r\nok"), "a space within or after a field name"},
    {STR(OK "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     "Transfer-Encoding besides Content-Length"},
    {STR(OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     "two Transfer-Encoding"},
    {STR(OK "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
     "an unknown Transfer-Encoding"},
    {STR(OK "A: b\rContent-Length: 0\r\nContent-Length: 2\r\n\r\nok"), "a CR within a line"},
    {STR(OK "A: b\nContent-Length: 2\r\n\r\nok"), "a line end without CR"},
    {STR("HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok"), "a line end without CR"},
    {STR(OK "Content-Length: 2\r\n\nok"), "a line end without CR"},
    {STR(OK "A: b\r\n Content-Length: 0\r\nContent-Length: 2\r\n\r\nok"), "a folded line"},
    {STR("HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok"), "the status line"},
    {STR("HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\nok"), "the status line"},
    {STR(OK "HTTP/1.1 404 n: x\r\nContent-Length: 2\r\n\r\nok"),
     "a field name with an invalid character"},
};

/* Without a status line that is valid. */
static const struct row foreign[] = {
    {STR("http/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 50\r\n\r\nok"), ""},
    {STR("HtTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok"), ""},
    {STR("HTTP/1.1 103 Early\r\n\r\nhttp/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok"), ""},
};

static const struct row accepted[] = {
    {STR(OK "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok"), NULL},
    {STR("HTTP/1.1 200\r\nContent-Length:2\r\n\r\nok"), NULL},
    {STR(OK "transfer-encoding:\tChunked \r\n\r\n2;a=b\r\nok\r\n0\r\nTrailer: x\r\n\r\n"), NULL},
    {STR(OK "X-\x41: \xc3\xa4\tb\r\nContent-Length: 2\r\n\r\nok"), NULL},
    {STR("HTTP/1.1 103 Early Hints\r\nContent-Length: 7\r\n\r\n" OK "Content-Length: 2\r\n\r\nok"),
     NULL},
};

#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

/* Chunks whose end another reader may find elsewhere. */
static const struct row bad_chunks[] = {
    {STR(CHUNKED "2\nok\r\n0\r\n\r\n"), ""},
    {STR(CHUNKED "2\r\nok\n0\r\n\r\n"), ""},
    {STR(CHUNKED "2\r\nok\r\n0\r\n\n"), ""},
    {STR(CHUNKED "+2\r\nok\r\n0\r\n\r\n"), ""},
    {STR(CHUNKED "0x2\r\nok\r\n0\r\n\r\n"), ""},
    {STR(CHUNKED "2\r\nok0\r\n\r\n"), ""},
    {STR(CHUNKED "2\rX\nok\r\n0\r\n\r\n"), ""},
    {STR(CHUNKED "1000000000000002\r\nok\r\n0\r\n\r\n"), ""},
};

/* Valid responses with more bytes: they are used, and their connection is not. */
static const struct row excess[] = {
    {STR(OK "Content-Length: 2\r\n\r\nok" SECOND), NULL},
    {STR(CHUNKED "2\r\nok\r\n0\r\n\r\n" SECOND), NULL},
    {STR(CHUNKED "2\r\nok\r\n0\r\n\r\nX"), NULL},
};

struct rig {
	struct loop *loop;
	struct http *http;
	struct http_user *user;
	struct http_plan *plan;
	char url[64];
	bool done;
};

static void on_done(void *owner, struct exchange *x)
{
	struct rig *rig = owner;

	(void)x;
	rig->done = true;
	rig->loop->ops->stop(rig->loop);
}

static void on_alarm(void *owner)
{
	struct rig *rig = owner;

	rig->loop->ops->stop(rig->loop);
}

static void send_it(struct rig *rig, struct exchange *x)
{
	rig->done = false;
	rig->http->ops->send(rig->http, x);
	while (!rig->done)
		rig->loop->ops->run(rig->loop);
}

static struct exchange *send_one(struct rig *rig)
{
	struct exchange *x = rig->http->ops->begin(rig->http, rig->plan, rig->user);

	send_it(rig, x);
	return x;
}

static void rig_open(struct rig *rig, const struct http_config *config, unsigned port)
{
	struct http_plan_spec spec = {
	    .method = STR("GET"), .keep_body = true, .body_limit = 60000, .timeout = 20 * NS_PER_S};

	snprintf(rig->url, sizeof rig->url, "http://127.0.0.1:%u/", port);
	spec.url = str_of(rig->url);
	rig->loop = loop_new();
	rig->http = http_client_new(rig->loop, config, NULL);
	assert_non_null(rig->http);
	rig->http->done = on_done;
	rig->http->owner = rig->loop->owner = rig;
	rig->plan = rig->http->ops->plan(rig->http, &spec);
	rig->user = rig->http->ops->user_open(rig->http);
}

static void rig_close(struct rig *rig)
{
	rig->http->ops->user_close(rig->http, rig->user);
	rig->http->ops->free(rig->http);
	rig->loop->ops->free(rig->loop);
}

static void check_first(const struct row *row, const struct exchange *x)
{
	char text[256];

	if (!row->text) {
		if (x->result != HTTP_OK || x->status != 200 || x->response.len != 2)
			fail_msg("refused: %s: %s", row->response.ptr, x->error);
		return;
	}
	if (!row->text[0]) {
		if (x->result != HTTP_PROTOCOL)
			fail_msg("accepted: %s", row->response.ptr);
		return;
	}
	snprintf(text, sizeof text, "the response header is not valid: %s", row->text);
	if (x->result != HTTP_PROTOCOL || strcmp(x->error, text) != 0)
		fail_msg("%s: result %d, '%s'", row->response.ptr, (int)x->result, x->error);
	assert_int_equal(x->resent, 0);
}

static void run_row(const struct http_config *config, const struct row *row, bool kept)
{
	static const enum wire_act acts[] = {WIRE_RAW, WIRE_OK};
	struct wire_server *server = wire_server_start(acts, 2);
	struct rig rig;

	wire_server_set_raw(server, row->response.ptr, row->response.len);
	rig_open(&rig, config, wire_server_port(server));
	struct exchange *first = send_one(&rig);
	check_first(row, first);
	struct exchange *second = send_one(&rig);
	assert_int_equal(second->result, HTTP_OK);
	assert_string_equal(second->response.data, "ok");
	assert_int_equal(second->new_connection, !kept);
	rig.http->ops->end(rig.http, first);
	rig.http->ops->end(rig.http, second);
	rig_close(&rig);
	wire_server_stop(server);
}

static void test_bad_chunks(void **state)
{
	for (size_t i = 0; i < sizeof bad_chunks / sizeof *bad_chunks; i++)
		run_row(*state, &bad_chunks[i], false);
}

static void test_excess(void **state)
{
	for (size_t i = 0; i < sizeof excess / sizeof *excess; i++)
		run_row(*state, &excess[i], false);
}

/* A length without a body is not compared with the limit of the body. */
static void test_length_without_body(void **state)
{
	static const char text[] = "HTTP/1.1 304 Not Modified\r\nContent-Length: 90000\r\n\r\n";
	static const enum wire_act acts[] = {WIRE_RAW};
	struct wire_server *server = wire_server_start(acts, 1);
	struct rig rig;

	wire_server_set_raw(server, text, sizeof text - 1);
	rig_open(&rig, *state, wire_server_port(server));
	struct exchange *x = send_one(&rig);
	assert_int_equal(x->result, HTTP_OK);
	assert_int_equal(x->status, 304);
	rig.http->ops->end(rig.http, x);
	rig_close(&rig);
	wire_server_stop(server);
}

/* A response that no request asked for must not become the response of the next request, whether
 * the loop has seen it or not. */
static void run_unasked(const struct http_config *config, bool seen_by_loop)
{
	struct wire_server *server = wire_server_start(NULL, 0);
	struct rig rig;

	rig_open(&rig, config, wire_server_port(server));
	rig.http->ops->end(rig.http, send_one(&rig));
	wire_server_speak(server, SECOND);
	if (seen_by_loop) {
		rig.loop->on_alarm = on_alarm;
		rig.loop->ops->alarm(rig.loop, rig.loop->ops->now(rig.loop) + NS_PER_MS);
		rig.loop->ops->run(rig.loop);
	}
	struct exchange *x = send_one(&rig);
	assert_int_equal(x->result, HTTP_OK);
	assert_string_equal(x->response.data, "ok");
	assert_true(x->new_connection);
	assert_int_equal(x->resent, 0);
	assert_int_equal(wire_server_requests(server), 2);
	assert_int_equal(rig.http->counters.closed_idle, 0);
	assert_int_equal(rig.http->counters.open_now, 1);
	rig.http->ops->end(rig.http, x);
	rig_close(&rig);
	wire_server_stop(server);
}

static void test_response_without_a_request(void **state)
{
	run_unasked(*state, false);
	run_unasked(*state, true);
}

#define SERVERS	 260u
#define IDLE_MAX 256u

/* A user keeps a limited number of idle connections. */
static void test_many_servers(void **state)
{
	struct wire_server *server = wire_server_start(NULL, 0);
	unsigned port = wire_server_port(server);
	char texts[SERVERS][48];
	const char *resolve[SERVERS];
	struct http_config config = *(const struct http_config *)*state;
	struct rig rig;

	for (unsigned i = 0; i < SERVERS; i++) {
		snprintf(texts[i], sizeof texts[i], "h%u.test:%u:127.0.0.1", i, port);
		resolve[i] = texts[i];
	}
	config.resolve = resolve;
	config.resolve_count = SERVERS;
	rig_open(&rig, &config, port);
	for (unsigned i = 0; i <= SERVERS; i++) {
		unsigned host = i < SERVERS ? i : SERVERS - 1;
		struct exchange *x = rig.http->ops->begin(rig.http, rig.plan, rig.user);

		buf_printf(&x->url, "http://h%u.test:%u/", host, port);
		send_it(&rig, x);
		assert_int_equal(x->result, HTTP_OK);
		/* The last one is kept. */
		assert_int_equal(x->new_connection, i != SERVERS);
		rig.http->ops->end(rig.http, x);
	}
	assert_int_equal(rig.http->counters.open_now, IDLE_MAX);
	rig_close(&rig);
	wire_server_stop(server);
}

static const struct http_config libcurl = {.dns_ttl = NS_NEVER};
static const struct http_config direct = {.dns_ttl = NS_NEVER, .transport = HTTP_TRANSPORT_DIRECT};

static void test_refused(void **state)
{
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		run_row(*state, &refused[i], false);
}

static void test_foreign(void **state)
{
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
		run_row(*state, &foreign[i], false);
}

static void test_accepted(void **state)
{
	for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++)
		run_row(*state, &accepted[i], true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    {"libcurl: refused", test_refused, NULL, NULL, (void *)(uintptr_t)&libcurl},
	    {"libcurl: no status line", test_foreign, NULL, NULL, (void *)(uintptr_t)&libcurl},
	    {"libcurl: accepted", test_accepted, NULL, NULL, (void *)(uintptr_t)&libcurl},
	    {"libcurl: bad chunks", test_bad_chunks, NULL, NULL, (void *)(uintptr_t)&libcurl},
	    {"libcurl: excess", test_excess, NULL, NULL, (void *)(uintptr_t)&libcurl},
	    {"libcurl: a length without a body", test_length_without_body, NULL, NULL,
	     (void *)(uintptr_t)&libcurl},
	    {"libcurl: unasked", test_response_without_a_request, NULL, NULL,
	     (void *)(uintptr_t)&libcurl},
	    {"libcurl: many servers", test_many_servers, NULL, NULL, (void *)(uintptr_t)&libcurl},
	    {"direct: refused", test_refused, NULL, NULL, (void *)(uintptr_t)&direct},
	    {"direct: no status line", test_foreign, NULL, NULL, (void *)(uintptr_t)&direct},
	    {"direct: accepted", test_accepted, NULL, NULL, (void *)(uintptr_t)&direct},
	    {"direct: bad chunks", test_bad_chunks, NULL, NULL, (void *)(uintptr_t)&direct},
	    {"direct: excess", test_excess, NULL, NULL, (void *)(uintptr_t)&direct},
	    {"direct: a length without a body", test_length_without_body, NULL, NULL,
	     (void *)(uintptr_t)&direct},
	    {"direct: unasked", test_response_without_a_request, NULL, NULL,
	     (void *)(uintptr_t)&direct},
	    {"direct: many servers", test_many_servers, NULL, NULL, (void *)(uintptr_t)&direct},
	};

	return cmocka_run_group_tests(tests, http_fixture_begin, http_fixture_end);
}
