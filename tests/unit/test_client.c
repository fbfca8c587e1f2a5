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

static const struct http_config usual = {
    .cookies = true, .dns_ttl = NS_NEVER, .user_agent = "reprise/test"};

static int global_start(void **state)
{
	(void)state;
	http_global_init();
	return 0;
}

static int global_stop(void **state)
{
	(void)state;
	http_global_cleanup();
	return 0;
}

static bool says(const struct exchange *x, const char *text)
{
	return x->answer.len && strstr(x->answer.data, text);
}

static void assert_ok(const struct exchange *x)
{
	if (x->result != HTTP_OK)
		fail_msg("result %d: %s", x->result, x->error);
	assert_int_equal(x->status, 200);
}

static void test_keep_alive(void **state)
{
	struct client_rig rig;
	struct exchange *x;

	(void)state;
	rig_open(&rig, &usual);
	struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){.keep_body = true}, "/ok");
	x = rig_send(&rig, plan, rig.user);
	assert_ok(x);
	assert_true(x->new_connection);
	assert_string_equal(x->answer.data, "ok");
	assert_int_equal(x->version, 11);
	x = rig_send(&rig, plan, rig.user);
	assert_ok(x);
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
	rig_open(&rig, &usual);
	struct http_plan_spec spec = {.keep_body = true};
	struct http_plan *first = rig_plan(&rig, spec, "/cookie?id=first");
	struct http_plan *second = rig_plan(&rig, spec, "/cookie?id=second");
	struct http_plan *echo = rig_plan(&rig, spec, "/echo");
	struct http_user *other = rig.http->ops->user_open(rig.http);
	assert_ok(rig_send(&rig, first, rig.user));
	assert_ok(rig_send(&rig, second, other));
	for (int round = 0; round < 3; round++) {
		assert_true(says(rig_send(&rig, echo, rig.user), "Cookie: id=first\r\n"));
		assert_true(says(rig_send(&rig, echo, other), "Cookie: id=second\r\n"));
	}
	assert_int_equal(tiny_server_connections(rig.server), 2);
	rig.http->ops->cookies_clear(rig.http, other);
	assert_false(says(rig_send(&rig, echo, other), "Cookie:"));
	assert_true(says(rig_send(&rig, echo, rig.user), "Cookie: id=first\r\n"));
	rig.http->ops->user_close(rig.http, other);
	rig_close(&rig);
}

static void test_pool_hands_connections_on_without_cookies(void **state)
{
	struct client_rig rig;
	struct http_config config = usual;

	(void)state;
	config.reuse = HTTP_REUSE_POOL;
	rig_open(&rig, &config);
	struct http_plan_spec spec = {.keep_body = true};
	struct http_plan *set = rig_plan(&rig, spec, "/cookie?id=mine");
	struct http_plan *echo = rig_plan(&rig, spec, "/echo");
	assert_ok(rig_send(&rig, set, rig.user));
	rig.http->ops->user_close(rig.http, rig.user);
	rig.user = rig.http->ops->user_open(rig.http);
	struct exchange *x = rig_send(&rig, echo, rig.user);
	assert_ok(x);
	assert_false(says(x, "Cookie:"));
	assert_false(x->new_connection);
	assert_int_equal(tiny_server_connections(rig.server), 1);
	rig_close(&rig);
}

static void test_reuse_none(void **state)
{
	struct client_rig rig;
	struct http_config config = usual;

	(void)state;
	config.reuse = HTTP_REUSE_NONE;
	rig_open(&rig, &config);
	struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){0}, "/ok");
	assert_ok(rig_send(&rig, plan, rig.user));
	assert_true(rig_send(&rig, plan, rig.user)->new_connection);
	assert_int_equal(tiny_server_connections(rig.server), 2);
	assert_int_equal(rig.http->counters.open_now, 0);
	rig_close(&rig);
}

static void test_no_cookies(void **state)
{
	struct client_rig rig;
	struct http_config config = usual;

	(void)state;
	config.cookies = false;
	rig_open(&rig, &config);
	struct http_plan_spec spec = {.keep_body = true};
	assert_ok(rig_send(&rig, rig_plan(&rig, spec, "/cookie?id=x"), rig.user));
	assert_false(says(rig_send(&rig, rig_plan(&rig, spec, "/echo"), rig.user), "Cookie"));
	rig_close(&rig);
}

