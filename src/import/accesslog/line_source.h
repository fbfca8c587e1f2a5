/*
 * The lines of a file, one after the other, compressed (gzip) or not; or the entries of a JSON
 * document with a log (line_document.h). A view is valid until the next line. One thread.
 */
#ifndef IMPORT_ACCESSLOG_LINE_SOURCE_H
#define IMPORT_ACCESSLOG_LINE_SOURCE_H

#include "base/buf.h"
#include "base/gunzip.h"
#include "import/accesslog/line_document.h"

#define LINE_MAX ((size_t)1 << 20) /* longer lines are cut */

struct line_source {
	struct str text;
	size_t at;
	struct gunzip *packed;		/* or NULL */
	struct buf window;		/* decompressed bytes; lines before `at` were read */
	struct line_document *document; /* or NULL */
	uint32_t line;			/* number of the last line, from 1 */
};

/* TEXT, the whole file, must outlive it. */
void line_source_open(struct line_source *s, struct str text);
/* The next line without its line end; false at the end of the file. */
bool line_source_next(struct line_source *s, struct str *line);
/* Why it ended too early, or NULL. */
const char *line_source_error(const struct line_source *s);
void line_source_close(struct line_source *s);

#endif
