/* Requests of the HTTP client, and the outcome of single exchanges: lines, URLs, methods, bytes,
 * ends. */
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
	static const char *const constant[] = {"X-Constant: 1", "X-Empty:", "Accept: text/html",
					       "X-Colon: a:"};
	static const char *const varying[] = {
	    "X-Dynamic: 2", "User-Agent: other", "Accept-Encoding: identity",
	    "X-Blank: ",    "X-End: b:",	 NULL};
	static const char *const broken[] = {"X-A: b\r\nX-Smuggled: 1", NULL};
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan_spec spec = {
	    .header_lines = constant, .header_count = 4, .keep_body = true};
	struct http_plan *plan = rig_plan(&rig, spec, "/echo");
	struct exchange *x = rig_send(&rig, plan, rig.user);
	assert_true(rig_says(x, "X-Constant: 1\r\n"));
	assert_true(rig_says(x, "X-Empty:\r\n"));
	assert_true(rig_says(x, "X-Colon: a:\r\n"));
	assert_true(rig_says(x, "Accept: text/html\r\n"));
	assert_false(rig_says(x, "Accept: */*"));
	assert_true(rig_says(x, "User-Agent: reprise/test\r\n"));
	rig_end(&rig, x);
	x = send_lines(&rig, plan, varying);
	assert_true(rig_says(x, "X-Constant: 1\r\n"));
	assert_true(rig_says(x, "X-Dynamic: 2\r\n"));
	assert_true(rig_says(x, "X-Blank:\r\n"));
	assert_true(rig_says(x, "X-End: b:\r\n"));
	assert_true(rig_says(x, "User-Agent: other\r\n"));
	assert_false(rig_says(x, "reprise/test"));
	assert_true(rig_says(x, "Accept-Encoding: identity\r\n"));
	assert_false(rig_says(x, "gzip"));
	rig_end(&rig, x);
	x = send_lines(&rig, plan, broken);
	assert_int_equal(x->result, HTTP_PROTOCOL);
	x = rig_send(&rig, plan, rig.user);
	assert_false(rig_says(x, "X-Dynamic"));
	assert_true(rig_says(x, "User-Agent: reprise/test\r\n"));
	rig_close(&rig);
}

/* Handles are pooled: what the last exchange left must not be seen before the next is sent. */
static void test_begin_clears_the_last_exchange(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan_spec spec = {.keep_body = true};
	struct http_plan *plan = rig_plan(&rig, spec, "/echo");
	struct exchange *x = rig_send(&rig, plan, rig.user);

	assert_int_equal(x->status, 200);
	assert_non_null(x->last_url);
	rig_end(&rig, x);
	struct exchange *next = rig.http->ops->begin(rig.http, plan, rig.user);
	assert_ptr_equal(next, x); /* the pooled one */
	assert_int_equal(next->status, 0);
	assert_int_equal(next->version, 0);
	assert_null(next->last_url);
	assert_int_equal(next->times.sent, 0);
	assert_int_equal(next->times.done, 0);
	assert_int_equal(next->times.wait, 0);
	assert_false(next->new_connection);
	assert_int_equal(next->bytes_sent, 0);
	assert_int_equal(next->bytes_received, 0);
	rig_end(&rig, next);
	rig_close(&rig);
}

/* Only one Cookie line is sent; the scenario's cookies replace those of the jar. */
static void test_cookie_line_joins_the_jar(void **state)
{
	static const char *const other[] = {"Cookie: mine=2", NULL};
	static const char *const same[] = {"Cookie: id=3; mine=2", NULL};
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan_spec spec = {.keep_body = true};
	rig_assert_ok(rig_send(&rig, rig_plan(&rig, spec, "/cookie?id=1"), rig.user));
	rig_end(&rig, rig.answered);
	struct http_plan *echo = rig_plan(&rig, spec, "/echo");
	struct exchange *x = send_lines(&rig, echo, other);
	assert_true(rig_says(x, "Cookie: id=1; mine=2\r\n"));
	rig_end(&rig, x);
	x = send_lines(&rig, echo, same);
	assert_true(rig_says(x, "Cookie: id=3; mine=2\r\n"));
	assert_false(rig_says(x, "id=1"));
	x = rig_send(&rig, echo, rig.user);
	assert_true(rig_says(x, "Cookie: id=1\r\n"));
	rig_close(&rig);
}

