#include "base/allowed_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the real path FILE is below the real path FOLDER. */
static bool is_below(struct str file, struct str folder)
{
	if (str_eq(folder, STR("/")))
		return true;
	return file.len > folder.len && str_starts(file, folder) && file.ptr[folder.len] == '/';
}

/* The path without symbolic links, in A; STR_NULL if it does not exist. */
static struct str real_path(struct arena *a, const char *path)
{
	char *real = realpath(path, NULL);
	struct str copy = real ? arena_str(a, str_of(real)) : STR_NULL;

	free(real);
	return copy;
}

/* The real path of the folder part of PATH. */
static struct str real_folder(struct arena *a, struct str path)
{
	size_t slash = path.len;

	while (slash > 0 && path.ptr[slash - 1] != '/')
		slash--;
	return real_path(a, slash ? arena_cstr(a, str_slice(path, 0, slash)) : ".");
}

static const char *refusal_of_type(mode_t mode)
{
	if (S_ISDIR(mode))
		return "it is a directory";
	return S_ISREG(mode) ? NULL : "it is not a regular file";
}

static const char *refusal_of_place(const struct allowed_files *allowed, struct arena *a,
				    struct str file)
{
	struct str folder = real_folder(a, allowed->scenario);

	if (folder.ptr && is_below(file, folder))
		return NULL;
	for (size_t i = 0; i < allowed->folder_count; i++) {
		struct str other = real_path(a, allowed->folders[i]);

		if (other.ptr && is_below(file, other))
			return NULL;
	}
	return arena_printf(
		   a,
		   "it is outside the folder of the scenario, %.*s; move it there, or allow "
		   "its folder with --allow-files %.*s",
		   STR_ARG(folder), STR_ARG(real_folder(a, file)))
	    .ptr;
}

/* Opens FILE, a real path. It has no symbolic links; one that has been put there since is not
 * followed. Returns the descriptor or a negative errno. */
static int open_real(struct arena *a, struct str file)
{
	int fd = open("/", O_PATH | O_CLOEXEC);

	for (size_t at = 1; fd >= 0 && at <= file.len;) {
		size_t end = at;

		while (end < file.len && file.ptr[end] != '/')
			end++;
		/* Without O_NONBLOCK, opening a pipe without a writer would wait. */
		int flags = end < file.len ? O_PATH | O_DIRECTORY : O_RDONLY | O_NONBLOCK;
		int next = openat(fd, arena_cstr(a, str_slice(file, at, end)),
				  flags | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
		int problem = errno;

		close(fd);
		errno = problem;
		fd = next;
		at = end + 1;
	}
	return fd < 0 ? -errno : fd;
}

int allowed_files_open(const struct allowed_files *allowed, struct arena *a, struct str path,
		       const char **refusal)
{
	const char *name = arena_cstr(a, path);
	char *resolved = realpath(name, NULL);
	struct stat about;

	*refusal = NULL;
	if (!resolved)
		return -errno;
	struct str file = arena_str(a, str_of(resolved));
	free(resolved);
	/* Before it is opened: opening a device may have an effect. */
	if (stat(name, &about) == 0)
		*refusal = refusal_of_type(about.st_mode);
	if (!*refusal)
		*refusal = refusal_of_place(allowed, a, file);
	if (*refusal)
		return -EACCES;
	int fd = open_real(a, file);

	if (fd >= 0 && fstat(fd, &about) == 0)
		*refusal = refusal_of_type(about.st_mode);
	if (!*refusal)
		return fd;
	close(fd);
	return -EACCES;
}
