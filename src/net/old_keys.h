/*
 * OpenSSL 3.0 needs 180 µs to read the public key of a certificate, a third of a new TLS
 * connection, because it asks each of its decoders; later versions do not. Its own code of earlier
 * versions, for the same keys and with the same checks, needs a tenth of that. OpenSSL uses it for
 * types of keys that an engine offers, so this module registers an engine that offers OpenSSL's own
 * methods.
 */
#ifndef NET_OLD_KEYS_H
#define NET_OLD_KEYS_H

/* Call before the first thread. Has no effect with later versions of OpenSSL, or
 * if only approved modules (FIPS) may be used. */
void old_keys_use(void);

#endif
