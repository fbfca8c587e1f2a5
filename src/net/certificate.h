/*
 * Creates a self-signed certificate for localhost, 127.0.0.1 and ::1, for the sample shop: P-256,
 * SHA-256, valid for 30 days. The key never leaves the process.
 */
#ifndef NET_CERTIFICATE_H
#define NET_CERTIFICATE_H

#include <stdbool.h>

#include "base/buf.h"

struct ssl_ctx_st;

/* Stores a new certificate and key in CTX and the certificate's PEM text in OUT. On failure returns
 * false, with the reason in OpenSSL's error queue. */
bool certificate_for_localhost(struct ssl_ctx_st *ctx, struct buf *out);

#endif
