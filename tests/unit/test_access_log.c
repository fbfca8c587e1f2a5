/* Access logs: all formats, line by line, and the order of the requests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "import/accesslog/access_private.h"
#include "import/accesslog/path_template.h"

static void is(struct str got, const char *expected)
{
	if (!str_eq(got, str_of(expected)))
		fail_msg("got '%.*s', expected '%s'", STR_ARG(got), expected);
}

/* One log from memory through access_log_read. */
struct read_log {
	struct import_job job;
	struct access_log log;
	char path[64];
	const char *files[1];
	struct import_option import_options[4];
	int fd;
	bool fine;
};

static void read_text(struct read_log *r, struct str text,
		      const struct import_option *import_options, size_t count)
{
	r->fd = memfd_create("log", 0);
	assert_int_equal(write(r->fd, text.ptr, text.len), (ssize_t)text.len);
	snprintf(r->path, sizeof r->path, "/proc/self/fd/%d", r->fd);
	r->files[0] = r->path;
	job_init(&r->job, NULL, NULL);
	r->job.files = r->files;
	r->job.file_count = 1;
	r->job.import_options = import_options;
	r->job.import_option_count = count;
	r->fine = access_log_read(&r->job, &r->log);
}

static void read_release(struct read_log *r)
{
	access_log_release(&r->log);
	job_release(&r->job);
	close(r->fd);
}

struct expected {
	const char *text, *format, *url, *host;
	int64_t start_us, duration_us, bytes;
	int status;
};

