/*
 * libFuzzer target for the importers; TARGET is the importer. No input crashes it, hangs it or
 * exceeds its limits; a rejected input has a reason. An imported scenario has no errors or
 * warnings, except for missing files and required parameters; the scenario of a recording lacks
 * only the files that belong next to it. TARGET access-log and fit: the files of a log are written
 * to a folder, so that they are read too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd/load_file.h"
#include "cmd/all_tables.h"
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

static bool fits(void)
{
	return strcmp(TARGET, "fit") == 0;
}

/* For a log, the files next to the scenario are read too. */
static bool is_log(void)
{
	return fits() || strcmp(TARGET, "access-log") == 0;
}

static void put_file(const struct import_file *file, FILE *out)
{
	struct buf piece;
	bool fine = fwrite(file->bytes.ptr, 1, file->bytes.len, out) == file->bytes.len;

	buf_init(&piece, 0);
	while (fine && file->more && file->more(file->owner, &piece)) {
		fine = fwrite(piece.data, 1, piece.len, out) == piece.len;
		buf_clear(&piece);
	}
	buf_release(&piece);
	if (!fine)
		abort();
}

/* Writes the scenario and its files to the current folder, or removes them. */
static void write_files(const struct import_job *job, const struct buf *text, bool gone)
{
	struct import_file scenario = {.name = STR("fit.yaml"), .bytes = buf_str(text)};

	for (size_t i = 0; i <= job->extra_files.count; i++) {
		const struct import_file *file =
		    i < job->extra_files.count ? &job->extra_files.items[i] : &scenario;
		char name[300];
		FILE *out;

		snprintf(name, sizeof name, "%.*s", STR_ARG(file->name));
		if (gone) {
			unlink(name);
			continue;
		}
		out = fopen(name, "w");
		if (!out)
			abort();
		put_file(file, out);
		fclose(out);
	}
}

static void enter_folder(void)
{
	static char folder[] = "/tmp/fuzz_fit.XXXXXX";

	if (folder[sizeof folder - 2] == 'X' && (!mkdtemp(folder) || chdir(folder) != 0))
		abort();
}

/* A missing file, or a parameter without a value. The scenario of a recording has all values. */
static bool is_asked_for(const char *code)
{
	return strcmp(TARGET, "har") != 0 && strcmp(TARGET, "journal") != 0 &&
	       ((strcmp(code, "E310") == 0 && !is_log()) || strcmp(code, "E212") == 0);
}

static void check_scenario(const struct buf *text)
{
	struct overrides overrides = {0};
	struct loaded_file loaded;
	char path[64];
	int fd = memory_file(text->data, text->len, path);
	bool good = load_file(&loaded, is_log() ? "fit.yaml" : path, &overrides, LOAD_FILE_SHOW),
	     told = good;

	for (size_t i = 0; i < loaded.diags.diags.count; i++) {
		const struct diag *d = &loaded.diags.diags.items[i];

		told |= d->level == DIAG_ERROR;
		if (!is_asked_for(diag_code_name(d->code))) {
			fprintf(stderr, "%s: %.*s\n%.*s\n", diag_code_name(d->code),
				STR_ARG(d->text), STR_ARG(buf_str(text)));
			abort();
		}
	}
	if (!told) {
		fprintf(stderr, "not loaded, without a reason\n");
		abort();
	}
	load_file_release(&loaded);
	close(fd);
}

static void look_at(struct import_job *job)
{
	struct buf text;

	buf_init(&text, 0);
	if (import_run(job)) {
		yaml_writer_print(job->document, &text);
		if (is_log())
			write_files(job, &text, false);
		if (is_log() || !job->extra_files.count)
			check_scenario(&text);
		if (is_log())
			write_files(job, &text, true);
	} else if (!job->errors.count) {
		fprintf(stderr, "refused without a reason\n");
		abort();
	}
	buf_clear(&text);
	import_put_report(job, &text);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct import_option import_options[] = {
	    {{"explain", 7}, {"", 0}}, {{"fit", 3}, {"", 0}}, {{"visits", 6}, {"", 0}}};
	char path[64];
	const char *files[] = {path};
	struct import_job job;
	int fd = memory_file(data, size, path);

	job_init(&job, import_find(fits() ? "access-log" : TARGET), &all_tables);
	job.files = files;
	job.file_count = 1;
	job.import_options = import_options;
	job.import_option_count = !fits() ? 1 : 2 + size % 2;
	if (is_log())
		enter_folder();
	look_at(&job);
	job_release(&job);
	close(fd);
	return 0;
}
