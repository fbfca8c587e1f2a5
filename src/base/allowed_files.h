/*
 * Opens the files that a scenario names: regular files below the folder of the scenario, or below a
 * folder that the user allows. Symbolic links are followed first, so a link cannot lead outside,
 * and a link that appears between the check and the opening is not followed. Const after it is
 * filled; any thread may read it.
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

/* Opens PATH, relative to the current folder, for reading. Returns a descriptor, which the caller
 * closes, or a negative errno. If the scenario may not read the file, REFUSAL is set to a sentence
 * without a full stop, in A; otherwise to NULL. Does not wait for the writer of a pipe. */
int allowed_files_open(const struct allowed_files *allowed, struct arena *a, struct str path,
		       const char **refusal);

#endif
