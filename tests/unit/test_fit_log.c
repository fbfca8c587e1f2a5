/* Fitting of logs with known rates: the scenario, and its run in virtual time, minute by minute and
 * path by path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "compiled.h"
#include "import/accesslog/fit.h"
#include "scenario/load.h"
#include "simulation.h"

#define BEGIN	INT64_C(1700000400) /* 2023-11-14 22:20:00 */
#define MINUTES 40

struct rig {
	struct buf log, yaml;
	struct random_stream draws;
	char path[64], folder[64];
	const char *files[1];
	struct import_option import_options[3];
	struct import_job job;
	struct access_log records;
	int fd;
	bool fine;
	/* The requests of the run. */
	size_t minutes[MINUTES], all, home, orders, order_7, search, rare, head;
};

static int begin(void **state)
{
	struct rig *r = calloc(1, sizeof *r);

	buf_init(&r->log, 0);
	buf_init(&r->yaml, 0);
	r->draws = random_stream(11, 1, 1, 1);
	r->fd = memfd_create("log", 0);
	snprintf(r->path, sizeof r->path, "/proc/self/fd/%d", r->fd);
	r->files[0] = r->path;
	snprintf(r->folder, sizeof r->folder, "/tmp/test_fit_log.XXXXXX");
	assert_non_null(mkdtemp(r->folder));
	assert_int_equal(chdir(r->folder), 0);
	job_init(&r->job, NULL, NULL);
	r->job.files = r->files;
	r->job.file_count = 1;
	r->job.import_options = r->import_options;
	*state = r;
	return 0;
}

static int end(void **state)
{
	struct rig *r = *state;

	for (size_t i = 0; i < r->job.extra_files.count; i++)
		unlink(arena_cstr(&r->job.arena, r->job.extra_files.items[i].name));
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(r->folder), 0);
	close(r->fd);
	access_log_release(&r->records);
	job_release(&r->job);
	buf_release(&r->log);
	buf_release(&r->yaml);
	free(r);
	return 0;
}

/* A line of a combined log, SECONDS after 22:20. */
static void line(struct rig *r, unsigned client, double seconds, const char *request, int status)
{
	unsigned at = (unsigned)seconds + 20 * 60;

	buf_printf(&r->log,
		   "10.%u.%u.%u - - [14/Nov/2023:%02u:%02u:%02u +0000] \"%s HTTP/1.1\" %d 123 "
		   "\"-\" \"Firefox\"\n",
		   client >> 16 & 255, client >> 8 & 255, client & 255, 22 + at / 3600,
		   at / 60 % 60, at % 60, request, status);
}

static void wish(struct rig *r, const char *name, const char *value)
{
	r->import_options[r->job.import_option_count++] =
	    (struct import_option){str_of(name), str_of(value)};
}

static void fit_it(struct rig *r)
{
	assert_int_equal(write(r->fd, r->log.data, r->log.len), (ssize_t)r->log.len);
	r->fine = access_log_read(&r->job, &r->records) && fit_scenario(&r->job, &r->records, 1, 1);
	if (r->fine)
		yaml_writer_print(r->job.document, &r->yaml);
	for (size_t i = 0; i < r->job.extra_files.count; i++) {
		const struct import_file *file = &r->job.extra_files.items[i];
		FILE *out = fopen(arena_cstr(&r->job.arena, file->name), "w");

		assert_non_null(out);
		assert_int_equal(fwrite(file->bytes.ptr, 1, file->bytes.len, out), file->bytes.len);
		fclose(out);
	}
}

static void says(const struct rig *r, const char *text)
{
	if (str_find(buf_str(&r->yaml), str_of(text), 0) == NOT_FOUND)
		fail_msg("'%s' is not in:\n%.*s", text, STR_ARG(buf_str(&r->yaml)));
}

