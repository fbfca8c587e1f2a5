/* Selects the requests of a recording that belong to the visit: its hosts, without assets that
 * are only for the eye. */
#include "base/url.h"
#include "import/conversion.h"
#include "import/import.h"
#include "import/site.h"

/* ---- names of hosts */

static bool is_subdomain(struct str host, struct str name)
{
	if (host.len < name.len)
		return false;
	return str_ieq(str_slice(host, host.len - name.len, host.len), name) &&
	       (host.len == name.len || host.ptr[host.len - name.len - 1] == '.');
}

/* The row of noise_hosts.def that matches URL. */
static bool is_noise(const struct url *url, enum skip_reason *reason)
{
	static const struct {
		enum skip_reason reason;
		struct str name;
	} rows[] = {
#define HOST(reason, name) {SKIP_REASON_##reason, {name, sizeof(name) - 1}},
#include "import/noise_hosts.def"
#undef HOST
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t slash = str_find_char(rows[i].name, '/', 0);

		if (!is_subdomain(url->host, str_slice(rows[i].name, 0, slash)))
			continue;
		if (slash != NOT_FOUND &&
		    !str_starts(url->path, str_slice(rows[i].name, slash, rows[i].name.len)))
			continue;
		*reason = rows[i].reason;
		return true;
	}
	return false;
}

bool import_is_browser_noise(struct str url)
{
	enum skip_reason reason;
	struct url parts;

	return url_split(url, &parts) && is_noise(&parts, &reason) && reason == SKIP_REASON_BROWSER;
}

/* ---- classification of an entry */

static bool contains(struct str s, const char *word)
{
	return str_find(s, str_of(word), 0) != NOT_FOUND;
}

static bool is_document(const struct transaction *tx)
{
	struct str type = transaction_media_type(&tx->body, &tx->headers);

	if (tx->resource_type.len && !str_ieq(tx->resource_type, STR("document")))
		return false;
	return str_ieq(type, STR("text/html")) || str_ieq(type, STR("application/xhtml+xml"));
}

static bool is_one_of(struct str s, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (str_ieq(s, str_of(words[i])))
			return true;
	return false;
}

static bool is_asset_type(struct str type)
{
	static const char *const starts[] = {
	    "image/", "font/", "audio/", "video/", "application/font", "application/x-font", NULL};
	static const char *const whole[] = {"text/css",
					    "text/javascript",
					    "application/javascript",
					    "application/x-javascript",
					    "application/ecmascript",
					    "application/manifest+json",
					    "application/wasm",
					    "application/vnd.ms-fontobject",
					    "application/x-shockwave-flash",
					    NULL};

	for (int i = 0; starts[i]; i++)
		if (str_ieq(str_slice(type, 0, strlen(starts[i])), str_of(starts[i])))
			return true;
	return is_one_of(type, whole);
}

/* JSONP is data, whatever its type says: the page named the function to call with it. */
static bool is_jsonp(const struct transaction *tx)
{
	return contains(tx->url, "?callback=") || contains(tx->url, "&callback=") ||
	       contains(tx->url, "?jsonp=") || contains(tx->url, "&jsonp=");
}

static bool is_asset(const struct transaction *tx, const struct url *url)
{
	static const char *const kinds[] = {"image", "font",	 "stylesheet", "script",
					    "media", "manifest", "texttrack",  "imageset",
					    "css",   NULL};
	static const char *const visited[] = {"document", "xhr", "fetch", "eventsource", NULL};
	struct str type = transaction_media_type(&tx->body, &tx->headers);

	if (tx->kind == TX_SOCKET ||
	    (!str_eq(tx->method, STR("GET")) && !str_eq(tx->method, STR("HEAD"))))
		return false;
	if ((str_ieq(tx->resource_type, STR("script")) || contains(type, "javascript")) &&
	    is_jsonp(tx))
		return false;
	if (is_one_of(tx->resource_type, kinds))
		return true;
	if (is_one_of(tx->resource_type, visited))
		return false;
	if (is_asset_type(type))
		return true;
	if (type.len && !contains(type, "octet-stream") && !contains(type, "unknown") &&
	    tx->status < 300)
		return false;
	return site_is_asset_path(url->path);
}

