#include "cmd/import_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"

static bool write_file(const char *path, struct str text, bool force, bool secret)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL);
	int fd = open(path, flags, secret ? 0600 : 0666);

	if (fd < 0 && errno == EEXIST) {
		log_error("%s is there already; give another name with -o, or --force", path);
		return false;
	}
	bool fine = fd >= 0 && file_write_all(fd, text);
	int reason = errno;

	if (fd >= 0 && close(fd) != 0 && fine) {
		fine = false;
		reason = errno;
	}
	if (!fine)
		log_error("cannot write %s: %s", path, strerror(reason));
	return fine;
}

const char *import_default_path(struct import_job *job)
{
	struct str file = str_of(job->files[0]);
	size_t slash = file.len, dot;

	while (slash > 0 && file.ptr[slash - 1] != '/')
		slash--;
	file = str_slice(file, slash, file.len);
	dot = file.len;
	while (dot > 0 && file.ptr[dot - 1] != '.')
		dot--;
	if (dot > 1)
		file = str_slice(file, 0, dot - 1);
	if (str_eq(file, STR("-")))
		file = STR("visit");
	return arena_printf(&job->arena, "%.*s.yaml", STR_ARG(file)).ptr;
}

static bool write_beside(struct import_job *job, const char *path, bool force)
{
	struct str folder = str_of(strcmp(path, "-") == 0 ? "" : path);
	size_t slash = folder.len;
	bool fine = true;

	while (slash > 0 && folder.ptr[slash - 1] != '/')
		slash--;
	for (size_t i = 0; i < job->beside.count; i++) {
		const struct import_file *file = &job->beside.items[i];
		struct str name =
		    arena_printf(&job->arena, "%.*s%.*s", STR_ARG(str_slice(folder, 0, slash)),
				 STR_ARG(file->name));

		fine = write_file(name.ptr, file->bytes, force, file->secret) && fine;
	}
	return fine;
}

enum exit_status import_write(struct import_job *job, const char *path, bool force, bool quiet)
{
	struct buf text;
	bool fine;

	if (!path)
		path = import_default_path(job);
	buf_init(&text, 0);
	yaml_out_write(job->document, &text);
	if (strcmp(path, "-") == 0)
		fine = fwrite(text.data, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
	else
		fine = write_file(path, buf_str(&text), force, false);
	fine = fine && write_beside(job, path, force);
	buf_release(&text);
	if (fine && !quiet && strcmp(path, "-") != 0)
		fprintf(stderr, "wrote %s; try it: reprise run --once %s\n", path, path);
	return fine ? EXIT_PASSED : EXIT_USAGE;
}
