#include "net/client_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "base/url.h"

/* Results and causes for codes of libcurl; all other codes are HTTP_PROTOCOL without a cause. */
static const struct {
	CURLcode code;
	enum http_result result;
	enum http_cause cause; /* HTTP_CAUSE_COUNT: it depends on more, or has libcurl's text */
} meanings[] = {
    {CURLE_COULDNT_RESOLVE_HOST, HTTP_DNS, HTTP_CAUSE_COUNT},
    {CURLE_COULDNT_RESOLVE_PROXY, HTTP_DNS, HTTP_CAUSE_COUNT},
    {CURLE_COULDNT_CONNECT, HTTP_CONNECT, HTTP_CAUSE_COUNT},
    {CURLE_PROXY, HTTP_CONNECT, HTTP_CAUSE_COUNT},
    {CURLE_INTERFACE_FAILED, HTTP_CONNECT, HTTP_CAUSE_COUNT},
    {CURLE_OPERATION_TIMEDOUT, HTTP_TIMEOUT, HTTP_CAUSE_COUNT},
    {CURLE_FILESIZE_EXCEEDED, HTTP_BODY_MAX, HTTP_CAUSE_body_limit},
    {CURLE_WRITE_ERROR, HTTP_PROTOCOL, HTTP_CAUSE_bad_encoding},
    {CURLE_BAD_CONTENT_ENCODING, HTTP_PROTOCOL, HTTP_CAUSE_bad_encoding},
    /* libcurl's code for a header line over 100 KiB; our own code handles a lack of memory. */
    {CURLE_OUT_OF_MEMORY, HTTP_PROTOCOL, HTTP_CAUSE_long_header},
    {CURLE_SSL_CONNECT_ERROR, HTTP_TLS, HTTP_CAUSE_COUNT},
    {CURLE_SSL_CERTPROBLEM, HTTP_TLS, HTTP_CAUSE_COUNT},
    {CURLE_SSL_CIPHER, HTTP_TLS, HTTP_CAUSE_COUNT},
    {CURLE_SSL_CACERT_BADFILE, HTTP_TLS, HTTP_CAUSE_COUNT},
    {CURLE_SSL_CLIENTCERT, HTTP_TLS, HTTP_CAUSE_COUNT},
    {CURLE_SSL_CRL_BADFILE, HTTP_TLS, HTTP_CAUSE_COUNT},
    {CURLE_SSL_ENGINE_INITFAILED, HTTP_TLS, HTTP_CAUSE_COUNT},
    {CURLE_SSL_ENGINE_NOTFOUND, HTTP_TLS, HTTP_CAUSE_COUNT},
    {CURLE_SSL_ENGINE_SETFAILED, HTTP_TLS, HTTP_CAUSE_COUNT},
    {CURLE_SSL_INVALIDCERTSTATUS, HTTP_TLS, HTTP_CAUSE_COUNT},
    {CURLE_SSL_ISSUER_ERROR, HTTP_TLS, HTTP_CAUSE_COUNT},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, HTTP_TLS, HTTP_CAUSE_COUNT},
    {CURLE_SSL_SHUTDOWN_FAILED, HTTP_TLS, HTTP_CAUSE_COUNT},
    {CURLE_PEER_FAILED_VERIFICATION, HTTP_TLS, HTTP_CAUSE_COUNT},
    {CURLE_USE_SSL_FAILED, HTTP_TLS, HTTP_CAUSE_COUNT},
};

/* Codes of a connection or stream that ended without a complete response. */
static bool is_interruption(CURLcode code)
{
	return code == CURLE_GOT_NOTHING || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
	       code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM || code == CURLE_PARTIAL_FILE ||
	       code == CURLE_ABORTED_BY_CALLBACK;
}

static bool says(const struct client_exchange *x, const char *text)
{
	return strstr(x->error, text) != NULL;
}

/* libcurl also uses RECV_ERROR for a bad chunk and for too many header bytes. */
static bool is_malformed(const struct client_exchange *x, enum http_cause *cause)
{
	*cause = says(x, "chunked-encod") ? HTTP_CAUSE_bad_chunk : HTTP_CAUSE_long_header;
	return *cause == HTTP_CAUSE_bad_chunk || says(x, "Too large response headers");
}

