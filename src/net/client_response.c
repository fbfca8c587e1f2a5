#include "net/client_private.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"

#define RAW_KEPT 32768u /* bytes kept of a body that nothing reads */

/* Results for codes of libcurl; all other codes are HTTP_PROTOCOL. */
static const struct {
	CURLcode code;
	enum http_result result;
} meanings[] = {
    {CURLE_COULDNT_RESOLVE_HOST, HTTP_DNS},
    {CURLE_COULDNT_RESOLVE_PROXY, HTTP_DNS},
    {CURLE_COULDNT_CONNECT, HTTP_CONNECT},
    {CURLE_PROXY, HTTP_CONNECT},
    {CURLE_INTERFACE_FAILED, HTTP_CONNECT},
    {CURLE_OPERATION_TIMEDOUT, HTTP_TIMEOUT},
    {CURLE_PARTIAL_FILE, HTTP_TRUNCATED},
    {CURLE_GOT_NOTHING, HTTP_RESET},
    {CURLE_SEND_ERROR, HTTP_RESET},
    {CURLE_RECV_ERROR, HTTP_RESET},
    {CURLE_HTTP2_STREAM, HTTP_RESET},
    {CURLE_ABORTED_BY_CALLBACK, HTTP_RESET},
    {CURLE_FILESIZE_EXCEEDED, HTTP_BODY_MAX},
    {CURLE_SSL_CONNECT_ERROR, HTTP_TLS},
    {CURLE_SSL_CERTPROBLEM, HTTP_TLS},
    {CURLE_SSL_CIPHER, HTTP_TLS},
    {CURLE_SSL_CACERT_BADFILE, HTTP_TLS},
    {CURLE_SSL_CLIENTCERT, HTTP_TLS},
    {CURLE_SSL_CRL_BADFILE, HTTP_TLS},
    {CURLE_SSL_ENGINE_INITFAILED, HTTP_TLS},
    {CURLE_SSL_ENGINE_NOTFOUND, HTTP_TLS},
    {CURLE_SSL_ENGINE_SETFAILED, HTTP_TLS},
    {CURLE_SSL_INVALIDCERTSTATUS, HTTP_TLS},
    {CURLE_SSL_ISSUER_ERROR, HTTP_TLS},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, HTTP_TLS},
    {CURLE_SSL_SHUTDOWN_FAILED, HTTP_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, HTTP_TLS},
    {CURLE_USE_SSL_FAILED, HTTP_TLS},
};

static enum http_result result_of(CURLcode code)
{
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i].code == code)
			return meanings[i].result;
	return HTTP_PROTOCOL;
}

static enum http_result connect_failure(const struct client_exchange *x)
{
	long system_error = 0;

	if (x->open_errno == EMFILE || x->open_errno == ENFILE)
		return HTTP_NO_FILES;
	curl_easy_getinfo(x->easy, CURLINFO_OS_ERRNO, &system_error);
	if (system_error == EADDRNOTAVAIL || system_error == EADDRINUSE)
		return HTTP_NO_PORTS;
	return HTTP_CONNECT;
}

/* libcurl also uses RECV_ERROR for a bad chunk and for too many header bytes. */
static enum http_result receive_failure(const struct client_exchange *x)
{
	if (strstr(x->error, "chunked-encod") || strstr(x->error, "Too large response headers"))
		return HTTP_PROTOCOL;
	return x->pub.status >= 200 ? HTTP_TRUNCATED : HTTP_RESET;
}

static enum http_result result_for(const struct client_exchange *x, CURLcode code)
{
	enum http_result result = result_of(code);

	if (x->over_limit)
		return HTTP_BODY_MAX;
	if (x->refused_resend)
		return HTTP_RESET;
	if (result == HTTP_CONNECT)
		return connect_failure(x);
	if (result == HTTP_TIMEOUT && x->sends == 0)
		return HTTP_TIMEOUT_CONNECT;
	/* The proxy refused or closed the tunnel: nothing was sent to the server. */
	if (x->set.proxy[0] && x->sends == 0 && result == HTTP_RESET)
		return HTTP_CONNECT;
	if (code == CURLE_RECV_ERROR)
		return receive_failure(x);
	return result;
}

