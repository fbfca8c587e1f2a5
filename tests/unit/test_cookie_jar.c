/* The cookie jar: which cookies are stored and which are sent where (RFC 6265bis). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "net/cookie_jar.h"
#include "net/cookie_parse.h"

#define NOW INT64_C(1750000000)
#define DAY INT64_C(86400)

static bool set(struct cookie_jar *jar, const char *url, const char *field, int64_t now)
{
	struct cookie_request request;

	assert_true(cookie_jar_request(str_of(url), STR_NULL, now, &request));
	return cookie_jar_store(jar, &request, str_of(field));
}

/* The Cookie field for URL; until the next call. */
static const char *get_with(struct cookie_jar *jar, const char *url, const char *own, int64_t now)
{
	static char text[8192];
	struct cookie_request request;
	struct buf out;

	buf_init(&out, 0);
	assert_true(cookie_jar_request(str_of(url), STR_NULL, now, &request));
	cookie_jar_put(jar, &request, str_of(own), &out);
	snprintf(text, sizeof text, "%.*s", STR_ARG(buf_str(&out)));
	buf_release(&out);
	return text;
}

static const char *get(struct cookie_jar *jar, const char *url)
{
	return get_with(jar, url, "", NOW);
}

/* One response and one request: what is sent to TO after FROM has set FIELD. */
static const struct {
	const char *from, *field, *to, *sent;
} cases[] = {
    /* host-only and domain cookies */
    {"http://shop.example/", "a=b", "http://shop.example/", "a=b"},
    {"http://shop.example/", "a=b", "http://SHOP.example:81/x?y", "a=b"},
    {"http://shop.example/", "a=b", "http://www.shop.example/", ""},
    {"http://shop.example/", "a=b", "http://example/", ""},
    {"http://www.shop.example/", "a=b; Domain=shop.example", "http://api.shop.example/", "a=b"},
    {"http://www.shop.example/", "a=b; Domain=.Shop.Example", "http://shop.example/", "a=b"},
    {"http://www.shop.example/", "a=b; Domain=shop.example", "http://myshop.example/", ""},
    {"http://www.shop.example/", "a=b; Domain=api.shop.example", "http://api.shop.example/", ""},
    {"http://www.shop.example/", "a=b; Domain=other.example", "http://other.example/", ""},
    {"http://www.shop.example/", "a=b; Domain=", "http://www.shop.example/", "a=b"},
    {"http://www.shop.example/", "a=b; Domain=x.example; Domain=shop.example",
     "http://shop.example/", "a=b"},
    {"http://www.shop.example/", "a=b; Domain=sh\xc3\xb6p.example", "http://www.shop.example/", ""},
    {"http://127.0.0.1/", "a=b; Domain=127.0.0.1", "http://127.0.0.1/", "a=b"},
    {"http://127.0.0.1/", "a=b; Domain=0.0.1", "http://127.0.0.1/", ""},
    {"http://[::1]/", "a=b", "http://[::1]:8080/", "a=b"},
    /* public suffixes */
    {"http://shop.co.uk/", "a=b; Domain=co.uk", "http://shop.co.uk/", ""},
    {"http://shop.co.uk/", "a=b; Domain=shop.co.uk", "http://www.shop.co.uk/", "a=b"},
    {"http://a.github.io/", "a=b; Domain=github.io", "http://b.github.io/", ""},
    {"http://shop.example/", "a=b; Domain=example", "http://shop.example/", ""},
    {"http://localhost/", "a=b; Domain=localhost", "http://localhost/", "a=b"},
    {"http://localhost/", "a=b; Domain=localhost", "http://x.localhost/", ""},
    /* paths */
    {"http://h/a/b", "a=b", "http://h/a/b", "a=b"},
    {"http://h/a/b", "a=b", "http://h/a/c", "a=b"},
    {"http://h/a/b", "a=b", "http://h/a", "a=b"},
    {"http://h/a/b", "a=b", "http://h/ab", ""},
    {"http://h/a/b", "a=b", "http://h/", ""},
    {"http://h", "a=b", "http://h", "a=b"},
    {"http://h/a/b", "a=b; Path=/", "http://h/", "a=b"},
    {"http://h/a/b", "a=b; Path=/c/", "http://h/c", ""},
    {"http://h/a/b", "a=b; Path=/c/", "http://h/c/d", "a=b"},
    {"http://h/a/b", "a=b; Path=c", "http://h/a/x", "a=b"},
    {"http://h/a/b", "a=b; Path=/c; Path=/a", "http://h/a", "a=b"},
    {"http://h/a%2Fb/c", "a=b", "http://h/a%2fb/c", ""},
    {"http://h/a?/b/c", "a=b", "http://h/", "a=b"},
    /* Secure */
    {"https://h/", "a=b; Secure", "https://h/", "a=b"},
    {"https://h/", "a=b; Secure", "http://h/", ""},
    {"http://h/", "a=b; Secure", "https://h/", ""},
    {"https://h/", "a=b", "http://h/", "a=b"},
    {"http://127.0.0.1:8080/", "a=b; Secure", "http://127.0.0.1:8080/", "a=b"},
    {"http://localhost/", "a=b; secure=no", "http://localhost/", "a=b"},
    /* prefixes */
    {"https://h/", "__Secure-a=b; Secure", "https://h/", "__Secure-a=b"},
    {"https://h/", "__Secure-a=b", "https://h/", ""},
    {"https://h/", "__SeCuRe-a=b", "https://h/", ""},
    {"https://h/", "__Host-a=b; Secure; Path=/", "https://h/", "__Host-a=b"},
    {"https://h/", "__Host-a=b; Secure", "https://h/", ""},
    {"https://h/a/b", "__Host-a=b; Secure; Path=/a", "https://h/a/b", ""},
    {"https://w.h.example/", "__Host-a=b; Secure; Path=/; Domain=h.example", "https://w.h.example/",
     ""},
    {"https://h/", "=__Host-a=b; Secure; Path=/", "https://h/", ""},
    {"https://h/", "__Secure-a; Secure", "https://h/", ""},
    /* names and values */
    {"http://h/", "a", "http://h/", "a"},
    {"http://h/", "=a", "http://h/", "a"},
    {"http://h/", "a=", "http://h/", "a="},
    {"http://h/", "=", "http://h/", ""},
    {"http://h/", "", "http://h/", ""},
    {"http://h/", "; Path=/", "http://h/", ""},
    {"http://h/", " \ta \t=\t b c \t; Path=/", "http://h/", "a=b c"},
    {"http://h/", "a=\"b; c\"", "http://h/", "a=\"b"},
    {"http://h/", "a=b=c", "http://h/", "a=b=c"},
    {"http://h/", "a=\xc3\xa4", "http://h/", "a=\xc3\xa4"},
    {"http://h/", "a=b\tc", "http://h/", "a=b\tc"},
    {"http://h/", "a=b\001c", "http://h/", ""},
    {"http://h/", "a=b; Path=/\177", "http://h/", ""},
    {"http://h/", "a=b, c=d", "http://h/", "a=b, c=d"},
    {"http://h/", "a=b;HttpOnly ; SameSite=Strict; Other", "http://h/", "a=b"},
    /* lifetime */
    {"http://h/", "a=b; Max-Age=1", "http://h/", "a=b"},
    {"http://h/", "a=b; Max-Age=0", "http://h/", ""},
    {"http://h/", "a=b; Max-Age=-1", "http://h/", ""},
    {"http://h/", "a=b; Max-Age=1x", "http://h/", "a=b"},
    {"http://h/", "a=b; Max-Age=", "http://h/", "a=b"},
    {"http://h/", "a=b; Max-Age=99999999999999999999", "http://h/", "a=b"},
    {"http://h/", "a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "http://h/", ""},
    {"http://h/", "a=b; Expires=Fri, 01 Jan 2100 00:00:00 GMT", "http://h/", "a=b"},
    {"http://h/", "a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=9", "http://h/", "a=b"},
    {"http://h/", "a=b; Expires=yesterday", "http://h/", "a=b"},
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cookie_jar jar = {0};

		set(&jar, cases[i].from, cases[i].field, NOW);
		const char *sent = get(&jar, cases[i].to);
		if (strcmp(sent, cases[i].sent) != 0)
			fail_msg("'%s' from %s: '%s' is sent to %s, not '%s'", cases[i].field,
				 cases[i].from, sent, cases[i].to, cases[i].sent);
		cookie_jar_release(&jar);
	}
}

