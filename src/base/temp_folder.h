/*
 * A temporary folder that only this user can read, in TMPDIR or /tmp, and everything in it. It
 * stays if the program is killed. One thread.
 */
#ifndef BASE_TEMP_FOLDER_H
#define BASE_TEMP_FOLDER_H

#include <stdbool.h>

#include "base/buf.h"

struct temp_folder {
	char path[128]; /* "": there is none */
};

/* Creates it, as NAME with random characters. False with a sentence in ERROR. */
bool temp_folder_make(struct temp_folder *folder, const char *name, struct buf *error);
/* Removes it with everything in it; does nothing if there is none. False, and it can be tried
 * again, if something is left. */
bool temp_folder_remove(struct temp_folder *folder);
/* Removes PATH, a file or a folder with everything in it; links are not followed. False if
 * something is left. */
bool temp_folder_remove_path(const char *path);

#endif
