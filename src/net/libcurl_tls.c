#include "net/client_identity.h"
#include "net/client_private.h"

#include <string.h>

#include <openssl/ssl.h>

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
static void set_profile(CURL *easy, const struct http_tls_profile *profile, const char *ca_bundle)
{
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
}

void libcurl_tls_apply(struct client_exchange *x)
{
	const struct http_tls_profile *profile =
	    direct_tls_profile(x->client, x->pub.plan->spec.tls_profile);
	uint64_t identity = client_identity_number(x);

	if (x->curl.set.tls != profile)
		set_profile(x->curl.easy, profile, x->client->ca_bundle);
	if (x->curl.set.identity != identity)
		client_identity_use_curl(x, x->curl.easy);
	x->curl.set.tls = profile;
	x->curl.set.identity = identity;
}

bool libcurl_is_http3(const struct client_exchange *x)
{
	return x->curl.set.version == CURL_HTTP_VERSION_3ONLY;
}

bool libcurl_is_http2(const struct client_exchange *x)
{
	struct curl_tlssessioninfo *info = NULL;
	const unsigned char *name = NULL;
	unsigned len = 0;

	if (x->curl.h2c)
		return true;
	if (curl_easy_getinfo(x->curl.easy, CURLINFO_TLS_SSL_PTR, &info) == CURLE_OK && info &&
	    info->backend == CURLSSLBACKEND_OPENSSL && info->internals)
		SSL_get0_alpn_selected(info->internals, &name, &len);
	return len == 2 && memcmp(name, "h2", 2) == 0;
}

/* Called before each send, not after the handshake: a reused connection has no handshake. */
void libcurl_certificate_check(struct client_exchange *x)
{
	struct curl_tlssessioninfo *info = NULL;

	x->pub.has_certificate = false;
	if (curl_easy_getinfo(x->curl.easy, CURLINFO_TLS_SSL_PTR, &info) == CURLE_OK && info &&
	    info->backend == CURLSSLBACKEND_OPENSSL && info->internals)
		client_certificate_note(x, info->internals);
}
