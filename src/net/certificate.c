#include "net/certificate.h"

#include <stdint.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "net/ca_private.h"

#define VALID_SECONDS (30L * 24 * 3600)
#define LEEWAY	      (24L * 3600)

static bool fill_in(X509 *cert, EVP_PKEY *key)
{
	X509_NAME *name = X509_get_subject_name(cert);
	uint64_t serial = 0;

	if (RAND_bytes((unsigned char *)&serial, sizeof serial) != 1)
		return false;
	return X509_set_version(cert, 2) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1 | 1) == 1 &&
	       X509_gmtime_adj(X509_getm_notBefore(cert), -LEEWAY) &&
	       X509_gmtime_adj(X509_getm_notAfter(cert), VALID_SECONDS) &&
	       X509_set_pubkey(cert, key) == 1 &&
	       X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
					  (const unsigned char *)"localhost", -1, -1, 0) == 1 &&
	       X509_set_issuer_name(cert, name) == 1 &&
	       ca_add_extension(cert, cert, NID_basic_constraints, "critical,CA:TRUE") &&
	       ca_add_extension(cert, cert, NID_subject_alt_name,
				"DNS:localhost,IP:127.0.0.1,IP:::1") &&
	       ca_add_extension(cert, cert, NID_subject_key_identifier, "hash") &&
	       X509_sign(cert, key, EVP_sha256()) > 0;
}

static bool put_pem(X509 *cert, struct buf *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long length;
	bool good = bio && PEM_write_bio_X509(bio, cert) == 1;

	if (good) {
		length = BIO_get_mem_data(bio, &text);
		good = buf_add(out, str_n(text, (size_t)length));
	}
	BIO_free(bio);
	return good;
}

bool certificate_for_localhost(struct ssl_ctx_st *ctx, struct buf *out)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	bool good = key && cert && fill_in(cert, key) && put_pem(cert, out) &&
		    SSL_CTX_use_certificate(ctx, cert) == 1 &&
		    SSL_CTX_use_PrivateKey(ctx, key) == 1;

	X509_free(cert);
	EVP_PKEY_free(key);
	return good;
}
