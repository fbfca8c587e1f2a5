/* Hostile text in machine-readable formats: no text can break out of a value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/escape.h"

struct row {
	const char *text, *safe;
};

static void workflow_message(struct buf *out, struct str s)
{
	escape_github_command(out, s, false);
}

static void workflow_property(struct buf *out, struct str s)
{
	escape_github_command(out, s, true);
}

static void check(void (*escape)(struct buf *, struct str), const struct row *rows)
{
	struct buf out;

	buf_init(&out, 0);
	for (; rows->text; rows++) {
		buf_clear(&out);
		escape(&out, str_of(rows->text));
		buf_add_char(&out, '\0');
		assert_string_equal(out.data, rows->safe);
	}
	buf_release(&out);
}

static void test_csv(void **state)
{
	static const struct row rows[] = {
	    {"plain", "\"plain\""},
	    {"", "\"\""},
	    {"a \"b\", c", "\"a \"\"b\"\", c\""},
	    {"=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""},
	    {"+1", "\"'+1\""},
	    {"-1", "\"'-1\""},
	    {"@SUM(A1)", "\"'@SUM(A1)\""},
	    {" \t\r=1", "\"'   =1\""},
	    {"a=1", "\"a=1\""},
	    {"a\n=1", "\"a =1\""},
	    {"\xff", "\"\xef\xbf\xbd\""},
	    {"\xc2\x85=", "\"' =\""},
	    {NULL, NULL},
	};

	(void)state;
	check(escape_csv, rows);
}

static void test_xml(void **state)
{
	static const struct row rows[] = {
	    {"\"/><x a='", "&quot;/&gt;&lt;x a=&#39;"},
	    {"]]>&amp;", "]]&gt;&amp;amp;"},
	    {"a\nb\tc", "a&#10;b&#9;c"},
	    {"\x01\x1b\xff\xef\xbf\xbf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	    {"\xc3\xa4", "\xc3\xa4"},
	    {NULL, NULL},
	};

	(void)state;
	check(escape_xml, rows);
}

static void test_markdown(void **state)
{
	static const struct row rows[] = {
	    {"GET /a, b", "GET /a, b"},
	    {"|x", "&#124;x"},
	    {"![a](b)", "&#33;&#91;a&#93;&#40;b&#41;"},
	    {"<script>", "&#60;script&#62;"},
	    {"a\n# b", "a &#35; b"},
	    {"`@you", "&#96;&#64;you"},
	    {"http://a.b", "http&#58;//a&#46;b"},
	    {NULL, NULL},
	};

	(void)state;
	check(escape_markdown, rows);
}

static void test_workflow(void **state)
{
	static const struct row messages[] = {
	    {"50 %: a,b", "50 %25: a,b"},
	    {"a\n::error::b\r", "a%0A::error::b%0D"},
	    {"\x1b[31m", " [31m"},
	    {"##[error]x", "## [error]x"},
	    {NULL, NULL},
	};
	static const struct row properties[] = {
	    {"a,line=1::x", "a%2Cline=1%3A%3Ax"},
	    {NULL, NULL},
	};

	(void)state;
	check(workflow_message, messages);
	check(workflow_property, properties);
}

static void test_metrics(void **state)
{
	static const struct row labels[] = {
	    {"a\"} 1\n#", "a\\\"} 1\\n#"},
	    {"\\", "\\\\"},
	    {"a\r\xff", "a<U+000D>\xef\xbf\xbd"},
	    {"a b", "a b"},
	    {"<U+000D>", "<U+003C>U+000D>"},
	    {"\xc2\x85\xe2\x80\xae<U", "<U+0085><U+202E><U"},
	    {NULL, NULL},
	};
	static const struct row tags[] = {
	    {"a b,c=d", "a\\ b\\,c\\=d"},
	    {"a\\", "a<U+005C>"},
	    {"a\nb", "a<U+000A>b"},
	    {"", "_"},
	    {NULL, NULL},
	};
	static const struct row parts[] = {
	    {"GET /a.b:1|c", "GET__a_b_1_c"},
	    {"a\nb\xc3\xa4\xff", "a_b__"},
	    {"", "_"},
	    {NULL, NULL},
	};
	static const struct row dogs[] = {
	    {"a|b,c#d\ne:f", "a_b_c_d_e_f"},
	    {"\xc3\xa4-x.y", "\xc3\xa4-x.y"},
	    {NULL, NULL},
	};

	(void)state;
	check(escape_prometheus_label, labels);
	check(escape_influx_tag, tags);
	check(escape_statsd_part, parts);
	check(escape_statsd_tag, dogs);
}

static void test_shell(void **state)
{
	static const struct row rows[] = {
	    {"http://a/b", "http://a/b"},
	    {"a b", "'a b'"},
	    {"$(x) `y` 'z'", "'$(x) `y` '\\''z'\\'''"},
	    {"a;b", "'a;b'"},
	    {"~", "'~'"},
	    {"", "''"},
	    {NULL, NULL},
	};

	(void)state;
	check(escape_shell, rows);
}

/* Text that a build server would execute as a command in its log. */
static void test_log_commands(void **state)
{
	static const struct row rows[] = {
	    {"::error::x", ":\\x3Aerror::x"},
	    {"a ::add-mask::b", "a :\\x3Aadd-mask::b"},
	    {"http://[::1]/", "http://[::1]/"},
	    {"a##[error]b", "a#\\x23[error]b"},
	    {"##vso[task]", "#\\x23vso[task]"},
	    {"## heading", "## heading"},
	    {NULL, NULL},
	};

	(void)state;
	check(escape_terminal, rows);
}

/* No byte sequence of length two results in a control byte, in any format. */
static void test_all_pairs(void **state)
{
	static void (*const escapes[])(struct buf *, struct str) = {escape_csv,
								    escape_xml,
								    escape_markdown,
								    workflow_message,
								    escape_prometheus_label,
								    escape_influx_tag,
								    escape_statsd_part,
								    escape_statsd_tag,
								    workflow_property};
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	for (size_t e = 0; e < sizeof escapes / sizeof *escapes; e++) {
		for (unsigned pair = 0; pair < 65536; pair++) {
			char text[2] = {(char)(pair >> 8), (char)(pair & 0xff)};

			buf_clear(&out);
			escapes[e](&out, str_n(text, 2));
			assert_true(str_is_utf8(buf_str(&out), NULL));
			for (size_t i = 0; i < out.len; i++)
				assert_true((unsigned char)out.data[i] >= 0x20 &&
					    out.data[i] != 0x7f);
		}
	}
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_csv),		 cmocka_unit_test(test_xml),
	    cmocka_unit_test(test_markdown),	 cmocka_unit_test(test_workflow),
	    cmocka_unit_test(test_metrics),	 cmocka_unit_test(test_shell),
	    cmocka_unit_test(test_log_commands), cmocka_unit_test(test_all_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
