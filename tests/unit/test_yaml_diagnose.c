/*
 * Messages for common YAML errors: each file in tests/golden/diag is read and its messages are
 * compared with the .txt file. REPRISE_UPDATE=1 writes the .txt files again; review them
 * afterwards.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "doc/yaml.h"

#define FEWEST_FILES 60

static bool slurp(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "rb");
	char piece[4096];
	size_t got;

	if (!file)
		return false;
	while ((got = fread(piece, 1, sizeof piece, file)) > 0)
		buf_add(out, str_n(piece, got));
	fclose(file);
	return true;
}

static void spill(const char *path, struct str text)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	fwrite(text.ptr, 1, text.len, file);
	assert_int_equal(fclose(file), 0);
}

/* The messages for the file at PATH. */
static void tell(const char *path, struct buf *out)
{
	const char *slash = strrchr(path, '/');
	struct diag_list diags;
	struct arena arena;
	struct buf text;

	arena_init(&arena, 0);
	buf_init(&text, 0);
	diag_init(&diags, &arena);
	assert_true(slurp(path, &text));
	const struct source *source =
	    source_new(&arena, str_of(slash ? slash + 1 : path), buf_str(&text));
	yaml_read(&arena, source, &diags);
	diag_print(&diags, DIAG_TEXT, false, out);
	buf_release(&text);
	arena_release(&arena);
}

/* True if the messages are the expected ones. */
static bool compare(const char *yaml_path, bool update)
{
	struct buf told, expected;
	char path[4096];

	buf_init(&told, 0);
	buf_init(&expected, 0);
	tell(yaml_path, &told);
	snprintf(path, sizeof path, "%.*s.txt", (int)(strlen(yaml_path) - 5), yaml_path);
	if (update)
		spill(path, buf_str(&told));
	bool same = slurp(path, &expected) && str_eq(buf_str(&told), buf_str(&expected));
	if (!same)
		print_message("%s: expected\n%s\ngot\n%s\n", path, buf_str(&expected).ptr,
			      buf_str(&told).ptr);
	buf_release(&told);
	buf_release(&expected);
	return same;
}

static void test_traps(void **state)
{
	const char *root = getenv("SRCDIR");
	bool update = getenv("REPRISE_UPDATE") != NULL;
	char pattern[4096];
	unsigned wrong = 0;
	glob_t files;

	(void)state;
	snprintf(pattern, sizeof pattern, "%s/tests/golden/diag/*.yaml", root ? root : ".");
	assert_int_equal(glob(pattern, 0, NULL, &files), 0);
	assert_true(files.gl_pathc >= FEWEST_FILES);
	for (size_t i = 0; i < files.gl_pathc; i++)
		wrong += !compare(files.gl_pathv[i], update);
	globfree(&files);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_traps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
