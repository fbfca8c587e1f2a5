#include "output/out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/log.h"

static void put_error(struct buf *error, const char *what, struct str path, int number)
{
	if (!error)
		return;
	buf_printf(error, "cannot %s ", what);
	escape_terminal(error, path);
	buf_printf(error, ": %s", strerror(number));
}

bool out_file_open(struct out_file *f, struct str where, bool add, struct buf *error)
{
	struct stat state;

	*f = (struct out_file){
	    .fd = STDOUT_FILENO, .fresh = !add, .path = strndup(where.ptr, where.len)};
	if (!f->path)
		die_out_of_memory();
	if (str_eq(where, STR("-")))
		return true;
	f->fd = open(f->path, O_WRONLY | O_CREAT | O_CLOEXEC | (add ? O_APPEND : O_TRUNC), 0666);
	if (f->fd >= 0) {
		if (fstat(f->fd, &state) == 0 && state.st_size == 0)
			f->fresh = true;
		return true;
	}
	put_error(error, "open", where, errno);
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
	opened = out_file_open(f, buf_str(&path), false, error);
	buf_release(&path);
	return opened;
}

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

bool out_file_close(struct out_file *f, struct buf *error)
{
	if (f->fd != STDOUT_FILENO && close(f->fd) != 0 && !f->failed)
		f->failed = errno;
	if (f->failed)
		put_error(error, "write", str_of(f->path), f->failed);
	free(f->path);
	return !f->failed;
}
