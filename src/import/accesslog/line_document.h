/*
 * A log as one JSON document, as APIs and command lines of log stores return it, read as one entry
 * per line: {"data": {"result": [{"values": [[TIME, LINE] …]} …]}} of Loki, {"events": [{…} …]} of
 * CloudWatch, and a list of objects as gcloud and Grafana write it. One thread.
 */
#ifndef IMPORT_ACCESSLOG_LINE_DOCUMENT_H
#define IMPORT_ACCESSLOG_LINE_DOCUMENT_H

#include <stdbool.h>

#include "base/str.h"

struct line_document;

/* NULL: TEXT, a whole file that may be compressed (gzip), is not such a document. TEXT must outlive
 * it. */
struct line_document *line_document_open(struct str text);
/* The next entry as a JSON object, valid until the next call; false at the end. An entry of Loki is
 * {"ts": TIME, "line": LINE}. */
bool line_document_next(struct line_document *d, struct str *line);
/* D may be NULL. */
void line_document_close(struct line_document *d);
/* Whether a file that starts with TEXT is probably such a document. */
bool line_document_is(struct str text);

#endif
