/* The JSON reader: valid and invalid JSON (RFC 8259), and the positions on the tape. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "doc/json.h"

static bool reads(const char *text)
{
	struct json_tape tape;
	bool good;

	json_init(&tape);
	good = json_read(&tape, str_of(text));
	json_release(&tape);
	return good;
}

static void test_accepts(void **state)
{
	static const char *const good[] = {
	    "null",	    " true ",
	    "-0",	    "1.5e+10",
	    "\"\"",	    "[]",
	    "{}",	    "[[],{}]",
	    "[1,2 , 3]",    "{\"a\":1,\"a\":2}",
	    "\"\\u0041\"",  "\"\\ud800\"",
	    "\"\xc3\xa9\"", "\"\\/\\b\\f\"",
	    "\t\r\n 1 ",    "{\"\":{\"\":[]}}",
	    "\"\x7f\"",	    "[-1.0E-2]",
	};
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!reads(good[i]))
			fail_msg("refused: %s", good[i]);
}

static void test_refuses(void **state)
{
	static const char *const bad[] = {
	    "",
	    " ",
	    "nul",
	    "01",
	    "1.",
	    ".5",
	    "+1",
	    "-",
	    "1e",
	    "\"",
	    "\"\\x\"",
	    "\"\\u12g4\"",
	    "[1,]",
	    "[,1]",
	    "{,}",
	    "{\"a\"}",
	    "{\"a\":}",
	    "{a:1}",
	    "[1 2]",
	    "[1",
	    "{\"a\":1",
	    "1 2",
	    "'a'",
	    "\"a\nb\"",
	    "NaN",
	    "//x\n1",
	    "\357\273\277\357\273\2771",
	    "1\357\273\277",
	    "\"\xff\"",
	    "\"\xc0\x80\"",
	    "\"\xed\xa0\x80\"",
	    "[1}",
	    "{\"a\":1]",
	    "]",
	    "[\"a\":1]",
	    "{\"a\":1,}",
	    "\"\\",
	    "\"\\u12",
	    "[\"\t\"]",
	};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (reads(bad[i]))
			fail_msg("accepted: %s", bad[i]);
}

static void test_says_where(void **state)
{
	struct json_tape tape;

	(void)state;
	json_init(&tape);
	assert_false(json_read(&tape, STR("{\"a\": [1, 2 3]}")));
	assert_int_equal(tape.error_at, 12);
	assert_string_equal(tape.error, "a comma or ] is missing");
	json_release(&tape);
}

static void test_tape(void **state)
{
	struct json_tape tape;
	struct buf scratch;
	const struct json_item *item;

	(void)state;
	json_init(&tape);
	buf_init(&scratch, 0);
	assert_true(json_read(
	    &tape, STR("{\"a\":[1,{\"x\":2}],\"\\u0062\":\"q\\ud83d\\ude00\\n\",\"a\":1.50}")));
	assert_int_equal(json_count(&tape.items[0]), 3);
	item = json_member(&tape, &tape.items[0], STR("a"));
	assert_true(str_eq(json_raw(&tape, item), STR("1.50")));
	assert_true(json_number(&tape, item) > 1.49 && json_number(&tape, item) < 1.51);
	item = json_member(&tape, &tape.items[0], STR("b"));
	assert_true(str_eq(json_text(&tape, item, &scratch), STR("q\xf0\x9f\x98\x80\n")));
	assert_null(json_member(&tape, &tape.items[0], STR("c")));
	item = &tape.items[2];
	assert_int_equal(json_type(item), JSON_ARRAY);
	assert_int_equal(json_count(item), 2);
	assert_true(str_eq(json_raw(&tape, item), STR("[1,{\"x\":2}]")));
	assert_int_equal(item->next, 7);
	buf_release(&scratch);
	json_release(&tape);
}

static void test_depth(void **state)
{
	char deep[4 * JSON_DEPTH_MAX];

	(void)state;
	for (size_t depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
		memset(deep, '[', depth);
		memset(deep + depth, ']', depth);
		deep[2 * depth] = '\0';
		assert_int_equal(reads(deep), depth == JSON_DEPTH_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_accepts),    cmocka_unit_test(test_refuses),
	    cmocka_unit_test(test_says_where), cmocka_unit_test(test_tape),
	    cmocka_unit_test(test_depth),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
