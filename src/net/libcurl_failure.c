#include "net/client_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SUBJECT_BYTES CLIENT_PLACE_BYTES

/* Results and causes for codes of libcurl; all other codes are HTTP_PROTOCOL without a cause. */
static const struct {
	CURLcode code;
	enum http_result result;
	enum http_cause cause; /* HTTP_CAUSE_COUNT: it depends on more, or has libcurl's text */
} meanings[] = {
    {CURLE_COULDNT_RESOLVE_HOST, HTTP_DNS, HTTP_CAUSE_COUNT},
    {CURLE_COULDNT_RESOLVE_PROXY, HTTP_DNS, HTTP_CAUSE_COUNT},
    {CURLE_COULDNT_CONNECT, HTTP_CONNECT, HTTP_CAUSE_COUNT},
    {CURLE_INTERFACE_FAILED, HTTP_CONNECT, HTTP_CAUSE_COUNT},
    {CURLE_QUIC_CONNECT_ERROR, HTTP_CONNECT, HTTP_CAUSE_COUNT},
    {CURLE_OPERATION_TIMEDOUT, HTTP_TIMEOUT, HTTP_CAUSE_COUNT},
    {CURLE_WRITE_ERROR, HTTP_PROTOCOL, HTTP_CAUSE_bad_encoding},
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
static bool is_interruption(const struct client_exchange *x, CURLcode code)
{
	if (code == CURLE_WEIRD_SERVER_REPLY)
		return libcurl_is_http2(x);
	return code == CURLE_GOT_NOTHING || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
	       code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM || code == CURLE_HTTP3 ||
	       code == CURLE_PARTIAL_FILE || code == CURLE_ABORTED_BY_CALLBACK;
}

/* libcurl also uses RECV_ERROR for a bad chunk and for too many header bytes. */
static bool is_malformed(const struct client_exchange *x, enum http_cause *cause)
{
	*cause =
	    client_failure_says(x, "chunked-encod") ? HTTP_CAUSE_bad_chunk : HTTP_CAUSE_long_header;
	return *cause == HTTP_CAUSE_bad_chunk ||
	       client_failure_says(x, "Too large response headers");
}

/* The name of the error of an HTTP/2 stream: "... not closed cleanly: INTERNAL_ERROR (err 2)". */
static bool is_stream_reset(const struct client_exchange *x, char name[SUBJECT_BYTES])
{
	const char *text = strstr(x->error, "not closed cleanly: ");

	return text && sscanf(text + 20, "%31s", name) == 1;
}

/* libcurl 8 reports the error that nghttp2 found in the header of a stream. */
static bool is_invalid_header(const struct client_exchange *x)
{
	return client_failure_says(x, "Invalid HTTP header field was received") ||
	       client_failure_says(x, "Violation in HTTP messaging rule");
}

/* Errors that nghttp2 has found on the connection. libcurl can also wait until the time is up. */
static bool is_invalid_frame(const struct client_exchange *x, CURLcode code)
{
	return (code == CURLE_RECV_ERROR && client_failure_says(x, "nghttp2")) ||
	       client_failure_says(x, "received invalid frame") ||
	       client_failure_says(x, "while we expected SETTINGS frame") ||
	       client_failure_says(x, "nghttp2 shuts down connection") ||
	       client_failure_says(x, "nghttp2 recv error");
}

/*
 * HTTP/2: nghttp2 ends the stream or the connection if the server breaks the rules. libcurl then
 * repeats its error, or (7.88) says "Empty reply from server" although the server has not closed
 * the connection.
 */
static bool is_violation(const struct client_exchange *x, CURLcode code, char name[SUBJECT_BYTES])
{
	static const char *const errors[] = {"PROTOCOL_ERROR", "FLOW_CONTROL_ERROR",
					     "STREAM_CLOSED", "FRAME_SIZE_ERROR",
					     "COMPRESSION_ERROR"};

	if (is_stream_reset(x, name)) {
		for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
			if (strcmp(name, errors[i]) == 0)
				return true;
		return false;
	}
	if (is_invalid_header(x)) {
		snprintf(name, SUBJECT_BYTES, "PROTOCOL_ERROR");
		return true;
	}
	if (is_invalid_frame(x, code)) {
		snprintf(name, SUBJECT_BYTES, "%s",
			 client_failure_says(x, "Flooding") ? "a flood of control frames"
							    : "an invalid frame");
		return true;
	}
	if (code != CURLE_GOT_NOTHING || x->curl.aborted || !libcurl_socket_ended_here(x))
		return false;
	snprintf(name, SUBJECT_BYTES, "an invalid frame");
	return true;
}

static bool is_upload_complete(const struct client_exchange *x)
{
	curl_off_t sent = 0;

	curl_easy_getinfo(x->curl.easy, CURLINFO_SIZE_UPLOAD_T, &sent);
	return sent >= x->curl.set.body_len;
}

/* The server responded before the end of the upload and ended the stream without an error. libcurl
 * 7.88 then reports this code without a text, and drops the response, or all of it except the
 * header. */
static bool is_early_end(const struct client_exchange *x, CURLcode code)
{
	return code == CURLE_HTTP2_STREAM && !x->error[0] && x->curl.set.verb == VERB_BODY &&
	       (!x->last.received || !is_upload_complete(x));
}

/* HTTP/3: the server aborted the stream, with a code that libcurl does not report. */
static bool is_http3_reset(const struct client_exchange *x, CURLcode code)
{
	return code == CURLE_HTTP3 && client_failure_says(x, "reset by server");
}

/* libcurl reports this, and drops a response that the server may have sent already. */
static bool is_http3_early_end(const struct client_exchange *x, CURLcode code)
{
	return code == CURLE_HTTP3 && client_failure_says(x, "bytes to QUIC");
}

bool libcurl_failure_is_loss(struct client_exchange *x, CURLcode code)
{
	enum http_cause cause;
	char name[SUBJECT_BYTES];

	if (!is_interruption(x, code) || is_malformed(x, &cause) || x->over_limit ||
	    is_early_end(x, code) || is_violation(x, code, name) || is_http3_reset(x, code))
		return false;
	x->last.reset =
	    client_failure_says(x, "reset by peer") || client_failure_says(x, "Broken pipe");
	if (!is_stream_reset(x, name)) {
		x->last.refused = x->last.reused && libcurl_is_http2(x);
		return !x->last.received;
	}
	x->last.refused = strcmp(name, "REFUSED_STREAM") == 0;
	return x->last.refused;
}

static void set_interrupted(struct client_exchange *x, CURLcode code)
{
	enum http_cause cause;
	char name[SUBJECT_BYTES] = "";

	if (is_http3_early_end(x, code))
		cause = HTTP_CAUSE_http3_early_end;
	else if (x->curl.aborted == ABORTED_DENIED || libcurl_failure_is_loss(x, code))
		cause = resend_failure(&x->last);
	else if (is_malformed(x, &cause))
		(void)cause;
	else if (is_violation(x, code, name))
		cause = HTTP_CAUSE_http2_violation;
	else if (is_early_end(x, code))
		cause = HTTP_CAUSE_early_end;
	else if (!x->last.received && is_http3_reset(x, code))
		cause = HTTP_CAUSE_http3_reset;
	else if (!x->last.received && is_stream_reset(x, name))
		cause = HTTP_CAUSE_stream_reset;
	else
		cause = client_failure_cut(x);
	client_failure_set_loss(x, cause, name);
}

/* The error of a connection that libcurl could not open. */
static int connect_error(const struct client_exchange *x)
{
	if (x->curl.open_errno == EMFILE || x->curl.open_errno == ENFILE)
		return x->curl.open_errno;
	return (int)libcurl_info_long(x, CURLINFO_OS_ERRNO);
}

/* The reason of a SOCKS proxy that has no connection to the server. */
static const char *socks_reply(long code)
{
	switch (code) {
	case CURLPX_REPLY_CONNECTION_REFUSED:
		return "nothing listens there (connection refused)";
	case CURLPX_REPLY_HOST_UNREACHABLE:
		return "the host is unreachable, or its name was not found";
	case CURLPX_REPLY_NETWORK_UNREACHABLE:
		return "no network route to it";
	case CURLPX_REPLY_NOT_ALLOWED:
		return "not allowed by its rules";
	case CURLPX_REPLY_TTL_EXPIRED:
		return "it takes too long";
	case CURLPX_REPLY_ADDRESS_TYPE_NOT_SUPPORTED:
		return "it does not support this kind of address";
	case CURLPX_REPLY_COMMAND_NOT_SUPPORTED:
		return "it does not support connections";
	default:
		return "a general failure";
	}
}

static void set_socks_failure(struct client_exchange *x)
{
	long code = libcurl_info_long(x, CURLINFO_PROXY_ERROR);
	char place[SUBJECT_BYTES];

	client_failure_place(x, true, place);
	switch (code) {
	case CURLPX_NO_AUTH:
	case CURLPX_USER_REJECTED:
		http_cause_set(&x->pub, HTTP_CAUSE_socks_login, place);
		break;
	case CURLPX_BAD_VERSION:
	case CURLPX_UNKNOWN_MODE:
		http_cause_set(&x->pub, HTTP_CAUSE_not_socks, place);
		break;
	case CURLPX_CLOSED:
	case CURLPX_RECV_CONNECT:
	case CURLPX_RECV_AUTH:
	case CURLPX_RECV_REQACK:
	case CURLPX_RECV_ADDRESS:
	case CURLPX_SEND_CONNECT:
	case CURLPX_SEND_AUTH:
	case CURLPX_SEND_REQUEST:
		client_failure_place(x, false, place);
		http_cause_set(&x->pub, HTTP_CAUSE_proxy_closed, place);
		break;
	case CURLPX_RESOLVE_HOST:
		client_failure_place(x, false, place);
		http_cause_set(&x->pub, HTTP_CAUSE_unknown_name, place);
		break;
	default:
		http_cause_set(&x->pub, HTTP_CAUSE_socks_refused, socks_reply(code));
		break;
	}
}

/* Whether the TLS connection that failed is the one to the proxy, which comes first. */
bool libcurl_failure_is_at_proxy(const struct client_exchange *x)
{
	return x->transport == &libcurl_transport && str_starts(str_of(x->proxy), STR("https:")) &&
	       libcurl_info_long(x, CURLINFO_HTTP_CONNECTCODE) != 200;
}

/* The proxy refused or closed the tunnel: nothing was sent to the server. */
static void set_proxy_failure(struct client_exchange *x)
{
	long status = libcurl_info_long(x, CURLINFO_HTTP_CONNECTCODE);
	char place[SUBJECT_BYTES];

	client_failure_place(x, status == 407, place);
	if (status == 407) {
		http_cause_set(&x->pub, HTTP_CAUSE_proxy_login, place);
	} else if (status >= 300) {
		snprintf(place, sizeof place, "%ld", status);
		http_cause_set(&x->pub, HTTP_CAUSE_proxy_refused, place);
	} else {
		http_cause_set(&x->pub, HTTP_CAUSE_proxy_closed, place);
	}
}

static bool is_tls_code(CURLcode code)
{
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i].code == code)
			return meanings[i].result == HTTP_TLS;
	return false;
}

