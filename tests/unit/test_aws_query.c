/* The query of a URL in the order in which AWS signs it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/aws_query.h"

static const struct {
	const char *url;
	const char *want;
} rows[] = {
    {"https://h/p", "https://h/p"},
    {"https://h/p?", "https://h/p?"},
    {"https://h/p?a=1", "https://h/p?a=1"},
    {"https://u@h:8/p?b=two&a=one", "https://u@h:8/p?a=one&b=two"},
    {"https://h?prefix=x&list-type=2&acl#top", "https://h?acl=&list-type=2&prefix=x"},
    /* The name decides first: "=" is after "-" in byte order. */
    {"https://h/?a=2&a-b=1&a=1&A=3", "https://h/?A=3&a=1&a=2&a-b=1"},
    /* Nothing is encoded or decoded. */
    {"https://h/?b=%2f+x&a%20=%C3%A4", "https://h/?a%20=%C3%A4&b=%2f+x"},
    {"https://h/?b=1=2&&a", "https://h/?a=&b=1=2"},
};

static void test_rows(void **state)
{
	struct buf out, scratch;

	(void)state;
	buf_init(&out, 0);
	buf_init(&scratch, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		buf_clear(&out);
		aws_query_add_url(&out, str_of(rows[i].url), &scratch);
		assert_string_equal(out.data, rows[i].want);
	}
	buf_release(&out);
	buf_release(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
