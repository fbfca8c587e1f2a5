#include "base/out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/log.h"

static void put_error(struct buf *error, const char *what, const char *path, int number)
{
	if (!error)
		return;
	buf_printf(error, "cannot %s ", what);
	escape_terminal(error, str_of(path));
	buf_printf(error, ": %s", strerror(number));
}

static char *copy_path(struct str where, const char *suffix)
{
	size_t bytes = where.len + strlen(suffix) + 1;
	char *path = malloc(bytes);

	if (!path)
		die_out_of_memory();
	snprintf(path, bytes, "%.*s%s", STR_ARG(where), suffix);
	return path;
}

/* ---- opening */

/* A new file beside the path; with the permissions of the old one. False: it cannot be created. */
static bool open_beside(struct out_file *f, const struct stat *old)
{
	f->part = copy_path(str_of(f->path), ".part");
	unlink(f->part); /* of a program that was killed */
	f->fd = open(f->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (f->fd < 0) {
		free(f->part);
		f->part = NULL;
		return false;
	}
	if (old)
		(void)!fchmod(f->fd, old->st_mode & 0777);
	return true;
}

static void open_in_place(struct out_file *f, enum out_file_mode mode)
{
	struct stat state;

	f->fd = open(
	    f->path,
	    O_WRONLY | O_CREAT | O_CLOEXEC | (mode == OUT_FILE_APPEND ? O_APPEND : O_TRUNC), 0666);
	f->fresh = mode != OUT_FILE_APPEND ||
		   (f->fd >= 0 && fstat(f->fd, &state) == 0 && state.st_size == 0);
}

bool out_file_open(struct out_file *f, struct str where, enum out_file_mode mode, struct buf *error)
{
	struct stat old;
	bool exists;

	*f = (struct out_file){.fd = STDOUT_FILENO, .path = copy_path(where, ""), .fresh = true};
	if (str_eq(where, STR("-")))
		return true;
	exists = stat(f->path, &old) == 0;
	/* A folder that cannot be written may have a file that can. */
	if (mode != OUT_FILE_WHOLE || (exists && !S_ISREG(old.st_mode)) ||
	    (!open_beside(f, exists ? &old : NULL) && exists))
		open_in_place(f, mode);
	if (f->fd >= 0)
		return true;
	put_error(error, "open", f->path, errno);
	free(f->path);
	return false;
}

static void put_path(struct buf *path, struct str where, unsigned part)
{
	size_t dot = where.len;

	buf_add(path, where);
	if (!part || str_eq(where, STR("-")) || access(path->data, F_OK) != 0)
		return;
	for (size_t i = 0; i < where.len; i++)
		if (where.ptr[i] == '.' || where.ptr[i] == '/')
			dot = where.ptr[i] == '.' ? i : where.len;
	buf_clear(path);
	buf_printf(path, "%.*s-%u%.*s", STR_ARG(str_slice(where, 0, dot)), part + 1,
		   STR_ARG(str_slice(where, dot, where.len)));
}

bool out_file_open_part(struct out_file *f, struct str where, unsigned part, struct buf *error)
{
	struct buf path;
	bool opened;

	buf_init(&path, 0);
	put_path(&path, where, part);
	opened = out_file_open(f, buf_str(&path), OUT_FILE_WHOLE, error);
	buf_release(&path);
	return opened;
}

/* ---- writing */

bool out_file_write(struct out_file *f, struct str text)
{
	while (text.len && !f->failed) {
		ssize_t n = write(f->fd, text.ptr, text.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			f->failed = errno;
		else
			text = str_slice(text, (size_t)n, text.len);
	}
	return !f->failed;
}

static void note(struct out_file *f, bool good)
{
	if (!good && !f->failed)
		f->failed = errno;
}

bool out_file_close(struct out_file *f, struct buf *error)
{
	bool good;

	if (f->fd != STDOUT_FILENO)
		note(f, close(f->fd) == 0);
	if (f->part && !f->failed)
		note(f, rename(f->part, f->path) == 0);
	if (f->part && f->failed)
		unlink(f->part);
	if (f->failed)
		put_error(error, "write", f->path, f->failed);
	good = !f->failed;
	free(f->path);
	free(f->part);
	return good;
}

void out_file_discard(struct out_file *f)
{
	if (f->fd != STDOUT_FILENO)
		close(f->fd);
	if (f->part)
		unlink(f->part);
	free(f->path);
	free(f->part);
}

bool out_file_finish(struct out_file *f, struct str text, struct buf *error)
{
	if (!text.ptr) {
		out_file_discard(f);
		return true;
	}
	out_file_write(f, text);
	return out_file_close(f, error);
}
