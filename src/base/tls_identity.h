/*
 * A client certificate with its private key, read from files: PEM, with the key in the same file or
 * in another one, or PKCS#12. A key may be encrypted; nothing ever asks for its passphrase on the
 * terminal. By OpenSSL. Const after loading; any thread.
 */
#ifndef BASE_TLS_IDENTITY_H
#define BASE_TLS_IDENTITY_H

#include <stdbool.h>

#include "base/buf.h"

struct x509_st;
struct evp_pkey_st;
struct stack_st_X509;

/* Names of files, and the passphrase of the key; "" if not given. */
struct tls_identity_source {
	const char *cert, *key, *passphrase;
};

struct tls_identity {
	struct x509_st *certificate;
	struct evp_pkey_st *key;
	struct stack_st_X509 *chain; /* further certificates; may be NULL */
};

/* Which part of the source is wrong. */
enum tls_identity_part { TLS_IDENTITY_CERT, TLS_IDENTITY_KEY, TLS_IDENTITY_PASSPHRASE };

/* False, with the reason in ERROR and the part in PART; OUT is then empty. */
bool tls_identity_load(const struct tls_identity_source *source, struct tls_identity *out,
		       enum tls_identity_part *part, struct buf *error);
void tls_identity_release(struct tls_identity *identity);
/* Appends the certificates, and the key without encryption, as PEM. */
void tls_identity_put_pem(const struct tls_identity *identity, struct buf *certificates,
			  struct buf *key);

#endif
