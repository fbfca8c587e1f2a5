/* For the files of net that need the authority's OpenSSL objects. Never for other rooms. */
#ifndef NET_AUTHORITY_PRIVATE_H
#define NET_AUTHORITY_PRIVATE_H

#include <openssl/x509.h>

#include "net/authority.h"

#define AUTHORITY_LEAVES 100
#define AUTHORITY_NAME	 253

/* A leaf in the cache: for one name, or with *. in front for all names one level below. */
struct leaf {
	char name[AUTHORITY_NAME + 3];
	X509 *certificate;
	uint64_t used; /* of the authority's clock; the smallest goes first */
};

struct authority {
	EVP_PKEY *key, *leaf_key;
	X509 *certificate;
	struct authority_facts facts;
	struct buf texts[4];
	struct leaf leaves[AUTHORITY_LEAVES];
	size_t leaf_count;
	uint64_t clock;
};

/* An extension by its value as openssl.cnf has it; ISSUER is needed for key identifiers. */
bool authority_extend(X509 *certificate, X509 *issuer, int nid, const char *value);
/* A random positive serial number of 20 bytes. */
bool authority_number(X509 *certificate);
/* The leaf for a host name or a numeric address (IPv6 without brackets): the authority's own, good
 * until a hundred other names were asked for. NULL when NAME is none that a certificate can hold. */
X509 *authority_leaf(struct authority *a, struct str name);

#endif
