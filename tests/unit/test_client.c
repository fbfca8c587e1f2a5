/* The HTTP client over time: connections, cookies, redirects, limits, failures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "client_rig.h"

static void test_keep_alive(void **state)
{
	struct client_rig rig;
	struct exchange *x;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){.keep_body = true}, "/ok");
	x = rig_send(&rig, plan, rig.user);
	rig_assert_ok(x);
	assert_true(x->new_connection);
	assert_string_equal(x->response.data, "ok");
	assert_int_equal(x->version, 11);
	x = rig_send(&rig, plan, rig.user);
	rig_assert_ok(x);
	assert_false(x->new_connection);
	assert_int_equal(x->times.connect, 0);
	assert_true(x->times.done >= x->times.sent);
	assert_int_equal(tiny_server_connections(rig.server), 1);
	assert_int_equal(rig.http->counters.connections_opened, 1);
	assert_int_equal(rig.http->counters.open_now, 1);
	rig_close(&rig);
}

static void test_users_have_own_connections_and_cookies(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan_spec spec = {.keep_body = true};
	struct http_plan *first = rig_plan(&rig, spec, "/cookie?id=first");
	struct http_plan *second = rig_plan(&rig, spec, "/cookie?id=second");
	struct http_plan *echo = rig_plan(&rig, spec, "/echo");
	struct http_user *other = rig.http->ops->user_open(rig.http);
	rig_assert_ok(rig_send(&rig, first, rig.user));
	rig_assert_ok(rig_send(&rig, second, other));
	for (int round = 0; round < 3; round++) {
		assert_true(rig_says(rig_send(&rig, echo, rig.user), "Cookie: id=first\r\n"));
		assert_true(rig_says(rig_send(&rig, echo, other), "Cookie: id=second\r\n"));
	}
	assert_int_equal(tiny_server_connections(rig.server), 2);
	rig.http->ops->cookies_clear(rig.http, other);
	assert_false(rig_says(rig_send(&rig, echo, other), "Cookie:"));
	assert_true(rig_says(rig_send(&rig, echo, rig.user), "Cookie: id=first\r\n"));
	rig.http->ops->user_close(rig.http, other);
	rig_close(&rig);
}

static void test_pool_reuses_connections_without_cookies(void **state)
{
	struct client_rig rig;
	struct http_config config = rig_usual;

	(void)state;
	config.reuse = HTTP_REUSE_POOL;
	rig_open(&rig, &config);
	struct http_plan_spec spec = {.keep_body = true};
	struct http_plan *set = rig_plan(&rig, spec, "/cookie?id=mine");
	struct http_plan *echo = rig_plan(&rig, spec, "/echo");
	rig_assert_ok(rig_send(&rig, set, rig.user));
	rig.http->ops->user_close(rig.http, rig.user);
	rig.user = rig.http->ops->user_open(rig.http);
	struct exchange *x = rig_send(&rig, echo, rig.user);
	rig_assert_ok(x);
	assert_false(rig_says(x, "Cookie:"));
	assert_false(x->new_connection);
	assert_int_equal(tiny_server_connections(rig.server), 1);
	rig_close(&rig);
}

static void test_reuse_none(void **state)
{
	struct client_rig rig;
	struct http_config config = rig_usual;

	(void)state;
	config.reuse = HTTP_REUSE_NONE;
	rig_open(&rig, &config);
	struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){0}, "/ok");
	rig_assert_ok(rig_send(&rig, plan, rig.user));
	assert_true(rig_send(&rig, plan, rig.user)->new_connection);
	assert_int_equal(tiny_server_connections(rig.server), 2);
	assert_int_equal(rig.http->counters.open_now, 0);
	rig_close(&rig);
}

static void test_no_cookies(void **state)
{
	struct client_rig rig;
	struct http_config config = rig_usual;

	(void)state;
	config.cookies = false;
	rig_open(&rig, &config);
	struct http_plan_spec spec = {.keep_body = true};
	rig_assert_ok(rig_send(&rig, rig_plan(&rig, spec, "/cookie?id=x"), rig.user));
	assert_false(rig_says(rig_send(&rig, rig_plan(&rig, spec, "/echo"), rig.user), "Cookie"));
	rig_close(&rig);
}

/* The server closes a connection when it receives the second request on it. */
static void test_get_is_resent_and_counted(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){0}, "/first_only");
	rig_assert_ok(rig_send(&rig, plan, rig.user));
	struct exchange *x = rig_send(&rig, plan, rig.user);
	rig_assert_ok(x);
	assert_int_equal(x->resent, 1);
	assert_true(x->new_connection);
	assert_int_equal(tiny_server_requests(rig.server), 3);
	rig_close(&rig);
}