/* The server closes a reused connection when it sees the second request on it. */
static void test_get_is_resent_and_counted(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){0}, "/first_only");
	assert_ok(rig_send(&rig, plan, rig.user));
	struct exchange *x = rig_send(&rig, plan, rig.user);
	assert_ok(x);
	assert_int_equal(x->resent, 1);
	assert_true(x->new_connection);
	assert_int_equal(tiny_server_requests(rig.server), 3);
	rig_close(&rig);
}

static void test_post_is_never_resent(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	struct http_plan_spec spec = {.method = STR("POST"), .has_body = true, .body = STR("x=1")};
	struct http_plan *plan = rig_plan(&rig, spec, "/first_only");
	assert_ok(rig_send(&rig, plan, rig.user));
	struct exchange *x = rig_send(&rig, plan, rig.user);
	assert_int_equal(x->result, HTTP_RESET);
	assert_int_equal(x->resent, 0);
	assert_int_equal(tiny_server_requests(rig.server), 2);
	assert_ok(rig_send(&rig, plan, rig.user));
	rig_close(&rig);
}

static void test_closed_while_idle_is_counted(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){0}, "/idle_close");
	assert_ok(rig_send(&rig, plan, rig.user));
	rig_idle(&rig, 100);
	assert_int_equal(rig.http->counters.closed_idle, 1);
	struct exchange *x = rig_send(&rig, plan, rig.user);
	assert_ok(x);
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
	};
	struct client_rig rig;
	char expected[256];

	(void)state;
	rig_open(&rig, &usual);
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
	assert_null(rig_send(&rig, rig_plan(&rig, (struct http_plan_spec){0}, "/ok"), rig.user)
			->redirect_to.ptr);
	assert_int_equal(tiny_server_requests(rig.server), 5);
	rig_close(&rig);
}

/* The hop after a redirect: another URL, a GET instead of a POST, nothing secret. */
static void test_hop_to_another_origin(void **state)
{
	static const char *const lines[] = {"Authorization: Basic eDp5", "Content-Type: text/plain",
					    "X-Keep: 1", "Cookie: given=1"};
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	struct http_plan_spec spec = {.method = STR("POST"),
				      .has_body = true,
				      .body = STR("secret"),
				      .header_lines = lines,
				      .header_count = 4,
				      .keep_body = true};
	struct http_plan *plan = rig_plan(&rig, spec, "/echo");
	struct exchange *x = rig_send(&rig, plan, rig.user);
	assert_ok(x);
	assert_true(says(x, "POST /echo"));
	assert_true(says(x, "Authorization: Basic eDp5\r\n"));
	assert_true(says(x, "Cookie: given=1\r\n"));
	rig_end(&rig, x);
	x = rig.http->ops->begin(rig.http, plan, rig.user);
	x->override_method = true;
	x->method = "GET";
	x->drop_credentials = true;
	buf_printf(&x->url, "%s/echo?hop=2", rig.base);
	rig.answered = NULL;
	rig_wait(&rig, x);
	assert_ok(x);
	assert_true(says(x, "GET /echo?hop=2 "));
	assert_true(says(x, "X-Keep: 1\r\n"));
	assert_false(says(x, "Authorization"));
	assert_false(says(x, "Cookie"));
	assert_false(says(x, "Content-"));
	x = rig_send(&rig, plan, rig.user);
	assert_true(says(x, "POST /echo HTTP"));
	assert_true(says(x, "Authorization: Basic eDp5\r\n"));
	assert_true(says(x, "Cookie: given=1\r\n"));
	assert_true(says(x, "Content-Length: 6\r\n"));
	rig_close(&rig);
}

