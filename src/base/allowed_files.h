/*
 * Decides which files a scenario may name: regular files below the folder of the scenario, or below
 * a folder that the user allows. Symbolic links are followed first, so a link cannot lead outside.
 * Const after it is filled; any thread may read it.
 */
#ifndef BASE_ALLOWED_FILES_H
#define BASE_ALLOWED_FILES_H

#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

struct allowed_files {
	struct str scenario;	    /* path of the scenario file, or a name such as "<stdin>" */
	const char *const *folders; /* further folders, real or symbolic paths */
	size_t folder_count;
};

/* NULL if PATH, relative to the current folder, may be read, or if it cannot be resolved: opening
 * it then reports the reason. Otherwise a sentence without a full stop, in A. Does not open PATH,
 * so it does not wait for the writer of a pipe. */
const char *allowed_files_refusal(const struct allowed_files *allowed, struct arena *a,
				  struct str path);

#endif