/* TLS 1.3 reports a missing client certificate after the handshake, when the response is read. */
static bool is_tls_failure(const struct client_exchange *x, CURLcode code)
{
	return is_tls_code(code) ||
	       (code == CURLE_RECV_ERROR && !x->last.received && client_failure_says(x, "alert"));
}

/* No HTTP/3 connection was opened. */
static bool is_http3_connect(const struct client_exchange *x, CURLcode code)
{
	return libcurl_is_http3(x) &&
	       (code == CURLE_COULDNT_CONNECT || code == CURLE_QUIC_CONNECT_ERROR ||
		(code == CURLE_WEIRD_SERVER_REPLY && client_failure_says(x, LIBCURL_QUIC_CLOSED)));
}

/* The error number is only in the text of the TLS library, and not in each of its texts. */
static void set_http3_connect(struct client_exchange *x)
{
	int error = connect_error(x);
	char place[SUBJECT_BYTES];

	client_failure_place(x, false, place);
	if (error == ECONNREFUSED || client_failure_says(x, "refused"))
		http_cause_set(&x->pub, HTTP_CAUSE_no_http3, place);
	else if (error)
		client_failure_set_connect(x, error, x->error);
	else
		http_cause_set(&x->pub, HTTP_CAUSE_http3_closed, place);
}

