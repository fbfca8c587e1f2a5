/*
 * A file that an output writes: opened before the run, written to in pieces, each with one call of
 * the system, so that what was written is there after a kill. The first failure is remembered and
 * told at the end. "-" is standard output. Main thread.
 */
#ifndef OUTPUT_OUT_FILE_H
#define OUTPUT_OUT_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

struct out_file {
	int fd;
	char *path;
	bool fresh; /* nothing stood in it when it was opened */
	int failed; /* errno of the first failure; 0: none */
};

/* ADD: what is there stays, and is written behind. False with a sentence in ERROR. */
bool out_file_open(struct out_file *f, struct str where, bool add, struct buf *error);
/*
 * For what holds one run: those of further files in one command (PART counts from 0) stand beside
 * the first, as "result-2.json".
 */
bool out_file_open_part(struct out_file *f, struct str where, unsigned part, struct buf *error);
/* False once something could not be written. */
bool out_file_write(struct out_file *f, struct str text);
/* False with a sentence in ERROR (which may be NULL) when not all was written. */
bool out_file_close(struct out_file *f, struct buf *error);

#endif
