#include <math.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/url.h"
#include "import/har/har.h"

/* ---- times */

static bool digits(struct str s, size_t at, size_t count, int64_t *out)
{
	*out = 0;
	if (at + count > s.len)
		return false;
	for (size_t i = at; i < at + count; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		*out = *out * 10 + (s.ptr[i] - '0');
	}
	return true;
}

/* Days from 1970-01-01 of a date of the Gregorian calendar. */
static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400, year = y - era * 400;
	int64_t day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

	return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

/* 2026-01-31T10:20:30.123456+02:00 in microseconds; TX_TIME_UNKNOWN for anything else. */
static int64_t parse_date(struct str s)
{
	int64_t y, mo, d, h, mi, sec, us = 0, zone_h = 0, zone_m = 0, unit = 100000;
	size_t at = 19;

	if (!digits(s, 0, 4, &y) || !digits(s, 5, 2, &mo) || !digits(s, 8, 2, &d) ||
	    !digits(s, 11, 2, &h) || !digits(s, 14, 2, &mi) || !digits(s, 17, 2, &sec) || mo < 1 ||
	    mo > 12 || d < 1 || d > 31 || h > 24 || mi > 59 || sec > 61)
		return TX_TIME_UNKNOWN;
	if (at < s.len && (s.ptr[at] == '.' || s.ptr[at] == ','))
		for (at++; at < s.len && ascii_is_digit(s.ptr[at]); at++, unit /= 10)
			us += (s.ptr[at] - '0') * unit;
	if (at < s.len && (s.ptr[at] == '+' || s.ptr[at] == '-')) {
		digits(s, at + 1, 2, &zone_h);
		if (!digits(s, at + 4, 2, &zone_m))
			digits(s, at + 3, 2, &zone_m);
		if (s.ptr[at] == '-') {
			zone_h = -zone_h;
			zone_m = -zone_m;
		}
	}
	sec += days_of(y, mo, d) * 86400 + (h - zone_h) * 3600 + (mi - zone_m) * 60;
	return sec * 1000000 + us;
}

#define TIME_MAX_MS 86400000.0 /* more than a day is a broken clock, not a response time */

static void read_times(struct har_reader *r, const struct json_item *entry, struct transaction *tx)
{
	double ms = har_get_number(r, entry, "time", 0);

	tx->start_us = parse_date(har_get_text(r, entry, "startedDateTime"));
	if (!isfinite(ms) || ms < 0 || ms > TIME_MAX_MS)
		ms = 0;
	if (tx->start_us != TX_TIME_UNKNOWN)
		tx->end_us = tx->start_us + (int64_t)(ms * 1000);
}

/* ---- headers */

/* Bytes not allowed in a header value become spaces; Firefox joins several Set-Cookie values by
 * line feeds. */
static void add_lines(struct har_reader *r, struct tx_headers *headers, struct str name,
		      struct str value)
{
	struct arena *a = &r->job->arena;

	for (size_t at = 0; at <= value.len;) {
		size_t end = str_find_char(value, '\n', at);

		end = end == NOT_FOUND ? value.len : end;
		struct str line = str_trim(str_slice(value, at, end));
		if (line.len || at == 0)
			transaction_add_header(a, headers, name, line);
		at = end + 1;
	}
}

/* A token of RFC 9110; pseudo-headers of HTTP/2 start with a colon. */
static bool is_field_name(struct str name)
{
	size_t colon = str_starts(name, STR(":"));

	return str_is_token(str_slice(name, colon, name.len));
}

static void read_headers(struct har_reader *r, const struct json_item *list,
			 struct tx_headers *headers)
{
	if (!list || json_type(list) != JSON_ARRAY)
		return;
	uint32_t begin = (uint32_t)(list - r->tape.items);

	for (uint32_t i = begin + 1; i < list->next; i = r->tape.items[i].next) {
		const struct json_item *item = &r->tape.items[i];
		struct str name, value;

		if (json_type(item) == JSON_ARRAY && json_count(item) >= 2) {
			/* ["name", "value"], as some proxies write them. */
			name = har_text(r, item + 1);
			value = har_text(r, &r->tape.items[item[1].next]);
		} else {
			name = har_get_text(r, item, "name");
			value = har_get_text(r, item, "value");
		}
		if (is_field_name(name))
			add_lines(r, headers, name, value.ptr ? value : STR(""));
	}
}

/* Cookies that a recording lists without their header. */
static void read_cookies(struct har_reader *r, const struct json_item *message,
			 struct tx_headers *headers, struct str header, bool together)
{
	const struct json_item *list = har_get(r, message, "cookies");
	struct str all = STR("");

