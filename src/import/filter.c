/* What of a recording is the visit: its hosts, and what belongs to a page only for the eye. */
#include "base/url.h"
#include "import/flow.h"
#include "import/import.h"

/* ---- names of hosts */

static bool is_address(struct str host)
{
	for (size_t i = 0; i < host.len; i++)
		if (!strchr("0123456789.:abcdefABCDEF", host.ptr[i]))
			return false;
	return host.len && (str_find_char(host, ':', 0) != (size_t)-1 ||
			    (host.ptr[host.len - 1] >= '0' && host.ptr[host.len - 1] <= '9'));
}

/* Where the label before AT begins. */
static size_t label_before(struct str host, size_t at)
{
	while (at > 0 && host.ptr[at - 1] != '.')
		at--;
	return at;
}

struct str registrable_domain(struct str host)
{
	static const char *const second[] = {"co",  "com", "org", "net", "gov", "ac",
					     "edu", "ne",  "or",  "go",	 NULL};
	size_t top, two;
	struct str middle;

	if (is_address(host))
		return host;
	top = label_before(host, host.len);
	if (!top)
		return host;
	two = label_before(host, top - 1);
	middle = str_slice(host, two, top - 1);
	/* example.co.uk: a country's own second level. */
	for (int i = 0; two && host.len - top == 2 && second[i]; i++)
		if (str_ieq(middle, str_of(second[i])))
			return str_slice(host, label_before(host, two - 1), host.len);
	return str_slice(host, two, host.len);
}

static bool under(struct str host, struct str name)
{
	if (host.len < name.len)
		return false;
	return str_ieq(str_slice(host, host.len - name.len, host.len), name) &&
	       (host.len == name.len || host.ptr[host.len - name.len - 1] == '.');
}

/* The row of hosts.def that URL is of. */
static bool is_noise(const struct url *url, enum tx_reason *reason)
{
	static const struct {
		enum tx_reason reason;
		struct str name;
	} rows[] = {
#define HOST(reason, name) {TX_REASON_##reason, {name, sizeof(name) - 1}},
#include "import/hosts.def"
#undef HOST
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t slash = str_find_char(rows[i].name, '/', 0);

		if (!under(url->host, str_slice(rows[i].name, 0, slash)))
			continue;
		if (slash != (size_t)-1 &&
		    !str_starts(url->path, str_slice(rows[i].name, slash, rows[i].name.len)))
			continue;
		*reason = rows[i].reason;
		return true;
	}
	return false;
}

bool import_is_of_browser(struct str url)
{
	enum tx_reason reason;
	struct url parts;

	return url_split(url, &parts) && is_noise(&parts, &reason) && reason == TX_REASON_BROWSER;
}

/* ---- what an entry is */

static bool contains(struct str s, const char *word)
{
	return str_find(s, str_of(word), 0) != (size_t)-1;
}

static bool is_document(const struct transaction *tx)
{
	struct str type = tx_media_type(&tx->body, &tx->headers);

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

bool is_asset_path(struct str path)
{
	static const char *const ends[] = {"css",  "js",    "mjs", "png",  "jpg",  "jpeg",
					   "gif",  "svg",   "ico", "webp", "avif", "bmp",
					   "woff", "woff2", "ttf", "otf",  "eot",  "mp4",
					   "webm", "mp3",   "map", "swf",  NULL};
	size_t dot = path.len;

	while (dot > 0 && path.ptr[dot - 1] != '.' && path.ptr[dot - 1] != '/')
		dot--;
	return dot > 0 && path.ptr[dot - 1] == '.' &&
	       is_one_of(str_slice(path, dot, path.len), ends);
}

/* Data, whatever it calls itself: the page named the function to call with it. */
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
	struct str type = tx_media_type(&tx->body, &tx->headers);

	if (!str_eq(tx->method, STR("GET")) && !str_eq(tx->method, STR("HEAD")))
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
	return is_asset_path(url->path);
}

static bool is_preflight(const struct transaction *tx)
{
	return str_eq(tx->method, STR("OPTIONS")) &&
	       (str_ieq(tx->resource_type, STR("preflight")) ||
		tx_header(&tx->request_headers, STR("Access-Control-Request-Method"), 0).ptr);
}

/* It does not end, so there is no answer to wait for. */
static bool is_event_stream(const struct transaction *tx)
{
	return str_ieq(tx->resource_type, STR("eventsource")) ||
	       str_ieq(tx_media_type(&tx->body, &tx->headers), STR("text/event-stream")) ||
	       str_ieq(tx_header(&tx->request_headers, STR("Accept"), 0), STR("text/event-stream"));
}

static bool is_beacon(const struct transaction *tx)
{
	static const char *const kinds[] = {"ping", "beacon", "cspviolationreport", "csp_report",
					    NULL};
	struct str type = tx_media_type(&tx->request_body, &tx->request_headers);

	return is_one_of(tx->resource_type, kinds) || str_ieq(type, STR("text/ping"));
}

