/* The HTTP and WebSocket parsers of the recording proxy, without a socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "net/http_body.h"
#include "record/websocket_frames.h"
#include "net/http_head.h"
#include "record/http_forward.h"

#include "arena_fixture.h"

static void same(struct str got, const char *wanted)
{
	if (!str_eq(got, str_of(wanted)))
		fail_msg("'%.*s' is not '%s'", STR_ARG(got), wanted);
}

/* ---- headers */

static void test_request(void **state)
{
	static const char text[] = "\r\nGET http://a.test/x?y=1 HTTP/1.1\r\nHost: a.test\r\n"
				   "X-Two: one   two\r\nAccept:*/*\r\n\r\nrest";
	struct http_head head;

	(void)state;
	for (size_t length = 0; length < sizeof text - 1 - 4; length++)
		assert_int_equal(http_head_read_request(&arena, str_n(text, length), &head),
				 HTTP_HEAD_INCOMPLETE);
	assert_int_equal(http_head_read_request(&arena, str_of(text), &head), HTTP_HEAD_READY);
	assert_int_equal(head.bytes, sizeof text - 1 - 4);
	same(head.method, "GET");
	same(head.target, "http://a.test/x?y=1");
	assert_int_equal(head.minor, 1);
	assert_int_equal(head.fields.count, 3);
	same(http_head_get(&head, "host"), "a.test");
	same(http_head_get(&head, "x-two"), "one   two");
	same(http_head_get(&head, "ACCEPT"), "*/*");
	assert_null(http_head_get(&head, "none").ptr);
}

static void test_bad_requests(void **state)
{
	static const char *const bad[] = {
	    "GET / HTTP/2.0\r\n\r\n",
	    "GET /\r\n\r\n",
	    "GET  HTTP/1.1\r\n\r\n",
	    "GE(T / HTTP/1.1\r\n\r\n",
	    "GET /a b HTTP/1.1\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
	    "GET / HTTP/1.1\r\nno colon\r\n\r\n",
	    "GET / HTTP/1.1\r\n: x\r\n\r\n",
	    "\x16\x03\x01 / HTTP/1.1\r\n\r\n",
	    "GET / HTTP/1.1\r\nA: b\001c\r\n\r\n",
	    "GET / HTTP/1.1\nHost: a\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\r\n\n",
	    "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
	    "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
	    "GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n",
	    "GET / HTTP/1.1\r\n A: b\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
	    "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
	    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-encoding: chunked\r\n\r\n",
	    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, Host\r\n\r\n",
	    "POST / HTTP/1.1\r\nContent-Length: 3\r\nConnection: content-length\r\n\r\n",
	};
	struct http_head head;
	struct buf large;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (http_head_read_request(&arena, str_of(bad[i]), &head) != HTTP_HEAD_INVALID)
			fail_msg("taken: %s", bad[i]);
	buf_init(&large, 0);
	buf_add(&large, STR("GET / HTTP/1.1\r\nA: "));
	while (large.len < HTTP_HEAD_MAX)
		buf_add_char(&large, 'a');
	assert_int_equal(http_head_read_request(&arena, buf_str(&large), &head),
			 HTTP_HEAD_TOO_LARGE);
	buf_release(&large);
}

static void test_response(void **state)
{
	struct http_head head;

	(void)state;
	assert_int_equal(
	    http_head_read_response(&arena, STR("HTTP/1.0 200 OK then\r\nA: b\r\n\r\n"), &head),
	    HTTP_HEAD_READY);
	assert_int_equal(head.status, 200);
	same(head.reason, "OK then");
	assert_false(http_head_keeps_alive(&head));
	assert_int_equal(http_head_read_response(&arena, STR("HTTP/1.1 204\r\n\r\n"), &head),
			 HTTP_HEAD_READY);
	assert_int_equal(head.status, 204);
	assert_true(http_head_keeps_alive(&head));
	assert_int_equal(
	    http_head_read_response(&arena, STR("HTTP/1.1 200 OK\nA: b\n c\n\n"), &head),
	    HTTP_HEAD_READY);
	same(http_head_get(&head, "A"), "b  c");
	assert_int_equal(http_head_read_response(&arena,
						 STR("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
						     "Content-Length: 3\r\n\r\n"),
						 &head),
			 HTTP_HEAD_INVALID);
	assert_int_equal(http_head_read_response(&arena, STR("HTTP/1.1 20 OK\r\n\r\n"), &head),
			 HTTP_HEAD_INVALID);
	assert_int_equal(http_head_read_response(&arena, STR("ICY 200 OK\r\n\r\n"), &head),
			 HTTP_HEAD_INVALID);
}