static long info_long(const struct client_exchange *x, CURLINFO info)
{
	long value = 0;

	curl_easy_getinfo(x->easy, info, &value);
	return value;
}

static int64_t info_off(const struct client_exchange *x, CURLINFO info)
{
	curl_off_t value = 0;

	curl_easy_getinfo(x->easy, info, &value);
	return value;
}

static ns_t length(int64_t from_us, int64_t to_us)
{
	return to_us > from_us ? (to_us - from_us) * NS_PER_US : 0;
}

static void collect_times(struct client_exchange *x)
{
	struct http_times *times = &x->pub.times;
	int64_t ready = info_off(x, CURLINFO_PRETRANSFER_TIME_T);
	int64_t first = info_off(x, CURLINFO_STARTTRANSFER_TIME_T);

	times->wait = length(ready, first);
	times->receive = first ? length(first, info_off(x, CURLINFO_TOTAL_TIME_T)) : 0;
	times->dns = times->connect = times->tls = 0;
	if (!x->pub.new_connection)
		return;
	int64_t named = info_off(x, CURLINFO_NAMELOOKUP_TIME_T);
	int64_t connected = info_off(x, CURLINFO_CONNECT_TIME_T);
	int64_t secured = info_off(x, CURLINFO_APPCONNECT_TIME_T);

	times->dns = length(0, named) + x->name_wait;
	times->connect = length(named, connected);
	times->tls = secured ? length(connected, secured) : 0;
}

/*
 * libcurl includes a body in the request size if it sends both in one piece, which it does below
 * 64 KiB (HTTP/1), and counts a longer body separately.
 */
static uint64_t bytes_sent(const struct client_exchange *x)
{
	int64_t request = info_long(x, CURLINFO_REQUEST_SIZE);

	if (x->set.verb == VERB_BODY && x->set.body_len > 0) {
		int64_t body = info_off(x, CURLINFO_SIZE_UPLOAD_T);

		if (!x->set.body || request <= x->set.body_len)
			request += body;
	}
	return (uint64_t)request;
}

static int version_of(long version)
{
	switch (version) {
	case CURL_HTTP_VERSION_1_0:
		return 10;
	case CURL_HTTP_VERSION_2_0:
		return 20;
	default:
		return 11;
	}
}

static void collect_redirect(struct client_exchange *x)
{
	char *target = NULL;

	if (x->pub.status < 300 || x->pub.status > 399)
		return;
	curl_easy_getinfo(x->easy, CURLINFO_REDIRECT_URL, &target);
	x->pub.redirect_to = str_of(target);
}

static void explain(struct client_exchange *x, const char *text)
{
	size_t len = strnlen(text, sizeof x->pub.error - 1);

	memcpy(x->pub.error, text, len);
	x->pub.error[len] = '\0';
}

static const char *message_for(const struct client_exchange *x, CURLcode code)
{
	if (x->pub.result == HTTP_NO_FILES)
		return "this machine has no free file descriptor for a connection";
	if (x->pub.result == HTTP_NO_PORTS)
		return "this machine has no free local port for a connection";
	if (x->pub.result == HTTP_BODY_MAX)
		return "the response is larger than body_limit";
	if (code == CURLE_WRITE_ERROR)
		return "the body does not match its Content-Encoding";
	if (strstr(x->error, "HTTP/0.9"))
		return "the response does not start like HTTP";
	if (strstr(x->error, "wrong version number"))
		return "the server does not speak TLS on this port: is it http:// ?";
	return x->error[0] ? x->error : curl_easy_strerror(code);
}

