#include "cmd/import_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/file.h"
#include "base/log.h"

bool import_files_list_row(size_t row, const char **word, const char **sentence)
{
	const struct import_kind *kind = import_all()[row];

	if (!kind)
		return false;
	*word = kind->name;
	*sentence = kind->sentence;
	return true;
}

const struct import_kind *import_files_kind_named(const char *name)
{
	const struct import_kind *kind = import_find(name);

	if (kind)
		return kind;
	fprintf(stderr, "error: '%s' is not a supported kind of file; use one of", name);
	for (size_t i = 0; import_all()[i]; i++)
		fprintf(stderr, "%s %s", i ? "," : "", import_all()[i]->name);
	fputc('\n', stderr);
	return NULL;
}

const struct import_kind *import_files_kind_of(const char *path)
{
	const struct import_kind *kind;
	const char *why;

	if (strcmp(path, "-") == 0) {
		log_error("the kind of standard input is missing; write for example: reprise "
			  "import har -");
		return NULL;
	}
	kind = import_guess(path, &why);
	/* The HAR importer reports why the file is not valid. */
	if (!kind && !why && str_ends(str_of(path), STR(".har")))
		kind = import_find("har");
	if (kind)
		return kind;
	if (why)
		log_error("%s cannot be read: %s", path, why);
	else
		log_error("the format of %s was not recognised; name it: reprise import KIND %s",
			  path, path);
	return NULL;
}

void import_files_set_options(struct import_job *job, const struct options *options)
{
	struct import_option *import_options =
	    ARENA_ARRAY(&job->arena, options->value_count + 1, struct import_option);

	for (size_t i = 0; i < options->value_count; i++)
		import_options[i] = (struct import_option){str_of(options->values[i].option->name),
							   str_of(options->values[i].value)};
	job->import_options = import_options;
	job->import_option_count = options->value_count;
}

void import_files_report(const struct import_job *job)
{
	struct buf text, safe;

	buf_init(&text, 0);
	buf_init(&safe, 0);
	import_put_report(job, &text);
	for (size_t at = 0; at < text.len;) {
		size_t end = str_find_char(buf_str(&text), '\n', at);

		escape_terminal(&safe, str_slice(buf_str(&text), at, end));
		buf_add_char(&safe, '\n');
		at = end + 1;
	}
	fwrite(safe.data ? safe.data : "", 1, safe.len, stderr);
	buf_release(&text);
	buf_release(&safe);
}

/* If PATH cannot be imported as JOB's kind, suggests the kind that it looks like. */
static void suggest_other_kind(const struct import_job *job, const char *path)
{
	const char *why;
	const struct import_kind *kind = strcmp(path, "-") == 0 ? NULL : import_guess(path, &why);

	if (kind && kind != job->kind)
		log_error("%s looks like %s: reprise import %s %s", path, kind->sentence,
			  kind->name, path);
}

bool import_files_read(struct import_job *job, bool quiet)
{
	bool fine = import_run(job);

	for (size_t i = 0; !fine && i < job->errors.count; i++)
		log_error("%.*s", STR_ARG(job->errors.items[i]));
	for (size_t i = 0; !fine && i < job->file_count; i++)
		suggest_other_kind(job, job->files[i]);
	if (!quiet && (fine || job->list.items.count || job->counts.entries))
		import_files_report(job);
	return fine;
}

/* Writes all pieces of a file that is generated in pieces. */
static bool write_pieces(int fd, const struct import_file *file)
{
	struct buf piece;
	bool fine = true;

	buf_init(&piece, 0);
	while (fine && file->more(file->owner, &piece)) {
		fine = file_write_all(fd, buf_str(&piece));
		buf_clear(&piece);
	}
	buf_release(&piece);
	return fine;
}

/* A file that is being written. */
struct pending_file {
	const char *path;
	const struct import_file *file;
	int fd;	      /* -1: not open */
	bool created; /* the file did not exist before */
};

/* Whether FD is one of the imported files: it would be lost before it is read. */
static bool is_source(const struct import_job *job, int fd)
{
	struct stat there, source;

	for (size_t i = 0; fstat(fd, &there) == 0 && i < job->file_count; i++)
		if (stat(job->files[i], &source) == 0 && source.st_dev == there.st_dev &&
		    source.st_ino == there.st_ino)
			return true;
	return false;
}

/* Opens the file without changing its contents. */
static bool open_file(struct import_job *job, struct pending_file *w,
		      enum import_files_existing existing)
{
	/* Without O_NONBLOCK, opening a pipe without a reader would block. */
	const int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

