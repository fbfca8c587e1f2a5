#include "net/client_private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

static bool refuse(struct buf *error, const char *file, const char *what)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	buf_printf(error, "%s: %s%s%s", file, what, why ? ": " : "", why ? why : "");
	return false;
}

/* For an encrypted key: OpenSSL would ask for the passphrase on the terminal. */
static int on_passphrase(char *out, int size, int writing, void *encrypted)
{
	(void)out;
	(void)size;
	(void)writing;
	*(bool *)encrypted = true;
	return -1;
}

static bool check_key(SSL_CTX *context, const char *key, struct buf *error)
{
	bool encrypted = false;

	SSL_CTX_set_default_passwd_cb(context, on_passphrase);
	SSL_CTX_set_default_passwd_cb_userdata(context, &encrypted);
	if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1)
		return true;
	if (!encrypted)
		return refuse(error, key, "not a private key in PEM format");
	buf_printf(error,
		   "%s: the private key is encrypted; write a key without a passphrase: "
		   "openssl pkey -in %s -out plain.key, and then tls: {key: plain.key}",
		   key, key);
	return false;
}

static bool check_files(SSL_CTX *context, const struct http_tls_profile *profile, struct buf *error)
{
	const char *key = profile->key ? profile->key : profile->cert;

	if (profile->ca && !SSL_CTX_load_verify_file(context, profile->ca))
		return refuse(error, profile->ca, "not a CA certificate in PEM format");
	if (profile->cert && SSL_CTX_use_certificate_chain_file(context, profile->cert) != 1)
		return refuse(error, profile->cert, "not a certificate in PEM format");
	if (key && !check_key(context, key, error))
		return false;
	if (profile->cert && SSL_CTX_check_private_key(context) != 1)
		return refuse(error, key, "this private key does not belong to the certificate");
	return true;
}

bool client_tls_check(const struct http_tls_profile *profile, struct buf *error)
{
	if (!profile->ca && !profile->cert && !profile->key)
		return true;
	ERR_clear_error();
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	if (!context)
		return refuse(error, "TLS", "OpenSSL cannot be initialized");
	bool good = check_files(context, profile, error);
	SSL_CTX_free(context);
	ERR_clear_error();
	return good;
}

void client_certificate_note(struct client_exchange *x, SSL *ssl)
{
	X509 *certificate = SSL_get0_peer_certificate(ssl);
	int days = 0, seconds = 0;

	x->pub.has_certificate = false;
	if (!certificate || !ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)))
		return;
	x->pub.has_certificate = true;
	x->pub.certificate_days = seconds < 0 ? days - 1 : days;
}
