/* Masking: forms, overlapping secrets, cut texts, logins in URLs, names, and its cost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/secret_mask.h"

#define SECRETS_MAX 3
#define LONG	    512 /* bytes of long_text */

/* SECRETS, named A, B and C, masked in TEXT give MASKED. */
struct row {
	const char *secrets[SECRETS_MAX], *text, *masked;
};

static struct str mask(const struct row *row, enum secret_mask_style style, struct buf *text)
{
	static const char *const names[SECRETS_MAX] = {"A", "B", "C"};
	struct secret_mask mask;
	struct secret_set set;
	const struct secret_set *sets[] = {&set};

	secret_set_init(&set);
	secret_mask_init(&mask);
	for (size_t i = 0; i < SECRETS_MAX && row->secrets[i]; i++)
		secret_set_add(&set, str_of(names[i]), str_of(row->secrets[i]));
	secret_set_prepare(&set);
	buf_init(text, 0);
	buf_add(text, str_of(row->text));
	secret_mask_text(&mask, sets, 1, style, text);
	secret_mask_release(&mask);
	secret_set_release(&set);
	return buf_str(text);
}

static void check(const struct row *rows, size_t count, enum secret_mask_style style)
{
	for (size_t i = 0; i < count; i++) {
		struct buf text;

		mask(&rows[i], style, &text);
		assert_string_equal(text.data, rows[i].masked);
		buf_release(&text);
	}
}

static void test_forms(void **state)
{
	static const struct row rows[] = {
	    {{"hunter2"}, "a hunter2 b hunter2", "a *** b ***"},
	    {{"hunter2"}, "hunter", "hunter"},
	    {{"ab"}, "ab abc", "ab abc"}, /* too short to be searched */
	    {{"p\xc3\xa4 +"}, "p%C3%A4%20%2B p%c3%a4++ p\xc3\xa4 +", "*** *** ***"},
	    {{"p\xc3\xa4\""},
	     "p\\u00e4\\\" p&auml;&quot; p&#228;&#34; p&#xe4;&#x22;",
	     "*** *** *** ***"},
	    {{"a/b<"}, "a\\/b\\u003c", "***"},
	    {{"hunter2"}, "68756e74657232 68756E74657232", "*** ***"},
	    /* The last character also depends on what follows the secret. */
	    {{"hunter2"}, "aHVudGVyMg== dTpodW50ZXIy dXM6aHVudGVyMg", "***g== dTp*** dXM6***g"},
	    {{"a?>b?>"}, "YT8+Yj8+ YT8-Yj8-", "*** ***"},
	    {{"%41bc"}, "%41bc Abc %2541bc", "*** *** ***"},
	    {{"nfoo"}, "\\nfoo \\\\nfoo", "\\*** \\\\***"},
	    {{"\xf0\x9f\x98\x80x"}, "\\ud83d\\ude00x", "***"},
	};

	(void)state;
	check(rows, sizeof rows / sizeof *rows, SECRET_MASK_HIDDEN);
}

static void test_overlaps(void **state)
{
	static const struct row rows[] = {
	    {{"abc", "abcdef"}, "abcdef abcd", "*** ***d"},
	    {{"abcd", "cdef"}, "xabcdefx", "x***x"},
	    {{"aaab"}, "aaaaaab", "aaa***"},
	    {{"abc", "bcd", "cde"}, "abcde", "***"},
	    {{"her", "ushers"}, "ushers usher", "*** us***"},
	    {{"tokens"},
	     "is tok\xe2\x80\xa6, \"toke\"\xe2\x80\xa6, to\xe2\x80\xa6",
	     "is ***\xe2\x80\xa6, \"***\"\xe2\x80\xa6, to\xe2\x80\xa6"},
	    {{"p\xc3\xa4 \"x"},
	     "p%C3%A4%2\xe2\x80\xa6 p\\u00e4 \\\xe2\x80\xa6 p&auml; &quo\"\xe2\x80\xa6",
	     "***\xe2\x80\xa6 ***\xe2\x80\xa6 ***\xe2\x80\xa6"},
	};

	(void)state;
	check(rows, sizeof rows / sizeof *rows, SECRET_MASK_HIDDEN);
}

static void test_logins(void **state)
{
	static const struct row rows[] = {
	    {{NULL}, "GET http://u:p@h/x@y", "GET http://***@h/x@y"},
	    {{NULL}, "http:\\/\\/u:p@h", "http:\\/\\/***@h"},
	    {{NULL}, "?to=http%3A%2F%2Fu%3Ap%40h", "?to=http%3A%2F%2F***%40h"},
	    {{NULL}, "http://h/ (a@b)", "http://h/ (a@b)"},
	    {{NULL}, "http://***@h", "http://***@h"},
	};

	(void)state;
	check(rows, sizeof rows / sizeof *rows, SECRET_MASK_HIDDEN);
}