static void test_bytes_for_the_server(void **state)
{
	struct http_head head;
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	http_head_read_request(
	    &arena,
	    STR("GET http://a/x HTTP/1.1\r\nHost: a\r\nProxy-Connection: keep-alive\r\n"
		"Connection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\n"
		"Upgrade: h2c\r\nHTTP2-Settings: x\r\nProxy-Authorization: Basic x\r\n"
		"If-None-Match: \"1\"\r\nIf-Modified-Since: x\r\nIf-Match: \"2\"\r\n"
		"Accept-Encoding: gzip, deflate;q=0.5, br, zstd\r\nCookie: a=b\r\n\r\n"),
	    &head);
	http_forward_request(&head, STR("/x"), STR(""), false, &out);
	same(buf_str(&out), "GET /x HTTP/1.1\r\nHost: a\r\nIf-Match: \"2\"\r\n"
			    "Accept-Encoding: gzip, deflate;q=0.5\r\nCookie: a=b\r\n"
			    "Connection: keep-alive\r\n\r\n");
	buf_clear(&out);
	http_head_read_request(
	    &arena,
	    STR("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n"
		"Upgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"
		"Accept-Encoding: br\r\n\r\n"),
	    &head);
	assert_true(http_head_is_websocket_upgrade(&head));
	http_forward_request(&head, STR("/ws"), STR("Basic eDp5"), true, &out);
	same(buf_str(&out), "GET /ws HTTP/1.1\r\nHost: a\r\nAccept-Encoding: identity\r\n"
			    "Proxy-Authorization: Basic eDp5\r\n"
			    "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
	buf_release(&out);
}

static void test_bytes_for_the_client(void **state)
{
	struct http_head head;
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	http_head_read_response(
	    &arena,
	    STR("HTTP/1.1 200 OK\r\nAlt-Svc: h3=\":443\"\r\nConnection: close\r\n"
		"Transfer-Encoding: chunked\r\nContent-Length: 5\r\nETag: \"1\"\r\n"
		"Set-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n"),
	    &head);
	http_forward_response(&head, true, false, &out);
	same(buf_str(&out), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nETag: \"1\"\r\n"
			    "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\nConnection: keep-alive\r\n\r\n");
	buf_release(&out);
}

/* ---- bodies */

static void keep(void *owner, struct str piece)
{
	buf_add(owner, piece);
}

static struct http_body body_after(const char *text, const char *method)
{
	struct http_body body = {.bad = true};
	struct http_head head;

	if (method) {
		assert_int_equal(http_head_read_response(&arena, str_of(text), &head),
				 HTTP_HEAD_READY);
		if (http_body_of_response(&head, str_of(method), &body))
			return body;
	} else {
		assert_int_equal(http_head_read_request(&arena, str_of(text), &head),
				 HTTP_HEAD_READY);
		if (http_body_of_request(&head, &body))
			return body;
	}
	return (struct http_body){.bad = true};
}

static void test_kinds_of_bodies(void **state)
{
	(void)state;
	assert_true(body_after("GET / HTTP/1.1\r\n\r\n", NULL).done);
	assert_true(body_after("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", NULL).done);
	assert_int_equal(body_after("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n", NULL).left, 3);
	assert_true(body_after("POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\n", NULL).bad);
	assert_true(body_after("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", NULL).bad);
	assert_true(body_after("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", NULL).bad);
	assert_int_equal(body_after("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
				    "Content-Length: 3\r\n\r\n",
				    NULL)
			     .kind,
			 HTTP_BODY_CHUNKED);
	assert_true(body_after("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "HEAD").done);
	assert_true(body_after("HTTP/1.1 304 OK\r\nContent-Length: 3\r\n\r\n", "GET").done);
	assert_int_equal(body_after("HTTP/1.1 200 OK\r\n\r\n", "GET").kind, HTTP_BODY_TO_END);
	assert_int_equal(
	    body_after("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "GET").kind,
	    HTTP_BODY_CHUNKED);
}

/* The bytes arrive in pieces of every size. */
static void test_chunks(void **state)
{
	static const char text[] = "5;name=x\r\nhello\r\n1\r\n \r\n00A\r\n0123456789\r\n0\r\n"
				   "Trailer: x\r\n\r\nGET";
	size_t wanted = sizeof text - 1 - 3;
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	for (size_t piece = 1; piece < sizeof text; piece++) {
		struct http_body body = {.kind = HTTP_BODY_CHUNKED, .strict = true};
		size_t passed = 0;

		buf_clear(&out);
		while (!body.done && passed < sizeof text - 1) {
			assert_false(body.bad);
			passed += http_body_feed(
			    &body, str_slice(str_of(text), passed, passed + piece), keep, &out);
		}
		assert_int_equal(passed, wanted);
		same(buf_str(&out), "hello 0123456789");
	}
	buf_release(&out);
}

static void test_broken_chunks(void **state)
{
	static const char *const bad[] = {"x\r\n", "\r\n", "5\r\nhelloX", "FFFFFFFFFFFFFFFFF\r\n",
					  "-1\r\n"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct http_body body = {.kind = HTTP_BODY_CHUNKED};

		http_body_feed(&body, str_of(bad[i]), NULL, NULL);
		if (!body.bad)
			fail_msg("taken: %s", bad[i]);
	}
}

/* A request with this: another reader could see the end of a line elsewhere. */
static void test_strict_chunks(void **state)
{
	static const char *const bad[] = {
	    "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5;a\n\r\nhello\r\n0\r\n\r\n",
	    "5\rX\nhello",	     "0\r\nA: b\n\r\n",	      "0\r\n\n"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct http_body body = {.kind = HTTP_BODY_CHUNKED, .strict = true};

		http_body_feed(&body, str_of(bad[i]), NULL, NULL);
		if (!body.bad)
			fail_msg("accepted: %s", bad[i]);
	}
}

/* ---- WebSockets */

struct heard {
	char text[200];
	size_t length;
};

static void hear(void *owner, unsigned opcode, struct str message, bool cut)
{
	struct heard *heard = owner;

	heard->length +=
	    (size_t)snprintf(heard->text + heard->length, sizeof heard->text - heard->length,
			     "%u:%.*s%s|", opcode, STR_ARG(message), cut ? "..." : "");
}

static void test_frames(void **state)
{
	/* RFC 6455 section 5.7: masked "Hello", "Hel" + a ping + "lo", an empty binary one. */
	static const char bytes[] = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"
				    "\x01\x03Hel\x89\x05Hello\x80\x02lo\x82\x00";

	(void)state;
	for (size_t piece = 1; piece < sizeof bytes; piece++) {
		struct heard heard = {.length = 0};
		struct websocket_frames frames;

		websocket_frames_init(&frames);
		for (size_t at = 0; at < sizeof bytes - 1; at += piece)
			websocket_frames_feed(
			    &frames, str_slice(str_n(bytes, sizeof bytes - 1), at, at + piece),
			    hear, &heard);
		assert_string_equal(heard.text, "1:Hello|1:Hello|2:|");
		assert_int_equal(frames.messages, 3);
		assert_int_equal(frames.controls, 1);
		websocket_frames_release(&frames);
	}
}

static void test_long_frames(void **state)
{
	struct heard heard = {.length = 0};
	struct websocket_frames frames;
	char head[4] = {(char)0x82, 126, 1, 0};
	char payload[256] = {0};

	(void)state;
	websocket_frames_init(&frames);
	websocket_frames_feed(&frames, str_n(head, 4), hear, &heard);
	assert_int_equal(frames.left, 256);
	websocket_frames_feed(&frames, str_n(payload, 256), hear, &heard);
	assert_int_equal(frames.messages, 1);
	/* Compressed without negotiation: recognized as invalid. */
	websocket_frames_feed(&frames, STR("\xc1\x01x"), hear, &heard);
	assert_true(frames.bad);
	websocket_frames_release(&frames);
}

/* A close with a code and a reason, masked, between the parts of a message. */
static void test_close_frame(void **state)
{
	struct heard heard = {.length = 0};
	struct websocket_frames frames;

	(void)state;
	websocket_frames_init(&frames);
	websocket_frames_feed(&frames,
			      STR("\x01\x03Hel\x88\x85\x01\x02\x03\x04"
				  "\x02\xea\x61\x7d\x64\x80\x02lo"),
			      hear, &heard);
	assert_string_equal(heard.text, "8:\x03\xe8"
					"bye|1:Hello|");
	websocket_frames_release(&frames);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_request, arena_fixture_begin, arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_bad_requests, arena_fixture_begin,
					    arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_response, arena_fixture_begin, arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_bytes_for_the_server, arena_fixture_begin,
					    arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_bytes_for_the_client, arena_fixture_begin,
					    arena_fixture_end),
	    cmocka_unit_test_setup_teardown(test_kinds_of_bodies, arena_fixture_begin,
					    arena_fixture_end),
	    cmocka_unit_test(test_chunks),
	    cmocka_unit_test(test_broken_chunks),
	    cmocka_unit_test(test_strict_chunks),
	    cmocka_unit_test(test_frames),
	    cmocka_unit_test(test_long_frames),
	    cmocka_unit_test(test_close_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
