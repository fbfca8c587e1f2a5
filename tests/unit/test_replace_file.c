/* Files that are replaced as a whole: content, permissions, symbolic links, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/replace_file.h"

#include "folder_fixture.h"

static void assert_content(const char *path, const char *expected)
{
	const char *error;
	struct arena a;
	struct str text;

	arena_init(&a, 0);
	assert_true(file_read(&a, path, 1000, &text, &error));
	assert_string_equal(text.ptr, expected);
	arena_release(&a);
}

static unsigned files_in_folder(void)
{
	DIR *dir = opendir(".");
	unsigned count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 2; /* . and .. */
}

static void test_content_and_mode(void **state)
{
	struct stat s;

	(void)state;
	umask(027);
	assert_true(replace_file("a.yaml", STR("one\n"), NULL));
	assert_int_equal(stat("a.yaml", &s), 0);
	assert_int_equal(s.st_mode & 07777, 0640);
	assert_int_equal(chmod("a.yaml", 0604), 0);
	assert_true(replace_file("a.yaml", STR("two\n"), NULL));
	assert_content("a.yaml", "two\n");
	assert_int_equal(stat("a.yaml", &s), 0);
	assert_int_equal(s.st_mode & 07777, 0604);
	assert_int_equal(files_in_folder(), 1);
	assert_int_equal(unlink("a.yaml"), 0);
}

static void test_symbolic_link(void **state)
{
	struct stat s;

	(void)state;
	assert_true(replace_file("real.yaml", STR("old"), NULL));
	assert_int_equal(symlink("real.yaml", "link.yaml"), 0);
	assert_true(replace_file("link.yaml", STR("new"), NULL));
	assert_int_equal(lstat("link.yaml", &s), 0);
	assert_true(S_ISLNK(s.st_mode));
	assert_content("real.yaml", "new");
	assert_int_equal(unlink("link.yaml"), 0);
	assert_int_equal(unlink("real.yaml"), 0);
}

static void test_errors(void **state)
{
	struct buf error;

	(void)state;
	buf_init(&error, 0);
	assert_false(replace_file(".", STR("x"), &error));
	assert_string_equal(error.data, "cannot write .: it is not a regular file");
	buf_clear(&error);
	assert_false(replace_file("no-folder/a.yaml", STR("x"), &error));
	assert_string_equal(error.data, "cannot write no-folder/a.yaml: No such file or directory");
	assert_int_equal(files_in_folder(), 0);
	buf_release(&error);
}

static void test_only_the_expected_content(void **state)
{
	struct stat s;
	struct buf error;

	(void)state;
	buf_init(&error, 0);
	assert_int_equal(replace_file_create("a.yaml", STR("one"), &error), REPLACE_FILE_DONE);
	assert_int_equal(replace_file_create("a.yaml", STR("x"), &error), REPLACE_FILE_OTHER);
	assert_content("a.yaml", "one");
	assert_int_equal(chmod("a.yaml", 0604), 0);
	assert_int_equal(replace_file_if("a.yaml", STR("one"), STR("two"), &error),
			 REPLACE_FILE_DONE);
	assert_content("a.yaml", "two");
	assert_int_equal(stat("a.yaml", &s), 0);
	assert_int_equal(s.st_mode & 07777, 0604);
	/* Another program has written it. */
	assert_int_equal(replace_file_if("a.yaml", STR("one"), STR("x"), &error),
			 REPLACE_FILE_OTHER);
	assert_content("a.yaml", "two");
	assert_int_equal(replace_file_if("none.yaml", STR("one"), STR("x"), &error),
			 REPLACE_FILE_OTHER);
	assert_int_equal(replace_file_if(".", STR(""), STR("x"), &error), REPLACE_FILE_OTHER);
	/* A link to a file that does not exist is not followed. */
	assert_int_equal(symlink("none.yaml", "link.yaml"), 0);
	assert_int_equal(replace_file_create("link.yaml", STR("x"), &error), REPLACE_FILE_OTHER);
	assert_int_equal(error.len, 0);
	assert_int_equal(replace_file_create("no-folder/a.yaml", STR("x"), &error),
			 REPLACE_FILE_FAILED);
	assert_string_equal(error.data, "cannot write no-folder/a.yaml: No such file or directory");
	assert_int_equal(files_in_folder(), 2);
	assert_int_equal(unlink("a.yaml"), 0);
	assert_int_equal(unlink("link.yaml"), 0);
	buf_release(&error);
}

/* A program that has the file open when it is replaced, and writes to it a little later. */
static void test_another_writer(void **state)
{
	struct buf error;
	int status;

	(void)state;
	buf_init(&error, 0);
	assert_true(replace_file("a.yaml", STR("one\n"), &error));
	int fd = open("a.yaml", O_WRONLY | O_APPEND | O_CLOEXEC);
	pid_t pid = fork();
	if (pid == 0) {
		usleep(20000);
		_exit(write(fd, "more\n", 5) != 5);
	}
	close(fd);
	assert_int_equal(replace_file_if("a.yaml", STR("one\n"), STR("two\n"), &error),
			 REPLACE_FILE_OTHER);
	assert_content("a.yaml", "one\nmore\n");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(files_in_folder(), 1);
	assert_int_equal(unlink("a.yaml"), 0);
	buf_release(&error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_content_and_mode),
	    cmocka_unit_test(test_symbolic_link),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_only_the_expected_content),
	    cmocka_unit_test(test_another_writer),
	};

	return cmocka_run_group_tests(tests, folder_fixture_enter, folder_fixture_leave);
}
