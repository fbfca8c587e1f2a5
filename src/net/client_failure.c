#include "net/client_identity.h"
#include "net/client_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/x509_vfy.h>

#include "base/units.h"
#include "base/url.h"

#define SUBJECT_BYTES CLIENT_PLACE_BYTES

void client_failure_place(const struct client_exchange *x, bool proxy, char place[SUBJECT_BYTES])
{
	struct url url;

	place[0] = '\0';
	if (url_split(str_of(proxy ? x->proxy : x->pub.last_url), &url))
		snprintf(place, SUBJECT_BYTES, url.host_is_ipv6 ? "[%.*s]:%u" : "%.*s:%u",
			 STR_ARG(url.host), (unsigned)url.port);
}

bool client_failure_says(const struct client_exchange *x, const char *text)
{
	return strstr(x->error, text) != NULL;
}

/* Ports such as 443 and 8443 are mostly for TLS. */
static bool is_port_of_tls(const struct client_exchange *x, char port[SUBJECT_BYTES])
{
	struct url url;

	if (!url_split(str_of(x->pub.last_url), &url) || !str_ieq(url.scheme, STR("http")))
		return false;
	snprintf(port, SUBJECT_BYTES, "%u", (unsigned)url.port);
	return url.port % 1000 == 443;
}

/* Many servers of TLS ports just close if they get HTTP. */
void client_failure_set_loss(struct client_exchange *x, enum http_cause cause,
			     char name[SUBJECT_BYTES])
{
	if ((cause == HTTP_CAUSE_closed || cause == HTTP_CAUSE_reset) && is_port_of_tls(x, name))
		cause = HTTP_CAUSE_closed_maybe_tls;
	http_cause_set(&x->pub, cause, name);
}

enum http_cause client_failure_cut(const struct client_exchange *x)
{
	return x->headers_ended && x->pub.status >= 200 ? HTTP_CAUSE_body_cut : HTTP_CAUSE_head_cut;
}

void client_failure_set_lost(struct client_exchange *x)
{
	char name[SUBJECT_BYTES] = "";

	x->pub.status = x->head.status;
	client_failure_set_loss(
	    x, x->last.received ? client_failure_cut(x) : resend_failure(&x->last), name);
}

void client_failure_set_connect(struct client_exchange *x, int error, const char *text)
{
	char place[SUBJECT_BYTES], other[2 * SUBJECT_BYTES];

	client_failure_place(x, x->proxy[0], place);
	snprintf(other, sizeof other, "no connection to %s: %s", place, strerror(error));
	if (error == EMFILE || error == ENFILE)
		http_cause_set(&x->pub, HTTP_CAUSE_no_files, NULL);
	else if (error == EADDRNOTAVAIL || error == EADDRINUSE)
		http_cause_set(&x->pub, HTTP_CAUSE_no_ports, NULL);
	else if (x->client->config.unix_socket)
		http_cause_set(&x->pub, HTTP_CAUSE_no_socket, x->client->config.unix_socket);
	else if (error == ECONNREFUSED)
		http_cause_set(&x->pub, HTTP_CAUSE_nothing_listens, place);
	else if (error == ENETUNREACH || error == EHOSTUNREACH)
		http_cause_set(&x->pub, HTTP_CAUSE_unreachable, place);
	else
		http_cause_set_text(&x->pub, HTTP_CONNECT, text ? text : other);
}

/* ---- TLS */

/* The result of OpenSSL's check of the certificate. */
static enum http_cause cause_of_check(long code)
{
	switch (code) {
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return HTTP_CAUSE_self_signed;
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return HTTP_CAUSE_unknown_authority;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return HTTP_CAUSE_expired;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return HTTP_CAUSE_not_yet_valid;
	default:
		return HTTP_CAUSE_COUNT;
	}
}

static bool has_certificate(const struct client_exchange *x)
{
	return client_identity_number(x) != 0;
}

