#include "net/library_versions.h"

#include <brotli/decode.h>
#include <curl/curl.h>
#include <event2/event.h>
#include <libpsl.h>
#include <openssl/crypto.h>
#include <zlib.h>
#include <zstd.h>

#include "net/direct_h2.h"
#include "net/http.h"
#include "net/kerberos.h"

/* "OpenSSL 3.0.17 1 Jul 2025" without its date. */
static struct str openssl_version(void)
{
	struct str text = str_of(OpenSSL_version(OPENSSL_VERSION));
	size_t name = str_find_char(text, ' ', 0);
	size_t end = name == NOT_FOUND ? NOT_FOUND : str_find_char(text, ' ', name + 1);

	return str_slice(text, 0, end == NOT_FOUND ? text.len : end);
}

void library_versions_put(struct buf *out)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
	uint32_t brotli = BrotliDecoderVersion();

	buf_printf(out, "libcurl %s", curl->version);
	if (curl->quic_version)
		buf_printf(out, " (%s)", curl->quic_version);
	buf_printf(out, ", %.*s, libevent %s, nghttp2 %s, zlib %s", STR_ARG(openssl_version()),
		   event_get_version(), nghttp2_version(0)->version_str, zlibVersion());
	buf_printf(out, ", brotli %u.%u.%u, zstd %s, libpsl %s", brotli >> 24, brotli >> 12 & 0xfff,
		   brotli & 0xfff, ZSTD_versionString(), psl_get_version());
}

static void put_feature(struct buf *out, const char *name)
{
	buf_printf(out, "%s%s", out->len ? ", " : "", name);
}

void library_versions_put_features(struct buf *features, struct buf *missing)
{
	const struct {
		const char *name;
		bool present;
	} all[] = {
	    {"HTTP/2", true},
	    {"HTTP/3", !http_version_obstacle(HTTP_WANT_3)},
	    {"brotli", true},
	    {"zstd", true},
	    {"IDN", true},
	    {"PSL", true},
	    {"NTLM", !http_auth_obstacle(HTTP_AUTH_NTLM)},
	    {"Kerberos", kerberos_is_available() && !http_auth_obstacle(HTTP_AUTH_NEGOTIATE)},
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		put_feature(all[i].present ? features : missing, all[i].name);
}