static void test_body_limit(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	for (int keep = 0; keep < 2; keep++) {
		struct http_plan_spec spec = {.keep_body = keep, .body_limit = 1000};

		assert_ok(rig_send(&rig, rig_plan(&rig, spec, "/body/1000"), rig.user));
		struct exchange *x = rig_send(&rig, rig_plan(&rig, spec, "/body/1001"), rig.user);
		assert_int_equal(x->result, HTTP_BODY_LIMIT);
		assert_true(x->answer.len <= 1000);
	}
	/* 1,000 bytes packed are 1,000,000 unpacked: only who reads them unpacks them. */
	struct http_plan_spec spec = {.body_limit = 5000};
	assert_ok(rig_send(&rig, rig_plan(&rig, spec, "/gzip/1000000"), rig.user));
	spec.keep_body = true;
	assert_int_equal(rig_send(&rig, rig_plan(&rig, spec, "/gzip/1000000"), rig.user)->result,
			 HTTP_BODY_LIMIT);
	rig_close(&rig);
}

static void test_compression(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	struct http_plan_spec spec = {.keep_body = true};
	struct exchange *x = rig_send(&rig, rig_plan(&rig, spec, "/gzip/100000"), rig.user);
	assert_ok(x);
	assert_int_equal(x->answer.len, 100000);
	assert_int_equal(x->answer.data[99999], 'a');
	assert_true(x->bytes_received < 1000);
	x = rig_send(&rig, rig_plan(&rig, spec, "/echo"), rig.user);
	assert_true(says(x, "Accept-Encoding: gzip, deflate"));
	spec.no_compression = true;
	x = rig_send(&rig, rig_plan(&rig, spec, "/echo"), rig.user);
	assert_false(says(x, "Accept-Encoding"));
	spec = (struct http_plan_spec){0};
	x = rig_send(&rig, rig_plan(&rig, spec, "/gzip/100000"), rig.user);
	assert_ok(x);
	assert_int_equal(x->answer.len, 0);
	assert_true(x->bytes_received < 1000);
	assert_non_null(strstr(tiny_server_last(rig.server), "Accept-Encoding: gzip, deflate"));
	rig_close(&rig);
}

static void test_failures_by_class(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	for (int keep = 0; keep < 2; keep++) {
		struct http_plan_spec spec = {.keep_body = keep, .timeout = 100 * NS_PER_MS};
		static const struct {
			const char *path;
			enum http_result result;
		} cases[] = {
		    {"/short", HTTP_TRUNCATED},
		    {"/slow/400", HTTP_TIMEOUT},
		    {"/bad_chunk", HTTP_PROTOCOL},
		    {"/no_http", HTTP_PROTOCOL},
		};

		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
			struct http_plan *plan = rig_plan(&rig, spec, cases[i].path);
			struct exchange *x = rig_send(&rig, plan, rig.user);

			assert_int_equal(x->result, cases[i].result);
			assert_true(x->error[0]);
		}
		assert_ok(rig_send(&rig, rig_plan(&rig, spec, "/ok"), rig.user));
	}
	rig_close(&rig);
}

static void test_nobody_listens(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
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
		struct http_config config = usual;

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
			assert_ok(rig_send(&rig, plan, rig.user));
			rig_idle(&rig, 5);
		}
		assert_int_equal(tiny_server_connections(rig.server), 1);
		rig_close(&rig);
	}
}

/* Told apart from what the target does. The next request for a descriptor gets none. */
static void test_out_of_open_files(void **state)
{
	struct client_rig rig;
	struct rlimit before, now;

	(void)state;
	rig_open(&rig, &usual);
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
	assert_non_null(strstr(x->error, "open file"));
	assert_ok(rig_send(&rig, plan, rig.user));
	rig_close(&rig);
}

static void test_unix_socket(void **state)
{
	struct client_rig rig;
	struct http_config config = usual;
	char path[64];

	(void)state;
	snprintf(path, sizeof path, "/tmp/test_client_%ld.sock", (long)getpid());
	config.unix_socket = path;
	rig_open(&rig, &config);
	struct http_plan_spec spec = {.url = STR("http://no.such.name/echo"), .keep_body = true};
	struct http_plan *plan = rig_plan(&rig, spec, NULL);
	struct exchange *x = rig_send(&rig, plan, rig.user);
	assert_ok(x);
	assert_true(says(x, "Host: no.such.name\r\n"));
	assert_ok(rig_send(&rig, plan, rig.user));
	assert_int_equal(tiny_server_connections(rig.server), 1);
	rig_close(&rig);
	unlink(path);
}

static void fill_lines(struct exchange *x, const char *const *lines)
{
	for (; *lines; lines++)
		buf_add(&x->header_text, str_n(*lines, strlen(*lines) + 1));
}

