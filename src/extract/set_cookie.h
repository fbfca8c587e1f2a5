/*
 * Parses the Set-Cookie headers of a response (RFC 6265 section 5.2). Names, values and attributes
 * are views into the headers.
 */
#ifndef EXTRACT_SET_COOKIE_H
#define EXTRACT_SET_COOKIE_H

#include "base/buf.h"
#include "interface/response.h"

struct set_cookie {
	struct str name, value;
	struct str attributes; /* "Path=/; HttpOnly" */
};

/* Finds the cookie NAME number NTH, counted from 0; names are case-sensitive. Returns false if
 * there is none. */
bool set_cookie_find(const struct response *response, struct str name, size_t nth,
		     struct set_cookie *out);
/* Appends "the response sets sid, lang". */
void set_cookie_put_names(const struct response *response, struct buf *out);

#endif