	if (!list || json_type(list) != JSON_ARRAY || transaction_header(headers, header, 0).ptr)
		return;
	uint32_t begin = (uint32_t)(list - r->tape.items);

	for (uint32_t i = begin + 1; i < list->next; i = r->tape.items[i].next) {
		struct str name = har_get_text(r, &r->tape.items[i], "name");
		struct str value = har_get_text(r, &r->tape.items[i], "value");

		if (!name.len)
			continue;
		struct str line = arena_printf(
		    &r->job->arena, "%.*s%s%.*s=%.*s", STR_ARG(together ? all : STR("")),
		    together && all.len ? "; " : "", STR_ARG(name), STR_ARG(value));
		all = line;
		if (!together)
			transaction_add_header(&r->job->arena, headers, header, line);
	}
	if (together && all.len)
		transaction_add_header(&r->job->arena, headers, header, all);
}

/* ---- the URL */

/* Encodes characters not allowed in a URL; cuts the fragment. */
static struct str clean_url(struct har_reader *r, struct str url)
{
	size_t hash = str_find_char(url, '#', 0);
	bool clean = true;

	url = str_trim(str_slice(url, 0, hash));
	for (size_t i = 0; i < url.len; i++)
		clean = clean && url.ptr[i] > ' ' && url.ptr[i] != 0x7f;
	if (clean)
		return url;
	buf_clear(&r->scratch);
	for (size_t i = 0; i < url.len; i++) {
		unsigned char c = (unsigned char)url.ptr[i];

		if (c > ' ' && c < 0x7f)
			buf_add_char(&r->scratch, (char)c);
		else
			buf_printf(&r->scratch, "%%%02X", c);
	}
	return arena_str(&r->job->arena, buf_str(&r->scratch));
}

static bool scheme_is(struct str url, const char *scheme)
{
	struct str start = str_of(scheme);

	return str_ieq(str_slice(url, 0, start.len), start);
}

/* user:password@ in an address is sent by a browser as Authorization. */
static void extract_userinfo(struct har_reader *r, struct transaction *tx)
{
	struct arena *a = &r->job->arena;
	struct url parts;
	size_t at;

	if (!url_split(tx->url, &parts) || !parts.userinfo.len)
		return;
	at = (size_t)(parts.userinfo.ptr - tx->url.ptr);
	if (!transaction_header(&tx->request_headers, STR("Authorization"), 0).ptr) {
		struct buf pair, line;

		buf_init(&pair, 0);
		buf_init(&line, 0);
		buf_add(&line, STR("Basic "));
		url_decode(&pair, parts.userinfo, false);
		base64_encode(&line, buf_str(&pair));
		transaction_add_header(a, &tx->request_headers, STR("Authorization"),
				       arena_str(a, buf_str(&line)));
		buf_release(&pair);
		buf_release(&line);
	}
	tx->url =
	    arena_printf(a, "%.*s%.*s", STR_ARG(str_slice(tx->url, 0, at)),
			 STR_ARG(str_slice(tx->url, at + parts.userinfo.len + 1, tx->url.len)));
}

/* False if it cannot be requested: then it is skipped. */
static bool read_url(struct har_reader *r, struct transaction *tx, struct str url)
{
	struct url parts;
	size_t colon;

	/* The handshake of a WebSocket is a request. */
	if (scheme_is(url, "ws:") || scheme_is(url, "wss:"))
		url = arena_printf(&r->job->arena, "http%.*s", STR_ARG(str_slice(url, 2, url.len)));
	if (str_starts(url, STR("/"))) {
		struct str host = transaction_header(&tx->request_headers, STR("Host"), 0);

		if (!host.len)
			host = transaction_header(&tx->request_headers, STR(":authority"), 0);
		if (host.len)
			url = arena_printf(&r->job->arena, "http://%.*s%.*s", STR_ARG(host),
					   STR_ARG(url));
	}
	tx->url = clean_url(r, url);
	extract_userinfo(r, tx);
	if (!scheme_is(url, "http:") && !scheme_is(url, "https:")) {
		colon = str_find_char(str_slice(url, 0, 40), ':', 0);
		if (colon != NOT_FOUND)
			transaction_skip(tx, SKIP_REASON_NOT_HTTP, str_slice(url, 0, colon));
		else
			transaction_skip(tx, SKIP_REASON_UNREADABLE, STR("its URL is not valid"));
		return false;
	}
	if (url_split(tx->url, &parts))
		return true;
	transaction_skip(tx, SKIP_REASON_UNREADABLE, STR("its URL is not valid"));
	return false;
}