static bool is_preflight(const struct transaction *tx)
{
	return str_eq(tx->method, STR("OPTIONS")) &&
	       (str_ieq(tx->resource_type, STR("preflight")) ||
		transaction_header(&tx->request_headers, STR("Access-Control-Request-Method"), 0)
		    .ptr);
}

/* An event stream without a response that shows its events. */
static bool is_unread_stream(const struct transaction *tx)
{
	if (conversion_is_event_stream(tx))
		return false;
	return str_ieq(tx->resource_type, STR("eventsource")) ||
	       str_ieq(transaction_media_type(&tx->body, &tx->headers), STR("text/event-stream")) ||
	       str_ieq(transaction_header(&tx->request_headers, STR("Accept"), 0),
		       STR("text/event-stream"));
}

static bool is_beacon(const struct transaction *tx)
{
	static const char *const kinds[] = {"ping", "beacon", NULL};

	return is_one_of(tx->resource_type, kinds);
}

/* Reports of the browser about a page and its links. */
static bool is_browser_report(const struct transaction *tx)
{
	static const char *const kinds[] = {"cspviolationreport", "csp_report", "report", NULL};
	static const char *const types[] = {"text/ping", "application/csp-report",
					    "application/reports+json", NULL};

	return is_one_of(tx->resource_type, kinds) ||
	       is_one_of(transaction_media_type(&tx->request_body, &tx->request_headers), types);
}

/* ---- hosts */

struct host_set {
	VEC(struct str) domains;
};

static bool is_first_party(const struct host_set *set, struct str host)
{
	struct str domain = site_domain(host);

	for (size_t i = 0; i < set->domains.count; i++)
		if (str_ieq(set->domains.items[i], domain))
			return true;
	return false;
}

static void add_host(struct conversion *conversion, struct host_set *set, struct str host)
{
	if (!is_first_party(set, host))
		VEC_PUSH(&conversion->job->arena, &set->domains, site_domain(host));
}

static const struct transaction *first_document(const struct tx_list *list)
{
	const struct transaction *any = NULL;

	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *tx = list->items.items[i];

		if (tx->disposition != TX_KEPT)
			continue;
		if (tx->redirect_url.len && !any && str_eq(tx->method, STR("GET")))
			return tx;
		if (is_document(tx) && tx->status < 400)
			return tx;
		any = any ? any : tx;
	}
	return any;
}

/* It receives what people enter: a form or JSON, sent from one of our pages or its own, and its
 * response has contents. */
static bool accepts_input(const struct host_set *set, const struct transaction *tx,
			  const struct url *url)
{
	struct str type = transaction_media_type(&tx->request_body, &tx->request_headers);
	struct str referer = transaction_header(&tx->request_headers, STR("Referer"), 0);
	struct str response = transaction_media_type(&tx->body, &tx->headers);
	struct url from;

	if (str_eq(tx->method, STR("GET")) || str_eq(tx->method, STR("HEAD")) ||
	    str_eq(tx->method, STR("OPTIONS")) || tx->status == 204)
		return false;
	if (!contains(type, "json") && !contains(type, "form"))
		return false;
	if (!contains(response, "json") && !contains(response, "html") &&
	    (tx->status < 300 || tx->status > 399))
		return false;
	if (!url_split(referer, &from))
		return false;
	return is_first_party(set, from.host) ||
	       str_ieq(site_domain(from.host), site_domain(url->host));
}

/* Clients of an API send no Referer: all their hosts belong to the visit. */
static bool is_api_client(const struct transaction *tx)
{
	return !transaction_header(&tx->request_headers, STR("Referer"), 0).len &&
	       !transaction_header(&tx->request_headers, STR("Origin"), 0).len &&
	       !transaction_header(&tx->request_headers, STR("Sec-Fetch-Site"), 0).len;
}