/* The first record of a log of one format. */
static void test_formats(void **state)
{
	static const struct expected all[] = {
	    {"1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET /a?b=1 HTTP/1.0\" 200 2326\n",
	     "common", "/a?b=1", "", 971211336500000, -1, 2326, 200},
	    {"2001:db8::1 - joe doe [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.1\" 304 - \"-\" "
	     "\"Mozilla \\\"x\\\" \"\n",
	     "combined", "/a", "", 971211336500000, -1, -1, 304},
	    {"www.example.org:443 1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.1\" 200 "
	     "5 \"-\" \"x\"\n",
	     "vhost_combined", "/a", "www.example.org", 971211336500000, -1, 5, 200},
	    {"1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.1\" 200 5 \"-\" \"x\" "
	     "\"5.6.7.8, 9.9.9.9\"\n",
	     "combined with X-Forwarded-For", "/a", "", 971211336500000, -1, 5, 200},
	    {"1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.1\" 200 5 \"-\" \"x\" 321 "
	     "0.250 [default-web-80] [] 10.0.0.1:80 5 0.250 200 abc\n",
	     "ingress-nginx", "/a", "", 971211336250000, 250000, 5, 200},
	    {"10.0.0.1 - - [10/Oct/2000:20:55:36 +0000] \"GET /a HTTP/2.0\" 200 5 \"-\" \"x\" 7 "
	     "\"web@docker\" \"http://172.17.0.3:80\" 12ms\n",
	     "Traefik", "/a", "", 971211336500000, 12000, 5, 200},
	    {"shop.example.org 1.2.3.4 - [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.0\" 200 191 "
	     "367 "
	     "464 1 \"-\" \"x\"\n",
	     "lighttpd", "/a", "shop.example.org", 971211336500000, 1000000, 191, 200},
	    {"[10/Oct/2000:13:55:36 -0700] HIT 200 200 - GET https a.example.org \"/a b\" [Client "
	     "1.2.3.4] [Length 15] [Gzip -] [Sent-to web] \"x\" \"-\"\n",
	     "Nginx Proxy Manager", "/a%20b", "a.example.org", 971211336500000, -1, 15, 200},
	    {"https 2018-07-02T22:23:00.186641Z app/my/50dc 192.168.131.39:2817 10.0.0.1:80 0.086 "
	     "0.048 0.037 200 200 0 57 \"GET https://www.example.com:443/a?b HTTP/1.1\" "
	     "\"curl/7.46.0\" ECDHE TLSv1.2 arn:x \"Root=1-58\" \"www.example.com\" \"arn:y\" 1 "
	     "2018-07-02T22:22:48.364000Z \"authenticate,forward\" \"-\" \"-\"\n",
	     "AWS application load balancer", "/a?b", "www.example.com", 1530570168364000, 171000,
	     57, 200},
	    {"2015-05-13T23:39:43.945958Z my-lb 192.168.131.39:2817 10.0.0.1:80 0.000073 0.001048 "
	     "0.000057 200 200 0 29 \"GET http://www.example.com:80/ HTTP/1.1\" \"curl/7.38.0\" - "
	     "-\n",
	     "AWS load balancer", "/", "www.example.com", 1431560383944780, 1178, 29, 200},
	    {"Feb  6 12:14:14 localhost haproxy[14389]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] "
	     "http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu|x} {} "
	     "\"GET /index.html HTTP/1.1\"\n",
	     "HAProxy", "/index.html", "", 1233922454655000, 109000, 2750, 200},
	    {"{\"time_local\":\"10/Oct/2000:13:55:36 "
	     "-0700\",\"msec\":\"971211336.123\",\"remote_addr\":"
	     "\"1.2.3.4\",\"request\":\"GET /a\\u0026b "
	     "HTTP/1.1\",\"status\":\"200\",\"request_time\":"
	     "\"0.023\",\"body_bytes_sent\":\"7\",\"http_host\":\"Shop.example.org\"}\n",
	     "JSON", "/a&b", "shop.example.org", 971211336100000, 23000, 7, 200},
	    {"{\"level\":\"info\",\"ts\":971211336.25,\"request\":{\"remote_ip\":\"1.2.3.4\","
	     "\"method\":"
	     "\"GET\",\"host\":\"h.example.org:8080\",\"uri\":\"/"
	     "x\",\"headers\":{\"User-Agent\":[\"c\"]}}"
	     ",\"duration\":0.25,\"size\":3,\"status\":0}\n",
	     "JSON", "/x", "h.example.org", 971211336000000, 250000, 3, 0},
	    {"{\"ClientHost\":\"1.2.3.4\",\"StartUTC\":\"2021-12-08T14:02:43.464763557Z\","
	     "\"Duration\":"
	     "215563,\"RequestMethod\":\"GET\",\"RequestPath\":\"/"
	     "x\",\"RequestHost\":\"t.localhost\","
	     "\"DownstreamStatus\":404,\"DownstreamContentSize\":356,\"time\":\"2021-12-08T14:02:"
	     "43Z\"}"
	     "\n",
	     "JSON", "/x", "t.localhost", 1638972163464763, 216, 356, 404},
	    {"#Software: Microsoft Internet Information Services 10.0\r\n#Fields: date time s-ip "
	     "cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) "
	     "cs(Referer) "
	     "sc-status sc-substatus sc-win32-status time-taken\r\n2015-10-28 05:05:36 10.0.0.1 "
	     "GET "
	     "/a.aspx b=1 80 - 1.2.3.4 Mozilla/5.0+(x) - 200 0 0 250\r\n",
	     "W3C", "/a.aspx?b=1", "", 1446008736250000, 250000, -1, 200},
	    {"#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) "
	     "cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query x-host-header "
	     "cs-protocol "
	     "time-taken\n2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.100\tGET\td111.cloudfront.net\t"
	     "/index.html\t200\t-\tMozilla/5.0%20(x)\t-\twww.example.org\thttps\t0.001\n",
	     "W3C", "/index.html", "www.example.org", 1575493351499000, 1000, 392, 200},
	    {"\"1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.1\" 200 5 \"-\" \"x\"\"\n",
	     "combined", "/a", "", 971211336500000, -1, 5, 200},
	    {"\"1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"\"GET /a HTTP/1.1\"\" 200 5 \"\"-\"\" "
	     "\"\"x\"\"\"\n",
	     "combined", "/a", "", 971211336500000, -1, 5, 200},
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const struct expected *e = &all[i];
		const struct access_record *record;
		struct read_log r;

		read_text(&r, str_of(e->text), NULL, 0);
		if (!r.fine)
			fail_msg("%s: %.*s", e->text, STR_ARG(r.job.errors.items[0]));
		assert_int_equal(r.log.count, 1);
		record = &r.log.records[0];
		is(access_log_text(&r.log, record->url), e->url);
		is(access_log_text(&r.log, record->host), e->host);
		if (i < 16)
			is(r.log.format, e->format);
		if (record->start_us != e->start_us)
			fail_msg("%s: %lld", e->text, (long long)record->start_us);
		if (record->duration_us != e->duration_us)
			fail_msg("%s: %lld", e->text, (long long)record->duration_us);
		assert_int_equal(record->bytes, e->bytes);
		assert_int_equal(record->status, e->status);
		read_release(&r);
	}
}

