/* URLs: splitting, origins, the reference resolution of RFC 3986 section 5.4, encoding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/idn.h"
#include "base/url.h"

static void test_split(void **state)
{
	struct url url;

	(void)state;
	assert_true(url_split(STR("HTTP://user:pw@Example.com:8080/a/b?x=1&y#top"), &url));
	assert_true(str_eq(url.scheme, STR("HTTP")));
	assert_true(str_eq(url.userinfo, STR("user:pw")));
	assert_true(str_eq(url.host, STR("Example.com")));
	assert_true(url.has_port && url.port == 8080 && !url.host_is_ipv6);
	assert_true(str_eq(url.path, STR("/a/b")));
	assert_true(str_eq(url.query, STR("x=1&y")));
	assert_true(str_eq(url.fragment, STR("top")));
	assert_true(url_split(STR("https://h"), &url));
	assert_true(url.port == 443 && !url.has_port && url.path.len == 0);
	assert_true(url.query.ptr == NULL && url.fragment.ptr == NULL);
	assert_true(url_split(STR("http://h?#"), &url));
	assert_true(url.query.ptr && url.query.len == 0 && url.fragment.ptr);
	assert_true(url_split(STR("http://[2001:db8::1]:81/"), &url));
	assert_true(url.host_is_ipv6 && url.port == 81);
	assert_true(str_eq(url.host, STR("2001:db8::1")));
	assert_true(url_split(STR("http://[fe80::1%25eth0]:81/"), &url) && url.port == 81);
	assert_true(str_eq(url.host, STR("fe80::1")) && str_eq(url.zone, STR("eth0")));
	assert_true(url_split(STR("http://[fe80::1%eth0.1]/"), &url));
	assert_true(str_eq(url.host, STR("fe80::1")) && str_eq(url.zone, STR("eth0.1")));
	assert_true(url_split(STR("http://h:/"), &url) && url.port == 80);
	assert_true(url_split(STR("http://h/a@b?c@d"), &url) && !url.userinfo.ptr);
	assert_true(url_split(STR("weird://h/"), &url) && url.port == 0);
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "/path",
	    "http:/h",
	    "http://",
	    "http:///p",
	    "http://h:99999/",
	    "http://h:0/",
	    "http://h:8a/",
	    "http://h h/",
	    "http://h/a b",
	    "http://h/\x7f",
	    "http://[::1/",
	    "http://[::1]x/",
	    "http://[v6]/",
	    "http://[fe80::1%]/",
	    "http://[fe80::1%e/0]/",
	    "http://a\\@b/",
	    "http://a@b@c/",
	    "http://:80/",
	    "://h",
	    "1http://h/",
	    "http://h\t/",
	    "http://good.com\\.evil.com/",
	    "http://a:b:c/",
	};
	struct url url;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (url_split(str_of(bad[i]), &url))
			fail_msg("taken: %s", bad[i]);
}

static void test_origin(void **state)
{
	struct url a, b;

	(void)state;
	assert_true(url_split(STR("http://Host/x"), &a));
	assert_true(url_split(STR("HTTP://host:80/y"), &b));
	assert_true(url_same_origin(&a, &b));
	assert_true(url_split(STR("https://host:80/y"), &b));
	assert_false(url_same_origin(&a, &b));
	assert_true(url_split(STR("http://host:81/y"), &b));
	assert_false(url_same_origin(&a, &b));
	assert_true(url_split(STR("http://host.example/y"), &b));
	assert_false(url_same_origin(&a, &b));
}

/* The two tables of RFC 3986 section 5.4; a fragment is dropped, a base without "//" is not
 * supported.
 */