/* libcurl sends again at most five times per handle; the limit must not add up over requests. */
static void test_many_requests_are_resent(void **state)
{
	static const struct http_plan_spec specs[] = {
	    {.method = STR("GET")},
	    {.method = STR("POST"), .has_body = true, .body = STR("x=1")},
	};
	struct client_rig rig;

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		rig_open(&rig, &rig_usual);
		struct http_plan *plan = rig_plan(&rig, specs[k], "/first_only");
		rig_assert_ok(rig_send(&rig, plan, rig.user));
		for (unsigned i = 1; i <= 20; i++) {
			struct exchange *x = rig_send(&rig, plan, rig.user);

			rig_assert_ok(x);
			assert_int_equal(x->resent, 1);
			assert_int_equal(tiny_server_requests(rig.server), 1 + 2 * i);
			assert_int_equal(tiny_server_connections(rig.server), 1 + i);
		}
		rig_close(&rig);
	}
}

static void test_closed_while_idle_is_counted(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){0}, "/idle_close");
	rig_assert_ok(rig_send(&rig, plan, rig.user));
	for (int i = 0; i < 2000 && !rig.http->counters.closed_idle; i++)
		rig_idle(&rig, 10);
	assert_int_equal(rig.http->counters.closed_idle, 1);
	struct exchange *x = rig_send(&rig, plan, rig.user);
	rig_assert_ok(x);
	assert_int_equal(x->resent, 0);
	assert_int_equal(tiny_server_connections(rig.server), 2);
	rig_close(&rig);
}

static void test_redirect_is_resolved_not_followed(void **state)
{
	static const struct {
		const char *path, *target;
	} cases[] = {
	    {"/redirect?to=/b?c=d", "/b?c=d"},
	    {"/redirect?to=next", "/next"},
	    {"/redirect?to=../up", "/up"},
	    {"/redirect?to=./a/../b", "/b"},
	    {"/redirect?to=?q", "/redirect?q"},
	    {"/redirect?to=/a%2Cb%2cc", "/a%2Cb%2cc"},
	    {"/redirect?to=/\xc3\xa4#part", "/%C3%A4"},
	};
	struct client_rig rig;
	char expected[256];

	(void)state;
	rig_open(&rig, &rig_usual);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){0}, cases[i].path);
		struct exchange *x = rig_send(&rig, plan, rig.user);

		snprintf(expected, sizeof expected, "%s%s", rig.base, cases[i].target);
		assert_int_equal(x->result, HTTP_OK);
		assert_int_equal(x->status, 302);
		assert_string_equal(x->redirect_to.ptr, expected);
	}
	struct http_plan *away =
	    rig_plan(&rig, (struct http_plan_spec){0}, "/redirect?to=https://other.test/x");
	assert_string_equal(rig_send(&rig, away, rig.user)->redirect_to.ptr,
			    "https://other.test/x");
	struct http_plan *idn = rig_plan(&rig, (struct http_plan_spec){0},
					 "/redirect?to=//b\xc3\xbc"
					 "cher.test/\xc3\xbc");
	assert_string_equal(rig_send(&rig, idn, rig.user)->redirect_to.ptr,
			    "http://xn--bcher-kva.test/%C3%BC");
	assert_null(rig_send(&rig, rig_plan(&rig, (struct http_plan_spec){0}, "/ok"), rig.user)
			->redirect_to.ptr);
	assert_int_equal(tiny_server_requests(rig.server), sizeof cases / sizeof *cases + 3);
	rig_close(&rig);
}

