/*
 * A file that the program writes. A file that is complete only at the end is written beside its
 * path, as PATH.part, and renamed when it is closed: at PATH there is always the old file or the
 * complete new one. Other files are written in place, each piece with one system call, so that it
 * is there if the program is killed. The first error is remembered and reported when the file is
 * closed. "-" is standard output. Main thread.
 */
#ifndef BASE_OUT_FILE_H
#define BASE_OUT_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

enum out_file_mode {
	/* Beside PATH, then renamed. A symbolic link at PATH is replaced, not followed. What is not
	   a regular file, such as a pipe, is written in place. */
	OUT_FILE_WHOLE,
	OUT_FILE_STREAM, /* in place, from the beginning */
	OUT_FILE_APPEND, /* in place, after the existing content */
};

struct out_file {
	int fd;
	char *path;
	char *part; /* the file beside PATH; NULL: in place */
	bool fresh; /* it was empty or did not exist when it was opened */
	int failed; /* errno of the first error; 0: none */
};

/* Returns false with a sentence in ERROR if WHERE cannot be opened. */
bool out_file_open(struct out_file *f, struct str where, enum out_file_mode mode,
		   struct buf *error);
/* Opens a file of one run, as a whole. PART counts the runs of one command from 0: later ones are
 * written to "result-2.json" if "result.json" exists. */
bool out_file_open_part(struct out_file *f, struct str where, unsigned part, struct buf *error);
/* Returns false if this or an earlier piece could not be written. */
bool out_file_write(struct out_file *f, struct str text);
/* Returns false, with a sentence in ERROR unless it is NULL, if not everything was written; PATH
 * then has the old file, if it was not written in place. */
bool out_file_close(struct out_file *f, struct buf *error);
/* Writes TEXT as the complete content and closes the file, as above; without TEXT (ptr NULL) the
 * file is discarded. */
bool out_file_finish(struct out_file *f, struct str text, struct buf *error);
/* Closes it without a result: PATH has the old file, if it was not written in place. */
void out_file_discard(struct out_file *f);

#endif
