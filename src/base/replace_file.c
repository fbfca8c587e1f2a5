#include "base/replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/die.h"
#include "base/escape.h"
#include "base/file.h"

#define NEW_FILE_MODE 0666 /* without the bits of the umask */
#define ATTEMPTS      100

static bool fail(struct buf *error, const char *path, const char *reason)
{
	if (error) {
		buf_add(error, STR("cannot write "));
		escape_terminal(error, str_of(path));
		buf_printf(error, ": %s", reason);
	}
	return false;
}

/* The file that PATH names, with symbolic links followed. The caller frees it. */
static char *real_path(const char *path)
{
	char *real = realpath(path, NULL);

	if (!real && errno == ENOENT)
		real = strdup(path);
	if (!real && errno == ENOMEM)
		die_out_of_memory();
	return real;
}

/* An entry of a folder is on the disk only after the folder was synchronized. */
static void sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	int fd;

	if (!folder)
		die_out_of_memory();
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)!fsync(fd); /* some file systems cannot; the file is complete anyway */
		close(fd);
	}
	free(folder);
}

/* Fills the new file FD and closes it. OLD: the file that it replaces, or NULL. */
static bool fill(int fd, const struct stat *old, struct str text)
{
	bool good;

	if (old && (old->st_uid != geteuid() || old->st_gid != getegid()))
		(void)!fchown(fd, old->st_uid, old->st_gid);
	good = (!old || fchmod(fd, old->st_mode & 07777) == 0) && file_write_all(fd, text) &&
	       fsync(fd) == 0;
	int first = errno;
	if (close(fd) != 0 && good)
		return false;
	errno = first;
	return good;
}

/* Creates a file beside REAL with a name that does not exist yet. False with errno set. */
static bool open_beside(const char *real, bool exists, char *part, size_t bytes, int *fd)
{
	for (unsigned i = 0; i < ATTEMPTS; i++) {
		snprintf(part, bytes, "%s.%ld-%u.part", real, (long)getpid(), i);
		*fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			   exists ? 0600 : NEW_FILE_MODE);
		if (*fd >= 0)
			return true;
		if (errno != EEXIST)
			return false;
	}
	return false;
}

static bool replace(const char *real, const struct stat *old, struct str text)
{
	size_t bytes = strlen(real) + 64;
	char *part = malloc(bytes);
	bool good;
	int fd;

	if (!part)
		die_out_of_memory();
	good = open_beside(real, old != NULL, part, bytes, &fd);
	if (good) {
		good = fill(fd, old, text) && rename(part, real) == 0;
		int first = errno;
		if (!good)
			unlink(part);
		errno = first;
	}
	free(part);
	return good;
}

bool replace_file(const char *path, struct str text, struct buf *error)
{
	struct stat old;
	char *real = real_path(path);
	bool exists, good;

	if (!real)
		return fail(error, path, strerror(errno));
	exists = stat(real, &old) == 0;
	if (exists && !S_ISREG(old.st_mode)) {
		free(real);
		return fail(error, path, "it is not a regular file");
	}
	good = replace(real, exists ? &old : NULL, text);
	int reason = errno;
	if (good)
		sync_folder(real);
	free(real);
	return good || fail(error, path, strerror(reason));
}
