/*
 * Replaces the content of a file of the user, such as a scenario that was edited: a program that
 * reads the file, also after a power failure, gets the old content or the new one. A symbolic link
 * is followed, and the file keeps its permissions and, if the system allows it, its owner. Any
 * thread.
 */
#ifndef BASE_REPLACE_FILE_H
#define BASE_REPLACE_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * Writes TEXT to a temporary file in the folder of PATH, synchronizes it with the disk and renames
 * it to PATH. PATH is created if it does not exist. Something other than a regular file is not
 * replaced. Returns false, with a sentence in ERROR unless it is NULL, if PATH still has its old
 * content.
 */
bool replace_file(const char *path, struct str text, struct buf *error);

enum replace_file_result {
	REPLACE_FILE_DONE,
	REPLACE_FILE_OTHER,  /* another program has changed, removed or created the file */
	REPLACE_FILE_FAILED, /* with a sentence in the error */
};

/*
 * The same for a file whose content is OLD. A change that another program writes meanwhile is not
 * lost: the file keeps it, and the result is REPLACE_FILE_OTHER. File systems that cannot exchange
 * two files leave a short time between the last comparison and the write.
 */
enum replace_file_result replace_file_if(const char *path, struct str old, struct str text,
					 struct buf *error);
/* Waits until no program has PATH open for writing, but not for long. */
void replace_file_wait(const char *path);
/* Creates PATH with the content TEXT; REPLACE_FILE_OTHER if it exists, also as a link. */
enum replace_file_result replace_file_create(const char *path, struct str text, struct buf *error);

#endif
