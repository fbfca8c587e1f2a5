/*
 * Internationalized host names (IDN): converts names with letters beyond ASCII to the ASCII form
 * (xn--…) that is looked up, sent and compared. Percent-encodings in the name are decoded first, as
 * browsers do. Pure.
 */
#ifndef BASE_IDN_H
#define BASE_IDN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* True if the host of URL must be converted. */
bool idn_is_needed(struct str url);
/* Appends URL with its host in ASCII form; everything else stays unchanged. False if URL is not an
 * absolute URL or its host is not a valid name. */
bool idn_url(struct str url, struct buf *out);
/* Appends the name HOST, without a port, in ASCII form. False if it is not a valid name. */
bool idn_host(struct str host, struct buf *out);
/* The version of libidn2: "2.3.3". */
const char *idn_library_version(void);

#endif