static void test_templates(void **state)
{
	static const char *const all[][2] = {
	    {"/", "/"},
	    {"/orders/17?x=1", "/orders/{id}"},
	    {"/u/0f8fad5b-d9cb-469f-a165-70867728950e/edit", "/u/{id}/edit"},
	    {"/hat-17.html", "/hat-{id}.html"},
	    {"/page-2", "/page-2"},
	    {"/api/v2/items", "/api/v2/items"},
	    {"/c/9f86d081884c7d65", "/c/{id}"},
	};
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		buf_clear(&out);
		path_template(&out, str_of(all[i][0]));
		is(buf_str(&out), all[i][1]);
	}
	buf_release(&out);
}

/* A slow request started before requests logged earlier; requests of one second are spread. */
static void test_order(void **state)
{
	static const char text[] =
	    "a - - [10/Oct/2000:13:55:40 +0000] \"GET /1 HTTP/1.1\" 200 5 \"-\" \"x\" 1 0.010 [u]\n"
	    "a - - [10/Oct/2000:13:55:41 +0000] \"GET /0 HTTP/1.1\" 200 5 \"-\" \"x\" 1 3.000 [u]\n"
	    "a - - [10/Oct/2000:13:55:40 +0000] \"GET /2 HTTP/1.1\" 200 5 \"-\" \"x\" 1 0.010 [u]\n"
	    "a - - [10/Oct/2000:14:30:40 +0000] \"GET /3 HTTP/1.1\" 200 5 \"-\" \"x\" 1 0.010 "
	    "[u]\n";
	static const char *const urls[] = {"/0", "/1", "/2", "/3"};
	static const uint32_t sessions[] = {1, 1, 1, 2};
	struct read_log r;

	(void)state;
	read_text(&r, str_of(text), NULL, 0);
	assert_true(r.fine);
	assert_int_equal(r.log.count, 4);
	for (size_t i = 0; i < 4; i++) {
		is(access_log_text(&r.log, r.log.records[i].url), urls[i]);
		assert_int_equal(r.log.records[i].session, sessions[i]);
	}
	assert_int_equal(r.log.records[1].start_us, INT64_C(971186140240000));
	assert_int_equal(r.log.records[2].start_us, INT64_C(971186140740000));
	assert_int_equal(r.log.records[2].flags & ACCESS_LAST, ACCESS_LAST);
	read_release(&r);
}

/* Twelve users with one address in one second: each page starts a visit, which its assets belong
 * to.
 */
static void test_many_people(void **state)
{
	struct read_log r;
	struct buf text;

	(void)state;
	buf_init(&text, 0);
	for (int i = 0; i < 12; i++)
		buf_printf(&text,
			   "a - - [10/Oct/2000:13:55:40 +0000] \"GET /p%d HTTP/1.1\" 200 5 "
			   "\"http://other.example/\" \"x\"\n",
			   i);
	for (int i = 0; i < 12; i++)
		buf_printf(&text,
			   "a - - [10/Oct/2000:13:55:50 +0000] \"GET /next%d HTTP/1.1\" 200 5 "
			   "\"http://shop.example/p%d\" \"x\"\n",
			   i, i);
	read_text(&r, buf_str(&text), NULL, 0);
	assert_true(r.fine);
	assert_int_equal(r.log.count, 24);
	assert_int_equal(r.log.sessions, 12);
	for (size_t i = 0; i < 12; i++)
		assert_int_equal(r.log.records[i].session, r.log.records[i + 12].session);
	read_release(&r);
	buf_release(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_formats),
	    cmocka_unit_test(test_templates),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_many_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
