/*
 * A file mapped for reading: one copy for the whole program, however many users read it. Const and
 * shared by all threads until it is closed. A file that shrinks while it is mapped is the user's
 * own trap (SIGBUS), as with every program that maps files.
 */
#ifndef BASE_MAPPED_FILE_H
#define BASE_MAPPED_FILE_H

#include <stdbool.h>

#include "base/str.h"

struct mapped_file {
	struct str text;
};

/* False with errno set when PATH cannot be read or is no regular file. An empty file maps to an
 * empty text. */
bool mapped_file_open(struct mapped_file *mapped, const char *path);
/* Why it could not be opened, for a message ("it is a directory"); PROBLEM is errno. */
const char *mapped_file_error_text(int problem);
/* What is before byte UNTIL is not looked at soon: its memory goes back, and is read anew where it
 * is looked at all the same. */
void mapped_file_discard(const struct mapped_file *mapped, size_t until);
void mapped_file_close(struct mapped_file *mapped);

#endif