static void test_styles(void **state)
{
	static const struct row names[] = {
	    {{"hunter2", "x-y z"}, "a=hunter2&b=x-y+z", "a=\1A\1&b=\1B_ENCODED\1"},
	    {{"hunter2"}, "\1http://u:p@h", "\1\1http://\1URL_LOGIN\1@h"},
	};
	static const struct row widths[] = {{{"hunter2"}, "a hunter2 b", "a ******* b"}};

	(void)state;
	check(names, sizeof names / sizeof *names, SECRET_MASK_NAMED);
	check(widths, sizeof widths / sizeof *widths, SECRET_MASK_WIDTH);
}

static void test_context(void **state)
{
	const struct secret_set *sets[1];
	struct secret_mask mask;
	struct secret_set set;
	struct buf text;

	(void)state;
	secret_set_init(&set);
	secret_set_add_after(&set, STR("A"), STR("http://h/?pin="), STR("42"));
	secret_set_add_after(&set, STR("B"), STR(""), STR("7"));
	secret_set_prepare(&set);
	sets[0] = &set;
	secret_mask_init(&mask);
	buf_init(&text, 0);
	buf_add(&text, STR("7 42 ?pin=42 http://h/?pin=42 7"));
	secret_mask_text(&mask, sets, 1, SECRET_MASK_HIDDEN, &text);
	assert_string_equal(text.data, "*** 42 ?pin=42 http://h/?pin=*** 7");
	buf_release(&text);
	secret_mask_release(&mask);
	secret_set_release(&set);
}

/* A form that is longer than the automaton, and a text that has only beginnings of it. */
static void test_long_secrets(void **state)
{
	enum { LENGTH = 100000 };
	char *secret = malloc(LENGTH + 1), *whole = malloc(2 * LENGTH + 1);
	struct row row = {{secret}, whole, NULL};
	struct buf text;

	(void)state;
	memset(secret, 'a', LENGTH);
	secret[LENGTH] = '\0';
	memset(whole, 'a', 2 * LENGTH);
	whole[2 * LENGTH] = '\0';
	assert_true(str_eq(mask(&row, SECRET_MASK_HIDDEN, &text), STR("***")));
	buf_release(&text);
	secret[LENGTH - 1] = 'b';
	whole[LENGTH - 1] = 'b';
	assert_true(str_starts(mask(&row, SECRET_MASK_HIDDEN, &text), STR("***")));
	buf_release(&text);
	free(secret);
	free(whole);
}

/* START, 300 bytes that are always the same, and END. */
static const char *long_text(const char *start, const char *end, char out[LONG])
{
	char same[301];

	for (size_t i = 0; i < 300; i++)
		same[i] = (char)('a' + i % 7 + i / 100);
	same[300] = '\0';
	snprintf(out, LONG, "%s%s%s", start, same, end);
	return out;
}

/* Secrets that begin with the same bytes, more than the automaton has: tokens of one issuer. */
static void test_same_start(void **state)
{
	static const struct {
		const char *ends[SECRETS_MAX], *text, *masked;
	} rows[] = {
	    {{"-one", "-second"}, "-one,", "***,"},
	    {{"-one", "-second"}, "-second,", "***,"},
	    {{"-second", "-one"}, "-one,", "***,"},
	    {{"-second", "-one"}, "-second,", "***,"},
	    {{"-1", "-12", "-123"}, "-12, -123", "***, -123"},
	    {{"-1", "-12", "-123"}, "-1234", "***4"},
	    /* None as a whole: up to the end of the token. */
	    {{"-one.x", "-second"}, "-one.y+z/~_= x", "*** x"},
	    {{"-one.x", "-second"}, "-secoNd\"", "***\""},
	    {{"-one.x", "-second"}, "", "***"},
	    {{"-one", NULL}, "-two", "***two"},
	    /* Cut in one of them. */
	    {{"-1", "-1234567"}, "-12345\xe2\x80\xa6", "***\xe2\x80\xa6"},
	    {{"-one", "-second"}, "-seco\xe2\x80\xa6", "***\xe2\x80\xa6"},
	    {{"/%one", "/%two%2f"}, "%2F%25one %2ftwo", "*** %2ftwo"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char secrets[SECRETS_MAX][LONG], whole[LONG];
		struct row row = {{NULL}, long_text("", rows[i].text, whole), rows[i].masked};

		for (size_t j = 0; j < SECRETS_MAX && rows[i].ends[j]; j++)
			row.secrets[j] = long_text("", rows[i].ends[j], secrets[j]);
		check(&row, 1, SECRET_MASK_HIDDEN);
	}
}

/* A secret in another one whose start alone is in the text. */
static void test_long_in_long(void **state)
{
	char outer[LONG], inner[LONG], text[LONG];
	const struct row row = {{long_text("u:", "-one", outer), long_text("", "-second", inner)},
				long_text("u:", "-second x", text),
				"*** x"};
	const struct row names = {{outer, inner}, inner, "\1B\1"};

	(void)state;
	check(&row, 1, SECRET_MASK_HIDDEN);
	check(&names, 1, SECRET_MASK_NAMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_forms),      cmocka_unit_test(test_overlaps),
	    cmocka_unit_test(test_logins),     cmocka_unit_test(test_styles),
	    cmocka_unit_test(test_context),    cmocka_unit_test(test_long_secrets),
	    cmocka_unit_test(test_same_start), cmocka_unit_test(test_long_in_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