static void test_order_and_replacement(void **state)
{
	struct cookie_jar jar = {0};

	(void)state;
	assert_true(set(&jar, "http://h/", "b=1", NOW));
	assert_true(set(&jar, "http://h/", "a=1", NOW));
	assert_true(set(&jar, "http://h/", "long=1; Path=/x/y", NOW));
	assert_string_equal(get(&jar, "http://h/x/y"), "long=1; b=1; a=1");
	/* A replaced cookie keeps its place; another path or domain is another cookie. */
	assert_true(set(&jar, "http://h/", "b=2", NOW));
	assert_string_equal(get(&jar, "http://h/"), "b=2; a=1");
	assert_true(set(&jar, "http://h/", "b=3; Path=/x", NOW));
	assert_string_equal(get(&jar, "http://h/x"), "b=3; b=2; a=1");
	assert_false(set(&jar, "http://h/", "b=; Max-Age=0", NOW));
	assert_string_equal(get(&jar, "http://h/x"), "b=3; a=1");
	cookie_jar_clear(&jar);
	assert_true(cookie_jar_is_empty(&jar));
	assert_string_equal(get(&jar, "http://h/x"), "");
	cookie_jar_release(&jar);
}

static void test_lifetime(void **state)
{
	struct cookie_jar jar = {0};

	(void)state;
	set(&jar, "http://h/", "a=1; Max-Age=10", NOW);
	set(&jar, "http://h/", "b=1; Max-Age=99999999", NOW);
	set(&jar, "http://h/", "c=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT", NOW);
	set(&jar, "http://h/", "d=1", NOW);
	assert_string_equal(get_with(&jar, "http://h/", "", NOW + 9), "a=1; b=1; c=1; d=1");
	assert_string_equal(get_with(&jar, "http://h/", "", NOW + 10), "b=1; c=1; d=1");
	/* Nothing lives longer than 400 days, except a session. */
	assert_string_equal(get_with(&jar, "http://h/", "", NOW + 400 * DAY - 1), "b=1; c=1; d=1");
	assert_string_equal(get_with(&jar, "http://h/", "", NOW + 400 * DAY), "d=1");
	cookie_jar_release(&jar);
}

