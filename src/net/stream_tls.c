/* TLS on a stream: OpenSSL between two memory BIOs, so that it never touches the socket and can
 * start in the middle of a connection. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/log.h"
#include "base/alloc.h"
#include "base/machine.h"
#include "net/ca_private.h"
#include "net/certificate.h"
#include "net/stream_private.h"

#define PIECE 16384

/* ---- contexts */

static struct stream_tls *tls_new(const SSL_METHOD *method)
{
	struct stream_tls *tls = alloc_zeroed(1, sizeof *tls);

	tls->ctx = SSL_CTX_new(method);
	if (!tls->ctx)
		die_out_of_memory();
	SSL_CTX_set_mode(tls->ctx, SSL_MODE_RELEASE_BUFFERS);
	return tls;
}

/* The recorder supports HTTP/1.1 only. A client that offers only other protocols gets no ALPN
 * result and decides for itself. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *length,
			   const unsigned char *offered, unsigned offered_length, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, length, ours, sizeof ours - 1, offered,
				  offered_length) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_NOACK;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

struct stream_tls *stream_tls_server(struct ca *authority)
{
	struct stream_tls *tls = tls_new(TLS_server_method());

	tls->authority = authority;
	tls->server = true;
	SSL_CTX_set_session_cache_mode(tls->ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(tls->ctx, SSL_OP_NO_TICKET);
	SSL_CTX_set_num_tickets(tls->ctx, 0);
	SSL_CTX_set_alpn_select_cb(tls->ctx, choose_protocol, NULL);
	return tls;
}

static struct stream_tls *refuse_certificate(struct stream_tls *tls, struct buf *error)
{
	buf_printf(error, "the TLS certificate cannot be used: %s",
		   ERR_reason_error_string(ERR_peek_last_error()));
	ERR_clear_error();
	stream_tls_free(tls);
	return NULL;
}

struct stream_tls *stream_tls_localhost(struct buf *certificate, struct buf *error)
{
	struct stream_tls *tls = tls_new(TLS_server_method());

	tls->server = true;
	return certificate_for_localhost(tls->ctx, certificate) ? tls
								: refuse_certificate(tls, error);
}

struct stream_tls *stream_tls_client(const char *ca, bool insecure, struct buf *error)
{
	struct stream_tls *tls = tls_new(TLS_client_method());
	const char *bundle = machine_ca_bundle("");

	SSL_CTX_set_verify(tls->ctx, insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_alpn_protos(tls->ctx, (const unsigned char *)"\x08http/1.1", 9);
	if (!insecure && bundle)
		SSL_CTX_load_verify_file(tls->ctx, bundle);
	ERR_clear_error();
	if (!ca || SSL_CTX_load_verify_file(tls->ctx, ca) == 1)
		return tls;
	buf_printf(error, "%s does not contain a valid certificate: %s", ca,
		   ERR_reason_error_string(ERR_peek_last_error()));
	ERR_clear_error();
	stream_tls_free(tls);
	return NULL;
}

void stream_tls_free(struct stream_tls *tls)
{
	if (!tls)
		return;
	SSL_CTX_free(tls->ctx);
	free(tls);
}

/* ---- a handshake */

/* The leaf for the host that the client names, followed by the authority's certificate. */
static int choose_leaf(SSL *ssl, void *arg)
{
	const struct stream *s = arg;
	struct stream_tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	const char *asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	X509 *leaf = ca_leaf(tls->authority, str_of(asked ? asked : s->name));

	if (!leaf)
		return 0;
	SSL_clear_chain_certs(ssl);
	return SSL_use_certificate(ssl, leaf) == 1 &&
	       SSL_use_PrivateKey(ssl, tls->authority->leaf_key) == 1 &&
	       SSL_add1_chain_cert(ssl, tls->authority->certificate) == 1;
}

static bool is_address(const char *name)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

static void expect_host(struct stream *s)
{
	if (is_address(s->name)) {
		X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(s->ssl), s->name);
	} else {
		SSL_set_tlsext_host_name(s->ssl, s->name);
		SSL_set1_host(s->ssl, s->name);
	}
	SSL_set_connect_state(s->ssl);
}

void stream_start_tls(struct stream *s, struct stream_tls *tls, struct str name)
{
	size_t length = name.len < sizeof s->name - 1 ? name.len : sizeof s->name - 1;

	memcpy(s->name, name.ptr ? name.ptr : "", length);
	s->name[length] = '\0';
	s->ssl = SSL_new(tls->ctx);
	s->from_wire = BIO_new(BIO_s_mem());
	s->to_wire = BIO_new(BIO_s_mem());
	s->plain = evbuffer_new();
	if (!s->ssl || !s->from_wire || !s->to_wire || !s->plain)
		die_out_of_memory();
	BIO_set_mem_eof_return(s->from_wire, -1);
	SSL_set_bio(s->ssl, s->from_wire, s->to_wire);
	if (tls->authority) {
		SSL_CTX_set_app_data(tls->ctx, tls);
		SSL_set_cert_cb(s->ssl, choose_leaf, s);
		SSL_set_accept_state(s->ssl);
	} else if (tls->server) {
		SSL_set_accept_state(s->ssl);
	} else {
		expect_host(s);
	}
	event_active(s->later, 0, 0);
}

