#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/alloc.h"
#include "base/log.h"
#include "net/client_private.h"

/*
 * TLS of the direct transport: one context per profile, so that certificates and settings are read
 * once; the same settings as those of libcurl (client_tls.c). A user keeps the last session of each
 * server, for its next connection there.
 */

/* A session of a user. */
struct direct_session {
	struct direct_session *next;
	const struct direct_origin *origin;
	SSL_SESSION *session;
};

/* ---- contexts */

/* Sessions that a user keeps; a new server replaces the oldest one. */
#define SESSIONS_MAX 64

/* Removes the record for ORIGIN, or the oldest one if there are too many, from the list. */
static struct direct_session *take_session(struct http_user *user,
					   const struct direct_origin *origin)
{
	struct direct_session **at = &user->sessions;

	for (unsigned i = 1; *at && (*at)->origin != origin; i++) {
		if (i == SESSIONS_MAX)
			break;
		at = &(*at)->next;
	}
	struct direct_session *s = *at;
	if (s)
		*at = s->next;
	return s;
}

static void keep_session(struct http_user *user, const struct direct_origin *origin,
			 SSL_SESSION *session)
{
	struct direct_session *s = take_session(user, origin);

	if (!s)
		s = alloc_zeroed(1, sizeof *s);
	SSL_SESSION_free(s->session);
	s->session = session;
	s->origin = origin;
	s->next = user->sessions;
	user->sessions = s;
}

void direct_sessions_free(struct http_user *user)
{
	struct direct_session *next;

	for (struct direct_session *s = user->sessions; s; s = next) {
		next = s->next;
		SSL_SESSION_free(s->session);
		free(s);
	}
	user->sessions = NULL;
}

static int on_session(SSL *ssl, SSL_SESSION *session)
{
	const struct direct_origin *origin;
	struct http_user *user = direct_connection_user(SSL_get_app_data(ssl), &origin);

	if (!user)
		return 0;
	keep_session(user, origin, session);
	return 1;
}

static void load_authorities(SSL_CTX *context, const char *file)
{
	X509_STORE *store = SSL_CTX_get_cert_store(context);

	if (file)
		SSL_CTX_load_verify_file(context, file);
	X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
}

static void load_certificate(SSL_CTX *context, const struct http_tls_profile *profile)
{
	if (!profile->cert)
		return;
	SSL_CTX_use_certificate_chain_file(context, profile->cert);
	SSL_CTX_use_PrivateKey_file(context, profile->key ? profile->key : profile->cert,
				    SSL_FILETYPE_PEM);
}

/* The files were checked when the client was created. */
static SSL_CTX *new_context(const struct client *c, const struct http_tls_profile *profile)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	if (!context)
		die_out_of_memory();
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_read_ahead(context, 1);
	SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
	if (profile->min_version)
		SSL_CTX_set_min_proto_version(context, profile->min_version == 13 ? TLS1_3_VERSION
										  : TLS1_2_VERSION);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	if (c->config.tls)
		SSL_CTX_sess_set_new_cb(context, on_session);
	SSL_CTX_set_verify(context, profile->verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
	load_authorities(context, profile->ca	    ? profile->ca
				  : profile->verify ? c->ca_bundle
						    : NULL);
	load_certificate(context, profile);
	ERR_clear_error();
	return context;
}

static const struct http_tls_profile *profile_of(const struct client *c, unsigned number)
{
	static const struct http_tls_profile usual = {.verify = true};

	return number < c->config.tls_profile_count ? &c->config.tls_profiles[number] : &usual;
}

static SSL_CTX *context_of(struct client *c, unsigned profile)
{
	struct direct *d = &c->direct;
	size_t count = c->config.tls_profile_count;

	if (!d->contexts) {
		d->context_count = count ? count : 1;
		d->contexts = alloc_zeroed(d->context_count, sizeof *d->contexts);
	}
	if (profile >= d->context_count)
		BUG("a TLS profile that does not exist");
	if (!d->contexts[profile])
		d->contexts[profile] = new_context(c, profile_of(c, profile));
	return d->contexts[profile];
}

void direct_tls_free(struct direct *d)
{
	for (size_t i = 0; i < d->context_count; i++)
		SSL_CTX_free(d->contexts[i]);
	free(d->contexts);
}

/* ---- the handshake */

static bool is_address(const char *host)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

static void offer_versions(SSL *ssl, bool http2)
{
	static const unsigned char both[] = "\x02h2\x08http/1.1";
	size_t skip = http2 ? 0 : 3;

	SSL_set_alpn_protos(ssl, both + skip, (unsigned)(sizeof both - 1 - skip));
}

bool direct_tls_is_http2(const struct direct_tls *tls)
{
	const unsigned char *name;
	unsigned len;

	SSL_get0_alpn_selected(tls->ssl, &name, &len);
	return len == 2 && memcmp(name, "h2", 2) == 0;
}

void direct_tls_open(struct client_exchange *x, struct direct_tls *tls, int fd, void *connection)
{
	const struct direct_origin *origin = x->direct.origin;
	const struct direct_session *s = x->pub.user->sessions;
	SSL *ssl = SSL_new(context_of(x->client, origin->profile));

	if (!ssl || SSL_set_fd(ssl, fd) != 1)
		die_out_of_memory();
	tls->ssl = ssl;
	SSL_set_app_data(ssl, connection);
	SSL_set_connect_state(ssl);
	offer_versions(ssl, direct_may_use_http2(x));
	if (!is_address(origin->host))
		SSL_set_tlsext_host_name(ssl, origin->host);
	while (s && s->origin != origin)
		s = s->next;
	if (s)
		SSL_set_session(ssl, s->session);
}