static void test_secure_cookies_are_left_alone(void **state)
{
	struct cookie_jar jar = {0};

	(void)state;
	assert_true(set(&jar, "https://h/a/b", "sid=good; Secure; Path=/a", NOW));
	assert_false(set(&jar, "http://h/", "sid=bad; Path=/a", NOW));
	assert_false(set(&jar, "http://h/", "sid=bad; Path=/a/b", NOW));
	assert_true(set(&jar, "http://h/", "sid=other; Path=/", NOW));
	assert_true(set(&jar, "https://h/", "new=1", NOW));
	assert_string_equal(get(&jar, "https://h/a/b"), "sid=good; sid=other; new=1");
	assert_string_equal(get(&jar, "http://h/a/b"), "sid=other; new=1");
	cookie_jar_release(&jar);
}

static void test_own_cookies_replace_those_of_the_jar(void **state)
{
	struct cookie_jar jar = {0};

	(void)state;
	assert_string_equal(get_with(&jar, "http://h/", "a=mine", NOW), "a=mine");
	set(&jar, "http://h/", "a=jar", NOW);
	set(&jar, "http://h/", "b=jar", NOW);
	set(&jar, "http://h/", "c=jar", NOW);
	assert_string_equal(get_with(&jar, "http://h/", "b=mine", NOW), "a=jar; c=jar; b=mine");
	assert_string_equal(get_with(&jar, "http://h/", "x=1;  c=2;a", NOW), "b=jar; x=1;  c=2;a");
	assert_string_equal(get(&jar, "http://h/"), "a=jar; b=jar; c=jar");
	cookie_jar_release(&jar);
}

static void test_host_field_decides(void **state)
{
	struct cookie_jar jar = {0};
	struct cookie_request request;
	struct buf out;

	(void)state;
	assert_true(cookie_jar_request(STR("http://10.0.0.1/"), STR("www.shop.example:8080"), NOW,
				       &request));
	assert_true(cookie_jar_store(&jar, &request, STR("a=b; Domain=shop.example")));
	assert_string_equal(get(&jar, "http://shop.example/"), "a=b");
	assert_string_equal(get(&jar, "http://10.0.0.1/"), "");
	buf_init(&out, 0);
	assert_true(cookie_jar_request(STR("http://10.0.0.1/"), STR("[::1]:80"), NOW, &request));
	assert_true(str_eq(request.host, STR("::1")));
	assert_false(cookie_jar_request(STR("no url"), STR_NULL, NOW, &request));
	buf_release(&out);
	cookie_jar_release(&jar);
}

