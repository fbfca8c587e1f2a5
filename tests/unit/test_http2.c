/* HTTP/2 by both transports: a server that sends scripted frames, valid and not, and the same
 * result for each of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "net/http.h"
#include "net/loop.h"
#include "frame_server.h"
#include "http_fixture.h"

/* ---- frames, on stream 1 unless they belong to the connection */

#define FRAME(high, low, type, flags, stream) "\x00" high low type flags "\x00\x00\x00" stream
#define SETTINGS			      FRAME("\x00", "\x00", "\x04", "\x00", "\x00")
#define ACK				      FRAME("\x00", "\x00", "\x04", "\x01", "\x00")
#define END_HEADERS			      "\x04"
#define LAST				      "\x05" /* END_HEADERS and END_STREAM */
#define STATUS_200			      "\x88"
#define HEADERS_200			      FRAME("\x00", "\x01", "\x01", END_HEADERS, "\x01") STATUS_200
#define DATA_OK				      FRAME("\x00", "\x02", "\x00", "\x01", "\x01") "ok"
#define DATA_MORE			      FRAME("\x00", "\x02", "\x00", "\x00", "\x01") "ok"
#define RESPONSE			      HEADERS_200 DATA_OK
/* A field without indexing, with a new name of one byte. */
#define FIELD(name, value) "\x00\x01" name "\x01" value
/* content-length: DIGIT, and :status: DDD */
#define LENGTH(digit)  "\x0f\x0d\x01" digit
#define STATUS(digits) "\x08\x03" digits
#define RST(code)      FRAME("\x00", "\x04", "\x03", "\x00", "\x01") "\x00\x00\x00" code
#define GOAWAY(last)                                                                               \
	FRAME("\x00", "\x08", "\x07", "\x00", "\x00") "\x00\x00\x00" last "\x00\x00\x00\x00"
#define WINDOW(stream, by) FRAME("\x00", "\x04", "\x08", "\x00", stream) by
#define SET(id, value)	   FRAME("\x00", "\x06", "\x04", "\x00", "\x00") "\x00" id value
#define CONTINUATION	   FRAME("\x00", "\x00", "\x09", "\x00", "\x01")
#define FOUR(x)		   x x x x
#define SIXTEEN(x)	   FOUR(FOUR(x))

#define BROKE(what) "the server broke the rules of HTTP/2 (" what ")"
#define BAD_FRAME   BROKE("an invalid frame")
#define BAD_STREAM  BROKE("PROTOCOL_ERROR")
#define BODY_CUT    "the server closed the connection before the end of the response body"
#define HEAD_CUT    "the server closed the connection within the response header"
#define CLOSED	    "the server closed the connection before the first byte of the response"

struct row {
	const char *name;
	const char *bytes;
	size_t len;
	enum http_result result;
	int status;
	const char *text;
	bool closes;	  /* the server closes after the bytes */
	bool head;	  /* the method is HEAD */
	bool direct_only; /* libcurl 7.88 forgets what it received together with the end */
};
#define BYTES(text) .bytes = text, .len = sizeof text - 1

