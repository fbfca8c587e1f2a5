#include "net/client_private.h"

#include <stdlib.h>
#include <strings.h>

#include "base/log.h"

/*
 * A request as options of a libcurl handle. A handle is created for the first request of its
 * exchange that libcurl sends; later only the options that differ are set.
 */

static void set_verb(struct client_exchange *x, enum verb verb, const char *method)
{
	static const char *const plain[] = {
	    [VERB_GET] = "GET", [VERB_HEAD] = "HEAD", [VERB_BODY] = "POST"};
	static const CURLoption options[] = {
	    [VERB_GET] = CURLOPT_HTTPGET, [VERB_HEAD] = CURLOPT_NOBODY, [VERB_BODY] = CURLOPT_POST};

	if (x->curl.set.verb != verb) {
		curl_easy_setopt(x->curl.easy, options[verb], 1L);
		x->curl.set.verb = verb;
	}
	if (strcmp(method, plain[verb]) == 0)
		method = NULL;
	if (x->curl.set.method != method) {
		curl_easy_setopt(x->curl.easy, CURLOPT_CUSTOMREQUEST, method);
		x->curl.set.method = method;
	}
}

/* BYTES NULL: libcurl calls libcurl_on_read. */
static void set_bytes(struct client_exchange *x, const char *bytes, int64_t len)
{
	if (x->curl.set.body != bytes) {
		curl_easy_setopt(x->curl.easy, CURLOPT_POSTFIELDS, bytes);
		x->curl.set.body = bytes;
	}
	if (x->curl.set.body_len != len) {
		curl_easy_setopt(x->curl.easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
		x->curl.set.body_len = len;
	}
}

static void set_body(struct client_exchange *x, struct str body)
{
	set_bytes(x, body.ptr ? body.ptr : "", (int64_t)body.len);
}

static void set_files(struct client_exchange *x)
{
	x->curl.piece = x->curl.piece_at = 0;
	set_bytes(x, NULL, client_body_len(x));
}

static void set_method(struct client_exchange *x)
{
	const struct http_plan *plan = x->pub.plan;

	if (x->pub.override_method) {
		const char *method = x->pub.method ? x->pub.method : "GET";

		set_verb(x, client_verb(method, false), method);
		if (x->curl.set.verb == VERB_BODY)
			set_body(x, STR_NULL);
		return;
	}
	set_verb(x, plan->verb, plan->spec.method.ptr);
	if (plan->spec.file_count)
		set_files(x);
	else if (plan->verb == VERB_BODY)
		set_body(x, plan->spec.body.ptr ? plan->spec.body : buf_str(&x->pub.body));
}

static long to_ms(ns_t ns)
{
	ns_t ms = (ns + NS_PER_MS - 1) / NS_PER_MS;

	return ms > INT32_MAX ? INT32_MAX : (long)ms;
}

static void set_long(struct client_exchange *x, CURLoption option, long value, long *last)
{
	if (*last == value)
		return;
	curl_easy_setopt(x->curl.easy, option, value);
	*last = value;
}

static bool is_https(const struct client_exchange *x)
{
	return strncasecmp(x->pub.last_url, "https:", 6) == 0;
}

static long wanted_version(const struct client_exchange *x)
{
	switch (x->pub.plan->spec.http_version) {
	case HTTP_WANT_3:
		return is_https(x) ? CURL_HTTP_VERSION_3ONLY : CURL_HTTP_VERSION_1_1;
	case HTTP_WANT_1_1:
		return CURL_HTTP_VERSION_1_1;
	case HTTP_WANT_2:
		return x->curl.h2c && !x->pub.user->curl.has_h2c
			   ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
			   : CURL_HTTP_VERSION_2TLS;
	default:
		return is_https(x) ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
	}
}

static void set_limits(struct client_exchange *x)
{
	const struct http_plan_spec *spec = &x->pub.plan->spec;

	set_long(x, CURLOPT_TIMEOUT_MS, to_ms(x->pub.timeout ? x->pub.timeout : spec->timeout),
		 &x->curl.set.timeout_ms);
	set_long(x, CURLOPT_CONNECTTIMEOUT_MS, to_ms(spec->connect_timeout),
		 &x->curl.set.connect_timeout_ms);
	x->curl.h2c = spec->http_version == HTTP_WANT_2 && !is_https(x);
	set_long(x, CURLOPT_FORBID_REUSE,
		 x->is_framed_by_hand || x->client->config.reuse == HTTP_REUSE_NONE,
		 &x->curl.set.forbid_reuse);
}

/* Subtracts the time of the DNS lookup, or of a first send. */
static void shorten_timeout(struct client_exchange *x)
{
	ns_t whole = x->pub.timeout ? x->pub.timeout : x->pub.plan->spec.timeout;
	ns_t spent = x->sends ? clock_monotonic_ns() - x->pub.times.sent : x->name_wait;

	if (whole)
		set_long(x, CURLOPT_TIMEOUT_MS, to_ms(whole > spent ? whole - spent : 1),
			 &x->curl.set.timeout_ms);
}

void libcurl_prepare(struct client_exchange *x)
{
	struct libcurl_exchange *curl = &x->curl;

	curl->switched = curl->seeds = curl->challenged = false;
	curl->checks_lines = true;
	curl->in_head = false;
	curl->aborted = ABORTED_NOT;
	curl->foreign = FOREIGN_NOT;
	curl->open_errno = 0;
	curl->trailer_bytes = 0;
	curl->chunks = (struct http_body){.kind = HTTP_BODY_NONE};
	libcurl_handle_need(x);
	libcurl_tls_apply(x);
	libcurl_url_apply(x);
	if (x->curl.set.headers != x->sent_headers) {
		curl_easy_setopt(x->curl.easy, CURLOPT_HTTPHEADER, x->sent_headers);
		x->curl.set.headers = (struct curl_slist *)(uintptr_t)x->sent_headers;
	}
	set_method(x);
	set_limits(x);
	if (x->curl.set.auth != x->pub.plan->spec.auth || x->pub.plan->spec.auth)
		libcurl_auth_set(x);
}

void libcurl_start(struct client_exchange *x)
{
	struct curl_slist *seed = client_name_seed(x);

	libcurl_sockets_listen(x->pub.user);
	x->curl.connects = 0;
	x->error[0] = '\0';
	curl_easy_setopt(x->curl.easy, CURLOPT_SHARE, libcurl_auth_share(x));
	if (x->name_wait || x->sends)
		shorten_timeout(x);
	set_long(x, CURLOPT_HTTP_VERSION, wanted_version(x), &x->curl.set.version);
	if (seed)
		curl_easy_setopt(x->curl.easy, CURLOPT_RESOLVE, seed);
	if (curl_multi_add_handle(x->client->curl.multi, x->curl.easy) != CURLM_OK)
		BUG("libcurl refused a prepared handle");
}
