/*
 * Whole files into memory: scenario files, standard input, secrets. Not for what is large or read
 * often. And whole texts into files.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * All of PATH ("-": standard input) into A, a NUL after it. False when it cannot be read or holds
 * more than MAX bytes; ERROR then points at a sentence without a full stop, in A.
 */
bool file_read(struct arena *a, const char *path, size_t max, struct str *out, const char **error);

/* All of TEXT to FD, interrupted or not; false with errno set. */
bool file_write_all(int fd, struct str text);

#endif
