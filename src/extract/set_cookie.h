/*
 * The cookies an answer sets (RFC 6265 section 5.2): name, value, attributes, as views of its field
 * lines. For the extractor and the expectation.
 */
#ifndef EXTRACT_SET_COOKIE_H
#define EXTRACT_SET_COOKIE_H

#include "base/buf.h"
#include "interface/response.h"

struct set_cookie {
	struct str name, value;
	struct str attributes; /* "Path=/; HttpOnly" */
};

/* The NTH cookie called NAME, from 0; names compare exactly. False when there is none. */
bool set_cookie_find(const struct response *response, struct str name, size_t nth,
		     struct set_cookie *out);
/* "the answer sets sid, lang". */
void set_cookie_put_names(const struct response *response, struct buf *out);

#endif