static bool matches_glob(struct str list, struct str host)
{
	for (size_t at = 0; list.ptr && at <= list.len;) {
		size_t end = str_find_char(list, ',', at);

		end = end == NOT_FOUND ? list.len : end;
		if (str_glob(host, str_trim(str_slice(list, at, end))))
			return true;
		at = end + 1;
	}
	return false;
}

static const struct transaction *find_by_url(const struct tx_list *list, struct str url)
{
	for (size_t i = 0; i < list->items.count; i++)
		if (str_eq(list->items.items[i]->url, url))
			return list->items.items[i];
	return NULL;
}

static size_t count_origin(const struct tx_list *list, const struct url *origin)
{
	size_t count = 0;
	struct url url;

	for (size_t i = 0; i < list->items.count; i++)
		count += list->items.items[i]->disposition == TX_KEPT &&
			 url_split(list->items.items[i]->url, &url) &&
			 url_same_origin(&url, origin);
	return count;
}

/* scheme://host:port, with the port only if it is written. */
static struct str url_origin(struct arena *a, const struct url *url)
{
	struct str origin = arena_printf(a, url->host_is_ipv6 ? "%.*s://[%.*s]" : "%.*s://%.*s",
					 STR_ARG(url->scheme), STR_ARG(url->host));

	return url->has_port ? arena_printf(a, "%.*s:%u", STR_ARG(origin), url->port) : origin;
}

/* Hosts that a visit is redirected through before its first page are its own; the target is the
 * one with more requests: the first (which redirects to a login elsewhere), or the last (the
 * site's canonical name). */
static void follow_first_page(struct conversion *conversion, struct host_set *set,
			      const struct transaction *tx)
{
	const struct tx_list *list = &conversion->job->list;
	struct url first, last;

	if (!url_split(tx->url, &first))
		return;
	last = first;
	add_host(conversion, set, first.host);
	for (int hop = 0; hop < 10 && tx && tx->redirect_url.len; hop++) {
		tx = find_by_url(list, tx->redirect_url);
		if (!tx || tx->disposition != TX_KEPT || !url_split(tx->url, &last))
			break;
		add_host(conversion, set, last.host);
	}
	if (count_origin(list, &first) > count_origin(list, &last))
		last = first;
	conversion->target = url_origin(&conversion->job->arena, &last);
}

static void choose_hosts(struct conversion *conversion, struct host_set *set)
{
	const struct tx_list *list = &conversion->job->list;
	const struct transaction *first = first_document(list);
	bool first_is_document = first && (is_document(first) || first->redirect_url.len);
	struct url url;

	if (first)
		follow_first_page(conversion, set, first);
	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *tx = list->items.items[i];

		if (tx->disposition != TX_KEPT || !url_split(tx->url, &url))
			continue;
		if (accepts_input(set, tx, &url) || (!first_is_document && is_api_client(tx)))
			add_host(conversion, set, url.host);
	}
}

/* ---- the whole filter */

static void drop_noise(struct conversion *conversion)
{
	struct tx_list *list = &conversion->job->list;
	bool keep = job_option_is(conversion->job, "analytics", "keep");
	const struct transaction *first = first_document(list);
	struct str site = STR(""), more = job_option_list(conversion->job, "host");
	enum skip_reason reason;
	struct url url;

	if (first && url_split(first->url, &url))
		site = site_domain(url.host);

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];

		if (tx->disposition != TX_KEPT || !url_split(tx->url, &url))
			continue;
		if (is_unread_stream(tx))
			transaction_skip(tx, SKIP_REASON_EVENT_STREAM, STR_NULL);
		else if (is_preflight(tx))
			transaction_skip(tx, SKIP_REASON_PREFLIGHT, STR_NULL);
		else if (!keep && is_browser_report(tx))
			transaction_skip(tx, SKIP_REASON_BROWSER, url.host);
		else if (!keep && is_beacon(tx) && !str_ieq(site, site_domain(url.host)))
			transaction_skip(tx, SKIP_REASON_ANALYTICS, url.host);
		else if (is_noise(&url, &reason) &&
			 !matches_glob(more, url.host) &&
			 !(keep && reason == SKIP_REASON_ANALYTICS))
			transaction_skip(tx, reason,
					 reason == SKIP_REASON_ASSET ? STR_NULL : url.host);
	}
}

