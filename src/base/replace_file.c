#include "base/replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/die.h"
#include "base/escape.h"
#include "base/file.h"

/* Linux 3.15; some C libraries have neither these nor a function for the call. */
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE	 2
#endif
#define NEW_FILE_MODE 0666 /* without the bits of the umask */
#define ATTEMPTS      100

/* 0, or -1 with errno. */
static long rename_with(const char *from, const char *to, unsigned flags)
{
	return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

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
	const char *slash = strrchr(real, '/');
	int folder = slash ? (int)(slash - real) + 1 : 0;

	for (unsigned i = 0; i < ATTEMPTS; i++) {
		snprintf(part, bytes, "%.*s.%s.%ld-%u.part", folder, real, real + folder,
			 (long)getpid(), i);
		*fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			   exists ? 0600 : NEW_FILE_MODE);
		if (*fd >= 0)
			return true;
		if (errno != EEXIST)
			return false;
	}
	return false;
}

/* A file beside the one that is written. */
struct replace_part {
	char *path;
	bool is_open; /* it exists */
};

/* Creates and fills the file beside REAL. OLD as for fill. */
static bool write_part(struct replace_part *part, const char *real, const struct stat *old,
		       struct str text)
{
	size_t bytes = strlen(real) + 64;
	int fd;

	*part = (struct replace_part){.path = malloc(bytes)};
	if (!part->path)
		die_out_of_memory();
	part->is_open = open_beside(real, old != NULL, part->path, bytes, &fd);
	return part->is_open && fill(fd, old, text);
}

/* Removes the file beside REAL if it is still there; keeps errno. */
static void end_part(struct replace_part *part)
{
	int first = errno;

	if (part->is_open)
		unlink(part->path);
	free(part->path);
	errno = first;
}

static bool replace(const char *real, const struct stat *old, struct str text)
{
	struct replace_part part;
	bool good = write_part(&part, real, old, text) && rename(part.path, real) == 0;

	part.is_open = part.is_open && !good;
	end_part(&part);
	return good;
}

/* The state of the regular file REAL. False with errno and, for another kind of file, the reason.
 */
static bool find_old(const char *real, struct stat *old, const char **reason)
{
	*reason = NULL;
	if (stat(real, old) != 0)
		return false;
	if (!S_ISREG(old->st_mode))
		*reason = "it is not a regular file";
	return !*reason;
}

bool replace_file(const char *path, struct str text, struct buf *error)
{
	const char *reason;
	struct stat old;
	char *real = real_path(path);
	bool exists, good;

	if (!real)
		return fail(error, path, strerror(errno));
	exists = find_old(real, &old, &reason);
	good = !reason && replace(real, exists ? &old : NULL, text);
	if (!reason)
		reason = strerror(errno);
	if (good)
		sync_folder(real);
	free(real);
	return good || fail(error, path, reason);
}

/* ---- files that other programs write at the same time */

/* The system grants a lease if no program has the file open for writing. A program can keep a file
 * open forever. */
void replace_file_wait(const char *path)
{
	static const struct timespec pause = {.tv_nsec = 2000000};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	/* A program that opens the file during the lease must not end this one: the usual signal
	 * would. */
	if (fd >= 0)
		fcntl(fd, F_SETSIG, SIGURG);
	for (unsigned i = 0; fd >= 0 && i < ATTEMPTS; i++) {
		if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0 || errno != EAGAIN)
			break;
		nanosleep(&pause, NULL);
	}
	if (fd >= 0)
		close(fd);
}

static bool has_content(const char *path, struct str text)
{
	const char *error;
	struct arena arena;
	struct str found;
	bool same;

	arena_init(&arena, 0);
	same = file_read(&arena, path, text.len, &found, &error) && str_eq(found, text);
	arena_release(&arena);
	return same;
}

/* Exchanges REAL, whose content must be OLD, and PART. *OTHER: REAL has another content, and keeps
 * it. Other programs can write until the exchange, so that the content is compared again, but
 * usually it is found before, when no other program has seen the new text. False with errno. */
static bool exchange(const char *real, const struct replace_part *part, struct str old, bool *other)
{
	replace_file_wait(real);
	*other = !has_content(real, old);
	if (*other)
		return true;
	if (rename_with(part->path, real, RENAME_EXCHANGE) == 0) {
		replace_file_wait(part->path);
		*other = !has_content(part->path, old);
		return !*other || rename_with(part->path, real, RENAME_EXCHANGE) == 0;
	}
	*other = errno == ENOENT;
	/* The file system cannot exchange files. */
	if (errno == EINVAL || errno == ENOSYS)
		return rename(part->path, real) == 0;
	return *other;
}

enum replace_file_result replace_file_if(const char *path, struct str old, struct str text,
					 struct buf *error)
{
	struct replace_part part;
	const char *reason;
	struct stat state;
	char *real = real_path(path);
	bool good, other = false;

	if (!real || !find_old(real, &state, &reason)) {
		free(real);
		return REPLACE_FILE_OTHER;
	}
	good = write_part(&part, real, &state, text) && exchange(real, &part, old, &other);
	end_part(&part);
	if (good && !other)
		sync_folder(real);
	free(real);
	if (good)
		return other ? REPLACE_FILE_OTHER : REPLACE_FILE_DONE;
	fail(error, path, strerror(errno));
	return REPLACE_FILE_FAILED;
}

enum replace_file_result replace_file_create(const char *path, struct str text, struct buf *error)
{
	struct replace_part part;
	bool good = write_part(&part, path, NULL, text);

	if (good) {
		good = rename_with(part.path, path, RENAME_NOREPLACE) == 0;
		if (!good && (errno == EINVAL || errno == ENOSYS))
			good = link(part.path, path) == 0;
		else
			part.is_open = !good;
	}
	end_part(&part);
	if (good) {
		sync_folder(path);
		return REPLACE_FILE_DONE;
	}
	if (errno == EEXIST)
		return REPLACE_FILE_OTHER;
	fail(error, path, strerror(errno));
	return REPLACE_FILE_FAILED;
}
