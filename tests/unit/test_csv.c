/* Tables of comma-separated values: RFC 4180, common variants, and invalid tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/csv.h"

struct table {
	struct arena arena;
	struct csv csv;
	struct csv_error error;
	struct buf scratch;
};

static bool open_table(struct table *t, const char *text, char delimiter)
{
	arena_init(&t->arena, 0);
	buf_init(&t->scratch, 0);
	return csv_read(&t->csv, &t->arena, str_of(text), delimiter, &t->error);
}

static void close_table(struct table *t)
{
	csv_release(&t->csv);
	buf_release(&t->scratch);
	arena_release(&t->arena);
}

static void expect_cell(struct table *t, size_t row, const char *column, const char *wanted)
{
	int index = csv_column(&t->csv, str_of(column));
	struct str cell;

	assert_true(index >= 0);
	cell = csv_cell(&t->csv, row, (unsigned)index, &t->scratch);
	if (!str_eq(cell, str_of(wanted)))
		fail_msg("row %zu, %s: '%.*s', not '%s'", row, column, STR_ARG(cell), wanted);
}

static void test_plain(void **state)
{
	struct table t;

	(void)state;
	assert_true(open_table(&t, "user,password\r\nann,one\r\nbob,\r\n\r\ncid,three", 0));
	assert_int_equal(t.csv.row_count, 3);
	expect_cell(&t, 0, "user", "ann");
	expect_cell(&t, 1, "password", "");
	expect_cell(&t, 2, "password", "three");
	assert_int_equal(csv_column(&t.csv, STR("nobody")), -1);
	close_table(&t);
}

/* The first line that Excel writes and reads. */
static void test_separator_line(void **state)
{
	struct table t;

	(void)state;
	assert_true(open_table(&t, "\xef\xbb\xbfsep=;\r\nuser;a,b,c\r\nann;1\r\n", 0));
	expect_cell(&t, 0, "a,b,c", "1");
	close_table(&t);
	assert_true(open_table(&t, "SEP=|\nuser\nann\n", 0));
	assert_int_equal(t.csv.columns, 1);
	close_table(&t);
	/* `delimiter` decides if both are given. */
	assert_true(open_table(&t, "sep=;\na;b|c\n1|2\n", '|'));
	expect_cell(&t, 0, "a;b", "1");
	close_table(&t);
	assert_false(open_table(&t, "sep=;\nuser;age\nann\n", 0));
	assert_int_equal(t.error.line, 3);
	close_table(&t);
	/* A column can have this name. */
	assert_true(open_table(&t, "sep=,x\n1,2\n", 0));
	expect_cell(&t, 0, "sep=", "1");
	close_table(&t);
}

/* Spreadsheets save empty rows as delimiters only. */
static void test_empty_rows(void **state)
{
	struct table t;

	(void)state;
	assert_true(open_table(&t, "a;b\n1;2\n;\n  ;\t\n\n\"\";\n3;4\n;;;\n", 0));
	assert_int_equal(t.csv.row_count, 3);
	assert_int_equal(t.csv.skipped, 3);
	assert_int_equal(t.csv.first_skipped, 3);
	/* An empty text in quotes is written on purpose. */
	expect_cell(&t, 1, "a", "");
	expect_cell(&t, 2, "b", "4");
	close_table(&t);
	/* With one column, only an empty line is not a row. */
	assert_true(open_table(&t, "a\n1\n \n\n2\n", 0));
	assert_int_equal(t.csv.row_count, 3);
	assert_int_equal(t.csv.skipped, 0);
	close_table(&t);
}

static void test_quotes(void **state)
{
	struct table t;

	(void)state;
	assert_true(
	    open_table(&t, "\xef\xbb\xbf\"a\",b\n\"x, \"\"y\"\"\nz\",\"\"\n\"\"\"\",q\"r\n", 0));
	assert_int_equal(t.csv.row_count, 2);
	expect_cell(&t, 0, "a", "x, \"y\"\nz");
	expect_cell(&t, 0, "b", "");
	expect_cell(&t, 1, "a", "\"");
	expect_cell(&t, 1, "b", "q\"r");
	close_table(&t);
}

static void test_delimiters(void **state)
{
	static const char *const texts[] = {"a;b\n1;2,5\n", "a\tb\n1\t2,5\n", "a|b\n1|2,5\n"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct table t;
		assert_true(open_table(&t, texts[i], 0));
		expect_cell(&t, 0, "b", "2,5");
		close_table(&t);
	}
}

static void expect_error(const char *text, size_t line, const char *why)
{
	struct table t;

	assert_false(open_table(&t, text, ','));
	assert_int_equal(t.error.line, line);
	assert_string_equal(t.error.text, why);
	close_table(&t);
}

static void test_errors(void **state)
{
	(void)state;
	expect_error("", 1,
		     "the file is empty; it needs a header row with the names of the columns");
	expect_error("a,b\n1,2\n3\n", 3, "this row has 1 cell, but the header has 2");
	expect_error("a,b\n\"1\n1\",2\n3,4,5\n", 4,
		     "this row has 3 cells, but the header has 2; put a cell that contains a ',' "
		     "in double quotes");
	expect_error("a,,c\n", 1, "column 2 has no name in the header row");
	expect_error("a,b,a\n", 1, "two columns are named 'a'");
	expect_error("a,b\n1,2\n\"3,4\n5,6\n", 3, "a quote in this row is not closed");
	expect_error("\"a,b\n", 1, "a quote in the header row is not closed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain),      cmocka_unit_test(test_separator_line),
	    cmocka_unit_test(test_empty_rows), cmocka_unit_test(test_quotes),
	    cmocka_unit_test(test_delimiters), cmocka_unit_test(test_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
