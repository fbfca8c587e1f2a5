/* A result that was saved in a folder (result/archive.h), opened to be read. Main thread. */
#ifndef RESULT_SAVED_RESULT_H
#define RESULT_SAVED_RESULT_H

#include "base/mapped_file.h"
#include "result/archive.h"

struct saved_result {
	struct arena arena;
	struct str folder; /* as named */
	struct mapped_file file;
	struct archive_reader reader;
};

/* False, told on standard error, when FOLDER holds no result. */
bool saved_result_open(struct saved_result *saved, const char *folder);
void saved_result_close(struct saved_result *saved);
/* The value of a label; empty: it has none. */
struct str saved_result_label(const struct saved_result *saved, struct str name);

#endif