static void test_resolve(void **state)
{
	static const struct {
		const char *reference, *result;
	} rows[] = {
	    {"g", "http://a/b/c/g"},
	    {"./g", "http://a/b/c/g"},
	    {"g/", "http://a/b/c/g/"},
	    {"/g", "http://a/g"},
	    {"//g", "http://g"},
	    {"?y", "http://a/b/c/d;p?y"},
	    {"g?y", "http://a/b/c/g?y"},
	    {"#s", "http://a/b/c/d;p?q"},
	    {"g#s", "http://a/b/c/g"},
	    {"g?y#s", "http://a/b/c/g?y"},
	    {";x", "http://a/b/c/;x"},
	    {"g;x", "http://a/b/c/g;x"},
	    {"", "http://a/b/c/d;p?q"},
	    {".", "http://a/b/c/"},
	    {"./", "http://a/b/c/"},
	    {"..", "http://a/b/"},
	    {"../", "http://a/b/"},
	    {"../g", "http://a/b/g"},
	    {"../..", "http://a/"},
	    {"../../", "http://a/"},
	    {"../../g", "http://a/g"},
	    {"../../../g", "http://a/g"},
	    {"../../../../g", "http://a/g"},
	    {"/./g", "http://a/g"},
	    {"/../g", "http://a/g"},
	    {"g.", "http://a/b/c/g."},
	    {".g", "http://a/b/c/.g"},
	    {"g..", "http://a/b/c/g.."},
	    {"..g", "http://a/b/c/..g"},
	    {"./../g", "http://a/b/g"},
	    {"./g/.", "http://a/b/c/g/"},
	    {"g/./h", "http://a/b/c/g/h"},
	    {"g/../h", "http://a/b/c/h"},
	    {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
	    {"g;x=1/../y", "http://a/b/c/y"},
	    {"g?y/./x", "http://a/b/c/g?y/./x"},
	    {"g#s/../x", "http://a/b/c/g"},
	    {"https://h:1/x/../y?z", "https://h:1/y?z"},
	    {"//u@h:8/", "http://u@h:8/"},
	    {"//[::1]:8/", "http://[::1]:8/"},
	    {"a//b", "http://a/b/c/a//b"},
	};
	struct url base;
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	assert_true(url_split(STR("http://a/b/c/d;p?q"), &base));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		buf_clear(&out);
		assert_true(url_resolve(&base, str_of(rows[i].reference), &out));
		assert_string_equal(out.data, rows[i].result);
	}
	buf_clear(&out);
	assert_false(url_resolve(&base, STR("a b"), &out));
	assert_false(url_resolve(&base, STR("mailto:x@y"), &out));
	assert_false(url_resolve(&base, STR("//"), &out));
	assert_true(url_split(STR("http://a"), &base));
	buf_clear(&out);
	assert_true(url_resolve(&base, STR("g"), &out));
	assert_string_equal(out.data, "http://a/g");
	buf_release(&out);
	buf_init(&out, 8);
	assert_false(url_resolve(&base, STR("long/path"), &out));
	buf_release(&out);
}

static void test_target(void **state)
{
	static const struct {
		const char *url, *target;
	} cases[] = {
	    {"http://h", "/"},
	    {"http://h?a", "/?a"},
	    {"http://h/a%2Cb%2cc?d=%2C#e", "/a%2Cb%2cc?d=%2C"},
	    {"http://h/a/./b/../c?x=/../y", "/a/c?x=/../y"},
	    {"http://h/.well-known/x", "/.well-known/x"},
	    {"http://h/\xc3\xa4?\xc3\xa4", "/%C3%A4?%C3%A4"},
	};
	struct buf out;
	struct url url;

	(void)state;
	buf_init(&out, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_clear(&out);
		assert_true(url_split(str_of(cases[i].url), &url));
		url_put_target(&out, &url);
		assert_string_equal(out.data, cases[i].target);
	}
	buf_release(&out);
}

static void test_idn(void **state)
{
	static const struct {
		const char *url, *ascii; /* NULL: refused; "": it is not needed */
	} cases[] = {
	    {"http://Shop.example:80/a%20b?\xc3\xa4", ""},
	    {"http://[::1%25lo]/", ""},
	    {"http://B\xc3\x9c"
	     "CHER.example:81/\xc3\xa4",
	     "http://xn--bcher-kva.example:81/\xc3\xa4"},
	    {"https://u:p@b%C3%BCcher.example?x", "https://u:p@xn--bcher-kva.example?x"},
	    {"http://stra\xc3\x9f"
	     "e.example/",
	     "http://xn--strae-oqa.example/"},
	    {"http://sh%6Fp.example/", "http://shop.example/"},
	    {"http://shop%2Fevil.example/", NULL},
	    {"http://shop%40evil.example/", NULL},
	    {"http://shop%zz.example/", NULL},
	    {"http://\xc3\xbc\xff.example/", NULL},
	};
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str url = str_of(cases[i].url);
		const char *ascii = cases[i].ascii;

		buf_clear(&out);
		assert_int_equal(idn_is_needed(url), !ascii || *ascii);
		assert_int_equal(idn_url(url, &out), ascii != NULL);
		if (ascii)
			assert_string_equal(out.data, *ascii ? ascii : cases[i].url);
	}
	buf_release(&out);
}

static void test_encoding(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	url_encode(&out, STR("aZ9-._~ /&=+%\xc3\xa4"), false);
	assert_string_equal(out.data, "aZ9-._~%20%2F%26%3D%2B%25%C3%A4");
	buf_clear(&out);
	url_encode(&out, STR("a b"), true);
	assert_string_equal(out.data, "a+b");
	buf_clear(&out);
	assert_true(url_decode(&out, STR("a+b%20c%C3%a4%2B"), true));
	assert_string_equal(out.data, "a b c\xc3\xa4+");
	buf_clear(&out);
	assert_true(url_decode(&out, STR("a+b"), false));
	assert_string_equal(out.data, "a+b");
	buf_clear(&out);
	assert_false(url_decode(&out, STR("%zz%4"), false));
	assert_string_equal(out.data, "%zz%4");
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_split),    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_origin),   cmocka_unit_test(test_resolve),
	    cmocka_unit_test(test_target),   cmocka_unit_test(test_idn),
	    cmocka_unit_test(test_encoding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
