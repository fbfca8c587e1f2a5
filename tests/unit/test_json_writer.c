/* The JSON writer: separators, lines, escapes and numbers, in both styles. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/escape.h"
#include "base/json_writer.h"

static void write_sample(struct json_writer *j)
{
	json_writer_open(j, NULL);
	json_writer_text(j, "text", STR("a\"b\n"));
	json_writer_format(j, "format", "page_%d \"x\"", 7);
	json_writer_base64(j, "bytes", STR("\xff\x00"));
	json_writer_open_array(j, "list");
	json_writer_uint(j, NULL, UINT64_MAX);
	json_writer_int(j, NULL, -1);
	json_writer_open(j, NULL);
	json_writer_close(j);
	json_writer_close_array(j);
	json_writer_bool(j, "yes", true);
	json_writer_null(j, "none");
	escape_json(json_writer_member(j, STR("a \"key\"")), STR("x"));
	json_writer_fragment(j, STR("\"raw\":[1]"));
	json_writer_close(j);
}

static void assert_text(struct buf *out, const char *expected)
{
	assert_string_equal(out->data, expected);
	buf_clear(out);
}

static void test_both_styles(void **state)
{
	struct buf out;
	struct json_writer spaced = json_writer_spaced(&out), compact = json_writer_compact(&out);

	(void)state;
	buf_init(&out, 0);
	write_sample(&spaced);
	assert_text(&out, "{\"text\": \"a\\\"b\\n\", \"format\": \"page_7 \\\"x\\\"\", "
			  "\"bytes\": \"/wA=\", \"list\": [18446744073709551615, -1, {}], "
			  "\"yes\": true, \"none\": null, \"a \\\"key\\\"\": \"x\", \"raw\":[1]}");
	write_sample(&compact);
	assert_text(&out, "{\"text\":\"a\\\"b\\n\",\"format\":\"page_7 \\\"x\\\"\","
			  "\"bytes\":\"/wA=\",\"list\":[18446744073709551615,-1,{}],"
			  "\"yes\":true,\"none\":null,\"a \\\"key\\\"\":\"x\",\"raw\":[1]}");
	buf_release(&out);
}

static void test_lines(void **state)
{
	struct buf out;
	struct json_writer j = json_writer_spaced(&out);

	(void)state;
	buf_init(&out, 0);
	json_writer_open_array(&j, NULL);
	for (unsigned i = 0; i < 2; i++) {
		json_writer_line(&j, "\n  ");
		json_writer_uint(&j, NULL, i);
	}
	json_writer_uint(&j, NULL, 2);
	json_writer_line(&j, "\n");
	json_writer_close_array(&j);
	assert_text(&out, "[\n  0,\n  1, 2\n]");
	buf_release(&out);
}

static void test_numbers(void **state)
{
	struct buf out;
	struct json_writer j = json_writer_compact(&out);

	(void)state;
	buf_init(&out, 0);
	json_writer_open_array(&j, NULL);
	json_writer_fixed(&j, NULL, 3.1, 3);
	json_writer_decimal(&j, NULL, 60, 3);
	json_writer_decimal(&j, NULL, 3.14159, 3);
	json_writer_decimal(&j, NULL, 0.1, 4);
	json_writer_digits(&j, NULL, 1234567, 3);
	json_writer_digits(&j, NULL, NAN, 3);
	json_writer_digits(&j, NULL, INFINITY, 3);
	json_writer_close_array(&j);
	assert_text(&out, "[3.100,60.0,3.142,0.1,1.23e+06,null,null]");
	/* Longer than any number that is expected. */
	json_writer_decimal(&j, NULL, 1e300, 1);
	assert_int_equal(out.len, 1 + 301 + 2);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_both_styles),
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
