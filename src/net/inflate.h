/* A body that was kept as it came, decoded for a person. Pure. */
#ifndef NET_INFLATE_H
#define NET_INFLATE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* BODY, perhaps its beginning only, by the Content-Encoding ENCODING (gzip, x-gzip, deflate) into
 * OUT, at most MAX bytes. False when that is none we know or not what it is. */
bool inflate_body(struct str body, struct str encoding, size_t max, struct buf *out);

#endif
