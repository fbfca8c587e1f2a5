/* The reader of HTTP/1 heads (net/http1.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "net/http1.h"

#define OK "HTTP/1.1 200 OK\r\n"

static void same(struct str got, const char *wanted)
{
	if (!str_eq(got, str_of(wanted)))
		fail_msg("'%.*s' is not '%s'", STR_ARG(got), wanted);
}

static struct str at(struct str text, struct http1_range range)
{
	return str_slice(text, range.at, range.at + range.len);
}

/* Reads TEXT in memory of exactly its size, so that a sanitizer sees what is read after it. */
static enum http1_line read_all(struct http1_response *r, struct str text)
{
	char *copy = malloc(text.len ? text.len : 1);

	assert_non_null(copy);
	memcpy(copy, text.ptr, text.len);
	enum http1_line line = http1_response_read(r, str_n(copy, text.len));
	free(copy);
	return line;
}

static void test_response(void **state)
{
	struct str whole = STR(OK "Server: x\r\nContent-Length: 0012\r\nLOCATION:\t/a b \t\r\n"
				  "Set-Cookie: a=b\r\nlocation: /second\r\nset-cookie: c=d\r\n"
				  "Content-Encoding: gzip\r\nEmpty:\r\nConnection: x, close\r\n"
				  "Text: \xc3\xa4 and\ttab\r\n\r\nbody");
	struct http1_response r;

	(void)state;
	http1_response_init(&r);
	assert_int_equal(read_all(&r, whole), HTTP1_EMPTY);
	assert_int_equal(r.at, whole.len - 4);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.minor, 1);
	assert_int_equal(r.length, 12);
	assert_int_equal(r.cookies, 2);
	assert_int_equal(r.encodings, 1);
	assert_false(r.keep);
	assert_false(r.chunked);
	same(at(whole, r.location), "/a b");
}

/* However the bytes arrive, the result is the same. */
static void test_pieces(void **state)
{
	struct str whole = STR(OK "Content-Length: 5\r\nX-Long: 0123456789abcdef0123456789\r\n"
				  "Location: /x\r\nConnection: keep-alive\r\n\r\n");

	(void)state;
	for (size_t piece = 1; piece < whole.len; piece++) {
		enum http1_line line = HTTP1_PARTIAL;
		struct http1_response r;
		size_t got = 0;

		http1_response_init(&r);
		while (got < whole.len) {
			assert_int_equal(line, HTTP1_PARTIAL);
			got = got + piece < whole.len ? got + piece : whole.len;
			line = read_all(&r, str_slice(whole, 0, got));
		}
		assert_int_equal(line, HTTP1_EMPTY);
		assert_int_equal(r.at, whole.len);
		assert_int_equal(r.length, 5);
		assert_true(r.keep);
		same(at(whole, r.location), "/x");
	}
}

/* Evidence shows them escaped; only a NUL, CR or LF would change how others read the head. */
static void test_controls_in_a_value(void **state)
{
	struct str head = STR(OK "Location: /\x1b[2J\x07\x7f 0123456789\t.\r\n\r\n");
	struct http1_response r;

	(void)state;
	http1_response_init(&r);
	assert_int_equal(read_all(&r, head), HTTP1_EMPTY);
	same(at(head, r.location), "/\x1b[2J\x07\x7f 0123456789\t.");
}

