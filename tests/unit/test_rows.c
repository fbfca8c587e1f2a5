/* The rows of a data set, from CSV and JSON files. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "scenario/rows.h"

struct opened {
	struct arena arena;
	struct rows rows;
	struct rows_error error;
	struct rows_reader reader;
	struct scratch scratch;
};

/* A file NAME with TEXT, in ENCODING (NULL: UTF-8). */
static bool open_bytes(struct opened *o, const char *name, struct str text, const char *encoding)
{
	struct rows_format format = {.encoding = encoding};
	char folder[] = "/tmp/rows-XXXXXX", path[80];
	FILE *file;
	bool good;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fwrite(text.ptr, 1, text.len, file);
	fclose(file);
	arena_init(&o->arena, 0);
	rows_reader_init(&o->reader);
	scratch_init(&o->scratch);
	good =
	    rows_open(&o->rows, &o->arena, str_of(path), open(path, O_RDONLY), &format, &o->error);
	unlink(path);
	rmdir(folder);
	return good;
}

static bool open_text(struct opened *o, const char *name, const char *text)
{
	return open_bytes(o, name, str_of(text), NULL);
}

static void close_all(struct opened *o)
{
	rows_close(&o->rows);
	rows_reader_release(&o->reader);
	scratch_release(&o->scratch);
	arena_release(&o->arena);
}

static struct value cell(struct opened *o, size_t row, const char *column)
{
	struct value value;
	int index = rows_column(&o->rows, str_of(column));

	assert_true(index >= 0);
	assert_true(rows_cell(&o->rows, &o->reader, row, (unsigned)index, &o->scratch, &value));
	return value;
}

static void test_csv(void **state)
{
	struct opened o;

	(void)state;
	assert_true(open_text(&o, "a.csv", "user,age\nann,7\n\"b\"\"ob\",8\n"));
	assert_int_equal(o.rows.count, 2);
	assert_true(str_eq(cell(&o, 1, "user").text, STR("b\"ob")));
	assert_int_equal(cell(&o, 1, "age").type, VALUE_TEXT);
	close_all(&o);
	assert_true(open_text(&o, "a.tsv", "user\tage, in years\nann\t7\n"));
	assert_true(str_eq(cell(&o, 0, "age, in years").text, STR("7")));
	close_all(&o);
}

static void test_json(void **state)
{
	static const char *const files[][2] = {
	    {"a.json", "[ {\"user\":\"a\\nnn\",\"age\":7.50},\n "
		       "{\"age\":[1,{\"x\":null}],\"user\":\"}\",\"more\":1}]"},
	    {"a.jsonl",
	     "{\"user\":\"a\\nnn\",\"age\":7.50}\n\n{\"age\":[1,{\"x\":null}],\"user\":\"}\"}\n"},
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct opened o;
		struct value list;
		assert_true(open_text(&o, files[i][0], files[i][1]));
		assert_int_equal(o.rows.count, 2);
		assert_int_equal(o.rows.columns, 2);
		assert_true(str_eq(cell(&o, 0, "user").text, STR("a\nnn")));
		assert_true(str_eq(cell(&o, 0, "age").text, STR("7.50")));
		assert_int_equal(cell(&o, 0, "age").type, VALUE_NUMBER);
		assert_true(str_eq(cell(&o, 1, "user").text, STR("}")));
		list = cell(&o, 1, "age");
		assert_int_equal(list.type, VALUE_LIST);
		assert_int_equal(list.count, 2);
		assert_int_equal(list.items[1].type, VALUE_OBJECT);
		assert_true(str_eq(list.items[1].items[0].text, STR("x")));
		assert_int_equal(list.items[1].items[1].type, VALUE_NULL);
		close_all(&o);
	}
}

