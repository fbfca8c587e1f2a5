#include "base/tls_identity.h"

#include <errno.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "base/die.h"
#include "base/mapped_file.h"

/* One loading. */
struct loader {
	const struct tls_identity_source *source;
	struct tls_identity *out;
	enum tls_identity_part *part;
	struct buf *error;
	bool asked; /* for the passphrase of the key */
};

static bool refuse(struct loader *l, enum tls_identity_part part, const char *file,
		   const char *what)
{
	*l->part = part;
	buf_printf(l->error, "%s: %s", file, what);
	return false;
}

static bool has_passphrase(const struct loader *l)
{
	return l->source->passphrase[0] != '\0';
}

/* For an encrypted key: OpenSSL would ask for the passphrase on the terminal. */
static int on_passphrase(char *out, int size, int writing, void *loader)
{
	struct loader *l = loader;
	size_t len = strlen(l->source->passphrase);

	(void)writing;
	l->asked = true;
	if (len == 0 || len > (size_t)size)
		return -1;
	memcpy(out, l->source->passphrase, len);
	return (int)len;
}

static BIO *memory_of(struct str text)
{
	BIO *bio = BIO_new_mem_buf(text.ptr ? text.ptr : "", (int)text.len);

	if (!bio)
		die_out_of_memory();
	return bio;
}

/* ---- PEM */

static bool read_certificates(struct loader *l, struct str text)
{
	BIO *bio = memory_of(text);
	X509 *further;

	l->out->certificate = PEM_read_bio_X509_AUX(bio, NULL, on_passphrase, l);
	while (l->out->certificate && (further = PEM_read_bio_X509(bio, NULL, on_passphrase, l))) {
		if (!l->out->chain)
			l->out->chain = sk_X509_new_null();
		if (!l->out->chain || !sk_X509_push(l->out->chain, further))
			die_out_of_memory();
	}
	BIO_free(bio);
	return l->out->certificate != NULL;
}

static bool refuse_key(struct loader *l, const char *file)
{
	if (l->asked && !has_passphrase(l))
		return refuse(l, TLS_IDENTITY_KEY, file,
			      "the private key is encrypted; add its passphrase, as a secret "
			      "parameter: passphrase: \"${KEY_PASSPHRASE}\"");
	if (l->asked)
		return refuse(l, TLS_IDENTITY_PASSPHRASE, file,
			      "the passphrase of the private key is wrong; correct `passphrase`");
	if (!l->source->key[0])
		return refuse(l, TLS_IDENTITY_CERT, file,
			      "the file has no private key; name its file: key: FILE");
	return refuse(l, TLS_IDENTITY_KEY, file, "not a private key in PEM format");
}

static bool read_key(struct loader *l, struct str text, const char *file)
{
	BIO *bio = memory_of(text);

	l->out->key = PEM_read_bio_PrivateKey(bio, NULL, on_passphrase, l);
	BIO_free(bio);
	return l->out->key || refuse_key(l, file);
}

/* ---- PKCS#12 */

/* The PKCS#12 in TEXT, or NULL. */
static PKCS12 *pkcs12_in(struct str text)
{
	const unsigned char *at = (const unsigned char *)text.ptr;

	return text.len > 1 && at[0] == 0x30 ? d2i_PKCS12(NULL, &at, (long)text.len) : NULL;
}

static bool check_mac(struct loader *l, PKCS12 *file)
{
	const char *passphrase = l->source->passphrase;

	if (!PKCS12_mac_present(file) || PKCS12_verify_mac(file, passphrase, -1) ||
	    (!has_passphrase(l) && PKCS12_verify_mac(file, NULL, 0)))
		return true;
	if (!has_passphrase(l))
		return refuse(l, TLS_IDENTITY_CERT, l->source->cert,
			      "the PKCS#12 file is encrypted; add its passphrase, as a secret "
			      "parameter: passphrase: \"${KEY_PASSPHRASE}\"");
	return refuse(l, TLS_IDENTITY_PASSPHRASE, l->source->cert,
		      "the passphrase of the PKCS#12 file is wrong; correct `passphrase`");
}