static bool notes(const struct rig *r, const char *text)
{
	for (size_t i = 0; i < r->job.notes.count; i++)
		if (str_find(r->job.notes.items[i].text, str_of(text), 0) != NOT_FOUND)
			return true;
	return false;
}

static void is_near(double value, double wanted, double share, const char *what)
{
	if (value < wanted * (1 - share) || value > wanted * (1 + share))
		fail_msg("%s: %g is not near %g", what, value, wanted);
}

/* ---- run */

static struct fake_response count(void *owner, const struct fake_request *request)
{
	struct rig *r = owner;
	ns_t minute = (request->at - SIMULATION_START) / (60 * NS_PER_S);
	size_t slash = str_find_char(request->url, '/', 8);
	struct str path = str_slice(request->url, slash, request->url.len);

	assert_true(minute < MINUTES);
	r->minutes[minute]++;
	r->all++;
	r->home += str_eq(path, STR("/"));
	r->orders += str_starts(path, STR("/orders/"));
	r->order_7 += str_eq(path, STR("/orders/7"));
	r->search += str_starts(path, STR("/search?q="));
	r->rare += str_starts(path, STR("/rare/"));
	r->head += request->method[0] == 'H';
	return (struct fake_response){.latency = 20 * NS_PER_MS};
}

static void run_it(struct rig *r)
{
	struct simulation sim;
	struct compiled c;

	/* A log without scheme and host has no target; a user gives it with -t. */
	bool has_target = str_find(buf_str(&r->yaml), STR("\ntarget:"), 0) != NOT_FOUND;
	struct str text = arena_printf(&r->job.arena, "%s%.*s",
				       has_target ? "" : "target: http://127.0.0.1:8080\n",
				       STR_ARG(buf_str(&r->yaml)));

	compiled_init(&c, arena_cstr(&r->job.arena, text));
	if (!c.program || c.diags.warnings)
		fail_msg("%.*s", STR_ARG(buf_str(&c.text)));
	simulation_init(&sim);
	sim.settings.program = c.program;
	sim.settings.load = c.model->load;
	load_apply_defaults(&sim.settings.load);
	sim.settings.threads = 2;
	sim.serve = count;
	sim.owner = r;
	simulation_run(&sim);
	assert_int_equal(sim.summary.all.counts.cut_off, 0);
	simulation_release(&sim);
	compiled_release(&c);
}

/* ---- requests */

static void ask(struct rig *r, unsigned client, double at)
{
	double kind = random_unit(&r->draws);
	char request[100];

	if (kind < 0.5)
		snprintf(request, sizeof request, "GET /");
	else if (kind < 0.55)
		snprintf(request, sizeof request, "GET /orders/7");
	else if (kind < 0.8)
		snprintf(request, sizeof request, "GET /orders/%d",
			 (int)random_int(&r->draws, 100, 999));
	else if (kind < 0.95)
		snprintf(request, sizeof request, "GET /search?q=w%d",
			 (int)random_int(&r->draws, 1, 30));
	else
		snprintf(request, sizeof request, "GET /rare/%c%c",
			 (char)random_int(&r->draws, 'a', 'z'),
			 (char)random_int(&r->draws, 'a', 'z'));
	line(r, client, at, request, 200);
}

