/* Bodies that the HTTP client passes on while they arrive, and exchanges that are stopped. */
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

/* A reader of streams, with its counts. */
struct seen {
	struct client_rig rig; /* first: the owner of the http */
	bool wants;
	unsigned begun, pieces;
	int status;
	size_t bytes, enough;
	bool had_type;
};

static bool on_stream_begins(void *owner, struct exchange *x, ns_t now)
{
	struct seen *s = owner;

	s->begun++;
	s->status = x->status;
	s->had_type = x->headers.len && strstr(x->headers.data, "Content-Length") && now > 0;
	return s->wants;
}

static bool on_stream_bytes(void *owner, struct exchange *x, struct str bytes, ns_t now)
{
	struct seen *s = owner;

	(void)now;
	assert_int_equal(x->response.len, 0);
	s->pieces++;
	s->bytes += bytes.len;
	return !s->enough || s->bytes < s->enough;
}

static void send_stream(struct seen *s, const char *path, bool wants, int64_t limit)
{
	struct http_plan *plan = rig_plan(
	    &s->rig,
	    (struct http_plan_spec){
		.keep_body = true, .keep_headers = true, .stream = true, .body_limit = limit},
	    path);

	s->wants = wants;
	s->begun = s->pieces = 0;
	s->bytes = 0;
	rig_send(&s->rig, plan, s->rig.user);
}

/* A streamed body is decoded and passed on, whatever its size; one that is not wanted is kept. */
static void test_streamed_bodies(void **state)
{
	struct seen s = {.wants = true};

	(void)state;
	rig_open(&s.rig, &rig_usual);
	s.rig.http->stream_begins = on_stream_begins;
	s.rig.http->stream_bytes = on_stream_bytes;
	send_stream(&s, "/gzip/200000", true, 1000);
	rig_assert_ok(s.rig.answered);
	assert_int_equal(s.begun, 1);
	assert_int_equal(s.status, 200);
	assert_true(s.had_type);
	assert_int_equal(s.bytes, 200000);
	assert_true(s.pieces > 1);
	assert_int_equal(s.rig.answered->response.len, 0);
	send_stream(&s, "/gzip/2000", false, 0);
	assert_int_equal(s.begun, 1);
	assert_int_equal(s.bytes, 0);
	assert_int_equal(s.rig.answered->response.len, 2000);
	send_stream(&s, "/body/2000", false, 1000);
	assert_int_equal(s.rig.answered->result, HTTP_BODY_MAX);
	send_stream(&s, "/body/2000", true, 1000);
	rig_assert_ok(s.rig.answered);
	assert_int_equal(s.bytes, 2000);
	s.enough = 50000;
	send_stream(&s, "/gzip/2000000", true, 0);
	assert_int_equal(s.rig.answered->result, HTTP_BODY_MAX);
	assert_true(s.bytes >= 50000 && s.bytes < 500000);
	rig_close(&s.rig);
}

static void stop_it(void *owner)
{
	struct client_rig *rig = owner;

	rig->http->ops->stop(rig->http, rig->answered);
}

/* A stopped exchange is complete, without an error. */
static void test_stop(void **state)
{
	struct client_rig rig;
	struct exchange *x;

	(void)state;
	rig_open(&rig, &rig_usual);
	x = rig.http->ops->begin(
	    rig.http,
	    rig_plan(&rig, (struct http_plan_spec){.keep_body = true, .stream = true}, "/never"),
	    rig.user);
	rig.answered = x;
	rig.loop->on_alarm = stop_it;
	rig.loop->ops->alarm(rig.loop, rig.loop->ops->now(rig.loop) + 20 * NS_PER_MS);
	rig_wait(&rig, x);
	assert_int_equal(x->result, HTTP_OK);
	assert_int_equal(x->status, 0);
	rig_assert_ok(rig_send(
	    &rig, rig_plan(&rig, (struct http_plan_spec){.keep_body = true}, "/ok"), rig.user));
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_streamed_bodies),
	    cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, rig_global_start, rig_global_stop);
}