/* The name of the error of an HTTP/2 stream: "... not closed cleanly: INTERNAL_ERROR (err 2)". */
static bool is_stream_reset(const struct client_exchange *x, char name[32])
{
	const char *text = strstr(x->error, "not closed cleanly: ");

	return text && sscanf(text + 20, "%31s", name) == 1;
}

bool client_failure_is_loss(struct client_exchange *x, CURLcode code)
{
	enum http_cause cause;
	char name[32];

	if (!is_interruption(code) || is_malformed(x, &cause) || x->over_limit)
		return false;
	x->last.reset = says(x, "reset by peer") || says(x, "Broken pipe");
	if (!is_stream_reset(x, name)) {
		x->last.refused = x->last.reused && client_is_http2(x);
		return !x->last.received;
	}
	x->last.refused = strcmp(name, "REFUSED_STREAM") == 0;
	return x->last.refused;
}

static void set_interrupted(struct client_exchange *x, CURLcode code)
{
	enum http_cause cause;
	char name[32];

	if (x->aborted == ABORTED_DENIED || client_failure_is_loss(x, code))
		cause = resend_failure(&x->last);
	else if (is_malformed(x, &cause))
		(void)cause;
	else if (!x->last.received && is_stream_reset(x, name))
		cause = HTTP_CAUSE_stream_reset;
	else
		cause = x->headers_ended && x->pub.status >= 200 ? HTTP_CAUSE_body_cut
								 : HTTP_CAUSE_head_cut;
	http_cause_set(&x->pub, cause, name);
}

static void set_connect_failure(struct client_exchange *x)
{
	long system_error = client_info_long(x, CURLINFO_OS_ERRNO);

	if (x->open_errno == EMFILE || x->open_errno == ENFILE)
		http_cause_set(&x->pub, HTTP_CAUSE_no_files, NULL);
	else if (system_error == EADDRNOTAVAIL || system_error == EADDRINUSE)
		http_cause_set(&x->pub, HTTP_CAUSE_no_ports, NULL);
	else
		http_cause_set_text(&x->pub, HTTP_CONNECT, x->error);
}

void client_failure_set_timeout(struct client_exchange *x, enum http_cause cause)
{
	const struct http_plan_spec *spec = &x->pub.plan->spec;
	struct buf text;

	buf_init(&text, 0);
	units_put_duration(&text, x->pub.timeout ? x->pub.timeout : spec->timeout);
	http_cause_set(&x->pub, cause, text.data);
	buf_release(&text);
}

static void set_timeout(struct client_exchange *x)
{
	if (!x->sends)
		http_cause_set_text(&x->pub, HTTP_TIMEOUT_CONNECT, x->error);
	else
		client_failure_set_timeout(x, x->last.received ? HTTP_CAUSE_no_complete_response
							       : HTTP_CAUSE_no_response);
}

static void set_by_code(struct client_exchange *x, CURLcode code)
{
	const char *text = x->error[0] ? x->error : curl_easy_strerror(code);

	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
		if (meanings[i].code != code)
			continue;
		if (meanings[i].cause != HTTP_CAUSE_COUNT)
			http_cause_set(&x->pub, meanings[i].cause, NULL);
		else
			http_cause_set_text(&x->pub, meanings[i].result, text);
		return;
	}
	http_cause_set_text(&x->pub, HTTP_PROTOCOL, text);
}

void client_failure_set(struct client_exchange *x, CURLcode code)
{
	if (x->over_limit)
		http_cause_set(&x->pub, HTTP_CAUSE_body_limit, NULL);
	else if (x->switched)
		http_cause_set(&x->pub, HTTP_CAUSE_switched, NULL);
	else if (is_interruption(code) && x->sends)
		set_interrupted(x, code);
	else if (is_interruption(code) && x->set.proxy[0])
		/* The proxy refused or closed the tunnel: nothing was sent to the server. */
		http_cause_set_text(&x->pub, HTTP_CONNECT, x->error);
	else if (code == CURLE_COULDNT_CONNECT)
		set_connect_failure(x);
	else if (code == CURLE_OPERATION_TIMEDOUT)
		set_timeout(x);
	else if (says(x, "HTTP/0.9"))
		http_cause_set(&x->pub, HTTP_CAUSE_not_http, NULL);
	else if (says(x, "wrong version number"))
		http_cause_set_text(&x->pub, HTTP_TLS,
				    "the server does not speak TLS on this port: is it http:// ?");
	else
		set_by_code(x, code);
}
