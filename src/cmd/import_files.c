#include "cmd/import_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/file.h"
#include "base/log.h"

bool import_list_row(size_t row, const char **word, const char **sentence)
{
	const struct import_kind *kind = imports_all()[row];

	if (!kind)
		return false;
	*word = kind->name;
	*sentence = kind->sentence;
	return true;
}

const struct import_kind *import_kind_named(const char *name)
{
	const struct import_kind *kind = import_find(name);

	if (kind)
		return kind;
	fprintf(stderr, "error: nothing is imported as '%s'; there are", name);
	for (size_t i = 0; imports_all()[i]; i++)
		fprintf(stderr, "%s %s", i ? "," : "", imports_all()[i]->name);
	fputc('\n', stderr);
	return NULL;
}

const struct import_kind *import_kind_of(const char *path)
{
	const struct import_kind *kind = import_guess(path);

	/* It says itself why it cannot be one. */
	if (!kind && access(path, R_OK) == 0 && str_ends(str_of(path), STR(".har")))
		kind = import_find("har");
	if (kind)
		return kind;
	if (access(path, R_OK))
		log_error("%s cannot be read: %s", path, strerror(errno));
	else
		log_error(
		    "%s is nothing that is recognised; reprise import KIND %s says what it is",
		    path, path);
	return NULL;
}

void import_take_wishes(struct import_job *job, const struct options *options)
{
	struct import_wish *wishes =
	    ARENA_ARRAY(&job->arena, options->given_count + 1, struct import_wish);

	for (size_t i = 0; i < options->given_count; i++)
		wishes[i] = (struct import_wish){str_of(options->given[i].option->name),
						 str_of(options->given[i].value)};
	job->wishes = wishes;
	job->wish_count = options->given_count;
}

void import_tell(const struct import_job *job)
{
	struct buf text, safe;

	buf_init(&text, 0);
	buf_init(&safe, 0);
	import_put_account(job, &text);
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

bool import_read(struct import_job *job, bool quiet)
{
	bool fine = import_perform(job);

	for (size_t i = 0; !fine && i < job->errors.count; i++)
		log_error("%.*s", STR_ARG(job->errors.items[i]));
	if (!quiet && (fine || job->list.items.count || job->counts.entries))
		import_tell(job);
	return fine;
}

/* All pieces of a file that makes itself. */
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

static bool write_file(const char *path, const struct import_file *file,
		       enum import_existing existing)
{
	int flags =
	    O_WRONLY | O_CREAT | O_CLOEXEC | (existing == IMPORT_REPLACES ? O_TRUNC : O_EXCL);
	int fd = open(path, flags, file->secret ? 0600 : 0666);

	if (fd < 0 && errno == EEXIST) {
		log_error("%s is there already; give another name with -o%s", path,
			  existing == IMPORT_OFFERS ? ", or --force" : "");
		return false;
	}
	bool fine =
	    fd >= 0 && (file->more ? write_pieces(fd, file) : file_write_all(fd, file->bytes));
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

static bool write_beside(struct import_job *job, const char *path, enum import_existing existing)
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

		fine = write_file(name.ptr, file, existing) && fine;
	}
	return fine;
}

enum exit_status import_write(struct import_job *job, const char *path,
			      enum import_existing existing, bool quiet)
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
		fine = write_file(path, &(struct import_file){.bytes = buf_str(&text)}, existing);
	fine = fine && write_beside(job, path, existing);
	buf_release(&text);
	if (fine && !quiet && strcmp(path, "-") != 0)
		fprintf(stderr, "wrote %s; try it: reprise run %s %s\n", path,
			job->is_replay ? "-d 10s" : "--once", path);
	return fine ? EXIT_PASSED : EXIT_USAGE;
}
