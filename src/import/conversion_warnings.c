/* Warnings about missing parts of a recording, and how to record them. */
#include "base/url.h"
#include "import/conversion.h"
#include "import/site.h"

#define OTHER_HOSTS_MAX 5u

/* Whether a password is sent and more requests follow. */
static bool has_login(const struct conversion *conversion)
{
	for (size_t i = 0; i + 1 < conversion->steps.count; i++) {
		const struct transaction *tx = conversion->steps.items[i].tx;

		if (str_eq(tx->method, STR("GET")))
			continue;
		for (size_t k = 0; k < tx->part_count; k++)
			if (str_icontains(tx->parts[k].name, STR("pass")) ||
			    str_icontains(tx->parts[k].name, STR("pwd")))
				return true;
		if (str_icontains(tx->request_body.raw, STR("\"password\"")))
			return true;
	}
	return false;
}

static bool has_credentials(const struct tx_list *list)
{
	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *tx = list->items.items[i];

		if (transaction_header(&tx->request_headers, STR("Cookie"), 0).len ||
		    transaction_header(&tx->request_headers, STR("Authorization"), 0).len ||
		    transaction_header(&tx->headers, STR("Set-Cookie"), 0).len)
			return true;
	}
	return false;
}

/* Chrome omits them by default since version 130. */
static void warn_sanitized(struct conversion *conversion)
{
	struct str tool = conversion->job->tool;
	bool chrome = str_icontains(tool, STR("WebInspector")) ||
		      str_icontains(tool, STR("Chrom")) || str_icontains(tool, STR("Edge"));

	if (!chrome || !has_login(conversion) || has_credentials(&conversion->job->list))
		return;
	job_note(
	    conversion->job, "sanitized",
	    "there is a login but no Cookie and no Authorization anywhere: the browser has left");
	job_note(
	    conversion->job, "sanitized",
	    "them out. In DevTools: Settings > Preferences > Network > \"Allow to generate HAR");
	job_note(
	    conversion->job, "sanitized",
	    "with sensitive data\"; then hold the export arrow: Export HAR (with sensitive data)");
}

/* Responses that cannot be searched for values. */
static void warn_missing(struct conversion *conversion)
{
	bool ours = str_eq(conversion->job->tool, STR("reprise record"));
	const struct transaction *first = NULL;
	size_t count = 0, mark;

	for (size_t i = 0; i < conversion->steps.count; i++) {
		const struct transaction *tx = conversion->steps.items[i].response;

		if (!tx->body.lost || tx->status >= 300)
			continue;
		first = first ? first : tx;
		count++;
	}
	if (!first)
		return;
	mark = str_find_char(first->url, '?', 0);
	job_note(
	    conversion->job, "look at",
	    "the recording lacks %zu response%s (first: entry %u, %.*s): tokens in %s cannot be "
	    "found; %s",
	    count, count == 1 ? "" : "s", first->number, STR_ARG(str_slice(first->url, 0, mark)),
	    count == 1 ? "it" : "them",
	    ours ? "they are longer than 10 MB or compressed in a way that cannot be read here"
		 : "record with the cache disabled and reload");
}

static bool is_failure(const struct outcome_member *member)
{
	static const char *const words[] = {"false", "error", "fail", "failed", "failure", NULL};

	for (int i = 0; words[i]; i++)
		if (str_ieq(member->value, str_of(words[i])))
			return true;
	return false;
}

/* The scenario expects what was recorded, also where the application reported a failure. */
static void warn_failures(struct conversion *conversion)
{
	const struct outcome_member *first = NULL;
	const struct transaction *tx = NULL;
	size_t count = 0;

	for (size_t i = 0; i < conversion->steps.count; i++) {
		const struct conversion_step *step = &conversion->steps.items[i];

		for (size_t k = 0; k < step->outcome.members.count; k++) {
			if (!is_failure(&step->outcome.members.items[k]))
				continue;
			tx = first ? tx : step->response;
			first = first ? first : &step->outcome.members.items[k];
			count++;
			break;
		}
	}
	if (!first)
		return;
	job_note(conversion->job, "look at",
		 "%zu recorded response%s a failure (first: entry %u, %.*s: \"%.*s\" is %.*s); the "
		 "scenario expects %s again; correct `expect` if it should succeed",
		 count, count == 1 ? " reports" : "s report", tx->number,
		 STR_ARG(str_slice(tx->url, 0, str_find_char(tx->url, '?', 0))),
		 STR_ARG(str_slice(first->path, 2, first->path.len)), STR_ARG(first->value),
		 count == 1 ? "it" : "them");
}

static bool is_analytics(struct str name)
{
	static const char *const starts[] = {
	    "_ga",	 "_gid", "_gat",       "_fbp", "__utm",	    "_hj",  "ajs_",    "_pk_",
	    "amplitude", "mp_",	 "optimizely", "_cl",  "intercom-", "__hs", "hubspot", NULL};

	for (int i = 0; starts[i]; i++)
		if (str_ieq(str_slice(name, 0, strlen(starts[i])), str_of(starts[i])))
			return true;
	return false;
}

static bool is_set_before(const struct tx_list *list, const struct transaction *user,
			  struct str name)
{
	for (size_t i = 0; i < list->items.count && list->items.items[i] != user; i++) {
		const struct tx_headers *headers = &list->items.items[i]->headers;
		struct str line;

		for (size_t n = 0; (line = transaction_header(headers, STR("Set-Cookie"), n)).ptr;
		     n++)
			if (str_starts(line, name) && line.len > name.len &&
			    line.ptr[name.len] == '=')
				return true;
	}
	return false;
}

