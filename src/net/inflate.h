/* Decodes a body that was kept undecoded, so that the user can read it. Pure. */
#ifndef NET_INFLATE_H
#define NET_INFLATE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* Decodes BODY, which may be truncated, by its Content-Encoding ENCODING (gzip, x-gzip, deflate)
 * into OUT, at most MAX bytes. False if the encoding is unknown or BODY is not valid. */
bool inflate_body(struct str body, struct str encoding, size_t max, struct buf *out);

#endif
