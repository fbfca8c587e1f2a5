#include "net/client_private.h"

#include <string.h>

#include "base/log.h"

long libcurl_info_long(const struct client_exchange *x, CURLINFO info)
{
	long value = 0;

	curl_easy_getinfo(x->curl.easy, info, &value);
	return value;
}

static int64_t info_off(const struct client_exchange *x, CURLINFO info)
{
	curl_off_t value = 0;

	curl_easy_getinfo(x->curl.easy, info, &value);
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
	int64_t request = libcurl_info_long(x, CURLINFO_REQUEST_SIZE);

	if (x->curl.set.verb == VERB_BODY && x->curl.set.body_len > 0) {
		int64_t body = info_off(x, CURLINFO_SIZE_UPLOAD_T);

		if (!x->curl.set.body || request <= x->curl.set.body_len)
			request += body;
	}
	return (uint64_t)request;
}

static int version_of(const struct client_exchange *x, long version)
{
	switch (version) {
	case CURL_HTTP_VERSION_1_0:
		return 10;
	case CURL_HTTP_VERSION_2_0:
		return 20;
	case CURL_HTTP_VERSION_3:
		return 30;
	default:
		return libcurl_is_http3(x) ? 30 : 11;
	}
}

static void collect_redirect(struct client_exchange *x)
{
	if (x->pub.status >= 300 && x->pub.status <= 399 && x->redirect.len)
		x->pub.redirect_to = buf_str(&x->redirect);
}

/* True if the last send used a new connection; one that was opened but not used does not count. */
static bool is_on_new_connection(const struct client_exchange *x, long connects)
{
	return x->sends ? !x->last.reused : connects > 0;
}

static void collect_failure(struct client_exchange *x, CURLcode code)
{
	struct exchange *pub = &x->pub;

	pub->result = HTTP_OK;
	pub->error[0] = '\0';
	if (code != CURLE_OK)
		libcurl_failure_set(x, code);
	else if (pub->status < 200 || !x->headers_ended)
		http_cause_set(pub, HTTP_CAUSE_head_cut, NULL);
	else if (x->curl.chunks.kind == HTTP_BODY_CHUNKED && !x->curl.chunks.done)
		http_cause_set(pub, HTTP_CAUSE_bad_chunk, NULL);
	else
		client_failure_explain(x);
}

void libcurl_count_transfer(struct client_exchange *x)
{
	long connects = libcurl_info_long(x, CURLINFO_NUM_CONNECTS);

	if (connects && x->sends)
		x->client->http.counters.connections_opened += (uint64_t)connects;
	x->pub.bytes_sent += bytes_sent(x);
	x->pub.bytes_received += (uint64_t)(libcurl_info_long(x, CURLINFO_HEADER_SIZE) +
					    info_off(x, CURLINFO_SIZE_DOWNLOAD_T));
}

static void collect_connection(struct client_exchange *x)
{
	struct exchange *pub = &x->pub;

	pub->version = version_of(x, libcurl_info_long(x, CURLINFO_HTTP_VERSION));
	pub->new_connection = is_on_new_connection(x, libcurl_info_long(x, CURLINFO_NUM_CONNECTS));
	pub->resent = x->sends > 1 ? x->sends - 1 : 0;
	collect_times(x);
}

void libcurl_note_head(struct client_exchange *x)
{
	collect_connection(x);
	x->pub.bytes_sent += bytes_sent(x);
	x->pub.bytes_received += (uint64_t)libcurl_info_long(x, CURLINFO_HEADER_SIZE);
}

void libcurl_collect(struct client_exchange *x, CURLcode code)
{
	struct exchange *pub = &x->pub;

	libcurl_auth_share_end(x);
	pub->times.done = clock_monotonic_ns();
	pub->status = (int)libcurl_info_long(x, CURLINFO_RESPONSE_CODE);
	collect_connection(x);
	libcurl_count_transfer(x);
	collect_redirect(x);
	if (x->curl.seeds)
		client_name_seeded(x);
	if (x->curl.h2c && code == CURLE_OK)
		pub->user->curl.has_h2c = true;
	collect_failure(x, code);
}

static void take_chunk(void *owner, struct str piece)
{
	client_content_take(owner, piece);
}

/* libcurl passes chunks on unchanged, and finds the end of the last one by itself. It is less
 * strict than net/http_body.h, which every transport uses. */