struct str stream_server_name(const struct stream *s)
{
	const char *name = s->ssl ? SSL_get_servername(s->ssl, TLSEXT_NAMETYPE_host_name) : NULL;

	return name ? str_of(name) : STR("");
}

/* ---- the pump */

static void flush(struct stream *s)
{
	char *bytes;
	long length = BIO_get_mem_data(s->to_wire, &bytes);

	if (length <= 0)
		return;
	bufferevent_write(s->wire, bytes, (size_t)length);
	(void)BIO_reset(s->to_wire);
}

/* False if there is no input. */
static bool feed(struct stream *s)
{
	struct evbuffer *in = bufferevent_get_input(s->wire);
	size_t length = evbuffer_get_length(in);
	unsigned char *bytes;

	if (!length)
		return false;
	length = length < PIECE ? length : PIECE;
	bytes = evbuffer_pullup(in, (ev_ssize_t)length);
	BIO_write(s->from_wire, bytes, (int)length);
	evbuffer_drain(in, length);
	return true;
}

static void note_failure(struct stream *s, enum stream_end end)
{
	long verified = SSL_get_verify_result(s->ssl);
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	if (!SSL_is_server(s->ssl) && verified != X509_V_OK)
		reason = X509_verify_cert_error_string(verified);
	ERR_clear_error();
	s->wire_ended = true;
	s->end = end;
	snprintf(s->why, sizeof s->why, "%s", reason ? reason : "the input is not TLS");
	evbuffer_drain(bufferevent_get_input(s->wire),
		       evbuffer_get_length(bufferevent_get_input(s->wire)));
}

static void handshake(struct stream *s)
{
	int code = SSL_do_handshake(s->ssl);

	if (code == 1) {
		s->handshake_done = true;
		flush(s);
		if (s->handler)
			s->handler->ready(s->owner);
	} else if (SSL_get_error(s->ssl, code) != SSL_ERROR_WANT_READ) {
		note_failure(s, STREAM_TLS_REFUSED);
	}
}

static void decrypt(struct stream *s)
{
	char piece[PIECE];
	int n;

	while ((n = SSL_read(s->ssl, piece, sizeof piece)) > 0)
		evbuffer_add(s->plain, piece, (size_t)n);
	switch (SSL_get_error(s->ssl, n)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return;
	case SSL_ERROR_ZERO_RETURN:
		s->wire_ended = true;
		s->end = STREAM_CLOSED;
		snprintf(s->why, sizeof s->why, "the connection was closed");
		return;
	default:
		note_failure(s, STREAM_BROKEN);
	}
}

static bool wire_is_empty(const struct stream *s)
{
	return evbuffer_get_length(bufferevent_get_input(s->wire)) == 0;
}

static void report_end(struct stream *s)
{
	if (!s->wire_ended || !wire_is_empty(s))
		return;
	if (!s->handshake_done && s->end == STREAM_CLOSED)
		stream_report_end(s, STREAM_TLS_REFUSED,
				  "the connection was closed during the handshake");
	else
		stream_report_end(s, s->end, s->why);
}

void stream_tls_pump(struct stream *s)
{
	bool more = true;

	/* `ready` may close the stream: then it has no handler any more. */
	while (more && s->handler && evbuffer_get_length(s->plain) < STREAM_AHEAD) {
		more = feed(s);
		if (!s->handshake_done)
			handshake(s);
		if (s->handshake_done && s->handler && !(s->wire_ended && s->end != STREAM_CLOSED))
			decrypt(s);
		more = more && !(s->wire_ended && s->end != STREAM_CLOSED);
	}
	if (!s->handler)
		return;
	flush(s);
	if (evbuffer_get_length(s->plain))
		s->handler->input(s->owner);
	if (s->handler)
		report_end(s);
}

void stream_tls_write(struct stream *s, struct str bytes)
{
	while (bytes.len && s->handshake_done) {
		int part = bytes.len < PIECE ? (int)bytes.len : PIECE;
		int n = SSL_write(s->ssl, bytes.ptr, part);

		if (n <= 0) {
			ERR_clear_error();
			break;
		}
		bytes = str_slice(bytes, (size_t)n, bytes.len);
	}
	flush(s);
}

void stream_tls_shut(struct stream *s)
{
	if (s->handshake_done)
		SSL_shutdown(s->ssl);
	ERR_clear_error();
	flush(s);
}

void stream_tls_release(struct stream *s)
{
	SSL_free(s->ssl);
	if (s->plain)
		evbuffer_free(s->plain);
}