static const struct row rows[] = {
    {"a response", BYTES(SETTINGS RESPONSE), .status = 200},
    {"a response before SETTINGS of the client are acknowledged", BYTES(SETTINGS ACK RESPONSE),
     .status = 200},
    {"no body", BYTES(SETTINGS FRAME("\x00", "\x01", "\x01", LAST, "\x01") "\x89"), .status = 204},
    {"HEAD with a length",
     BYTES(SETTINGS FRAME("\x00", "\x05", "\x01", LAST, "\x01") STATUS_200 LENGTH("9")),
     .status = 200, .head = true},
    {"interim responses",
     BYTES(SETTINGS FRAME("\x00", "\x05", "\x01", END_HEADERS, "\x01") STATUS("100") FRAME(
	 "\x00", "\x0a", "\x01", END_HEADERS, "\x01") STATUS("103") FIELD("a", "b") RESPONSE),
     .status = 200},
    {"trailers",
     BYTES(SETTINGS HEADERS_200 DATA_MORE FRAME("\x00", "\x05", "\x01", LAST, "\x01")
	       FIELD("t", "1")),
     .status = 200},
    {"a length that is right",
     BYTES(SETTINGS FRAME("\x00", "\x05", "\x01", END_HEADERS, "\x01") STATUS_200 LENGTH("2")
	       DATA_OK),
     .status = 200},
    {"padding, and frames of an unknown type",
     BYTES(SETTINGS FRAME("\x00", "\x03", "\x99", "\xff", "\x01") "abc" HEADERS_200 FRAME(
	 "\x00", "\x06", "\x00", "\x09", "\x01") "\x03ok\x00\x00\x00"),
     .status = 200},
    {"empty DATA frames, and PRIORITY",
     BYTES(SETTINGS FRAME("\x00", "\x05", "\x02", "\x00", "\x01") "\x00\x00\x00\x00\x01" HEADERS_200
	       FOUR(FRAME("\x00", "\x00", "\x00", "\x00", "\x01")) DATA_OK),
     .status = 200},
    {"a complete response before an error",
     BYTES(SETTINGS RESPONSE FRAME("\x00", "\x02", "\x00", "\x00", "\x00") "no"), .status = 200},
    {"GOAWAY that includes the request", BYTES(SETTINGS GOAWAY("\x01") RESPONSE), .status = 200},

    /* ---- a stream that breaks the rules */
    {"a body shorter than its length",
     BYTES(SETTINGS FRAME("\x00", "\x05", "\x01", END_HEADERS, "\x01") STATUS_200 LENGTH("5")
	       DATA_OK),
     .result = HTTP_PROTOCOL, .text = BAD_STREAM},
    {"a body longer than its length",
     BYTES(SETTINGS FRAME("\x00", "\x05", "\x01", END_HEADERS, "\x01") STATUS_200 LENGTH("1")
	       DATA_OK),
     .result = HTTP_PROTOCOL, .text = BAD_STREAM},
    {"two lengths",
     BYTES(SETTINGS FRAME("\x00", "\x09", "\x01", END_HEADERS, "\x01") STATUS_200 LENGTH("2")
	       LENGTH("2") DATA_OK),
     .result = HTTP_PROTOCOL, .text = BAD_STREAM},
    {"a length that is not a number",
     BYTES(SETTINGS FRAME("\x00", "\x05", "\x01", END_HEADERS, "\x01") STATUS_200 LENGTH("x")
	       DATA_OK),
     .result = HTTP_PROTOCOL, .text = BAD_STREAM},
    {"no status", BYTES(SETTINGS FRAME("\x00", "\x05", "\x01", LAST, "\x01") FIELD("a", "b")),
     .result = HTTP_PROTOCOL, .text = BAD_STREAM},
    {"two statuses", BYTES(SETTINGS FRAME("\x00", "\x02", "\x01", LAST, "\x01") STATUS_200 "\x89"),
     .result = HTTP_PROTOCOL, .text = BAD_STREAM},
    {"a status after a field",
     BYTES(SETTINGS FRAME("\x00", "\x06", "\x01", LAST, "\x01") FIELD("a", "b") STATUS_200),
     .result = HTTP_PROTOCOL, .text = BAD_STREAM},
    {"a status that is not a number",
     BYTES(SETTINGS FRAME("\x00", "\x05", "\x01", LAST, "\x01") STATUS("2x0")),
     .result = HTTP_PROTOCOL, .text = BAD_STREAM},
    {"101", BYTES(SETTINGS FRAME("\x00", "\x05", "\x01", END_HEADERS, "\x01") STATUS("101")),
     .result = HTTP_PROTOCOL, .text = BAD_STREAM},
    {"an interim response that ends the stream",
     BYTES(SETTINGS FRAME("\x00", "\x05", "\x01", LAST, "\x01") STATUS("103")),
     .result = HTTP_PROTOCOL, .text = BAD_STREAM},
    {"a name in upper case",
     BYTES(SETTINGS FRAME("\x00", "\x06", "\x01", LAST, "\x01") STATUS_200 FIELD("A", "b")),
     .result = HTTP_PROTOCOL, .text = BAD_STREAM},
    {"a field of the connection",
     BYTES(SETTINGS FRAME("\x00", "\x13", "\x01", LAST, "\x01") STATUS_200 "\x00\x0a"
									   "connection"
									   "\x05"
									   "close"),
     .result = HTTP_PROTOCOL, .text = BAD_STREAM},
    {"a window that is opened by nothing",
     BYTES(SETTINGS WINDOW("\x01", "\x00\x00\x00\x00") RESPONSE), .result = HTTP_PROTOCOL,
     .text = BAD_FRAME},

    /* ---- a connection that breaks the rules */
    {"DATA without a stream", BYTES(SETTINGS FRAME("\x00", "\x02", "\x00", "\x00", "\x00") "no"),
     .result = HTTP_PROTOCOL, .text = BAD_FRAME},
    {"DATA on a stream that was not opened",
     BYTES(SETTINGS FRAME("\x00", "\x02", "\x00", "\x00", "\x09") "no"), .result = HTTP_PROTOCOL,
     .text = BAD_FRAME},
    {"a response on a stream of the server",
     BYTES(SETTINGS FRAME("\x00", "\x01", "\x01", LAST, "\x02") STATUS_200),
     .result = HTTP_PROTOCOL, .text = BAD_FRAME},
    {"PUSH_PROMISE",
     BYTES(SETTINGS ACK FRAME("\x00", "\x05", "\x05", END_HEADERS, "\x01") "\x00\x00\x00\x02"
									   "\x82"),
     .result = HTTP_PROTOCOL, .text = BAD_FRAME},
    {"a frame that is too long", BYTES(SETTINGS "\x7f\xff\xff\x00\x00\x00\x00\x00\x01"),
     .result = HTTP_PROTOCOL, .text = BAD_FRAME},
    {"a header block that cannot be decoded",
     BYTES(SETTINGS FRAME("\x00", "\x03", "\x01", LAST, "\x01") "\xff\xff\x7f"),
     .result = HTTP_PROTOCOL, .text = BAD_FRAME},
    {"a flood of CONTINUATION",
     BYTES(SETTINGS FRAME("\x00", "\x01", "\x01", "\x00", "\x01") STATUS_200 SIXTEEN(CONTINUATION)),
     .result = HTTP_PROTOCOL, .text = "the server broke the rules of HTTP/2"},
    {"another frame within a header",
     BYTES(SETTINGS FRAME("\x00", "\x01", "\x01", "\x00", "\x01") STATUS_200 SETTINGS),
     .result = HTTP_PROTOCOL, .text = BAD_FRAME},
    {"a window of the connection that is opened by nothing",
     BYTES(SETTINGS WINDOW("\x00", "\x00\x00\x00\x00")), .result = HTTP_PROTOCOL,
     .text = BAD_FRAME},
    {"a window of the connection that is too large",
     BYTES(SETTINGS WINDOW("\x00", "\x7f\xff\xff\xff")), .result = HTTP_PROTOCOL,
     .text = BAD_FRAME},
    {"a window of streams that is too large", BYTES(SETTINGS SET("\x04", "\xff\xff\xff\xff")),
     .result = HTTP_PROTOCOL, .text = BAD_FRAME},
    {"frames that are too small", BYTES(SETTINGS SET("\x05", "\x00\x00\x00\x01")),
     .result = HTTP_PROTOCOL, .text = BAD_FRAME},
    {"SETTINGS with an odd length",
     BYTES(SETTINGS FRAME("\x00", "\x05", "\x04", "\x00", "\x00") "\x00\x00\x00\x00\x00"),
     .result = HTTP_PROTOCOL, .text = BAD_FRAME},
    {"HTTP/1.1", BYTES("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
     .result = HTTP_PROTOCOL, .text = BAD_FRAME},
    {"an alert of TLS", BYTES("\x15\x03\x01\x00\x02\x02\x46\x00\x00\x00"), .result = HTTP_PROTOCOL,
     .text = BAD_FRAME},

    /* ---- ends */
    {"refused, and refused again", BYTES(SETTINGS GOAWAY("\x00")), .result = HTTP_RESET,
     .text = "the server refused the request twice", .direct_only = true},
    {"reset without an error before the response", BYTES(SETTINGS RST("\x00")),
     .result = HTTP_RESET,
     .text = "the server aborted the HTTP/2 stream before the response "
	     "(NO_ERROR)",
     .direct_only = true},
    {"reset within the body", BYTES(SETTINGS HEADERS_200 DATA_MORE RST("\x08")), .status = 200,
     .result = HTTP_TRUNCATED, .text = BODY_CUT, .direct_only = true},
    {"reset after an interim response",
     BYTES(SETTINGS FRAME("\x00", "\x05", "\x01", END_HEADERS, "\x01") STATUS("103") RST("\x08")),
     .result = HTTP_TRUNCATED, .text = HEAD_CUT, .direct_only = true},
    {"closed within the body", BYTES(SETTINGS HEADERS_200 DATA_MORE), .status = 200,
     .result = HTTP_TRUNCATED, .text = BODY_CUT, .closes = true},
    {"closed before the response", BYTES(SETTINGS), .result = HTTP_RESET, .text = CLOSED,
     .closes = true},
    {"only SETTINGS", BYTES(SETTINGS), .result = HTTP_TIMEOUT, .text = "no response within 500ms"},
    {"a response that stops", BYTES(SETTINGS HEADERS_200 DATA_MORE), .status = 200,
     .result = HTTP_TIMEOUT, .text = "no complete response within 500ms"},
};

/* ---- the client */

struct rig {
	int transport;
	struct frame_server origin;
	struct loop *loop;
	struct http *http;
	struct http_user *user;
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

static void open_rig(struct rig *rig)
{
	struct http_config config = {.dns_ttl = NS_NEVER, .transport = rig->transport};
	struct buf error;

	buf_init(&error, 0);
	frame_server_start(&rig->origin);
	snprintf(rig->url, sizeof rig->url, "http://127.0.0.1:%u/", rig->origin.sockets.port);
	rig->loop = loop_new();
	rig->http = http_client_new(rig->loop, &config, &error);
	assert_non_null(rig->http);
	rig->http->done = on_done;
	rig->http->owner = rig->loop->owner = rig;
	rig->user = rig->http->ops->user_open(rig->http);
	buf_release(&error);
}

static void close_rig(struct rig *rig)
{
	rig->http->ops->user_close(rig->http, rig->user);
	rig->http->ops->free(rig->http);
	rig->loop->ops->free(rig->loop);
	socket_server_stop(&rig->origin.sockets);
}

static struct http_plan *plan(struct rig *rig, const char *method, ns_t timeout)
{
	struct http_plan_spec spec = {.method = str_of(method),
				      .url = str_of(rig->url),
				      .keep_body = true,
				      .keep_headers = true,
				      .timeout = timeout,
				      .http_version = HTTP_WANT_2};

	return rig->http->ops->plan(rig->http, &spec);
}

static struct exchange *request(struct rig *rig, const struct http_plan *p)
{
	struct exchange *x = rig->http->ops->begin(rig->http, p, rig->user);

	rig->done = false;
	rig->http->ops->send(rig->http, x);
	while (!rig->done)
		rig->loop->ops->run(rig->loop);
	return x;
}

/* ---- tests */

static void compare(const struct row *row, const struct exchange *x)
{
	const char *text = row->text ? row->text : "";

	if (x->result != row->result || (row->status && x->status != row->status) ||
	    strncmp(x->error, text, strlen(text)) != 0 || (!row->text && x->error[0]))
		fail_msg("%s: result %d, status %d, '%s'", row->name, (int)x->result, x->status,
			 x->error);
	if (x->result == HTTP_OK)
		assert_int_equal(x->version, 20);
	if (x->result == HTTP_OK && x->status == 200 && !row->head)
		assert_true(str_eq(buf_str(&x->response), STR("ok")));
}

struct cell {
	int transport;
	const struct row *row;
};

static void test_row(void **state)
{
	const struct cell *cell = *state;
	const struct row *row = cell->row;
	struct rig rig = {.transport = cell->transport,
			  .origin = {.bytes = row->bytes, .len = row->len, .closes = row->closes}};
	/* libcurl 8 reports HTTP/1.1 from a server of HTTP/2 only when the time is up. */
	ns_t timeout = row->result == HTTP_TIMEOUT ? NS_PER_S / 2 : 10 * NS_PER_S;

	open_rig(&rig);
	struct exchange *x = request(&rig, plan(&rig, row->head ? "HEAD" : "GET", timeout));
	compare(row, x);
	rig.http->ops->end(rig.http, x);
	close_rig(&rig);
}

static const char whole[] =
    SETTINGS ACK FRAME("\x00", "\x0a", "\x01", END_HEADERS, "\x01") STATUS("103") FIELD("a", "b")
	FRAME("\x00", "\x05", "\x01", END_HEADERS, "\x01") STATUS_200 LENGTH("2") DATA_OK;

/* A response in two pieces, divided at each byte. */
static void test_divided(void **state)
{
	struct rig rig = {.transport = *(int *)*state,
			  .origin = {.bytes = whole, .len = sizeof whole - 1}};
	const struct row row = {.name = "divided", .status = 200};

	open_rig(&rig);
	const struct http_plan *p = plan(&rig, "GET", 60 * NS_PER_S);
	for (size_t cut = 1; cut < rig.origin.len; cut++) {
		rig.origin.cut = cut;
		struct http_user *user = rig.user = rig.http->ops->user_open(rig.http);
		struct exchange *x = request(&rig, p);
		compare(&row, x);
		rig.http->ops->end(rig.http, x);
		rig.http->ops->user_close(rig.http, user);
	}
	rig.user = rig.http->ops->user_open(rig.http);
	close_rig(&rig);
}

/* The connection is closed after each byte: a failure with a class, and only the whole is a
 * response.
 */
static void test_cut(void **state)
{
	struct rig rig = {.transport = *(int *)*state,
			  .origin = {.bytes = whole, .len = sizeof whole - 1}};

	open_rig(&rig);
	rig.origin.closes = rig.origin.drops = true;
	const struct http_plan *p = plan(&rig, "GET", 60 * NS_PER_S);
	for (size_t cut = 1; cut < rig.origin.len; cut++) {
		rig.origin.cut = cut;
		struct http_user *user = rig.user = rig.http->ops->user_open(rig.http);
		struct exchange *x = request(&rig, p);
		if (x->result != HTTP_RESET && x->result != HTTP_TRUNCATED)
			fail_msg("cut at %zu: result %d, '%s'", cut, (int)x->result, x->error);
		rig.http->ops->end(rig.http, x);
		rig.http->ops->user_close(rig.http, user);
	}
	rig.user = rig.http->ops->user_open(rig.http);
	close_rig(&rig);
}

/* A field of 4,000 bytes that is repeated by its index: a few bytes for each of 200 fields. */
static void put_bomb(struct buf *out)
{
	enum { VALUE = 4000, REPEATS = 200, LEN = 1 + 3 + 3 + VALUE + REPEATS };

	buf_add(out, str_n(SETTINGS, sizeof SETTINGS - 1));
	buf_add(out, str_n("\x00", 1));
	buf_add_char(out, (char)(LEN >> 8));
	buf_add_char(out, (char)(LEN & 0xff));
	buf_add(out, str_n("\x01\x05\x00\x00\x00\x01" STATUS_200, 7));
	/* A literal with indexing; the length of its value is 127 + 3873. */
	buf_add(out, str_n("\x40\x01z\x7f\xa1\x1e", 6));
	for (int i = 0; i < VALUE; i++)
		buf_add_char(out, 'v');
	for (int i = 0; i < REPEATS; i++)
		buf_add_char(out, (char)0xbe);
}

/* 6,000 fields of 38 bytes in one block. */
static void put_many_fields(struct buf *out)
{
	enum { FIELDS = 6000, LEN = 1 + FIELDS };

	buf_add(out, str_n(SETTINGS, sizeof SETTINGS - 1));
	buf_add(out, str_n("\x00", 1));
	buf_add_char(out, (char)(LEN >> 8));
	buf_add_char(out, (char)(LEN & 0xff));
	buf_add(out, str_n("\x01\x05\x00\x00\x00\x01" STATUS_200, 7));
	for (int i = 0; i < FIELDS; i++)
		buf_add_char(out, (char)(0x80 | 55)); /* refresh, without a value */
}

static void check_limit(void (*put)(struct buf *out))
{
	struct rig rig = {.transport = HTTP_TRANSPORT_DIRECT};
	struct buf bytes;

	buf_init(&bytes, 0);
	put(&bytes);
	rig.origin.bytes = bytes.data;
	rig.origin.len = bytes.len;
	open_rig(&rig);
	struct exchange *x = request(&rig, plan(&rig, "GET", 60 * NS_PER_S));
	if (x->result != HTTP_PROTOCOL || !strstr(x->error, "header"))
		fail_msg("result %d, '%s'", (int)x->result, x->error);
	rig.http->ops->end(rig.http, x);
	close_rig(&rig);
	buf_release(&bytes);
}

static void test_limits(void **state)
{
	(void)state;
	check_limit(put_bomb);
	check_limit(put_many_fields);
}

int main(void)
{
	enum { ROWS = sizeof rows / sizeof *rows, OTHERS = 5 };
	static int curl = HTTP_TRANSPORT_CURL, direct = HTTP_TRANSPORT_DIRECT;
	static struct CMUnitTest tests[2 * ROWS + OTHERS] = {
	    {.name = "divided, libcurl", .test_func = test_divided, .initial_state = &curl},
	    {.name = "divided, direct", .test_func = test_divided, .initial_state = &direct},
	    {.name = "cut, libcurl", .test_func = test_cut, .initial_state = &curl},
	    {.name = "cut, direct", .test_func = test_cut, .initial_state = &direct},
	    cmocka_unit_test(test_limits),
	};
	static char names[2 * ROWS][128];
	static struct cell cells[2 * ROWS];
	size_t count = 0;

	for (size_t i = 0; i < 2 * ROWS; i++) {
		struct cell *cell = &cells[count];

		*cell = (struct cell){i % 2 ? direct : curl, &rows[i / 2]};
		if (cell->row->direct_only && cell->transport == curl)
			continue;
		snprintf(names[count], sizeof names[count], "%s: %s", i % 2 ? "direct" : "libcurl",
			 cell->row->name);
		tests[OTHERS + count] = (struct CMUnitTest){
		    .name = names[count], .test_func = test_row, .initial_state = cell};
		count++;
	}
	return _cmocka_run_group_tests("http2", tests, OTHERS + count, http_fixture_begin,
				       http_fixture_end);
}
