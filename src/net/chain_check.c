#include "net/chain_check.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "base/alloc.h"
#include "base/log.h"

/* A chain is kept at the place of its digest, and replaces another one there. */
#define PLACES 256u

struct chain {
	unsigned char digest[SHA256_DIGEST_LENGTH]; /* of the host and the certificates */
	time_t from, until;			    /* until 0: empty */
};

struct chain_check {
	bool verify;
	unsigned long count;
	struct chain chains[PLACES];
};

struct chain_check *chain_check_new(bool verify)
{
	struct chain_check *c = alloc_zeroed(1, sizeof *c);

	c->verify = verify;
	return c;
}

void chain_check_free(struct chain_check *c)
{
	free(c);
}

unsigned long chain_check_count(const struct chain_check *c)
{
	return c->count;
}

/* ---- the name */

static bool is_address(const char *host)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

/* As in libcurl, the name of the subject is used only if the certificate has no alternative names.
 * A wildcard is one whole label. */
bool chain_check_is_for(X509 *certificate, const char *host)
{
	unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
	size_t len = strlen(host);

	if (len && host[len - 1] == '.')
		len--;
	if (!is_address(host))
		return X509_check_host(certificate, host, len, flags, NULL) == 1;
	return X509_check_ip_asc(certificate, host, 0) == 1 ||
	       (X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1) < 0 &&
		X509_check_host(certificate, host, len, flags, NULL) == 1);
}

/* ---- known chains */

static void add(EVP_MD_CTX *sum, const void *bytes, size_t len)
{
	if (EVP_DigestUpdate(sum, bytes, len) != 1)
		die_out_of_memory();
}

/* The digest of HOST and of the digests of all certificates that the server has sent. */
static void digest_of(X509_STORE_CTX *store, const char *host,
		      unsigned char out[SHA256_DIGEST_LENGTH])
{
	STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(store);
	unsigned char one[SHA256_DIGEST_LENGTH];
	EVP_MD_CTX *sum = EVP_MD_CTX_new();

	if (!sum || EVP_DigestInit_ex(sum, EVP_sha256(), NULL) != 1)
		die_out_of_memory();
	add(sum, host, strlen(host) + 1);
	if (X509_digest(X509_STORE_CTX_get0_cert(store), EVP_sha256(), one, NULL) != 1)
		die_out_of_memory();
	add(sum, one, sizeof one);
	for (int i = 0; i < sk_X509_num(sent); i++) {
		if (X509_digest(sk_X509_value(sent, i), EVP_sha256(), one, NULL) != 1)
			die_out_of_memory();
		add(sum, one, sizeof one);
	}
	if (EVP_DigestFinal_ex(sum, out, NULL) != 1)
		die_out_of_memory();
	EVP_MD_CTX_free(sum);
}

/* False if TIME cannot be converted. */
static bool to_time(const ASN1_TIME *time, time_t *out)
{
	struct tm parts;

	if (ASN1_TIME_to_tm(time, &parts) != 1)
		return false;
	*out = timegm(&parts);
	return true;
}

/* The time in which all certificates of the verified chain are valid. False: unknown. */
static bool find_validity(X509_STORE_CTX *store, struct chain *out)
{
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store);
	int count = sk_X509_num(chain);

	for (int i = 0; i < count; i++) {
		const X509 *certificate = sk_X509_value(chain, i);
		time_t from, until;

		if (!to_time(X509_get0_notBefore(certificate), &from) ||
		    !to_time(X509_get0_notAfter(certificate), &until))
			return false;
		if (i == 0 || from > out->from)
			out->from = from;
		if (i == 0 || until < out->until)
			out->until = until;
	}
	return count > 0 && out->until > 0;
}

static bool is_known(const struct chain *place, const unsigned char *digest, time_t now)
{
	return place->until && memcmp(place->digest, digest, sizeof place->digest) == 0 &&
	       now > place->from && now < place->until;
}

int chain_check_verify(struct chain_check *c, X509_STORE_CTX *store, const char *host, time_t now,
		       bool *named)
{
	struct chain chain = {.until = 0};

	*named = false;
	if (!c->verify) {
		X509_STORE_CTX_set_error(store, X509_V_OK);
		return 1;
	}
	digest_of(store, host, chain.digest);
	struct chain *place = &c->chains[chain.digest[0] % PLACES];
	if (is_known(place, chain.digest, now)) {
		X509_STORE_CTX_set_error(store, X509_V_OK);
		*named = true;
		return 1;
	}
	c->count++;
	int code = X509_verify_cert(store);
	if (code != 1 || X509_STORE_CTX_get_error(store) != X509_V_OK ||
	    !chain_check_is_for(X509_STORE_CTX_get0_cert(store), host))
		return code;
	*named = true;
	if (find_validity(store, &chain))
		*place = chain;
	return code;
}
