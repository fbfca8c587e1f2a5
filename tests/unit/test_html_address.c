/* Addresses of links and actions on a page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "html/html_page.h"

static void test_addresses(void **state)
{
	static const struct {
		const char *base, *reference, *address;
	} rows[] = {
	    {"", "", "http://shop.test/a/b?c=d"},
	    {"", "x", "http://shop.test/a/x"},
	    {"", "?x=1#y", "http://shop.test/a/b?x=1"},
	    {"", " /a b\n/\xc3\xa9?\xc3\xa9='1' ", "http://shop.test/a%20b/%C3%A9?%C3%A9=%271%27"},
	    {"", "\\x\\y?\\", "http://shop.test/x/y?\\"},
	    {"", "//other.test\\x", "http://other.test/x"},
	    {"",
	     "https://b\xc3\xbc"
	     "cher.test/",
	     "https://xn--bcher-kva.test/"},
	    {"", "HTTP://shop.test/x", "HTTP://shop.test/x"},
	    {"/base/", "x", "http://shop.test/base/x"},
	    {"/base/", "", "http://shop.test/a/b?c=d"},
	    {"https://cdn.test/z/", "x", "https://cdn.test/z/x"},
	    {"", "javascript:x()", NULL},
	    {"", "mailto:a@b", NULL},
	    {"javascript:x", "y", "http://shop.test/a/y"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct html_page page = {.url = STR("http://shop.test/a/b?c=d#e"),
					 .base = str_of(rows[i].base),
					 .charset = STR("UTF-8")};
		struct buf out;

		buf_init(&out, 0);
		bool fine = html_page_resolve(&page, str_of(rows[i].reference), &out);
		if (fine != (rows[i].address != NULL) ||
		    (fine && !str_eq(buf_str(&out), str_of(rows[i].address))))
			fail_msg("%s: %.*s", rows[i].reference, STR_ARG(buf_str(&out)));
		buf_release(&out);
	}
}

/* An address that is too long says so, and the next one is resolved. */
static void test_long_addresses(void **state)
{
	static char path[100000];
	struct html_page page = {
	    .url = STR("http://shop.test/"), .base = STR(""), .charset = STR("UTF-8")};
	struct str shorter = str_n(path, HTML_PAGE_ADDRESS_MAX - 17);
	struct buf out;

	(void)state;
	memset(path, 'a', sizeof path);
	buf_init(&out, 0);
	assert_true(html_page_resolve(&page, shorter, &out));
	assert_true(html_page_resolve(&page, shorter, &out));
	assert_int_equal(out.len, 2 * HTML_PAGE_ADDRESS_MAX);
	for (size_t len = HTML_PAGE_ADDRESS_MAX - 16; len <= sizeof path; len += 41807) {
		buf_clear(&out);
		assert_false(html_page_resolve(&page, str_n(path, len), &out));
		assert_false(out.overflow);
		assert_true(html_page_resolve(&page, STR("/x"), &out));
		assert_string_equal(out.data, "http://shop.test/x");
		buf_clear(&out);
		html_page_put_no_address(&page, str_n(path, len), &out);
		assert_true(str_starts(buf_str(&out), STR("'aaaa")));
		assert_true(str_ends(buf_str(&out),
				     STR("aaaa…', which is longer than the limit of 16383 bytes "
					 "for an address")));
		assert_in_range(out.len, 150, 180);
	}
	buf_clear(&out);
	page.base = str_n(path, sizeof path);
	assert_false(html_page_resolve(&page, STR("x"), &out));
	out.max = 10;
	page.base = STR("");
	assert_false(html_page_resolve(&page, STR("/x"), &out));
	assert_false(html_page_resolve(&page, STR(""), &out));
	assert_false(out.overflow);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_long_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
