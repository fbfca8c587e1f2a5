/* Several requests of a user on one HTTP/2 connection of the direct transport. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "counted_malloc.h"
#include "net/http.h"
#include "net/loop.h"
#include "http_fixture.h"
#include "wire_server.h"

#define MANY 20

struct rig {
	struct wire_server *server;
	struct loop *loop;
	struct http *http;
	struct http_user *user;
	struct http_config config;
	char url[64];
	unsigned due;
};

static void on_done(void *owner, struct exchange *x)
{
	struct rig *rig = owner;

	(void)x;
	if (--rig->due == 0)
		rig->loop->ops->stop(rig->loop);
}

static void open_client(struct rig *rig)
{
	struct buf error;

	buf_init(&error, 0);
	rig->http = http_client_new(rig->loop, &rig->config, &error);
	assert_non_null(rig->http);
	rig->http->done = on_done;
	rig->http->owner = rig->loop->owner = rig;
	rig->user = rig->http->ops->user_open(rig->http);
	buf_release(&error);
}

static void open_rig(struct rig *rig, const enum wire_act *acts, unsigned count)
{
	*rig = (struct rig){.server = wire_server_start(acts, count),
			    .loop = loop_new(),
			    .config = {.dns_ttl = NS_NEVER, .transport = HTTP_TRANSPORT_DIRECT}};
	snprintf(rig->url, sizeof rig->url, "http://127.0.0.1:%u/", wire_server_port(rig->server));
	open_client(rig);
}

/* Another client, with the changed configuration. */
static void restart(struct rig *rig)
{
	rig->http->ops->user_close(rig->http, rig->user);
	rig->http->ops->free(rig->http);
	open_client(rig);
}

static void close_rig(struct rig *rig)
{
	rig->http->ops->user_close(rig->http, rig->user);
	rig->http->ops->free(rig->http);
	rig->loop->ops->free(rig->loop);
	wire_server_stop(rig->server);
}

static struct http_plan *plan(struct rig *rig, struct http_plan_spec spec)
{
	if (!spec.method.ptr)
		spec.method = STR("GET");
	if (!spec.timeout)
		spec.timeout = 60 * NS_PER_S;
	if (spec.http_version == HTTP_WANT_ANY)
		spec.http_version = HTTP_WANT_2;
	spec.url = str_of(rig->url);
	spec.keep_body = spec.keep_headers = true;
	return rig->http->ops->plan(rig->http, &spec);
}

static struct exchange *begin(struct rig *rig, const struct http_plan *p)
{
	rig->due++;
	return rig->http->ops->begin(rig->http, p, rig->user);
}

static void wait_all(struct rig *rig)
{
	while (rig->due)
		rig->loop->ops->run(rig->loop);
}

static void end(struct rig *rig, struct exchange *x)
{
	rig->http->ops->end(rig->http, x);
}

static void send_one(struct rig *rig, const struct http_plan *p, enum http_result result,
		     bool new_connection)
{
	struct exchange *x = begin(rig, p);

	rig->http->ops->send(rig->http, x);
	wait_all(rig);
	if (x->result != result || x->new_connection != new_connection)
		fail_msg("result %d, %s connection: %s", (int)x->result,
			 x->new_connection ? "new" : "kept", x->error);
	end(rig, x);
}

static void send_many(struct rig *rig, const struct http_plan *p, struct exchange *xs[MANY])
{
	for (unsigned i = 0; i < MANY; i++) {
		xs[i] = begin(rig, p);
		rig->http->ops->send(rig->http, xs[i]);
	}
}

static void test_many_streams(void **state)
{
	struct exchange *xs[MANY];
	struct rig rig;

	(void)state;
	open_rig(&rig, NULL, 0);
	struct http_plan *p = plan(&rig, (struct http_plan_spec){.timeout = 0});
	send_one(&rig, p, HTTP_OK, true);
	send_many(&rig, p, xs);
	wait_all(&rig);
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(xs[i]->result, HTTP_OK);
		assert_int_equal(xs[i]->version, 20);
		assert_true(str_eq(buf_str(&xs[i]->response), STR("ok")));
		assert_false(xs[i]->new_connection);
		end(&rig, xs[i]);
	}
	assert_int_equal(wire_server_requests(rig.server), 1 + MANY);
	assert_int_equal(wire_server_connections(rig.server), 1);
	close_rig(&rig);
}

/* The others, and the connection, are not affected. */
static void test_cancel_some(void **state)
{
	struct exchange *xs[MANY];
	struct rig rig;

	(void)state;
	open_rig(&rig, NULL, 0);
	struct http_plan *p = plan(&rig, (struct http_plan_spec){.timeout = 0});
	send_one(&rig, p, HTTP_OK, true);
	send_many(&rig, p, xs);
	for (unsigned i = 0; i < MANY; i += 2)
		rig.http->ops->cancel(rig.http, xs[i]);
	wait_all(&rig);
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(xs[i]->result, i % 2 ? HTTP_OK : HTTP_CANCELLED);
		end(&rig, xs[i]);
	}
	send_one(&rig, p, HTTP_OK, false);
	assert_int_equal(wire_server_connections(rig.server), 1);
	close_rig(&rig);
}

/* All streams of a lost connection are sent again, each once. */
static void test_lost(void **state)
{
	static const enum wire_act acts[] = {WIRE_OK, WIRE_FIN};
	struct exchange *xs[MANY];
	struct rig rig;

	(void)state;
	open_rig(&rig, acts, 2);
	struct http_plan *p = plan(&rig, (struct http_plan_spec){.timeout = 0});
	send_one(&rig, p, HTTP_OK, true);
	send_many(&rig, p, xs);
	wait_all(&rig);
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(xs[i]->result, HTTP_OK);
		assert_int_equal(xs[i]->resent, 1);
		end(&rig, xs[i]);
	}
	close_rig(&rig);
}

