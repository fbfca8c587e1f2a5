/*
 * A result folder that is open for reading (result/archive.h). A growing one is the result of a run
 * that may still run, on this or on another machine. Main thread.
 */
#ifndef RESULT_SAVED_RESULT_H
#define RESULT_SAVED_RESULT_H

#include "base/mapped_file.h"
#include "result/archive.h"
#include "result/growing_file.h"

struct saved_result {
	struct arena arena;
	struct str folder;	     /* as the user wrote it */
	struct mapped_file file;     /* empty if it grows */
	struct growing_file growing; /* empty if it does not */
	struct archive_reader reader;
};

/* Returns false, after reporting the error, if FOLDER is not a result. */
bool saved_result_open(struct saved_result *saved, const char *folder);
/* Opens a result that grows, at its beginning, and reads what it has. Reports nothing: returns
 * false with the reason in WHY, which is empty if FOLDER has no result yet, or only a part of its
 * head. */
bool saved_result_open_growing(struct saved_result *saved, const char *folder, struct buf *why);
/* Reads what was appended, for archive_next after ARCHIVE_TRUNCATED. */
enum growing_file_change saved_result_grow(struct saved_result *saved);
void saved_result_close(struct saved_result *saved);
/* The value of a label; empty if there is no such label. */
struct str saved_result_label(const struct saved_result *saved, struct str name);

#endif
