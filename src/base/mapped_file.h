/*
 * A file mapped for reading: one copy for the whole program, even if many users read it. Const and
 * shared by all threads until it is closed. If the file shrinks while it is mapped, the program
 * ends with SIGBUS, like every program that maps files.
 */
#ifndef BASE_MAPPED_FILE_H
#define BASE_MAPPED_FILE_H

#include <stdbool.h>

#include "base/str.h"

struct mapped_file {
	struct str text;
};

/* False with errno set if PATH cannot be read or is not a regular file. An empty file maps to an
 * empty text. */
bool mapped_file_open(struct mapped_file *mapped, const char *path);
/* The same for a descriptor, which is closed, or a negative errno. */
bool mapped_file_take(struct mapped_file *mapped, int fd);
/* The reason it could not be opened, for a message ("it is a directory"); PROBLEM is errno. */
const char *mapped_file_error_text(int problem);
/* Bytes before UNTIL will not be read soon: frees their memory. If they are read later, the system
 * loads them again. */
void mapped_file_discard(const struct mapped_file *mapped, size_t until);
void mapped_file_close(struct mapped_file *mapped);

#endif