void client_collect(struct client_exchange *x, CURLcode code)
{
	struct exchange *pub = &x->pub;
	long connects = info_long(x, CURLINFO_NUM_CONNECTS);

	curl_easy_setopt(x->easy, CURLOPT_SHARE, NULL);
	pub->times.done = clock_monotonic_ns();
	pub->status = (int)info_long(x, CURLINFO_RESPONSE_CODE);
	pub->version = version_of(info_long(x, CURLINFO_HTTP_VERSION));
	pub->new_connection = connects > 0;
	if (connects && x->sends)
		x->client->http.counters.connections_opened += (uint64_t)connects;
	collect_times(x);
	pub->bytes_sent = bytes_sent(x);
	pub->bytes_received =
	    (uint64_t)(info_long(x, CURLINFO_HEADER_SIZE) + info_off(x, CURLINFO_SIZE_DOWNLOAD_T));
	pub->resent = x->sends > 1 ? x->sends - 1 : 0;
	collect_redirect(x);
	if (x->seeds)
		client_name_seeded(x);
	if (x->h2c && code == CURLE_OK)
		pub->user->has_h2c = true;
	pub->result = HTTP_OK;
	if (code == CURLE_OUT_OF_MEMORY) {
		/* libcurl reports a line over 100 KiB this way; our own code handles a lack of
		 * memory. */
		pub->result = HTTP_PROTOCOL;
		explain(x, "a header line of the response is too long");
	} else if (code != CURLE_OK) {
		pub->result = result_for(x, code);
		explain(x, message_for(x, code));
	} else if (pub->status < 200) {
		pub->result = HTTP_PROTOCOL;
		explain(x, "the server switched to another protocol (status 101) without a request "
			   "for it");
	} else if (!x->headers_ended) {
		pub->result = HTTP_TRUNCATED;
		explain(x, "the server closed the connection within the response header");
	}
}

void client_fail(struct client_exchange *x, enum http_result result, const char *error)
{
	x->pub.result = result;
	explain(x, error);
}

void client_complete(struct client_exchange *x)
{
	x->state = EXCHANGE_DONE;
	client_list_push(&x->client->completed, x);
	client_kick(x->client);
}

void client_finish(struct client_exchange *x, enum http_result result, const char *error)
{
	struct exchange *pub = &x->pub;

	pub->times = (struct http_times){.sent = pub->times.sent, .done = clock_monotonic_ns()};
	client_fail(x, result, error);
	pub->status = 0;
	pub->version = 11;
	pub->new_connection = false;
	pub->resent = 0;
	pub->bytes_sent = pub->bytes_received = 0;
	client_complete(x);
}

/* The bytes transferred so far are counted. */
static void abort_exchange(struct client_exchange *x)
{
	uint64_t sent, received;

	if (x->state == EXCHANGE_DELAYED) {
		client_rate_limit_cancel(x);
	} else {
		curl_multi_remove_handle(x->client->multi, x->easy);
		client_collect(x, CURLE_OK);
	}
	sent = x->pub.bytes_sent;
	received = x->pub.bytes_received;
	client_finish(x, HTTP_CANCELLED, "cancelled");
	x->pub.bytes_sent = sent;
	x->pub.bytes_received = received;
}

void client_cancel(struct http *http, struct exchange *exchange)
{
	struct client_exchange *x = (struct client_exchange *)exchange;

	(void)http;
	if (x->state == EXCHANGE_RUNNING || x->state == EXCHANGE_DELAYED) {
		abort_exchange(x);
	} else if (x->state == EXCHANGE_RESOLVING) {
		client_name_forget(x);
		client_finish(x, HTTP_CANCELLED, "cancelled");
	}
}

static bool is_over_limit(const struct client_exchange *x, int64_t bytes)
{
	int64_t limit = x->pub.plan->spec.body_limit;

	return limit > 0 && bytes > limit;
}

