/* Views: comparing, searching, numbers, UTF-8, globs. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/ascii.h"
#include "base/str.h"

static void test_compare(void **state)
{
	(void)state;
	assert_true(str_eq(STR("a"), str_of("a")));
	assert_true(str_eq(STR_NULL, STR("")));
	assert_false(str_eq(STR("a"), STR("b")));
	assert_true(str_ieq(STR("Content-TYPE"), STR("content-type")));
	assert_false(str_ieq(STR("[]"), STR("{}")));
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("b"), STR("ab")) > 0);
	assert_true(str_cmp(STR("\xc3"), STR("a")) > 0);
	assert_int_equal(str_cmp(STR("x"), STR("x")), 0);
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_false(str_starts(STR("a"), STR("ab")));
	assert_true(str_ends(STR("abc"), STR("bc")));
	assert_false(str_ends(STR("c"), STR("bc")));
	assert_true(str_hash(STR("a")) != str_hash(STR("b")));
	assert_true(str_hash(str_n("abc", 2)) == str_hash(STR("ab")));
}

static void test_find(void **state)
{
	struct str s = STR("a--b--c");

	(void)state;
	assert_int_equal(str_find(s, STR("--"), 0), 1);
	assert_int_equal(str_find(s, STR("--"), 2), 4);
	assert_true(str_find(s, STR("--"), 5) == NOT_FOUND);
	assert_int_equal(str_find(s, STR(""), 3), 3);
	assert_true(str_find(s, STR("a"), 99) == NOT_FOUND);
	assert_int_equal(str_find_char(s, 'c', 0), 6);
	assert_true(str_find_char(s, 'a', 1) == NOT_FOUND);
	assert_true(str_find_char(STR_NULL, 'a', 0) == NOT_FOUND);
	assert_true(str_eq(str_slice(s, 1, 3), STR("--")));
	assert_true(str_eq(str_slice(s, 5, 99), STR("-c")));
	assert_true(str_eq(str_slice(s, 9, 3), STR("")));
	assert_true(str_eq(str_trim(STR(" \t\r\nx y\n")), STR("x y")));
	assert_true(str_eq(str_trim(STR("  ")), STR("")));
}

static void test_integers(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t value;
	} rows[] = {
	    {"0", true, 0},
	    {"-0", true, 0},
	    {"+7", true, 7},
	    {"9223372036854775807", true, INT64_MAX},
	    {"-9223372036854775808", true, INT64_MIN},
	    {"9223372036854775808", false, 0},
	    {"-9223372036854775809", false, 0},
	    {"99999999999999999999", false, 0},
	    {"", false, 0},
	    {"-", false, 0},
	    {"1 ", false, 0},
	    {"0x1", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t value = 42;

		assert_int_equal(str_to_int(str_of(rows[i].text), &value), rows[i].good);
		assert_true(value == (rows[i].good ? rows[i].value : 42));
	}
}

static void test_doubles(void **state)
{
	static const char *const bad[] = {"",	   "inf", "nan", "0x1p3", "1e",	  "1e+",
					  "1e999", "1 ",  ".",	 "-",	  "1.2.3"};
	double value = 0;
	char digits[201] = "";

	(void)state;
	assert_true(str_to_double(STR("-1.5e2"), &value) && value == -150);
	assert_true(str_to_double(STR(".5"), &value) && value == 0.5);
	assert_true(str_to_double(STR("5."), &value) && value == 5);
	assert_true(str_to_double(str_n("12345", 2), &value) && value == 12);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(str_to_double(str_of(bad[i]), &value));
	assert_true(value == 12);
	memset(digits, '0', 200);
	digits[199] = '7';
	assert_true(str_to_double(str_of(digits), &value) && value == 7);
}

static void test_utf8(void **state)
{
	static const char *const good[] = {"",
					   "ab",
					   "\xc3\xa4",
					   "\xe2\x82\xac",
					   "\xf0\x9d\x84\x9e",
					   "\xf4\x8f\xbf\xbf",
					   "\xed\x9f\xbf"};
	static const char *const bad[] = {"a\xff",	   "a\xc0\x80",		"a\xc3",
					  "a\xed\xa0\x80", "a\xf4\x90\x80\x80", "a\x80",
					  "a\xe2\x82",	   "a\xf0\x80\x80\x80"};
	size_t at;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(str_is_utf8(str_of(good[i]), NULL));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(str_is_utf8(str_of(bad[i]), &at));
		assert_int_equal(at, 1);
	}
	assert_int_equal(str_columns(STR("a\xc3\xa4\xe2\x82\xac\x01")), 4);
	assert_int_equal(str_utf8_step(STR("\xe2\x82\xac"), 0), 3);
	assert_int_equal(str_utf8_step(STR("\xe2\x82\xac"), 1), 0);
	assert_int_equal(str_utf8_step(STR("a"), 1), 0);
}

static void test_glob(void **state)
{
	static const struct {
		const char *text, *pattern;
		bool match;
	} rows[] = {
	    {"", "", true},	   {"", "*", true},	    {"a", "", false},
	    {"abc", "a*c", true},  {"abc", "a?c", true},    {"abc", "*b", false},
	    {"a/b", "*", true},	   {"aXbXc", "*X*c", true}, {"aaab", "*ab", true},
	    {"abc", "abc*", true}, {"abcd", "?bc", false},  {"[a]", "[a]", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(str_glob(str_of(rows[i].text), str_of(rows[i].pattern)),
				 rows[i].match);
}

/* Compares all bytes, as char and as unsigned char, with the C locale. */
static void test_ascii(void **state)
{
	(void)state;
	for (int c = -128; c < 256; c++) {
		unsigned char byte = (unsigned char)c;
		bool ascii = byte < 128;

		assert_int_equal(ascii_is_digit(c), ascii && isdigit(byte));
		assert_int_equal(ascii_is_upper(c), ascii && isupper(byte));
		assert_int_equal(ascii_is_lower(c), ascii && islower(byte));
		assert_int_equal(ascii_is_letter(c), ascii && isalpha(byte));
		assert_int_equal(ascii_is_alnum(c), ascii && isalnum(byte));
		assert_int_equal(ascii_is_blank(c), ascii && isblank(byte));
		assert_int_equal(ascii_is_punct(c), ascii && ispunct(byte));
		assert_int_equal(ascii_is_hex(c), ascii && isxdigit(byte));
		assert_int_equal(ascii_is_html_space(c), ascii && isspace(byte) && byte != '\v');
		assert_int_equal((unsigned char)ascii_to_lower(c), ascii ? tolower(byte) : byte);
		assert_int_equal((unsigned char)ascii_to_upper(c), ascii ? toupper(byte) : byte);
	}
	assert_int_equal(ascii_hex_value('0'), 0);
	assert_int_equal(ascii_hex_value('f'), 15);
	assert_int_equal(ascii_hex_value('F'), 15);
	assert_int_equal(ascii_hex_value('g'), -1);
}

static void test_token(void **state)
{
	(void)state;
	assert_true(str_is_token(STR("Content-Type")));
	assert_true(str_is_token(STR("!#$%&'*+-.^_`|~09azAZ")));
	assert_false(str_is_token(STR("")));
	assert_false(str_is_token(str_n("a\0b", 3)));
	for (const char *c = "()<>@,;:\\\"/[]?={} \t\x7f\x80"; *c; c++)
		assert_false(str_is_token(str_n(c, 1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_compare),  cmocka_unit_test(test_find),
	    cmocka_unit_test(test_integers), cmocka_unit_test(test_doubles),
	    cmocka_unit_test(test_utf8),     cmocka_unit_test(test_glob),
	    cmocka_unit_test(test_ascii),    cmocka_unit_test(test_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
