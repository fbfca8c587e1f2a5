/*
 * libFuzzer target for curl command lines: no input crashes it or hangs it; one that
 * is refused has a reason; what is imported is a scenario that has no errors but for files that it
 * names and secrets that it asks for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd/load_file.h"
#include "cmd/tables.h"
#include "import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int memory_file(const void *data, size_t size, char path[64])
{
	int fd = memfd_create("fuzz", 0);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

static bool is_asked_for(const char *code)
{
	/* A file that is not there; a parameter without its value. */
	return strcmp(code, "E310") == 0 || strcmp(code, "E212") == 0;
}

static void check_scenario(const struct buf *text)
{
	struct outside outside = {0};
	struct loaded loaded;
	char path[64];
	int fd = memory_file(text->data, text->len, path);
	bool good = load_file(&loaded, path, &outside, false);

	for (size_t i = 0; !good && i < loaded.diags.diags.count; i++) {
		const struct diag *d = &loaded.diags.diags.items[i];

		if (d->level == DIAG_ERROR && !is_asked_for(diag_code_name(d->code))) {
			fprintf(stderr, "%s: %.*s\n%.*s\n", diag_code_name(d->code),
				STR_ARG(d->text), STR_ARG(buf_str(text)));
			abort();
		}
	}
	loaded_release(&loaded);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_job job;
	char path[64];
	const char *files[] = {path};
	int fd = memory_file(data, size, path);
	struct buf text;

	buf_init(&text, 0);
	job_init(&job, import_find("curl"), &all_tables);
	job.files = files;
	job.file_count = 1;
	if (import_perform(&job)) {
		yaml_out_write(job.document, &text);
		check_scenario(&text);
	} else if (!job.errors.count) {
		fprintf(stderr, "refused without a reason\n");
		abort();
	}
	buf_clear(&text);
	import_put_account(&job, &text);
	job_release(&job);
	buf_release(&text);
	close(fd);
	return 0;
}
