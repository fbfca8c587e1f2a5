/* What many paths have in common: /orders/17 and /orders/18 are /orders/{id}. Pure. */
#ifndef IMPORT_ACCESSLOG_PATH_TEMPLATE_H
#define IMPORT_ACCESSLOG_PATH_TEMPLATE_H

#include "base/buf.h"

/*
 * The path of URL (from its slash; a query or fragment is passed over) at the end of OUT, with {id}
 * for what is different each time: a segment of digits, a UUID, a run of digits between - _ . or ~,
 * hex digits, long mixtures of letters and digits. Long segments are cut.
 */
void path_template(struct buf *out, struct str url);

#endif
