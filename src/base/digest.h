/* Hashes and keyed hashes (FIPS 180-4, RFC 1321, RFC 2104), by OpenSSL. Any thread. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>

#include "base/str.h"

enum digest { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA512 };

#define DIGEST_MAX 64

/* Writes the raw hash to OUT (room for DIGEST_MAX) and returns its length, or 0 if OpenSSL refuses
 * (MD5 under FIPS). */
size_t digest_hash(enum digest which, struct str bytes, unsigned char *out);
size_t digest_hmac(enum digest which, struct str key, struct str bytes, unsigned char *out);

#endif
