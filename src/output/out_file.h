/*
 * A file that an output writes: opened before the run, written in pieces with one system call
 * each, so that written data survives a kill. The first failure is remembered and reported at
 * the end. "-" is standard output. Main thread.
 */
#ifndef OUTPUT_OUT_FILE_H
#define OUTPUT_OUT_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

struct out_file {
	int fd;
	char *path;
	bool fresh; /* the file was empty when it was opened */
	int failed; /* errno of the first failure; 0: none */
};

/* ADD: keeps the contents and appends. False with a sentence in ERROR. */
bool out_file_open(struct out_file *f, struct str where, bool add, struct buf *error);
/*
 * For formats that hold one run: those of further files in one command (PART counts from 0) are
 * written next to the first one, as "result-2.json".
 */
bool out_file_open_part(struct out_file *f, struct str where, unsigned part, struct buf *error);
/* False once a write has failed. */
bool out_file_write(struct out_file *f, struct str text);
/* False with a sentence in ERROR (which may be NULL) if not everything was written. */
bool out_file_close(struct out_file *f, struct buf *error);

#endif