/* 4/s to 16/s in ten minutes, then 16/s for ten. */
static void a_run_has_the_rate_of_each_minute_and_the_mix(void **state)
{
	struct rig *r = *state;
	size_t minutes[20] = {0};
	unsigned asked = 0;

	for (double at = 0; at < 1200;) {
		double rate = at < 600 ? 4 + 12 * at / 600 : 16;

		at += random_exponential(&r->draws, 1 / rate);
		if (at >= 1200)
			break;
		ask(r, asked++, at);
		minutes[(size_t)at / 60]++;
	}
	fit_it(r);
	assert_true(r->fine);
	run_it(r);
	is_near((double)r->all, asked, 0.001, "requests");
	for (size_t i = 0; i < 20; i++)
		is_near((double)r->minutes[i], (double)minutes[i], 0.12, "requests of a minute");
	for (size_t i = 0; i < 20; i++)
		is_near((double)r->minutes[i], 60 * (i < 10 ? 4.6 + 1.2 * (double)i : 16), 0.1,
			"a minute's true rate");
	is_near((double)r->home, asked * 0.5, 0.03, "/");
	is_near((double)r->orders, asked * 0.3, 0.04, "/orders/{id}");
	is_near((double)r->order_7, asked * 0.05, 0.1, "/orders/7");
	is_near((double)r->search, asked * 0.15, 0.06, "/search");
	is_near((double)r->rare, asked * 0.05, 0.1, "/rare/*");
	assert_true(r->home + r->orders + r->search + r->rare == r->all);
	says(r, "name: GET /orders/{id}");
	says(r, "get: /orders/${orders.id}");
	says(r, "get: /search?q=${search.q}");
}

/* ---- visits */

/* One visit per second, with 1 to 5 requests and 3 s between them. */
static void a_run_of_visits_has_as_many_requests(void **state)
{
	struct rig *r = *state;
	unsigned asked = 0;

	for (unsigned visit = 0; visit < 1200; visit++)
		for (unsigned i = 0; i <= visit % 5; i++, asked++)
			ask(r, visit, visit + 3 * i);
	wish(r, "visits", "");
	fit_it(r);
	assert_true(r->fine);
	says(r, "repeat: ${visit.requests}");
	says(r, "think: lognormal(");
	run_it(r);
	/* The last visits are not finished at the end of the log. */
	is_near((double)r->all, asked, 0.01, "requests");
	for (size_t i = 1; i < 16; i += 5)
		is_near((double)(r->minutes[i] + r->minutes[i + 1] + r->minutes[i + 2] +
				 r->minutes[i + 3] + r->minutes[i + 4]),
			900, 0.08, "requests of five minutes");
	is_near((double)r->home, asked * 0.5, 0.05, "/");
	is_near((double)r->search, asked * 0.15, 0.1, "/search");
	assert_true(notes(r, "3 requests each, "));
}

/* ---- the scenario */

static void refused_paths_and_server_errors(void **state)
{
	struct rig *r = *state;

	for (unsigned i = 0; i < 90; i++)
		line(r, i, i, "GET /shop", i % 10 ? 200 : 404);
	for (unsigned i = 0; i < 60; i++)
		line(r, i, i, "GET /broken", 503);
	for (unsigned i = 0; i < 30; i++)
		line(r, i, i, "GET /flaky", i % 10 ? 301 : 500);
	fit_it(r);
	says(r, "    weight: 90   # 50 %\n    steps:\n      - get: /shop\n        expect:\n"
		"          status: [2xx, 3xx, 404]   # as recorded: 10 % were refused");
	says(r, "      - get: /broken\n        expect:\n"
		"          status: 503   # as recorded: 100 % were refused");
	says(r, "      - get: /flaky\n");
	assert_true(notes(r, "63 requests had a server error"));
}

static void secrets_are_parameters(void **state)
{
	struct rig *r = *state;

	for (unsigned i = 0; i < 9; i++) {
		line(r, i, i, "GET /feed?access_token=s3cr3t", 200);
		line(r, i, i, i % 2 ? "GET /pages?n=1&api_key=s3cr3t" : "GET /pages?n=2", 200);
	}
	fit_it(r);
	says(r, "get: /feed?access_token=${ACCESS_TOKEN}");
	says(r, "ACCESS_TOKEN: {required: yes, secret: yes");
	says(r, "get: /pages${pages.query}");
	assert_true(str_find(buf_str(&r->yaml), STR("s3cr3t"), 0) == NOT_FOUND);
	for (size_t i = 0; i < r->job.extra_files.count; i++)
		assert_true(str_find(r->job.extra_files.items[i].bytes, STR("s3cr3t"), 0) ==
			    NOT_FOUND);
	assert_true(notes(r, "4 passwords or keys in queries"));
}