/* A Host line of the scenario decides to which host cookies belong. */
static void test_cookies_belong_to_the_host_line(void **state)
{
	static const char *const lines[] = {"Host: shop.example:8080"};
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan_spec plain = {.keep_body = true};
	struct http_plan_spec shop = {.keep_body = true, .header_lines = lines, .header_count = 1};
	rig_assert_ok(rig_send(&rig, rig_plan(&rig, shop, "/cookie?id=1"), rig.user));
	assert_true(
	    rig_says(rig_send(&rig, rig_plan(&rig, shop, "/echo"), rig.user), "Cookie: id=1\r\n"));
	assert_false(rig_says(rig_send(&rig, rig_plan(&rig, plain, "/echo"), rig.user), "Cookie"));
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
	    {"/echo", "GET /echo HTTP"},
	    {"/echo?a=1", "GET /echo?a=1 HTTP"},
	    {"/echo?b=%2f", "GET /echo?b=%2f HTTP"},
	    {"/echo?b=%2C%2c", "GET /echo?b=%2C%2c HTTP"},
	    {"/echo%2C%2c", "GET /echo%2C%2c HTTP"},
	    {"?q", "GET /?q HTTP"},
	    {"", "GET / HTTP"},
	    {"/echo/\xc3\xa4?\xc3\xb6", "GET /echo/%C3%A4?%C3%B6 HTTP"},
	    {"/echo", "GET /echo HTTP"},
	    {"/x/../echo", "GET /echo HTTP"},
	    {"/echo?e", "GET /echo?e HTTP"},
	    {"/echo#part", "GET /echo HTTP"},
	    {"/echo?f", "GET /echo?f HTTP"},
	    {"/echo?c", "GET /echo?c HTTP"},
	    {"/a/./../echo?d", "GET /echo?d HTTP"},
	};
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
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

/* Percent-encodings are sent byte for byte: constant and dynamic, at each send, with digest too. */
static void test_encodings_are_sent_as_written(void **state)
{
	static const char rest[] = "/echo/a%2Cb%2cc?d=%C3%A4&e=%c3%a4";
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	for (int auth = HTTP_AUTH_NONE; auth <= HTTP_AUTH_DIGEST; auth++) {
		struct http_plan_spec spec = {.keep_body = true, .auth = auth};
		struct http_plan *constant = rig_plan(&rig, spec, rest);
		struct http_plan *varies = rig_plan(&rig, spec, NULL);

		for (int i = 0; i < 6; i++) {
			struct exchange *x =
			    rig.http->ops->begin(rig.http, i % 2 ? varies : constant, rig.user);

			buf_add(&x->login, str_n("user\0password\0", 14));
			if (i % 2)
				buf_printf(&x->url, "%s%s", rig.base, rest);
			rig_wait(&rig, x);
			if (!rig_says(x, "GET /echo/a%2Cb%2cc?d=%C3%A4&e=%c3%a4 HTTP/1.1\r\n"))
				fail_msg("auth %d, send %d: %.60s", auth, i, x->response.data);
			rig_end(&rig, x);
		}
	}
	rig_close(&rig);
}

/* When libcurl sends again, it uses the current URL and not the first URL of the handle. */
static void test_resend_goes_to_the_same_url(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){0}, NULL);
	struct exchange *x = send_url(&rig, plan, "/ok");
	rig_end(&rig, x);
	rig.answered = NULL;
	x = send_url(&rig, plan, "/first_only?%2C%2c");
	rig_assert_ok(x);
	assert_int_equal(x->resent, 1);
	assert_int_equal(strncmp(tiny_server_last(rig.server), "GET /first_only?%2C%2c ", 23), 0);
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
	rig_open(&rig, &rig_usual);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_plan_spec spec = {.method = str_of(cases[i].method),
					      .has_body = cases[i].has_body,
					      .timeout = NS_PER_S};
		if (cases[i].has_body)
			spec.body = STR("body");
		struct http_plan *plan = rig_plan(&rig, spec, "/echo");
		struct exchange *x = rig_send(&rig, plan, rig.user);
		const char *head = tiny_server_last(rig.server);

		/* The server sends a body even for HEAD: the next request needs a new connection.
		 */
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
	rig_open(&rig, &rig_usual);
	struct http_plan *plan =
	    rig_plan(&rig, (struct http_plan_spec){.method = STR("POST"), .has_body = true}, "/ok");
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		unsigned long before = tiny_server_bytes(rig.server);
		struct exchange *x = rig.http->ops->begin(rig.http, plan, rig.user);

		buf_reserve(&x->body, sizes[i]);
		memset(x->body.data, 'x', sizes[i]);
		x->body.len = sizes[i];
		rig_wait(&rig, x);
		rig_assert_ok(x);
		assert_int_equal(x->bytes_sent, tiny_server_bytes(rig.server) - before);
		assert_int_equal(x->bytes_received,
				 strlen("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
					"X-Served-By: tiny\r\n\r\nok"));
		rig_end(&rig, x);
		rig.answered = NULL;
	}
	rig_close(&rig);
}

