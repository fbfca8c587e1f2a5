/* Opening the files that a scenario names, while another program replaces them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/allowed_files.h"

static char home[64];
/* Called once, after a path was resolved. */
static void (*attack)(void);

char *realpath(const char *path, char *resolved)
{
	char *real = canonicalize_file_name(path);

	(void)resolved;
	if (attack)
		attack();
	attack = NULL;
	return real;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(home, sizeof home, "%s", "/tmp/allowed-files-XXXXXX");
	assert_non_null(mkdtemp(home));
	assert_int_equal(chdir(home), 0);
	assert_int_equal(mkdir("shop", 0700) | mkdir("shop/data", 0700) | mkdir("other", 0700), 0);
	write_file("shop/data/users.csv", "inside");
	write_file("other/users.csv", "outside");
	return 0;
}

static int tear_down(void **state)
{
	static const char *const files[] = {"shop/data/users.csv", "shop/moved/users.csv",
					    "shop/users.csv", "other/users.csv"};
	static const char *const folders[] = {"shop/data", "shop/moved", "shop", "other", home};

	(void)state;
	attack = NULL;
	unlink("shop/data");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		unlink(files[i]);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		rmdir(folders[i]);
	return chdir("/");
}

/* Opens shop/data/users.csv; the result of allowed_files_open. */
static int open_users(struct arena *a, const char **refusal)
{
	struct allowed_files allowed = {.scenario = STR("shop/load.yaml")};

	return allowed_files_open(&allowed, a, STR("shop/data/users.csv"), refusal);
}

static void check(int expected, const char *reason)
{
	const char *refusal;
	struct arena a;

	arena_init(&a, 0);
	int fd = open_users(&a, &refusal);
	assert_int_equal(fd, expected);
	if (reason)
		assert_string_equal(refusal, reason);
	else
		assert_null(refusal);
	arena_release(&a);
}

static void test_opens(void **state)
{
	char text[16] = "";
	const char *refusal;
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	int fd = open_users(&a, &refusal);
	assert_true(fd >= 0);
	assert_null(refusal);
	assert_int_equal(read(fd, text, sizeof text - 1), 6);
	assert_string_equal(text, "inside");
	close(fd);
	arena_release(&a);
}

static void test_missing(void **state)
{
	(void)state;
	unlink("shop/data/users.csv");
	check(-ENOENT, NULL);
}

static void link_file(void)
{
	unlink("shop/data/users.csv");
	assert_int_equal(symlink("../../other/users.csv", "shop/data/users.csv"), 0);
}

static void test_file_becomes_link(void **state)
{
	(void)state;
	attack = link_file;
	check(-ELOOP, NULL);
}

static void link_folder(void)
{
	assert_int_equal(rename("shop/data", "shop/moved"), 0);
	assert_int_equal(symlink("../other", "shop/data"), 0);
}

static void test_folder_becomes_link(void **state)
{
	(void)state;
	attack = link_folder;
	check(-ENOTDIR, NULL);
}

static void make_pipe(void)
{
	unlink("shop/data/users.csv");
	assert_int_equal(mkfifo("shop/data/users.csv", 0600), 0);
}

static void test_file_becomes_pipe(void **state)
{
	(void)state;
	attack = make_pipe;
	check(-EACCES, "it is not a regular file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_opens, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_missing, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_file_becomes_link, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_folder_becomes_link, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_file_becomes_pipe, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
