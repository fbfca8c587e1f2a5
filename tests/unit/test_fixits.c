/* Suggestions for values, URLs and thresholds that are almost right: right, or absent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scenario/url_fixit.h"
#include "scenario/value_fixit.h"
#include "stats/threshold.h"

static void test_values(void **state)
{
	static const struct {
		enum field_type type;
		const char *text, *fix;
	} cases[] = {
	    {FIELD_INT, "1,000", "1000"},
	    {FIELD_INT, "1_000_000", "1000000"},
	    {FIELD_INT, "10 000", "10000"},
	    {FIELD_INT, "10 users", "10"},
	    {FIELD_INT, "5x", ""},
	    {FIELD_INT, "2k", "2000"},
	    {FIELD_INT, "10,00", ""},
	    {FIELD_INT, "1,0000", ""},
	    {FIELD_INT, "5s", ""},
	    {FIELD_INT, "5 minutes", ""},
	    {FIELD_INT, "fifty", ""},
	    {FIELD_DURATION, "5 minutes", "5m"},
	    {FIELD_DURATION, "1.5 Sec", "1.5s"},
	    {FIELD_DURATION, "5M", "5m"},
	    {FIELD_DURATION, "1:30", "1m30s"},
	    {FIELD_DURATION, "01:00:05", "1h5s"},
	    {FIELD_DURATION, "1:2:3:4", ""},
	    {FIELD_DURATION, "1:x", ""},
	    {FIELD_DURATION, "0:00", ""},
	    {FIELD_DURATION, "a while", ""},
	    {FIELD_DURATION, "5 lumps", ""},
	    {FIELD_RATE, "20 rps", "20/s"},
	    {FIELD_RATE, "20 requests per second", "20/s"},
	    {FIELD_RATE, "300/minute", "300/m"},
	    {FIELD_RATE, "20", "20/s"},
	    {FIELD_RATE, "fast", ""},
	    {FIELD_SIZE, "10 megabytes", "10MB"},
	    {FIELD_SIZE, "10 lumps", ""},
	    {FIELD_SHARE, "5 percent", "5%"},
	    {FIELD_SHARE, "many", ""},
	    {FIELD_BOOL, "on", "yes"},
	    {FIELD_BOOL, "False", "no"},
	    {FIELD_BOOL, "maybe", ""},
	};
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
		    arena_cstr(&a, value_fixit(&a, cases[i].type, str_of(cases[i].text))),
		    cases[i].fix);
	arena_release(&a);
}

static void test_urls(void **state)
{
	static const struct {
		const char *text;
		bool words;
		const char *fix;
	} cases[] = {
	    {"http:/shop.example", true, "http://shop.example"},
	    {"http:///shop.example/a", true, "http://shop.example/a"},
	    {"https//shop.example", true, "https://shop.example"},
	    {"htps://shop.example", true, "https://shop.example"},
	    {"HTTP:\\\\shop.example", true, "http://shop.example"},
	    {"//shop.example/a", false, "http://shop.example/a"},
	    {"shop.example", false, "http://shop.example"},
	    {"shop.example:8080/a?b=c", false, "http://shop.example:8080/a?b=c"},
	    {"localhost", false, "http://localhost"},
	    {"127.0.0.1", false, "http://127.0.0.1"},
	    {"shop", true, "http://shop"},
	    {"shop", false, ""},
	    {"shop:x", true, ""},
	    {"index.html", false, ""},
	    {"ftp://shop.example", true, ""},
	    {"two words", true, ""},
	    {"http", false, ""},
	    {"http:8080", true, ""},
	    {"1.2", false, ""},
	    {"", true, ""},
	};
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
		    arena_cstr(&a, url_fixit(&a, str_of(cases[i].text), cases[i].words)),
		    cases[i].fix);
	assert_true(url_fixit_may_be_host(STR("shop.example/posts")));
	assert_false(url_fixit_may_be_host(STR("index.html")));
	assert_false(url_fixit_may_be_host(STR("posts/1.5")));
	arena_release(&a);
}

/* The suggestion of a threshold, and the part of the text that it replaces. */
static void test_thresholds(void **state)
{
	static const struct {
		const char *text, *replaced, *fix;
	} cases[] = {
	    {"throughput > 10/s", "throughput", "requests_per_second"},
	    {"p95 < 300ms for List", "p95 < 300ms for List", "p95 of \"List\" < 300ms"},
	    {"p95 < 300ms for \"My list\"", "p95 < 300ms for \"My list\"",
	     "p95 of \"My list\" < 300ms"},
	    {"p95 < 300ms of List", "p95 < 300ms of List", "p95 of \"List\" < 300ms"},
	    {"p95 < 300ms of \"My list\" for 10s", "p95 < 300ms of \"My list\"",
	     "p95 of \"My list\" < 300ms"},
	    {"success_rate >= 99.5%", "success_rate >= 99.5%", "error_rate < 0.5%"},
	    {"success_rate > many", "", ""},
	    {"http_req_duration < 300ms", "http_req_duration", "p95"},
	    {"95th percentile < 1s", "95th percentile", "p95"},
	    {"p(99) < 1s", "p(99)", "p99"},
	    {"Throughput > 10/s", "Throughput", "requests_per_second"},
	    {"throughputs > 10/s", "", ""},
	};
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str text = str_of(cases[i].text);
		struct threshold_error error = {0};
		struct threshold unused;

		assert_false(threshold_parse(&a, text, &unused, &error));
		assert_string_equal(arena_cstr(&a, error.fix), cases[i].fix);
		if (error.fix.len)
			assert_string_equal(arena_cstr(&a, str_slice(text, error.begin, error.end)),
					    cases[i].replaced);
	}
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_urls),
	    cmocka_unit_test(test_thresholds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
