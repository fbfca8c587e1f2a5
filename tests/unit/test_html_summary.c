/* The title and the visible text of a page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "html/html_summary.h"

static void test_pages(void **state)
{
	static const struct {
		const char *page, *summary;
	} rows[] = {
	    {"", ""},
	    {"plain text", "plain text"},
	    {"<title>Not found</title><h1>404</h1><p>No such page.",
	     "\"Not found\": 404 No such page."},
	    {"<html><head><TITLE>\n A &amp; B\n</TITLE></head><body></body>", "\"A & B\""},
	    {"<p>one<p>two<br>three", "one two three"},
	    {"<p>see <a href=x>this</a>, <b>now</b>.", "see this, now."},
	    {"<nav><a>hats</a><a>shoes</a></nav>", "hats shoes"},
	    {"<script>var a = '<p>no</p>';</script>yes<style>p{}</style>", "yes"},
	    {"a<SCRIPT src=x>no</SCRIPT >b", "a b"},
	    {"<!-- <p>no --> yes", "yes"},
	    {"<svg><text>no</text></svg>yes<select><option>no</select>", "yes"},
	    {"<script>never closed", ""},
	    {"<p>&lt;b&gt; &eacute;&nbsp;!", "<b> \xc3\xa9\xc2\xa0!"},
	    {"a < b <", "a < b <"},
	    {"<", "<"},
	    {"<title>first</title><title>second</title>", "\"first\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out;

		buf_init(&out, 0);
		html_summary_put(str_of(rows[i].page), STR(""), 300, &out);
		if (!str_eq(buf_str(&out), str_of(rows[i].summary)))
			fail_msg("%s: '%.*s' instead of '%s'", rows[i].page, STR_ARG(buf_str(&out)),
				 rows[i].summary);
		buf_release(&out);
	}
}

static void test_cut(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	html_summary_put(STR("<title>T</title>one two \xc3\xa9\xc3\xa9"), STR(""), 9, &out);
	assert_string_equal(out.data, "\"T\": one two\xe2\x80\xa6");
	buf_clear(&out);
	html_summary_put(STR("<p>\xe4 &#9731;"), STR("text/html; charset=latin1"), 9, &out);
	assert_string_equal(out.data, "\xc3\xa4 \xe2\x98\x83");
	buf_release(&out);
}

static void test_is_html(void **state)
{
	(void)state;
	assert_true(html_summary_is_html(STR("text/html"), STR("x")));
	assert_true(html_summary_is_html(STR(""), STR("  <!DOCTYPE html><p>")));
	assert_true(html_summary_is_html(STR(""), STR("<HTML>")));
	assert_false(html_summary_is_html(STR("text/plain"), STR("<html>")));
	assert_false(html_summary_is_html(STR(""), STR("{}")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pages),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_is_html),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
