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

static long min_version(int version)
{
	switch (version) {
	case 12:
		return CURL_SSLVERSION_TLSv1_2;
	case 13:
		return CURL_SSLVERSION_TLSv1_3;
	default:
		return CURL_SSLVERSION_DEFAULT;
	}
}

/*
 * Without CAPATH and with an explicit CAINFO, libcurl reads the bundle once for all connections and
 * not for each of them. A proxy with https is checked in the same way, without a client
 * certificate.
 */
void client_tls_setup(CURL *easy, const struct http_tls_profile *profile, const char *ca_bundle)
{
	static const struct http_tls_profile usual = {.verify = true};

	if (!profile)
		profile = &usual;
	const char *ca = profile->ca ? profile->ca : profile->verify ? ca_bundle : NULL;

	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, profile->verify ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, profile->verify ? 2L : 0L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, min_version(profile->min_version));
	curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, ca);
	curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYPEER, profile->verify ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYHOST, profile->verify ? 2L : 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, min_version(profile->min_version));
	curl_easy_setopt(easy, CURLOPT_TLS13_CIPHERS, CLIENT_TLS13_CIPHERS);
	if (profile->cert)
		curl_easy_setopt(easy, CURLOPT_SSLCERT, profile->cert);
	if (profile->key)
		curl_easy_setopt(easy, CURLOPT_SSLKEY, profile->key);
}

bool client_is_http2(const struct client_exchange *x)
{
	struct curl_tlssessioninfo *info = NULL;
	const unsigned char *name = NULL;
	unsigned len = 0;

	if (x->h2c)
		return true;
	if (curl_easy_getinfo(x->easy, CURLINFO_TLS_SSL_PTR, &info) == CURLE_OK && info &&
	    info->backend == CURLSSLBACKEND_OPENSSL && info->internals)
		SSL_get0_alpn_selected(info->internals, &name, &len);
	return len == 2 && memcmp(name, "h2", 2) == 0;
}

/* Called before each send, not after the handshake: a reused connection has no handshake. */
void client_certificate_check(struct client_exchange *x)
{
	struct curl_tlssessioninfo *info = NULL;

	x->pub.has_certificate = false;
	if (curl_easy_getinfo(x->easy, CURLINFO_TLS_SSL_PTR, &info) == CURLE_OK && info &&
	    info->backend == CURLSSLBACKEND_OPENSSL && info->internals)
		client_certificate_note(x, info->internals);
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
