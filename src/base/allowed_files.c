#include "base/allowed_files.h"

#include <stdlib.h>
#include <sys/stat.h>

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

const char *allowed_files_refusal(const struct allowed_files *allowed, struct arena *a,
				  struct str path)
{
	const char *name = arena_cstr(a, path);
	struct str file = real_path(a, name);
	struct stat about;

	if (!file.ptr || stat(name, &about))
		return NULL;
	if (S_ISDIR(about.st_mode))
		return "it is a directory";
	if (!S_ISREG(about.st_mode))
		return "it is not a regular file";
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
