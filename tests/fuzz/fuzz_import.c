/*
 * libFuzzer target for the importers; TARGET names the one (run gives it). No input crashes it,
 * hangs it or escapes its bounds; one that is refused has a reason; what is imported is a scenario
 * without errors but for files that it names and values that it asks for; a recording's scenario
 * lacks only the files that were to be written beside it.
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

/* A file that is not there; a parameter without its value. A recording brings all of its own. */
static bool is_asked_for(const char *code)
{
	return strcmp(TARGET, "har") != 0 &&
	       (strcmp(code, "E310") == 0 || strcmp(code, "E212") == 0);
}

static void check_scenario(const struct buf *text)
{
	struct outside outside = {0};
	struct loaded loaded;
	char path[64];
	int fd = memory_file(text->data, text->len, path);
	bool good = load_file(&loaded, path, &outside, false), told = good;

	for (size_t i = 0; !good && i < loaded.diags.diags.count; i++) {
		const struct diag *d = &loaded.diags.diags.items[i];

		told |= d->level == DIAG_ERROR;
		if (d->level == DIAG_ERROR && !is_asked_for(diag_code_name(d->code))) {
			fprintf(stderr, "%s: %.*s\n%.*s\n", diag_code_name(d->code),
				STR_ARG(d->text), STR_ARG(buf_str(text)));
			abort();
		}
	}
	if (!told) {
		fprintf(stderr, "not loaded, without a reason\n");
		abort();
	}
	loaded_release(&loaded);
	close(fd);
}

static void look_at(struct import_job *job)
{
	struct buf text;

	buf_init(&text, 0);
	if (import_perform(job)) {
		yaml_out_write(job->document, &text);
		if (!job->beside.count)
			check_scenario(&text);
	} else if (!job->errors.count) {
		fprintf(stderr, "refused without a reason\n");
		abort();
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
	int fd = memory_file(data, size, path);

	job_init(&job, import_find(TARGET), &all_tables);
	job.files = files;
	job.file_count = 1;
	job.wishes = &wish;
	job.wish_count = 1;
	look_at(&job);
	job_release(&job);
	close(fd);
	return 0;
}
