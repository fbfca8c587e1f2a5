/* Bytes as text and back: base64 (RFC 4648 sections 4 and 5) and hexadecimal. Pure functions. */
#ifndef BASE_ENCODING_H
#define BASE_ENCODING_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* With padding. */
bool base64_encode(struct buf *out, struct str bytes);
/* For URLs: - and _, no padding. */
bool base64url_encode(struct buf *out, struct str bytes);
/* Either alphabet, padding or none, line ends skipped; false when TEXT is no base64 (OUT may then
 * hold a part). */
bool base64_decode(struct buf *out, struct str text);
/* Lower case. */
bool hex_encode(struct buf *out, struct str bytes);

#endif