static struct exchange *send_lines(struct client_rig *rig, struct http_plan *plan,
				   const char *const *lines)
{
	struct exchange *x = rig->http->ops->begin(rig->http, plan, rig->user);

	fill_lines(x, lines);
	return rig_wait(rig, x);
}

static void test_header_lines(void **state)
{
	static const char *const constant[] = {"X-Constant: 1", "X-Empty:", "Accept: text/html"};
	static const char *const varying[] = {"X-Dynamic: 2", "User-Agent: other",
					      "Accept-Encoding: identity", "X-Blank: ", NULL};
	static const char *const broken[] = {"X-A: b\r\nX-Smuggled: 1", NULL};
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	struct http_plan_spec spec = {
	    .header_lines = constant, .header_count = 3, .keep_body = true};
	struct http_plan *plan = rig_plan(&rig, spec, "/echo");
	struct exchange *x = rig_send(&rig, plan, rig.user);
	assert_true(says(x, "X-Constant: 1\r\n"));
	assert_true(says(x, "X-Empty:\r\n"));
	assert_true(says(x, "Accept: text/html\r\n"));
	assert_false(says(x, "Accept: */*"));
	assert_true(says(x, "User-Agent: reprise/test\r\n"));
	rig_end(&rig, x);
	x = send_lines(&rig, plan, varying);
	assert_true(says(x, "X-Constant: 1\r\n"));
	assert_true(says(x, "X-Dynamic: 2\r\n"));
	assert_true(says(x, "X-Blank:\r\n"));
	assert_true(says(x, "User-Agent: other\r\n"));
	assert_false(says(x, "reprise/test"));
	assert_true(says(x, "Accept-Encoding: identity\r\n"));
	assert_false(says(x, "gzip"));
	rig_end(&rig, x);
	x = send_lines(&rig, plan, broken);
	assert_int_equal(x->result, HTTP_PROTOCOL);
	x = rig_send(&rig, plan, rig.user);
	assert_false(says(x, "X-Dynamic"));
	assert_true(says(x, "User-Agent: reprise/test\r\n"));
	rig_close(&rig);
}

/* One Cookie line, whoever wants to say something. */
static void test_cookie_line_joins_the_jar(void **state)
{
	static const char *const line[] = {"Cookie: mine=2", NULL};
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	struct http_plan_spec spec = {.keep_body = true};
	assert_ok(rig_send(&rig, rig_plan(&rig, spec, "/cookie?id=1"), rig.user));
	rig_end(&rig, rig.answered);
	struct http_plan *echo = rig_plan(&rig, spec, "/echo");
	struct exchange *x = send_lines(&rig, echo, line);
	assert_true(says(x, "Cookie: id=1; mine=2\r\n"));
	x = rig_send(&rig, echo, rig.user);
	assert_true(says(x, "Cookie: id=1\r\n"));
	rig_close(&rig);
}

static struct exchange *send_url(struct client_rig *rig, struct http_plan *plan, const char *rest)
{
	struct exchange *x = rig->http->ops->begin(rig->http, plan, rig->user);

	buf_printf(&x->url, "%s%s", rig->base, rest);
	return rig_wait(rig, x);
}

static void test_urls_that_vary(void **state)
{
	static const struct {
		const char *rest, *line;
	} cases[] = {
	    {"/echo", "GET /echo HTTP"},       {"/echo?a=1", "GET /echo?a=1 HTTP"},
	    {"/echo?b=%2f", "GET /echo?b=%2"}, {"/echo", "GET /echo HTTP"},
	    {"/x/../echo", "GET /echo HTTP"},  {"/echo#part", "GET /echo HTTP"},
	    {"/echo?c", "GET /echo?c HTTP"},   {"/a/./../echo?d", "GET /echo?d HTTP"},
	};
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){.keep_body = true}, NULL);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct exchange *x = send_url(&rig, plan, cases[i].rest);

		assert_int_equal(x->result, HTTP_OK);
		if (strncmp(tiny_server_last(rig.server), cases[i].line, strlen(cases[i].line)) !=
		    0)
			fail_msg("%s was sent as %.40s", cases[i].rest,
				 tiny_server_last(rig.server));
		rig_end(&rig, x);
		rig.answered = NULL;
	}
	struct exchange *x = send_url(&rig, plan, "/a b");
	assert_int_equal(x->result, HTTP_PROTOCOL);
	assert_int_equal(tiny_server_requests(rig.server), sizeof cases / sizeof *cases);
	rig_close(&rig);
}