static bool read_chunks(struct client_exchange *x, struct str bytes)
{
	struct http_body *chunks = &x->curl.chunks;
	size_t used = http_body_feed(chunks, bytes, take_chunk, x);

	/* Bytes after the body belong to a response that was not asked for. */
	if (chunks->done && used < bytes.len && !x->curl.set.forbid_reuse) {
		curl_easy_setopt(x->curl.easy, CURLOPT_FORBID_REUSE, 1L);
		x->curl.set.forbid_reuse = 1;
	}
	return !chunks->bad && !x->over_limit && !x->bad_encoding &&
	       chunks->trailers <= CLIENT_TRAILERS_MAX;
}

size_t libcurl_on_body(char *bytes, size_t size, size_t count, void *exchange)
{
	struct client_exchange *x = exchange;
	size_t len = size * count;

	if (!x->last.received) {
		/* HTTP/0.9, that is, no status line. */
		x->curl.foreign =
		    len >= 2 && bytes[0] == 0x15 && bytes[1] == 0x03 ? FOREIGN_TLS : FOREIGN_OTHER;
		return len + 1;
	}
	if (x->curl.chunks.kind == HTTP_BODY_CHUNKED)
		return read_chunks(x, str_n(bytes, len)) ? len : len + 1;
	return client_content_take(x, str_n(bytes, len)) ? len : len + 1;
}

/* The status in a status line. */
static struct str status_in(struct str line)
{
	size_t space = str_find_char(line, ' ', 0);

	return space == NOT_FOUND ? STR_NULL : str_slice(line, space + 1, line.len);
}

/* The first digit decides. */
static bool is_kept_raw(const struct http_plan_spec *spec, struct str status)
{
	return status.len && client_response_is_kept_raw(spec, (status.ptr[0] - '0') * 100);
}

/* The header is complete. False if the response is refused. */
static bool start_body(struct client_exchange *x)
{
	x->headers_ended = true;
	if (x->curl.is_interim)
		return true;
	if (!x->curl.challenged && !client_content_start(x))
		return false;
	if (x->head.length == HTTP1_LENGTH_HUGE) {
		x->head.why = HTTP1_LENGTH_WHY;
		return false;
	}
	if (x->head.chunked && client_content_is_allowed(x))
		x->curl.chunks = (struct http_body){.kind = HTTP_BODY_CHUNKED, .strict = true};
	return true;
}

/* A status line starts a response: the fields of an interim response before it are dropped. */
size_t libcurl_on_header(char *bytes, size_t size, size_t count, void *exchange)
{
	struct client_exchange *x = exchange;
	struct str line = str_n(bytes, size * count);
	bool is_status = libcurl_header_is_status(x, line);

	/* libcurl also accepts "http/1.1". */
	if (!x->last.received && !str_starts(line, STR("HTTP/"))) {
		x->curl.foreign = FOREIGN_OTHER;
		return 0;
	}
	x->last.received = true;
	if (!libcurl_header_check(x, line))
		return 0;
	if (is_status) {
		buf_clear(&x->pub.headers);
		buf_clear(&x->redirect);
		client_content_begin(x);
		x->headers_ended = x->streams = false;
		x->curl.chunks.kind = HTTP_BODY_NONE;
		x->curl.trailer_bytes = 0;
		x->curl.is_interim = str_starts(status_in(line), STR("1"));
		x->is_bad_request = str_starts(status_in(line), STR("400"));
		x->curl.switched = str_starts(status_in(line), STR("101"));
		if (x->curl.switched)
			return 0; /* libcurl would wait for another response */
		x->curl.challenged = (x->curl.set.auth == HTTP_AUTH_DIGEST ||
				      libcurl_auth_is_of_connection(x->curl.set.auth)) &&
				     str_starts(status_in(line), STR("401"));
		x->pub.response_is_raw = is_kept_raw(&x->pub.plan->spec, status_in(line));
	} else if (line.len <= 2 && (line.len == 0 || line.ptr[0] == '\r' || line.ptr[0] == '\n')) {
		return start_body(x) ? line.len : 0;
	} else if (x->headers_ended) {
		/* Trailers of HTTP/2; libcurl keeps all of them. */
		x->curl.trailer_bytes += line.len;
		if (x->curl.trailer_bytes > CLIENT_TRAILERS_MAX)
			return 0;
	} else {
		if (!x->curl.is_interim)
			client_header_received(x, line);
		if (x->pub.plan->spec.keep_headers || x->pub.response_is_raw)
			buf_add(&x->pub.headers, line);
	}
	return line.len;
}