/* The reason why libcurl 8 refuses a header before our own code gets the line; otherwise NULL. */
static const char *bad_header(const struct client_exchange *x, CURLcode code)
{
	if (code != CURLE_WEIRD_SERVER_REPLY)
		return NULL;
	if (client_failure_says(x, "Invalid Content-Length"))
		return HTTP1_BAD_LENGTH;
	return client_failure_says(x, "Version mismatch") ? HTTP1_BAD_STATUS_LINE : NULL;
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

void libcurl_failure_set(struct client_exchange *x, CURLcode code)
{
	const char *bad = bad_header(x, code);
	char place[SUBJECT_BYTES];

	if (x->over_limit) {
		http_cause_set(&x->pub, HTTP_CAUSE_body_limit, NULL);
	} else if (x->head.why) {
		http_cause_set(&x->pub, HTTP_CAUSE_bad_header, x->head.why);
	} else if (x->curl.switched) {
		http_cause_set(&x->pub, HTTP_CAUSE_switched, NULL);
	} else if (x->curl.chunks.bad) {
		http_cause_set(&x->pub, HTTP_CAUSE_bad_chunk, NULL);
	} else if (x->curl.trailer_bytes > CLIENT_TRAILERS_MAX ||
		   x->curl.chunks.trailers > CLIENT_TRAILERS_MAX) {
		http_cause_set(&x->pub, HTTP_CAUSE_long_trailers, NULL);
	} else if (x->curl.foreign != FOREIGN_NOT) {
		client_failure_place(x, false, place);
		http_cause_set(&x->pub,
			       x->curl.foreign == FOREIGN_TLS ? HTTP_CAUSE_is_tls
							      : HTTP_CAUSE_not_http,
			       place);
	} else if (is_tls_failure(x, code)) {
		client_failure_set_tls(x, libcurl_info_long(x, libcurl_failure_is_at_proxy(x)
								   ? CURLINFO_PROXY_SSL_VERIFYRESULT
								   : CURLINFO_SSL_VERIFYRESULT));
	} else if (bad) {
		http_cause_set(&x->pub, HTTP_CAUSE_bad_header, bad);
	} else if (is_interruption(x, code) && x->sends) {
		set_interrupted(x, code);
	} else if (is_interruption(x, code) && x->proxy[0]) {
		set_proxy_failure(x);
	} else if (code == CURLE_PROXY) {
		set_socks_failure(x);
	} else if (is_http3_connect(x, code)) {
		set_http3_connect(x);
	} else if (code == CURLE_COULDNT_CONNECT) {
		client_failure_set_connect(x, connect_error(x), x->error);
	} else if (code == CURLE_OPERATION_TIMEDOUT && is_violation(x, code, place)) {
		client_failure_set_loss(x, HTTP_CAUSE_http2_violation, place);
	} else if (code == CURLE_OPERATION_TIMEDOUT) {
		client_failure_set_time_is_up(x);
	} else {
		set_by_code(x, code);
	}
}
