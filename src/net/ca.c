#include "net/ca_private.h"

#include <stdlib.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/base64.h"
#include "base/log.h"

#define DAY	     (24L * 3600)
#define LEEWAY_DAYS  2
#define SERIAL_BYTES 20
#define HOST_MAX     20 /* a common name has 64 characters */

/* ---- creation */

bool ca_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;
	bool good;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	good = extension && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return good;
}

bool ca_set_serial(X509 *certificate)
{
	unsigned char bytes[SERIAL_BYTES];
	BIGNUM *number;
	bool good;

	if (RAND_bytes(bytes, sizeof bytes) != 1)
		return false;
	/* Positive, and without a zero byte at the start. */
	bytes[0] = (bytes[0] & 0x7f) | 0x40;
	number = BN_bin2bn(bytes, sizeof bytes, NULL);
	good = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
	BN_free(number);
	return good;
}

static bool set_name(X509 *certificate, struct str host, time_t now)
{
	X509_NAME *name = X509_get_subject_name(certificate);
	struct tm day;
	char text[65], date[16];
	size_t max = host.len < HOST_MAX ? host.len : HOST_MAX;

	gmtime_r(&now, &day);
	strftime(date, sizeof date, "%Y-%m-%d", &day);
	snprintf(text, sizeof text, "reprise recorder CA %.*s %s", (int)max, host.ptr, date);
	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)text,
					  -1, -1, 0) == 1 &&
	       X509_set_issuer_name(certificate, name) == 1;
}

static bool fill_in(X509 *c, EVP_PKEY *key, struct str host, time_t now)
{
	return X509_set_version(c, X509_VERSION_3) == 1 && ca_set_serial(c) &&
	       X509_time_adj_ex(X509_getm_notBefore(c), -LEEWAY_DAYS, 0, &now) &&
	       X509_time_adj_ex(X509_getm_notAfter(c), CA_DAYS, 0, &now) &&
	       X509_set_pubkey(c, key) == 1 && set_name(c, host, now) &&
	       ca_add_extension(c, c, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
	       ca_add_extension(c, c, NID_key_usage, "critical,keyCertSign,cRLSign") &&
	       ca_add_extension(c, c, NID_ext_key_usage, "serverAuth") &&
	       ca_add_extension(c, c, NID_subject_key_identifier, "hash") &&
	       X509_sign(c, key, EVP_sha256()) > 0;
}

static bool read_bio(BIO *bio, struct buf *out)
{
	char *text;
	long length = BIO_get_mem_data(bio, &text);

	return length > 0 && buf_add(out, str_n(text, (size_t)length));
}

static bool put_certificate(X509 *certificate, struct buf *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool good = bio && PEM_write_bio_X509(bio, certificate) == 1 && read_bio(bio, out);

	BIO_free(bio);
	return good;
}

static bool put_key(EVP_PKEY *key, struct buf *out)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	bool good = bio &&
		    PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1 &&
		    read_bio(bio, out);

	BIO_free(bio);
	return good;
}

bool ca_create(struct str host, ns_t wall, struct buf *pem)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	bool good = key && certificate &&
		    fill_in(certificate, key, host, (time_t)(wall / NS_PER_S)) &&
		    put_key(key, pem) && put_certificate(certificate, pem);

	X509_free(certificate);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return good;
}

/* ---- reading */

static ns_t when(const ASN1_TIME *time)
{
	struct tm parts;

	if (ASN1_TIME_to_tm(time, &parts) != 1)
		return 0;
	return (ns_t)timegm(&parts) * NS_PER_S;
}

static void put_fingerprint(X509 *certificate, struct buf *out)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned length = 0;

	X509_digest(certificate, EVP_sha256(), hash, &length);
	for (unsigned i = 0; i < length; i++)
		buf_printf(out, "%s%02X", i ? ":" : "", hash[i]);
}

/* base64(SHA-256(SubjectPublicKeyInfo)). */
static void put_pin(X509 *certificate, struct buf *out)
{
	unsigned char *der = NULL, hash[DIGEST_MAX];
	int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);

	if (length > 0) {
		size_t n =
		    digest_hash(DIGEST_SHA256, str_n((const char *)der, (size_t)length), hash);

		base64_encode(out, str_n((const char *)hash, n));
	}
	OPENSSL_free(der);
}

static void put_name(X509 *certificate, struct buf *out)
{
	char name[128];

	if (X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name,
				      sizeof name) > 0)
		buf_add(out, str_of(name));
}

static void note_facts(struct ca *a)
{
	for (size_t i = 0; i < 4; i++)
		buf_init(&a->texts[i], 0);
	put_name(a->certificate, &a->texts[0]);
	put_fingerprint(a->certificate, &a->texts[1]);
	put_pin(a->certificate, &a->texts[2]);
	put_certificate(a->certificate, &a->texts[3]);
	a->facts = (struct ca_facts){
	    .name = buf_str(&a->texts[0]),
	    .fingerprint = buf_str(&a->texts[1]),
	    .key_pin = buf_str(&a->texts[2]),
	    .certificate = buf_str(&a->texts[3]),
	    .valid_from = when(X509_get0_notBefore(a->certificate)),
	    .valid_until = when(X509_get0_notAfter(a->certificate)),
	};
}

struct ca *ca_read(struct str pem, struct buf *error)
{
	struct ca *a = alloc_zeroed(1, sizeof *a);
	BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);

	if (!bio)
		die_out_of_memory();
	a->key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	a->certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	a->leaf_key = EVP_EC_gen("P-256");
	if (!a->leaf_key)
		die_out_of_memory();
	if (!a->key || !a->certificate || X509_check_private_key(a->certificate, a->key) != 1 ||
	    X509_check_ca(a->certificate) != 1) {
		buf_add(error,
			STR("it does not contain a key with the certificate of an authority"));
		ERR_clear_error();
		ca_free(a);
		return NULL;
	}
	note_facts(a);
	return a;
}

void ca_free(struct ca *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->leaf_count; i++)
		X509_free(a->leaves[i].certificate);
	for (size_t i = 0; i < 4; i++)
		buf_release(&a->texts[i]);
	X509_free(a->certificate);
	EVP_PKEY_free(a->key);
	EVP_PKEY_free(a->leaf_key);
	free(a);
}

const struct ca_facts *ca_facts(const struct ca *a)
{
	return &a->facts;
}
