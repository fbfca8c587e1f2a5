/*
 * What a redirect does to the next request: pure functions, for whoever follows redirects hop by
 * hop. Whether the target may be contacted at all is the host gate's business.
 */
#ifndef NET_REDIRECT_H
#define NET_REDIRECT_H

#include <stdbool.h>

#include "base/str.h"

/* 301, 302, 303, 307 and 308 tell to go elsewhere; other 3xx do not. */
bool redirect_status(int status);
/* METHOD becomes GET and loses its body: 303 but for HEAD, 301 and 302 for POST (RFC 9110 15.4). */
bool redirect_makes_get(int status, const char *method);
/* TO is another origin than FROM, or one of them is no URL: credentials stay behind. */
bool redirect_leaves_origin(struct str from, struct str to);

#endif
