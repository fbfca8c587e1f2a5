/*
 * libFuzzer target for recordings: HAR text through the reader, filters, correlation, secrets and
 * the writer. No input crashes it, hangs it or escapes its bounds; one that is refused has a
 * reason; every entry has a fate; what is written is a scenario that the reader accepts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd/load_file.h"
#include "cmd/tables.h"
#include "import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int memory_file(struct str text, char *path, size_t room)
{
	int fd = memfd_create("fuzz", 0);

	if (fd < 0 || write(fd, text.ptr, text.len) != (ssize_t)text.len)
		abort();
	snprintf(path, room, "/proc/self/fd/%d", fd);
	return fd;
}

static void check_document(const struct buf *text)
{
	struct outside outside = {0};
	struct loaded loaded;
	struct buf told;
	char path[64];
	int fd = memory_file(buf_str(text), path, sizeof path);

	buf_init(&told, 0);
	if (!load_file(&loaded, path, &outside, false)) {
		diag_print(&loaded.diags, DIAG_TEXT, false, &told);
		fprintf(stderr, "%.*s\n---\n%.*s\n", STR_ARG(buf_str(text)),
			STR_ARG(buf_str(&told)));
		abort();
	}
	loaded_release(&loaded);
	buf_release(&told);
	close(fd);
}

static void look_at(struct import_job *job)
{
	struct buf text;

	buf_init(&text, 0);
	if (!import_perform(job)) {
		if (!job->errors.count) {
			fprintf(stderr, "refused without a reason\n");
			abort();
		}
	} else {
		yaml_out_write(job->document, &text);
		if (!job->beside.count)
			check_document(&text);
	}
	buf_clear(&text);
	import_put_account(job, &text);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct import_wish wish = {{"explain", 7}, {"", 0}};
	char path[64];
	const char *files[] = {path};
	struct import_job job;
	int fd = memory_file(str_n((const char *)data, size), path, sizeof path);

	job_init(&job, import_find("har"), &all_tables);
	job.files = files;
	job.file_count = 1;
	job.wishes = &wish;
	job.wish_count = 1;
	look_at(&job);
	job_release(&job);
	close(fd);
	return 0;
}
