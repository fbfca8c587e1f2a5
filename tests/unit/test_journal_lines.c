/* The lines of a recording's journal: complete entries, and those that a crash has left open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc/journal_lines.h"

#include "arena_fixture.h"

#define HEAD "{\"journal\":\"reprise\",\"version\":1,\"_tls\":{\"ca\":\"\"}}\n"
#define SOCKET                                                                                     \
	"\"startedDateTime\":\"2026-01-01T00:00:00Z\",\"response\":{\"content\":{\"size\":0}},"    \
	"\"_resourceType\":\"websocket\"}\n"
#define STREAM                                                                                     \
	"\"startedDateTime\":\"2026-01-01T00:00:01Z\",\"response\":{\"content\":{\"size\":0,"      \
	"\"mimeType\":\"text/event-stream\"}}}\n"

static struct journal_lines read(const char *text)
{
	struct journal_lines lines;

	assert_true(journal_lines_read(&arena, str_of(text), &lines));
	return lines;
}

static void assert_entry(const struct journal_lines *lines, size_t at, const char *expected)
{
	assert_true(at < lines->entries.count);
	assert_null(lines->entries.items[at].error);
	assert_string_equal(arena_cstr(&arena, lines->entries.items[at].text), expected);
}

static void test_complete(void **state)
{
	struct journal_lines lines =
	    read(HEAD "{\"page\":{\"id\":\"page_1\"}}\n"
		      "{\"startedDateTime\":\"2026\",\"a\":1}\n"
		      "{\"begun\":1," SOCKET "{\"of\":1,\"message\":{\"type\":\"send\"}}\n"
		      "{\"ended\":1}\n{\"startedDateTime\":\"2027\"}\n");

	(void)state;
	assert_int_equal(lines.entries.count, 2);
	assert_int_equal(lines.unreadable, 0);
	assert_entry(&lines, 0, "{\"startedDateTime\":\"2026\",\"a\":1}");
	assert_entry(&lines, 1, "{\"startedDateTime\":\"2027\"}");
	assert_int_equal(lines.entries.items[1].number, 7);
	assert_int_equal(lines.pages.count, 1);
	assert_string_equal(arena_cstr(&arena, lines.tls), "{\"ca\":\"\"}");
}

static void test_open_socket(void **state)
{
	/* Two at the same time; the last message was cut off. */
	struct journal_lines lines = read(
	    HEAD
	    "{\"begun\":1," SOCKET "{\"begun\":2," SOCKET
	    "{\"of\":1,\"message\":{\"data\":\"a\"}}\n"
	    "{\"of\":2,\"message\":{\"data\":\"b\"}}\n{\"of\":1,\"message\":{\"data\":\"c\"}}\n"
	    "{\"of\":1,\"message\":{\"da");

	(void)state;
	assert_int_equal(lines.entries.count, 3);
	assert_int_equal(lines.unreadable, 1);
	assert_non_null(lines.entries.items[0].error);
	assert_entry(&lines, 1,
		     "{\"startedDateTime\":\"2026-01-01T00:00:00Z\",\"response\":{\"content\":"
		     "{\"size\":0}},\"_resourceType\":\"websocket\",\"_webSocketMessages\":"
		     "[{\"data\":\"a\"},{\"data\":\"c\"}]}");
	assert_int_equal(lines.entries.items[1].number, 2);
	assert_int_equal(lines.entries.items[2].number, 3);
}

static void test_open_stream(void **state)
{
	/* A character in two pieces; the last one is not complete. */
	struct journal_lines lines =
	    read(HEAD "{\"begun\":3," STREAM "{\"of\":3,\"piece\":\"data: \\\"1\\\"\\n\"}\n"
		      "{\"of\":3,\"base64\":\"w7w=\"}\n"
		      "{\"of\":3,\"base64\":\"4oI=\"}\n");

	(void)state;
	assert_int_equal(lines.entries.count, 1);
	assert_entry(&lines, 0,
		     "{\"startedDateTime\":\"2026-01-01T00:00:01Z\",\"response\":{\"content\":"
		     "{\"size\":14,\"text\":\"data: \\\"1\\\"\\n\xc3\xbc\",\"mimeType\":"
		     "\"text/event-stream\"}}}");
}

static void test_wrong_lines(void **state)
{
	struct journal_lines lines =
	    read(HEAD "{\"of\":9,\"message\":{}}\n{\"other\":1}\n[]\n{\"begun\":\"x\"," SOCKET);

	(void)state;
	/* A part of an unknown transaction is ignored; other lines are errors. */
	assert_int_equal(lines.unreadable, 3);
	assert_false(journal_lines_read(&arena, STR("{\"log\":{}}"), &lines));
	assert_false(journal_lines_read(&arena, STR(""), &lines));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_complete),
	    cmocka_unit_test(test_open_socket),
	    cmocka_unit_test(test_open_stream),
	    cmocka_unit_test(test_wrong_lines),
	};

	return cmocka_run_group_tests(tests, arena_fixture_begin, arena_fixture_end);
}
