/* For the files of net that need the authority's OpenSSL objects. Never for other rooms. */
#ifndef NET_CA_PRIVATE_H
#define NET_CA_PRIVATE_H

#include <openssl/x509.h>

#include "net/ca.h"

#define CA_LEAVES   100
#define CA_NAME_MAX 253

/* A leaf in the cache: for one name, or with *. in front for all names one level below. */
struct ca_leaf {
	char name[CA_NAME_MAX + 3];
	X509 *certificate;
	uint64_t used; /* of the authority's clock; the leaf with the smallest is replaced first */
};

struct ca {
	EVP_PKEY *key, *leaf_key;
	X509 *certificate;
	struct ca_facts facts;
	struct buf texts[4];
	struct ca_leaf leaves[CA_LEAVES];
	size_t leaf_count;
	uint64_t clock;
};

/* Adds an extension with a value in the syntax of openssl.cnf; ISSUER is needed for key
 * identifiers. */
bool ca_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value);
/* A random positive serial number of 20 bytes. */
bool ca_set_serial(X509 *certificate);
/* The leaf for a host name or a numeric address (IPv6 without brackets). The authority owns it; it
 * is valid until a hundred other names were requested. NULL if NAME cannot be in a certificate. */
X509 *ca_leaf(struct ca *a, struct str name);

#endif
