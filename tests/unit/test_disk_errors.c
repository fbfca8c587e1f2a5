/*
 * Errors of the disk while results are written. The linker replaces write and rename (--wrap), so
 * that the n-th call fails with ENOSPC or EIO, once or always after that.
 */
#include "fake_summary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/out_file.h"
#include "output/output.h"
#include "result/archive.h"

#define SECONDS	 6u
#define REQUESTS 20u
#define WRITES	 (SECONDS + 2) /* of intervals.bin: head, seconds, end */

static struct disk {
	unsigned calls, fail_at; /* 0: never */
	bool forever;
	bool in_parts; /* the first half is written before the error */
	bool rename_fails;
	int error;
} disk;

ssize_t __real_write(int fd, const void *bytes, size_t count);
ssize_t __wrap_write(int fd, const void *bytes, size_t count);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);

ssize_t __wrap_write(int fd, const void *bytes, size_t count)
{
	unsigned call = ++disk.calls;

	if (!disk.fail_at || call < disk.fail_at || (call > disk.fail_at && !disk.forever))
		return __real_write(fd, bytes, count);
	if (disk.in_parts && count > 1 && call == disk.fail_at) {
		disk.fail_at++; /* the rest fails */
		return __real_write(fd, bytes, count / 2);
	}
	errno = disk.error;
	return -1;
}

int __wrap_rename(const char *from, const char *to)
{
	if (!disk.rename_fails)
		return __real_rename(from, to);
	errno = disk.error;
	return -1;
}

/* ---- files that are written as a whole */

static char folder[] = "/tmp/reprise-disk-XXXXXX";

static const char *path_of(const char *file)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", folder, file);
	return path;
}

static void put_old_file(const char *path)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs("old", file);
	fclose(file);
}

static void assert_content(const char *path, const char *expected)
{
	const char *why;
	struct arena arena;
	struct str text;

	arena_init(&arena, 0);
	assert_true(file_read(&arena, path, 1 << 20, &text, &why));
	if (expected)
		assert_true(str_eq(text, str_of(expected)));
	else
		assert_true(text.len > 100);
	arena_release(&arena);
}

static void assert_no_part(const char *path)
{
	char part[256];

	snprintf(part, sizeof part, "%s.part", path);
	assert_int_equal(access(part, F_OK), -1);
}

static void test_whole_files(void **state)
{
	static const int errors[] = {ENOSPC, EIO};
	const char *path = path_of("whole");
	struct out_file file;
	struct buf error;

	(void)state;
	buf_init(&error, 0);
	for (unsigned n = 0; n <= 4; n++) {
		put_old_file(path);
		buf_clear(&error);
		memset(&disk, 0, sizeof disk);
		disk.fail_at = n;
		disk.error = errors[n % 2];
		disk.in_parts = n == 2;
		assert_true(out_file_open(&file, str_of(path), OUT_FILE_WHOLE, &error));
		out_file_write(&file, STR("first "));
		assert_content(path, "old");
		out_file_write(&file, STR("second "));
		out_file_write(&file, STR("third"));
		assert_int_equal(out_file_close(&file, &error), n == 0 || n == 4);
		assert_content(path, n == 0 || n == 4 ? "first second third" : "old");
		assert_no_part(path);
		assert_int_equal(strstr(error.data ? error.data : "", strerror(disk.error)) != NULL,
				 n > 0 && n < 4);
	}
	memset(&disk, 0, sizeof disk);
	disk.rename_fails = true;
	disk.error = EIO;
	put_old_file(path);
	assert_true(out_file_open(&file, str_of(path), OUT_FILE_WHOLE, &error));
	assert_false(out_file_close(&file, &error));
	assert_content(path, "old");
	assert_no_part(path);
	buf_release(&error);
}

/* A link is replaced; the file it points to does not change. */
static void test_symbolic_links(void **state)
{
	char target[128];
	struct out_file file;
	struct stat status;

	(void)state;
	memset(&disk, 0, sizeof disk);
	snprintf(target, sizeof target, "%s", path_of("target"));
	put_old_file(target);
	for (int dangling = 0; dangling < 2; dangling++) {
		unlink(path_of("link"));
		assert_int_equal(symlink(dangling ? "/nowhere/at/all" : target, path_of("link")),
				 0);
		assert_true(out_file_open(&file, str_of(path_of("link")), OUT_FILE_WHOLE, NULL));
		out_file_write(&file, STR("new"));
		assert_true(out_file_close(&file, NULL));
		assert_int_equal(lstat(path_of("link"), &status), 0);
		assert_true(S_ISREG(status.st_mode));
		assert_content(path_of("link"), "new");
		assert_content(target, "old");
	}
}

