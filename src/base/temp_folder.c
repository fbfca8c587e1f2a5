#include "base/temp_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ABOVE_MAX 90 /* bytes of TMPDIR */
#define DEPTH_MAX 40

bool temp_folder_make(struct temp_folder *folder, const char *name, struct buf *error)
{
	const char *above = getenv("TMPDIR");

	snprintf(folder->path, sizeof folder->path, "%s/%s-XXXXXX",
		 above && *above == '/' && strlen(above) < ABOVE_MAX ? above : "/tmp", name);
	if (mkdtemp(folder->path))
		return true;
	buf_printf(error, "cannot create the temporary folder %s: %s", folder->path,
		   strerror(errno));
	folder->path[0] = '\0';
	return false;
}

static bool remove_tree(int above, const char *name, int depth)
{
	int fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!folder) {
		if (fd >= 0)
			close(fd);
		return unlinkat(above, name, 0) == 0;
	}
	while (depth && (entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    unlinkat(fd, entry->d_name, 0) != 0)
			remove_tree(fd, entry->d_name, depth - 1);
	closedir(folder);
	return unlinkat(above, name, AT_REMOVEDIR) == 0;
}

bool temp_folder_remove_path(const char *path)
{
	return remove_tree(AT_FDCWD, path, DEPTH_MAX);
}

bool temp_folder_remove(struct temp_folder *folder)
{
	if (folder->path[0] && !temp_folder_remove_path(folder->path))
		return false;
	folder->path[0] = '\0';
	return true;
}