/* The least recently used cookie of a full domain makes room, one without Secure first. */
static void test_limits(void **state)
{
	struct cookie_jar jar = {0};
	char field[5000];

	(void)state;
	set(&jar, "https://h/", "safe=1; Secure", NOW);
	set(&jar, "https://h/", "used=1; Path=/used", NOW);
	set(&jar, "https://h/", "old=1; Path=/old", NOW);
	for (int i = 0; i < COOKIE_JAR_DOMAIN_MAX - 3; i++) {
		snprintf(field, sizeof field, "n%d=1; Path=/n", i);
		assert_true(set(&jar, "https://h/", field, NOW));
	}
	assert_string_equal(get(&jar, "https://h/used"), "used=1; safe=1");
	assert_string_equal(get(&jar, "https://h/old"), "old=1; safe=1");
	get(&jar, "https://h/used");
	get(&jar, "https://h/n");
	assert_true(set(&jar, "https://h/", "more=1; Path=/more", NOW));
	assert_string_equal(get(&jar, "https://h/old"), "safe=1");
	assert_string_equal(get(&jar, "https://h/used"), "used=1; safe=1");
	/* Limit of the whole jar. */
	for (int i = 0; i < COOKIE_JAR_MAX; i++) {
		char url[64];

		snprintf(url, sizeof url, "https://h%d.example/", i);
		assert_true(set(&jar, url, "a=1", NOW));
	}
	assert_string_equal(get(&jar, "https://h/"), "");
	assert_string_equal(get(&jar, "https://h0.example/"), "a=1");
	/* 4,096 bytes of name and value. */
	memset(field, 'x', sizeof field);
	memcpy(field, "big=", 4);
	field[4097] = '\0';
	assert_true(set(&jar, "https://big.example/", field, NOW));
	field[4097] = 'x';
	field[4098] = '\0';
	assert_false(set(&jar, "https://big.example/", field, NOW));
	cookie_jar_release(&jar);
}

/* No memory before the first cookie, and none more for the next iteration. */
static void test_memory(void **state)
{
	struct cookie_jar jar = {0};

	(void)state;
	assert_string_equal(get(&jar, "http://h/"), "");
	assert_false(set(&jar, "http://h/", "a=b; Max-Age=0", NOW));
	assert_null(jar.records);
	assert_true(set(&jar, "http://h/", "sid=0123456789abcdef0123456789abcdef", NOW));
	assert_int_equal(jar.cap, 256);
	char *records = jar.records;
	cookie_jar_clear(&jar);
	assert_true(set(&jar, "http://h/", "sid=0123456789abcdef0123456789abcdef", NOW));
	assert_ptr_equal(jar.records, records);
	assert_true(sizeof jar <= 24);
	cookie_jar_release(&jar);
}

static void test_dates(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds; /* -1: not a date */
	} dates[] = {
	    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
	    {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
	    {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
	    {"Sun Nov  6 08:49:37 1994", 784111777},
	    {"6 nov 1994 8:49:37 anything", 784111777},
	    {"1994/6/nov 08:49:37", 784111777},
	    {"29 Feb 2024 12:00:00", 1709208000},
	    {"29 Feb 2023 12:00:00", -1},
	    {"01 Mar 2000 00:00:00", 951868800},
	    {"31 Dec 1969 23:59:59", -1 - 1},
	    {"1 Jan 69 00:00:00", 3124224000},
	    {"1 Jan 70 00:00:00", 0},
	    {"1 Jan 1600 00:00:00", -1},
	    {"1 Jan 2030 24:00:00", -1},
	    {"1 Jan 2030 00:60:00", -1},
	    {"1 Jan 2030", -1},
	    {"00:00:00 2030", -1},
	    {"1 Jan 20300 00:00:00", -1},
	    {"", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		int64_t seconds = -1;
		bool good = cookie_parse_date(str_of(dates[i].text), &seconds);

		if (good != (dates[i].seconds != -1) ||
		    (good && dates[i].seconds >= 0 && seconds != dates[i].seconds))
			fail_msg("%s: %d %lld", dates[i].text, good, (long long)seconds);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),
	    cmocka_unit_test(test_order_and_replacement),
	    cmocka_unit_test(test_lifetime),
	    cmocka_unit_test(test_secure_cookies_are_left_alone),
	    cmocka_unit_test(test_own_cookies_replace_those_of_the_jar),
	    cmocka_unit_test(test_host_field_decides),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_memory),
	    cmocka_unit_test(test_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