size_t client_on_body(char *bytes, size_t size, size_t count, void *exchange)
{
	struct client_exchange *x = exchange;
	size_t len = size * count;

	x->body_bytes += (int64_t)len;
	if (is_over_limit(x, x->body_bytes)) {
		x->over_limit = true;
		return len + 1;
	}
	if (x->pub.plan->spec.keep_body && !buf_add(&x->pub.response, str_n(bytes, len))) {
		x->over_limit = true;
		return len + 1;
	}
	if (x->pub.response_is_raw && x->pub.response.len < RAW_KEPT)
		buf_add(&x->pub.response, str_slice(str_n(bytes, len), 0, RAW_KEPT));
	return len;
}

/* The status in a status line. */
static struct str status_in(struct str line)
{
	size_t space = str_find_char(line, ' ', 0);

	return space == NOT_FOUND ? STR_NULL : str_slice(line, space + 1, line.len);
}

static bool is_kept_raw(const struct http_plan_spec *spec, struct str status)
{
	return spec->raw_body_from && !spec->keep_body && status.len &&
	       status.ptr[0] - '0' >= spec->raw_body_from / 100;
}

/* A status line starts a response: the fields of an interim response before it are dropped. */
size_t client_on_header(char *bytes, size_t size, size_t count, void *exchange)
{
	struct client_exchange *x = exchange;
	struct str line = str_n(bytes, size * count);

	if (str_starts(line, STR("HTTP/"))) {
		buf_clear(&x->pub.headers);
		x->headers_ended = false;
		x->challenged =
		    x->set.auth == HTTP_AUTH_DIGEST && str_starts(status_in(line), STR("401"));
		x->pub.response_is_raw = is_kept_raw(&x->pub.plan->spec, status_in(line));
	} else if (line.len <= 2 && (line.len == 0 || line.ptr[0] == '\r' || line.ptr[0] == '\n')) {
		x->headers_ended = true;
	} else if (!x->headers_ended &&
		   (x->pub.plan->spec.keep_headers || x->pub.response_is_raw)) {
		buf_add(&x->pub.headers, line);
	}
	return line.len;
}

/*
 * HTTP/2 without TLS: libcurl 7.88 starts it on a new connection only with "prior knowledge", but
 * with that setting it also starts it a second time on a connection that already uses it. So the
 * setting must be used for new connections only, and only here it is known which kind it is.
 */
static bool guess_holds(const struct client_exchange *x)
{
	bool expects_new = x->set.version == CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;

	return !x->h2c || expects_new == (info_long(x, CURLINFO_NUM_CONNECTS) > 0);
}

bool client_retry_version(struct client_exchange *x)
{
	bool wrong = x->wrong_guess;

	if (wrong)
		x->pub.user->has_h2c = !x->pub.user->has_h2c;
	x->wrong_guess = false;
	return wrong;
}

int client_on_send(void *exchange, char *remote, char *local, int remote_port, int local_port)
{
	struct client_exchange *x = exchange;

	(void)remote;
	(void)local;
	(void)remote_port;
	(void)local_port;
	if (x->challenged) {
		x->challenged = false;
		x->pub.auth_rounds++;
		x->body_bytes = 0;
		return CURL_PREREQFUNC_OK;
	}
	if (x->sends > 0 && !x->idempotent) {
		x->refused_resend = true;
		return CURL_PREREQFUNC_ABORT;
	}
	if (!guess_holds(x)) {
		x->wrong_guess = true;
		return CURL_PREREQFUNC_ABORT;
	}
	x->sends++;
	if (x->pub.plan->spec.read_certificate)
		client_certificate_check(x);
	return CURL_PREREQFUNC_OK;
}

/* Limits the size of the body before decoding. */
int client_on_progress(void *exchange, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
		       curl_off_t up)
{
	struct client_exchange *x = exchange;

	(void)down_total;
	(void)up_total;
	(void)up;
	x->over_limit |= is_over_limit(x, down);
	return x->over_limit;
}
