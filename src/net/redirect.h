/*
 * How a redirect changes the next request: pure functions, for code that follows redirects hop by
 * hop. The host allowlist decides whether the target may be contacted.
 */
#ifndef NET_REDIRECT_H
#define NET_REDIRECT_H

#include <stdbool.h>

#include "base/str.h"

/* 301, 302, 303, 307 and 308 redirect; other 3xx statuses do not. */
bool redirect_status(int status);
/* METHOD becomes GET without a body: for 303 unless it is HEAD, for 301 and 302 if it is POST
 * (RFC 9110 section 15.4). */
bool redirect_makes_get(int status, const char *method);
/* True if credentials must not be sent: TO has a different origin, or one of them is not a URL. */
bool redirect_leaves_origin(struct str from, struct str to);

#endif