/* A run that does not start leaves the old files, and so does an error while one is written. */
static void test_outputs(void **state)
{
	struct fixture *f = *state;
	const struct output_kind *kinds[] = {&output_json, &output_report, &output_histograms,
					     &output_junit};

	fake_run(f);
	verdict_judge(&f->validity, &f->summary, &f->health);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const char *path = path_of("output");

		for (int step = 0; step < 3; step++) {
			bool starts = step > 0, fails = step == 1;
			void *o;

			put_old_file(path);
			memset(&disk, 0, sizeof disk);
			o = kinds[i]->open(str_of(path), &f->facts, &f->out);
			assert_non_null(o);
			disk = (struct disk){.fail_at = fails, .error = ENOSPC, .forever = true};
			assert_int_equal(kinds[i]->close(o, starts ? &f->summary : NULL,
							 starts ? &f->verdict : NULL, &f->out),
					 !fails);
			memset(&disk, 0, sizeof disk);
			assert_content(path, step == 2 ? NULL : "old");
			assert_no_part(path);
		}
	}
}

/* ---- the archive, which is appended during the run */

static void perform(struct fixture *f, void *o)
{
	static const double cpu[] = {0.25};
	struct summary second;

	summary_init(&second, &f->table);
	for (unsigned i = 0; i < SECONDS; i++) {
		struct run_interval m = {.begin = i * NS_PER_S,
					 .length = NS_PER_S,
					 .cpu = cpu,
					 .threads = 1,
					 .why = "",
					 .last = i + 1 == SECONDS};

		for (unsigned k = 0; k < REQUESTS; k++)
			fake_request(f, f->home, (k + 1) * NS_PER_MS);
		recorder_request_swap(&f->recorder);
		recorder_poll(&f->recorder);
		summary_drain(&second, recorder_take(&f->recorder));
		recorder_return(&f->recorder);
		summary_close_second(&second, (i + 1) * NS_PER_S);
		output_intervals.second(o, &second, &f->summary, &m);
		summary_clear(&second);
	}
	summary_release(&second);
}

/* Reads the archive; each second in it is complete. */
static enum archive_item read_archive(const char *path, unsigned *seconds)
{
	struct archive_reader r;
	enum archive_item item;
	struct summary second;
	struct arena arena;
	struct str bytes;
	const char *why;

	arena_init(&arena, 0);
	*seconds = 0;
	assert_true(file_read(&arena, path, 1 << 20, &bytes, &why));
	if (!archive_open(&r, &arena, bytes, &why)) {
		archive_close(&r);
		arena_release(&arena);
		return ARCHIVE_TRUNCATED;
	}
	summary_init(&second, &r.table);
	while ((item = archive_next(&r, &second)) < ARCHIVE_END) {
		assert_int_equal(item, ARCHIVE_SECOND);
		assert_int_equal(second.all.counts.ok, REQUESTS);
		assert_int_equal(r.interval.begin, *seconds * NS_PER_S);
		++*seconds;
		summary_clear(&second);
	}
	summary_release(&second);
	archive_close(&r);
	arena_release(&arena);
	return item;
}

static void assert_archive(struct fixture *f, unsigned n, bool forever, bool in_parts, int error)
{
	const char *path = path_of("intervals.bin");
	bool good = !n || n > WRITES || !forever;
	enum archive_item last;
	unsigned seconds;
	void *o;

	memset(&disk, 0, sizeof disk);
	o = output_intervals.open(str_of(path), &f->facts, &f->out);
	assert_non_null(o);
	disk =
	    (struct disk){.fail_at = n, .forever = forever, .in_parts = in_parts, .error = error};
	perform(f, o);
	buf_clear(&f->out);
	/* An error of the last write cannot be made up for. */
	good &= n != WRITES || forever;
	assert_int_equal(output_intervals.close(o, &f->summary, &f->verdict, &f->out), good);
	memset(&disk, 0, sizeof disk);
	last = read_archive(path, &seconds);
	if (good) {
		assert_int_equal(last, ARCHIVE_END);
		assert_int_equal(seconds, SECONDS);
	} else {
		assert_non_null(strstr(f->out.data, strerror(error)));
		assert_int_equal(last, ARCHIVE_TRUNCATED);
		assert_int_equal(seconds, n < 2 ? 0 : n - 2);
	}
}

static void test_archive(void **state)
{
	struct fixture *f = *state;

	f->facts.table = &f->table;
	verdict_judge(&f->validity, &f->summary, &f->health);
	for (unsigned n = 0; n <= WRITES + 1; n++)
		for (unsigned variant = 0; variant < 8; variant++)
			assert_archive(f, n, variant & 1, variant & 2, variant & 4 ? EIO : ENOSPC);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const files[] = {"whole", "target", "link", "output", "intervals.bin"};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		unlink(path_of(files[i]));
	return rmdir(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_whole_files),
	    cmocka_unit_test(test_symbolic_links),
	    TEST(test_outputs),
	    TEST(test_archive),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