static void drop_others(struct conversion *conversion, const struct host_set *set)
{
	struct tx_list *list = &conversion->job->list;
	bool assets = job_option_is(conversion->job, "assets", "keep");
	struct str more = job_option_list(conversion->job, "host");
	struct url url;

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];
		const struct transaction *head = tx;

		if (!url_split(tx->url, &url))
			continue;
		if (tx->disposition == TX_SKIPPED) {
			/* Requests to other hosts are not reported one by one. */
			if (tx->reason == SKIP_REASON_BODY_LOST && !is_first_party(set, url.host)) {
				tx->reason = SKIP_REASON_THIRD_PARTY;
				tx->detail = url.host;
			}
			continue;
		}
		if (tx->disposition == TX_MERGED) {
			head = tx->merged_into;
			if (head->disposition == TX_SKIPPED) {
				tx->disposition = TX_KEPT;
				tx->merged_into = NULL;
				transaction_skip(tx, head->reason, head->detail);
			}
			continue;
		}
		if (!is_first_party(set, url.host) && !matches_glob(more, url.host))
			transaction_skip(tx, SKIP_REASON_THIRD_PARTY, url.host);
		else if (!assets && is_asset(tx, &url))
			transaction_skip(tx, SKIP_REASON_ASSET, STR_NULL);
	}
}

/* Further recordings are only compared with the first. */
static void drop_second_recording(struct conversion *conversion)
{
	struct tx_list *list = &conversion->job->list;

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];

		if (tx->source == 0 || tx->disposition == TX_SKIPPED)
			continue;
		tx->disposition = TX_KEPT;
		transaction_skip(tx, SKIP_REASON_SECOND, STR_NULL);
	}
}

static bool anything_kept(const struct conversion *conversion)
{
	for (size_t i = 0; i < conversion->job->list.items.count; i++)
		if (conversion->job->list.items.items[i]->disposition == TX_KEPT)
			return true;
	return false;
}

/* A recording that has only assets is about them. */
static bool restore_assets(struct conversion *conversion)
{
	bool any = false;

	for (size_t i = 0; i < conversion->job->list.items.count; i++) {
		struct transaction *tx = conversion->job->list.items.items[i];

		if (tx->disposition == TX_SKIPPED && tx->reason == SKIP_REASON_ASSET) {
			tx->disposition = TX_KEPT;
			any = true;
		}
	}
	if (any)
		job_note(conversion->job, "look at", "it has only assets, so they are kept");
	return any;
}

/* Some tools write only requests: then a missing response means nothing. */
static void keep_unanswered_requests(struct conversion *conversion)
{
	struct tx_list *list = &conversion->job->list;

	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *tx = list->items.items[i];

		if (tx->disposition != TX_SKIPPED || tx->reason != SKIP_REASON_NO_RESPONSE ||
		    tx->request_only)
			continue;
		return;
	}
	for (size_t i = 0; i < list->items.count; i++)
		if (list->items.items[i]->status)
			return;
	for (size_t i = 0; i < list->items.count; i++)
		if (list->items.items[i]->reason == SKIP_REASON_NO_RESPONSE)
			list->items.items[i]->disposition = TX_KEPT;
}

bool conversion_filter(struct conversion *conversion)
{
	struct host_set set = {0};

	if (conversion->job->as_written) {
		choose_hosts(conversion, &set);
		return anything_kept(conversion) ||
		       job_error(conversion->job, "there is no request in it");
	}
	keep_unanswered_requests(conversion);
	drop_noise(conversion);
	conversion_drop_copies(conversion);
	choose_hosts(conversion, &set);
	conversion_skip_challenges(conversion);
	conversion_merge_redirects(conversion);
	drop_others(conversion, &set);
	drop_second_recording(conversion);
	if (anything_kept(conversion) || restore_assets(conversion))
		return true;
	return job_error(conversion->job,
			 "nothing is left to import: of %zu entries, none is a request of "
			 "the visit itself",
			 conversion->job->list.items.count);
}