static void many_paths_are_folders_and_others(void **state)
{
	struct rig *r = *state;
	char request[60];

	wish(r, "paths", "2");
	for (unsigned i = 0; i < 100; i++) {
		line(r, i, i, "GET /", 200);
		line(r, i, i, "HEAD /users/5/orders/17", 200);
		line(r, i, i, "HEAD /users/6/orders/18", 200);
		snprintf(request, sizeof request, "GET /blog/%c%c.html?a=%%7B%u,", 'a' + (int)i % 7,
			 'a' + (int)i % 11, i);
		line(r, i, i, request, 200);
		if (i < 3) {
			snprintf(request, sizeof request, "GET /%c", 'x' + (int)i);
			line(r, i, i, request, 200);
		}
	}
	fit_it(r);
	says(r, "get: /blog/${blog.path}\n        name: GET /blog/*");
	says(r, "weight: 100   # 24.8 %; 77 paths");
	says(r, "head: /users/${users.users_id}/orders/${users.orders_id}");
	says(r, "name: HEAD /users/{id}/orders/{id}");
	says(r, "get: /${others.path}\n        name: GET others");
	says(r, "weight: 3   # 0.744 %; 3 paths");
	assert_true(notes(r, "403 requests: 300 of 2 paths, 103 of rarer paths in 2 groups"));
	run_it(r);
	assert_int_equal(r->all, 403);
	is_near((double)r->head, 200, 0.2, "HEAD");
}

static void only_the_busiest_period(void **state)
{
	struct rig *r = *state;

	for (unsigned i = 0; i < 1200; i++) {
		line(r, i, i, "GET /", 200);
		for (unsigned k = 0; i >= 600 && i < 720 && k < 9; k++)
			line(r, i, i, "GET /sale", 200);
	}
	wish(r, "busiest", "2m");
	fit_it(r);
	says(r, "load:\n  arrivals: 10/s\n  duration: 2m\n");
	assert_true(notes(r, "1,200 of 2,280 requests are in the busiest 2m"));
}

static void an_invalid_host_is_not_the_target(void **state)
{
	struct rig *r = *state;

	buf_add(&r->log, STR("{\"ts\":1693840791.75,\"msg\":\"handled request\",\"request\":"
			     "{\"remote_ip\":\"172.17.0.1\",\"method\":\"GET\",\"host\":"
			     "\"api.]shop.example\",\"uri\":\"/a/2?x=2\"},\"duration\":0.01,"
			     "\"size\":5,\"status\":200}\n"));
	fit_it(r);
	assert_true(r->fine);
	assert_true(str_find(buf_str(&r->yaml), STR("\ntarget:"), 0) == NOT_FOUND);
	run_it(r);
}

static void invalid_options(void **state)
{
	struct rig *r = *state;

	line(r, 1, 1, "GET /", 200);
	wish(r, "busiest", "much");
	fit_it(r);
	assert_false(r->fine);
	assert_int_equal(r->job.errors.count, 1);
	wish(r, "busiest", "1h");
	wish(r, "paths", "0");
	assert_false(fit_scenario(&r->job, &r->records, 1, 1));
	assert_int_equal(r->job.errors.count, 2);
}

int main(void)
{
#define FIT_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
	    FIT_TEST(a_run_has_the_rate_of_each_minute_and_the_mix),
	    FIT_TEST(a_run_of_visits_has_as_many_requests),
	    FIT_TEST(refused_paths_and_server_errors),
	    FIT_TEST(secrets_are_parameters),
	    FIT_TEST(many_paths_are_folders_and_others),
	    FIT_TEST(only_the_busiest_period),
	    FIT_TEST(an_invalid_host_is_not_the_target),
	    FIT_TEST(invalid_options),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
