/* Parses multipart bodies (RFC 7578). Pure functions; parts are views of the body. */
#ifndef IMPORT_MULTIPART_PARSE_H
#define IMPORT_MULTIPART_PARSE_H

#include "import/transaction.h"

/* The boundary in a Content-Type, without quotes; empty if there is none. */
struct str multipart_parse_boundary(struct str content_type);
/* The parts of BODY; an empty BOUNDARY means that of its first line. A file whose bytes are
 * missing is `lost`, and so is a damaged one unless EXACT: the body has its original bytes. False
 * if it is not a multipart body. */
bool multipart_parse(struct arena *a, struct str body, struct str boundary, bool exact,
		     struct tx_part **parts, size_t *count);

#endif