static bool read_pkcs12(struct loader *l, PKCS12 *file)
{
	struct tls_identity *out = l->out;

	if (l->source->key[0])
		return refuse(l, TLS_IDENTITY_KEY, l->source->cert,
			      "a PKCS#12 file contains its key; remove `key`");
	if (!check_mac(l, file))
		return false;
	if (PKCS12_parse(file, l->source->passphrase, &out->key, &out->certificate, &out->chain) &&
	    out->key && out->certificate)
		return true;
	if (ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_UNSUPPORTED)
		return refuse(l, TLS_IDENTITY_CERT, l->source->cert,
			      "encrypted with an old algorithm that OpenSSL does not read; convert "
			      "it: openssl pkcs12 -legacy -in FILE -nodes -out NEW.pem");
	return refuse(l, TLS_IDENTITY_CERT, l->source->cert,
		      "the PKCS#12 file has no certificate with its key");
}

/* ---- all */

static bool map(struct loader *l, enum tls_identity_part part, const char *name,
		struct mapped_file *out)
{
	if (mapped_file_open(out, name))
		return true;
	return refuse(l, part, name, mapped_file_error_text(errno));
}

static bool check_pair(struct loader *l, const char *key_file)
{
	if (X509_check_private_key(l->out->certificate, l->out->key) == 1)
		return true;
	return refuse(l, TLS_IDENTITY_KEY, key_file,
		      "this private key does not belong to the certificate");
}

static bool read_pem(struct loader *l, struct str cert)
{
	struct mapped_file key;
	bool good;

	if (!read_certificates(l, cert))
		return refuse(l, TLS_IDENTITY_CERT, l->source->cert,
			      "neither a certificate in PEM format nor a PKCS#12 file");
	if (!l->source->key[0])
		return read_key(l, cert, l->source->cert) && check_pair(l, l->source->cert);
	if (!map(l, TLS_IDENTITY_KEY, l->source->key, &key))
		return false;
	good = read_key(l, key.text, l->source->key) && check_pair(l, l->source->key);
	mapped_file_close(&key);
	return good;
}

bool tls_identity_load(const struct tls_identity_source *source, struct tls_identity *out,
		       enum tls_identity_part *part, struct buf *error)
{
	struct loader l = {.source = source, .out = out, .part = part, .error = error};
	struct mapped_file cert;
	PKCS12 *file;
	bool good;

	*out = (struct tls_identity){.key = NULL};
	if (!map(&l, TLS_IDENTITY_CERT, source->cert, &cert))
		return false;
	ERR_clear_error();
	file = pkcs12_in(cert.text);
	good = file ? read_pkcs12(&l, file) : read_pem(&l, cert.text);
	PKCS12_free(file);
	mapped_file_close(&cert);
	ERR_clear_error();
	if (!good)
		tls_identity_release(out);
	return good;
}

void tls_identity_release(struct tls_identity *identity)
{
	X509_free(identity->certificate);
	EVP_PKEY_free(identity->key);
	sk_X509_pop_free(identity->chain, X509_free);
	*identity = (struct tls_identity){.key = NULL};
}

static void add_content(BIO *bio, struct buf *out)
{
	char *bytes;
	long len = BIO_get_mem_data(bio, &bytes);

	buf_add(out, str_n(bytes, len > 0 ? (size_t)len : 0));
}

void tls_identity_put_pem(const struct tls_identity *identity, struct buf *certificates,
			  struct buf *key)
{
	BIO *bio = BIO_new(BIO_s_mem()), *secret = BIO_new(BIO_s_secmem());

	if (!bio || !secret || !PEM_write_bio_X509(bio, identity->certificate))
		die_out_of_memory();
	for (int i = 0; i < sk_X509_num(identity->chain); i++)
		if (!PEM_write_bio_X509(bio, sk_X509_value(identity->chain, i)))
			die_out_of_memory();
	if (!PEM_write_bio_PrivateKey(secret, identity->key, NULL, NULL, 0, NULL, NULL))
		die_out_of_memory();
	add_content(bio, certificates);
	add_content(secret, key);
	BIO_free(bio);
	BIO_free(secret);
}
