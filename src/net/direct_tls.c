#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/log.h"
#include "net/chain_check.h"
#include "net/client_identity.h"
#include "net/client_private.h"

/* TLS of the direct transport: the handshake, and bytes. */

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
	SSL *ssl = SSL_new(direct_tls_context(x->client, x->pub.plan->spec.tls_profile));

	if (!ssl || SSL_set_fd(ssl, fd) != 1)
		die_out_of_memory();
	*tls = (struct direct_tls){.ssl = ssl};
	SSL_set_app_data(ssl, connection);
	SSL_set_connect_state(ssl);
	client_identity_use(x, ssl);
	offer_versions(ssl, direct_may_use_http2(x));
	if (!is_address(origin->host))
		SSL_set_tlsext_host_name(ssl, origin->host);
	direct_sessions_resume(x, tls);
}

static bool check_name(struct client_exchange *x, const struct direct_tls *tls)
{
	const struct direct_origin *origin = x->direct.origin;
	X509 *certificate = SSL_get0_peer_certificate(tls->ssl);

	if (tls->named || !direct_tls_profile(x->client, x->pub.plan->spec.tls_profile)->verify)
		return true;
	if (certificate && chain_check_is_for(certificate, origin->host))
		return true;
	snprintf(x->error, sizeof x->error, "the certificate does not match target host name");
	client_failure_set_tls(x, X509_V_OK);
	return false;
}

/* An error that another part left behind would look like one of the next call. */
static void forget_errors(void)
{
	if (ERR_peek_error())
		ERR_clear_error();
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
	forget_errors();
	int code = SSL_do_handshake(tls->ssl);

	if (code == 1) {
		tls->ready = check_name(x, tls);
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
	forget_errors();
	errno = 0;
	int n = SSL_read(tls->ssl, out, (int)size);

	if (n > 0) {
		*len = (size_t)n;
		return DIRECT_READ_BYTES;
	}
	switch (SSL_get_error(tls->ssl, n)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return errno == EAGAIN ? DIRECT_READ_NOTHING : DIRECT_READ_AGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return DIRECT_READ_END;
	default:
		break;
	}
	bool reset = errno == ECONNRESET || errno == EPIPE;
	bool cut = ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
	tls->ready = false;
	if (x)
		note_error(x);
	ERR_clear_error();
	/* TLS 1.3 reports a missing client certificate only now. */
	if (x && !x->last.received && strstr(x->error, "alert"))
		return DIRECT_READ_REFUSED;
	/* Many servers close without the message of TLS; libcurl accepts that too. */
	if (cut)
		return DIRECT_READ_END;
	return reset ? DIRECT_READ_RESET : DIRECT_READ_BROKEN;
}

void direct_tls_rest(struct direct_tls *tls)
{
	if (tls->ssl)
		SSL_free_buffers(tls->ssl);
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

	forget_errors();
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

void direct_tls_detach(struct direct_tls *tls)
{
	if (tls->ssl)
		SSL_set_app_data(tls->ssl, NULL);
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