/* A second send by libcurl must go to the URL of now, not to the handle's first. */
static void test_resend_goes_to_the_same_url(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){0}, NULL);
	struct exchange *x = send_url(&rig, plan, "/ok");
	rig_end(&rig, x);
	rig.answered = NULL;
	x = send_url(&rig, plan, "/first_only");
	assert_ok(x);
	assert_int_equal(x->resent, 1);
	assert_int_equal(strncmp(tiny_server_last(rig.server), "GET /first_only ", 16), 0);
	rig_close(&rig);
}

static void test_methods_and_bodies(void **state)
{
	static const struct {
		const char *method;
		bool has_body;
		const char *line, *length;
	} cases[] = {
	    {"GET", false, "GET /echo", NULL},
	    {"HEAD", false, "HEAD /echo", NULL},
	    {"POST", false, "POST /echo", "Content-Length: 0\r\n"},
	    {"PUT", true, "PUT /echo", "Content-Length: 4\r\n"},
	    {"DELETE", false, "DELETE /echo", NULL},
	    {"OPTIONS", false, "OPTIONS /echo", NULL},
	    {"GET", true, "GET /echo", "Content-Length: 4\r\n"},
	    {"PROPFIND", true, "PROPFIND /echo", "Content-Length: 4\r\n"},
	    {"POST", true, "POST /echo", "Content-Length: 4\r\n"},
	};
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_plan_spec spec = {.method = str_of(cases[i].method),
					      .has_body = cases[i].has_body,
					      .timeout = NS_PER_S};
		if (cases[i].has_body)
			spec.body = STR("body");
		struct http_plan *plan = rig_plan(&rig, spec, "/echo");
		struct exchange *x = rig_send(&rig, plan, rig.user);
		const char *head = tiny_server_last(rig.server);

		/* The server answers HEAD with a body: what follows needs a new connection. */
		assert_int_equal(x->result, HTTP_OK);
		assert_int_equal(strncmp(head, cases[i].line, strlen(cases[i].line)), 0);
		assert_true(cases[i].length ? strstr(head, cases[i].length) != NULL
					    : strstr(head, "Content-Length") == NULL);
		assert_null(strstr(head, "Content-Type"));
		assert_null(strstr(head, "Expect"));
	}
	rig_close(&rig);
}

static void test_bytes_on_the_wire(void **state)
{
	static const size_t sizes[] = {0, 1, 1000, 60000, 70000, 2000000};
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	struct http_plan *plan =
	    rig_plan(&rig, (struct http_plan_spec){.method = STR("POST"), .has_body = true}, "/ok");
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		unsigned long before = tiny_server_bytes(rig.server);
		struct exchange *x = rig.http->ops->begin(rig.http, plan, rig.user);

		buf_reserve(&x->body, sizes[i]);
		memset(x->body.data, 'x', sizes[i]);
		x->body.len = sizes[i];
		rig_wait(&rig, x);
		assert_ok(x);
		assert_int_equal(x->bytes_sent, tiny_server_bytes(rig.server) - before);
		assert_int_equal(x->bytes_received,
				 strlen("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
					"X-Served-By: tiny\r\n\r\nok"));
		rig_end(&rig, x);
		rig.answered = NULL;
	}
	rig_close(&rig);
}

static void test_interim_answers_are_dropped(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	struct http_plan_spec spec = {.keep_headers = true, .keep_body = true};
	struct exchange *x = rig_send(&rig, rig_plan(&rig, spec, "/early"), rig.user);
	assert_ok(x);
	assert_string_equal(x->answer.data, "late");
	assert_string_equal(x->headers.data, "Content-Length: 4\r\nX-Late: yes\r\n");
	rig_close(&rig);
}

