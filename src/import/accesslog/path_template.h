/* The common template of similar paths: /orders/17 and /orders/18 are /orders/{id}. Pure. */
#ifndef IMPORT_ACCESSLOG_PATH_TEMPLATE_H
#define IMPORT_ACCESSLOG_PATH_TEMPLATE_H

#include "base/buf.h"

/*
 * Appends the path of URL (from its slash; a query or fragment is skipped) to OUT, with {id} for
 * parts that differ each time: a segment of digits, a UUID, a run of digits between - _ . or ~,
 * hexadecimal digits, long mixtures of letters and digits. Long segments are cut.
 */
void path_template(struct buf *out, struct str url);

#endif
