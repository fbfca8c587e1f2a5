/* The width of text on a terminal, and the detection of the terminal's features. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/terminal.h"
#include "base/width.h"

static void test_code_points(void **state)
{
	(void)state;
	assert_int_equal(width_code_point("A", 1), 'A');
	assert_int_equal(width_code_point("\xc3\xa9", 2), 0xe9);
	assert_int_equal(width_code_point("\xe5\x95\x86", 3), 0x5546);
	assert_int_equal(width_code_point("\xf0\x9f\x9b\x92", 4), 0x1f6d2);
}

static void test_widths(void **state)
{
	static const struct {
		uint32_t c;
		unsigned width;
	} rows[] = {{'A', 1},	  {0xe9, 1},	{0x2ff, 1},   {0x300, 0},   {0x36f, 0},
		    {0x370, 1},	  {0x5d0, 1},	{0x200d, 0},  {0x1100, 2},  {0x1160, 0},
		    {0x2026, 1},  {0x231a, 2},	{0x2764, 1},  {0x3000, 2},  {0x4dbf, 2},
		    {0x5546, 2},  {0xac00, 2},	{0xd7a3, 2},  {0xfe0f, 0},  {0xff21, 2},
		    {0xffe8, 1},  {0x1f1e9, 1}, {0x1f6d2, 2}, {0x20000, 2}, {0xe0001, 0},
		    {0x10ffff, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (width_of(rows[i].c) != rows[i].width)
			fail_msg("U+%04X is %u wide", rows[i].c, width_of(rows[i].c));
}

static void test_text(void **state)
{
	(void)state;
	assert_int_equal(width_text(STR("")), 0);
	assert_int_equal(width_text(STR("abc")), 3);
	assert_int_equal(width_text(STR("e\xcc\x81\xe5\x95\x86")), 3);
	assert_int_equal(width_text(STR("\xff\xfe")), 2);
}

/* The environment decides; the locale does not have to be installed. */
static void test_locale(void **state)
{
	static const struct {
		const char *all, *type, *lang;
		bool ascii;
	} rows[] = {{"", "", "", true},
		    {"", "", "C", true},
		    {"", "", "de_DE.UTF-8", false},
		    {"", "", "xx_YY.utf8", false},
		    {"", "", "de_DE@euro", true},
		    {"", "C", "C.UTF-8", true},
		    {"", "C.UTF-8", "C", false},
		    {"POSIX", "C.UTF-8", "C.UTF-8", true}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		setenv("LC_ALL", rows[i].all, 1);
		setenv("LC_CTYPE", rows[i].type, 1);
		setenv("LANG", rows[i].lang, 1);
		assert_int_equal(terminal_detect(STDOUT_FILENO, TERMINAL_COLOR_AUTO).ascii,
				 rows[i].ascii);
	}
}

static void test_colour(void **state)
{
	enum terminal_color color = TERMINAL_COLOR_AUTO;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_false(terminal_detect(ends[1], TERMINAL_COLOR_AUTO).color);
	assert_true(terminal_detect(ends[1], TERMINAL_COLOR_ALWAYS).color);
	assert_false(terminal_detect(ends[1], TERMINAL_COLOR_ALWAYS).is_terminal);
	assert_int_equal(terminal_size(ends[1]).columns, 80);
	assert_false(terminal_is_background(ends[1]));
	assert_true(terminal_color_find("never", &color));
	assert_int_equal(color, TERMINAL_COLOR_NEVER);
	assert_false(terminal_color_find("sometimes", &color));
	assert_true(terminal_color_find(NULL, &color));
	assert_int_equal(color, TERMINAL_COLOR_AUTO);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_code_points), cmocka_unit_test(test_widths),
	    cmocka_unit_test(test_text),	cmocka_unit_test(test_locale),
	    cmocka_unit_test(test_colour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
