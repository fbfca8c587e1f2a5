/* Base64 (RFC 4648 sections 4 and 5), both ways. Pure functions. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* With padding. */
bool base64_encode(struct buf *out, struct str bytes);
/* For URLs: - and _, no padding. */
bool base64_encode_url(struct buf *out, struct str bytes);
/* Decodes either alphabet, with or without padding; line ends are skipped. False when TEXT is not
 * base64 (OUT may then contain a part). */
bool base64_decode(struct buf *out, struct str text);

#endif