/* ---- hosts */

struct host_set {
	VEC(struct str) domains;
};

static bool is_first_party(const struct host_set *set, struct str host)
{
	struct str domain = registrable_domain(host);

	for (size_t i = 0; i < set->domains.count; i++)
		if (str_ieq(set->domains.items[i], domain))
			return true;
	return false;
}

static void add_host(struct flow *flow, struct host_set *set, struct str host)
{
	if (!is_first_party(set, host))
		VEC_PUSH(&flow->job->arena, &set->domains, registrable_domain(host));
}

static const struct transaction *first_document(const struct tx_list *list)
{
	const struct transaction *any = NULL;

	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *tx = list->items.items[i];

		if (tx->fate != TX_KEPT)
			continue;
		if (tx->redirect_url.len && !any && str_eq(tx->method, STR("GET")))
			return tx;
		if (is_document(tx) && tx->status < 400)
			return tx;
		any = any ? any : tx;
	}
	return any;
}

/* It takes what people enter: a form or JSON, sent from a page of ours or of its own, and it
 * answers with more than a nod. */
static bool takes_input(const struct host_set *set, const struct transaction *tx,
			const struct url *url)
{
	struct str type = tx_media_type(&tx->request_body, &tx->request_headers);
	struct str referer = tx_header(&tx->request_headers, STR("Referer"), 0);
	struct str answer = tx_media_type(&tx->body, &tx->headers);
	struct url from;

	if (str_eq(tx->method, STR("GET")) || str_eq(tx->method, STR("HEAD")) ||
	    str_eq(tx->method, STR("OPTIONS")) || tx->status == 204)
		return false;
	if (!contains(type, "json") && !contains(type, "form"))
		return false;
	if (!contains(answer, "json") && !contains(answer, "html") &&
	    (tx->status < 300 || tx->status > 399))
		return false;
	if (!url_split(referer, &from))
		return false;
	return is_first_party(set, from.host) ||
	       str_ieq(registrable_domain(from.host), registrable_domain(url->host));
}

/* Programs that speak to an API give no Referer: all their hosts are meant. */
static bool is_of_program(const struct transaction *tx)
{
	return !tx_header(&tx->request_headers, STR("Referer"), 0).len &&
	       !tx_header(&tx->request_headers, STR("Origin"), 0).len &&
	       !tx_header(&tx->request_headers, STR("Sec-Fetch-Site"), 0).len;
}

static bool globbed(struct str list, struct str host)
{
	for (size_t at = 0; list.ptr && at <= list.len;) {
		size_t end = str_find_char(list, ',', at);

		end = end == (size_t)-1 ? list.len : end;
		if (str_glob(host, str_trim(str_slice(list, at, end))))
			return true;
		at = end + 1;
	}
	return false;
}

static const struct transaction *at_url(const struct tx_list *list, struct str url)
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
		count += list->items.items[i]->fate == TX_KEPT &&
			 url_split(list->items.items[i]->url, &url) &&
			 url_same_origin(&url, origin);
	return count;
}

/* The hosts a visit is sent through before its first page are its own; the target is the one that
 * has more of it: the first (which sends to a login elsewhere), or the last (which is the site's
 * true name). */
static void enter(struct flow *flow, struct host_set *set, const struct transaction *tx)
{
	const struct tx_list *list = &flow->job->list;
	struct url first, last;

	if (!url_split(tx->url, &first))
		return;
	last = first;
	add_host(flow, set, first.host);
	for (int hop = 0; hop < 10 && tx && tx->redirect_url.len; hop++) {
		tx = at_url(list, tx->redirect_url);
		if (!tx || tx->fate != TX_KEPT || !url_split(tx->url, &last))
			break;
		add_host(flow, set, last.host);
	}
	if (count_origin(list, &first) > count_origin(list, &last))
		last = first;
	flow->target = url_origin(&flow->job->arena, &last);
}

static void choose_hosts(struct flow *flow, struct host_set *set)
{
	const struct tx_list *list = &flow->job->list;
	const struct transaction *first = first_document(list);
	bool first_is_document = first && (is_document(first) || first->redirect_url.len);
	struct url url;

	if (first)
		enter(flow, set, first);
	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *tx = list->items.items[i];

		if (tx->fate != TX_KEPT || !url_split(tx->url, &url))
			continue;
		if (takes_input(set, tx, &url) || (!first_is_document && is_of_program(tx)))
			add_host(flow, set, url.host);
	}
}

/* ---- the whole */

struct str url_origin(struct arena *a, const struct url *url)
{
	struct str origin = arena_printf(a, url->host_is_ipv6 ? "%.*s://[%.*s]" : "%.*s://%.*s",
					 STR_ARG(url->scheme), STR_ARG(url->host));

