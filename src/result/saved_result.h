/* A result folder that is open for reading (result/archive.h). Main thread. */
#ifndef RESULT_SAVED_RESULT_H
#define RESULT_SAVED_RESULT_H

#include "base/mapped_file.h"
#include "result/archive.h"

struct saved_result {
	struct arena arena;
	struct str folder; /* as the user wrote it */
	struct mapped_file file;
	struct archive_reader reader;
};

/* Returns false, after reporting the error, if FOLDER is not a result. */
bool saved_result_open(struct saved_result *saved, const char *folder);
void saved_result_close(struct saved_result *saved);
/* The value of a label; empty if there is no such label. */
struct str saved_result_label(const struct saved_result *saved, struct str name);

#endif