static void test_encodings(void **state)
{
	static const struct {
		const char *name, *encoding;
		struct str text;
	} rows[] = {
	    {"a.csv", "windows-1252", STR("user;euro\r\nJ\xf6rg;5 \x80\r\n")},
	    {"a.csv", "utf-16",
	     STR("\xff\xfeu\0s\0e\0r\0;\0e\0u\0r\0o\0\n\0J\0\xf6\0r\0g\0"
		 ";\0\x35\0 \0\xac\x20\n\0")},
	    {"a.json", "windows-1252", STR("[{\"user\": \"J\xf6rg\", \"euro\": \"5 \x80\"}]")},
	    {"a.json", "utf-16be",
	     STR("\0[\0{\0\"\0u\0s\0e\0r\0\"\0:\0\"\0J\0\xf6\0r\0g\0\"\0,\0\"\0e"
		 "\0u\0r\0o\0\"\0:\0\"\0\x35\0 \x20\xac\0\"\0}\0]")},
	    {"a.jsonl", NULL, STR("\xef\xbb\xbf{\"user\":\"Jörg\",\"euro\":\"5 €\"}\n")},
	    {"a.json", NULL, STR("\xef\xbb\xbf[{\"user\":\"Jörg\",\"euro\":\"5 €\"}]")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct opened o;

		if (!open_bytes(&o, rows[i].name, rows[i].text, rows[i].encoding))
			fail_msg("row %zu: line %zu: %s", i, o.error.line, o.error.text);
		assert_int_equal(o.rows.count, 1);
		assert_true(str_eq(cell(&o, 0, "user").text, STR("Jörg")));
		assert_true(str_eq(cell(&o, 0, "euro").text, STR("5 €")));
		close_all(&o);
	}
}

/* 0x81 is not a character of windows-1252. */
static void test_wrong_encoding(void **state)
{
	struct opened o;

	(void)state;
	assert_false(open_bytes(&o, "a.csv", STR("user\nann\n\x81\n"), "windows-1252"));
	assert_string_equal(o.error.text, "this line is not valid in the encoding windows-1252; "
					  "correct 'encoding'");
	assert_int_equal(o.error.line, 3);
	close_all(&o);
	assert_false(open_bytes(&o, "a.csv", STR("PK\x03\x04"), "windows-1252"));
	assert_string_equal(o.error.text,
			    "this is a spreadsheet; save it as CSV, in Excel as 'CSV UTF-8'");
	close_all(&o);
}

static void expect_error(const char *name, const char *text, size_t line, const char *why)
{
	struct opened o;

	assert_false(open_text(&o, name, text));
	assert_string_equal(o.error.text, why);
	assert_int_equal(o.error.line, line);
	close_all(&o);
}

static void test_errors(void **state)
{
	(void)state;
	expect_error("a.csv", "", 1,
		     "the file is empty; it needs a header row with the names of the columns");
	expect_error("a.csv", "a,b\n", 0, "the file has only a header and no rows");
	expect_error("a.csv", "a,b\n1\n", 2, "this row has 1 cell, but the header has 2");
	expect_error("a.json", "[]", 0, "the file has no rows");
	expect_error("a.json", "{}", 1, "expected a list of objects: [{\"user\": \"ann\"}, …]");
	expect_error("a.json", "[{\"a\":1},\n{\"b\":1}]", 2,
		     "row 2 has no 'a', but the first row has it");
	expect_error("a.jsonl", "{\"a\":1}\n{\"a\":}\n", 2, "not JSON: expected a JSON value");
	expect_error("a.jsonl", "{\"a\":1}\n[1]\n", 2,
		     "row 2 is not an object; a row looks like {\"user\": \"ann\"}");
}

static void test_no_such_file(void **state)
{
	struct opened o;

	(void)state;
	arena_init(&o.arena, 0);
	assert_false(rows_open(&o.rows, &o.arena, STR("file.csv"), -ENOENT,
			       &(struct rows_format){.delimiter = 0}, &o.error));
	assert_string_equal(o.error.text, "No such file or directory");
	arena_release(&o.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_csv),	      cmocka_unit_test(test_json),
	    cmocka_unit_test(test_encodings), cmocka_unit_test(test_wrong_encoding),
	    cmocka_unit_test(test_errors),    cmocka_unit_test(test_no_such_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
