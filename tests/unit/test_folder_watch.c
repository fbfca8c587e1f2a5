/* Files of a folder that are created, changed and removed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/folder_watch.h"
#include "base/replace_file.h"

#include "folder_fixture.h"

static const struct folder_scan_limits limits = {.depth = 2, .files = 5, .marker = "summary.json"};

static void add_change(void *arg, const struct folder_watch_change *change)
{
	static const char signs[] = "+*-";

	buf_printf(arg, "%c%.*s%s ", signs[change->kind], STR_ARG(change->path),
		   change->is_folder ? "/" : "");
}

static bool is_readable(const struct folder_watch *w)
{
	struct pollfd polled = {.fd = folder_watch_fd(w), .events = POLLIN};

	return poll(&polled, 1, 0) == 1;
}

static void assert_changes(struct folder_watch *w, const char *expected)
{
	struct buf found;

	buf_init(&found, 0);
	/* Where the system reports changes, there is nothing to find without a report. */
	assert_int_equal(folder_watch_must_poll(w), false);
	assert_int_equal(is_readable(w), *expected != '\0');
	folder_watch_check(w, add_change, &found);
	buf_add_char(&found, '\0');
	assert_string_equal(found.data, expected);
	assert_false(is_readable(w));
	buf_release(&found);
}

static void write_file(const char *path, const char *text)
{
	assert_true(replace_file(path, str_of(text), NULL));
}

static void test_changes(void **state)
{
	struct folder_watch *w;

	(void)state;
	write_file("a", "1");
	assert_int_equal(mkdir("in", 0755), 0);
	w = folder_watch_new(folder_fixture_path, &limits);
	assert_changes(w, "");
	write_file("b", "1");
	write_file("in/c", "1");
	write_file(".hidden", "1");
	assert_changes(w, "+b +in/c ");
	write_file("a", "2");
	assert_int_equal(unlink("b"), 0);
	assert_changes(w, "*a -b ");
	assert_int_equal(chmod("a", 0600), 0);
	assert_changes(w, "*a ");
	/* In a folder that is new itself. */
	assert_int_equal(mkdir("new", 0755), 0);
	assert_int_equal(mkdir("new/deep", 0755), 0);
	write_file("new/deep/d", "1");
	assert_changes(w, "+new/deep/d ");
	write_file("new/deep/d", "2");
	assert_changes(w, "*new/deep/d ");
	/* A folder with the marker becomes one entry. */
	write_file("new/deep/summary.json", "{}");
	assert_changes(w, "+new/deep/ -new/deep/d ");
	folder_watch_free(w);
}

/* The system reports no changes to a process that cannot open another file. */
static void test_without_reports(void **state)
{
	struct rlimit usual, none;
	struct folder_watch *w;
	struct buf found;

	(void)state;
	buf_init(&found, 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
	none = usual;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	w = folder_watch_new(folder_fixture_path, &limits);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
	assert_true(folder_watch_must_poll(w));
	assert_int_equal(folder_watch_fd(w), -1);
	folder_watch_check(w, add_change, &found);
	write_file("a", "3");
	assert_int_equal(unlink("in/c"), 0);
	buf_clear(&found);
	folder_watch_check(w, add_change, &found);
	buf_add_char(&found, '\0');
	assert_string_equal(found.data, "*a -in/c ");
	write_file("in/c", "1");
	folder_watch_free(w);
	buf_release(&found);
}

static void test_scan(void **state)
{
	struct folder_scan scan;
	struct arena arena;

	(void)state;
	arena_init(&arena, 0);
	assert_int_equal(symlink("in", "link"), 0);
	folder_scan(&arena, folder_fixture_path, &limits, &scan);
	assert_int_equal(scan.count, 3);
	assert_string_equal(scan.entries[0].path.ptr, "a");
	assert_string_equal(scan.entries[1].path.ptr, "in/c");
	assert_string_equal(scan.entries[2].path.ptr, "new/deep");
	assert_true(scan.entries[2].is_folder && scan.complete);
	write_file("e", "1");
	write_file("f", "1");
	write_file("g", "1");
	folder_scan(&arena, folder_fixture_path, &limits, &scan);
	assert_int_equal(scan.count, 5);
	assert_false(scan.complete);
	folder_scan(&arena, "/tmp/no such folder", &limits, &scan);
	assert_int_equal(scan.count, 0);
	arena_release(&arena);
	assert_int_equal(system("rm -r a e f g in new link .hidden"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_changes),
	    cmocka_unit_test(test_without_reports),
	    cmocka_unit_test(test_scan),
	};

	return cmocka_run_group_tests(tests, folder_fixture_enter, folder_fixture_leave);
}