/* ---- the entry */

static void read_request(struct har_reader *r, const struct json_item *request,
			 struct transaction *tx)
{
	struct str method = har_get_text(r, request, "method"),
		   url = har_get_text(r, request, "url");
	char *upper;

	read_headers(r, har_get(r, request, "headers"), &tx->request_headers);
	read_cookies(r, request, &tx->request_headers, STR("Cookie"), true);
	upper = arena_cstr(&r->job->arena, str_trim(method));
	for (char *c = upper; *c; c++) {
		*c = ascii_to_upper(*c);
		if ((*c < 'A' || *c > 'Z') && *c != '-')
			method = STR_NULL;
	}
	if (!method.len || !*upper) {
		transaction_skip(tx, SKIP_REASON_UNREADABLE, STR("it has no method"));
		return;
	}
	tx->method = str_of(upper);
	if (str_eq(tx->method, STR("CONNECT"))) {
		tx->url = url;
		transaction_skip(tx, SKIP_REASON_CONNECT, STR_NULL);
		return;
	}
	if (read_url(r, tx, url))
		har_request_body(r, request, tx);
}

static void read_response(struct har_reader *r, const struct json_item *response,
			  struct transaction *tx)
{
	double status = har_get_number(r, response, "status", 0);
	struct str location;
	struct url base;

	tx->status = status >= 100 && status < 1000 ? (int)status : 0;
	read_headers(r, har_get(r, response, "headers"), &tx->headers);
	read_cookies(r, response, &tx->headers, STR("Set-Cookie"), false);
	if (response)
		har_response_body(r, response, tx);
	location = transaction_header(&tx->headers, STR("Location"), 0);
	if (!location.len)
		location = har_get_text(r, response, "redirectURL");
	if (tx->status < 300 || tx->status > 399 || !location.len || !url_split(tx->url, &base))
		return;
	location = clean_url(r, location);
	buf_clear(&r->scratch);
	if (url_resolve(&base, location, &r->scratch))
		tx->redirect_url = arena_str(&r->job->arena, buf_str(&r->scratch));
}

static bool is_prefetch(const struct transaction *tx)
{
	static const char *const names[] = {"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz", NULL};

	for (int i = 0; names[i]; i++) {
		struct str value = transaction_header(&tx->request_headers, str_of(names[i]), 0);

		if (str_icontains(value, STR("prefetch")) || str_icontains(value, STR("preview")))
			return true;
	}
	return false;
}

/* How the browser came to make the request. */
static void read_cause(struct har_reader *r, const struct json_item *entry, struct transaction *tx)
{
	const struct json_item *worker = har_get(r, entry, "_fetchedViaServiceWorker");
	const struct json_item *response = har_get(r, entry, "response");

	if (!worker)
		worker = har_get(r, response, "_fetchedViaServiceWorker");
	tx->by_worker = worker && json_type(worker) == JSON_TRUE;
	tx->from_memory = str_eq(har_get_text(r, entry, "_fromCache"), STR("memory"));
	tx->prefetched = is_prefetch(tx);
}

void har_entry(struct har_reader *r, struct transaction *tx)
{
	const struct json_item *entry = r->tape.items;
	const struct json_item *request = har_get(r, entry, "request");
	const struct json_item *response = har_get(r, entry, "response");
	struct str type;

	if (!request) {
		transaction_skip(tx, SKIP_REASON_UNREADABLE, STR("it has no request"));
		return;
	}
	read_times(r, entry, tx);
	tx->page = har_get_text(r, entry, "pageref");
	type = har_get_text(r, entry, "_resourceType");
	tx->resource_type = type.ptr ? type : STR("");
	read_request(r, request, tx);
	tx->request_only = !response || json_count(response) == 0;
	read_response(r, response, tx);
	read_cause(r, entry, tx);
	har_socket(r, entry, tx);
	if (tx->kind == TX_REQUEST)
		har_event_stream(r, entry, tx);
	if (tx->status)
		return;
	/* A browser that leaves a page cancels requests, and their bodies are not sent. */
	if (!tx->request_only && tx->disposition == TX_SKIPPED &&
	    tx->reason == SKIP_REASON_BODY_LOST) {
		tx->disposition = TX_KEPT;
		tx->request_body.lost = false;
	}
	transaction_skip(tx, SKIP_REASON_NO_RESPONSE, STR_NULL);
}
