#include "result/result_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "result/archive.h"

struct str result_folder_file(struct arena *a, struct str folder, const char *file)
{
	bool slash = folder.len && folder.ptr[folder.len - 1] == '/';

	return arena_printf(a, "%.*s%s%s", STR_ARG(folder), slash ? "" : "/", file);
}

static bool create_folder(char *path)
{
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0777) != 0 && errno != EEXIST && errno != EROFS && errno != EACCES)
			return false;
		*p = '/';
	}
	return mkdir(path, 0777) == 0 || errno == EEXIST;
}

/* Whether FOLDER contains anything; -1 if it cannot be read. */
static int has_entries(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int any = 0;

	if (!dir)
		return -1;
	while (!any && (entry = readdir(dir)) != NULL)
		any = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		      strcmp(entry->d_name, "lost+found") != 0;
	closedir(dir);
	return any;
}

static bool exists(struct arena *a, struct str folder, const char *file)
{
	struct str path = result_folder_file(a, folder, file);

	return access(path.ptr, F_OK) == 0;
}

/* Removes the regular files of FOLDER; no output writes folders. */
static void empty(struct arena *a, struct str folder)
{
	DIR *dir = opendir(folder.ptr);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)) != NULL) {
		struct str path = result_folder_file(a, folder, entry->d_name);
		struct stat status;

		if (lstat(path.ptr, &status) == 0 && S_ISREG(status.st_mode))
			unlink(path.ptr);
	}
	closedir(dir);
}

bool result_folder_subfolder(struct arena *a, struct str folder, const char *file)
{
	struct str path = result_folder_file(a, folder, file);
	struct stat status;

	/* With a slash at its end, a symbolic link would be followed. */
	if (str_ends(path, STR("/")))
		path = arena_printf(a, "%.*s", (int)path.len - 1, path.ptr);
	if (lstat(path.ptr, &status) == 0 && S_ISLNK(status.st_mode))
		unlink(path.ptr);
	return mkdir(path.ptr, 0777) == 0 || errno == EEXIST;
}

/* Removes FILE of an earlier run, and what a run that was killed left of it. */
static bool remove_file(struct arena *a, struct str folder, const char *file)
{
	struct str path = result_folder_file(a, folder, file);

	unlink(arena_printf(a, "%.*s.part", STR_ARG(path)).ptr);
	return unlink(path.ptr) == 0 || errno == ENOENT;
}

/* Removes the files of an earlier run and creates the folders of outputs. */
static bool prepare(struct arena *a, struct str folder, const struct output_kind *const *kinds)
{
	if (!remove_file(a, folder, RESULT_FOLDER_STOP))
		return false;
	for (size_t i = 0; kinds[i]; i++) {
		const char *file = kinds[i]->file;

		if (!file)
			continue;
		if (!str_ends(str_of(file), STR("/"))) {
			if (!remove_file(a, folder, file))
				return false;
			continue;
		}
		if (!result_folder_subfolder(a, folder, file))
			return false;
		empty(a, result_folder_file(a, folder, file));
	}
	return true;
}

static bool make(struct arena *a, struct str folder, const struct output_kind *const *kinds)
{
	int any;

	if (!create_folder((char *)(uintptr_t)folder.ptr))
		return false;
	any = has_entries(folder.ptr);
	if (any < 0)
		return false;
	if (any && !exists(a, folder, ARCHIVE_FILE_NAME) && !exists(a, folder, "summary.json")) {
		errno = ENOTEMPTY;
		return false;
	}
	return prepare(a, folder, kinds);
}

bool result_folder_make(struct str folder, const struct output_kind *const *kinds)
{
	struct arena a;
	bool made;

	arena_init(&a, 0);
	made = make(&a, arena_str(&a, folder), kinds);
	if (!made && errno == ENOTEMPTY)
		log_error(
		    "%.*s contains files that are not a result; use a new folder or an empty one",
		    STR_ARG(folder));
	else if (!made)
		log_error("cannot use the folder %.*s: %s", STR_ARG(folder), strerror(errno));
	arena_release(&a);
	return made;
}

bool result_folder_stop(const char *folder)
{
	struct arena a;
	int fd, problem;

	arena_init(&a, 0);
	fd = open(result_folder_file(&a, str_of(folder), RESULT_FOLDER_STOP).ptr,
		  O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
	problem = errno;
	arena_release(&a);
	if (fd >= 0)
		close(fd);
	errno = problem;
	return fd >= 0;
}