static void test_interim_responses_are_dropped(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan_spec spec = {.keep_headers = true, .keep_body = true};
	struct exchange *x = rig_send(&rig, rig_plan(&rig, spec, "/early"), rig.user);
	rig_assert_ok(x);
	assert_string_equal(x->response.data, "late");
	assert_string_equal(x->headers.data, "Content-Length: 4\r\nX-Late: yes\r\n");
	rig_close(&rig);
}

static void test_cancel(void **state)
{
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan *slow = rig_plan(&rig, (struct http_plan_spec){0}, "/never");
	struct http_plan *quick = rig_plan(&rig, (struct http_plan_spec){0}, "/ok");
	struct exchange *x = rig.http->ops->begin(rig.http, slow, rig.user);
	rig.due = 2; /* the alarm stops the loop first */
	rig.http->ops->send(rig.http, x);
	for (int i = 0; i < 2000 && !tiny_server_requests(rig.server); i++)
		rig_idle(&rig, 10);
	assert_null(rig.answered);
	rig.due = 1;
	rig.http->ops->cancel(rig.http, x);
	assert_null(rig.answered);
	rig.loop->ops->run(rig.loop);
	assert_ptr_equal(rig.answered, x);
	assert_int_equal(x->result, HTTP_CANCELLED);
	assert_true(x->bytes_sent > 0);
	rig_assert_ok(rig_send(&rig, quick, rig.user));
	rig_close(&rig);
}

/* A plan's spare handles and those of others, more plans than handles are kept for. */
static void test_many_plans_share_handles(void **state)
{
	struct client_rig rig;
	struct http_plan *plans[100];
	struct exchange *seen[100];
	size_t handles = 0;
	char path[32], line[48];

	(void)state;
	rig_open(&rig, &rig_usual);
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
		assert_true(rig_says(x, line));
		assert_true(rig_says(x, "Content-Length: 1\r\n") == (n % 3 == 0));
		size_t known = 0;
		while (known < handles && seen[known] != x)
			known++;
		if (known == handles)
			seen[handles++] = x;
	}
	assert_true(handles <= 65);
	assert_int_equal(tiny_server_connections(rig.server), 1);
	rig_close(&rig);
}

/* Files are sent at their positions in the text, and from the start each time. */
static void test_body_with_files(void **state)
{
	static const struct str files[] = {{"FIRST", 5}, {"", 0}, {"third", 5}};
	struct client_rig rig;

	(void)state;
	rig_open(&rig, &rig_usual);
	struct http_plan_spec spec = {.method = STR("PUT"),
				      .has_body = true,
				      .files = files,
				      .file_count = 3,
				      .keep_body = true};
	struct http_plan *plan = rig_plan(&rig, spec, "/echo_body");
	for (int i = 0; i < 3; i++) {
		struct exchange *x = rig.http->ops->begin(rig.http, plan, rig.user);

		buf_add(&x->body, STR("<ab>"));
		x->file_offsets[0] = 1;
		x->file_offsets[1] = 2;
		x->file_offsets[2] = 3;
		rig_wait(&rig, x);
		rig_assert_ok(x);
		assert_string_equal(x->response.data, "<FIRSTabthird>");
		rig_end(&rig, x);
	}
	rig_close(&rig);
}

static void test_bad_tls_files_are_refused(void **state)
{
	struct http_tls_profile profile = {.verify = true, .ca = "/etc/hostname"};
	struct http_config config = rig_usual;
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
	    cmocka_unit_test(test_header_lines),
	    cmocka_unit_test(test_begin_clears_the_last_exchange),
	    cmocka_unit_test(test_cookie_line_joins_the_jar),
	    cmocka_unit_test(test_cookies_belong_to_the_host_line),
	    cmocka_unit_test(test_urls_that_vary),
	    cmocka_unit_test(test_encodings_are_sent_as_written),
	    cmocka_unit_test(test_resend_goes_to_the_same_url),
	    cmocka_unit_test(test_methods_and_bodies),
	    cmocka_unit_test(test_bytes_on_the_wire),
	    cmocka_unit_test(test_interim_responses_are_dropped),
	    cmocka_unit_test(test_cancel),
	    cmocka_unit_test(test_many_plans_share_handles),
	    cmocka_unit_test(test_body_with_files),
	    cmocka_unit_test(test_bad_tls_files_are_refused),
	};

	return cmocka_run_group_tests(tests, rig_global_start, rig_global_stop);
}