static void test_cancel(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &usual);
	struct http_plan *slow = rig_plan(&rig, (struct http_plan_spec){0}, "/slow/300");
	struct http_plan *quick = rig_plan(&rig, (struct http_plan_spec){0}, "/ok");
	struct exchange *x = rig.http->ops->begin(rig.http, slow, rig.user);
	rig.due = 2; /* the alarm stops the loop first */
	rig.http->ops->send(rig.http, x);
	rig_idle(&rig, 50);
	assert_null(rig.answered);
	rig.due = 1;
	rig.http->ops->cancel(rig.http, x);
	assert_null(rig.answered);
	rig.loop->ops->run(rig.loop);
	assert_ptr_equal(rig.answered, x);
	assert_int_equal(x->result, HTTP_CANCELLED);
	assert_true(x->bytes_sent > 0);
	assert_ok(rig_send(&rig, quick, rig.user));
	rig_close(&rig);
}

/* A plan's spare handles and those of others, more plans than handles are kept for. */
static void test_many_plans_share_handles(void **state)
{
	struct client_rig rig;
	struct http_plan *plans[100];
	char path[32], line[48];

	(void)state;
	rig_open(&rig, &usual);
	for (size_t i = 0; i < 100; i++) {
		struct http_plan_spec spec = {.keep_body = true,
					      .method = i % 3 ? STR("GET") : STR("POST"),
					      .has_body = i % 3 == 0,
					      .body = i % 3 ? STR_NULL : STR("b")};

		snprintf(path, sizeof path, "/echo?n=%zu", i);
		plans[i] = rig_plan(&rig, spec, path);
	}
	for (size_t i = 0; i < 300; i++) {
		size_t n = i * 37 % 100;
		struct exchange *x = rig_send(&rig, plans[n], rig.user);

		snprintf(line, sizeof line, "%s /echo?n=%zu HTTP", n % 3 ? "GET" : "POST", n);
		assert_true(says(x, line));
		assert_true(says(x, "Content-Length: 1\r\n") == (n % 3 == 0));
	}
	assert_int_equal(tiny_server_connections(rig.server), 1);
	rig_close(&rig);
}

static void test_bad_tls_files_are_refused(void **state)
{
	struct http_tls_profile profile = {.verify = true, .ca = "/etc/hostname"};
	struct http_config config = usual;
	struct loop *loop = loop_new();
	struct buf error;

	(void)state;
	config.tls_profiles = &profile;
	config.tls_profile_count = 1;
	buf_init(&error, 0);
	assert_null(http_client_new(loop, &config, &error));
	assert_non_null(strstr(error.data, "/etc/hostname"));
	profile.ca = "/no/such/file.pem";
	buf_clear(&error);
	assert_null(http_client_new(loop, &config, &error));
	assert_non_null(strstr(error.data, "/no/such/file.pem"));
	buf_release(&error);
	loop->ops->free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keep_alive),
	    cmocka_unit_test(test_users_have_own_connections_and_cookies),
	    cmocka_unit_test(test_pool_hands_connections_on_without_cookies),
	    cmocka_unit_test(test_reuse_none),
	    cmocka_unit_test(test_no_cookies),
	    cmocka_unit_test(test_get_is_resent_and_counted),
	    cmocka_unit_test(test_post_is_never_resent),
	    cmocka_unit_test(test_closed_while_idle_is_counted),
	    cmocka_unit_test(test_redirect_is_resolved_not_followed),
	    cmocka_unit_test(test_hop_to_another_origin),
	    cmocka_unit_test(test_body_limit),
	    cmocka_unit_test(test_compression),
	    cmocka_unit_test(test_failures_by_class),
	    cmocka_unit_test(test_nobody_listens),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_out_of_open_files),
	    cmocka_unit_test(test_unix_socket),
	    cmocka_unit_test(test_header_lines),
	    cmocka_unit_test(test_cookie_line_joins_the_jar),
	    cmocka_unit_test(test_urls_that_vary),
	    cmocka_unit_test(test_resend_goes_to_the_same_url),
	    cmocka_unit_test(test_methods_and_bodies),
	    cmocka_unit_test(test_bytes_on_the_wire),
	    cmocka_unit_test(test_interim_answers_are_dropped),
	    cmocka_unit_test(test_cancel),
	    cmocka_unit_test(test_many_plans_share_handles),
	    cmocka_unit_test(test_bad_tls_files_are_refused),
	};

	return cmocka_run_group_tests(tests, global_start, global_stop);
}