/* The hop after a redirect: another URL, a GET instead of a POST, nothing secret. */
static void test_hop_to_another_origin(void **state)
{
	static const char *const lines[] = {"Authorization: Basic eDp5", "Content-Type: text/plain",
					    "X-Keep: 1", "Cookie: given=1"};
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan_spec spec = {.method = STR("POST"),
				      .has_body = true,
				      .body = STR("secret"),
				      .header_lines = lines,
				      .header_count = 4,
				      .keep_body = true};
	struct http_plan *plan = rig_plan(&rig, spec, "/echo");
	struct exchange *x = rig_send(&rig, plan, rig.user);
	rig_assert_ok(x);
	assert_true(rig_says(x, "POST /echo"));
	assert_true(rig_says(x, "Authorization: Basic eDp5\r\n"));
	assert_true(rig_says(x, "Cookie: given=1\r\n"));
	rig_end(&rig, x);
	x = rig.http->ops->begin(rig.http, plan, rig.user);
	x->override_method = true;
	x->method = "GET";
	x->drop_credentials = true;
	buf_printf(&x->url, "%s/echo?hop=2", rig.base);
	rig.answered = NULL;
	rig_wait(&rig, x);
	rig_assert_ok(x);
	assert_true(rig_says(x, "GET /echo?hop=2 "));
	assert_true(rig_says(x, "X-Keep: 1\r\n"));
	assert_false(rig_says(x, "Authorization"));
	assert_false(rig_says(x, "Cookie"));
	assert_false(rig_says(x, "Content-"));
	x = rig_send(&rig, plan, rig.user);
	assert_true(rig_says(x, "POST /echo HTTP"));
	assert_true(rig_says(x, "Authorization: Basic eDp5\r\n"));
	assert_true(rig_says(x, "Cookie: given=1\r\n"));
	assert_true(rig_says(x, "Content-Length: 6\r\n"));
	rig_close(&rig);
}

static void test_body_limit(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	for (int keep = 0; keep < 2; keep++) {
		struct http_plan_spec spec = {.keep_body = keep, .body_limit = 1000};

		rig_assert_ok(rig_send(&rig, rig_plan(&rig, spec, "/body/1000"), rig.user));
		struct exchange *x = rig_send(&rig, rig_plan(&rig, spec, "/body/1001"), rig.user);
		assert_int_equal(x->result, HTTP_BODY_MAX);
		assert_true(x->response.len <= 1000);
	}
	/* 1,000 compressed bytes are 1,000,000 decoded ones: they are decoded only if they are
	 * read. */
	struct http_plan_spec spec = {.body_limit = 5000};
	rig_assert_ok(rig_send(&rig, rig_plan(&rig, spec, "/gzip/1000000"), rig.user));
	spec.keep_body = true;
	assert_int_equal(rig_send(&rig, rig_plan(&rig, spec, "/gzip/1000000"), rig.user)->result,
			 HTTP_BODY_MAX);
	rig_close(&rig);
}

static void test_compression(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan_spec spec = {.keep_body = true};
	struct exchange *x = rig_send(&rig, rig_plan(&rig, spec, "/gzip/100000"), rig.user);
	rig_assert_ok(x);
	assert_int_equal(x->response.len, 100000);
	assert_int_equal(x->response.data[99999], 'a');
	assert_true(x->bytes_received < 1000);
	x = rig_send(&rig, rig_plan(&rig, spec, "/echo"), rig.user);
	assert_true(rig_says(x, "Accept-Encoding: gzip, deflate"));
	spec.no_compression = true;
	x = rig_send(&rig, rig_plan(&rig, spec, "/echo"), rig.user);
	assert_false(rig_says(x, "Accept-Encoding"));
	spec = (struct http_plan_spec){0};
	x = rig_send(&rig, rig_plan(&rig, spec, "/gzip/100000"), rig.user);
	rig_assert_ok(x);
	assert_int_equal(x->response.len, 0);
	assert_true(x->bytes_received < 1000);
	assert_non_null(strstr(tiny_server_last(rig.server), "Accept-Encoding: gzip, deflate"));
	rig_close(&rig);
}

static void test_failures_by_class(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	for (int keep = 0; keep < 2; keep++) {
		struct http_plan_spec spec = {.keep_body = keep};
		static const struct {
			const char *path;
			enum http_result result;
			ns_t timeout;
		} cases[] = {
		    {"/short", HTTP_TRUNCATED, 0},
		    {"/ok", HTTP_OK, 0}, /* connected before there is a timeout */
		    {"/never", HTTP_TIMEOUT, 100 * NS_PER_MS},
		    {"/bad_chunk", HTTP_PROTOCOL, 0},
		    {"/no_http", HTTP_PROTOCOL, 0},
		    {"/reset", HTTP_RESET, 0},
		    {"/reset_body", HTTP_TRUNCATED, 0},
		};

		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
			spec.timeout = cases[i].timeout;
			struct http_plan *plan = rig_plan(&rig, spec, cases[i].path);
			struct exchange *x = rig_send(&rig, plan, rig.user);

			if (x->result != cases[i].result)
				fail_msg("%s: %d, %s", cases[i].path, (int)x->result, x->error);
			assert_true(x->result == HTTP_OK || x->error[0]);
		}
		spec.timeout = 0;
		rig_assert_ok(rig_send(&rig, rig_plan(&rig, spec, "/ok"), rig.user));
	}
	rig_close(&rig);
}