/* Cookies the jar will not have: set before the recording started, or by a script. True if the
 * first request has some. */
static bool warn_cookies(struct conversion *conversion)
{
	struct buf names;
	size_t count = 0;
	bool first = false;

	buf_init(&names, 0);
	for (size_t k = 0; k < conversion->steps.count && count < 8; k++) {
		const struct transaction *tx = conversion->steps.items[k].tx;
		struct str line = transaction_header(&tx->request_headers, STR("Cookie"), 0);

		for (size_t at = 0; at < line.len && count < 8;) {
			size_t end = str_find_char(line, ';', at);

			end = end == NOT_FOUND ? line.len : end;
			struct str pair = str_trim(str_slice(line, at, end));
			struct str name = str_slice(pair, 0, str_find_char(pair, '=', 0));
			at = end + 1;
			if (!name.len || name.len > 60 || is_analytics(name) ||
			    is_set_before(&conversion->job->list, tx, name) ||
			    str_find(buf_str(&names), name, 0) != NOT_FOUND)
				continue;
			buf_printf(&names, "%s%.*s", count++ ? ", " : "", STR_ARG(name));
			first = first || k == 0;
		}
	}
	if (count)
		job_note(
		    conversion->job, "look at",
		    "no response sets %.*s: from before the recording started, or set by a script",
		    STR_ARG(buf_str(&names)));
	buf_release(&names);
	return first;
}

/* Data of an application, not a page, an image or a counter. */
static bool is_api_call(const struct transaction *tx)
{
	struct str sent = transaction_media_type(&tx->request_body, &tx->request_headers);
	struct str received = transaction_media_type(&tx->body, &tx->headers);

	if (tx->status < 200 || tx->status > 299 || tx->status == 204 || tx->prefetched)
		return false;
	return str_icontains(received, STR("json")) ||
	       (str_icontains(sent, STR("json")) && !str_eq(tx->method, STR("GET")) &&
		received.len && !str_icontains(received, STR("image")));
}

/* Its name or its log-in shows that it is a part of the site, not of an advertiser. */
static bool is_related_host(const struct conversion *conversion, const struct transaction *tx)
{
	static const char *const parts[] = {"api", "graphql", "backend", "gateway", "auth", NULL};
	struct url target;
	struct str site;

	for (int i = 0; parts[i]; i++)
		if (str_icontains(tx->detail, str_of(parts[i])))
			return true;
	if (transaction_header(&tx->request_headers, STR("Authorization"), 0).len)
		return true;
	if (!url_split(conversion->target, &target))
		return false;
	site = site_domain(target.host);
	site = str_slice(site, 0, str_find_char(site, '.', 0));
	return site.len > 3 && str_icontains(tx->detail, site);
}

struct other_host {
	struct str name;
	size_t count;
};

/* Requests to other hosts are skipped; an API that the visit uses is offered by its name. */
static void offer_hosts(struct conversion *conversion)
{
	const struct tx_list *list = &conversion->job->list;
	struct other_host hosts[OTHER_HOSTS_MAX];
	size_t count = 0, k;

	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *tx = list->items.items[i];

		if (tx->disposition != TX_SKIPPED || tx->reason != SKIP_REASON_THIRD_PARTY ||
		    !is_api_call(tx) || !is_related_host(conversion, tx))
			continue;
		for (k = 0; k < count && !str_ieq(hosts[k].name, tx->detail); k++)
			;
		if (k == count && count < OTHER_HOSTS_MAX)
			hosts[count++] = (struct other_host){.name = tx->detail};
		if (k < count)
			hosts[k].count++;
	}
	for (k = 0; k < count; k++)
		job_note(
		    conversion->job, "look at",
		    "%zu request%s to %.*s, which sends data, %s skipped; to import %s: --host "
		    "%.*s",
		    hosts[k].count, hosts[k].count == 1 ? "" : "s", STR_ARG(hosts[k].name),
		    hosts[k].count == 1 ? "is" : "are", hosts[k].count == 1 ? "it" : "them",
		    STR_ARG(hosts[k].name));
}

static bool uses_cookies(const struct tx_list *list)
{
	for (size_t i = 0; i < list->items.count; i++)
		if (list->items.items[i]->disposition != TX_SKIPPED &&
		    transaction_header(&list->items.items[i]->headers, STR("Set-Cookie"), 0).len)
			return true;
	return false;
}

/* A visitor who had cookies and does not log in may have been logged in before. */
static void find_new_visitor(struct conversion *conversion, bool had_cookies)
{
	bool login = has_login(conversion);

	if (conversion->job->as_written || (!login && !uses_cookies(&conversion->job->list)))
		return;
	conversion->new_visitor = login || !had_cookies;
	if (!conversion->new_visitor)
		job_note(conversion->job, "look at",
			 "the recording starts with cookies and has no login: the visitor may have "
			 "been logged in before, so users keep their cookies between iterations; "
			 "record in a private window to import a new visitor");
}

void conversion_warn(struct conversion *conversion)
{
	warn_sanitized(conversion);
	warn_missing(conversion);
	warn_failures(conversion);
	offer_hosts(conversion);
	find_new_visitor(conversion, warn_cookies(conversion));
}
