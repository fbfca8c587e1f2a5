/*
 * Reads whole files into memory: scenario files, standard input, secrets. Not for large files or
 * files that are read often. Also writes whole texts to files.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * Reads all of PATH ("-": standard input) into A, with a NUL after it. False if it cannot be read
 * or is larger than MAX bytes; ERROR then points to a sentence without a full stop, in A.
 */
bool file_read(struct arena *a, const char *path, size_t max, struct str *out, const char **error);

/* The same for a regular file only. Other files are refused without waiting: a pipe, for example,
 * may never get a writer. PATH "-" is a file. */
bool file_read_regular(struct arena *a, const char *path, size_t max, struct str *out,
		       const char **error);

/* The same for a descriptor, which is closed, or a negative errno. */
bool file_read_all(struct arena *a, int fd, size_t max, struct str *out, const char **error);

/* Writes all of TEXT to FD, even if interrupted; false with errno set. */
bool file_write_all(int fd, struct str text);

#endif