static void test_keep(void **state)
{
	static const struct {
		const char *head;
		bool keep;
	} rows[] = {
	    {"HTTP/1.1 200\r\n\r\n", true},
	    {"HTTP/1.0 200 OK\r\n\r\n", false},
	    {"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n", true},
	    {"HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n", false},
	    {"HTTP/1.1 200 OK\r\nConnection: a,,close\r\n\r\n", false},
	    {"HTTP/1.1 200 OK\r\nConnection: closed\r\n\r\n", true},
	    {"HTTP/1.1 200 OK\r\nX-Connection: close\r\n\r\n", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct http1_response r;

		http1_response_init(&r);
		assert_int_equal(read_all(&r, str_of(rows[i].head)), HTTP1_EMPTY);
		if (r.keep != rows[i].keep)
			fail_msg("%s", rows[i].head);
	}
}

static void test_refused(void **state)
{
	static const struct {
		struct str head;
		const char *why;
	} rows[] = {
	    {STR("HTTP/2.0 200 OK\r\n"), "the status line"},
	    {STR("HTTP/1.2 200 OK\r\n"), "the status line"},
	    {STR("HTTP/1.1  200 OK\r\n"), "the status line"},
	    {STR("HTTP/1.1 20 OK\r\n"), "the status line"},
	    {STR("HTTP/1.1 099 OK\r\n"), "the status line"},
	    {STR("HTTP/1.1 2000 OK\r\n"), "the status line"},
	    {STR("http/1.1 200 OK\r\n"), "the status line"},
	    {STR("ICY 200 OK\r\n"), "the status line"},
	    {STR("HTTP/1.1 200 OK\n"), "a line end without CR"},
	    {STR("HTTP/1.1 200 O\rK\r\n"), "a CR within a line"},
	    {STR(OK "A: b\n"), "a line end without CR"},
	    {STR(OK "A: b\r\n\n"), "a line end without CR"},
	    {STR(OK "A: b\rc\r\n"), "a CR within a line"},
	    {STR(OK "A: b\0c\r\n"), "a NUL byte"},
	    {STR(OK "A: 0123456\x7f\0 89012345\r\n"), "a NUL byte"},
	    {STR(OK "A: b\r\n c\r\n"), "a folded line"},
	    {STR(OK "A: b\r\n\tc\r\n"), "a folded line"},
	    {STR(OK " A: b\r\n"), "a folded line"},
	    {STR(OK "Content-Length : 5\r\n"), "a space within or after a field name"},
	    {STR(OK "no colon\r\n"), "a space within or after a field name"},
	    {STR(OK "no-colon\r\n"), "a line without a colon"},
	    {STR(OK ": b\r\n"), "a field name with an invalid character"},
	    {STR(OK "A(: b\r\n"), "a field name with an invalid character"},
	    {STR(OK "Content-Length: +5\r\n"), "a Content-Length that is not a number"},
	    {STR(OK "Content-Length: -5\r\n"), "a Content-Length that is not a number"},
	    {STR(OK "Content-Length: 0x5\r\n"), "a Content-Length that is not a number"},
	    {STR(OK "Content-Length: 5x\r\n"), "a Content-Length that is not a number"},
	    {STR(OK "Content-Length: 5, 5\r\n"), "a Content-Length that is not a number"},
	    {STR(OK "Content-Length: 5 5\r\n"), "a Content-Length that is not a number"},
	    {STR(OK "Content-Length:\r\n"), "a Content-Length that is not a number"},
	    {STR(OK "Content-Length: 5\r\ncontent-length: 6\r\n"), "two different Content-Length"},
	    {STR(OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
	     "two Transfer-Encoding"},
	    {STR(OK "Transfer-Encoding: chunked, chunked\r\n"), "an unknown Transfer-Encoding"},
	    {STR(OK "Transfer-Encoding: xchunked\r\n"), "an unknown Transfer-Encoding"},
	    {STR(OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
	     "Transfer-Encoding besides Content-Length"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct http1_response r;

		http1_response_init(&r);
		if (read_all(&r, rows[i].head) != HTTP1_INVALID)
			fail_msg("accepted: %s", rows[i].head.ptr);
		assert_string_equal(r.why, rows[i].why);
	}
}

static void test_same_length_twice(void **state)
{
	struct http1_response r;

	(void)state;
	http1_response_init(&r);
	assert_int_equal(read_all(&r, STR(OK "Content-Length: 5\r\nContent-Length: 05\r\n\r\n")),
			 HTTP1_EMPTY);
	assert_int_equal(r.length, 5);
}

static void test_huge_length(void **state)
{
	struct str text = STR(OK "Content-Length: 9999999999999999999\r\n\r\n");
	struct http1_response r;

	(void)state;
	http1_response_init(&r);
	assert_int_equal(http1_response_read(&r, text), HTTP1_EMPTY);
	assert_true(r.length == HTTP1_LENGTH_HUGE);
}

/* LINE bytes, the line end included, after the status line. */
static void check_line(struct buf *text, size_t line, enum http1_line want)
{
	struct http1_response r;

	buf_clear(text);
	buf_add(text, STR(OK "A: "));
	for (size_t i = 5; i < line; i++)
		buf_add(text, STR("a"));
	http1_response_init(&r);
	/* Without its end it is refused as early as possible. */
	assert_int_equal(http1_response_read(&r, buf_str(text)), HTTP1_PARTIAL);
	buf_add(text, STR("\r\n"));
	assert_int_equal(http1_response_read(&r, buf_str(text)), want);
	assert_int_equal(r.too_long, want == HTTP1_INVALID);
	buf_add(text, STR("\r\n"));
	http1_response_init(&r);
	assert_int_equal(http1_response_read(&r, buf_str(text)),
			 want == HTTP1_INVALID ? want : HTTP1_EMPTY);
}

static void test_too_long(void **state)
{
	struct http1_response r;
	struct buf text;

	(void)state;
	buf_init(&text, 0);
	check_line(&text, HTTP1_LINE_MAX, HTTP1_PARTIAL);
	check_line(&text, HTTP1_LINE_MAX + 1, HTTP1_INVALID);
	/* Interim heads count too. */
	buf_clear(&text);
	for (size_t i = 0; i < 60000; i++)
		buf_add(&text, STR("a"));
	struct str value = buf_str(&text);
	struct buf head;
	buf_init(&head, 0);
	buf_printf(&head, "HTTP/1.1 103 Early\r\nA: %.*s\r\n\r\n", STR_ARG(value));
	http1_response_init(&r);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(http1_response_read(&r, buf_str(&head)), HTTP1_EMPTY);
		http1_response_next(&r);
	}
	assert_int_equal(http1_response_read(&r, buf_str(&head)), HTTP1_INVALID);
	assert_string_equal(r.why, "it is too long");
	buf_release(&head);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_response),
	    cmocka_unit_test(test_pieces),
	    cmocka_unit_test(test_huge_length),
	    cmocka_unit_test(test_controls_in_a_value),
	    cmocka_unit_test(test_keep),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_same_length_twice),
	    cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
