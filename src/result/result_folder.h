/*
 * The folder of --out: made with its parents where it is missing. One that holds an earlier result
 * of ours is used again: the files of the outputs go, whatever else is in it stays. One that holds
 * anything but a result is left alone and refused, as files of ours do not belong there. Main
 * thread.
 */
#ifndef RESULT_RESULT_FOLDER_H
#define RESULT_RESULT_FOLDER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"
#include "interface/output.h"

/* The files of KINDS (ends with NULL) go. False, told on standard error, when it cannot be made or
 * is somebody else's. */
bool result_folder_make(struct str folder, const struct output_kind *const *kinds);
/* The path of FILE in it, NUL-terminated, in A. */
struct str result_folder_file(struct arena *a, struct str folder, const char *file);

#endif
