/*
 * The cookies an answer sets (RFC 6265 section 5.2): name, value, attributes, as views of its field
 * lines. For the extractor and the expectation.
 */
#ifndef EXTRACT_COOKIES_H
#define EXTRACT_COOKIES_H

#include "kind/answer.h"

struct cookie {
	struct str name, value;
	struct str attributes; /* "Path=/; HttpOnly" */
};

/* The NTH cookie called NAME, from 0; names compare exactly. False when there is none. */
bool cookie_find(const struct answer *answer, struct str name, size_t nth, struct cookie *out);
/* "the answer sets sid, lang". */
void cookie_put_names(const struct answer *answer, struct buf *out);

#endif
