/*
 * TLS material made on the spot: a self-signed certificate for localhost, 127.0.0.1 and ::1, for
 * the sample shop. P-256, SHA-256, valid for 30 days; the key never leaves the process.
 */
#ifndef NET_CERTIFICATE_H
#define NET_CERTIFICATE_H

#include <stdbool.h>

#include "base/buf.h"

struct ssl_ctx_st;

/* Puts a new certificate and key into CTX and its PEM text into OUT; false with OpenSSL's error
 * queue filled. */
bool certificate_for_localhost(struct ssl_ctx_st *ctx, struct buf *out);

#endif