	return url->has_port ? arena_printf(a, "%.*s:%u", STR_ARG(origin), url->port) : origin;
}

static void drop_noise(struct flow *flow)
{
	struct tx_list *list = &flow->job->list;
	bool keep = job_wishes(flow->job, "analytics", "keep");
	enum tx_reason reason;
	struct url url;

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];

		if (tx->fate != TX_KEPT || !url_split(tx->url, &url))
			continue;
		if (is_event_stream(tx))
			tx_leave_out(tx, TX_REASON_EVENT_STREAM, STR_NULL);
		else if (is_preflight(tx))
			tx_leave_out(tx, TX_REASON_PREFLIGHT, STR_NULL);
		else if (!keep && is_beacon(tx))
			tx_leave_out(tx, TX_REASON_ANALYTICS, url.host);
		else if (is_noise(&url, &reason) &&
			 !globbed(job_wish(flow->job, "host"), url.host) &&
			 !(keep && reason == TX_REASON_ANALYTICS))
			tx_leave_out(tx, reason, reason == TX_REASON_ASSET ? STR_NULL : url.host);
	}
}

static void drop_others(struct flow *flow, const struct host_set *set)
{
	struct tx_list *list = &flow->job->list;
	bool assets = job_wishes(flow->job, "assets", "keep");
	struct str more = job_wish(flow->job, "host");
	struct url url;

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];
		const struct transaction *head = tx;

		if (!url_split(tx->url, &url))
			continue;
		if (tx->fate == TX_LEFT_OUT) {
			/* What others were sent is missed by nobody. */
			if (tx->reason == TX_REASON_BODY_LOST && !is_first_party(set, url.host)) {
				tx->reason = TX_REASON_THIRD_PARTY;
				tx->detail = url.host;
			}
			continue;
		}
		if (tx->fate == TX_MERGED) {
			head = tx->into;
			if (head->fate == TX_LEFT_OUT) {
				tx->fate = TX_KEPT;
				tx->into = NULL;
				tx_leave_out(tx, head->reason, head->detail);
			}
			continue;
		}
		if (!is_first_party(set, url.host) && !globbed(more, url.host))
			tx_leave_out(tx, TX_REASON_THIRD_PARTY, url.host);
		else if (!assets && is_asset(tx, &url))
			tx_leave_out(tx, TX_REASON_ASSET, STR_NULL);
	}
}

/* Further recordings are there to be compared with the first. */
static void drop_second(struct flow *flow)
{
	struct tx_list *list = &flow->job->list;

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];

		if (tx->source == 0 || tx->fate == TX_LEFT_OUT)
			continue;
		tx->fate = TX_KEPT;
		tx_leave_out(tx, TX_REASON_SECOND, STR_NULL);
	}
}

static bool anything_kept(const struct flow *flow)
{
	for (size_t i = 0; i < flow->job->list.items.count; i++)
		if (flow->job->list.items.items[i]->fate == TX_KEPT)
			return true;
	return false;
}

/* A recording of nothing but assets is about them. */
static bool take_assets_back(struct flow *flow)
{
	bool any = false;

	for (size_t i = 0; i < flow->job->list.items.count; i++) {
		struct transaction *tx = flow->job->list.items.items[i];

		if (tx->fate == TX_LEFT_OUT && tx->reason == TX_REASON_ASSET) {
			tx->fate = TX_KEPT;
			any = true;
		}
	}
	if (any)
		job_note(flow->job, "look at", "there are only assets in it, so they are kept");
	return any;
}

/* Some tools write requests only: then an answer is nothing to ask for. */
static void keep_unanswered(struct flow *flow)
{
	struct tx_list *list = &flow->job->list;

	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *tx = list->items.items[i];

		if (tx->fate != TX_LEFT_OUT || tx->reason != TX_REASON_NO_ANSWER || tx->asked_only)
			continue;
		return;
	}
	for (size_t i = 0; i < list->items.count; i++)
		if (list->items.items[i]->status)
			return;
	for (size_t i = 0; i < list->items.count; i++)
		if (list->items.items[i]->reason == TX_REASON_NO_ANSWER)
			list->items.items[i]->fate = TX_KEPT;
}

bool flow_filter(struct flow *flow)
{
	struct host_set set = {0};

	if (flow->job->as_written) {
		choose_hosts(flow, &set);
		return anything_kept(flow) || job_error(flow->job, "there is no request in it");
	}
	keep_unanswered(flow);
	drop_noise(flow);
	choose_hosts(flow, &set);
	flow_merge_redirects(flow);
	drop_others(flow, &set);
	drop_second(flow);
	if (anything_kept(flow) || take_assets_back(flow))
		return true;
	return job_error(flow->job,
			 "nothing is left to import: of %zu entries none is a request of "
			 "the visit itself",
			 flow->job->list.items.count);
}
