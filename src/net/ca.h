/*
 * The certificate authority of the recorder: a P-256 key whose certificate is valid for 30 days and
 * signs only leaves for TLS servers (no further authorities). The key leaves the process only as
 * the PEM text that ca_create returns. Leaves are issued by name; the hundred that were used last
 * are kept. All share one key, created with the authority object. One thread.
 */
#ifndef NET_CA_H
#define NET_CA_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

#define CA_DAYS 30

struct ca;

struct ca_facts {
	struct str name;	      /* "reprise recorder CA laptop 2026-11-24" */
	struct str fingerprint;	      /* of the certificate: SHA-256, hexadecimal, colons between */
	struct str key_pin;	      /* of its public key: SHA-256, base64, as browsers name it */
	struct str certificate;	      /* PEM, without the key */
	ns_t valid_from, valid_until; /* wall time */
};

/* Creates a key and its certificate as PEM text, for HOST (in its name), as of WALL. False if
 * OpenSSL fails. */
bool ca_create(struct str host, ns_t wall, struct buf *pem);
/* Reads the text that ca_create wrote. NULL with a sentence in ERROR if it is not valid. */
struct ca *ca_read(struct str pem, struct buf *error);
void ca_free(struct ca *a);
/* Views that live as long as the authority. */
const struct ca_facts *ca_facts(const struct ca *a);

#endif