/* The cause in the words of OpenSSL or libcurl. */
static enum http_cause cause_of_words(const struct client_exchange *x)
{
	static const struct {
		const char *words;
		enum http_cause cause;
	} table[] = {
	    {"wrong version number", HTTP_CAUSE_not_tls},
	    {"packet length too long", HTTP_CAUSE_not_tls},
	    {"http request", HTTP_CAUSE_not_tls},
	    {"does not match target host name", HTTP_CAUSE_wrong_name},
	    {"matches target host name", HTTP_CAUSE_wrong_name},
	    {"alert certificate required", HTTP_CAUSE_certificate_required},
	    {"alert bad certificate", HTTP_CAUSE_certificate_required},
	    {"alert unknown ca", HTTP_CAUSE_certificate_refused},
	    {"alert certificate", HTTP_CAUSE_certificate_refused},
	    {"alert protocol version", HTTP_CAUSE_no_common_tls},
	    {"unsupported protocol", HTTP_CAUSE_no_common_tls},
	    {"alert handshake failure", HTTP_CAUSE_handshake_refused},
	    {"unexpected eof", HTTP_CAUSE_handshake_cut},
	    {"SSL_ERROR_SYSCALL", HTTP_CAUSE_handshake_cut},
	    {"reset by peer", HTTP_CAUSE_handshake_cut},
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (client_failure_says(x, table[i].words))
			return table[i].cause;
	return HTTP_CAUSE_COUNT;
}

void client_failure_set_tls(struct client_exchange *x, long verified)
{
	enum http_cause cause = cause_of_check(verified);
	char place[SUBJECT_BYTES];

	if (cause == HTTP_CAUSE_COUNT)
		cause = cause_of_words(x);
	if (cause == HTTP_CAUSE_certificate_required && has_certificate(x))
		cause = HTTP_CAUSE_certificate_refused;
	client_failure_place(x, libcurl_failure_is_at_proxy(x), place);
	if (cause == HTTP_CAUSE_COUNT)
		http_cause_set_text(&x->pub, HTTP_TLS, x->error);
	else
		http_cause_set(&x->pub, cause, place);
}

/* ---- the rest */

void client_failure_set_timeout(struct client_exchange *x, enum http_cause cause)
{
	const struct http_plan_spec *spec = &x->pub.plan->spec;
	struct buf text;

	buf_init(&text, 0);
	units_put_duration(&text, spec->timeout);
	/* The time that was left for this hop differs in each response. */
	if (x->pub.timeout)
		buf_add(&text, STR(", redirects included"));
	http_cause_set(&x->pub, cause, text.data);
	buf_release(&text);
}

void client_failure_set_time_is_up(struct client_exchange *x)
{
	bool by_libcurl = x->transport == &libcurl_transport;
	char place[SUBJECT_BYTES];

	client_failure_place(x, x->proxy[0], place);
	/* After a lost connection, libcurl has opened a second one by itself. */
	if (!x->sends || (by_libcurl && client_failure_says(x, "Connection time")))
		http_cause_set(&x->pub,
			       by_libcurl && libcurl_is_http3(x) ? HTTP_CAUSE_no_http3_in_time
								 : HTTP_CAUSE_no_connection,
			       place);
	else
		client_failure_set_timeout(x, x->last.received ? HTTP_CAUSE_no_complete_response
							       : HTTP_CAUSE_no_response);
}

/* ---- responses that need an explanation */

enum http_cause client_failure_hint(struct str body)
{
	static const struct {
		const char *words;
		enum http_cause cause;
	} table[] = {
	    {"The plain HTTP request was sent to HTTPS port", HTTP_CAUSE_is_tls},      /* nginx */
	    {"Client sent an HTTP request to an HTTPS server", HTTP_CAUSE_is_tls},     /* Go */
	    {"speaking plain HTTP to an SSL-enabled server", HTTP_CAUSE_is_tls},       /* Apache */
	    {"No required SSL certificate was sent", HTTP_CAUSE_certificate_required}, /* nginx */
	    {"The SSL certificate error", HTTP_CAUSE_certificate_refused},
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (str_find(body, str_of(table[i].words), 0) != NOT_FOUND)
			return table[i].cause;
	return HTTP_CAUSE_COUNT;
}

void client_failure_explain(struct client_exchange *x)
{
	bool proxy = x->pub.status == 407 && x->proxy[0];
	bool hint = x->pub.status == 400 && x->hint != HTTP_CAUSE_COUNT;
	char place[SUBJECT_BYTES];

	if (x->pub.status == 401 && x->pub.plan->spec.auth >= HTTP_AUTH_NTLM &&
	    !x->pub.drop_credentials) {
		http_cause_explain(&x->pub, HTTP_CAUSE_login_refused,
				   x->pub.plan->spec.auth == HTTP_AUTH_NTLM ? "auth: ntlm"
									    : "auth: negotiate");
		return;
	}
	if (!proxy && !hint) {
		if (x->unknown_coding[0])
			http_cause_explain(&x->pub, HTTP_CAUSE_unknown_encoding, x->unknown_coding);
		return;
	}
	client_failure_place(x, proxy, place);
	http_cause_explain(&x->pub, proxy ? HTTP_CAUSE_proxy_login : x->hint, place);
}
