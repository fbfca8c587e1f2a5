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

bool client_tls_check(const struct http_tls_profile *profile, struct buf *error)
{
	if (!profile->ca)
		return true;
	ERR_clear_error();
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	if (!context)
		return refuse(error, "TLS", "OpenSSL cannot be initialized");
	bool good = SSL_CTX_load_verify_file(context, profile->ca) ||
		    refuse(error, profile->ca, "not a CA certificate in PEM format");
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