static void test_closed_port(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan_spec spec = {.url = STR("http://127.0.0.1:1/")};
	struct exchange *x = rig_send(&rig, rig_plan(&rig, spec, NULL), rig.user);
	assert_int_equal(x->result, HTTP_CONNECT);
	spec.url = STR("http://nobody.invalid/");
	assert_int_equal(rig_send(&rig, rig_plan(&rig, spec, NULL), rig.user)->result, HTTP_DNS);
	assert_int_equal(rig.http->ops->resolve(rig.http, "nobody.invalid", 81), HTTP_DNS);
	spec.url = STR("gopher://127.0.0.1/");
	assert_int_equal(rig_send(&rig, rig_plan(&rig, spec, NULL), rig.user)->result,
			 HTTP_PROTOCOL);
	rig_close(&rig);
}

/* Known beforehand, and found while the request waits. */
static void test_names(void **state)
{
	struct client_rig rig;

	(void)state;
	for (int known = 0; known < 2; known++) {
		struct http_config config = rig_usual;

		config.dns_ttl = 0;
		rig_open(&rig, &config);
		if (known)
			assert_int_equal(rig.http->ops->resolve(rig.http, "localhost",
								tiny_server_port(rig.server)),
					 HTTP_OK);
		snprintf(rig.base, sizeof rig.base, "http://localhost:%u",
			 tiny_server_port(rig.server));
		struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){0}, "/ok");
		for (int i = 0; i < 5; i++) {
			rig_assert_ok(rig_send(&rig, plan, rig.user));
			rig_idle(&rig, 5);
		}
		assert_int_equal(tiny_server_connections(rig.server), 1);
		rig_close(&rig);
	}
}

/* RFC 6761: every name below .localhost is this machine. */
static void test_names_below_localhost(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	snprintf(rig.base, sizeof rig.base, "http://shop.localhost:%u",
		 tiny_server_port(rig.server));
	rig_assert_ok(rig_send(&rig, rig_plan(&rig, (struct http_plan_spec){0}, "/ok"), rig.user));
	rig_close(&rig);
}

/* A shortage on this machine is distinct from failures of the target. */
static void test_out_of_open_files(void **state)
{
	struct client_rig rig;
	struct rlimit before, now;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){0}, "/ok");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	now = before;
	int next = dup(0);
	close(next);
	now.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
	struct exchange *x = rig_send(&rig, plan, rig.user);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(x->result, HTTP_NO_FILES);
	assert_non_null(strstr(x->error, "file descriptor"));
	rig_assert_ok(rig_send(&rig, plan, rig.user));
	rig_close(&rig);
}

static void test_unix_socket(void **state)
{
	struct client_rig rig;
	struct http_config config = rig_usual;
	char path[64];

	(void)state;
	snprintf(path, sizeof path, "/tmp/test_client_%ld.sock", (long)getpid());
	config.unix_socket = path;
	rig_open(&rig, &config);
	struct http_plan_spec spec = {.url = STR("http://no.such.name/echo"), .keep_body = true};
	struct http_plan *plan = rig_plan(&rig, spec, NULL);
	struct exchange *x = rig_send(&rig, plan, rig.user);
	rig_assert_ok(x);
	assert_true(rig_says(x, "Host: no.such.name\r\n"));
	rig_assert_ok(rig_send(&rig, plan, rig.user));
	assert_int_equal(tiny_server_connections(rig.server), 1);
	rig_close(&rig);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keep_alive),
	    cmocka_unit_test(test_users_have_own_connections_and_cookies),
	    cmocka_unit_test(test_pool_reuses_connections_without_cookies),
	    cmocka_unit_test(test_reuse_none),
	    cmocka_unit_test(test_no_cookies),
	    cmocka_unit_test(test_get_is_resent_and_counted),
	    cmocka_unit_test(test_many_requests_are_resent),
	    cmocka_unit_test(test_closed_while_idle_is_counted),
	    cmocka_unit_test(test_redirect_is_resolved_not_followed),
	    cmocka_unit_test(test_hop_to_another_origin),
	    cmocka_unit_test(test_body_limit),
	    cmocka_unit_test(test_compression),
	    cmocka_unit_test(test_failures_by_class),
	    cmocka_unit_test(test_closed_port),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_names_below_localhost),
	    cmocka_unit_test(test_out_of_open_files),
	    cmocka_unit_test(test_unix_socket),
	};

	return cmocka_run_group_tests(tests, rig_global_start, rig_global_stop);
}