/* Nothing arrives on the connection any more: the next request does not wait for it again. */
static void test_dead_connection(void **state)
{
	static const enum wire_act acts[] = {WIRE_OK, WIRE_SILENT};
	struct rig rig;

	(void)state;
	open_rig(&rig, acts, 2);
	struct http_plan *p = plan(&rig, (struct http_plan_spec){.timeout = NS_PER_S / 2});
	struct http_plan *patient = plan(&rig, (struct http_plan_spec){.timeout = 0});
	send_one(&rig, p, HTTP_OK, true);
	send_one(&rig, p, HTTP_TIMEOUT, false);
	send_one(&rig, patient, HTTP_OK, true);
	send_one(&rig, patient, HTTP_OK, false);
	assert_int_equal(wire_server_connections(rig.server), 2);
	close_rig(&rig);
}

/* A server that never opens the window for more of the body. */
static void test_stalled_upload(void **state)
{
	struct rig rig;

	(void)state;
	open_rig(&rig, NULL, 0);
	struct http_plan *p =
	    plan(&rig, (struct http_plan_spec){
			   .method = STR("POST"), .has_body = true, .timeout = NS_PER_S / 2});
	struct exchange *x = begin(&rig, p);
	for (size_t i = 0; i < 200000; i++)
		buf_add_char(&x->body, 'b');
	rig.http->ops->send(rig.http, x);
	wait_all(&rig);
	assert_int_equal(x->result, HTTP_TIMEOUT);
	/* The head, and the window of 65,535 bytes. */
	assert_in_range(x->bytes_sent, 65535, 65535 + 300);
	end(&rig, x);
	assert_int_equal(wire_server_requests(rig.server), 0);
	close_rig(&rig);
}

static void test_versions(void **state)
{
	struct rig rig;

	(void)state;
	open_rig(&rig, NULL, 0);
	struct http_plan *two = plan(&rig, (struct http_plan_spec){.timeout = 0});
	struct http_plan *one = plan(&rig, (struct http_plan_spec){.http_version = HTTP_WANT_1_1});
	for (int i = 0; i < 2; i++) {
		send_one(&rig, two, HTTP_OK, i == 0);
		send_one(&rig, one, HTTP_OK, i == 0);
	}
	assert_int_equal(wire_server_connections(rig.server), 2);
	close_rig(&rig);
}

#define SERVERS	 260u
#define IDLE_MAX 256u

/* A user keeps a limited number of connections without streams. */
static void test_many_servers(void **state)
{
	static char texts[SERVERS][48];
	const char *resolve[SERVERS];
	struct rig rig;

	(void)state;
	open_rig(&rig, NULL, 0);
	for (unsigned i = 0; i < SERVERS; i++) {
		snprintf(texts[i], sizeof texts[i], "h%u.test:%u:127.0.0.1", i,
			 wire_server_port(rig.server));
		resolve[i] = texts[i];
	}
	rig.config.resolve = resolve;
	rig.config.resolve_count = SERVERS;
	restart(&rig);
	struct http_plan *p = plan(&rig, (struct http_plan_spec){.timeout = 0});
	for (unsigned i = 0; i <= SERVERS; i++) {
		struct exchange *x = begin(&rig, p);

		buf_printf(&x->url, "http://h%u.test:%u/", i < SERVERS ? i : SERVERS - 1,
			   wire_server_port(rig.server));
		rig.http->ops->send(rig.http, x);
		wait_all(&rig);
		assert_int_equal(x->result, HTTP_OK);
		assert_int_equal(x->new_connection, i != SERVERS);
		end(&rig, x);
	}
	assert_int_equal(rig.http->counters.open_now, IDLE_MAX);
	close_rig(&rig);
}

static void test_no_allocation_per_request(void **state)
{
	static const char *const lines[] = {"X-A: b", "Content-Type: application/json"};
	struct rig rig;
	unsigned long before = 0;

	(void)state;
	open_rig(&rig, NULL, 0);
	struct http_plan *plans[] = {
	    plan(&rig, (struct http_plan_spec){.timeout = 0}),
	    plan(&rig, (struct http_plan_spec){.method = STR("POST"),
					       .has_body = true,
					       .header_lines = lines,
					       .header_count = 2}),
	};
	for (unsigned i = 0; i < 600; i++) {
		struct exchange *x = begin(&rig, plans[i % 2]);

		if (i % 2) {
			buf_add(&x->header_text, str_n("X-B: c\0Cookie: d=e\0", 19));
			buf_printf(&x->body, "{\"number\": %u}", i % 10);
		}
		rig.http->ops->send(rig.http, x);
		wait_all(&rig);
		assert_int_equal(x->result, HTTP_OK);
		end(&rig, x);
		if (i == 60)
			before = counted_mallocs();
	}
	assert_true(before > 0);
	assert_int_equal(counted_mallocs() - before, 0);
	close_rig(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_many_streams),   cmocka_unit_test(test_cancel_some),
	    cmocka_unit_test(test_lost),	   cmocka_unit_test(test_dead_connection),
	    cmocka_unit_test(test_stalled_upload), cmocka_unit_test(test_versions),
	    cmocka_unit_test(test_many_servers),   cmocka_unit_test(test_no_allocation_per_request),
	};

	return cmocka_run_group_tests(tests, http_fixture_begin, http_fixture_end);
}
