/* Regular expressions: groups, limits in contrast to no match, bytes that are not UTF-8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/regex.h"

static enum regex_outcome find(const char *pattern, bool jit, struct str subject)
{
	struct regex_error error;
	struct regex *r = regex_new(str_of(pattern), jit, &error);
	struct regex_scratch *s = regex_scratch_new();

	assert_non_null(r);
	enum regex_outcome outcome = regex_find(r, s, subject, 0);
	regex_scratch_free(s);
	regex_free(r);
	return outcome;
}

static void test_groups(void **state)
{
	struct regex_error error;
	struct regex *r = regex_new(STR("(?<key>\\w+)=(\\d+)|(x)"), true, &error);
	struct regex_scratch *s = regex_scratch_new();
	struct str subject = STR("a=1, b=22");

	(void)state;
	assert_non_null(r);
	assert_int_equal(regex_groups(r), 3);
	assert_int_equal(regex_group_number(r, STR("key")), 1);
	assert_int_equal(regex_group_number(r, STR("none")), -1);
	assert_int_equal(regex_find(r, s, subject, 0), REGEX_MATCH);
	assert_true(str_eq(regex_group(s, subject, 0), STR("a=1")));
	assert_true(str_eq(regex_group(s, subject, 2), STR("1")));
	assert_null(regex_group(s, subject, 3).ptr);
	assert_null(regex_group(s, subject, 99).ptr);
	assert_int_equal(regex_find(r, s, subject, regex_next(s, subject)), REGEX_MATCH);
	assert_true(str_eq(regex_group(s, subject, 2), STR("22")));
	assert_int_equal(regex_find(r, s, subject, regex_next(s, subject)), REGEX_NO_MATCH);
	assert_null(regex_group(s, subject, 0).ptr);
	regex_scratch_free(s);
	regex_free(r);
}

/* Empty matches advance by whole code points and end. */
static void test_empty_matches(void **state)
{
	struct regex_error error;
	struct regex *r = regex_new(STR("x*"), false, &error);
	struct regex_scratch *s = regex_scratch_new();
	struct str subject = STR("\xc3\xa4"
				 "xx");
	unsigned found = 0;

	(void)state;
	for (size_t from = 0; regex_find(r, s, subject, from) == REGEX_MATCH && found < 10;
	     from = regex_next(s, subject))
		found++;
	assert_int_equal(found, 3);
	regex_scratch_free(s);
	regex_free(r);
}

static void test_errors(void **state)
{
	struct regex_error error;
	char many[512] = "";

	(void)state;
	assert_null(regex_new(STR("a(b"), false, &error));
	assert_int_equal(error.offset, 3);
	assert_true(strlen(error.text) > 5);
	for (int i = 0; i < 120; i++)
		strcat(many, "()");
	assert_null(regex_new(str_of(many), false, &error));
	assert_non_null(strstr(error.text, "120"));
}

static void test_limits(void **state)
{
	char subject[40];

	(void)state;
	memset(subject, 'a', sizeof subject);
	assert_int_equal(find("(a+)+b", false, str_n(subject, sizeof subject)), REGEX_NO_MATCH);
	assert_int_equal(find("^(a|aa|aaa)*$(?<!a)", false, str_n(subject, sizeof subject)),
			 REGEX_LIMIT);
	assert_int_equal(find("^(a|aa|aaa)*$(?<!a)", true, str_n(subject, sizeof subject)),
			 REGEX_LIMIT);
}

/* Typical text between two tags does not reach a limit. */
static void test_long_subject(void **state)
{
	static char page[20000];

	(void)state;
	memset(page, 'x', sizeof page);
	memcpy(page + sizeof page - 4, "<end", 4);
	for (int jit = 0; jit < 2; jit++) {
		assert_int_equal(find("x.*?<end", jit, str_n(page, sizeof page)), REGEX_MATCH);
		assert_int_equal(find("(?:[^<]|<b>)*<end", jit, str_n(page, sizeof page)),
				 REGEX_MATCH);
	}
}

static void test_bytes(void **state)
{
	(void)state;
	assert_int_equal(find("b", false,
			      STR("a\xff\xfe"
				  "b")),
			 REGEX_MATCH);
	assert_int_equal(find("a.b", false,
			      STR("a\xff"
				  "b")),
			 REGEX_NO_MATCH);
	assert_int_equal(find("a.b", true,
			      STR("a\xc3\xa4"
				  "b")),
			 REGEX_MATCH);
	assert_int_equal(find("", false, STR_NULL), REGEX_MATCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_groups),	 cmocka_unit_test(test_empty_matches),
	    cmocka_unit_test(test_errors),	 cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_long_subject), cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
