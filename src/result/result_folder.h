/*
 * The folder of --out. It is created with its parents if it does not exist. A folder with an
 * earlier result is used again: the files of the outputs and the stop file are removed, other
 * files stay. A folder that contains anything else is refused, because our files do not belong
 * there. Main thread.
 */
#ifndef RESULT_RESULT_FOLDER_H
#define RESULT_RESULT_FOLDER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"
#include "interface/output.h"

/* If a file with this name appears in the folder, the run that writes to it stops. */
#define RESULT_FOLDER_STOP "stop"
/* The reason of such a stop in the result. */
#define RESULT_FOLDER_STOPPED_BY "the file '" RESULT_FOLDER_STOP "' in its result folder"

/* Creates that file in FOLDER. Returns false, with errno set, if it cannot be created. */
bool result_folder_stop(const char *folder);
/* Prepares FOLDER for the outputs KINDS, which end with NULL. Returns false, after reporting the
 * error, if it cannot be created or contains anything else. */
bool result_folder_make(struct str folder, const struct output_kind *const *kinds);
/* Creates the folder FILE in FOLDER ("failures/"). A symbolic link with this name is removed, not
 * followed. Returns false, with errno set, if there is no such folder then. */
bool result_folder_subfolder(struct arena *a, struct str folder, const char *file);
/* The path of FILE in FOLDER, NUL-terminated, in A. */
struct str result_folder_file(struct arena *a, struct str folder, const char *file);

#endif