	w->fd = open(w->path, flags | O_CREAT | O_EXCL, w->file->secret ? 0600 : 0666);
	w->created = w->fd >= 0;
	if (!w->created && errno == EEXIST && existing == IMPORT_FILES_REPLACE)
		w->fd = open(w->path, flags);
	if (w->fd >= 0)
		fcntl(w->fd, F_SETFL, O_WRONLY);
	if (w->fd >= 0 && !w->created && is_source(job, w->fd))
		(void)job_error(job, "%s is the imported file; choose another name with -o",
				w->path);
	else if (w->fd >= 0)
		return true;
	else if (errno == EEXIST)
		(void)job_error(
		    job, "%s already exists; choose another name with -o%s", w->path,
		    existing == IMPORT_FILES_SUGGEST_FORCE ? ", or use --force to replace it" : "");
	else
		(void)job_error(job, "cannot write %s: %s",
				w->path[0] ? w->path : "a file without a name", strerror(errno));
	return false;
}

static bool fill_file(struct import_job *job, struct pending_file *w)
{
	bool fine = w->created || ftruncate(w->fd, 0) == 0 || errno == EINVAL;
	int reason;

	fine = fine && (w->file->more ? write_pieces(w->fd, w->file)
				      : file_write_all(w->fd, w->file->bytes));
	reason = errno;
	if (close(w->fd) != 0 && fine) {
		fine = false;
		reason = errno;
	}
	w->fd = -1;
	if (!fine)
		(void)job_error(job, "cannot write %s: %s", w->path, strerror(reason));
	return fine;
}

/* Writes all files or none: if one cannot be written, the new files are removed. */
static enum exit_status write_files(struct import_job *job, struct pending_file *all, size_t count,
				    enum import_files_existing existing)
{
	enum exit_status status = EXIT_PASSED;
	size_t known = job->errors.count;
	bool fine = true;

	for (size_t i = 0; i < count; i++)
		all[i].fd = -1;
	for (size_t i = 0; fine && i < count; i++)
		fine = open_file(job, &all[i], existing);
	status = fine ? EXIT_PASSED : EXIT_USAGE;
	for (size_t i = 0; fine && i < count; i++)
		fine = fill_file(job, &all[i]);
	for (size_t i = known; i < job->errors.count; i++)
		log_error("%.*s", STR_ARG(job->errors.items[i]));
	if (!fine && status == EXIT_PASSED)
		status = EXIT_NOT_WRITTEN;
	for (size_t i = 0; !fine && i < count; i++) {
		if (all[i].fd >= 0)
			close(all[i].fd);
		if (all[i].created)
			unlink(all[i].path);
	}
	return status;
}

const char *import_files_default_path(struct import_job *job)
{
	struct str name = job_name(job);
	struct str created = arena_printf(&job->arena, "%.*s.yaml", STR_ARG(name));

	for (size_t i = 0; i < job->file_count; i++)
		if (str_eq(created, str_of(job->files[i]))) /* never replace the imported file */
			created = arena_printf(&job->arena, "%.*s-reprise.yaml", STR_ARG(name));
	return created.ptr;
}

static const char *beside_path(struct import_job *job, const char *path, struct str name)
{
	size_t slash = strcmp(path, "-") == 0 ? 0 : strlen(path);

	while (slash > 0 && path[slash - 1] != '/')
		slash--;
	return arena_printf(&job->arena, "%.*s%.*s", (int)slash, path, STR_ARG(name)).ptr;
}

enum exit_status import_files_write(struct import_job *job, const char *path,
				    enum import_files_existing existing, bool quiet)
{
	struct import_file scenario = {.secret = false};
	struct pending_file *all =
	    ARENA_ARRAY(&job->arena, job->extra_files.count + 1, struct pending_file);
	enum exit_status status;
	size_t count = 0;
	struct buf text;

	if (!path)
		path = import_files_default_path(job);
	buf_init(&text, 0);
	yaml_writer_print(job->document, &text);
	scenario.bytes = buf_str(&text);
	if (strcmp(path, "-") != 0)
		all[count++] = (struct pending_file){.path = path, .file = &scenario};
	for (size_t i = 0; i < job->extra_files.count; i++)
		all[count++] = (struct pending_file){
		    .path = beside_path(job, path, job->extra_files.items[i].name),
		    .file = &job->extra_files.items[i]};
	status = write_files(job, all, count, existing);
	if (status == EXIT_PASSED && strcmp(path, "-") == 0)
		fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
	if (status == EXIT_PASSED && !quiet && strcmp(path, "-") != 0) {
		struct str options = import_required_options(&job->arena, job->document, "…");

		fprintf(stderr, "wrote %s; try it with: reprise run %s%s%.*s %s\n", path,
			job->is_replay ? "-d 10s" : "--once", job->no_target ? " -t URL" : "",
			STR_ARG(options), path);
	}
	return status;
}