/* True if CERTIFICATE is for HOST. As for libcurl, the name of the subject counts only if there are
 * no alternative names, and * matches a whole label. */
static bool is_for(X509 *certificate, const char *host)
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

static bool check_name(struct client_exchange *x, SSL *ssl)
{
	const struct direct_origin *origin = x->direct.origin;
	X509 *certificate = SSL_get0_peer_certificate(ssl);

	if (!profile_of(x->client, origin->profile)->verify)
		return true;
	if (certificate && is_for(certificate, origin->host))
		return true;
	snprintf(x->error, sizeof x->error, "the certificate does not match target host name");
	client_failure_set_tls(x, X509_V_OK);
	return false;
}

/* The text of the last error of OpenSSL, in the format of libcurl. */
static void note_error(struct client_exchange *x)
{
	unsigned long code = ERR_peek_last_error();

	if (code)
		ERR_error_string_n(code, x->error, sizeof x->error);
	else
		snprintf(x->error, sizeof x->error, "SSL_ERROR_SYSCALL");
	ERR_clear_error();
}

enum direct_shaken direct_tls_shake(struct client_exchange *x, struct direct_tls *tls)
{
	ERR_clear_error();
	int code = SSL_do_handshake(tls->ssl);

	if (code == 1) {
		tls->ready = check_name(x, tls->ssl);
		return tls->ready ? DIRECT_SHAKEN : DIRECT_SHAKE_FAILED;
	}
	switch (SSL_get_error(tls->ssl, code)) {
	case SSL_ERROR_WANT_READ:
		return DIRECT_SHAKE_READ;
	case SSL_ERROR_WANT_WRITE:
		return DIRECT_SHAKE_WRITE;
	default:
		break;
	}
	long verified = SSL_get_verify_result(tls->ssl);
	note_error(x);
	if (verified != X509_V_OK)
		snprintf(x->error, sizeof x->error, "SSL certificate problem: %s",
			 X509_verify_cert_error_string(verified));
	client_failure_set_tls(x, verified);
	return DIRECT_SHAKE_FAILED;
}

/* ---- bytes */

enum direct_read direct_tls_read(struct client_exchange *x, struct direct_tls *tls, char *out,
				 size_t size, size_t *len)
{
	ERR_clear_error();
	errno = 0;
	int n = SSL_read(tls->ssl, out, (int)size);

	if (n > 0) {
		*len = (size_t)n;
		return DIRECT_READ_BYTES;
	}
	switch (SSL_get_error(tls->ssl, n)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return DIRECT_READ_NOTHING;
	case SSL_ERROR_ZERO_RETURN:
		return DIRECT_READ_END;
	default:
		break;
	}
	bool reset = errno == ECONNRESET || errno == EPIPE;
	tls->ready = false;
	if (x)
		note_error(x);
	ERR_clear_error();
	/* TLS 1.3 reports a missing client certificate only now. */
	if (x && !x->last.received && strstr(x->error, "alert"))
		return DIRECT_READ_REFUSED;
	return reset ? DIRECT_READ_RESET : DIRECT_READ_BROKEN;
}

bool direct_tls_has_pending(const struct direct_tls *tls)
{
	return tls->ssl && SSL_has_pending(tls->ssl);
}

/* More bytes do not fit in one record. */
#define RECORD_BYTES ((size_t)16 * 1024)

/* Joins the start of PARTS, so that a head and a small body are one record. */
static struct str join(char *scratch, const struct iovec *parts, int count)
{
	size_t len = 0;

	if (count == 1 || parts[0].iov_len >= RECORD_BYTES)
		return str_n(parts[0].iov_base, parts[0].iov_len);
	for (int i = 0; i < count && len < RECORD_BYTES; i++) {
		size_t room = RECORD_BYTES - len;
		size_t piece = parts[i].iov_len < room ? parts[i].iov_len : room;

		memcpy(scratch + len, parts[i].iov_base, piece);
		len += piece;
	}
	return str_n(scratch, len);
}

ssize_t direct_tls_write(struct direct_tls *tls, char *scratch, const struct iovec *parts,
			 int count)
{
	struct str bytes = join(scratch, parts, count);
	size_t len = bytes.len < INT32_MAX ? bytes.len : INT32_MAX;

	ERR_clear_error();
	int n = SSL_write(tls->ssl, bytes.ptr, (int)len);
	if (n > 0)
		return n;
	int error = SSL_get_error(tls->ssl, n);
	bool blocked = error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ;
	ERR_clear_error();
	tls->ready = tls->ready && blocked;
	errno = blocked ? EAGAIN : EPIPE;
	return -1;
}

void direct_tls_certificate(struct client_exchange *x, const struct direct_tls *tls)
{
	client_certificate_note(x, tls->ssl);
}

/* Without the message that ends a connection, OpenSSL would not resume its session. */
void direct_tls_close(struct direct_tls *tls)
{
	if (!tls->ssl)
		return;
	SSL_set_app_data(tls->ssl, NULL);
	if (tls->ready)
		SSL_shutdown(tls->ssl);
	SSL_free(tls->ssl);
	ERR_clear_error();
	*tls = (struct direct_tls){.ssl = NULL};
}
