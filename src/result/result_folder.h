/*
 * The folder of --out: created with its parents if it does not exist. A folder with an earlier
 * result is used again: the files of the outputs are removed, all other files stay. A folder
 * with anything but a result is refused and not changed. Main thread.
 */
#ifndef RESULT_RESULT_FOLDER_H
#define RESULT_RESULT_FOLDER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"
#include "interface/output.h"

/* Removes the files of KINDS (ends with NULL). False, after reporting the error on standard
 * error, if it cannot be created or is not a result folder. */
bool result_folder_make(struct str folder, const struct output_kind *const *kinds);
/* The path of FILE in it, NUL-terminated, in A. */
struct str result_folder_file(struct arena *a, struct str folder, const char *file);

#endif
