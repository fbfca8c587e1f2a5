/* Which lines of a log are not replayed, and why. */
#include <stdlib.h>

#include "base/log.h"
#include "base/alloc.h"
#include "import/accesslog/access_private.h"
#include "import/site.h"

/* Percentage of the lines that must agree on the target. */
#define AGREED_SHARE 95u

enum { AGENT_UNKNOWN, AGENT_PEOPLE, AGENT_REASONS };

/* ---- options */

static bool time_option(struct import_job *job, const char *name, int64_t *us)
{
	struct str text = job_option(job, name);
	bool precise;

	if (!text.ptr || access_time(text, us, &precise))
		return true;
	return job_error(job,
			 "--%s: %.*s is not a time; write it as in the log, or as "
			 "2026-01-31T14:00:00+01:00",
			 name, STR_ARG(text));
}

bool access_filter_init(struct import_job *job, struct access_filter *filter)
{
	*filter = (struct access_filter){
	    .assets = job_option_is(job, "assets", "keep"),
	    .no_bots = job_option_is(job, "bots", "drop"),
	    .only_ok = job_option(job, "only-ok").ptr != NULL,
	    .methods = job_option_list(job, "methods"),

	    .from_us = INT64_MIN,
	    .to_us = INT64_MAX,
	};
	if (!filter->methods.len)
		filter->methods = STR("GET,HEAD");
	return time_option(job, "from", &filter->from_us) && time_option(job, "to", &filter->to_us);
}

void access_filter_release(struct access_filter *filter)
{
	free(filter->agents);
}

/* ---- lines */

/* Whether WORD is in LIST, which is separated by commas; without case, * matches anything. */
static bool is_listed(struct str list, struct str word)
{
	for (size_t at = 0; at < list.len;) {
		size_t end = str_find_char(list, ',', at);

		end = end == NOT_FOUND ? list.len : end;
		struct str one = str_trim(str_slice(list, at, end));
		if (str_ieq(one, word) ||
		    (str_find_char(one, '*', 0) != NOT_FOUND && str_glob(word, one)))
			return true;
		at = end + 1;
	}
	return false;
}

static uint8_t classify(struct str agent)
{
	static const struct {
		enum skip_reason reason;
		struct str words;
	} rows[] = {
#define AGENT(reason, words) {SKIP_REASON_##reason, {words, sizeof(words) - 1}},
#include "import/accesslog/user_agents.def"
#undef AGENT
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (str_icontains(agent, rows[i].words))
			return (uint8_t)(AGENT_REASONS + rows[i].reason);
	return AGENT_PEOPLE;
}

/* Each user agent is classified once, however many lines it has. */
static uint8_t agent_class(struct access_filter *filter, const struct access_log *log,
			   uint32_t agent)
{
	if (agent >= filter->agents_cap) {
		size_t cap = (size_t)agent * 2 + 256;

		filter->agents = realloc(filter->agents, cap);
		if (!filter->agents)
			die_out_of_memory();
		memset(filter->agents + filter->agents_cap, AGENT_UNKNOWN,
		       cap - filter->agents_cap);
		filter->agents_cap = cap;
	}
	if (filter->agents[agent] == AGENT_UNKNOWN)
		filter->agents[agent] = classify(access_log_text(log, agent));
	return filter->agents[agent];
}

/* Paths that only probes and monitors request. */
static bool is_probe_path(struct str url)
{
	static const char *const paths[] = {
	    "/healthz",	     "/livez",	     "/readyz",	       "/health_check",	 "/healthcheck",
	    "/nginx_status", "/stub_status", "/server-status", "/haproxy?stats", NULL};

	for (int i = 0; paths[i]; i++)
		if (str_eq(url, str_of(paths[i])))
			return true;
	return false;
}

enum skip_reason access_filter_line(struct access_filter *filter, struct access_log *log,
				    const struct access_line *line,
				    const struct access_record *record)
{
	struct str url = access_log_text(log, record->url), path;
	uint8_t agent;

	if (!line->http || str_eq(line->method, STR("PRI")))
		return SKIP_REASON_NOT_HTTP;
	if (str_eq(line->method, STR("CONNECT")))
		return SKIP_REASON_CONNECT;
	if (line->time_us < filter->from_us || line->time_us >= filter->to_us)
		return SKIP_REASON_OUTSIDE;
	agent = agent_class(filter, log, record->agent);
	if (agent == AGENT_REASONS + SKIP_REASON_PROBE || is_probe_path(url))
		return SKIP_REASON_PROBE;
	if (!is_listed(filter->methods, line->method) || url.ptr[0] != '/') {
		log->methods[record->method].skipped++;
		return SKIP_REASON_METHOD;
	}
	if (filter->no_bots && agent == AGENT_REASONS + SKIP_REASON_BOT)
		return SKIP_REASON_BOT;
	if (filter->only_ok && line->status >= 400)
		return SKIP_REASON_FAILED;
	path = str_slice(url, 0, str_find_char(url, '?', 0));
	if (!filter->assets && site_is_asset_path(path))
		return SKIP_REASON_ASSET;
	return SKIP_REASON_COUNT;
}

/* ---- hosts */

struct domain {
	struct str name;
	uint32_t first; /* index in the text table, of its hosts */
	size_t requests;
};

struct domains {
	VEC(struct domain) list;
};

static struct domain *find_domain(struct import_job *job, struct domains *domains, struct str host)
{
	struct str name = site_domain(host);

	for (size_t i = 0; i < domains->list.count; i++)
		if (str_eq(domains->list.items[i].name, name))
			return &domains->list.items[i];
	/* More hosts than this come from a forger. */
	if (domains->list.count >= 1000)
		return NULL;
	VEC_PUSH(&job->arena, &domains->list, ((struct domain){.name = name}));
	return &domains->list.items[domains->list.count - 1];
}

bool access_filter_agrees(size_t some, size_t total)
{
	return some && some * 100 >= total * AGREED_SHARE;
}

/* Number of requests per host, by the host's index. A host in the URL of the request counts only
 * if most lines have one, as in the log of a forward proxy: any client can send another one. */
static size_t *count_hosts(const struct access_log *log)
{
	size_t *counts = alloc_zeroed(log->texts.count, sizeof *counts), absolute = 0;

	for (size_t i = 0; i < log->count; i++)
		absolute += log->records[i].flags & ACCESS_ABSOLUTE ? 1 : 0;
	for (size_t i = 0; i < log->count; i++)
		if (2 * absolute > log->count || !(log->records[i].flags & ACCESS_ABSOLUTE))
			counts[log->records[i].host]++;
	return counts;
}

static void report_other_hosts(struct import_job *job, const struct domains *domains,
			       const struct domain *site, size_t others)
{
	struct str names = STR("");
	size_t listed = 0, more = 0;

	for (size_t i = 0; i < domains->list.count; i++) {
		const struct domain *d = &domains->list.items[i];

		if (d == site || !d->requests)
			continue;
		more += listed >= 5;
		if (listed++ < 5)
			names = arena_printf(&job->arena, "%.*s%s%.*s (%zu)", STR_ARG(names),
					     names.len ? ", " : "",
					     STR_ARG(str_slice(d->name, 0, 60)), d->requests);
	}
	job_note(job, "look at",
		 "%zu request%s to hosts other than %.*s: %.*s%s; --host NAMES or --host '*' keeps "
		 "them",
		 others, others == 1 ? " is" : "s are", STR_ARG(site->name), STR_ARG(names),
		 more ? ", …" : "");
}

/* The port of HOST that nearly all of its requests name: 0 for none. False: they disagree. */
static bool agreed_port(const struct access_log *log, uint32_t host, uint16_t *port)
{
	size_t all = 0, same = 0;

	*port = 0;
	for (size_t i = 0; i < log->count; i++)
		if (log->records[i].host == host && !all++)
			*port = log->records[i].port;
	for (size_t i = 0; i < log->count; i++)
		same += log->records[i].host == host && log->records[i].port == *port;
	return access_filter_agrees(same, all);
}

/* Sets the host of LOG, whose requests to other hosts have been removed from TOTAL requests, if
 * nearly all lines agree on it. */
static void set_host(struct import_job *job, struct access_log *log, const struct domain *site,
		     size_t total, size_t named)
{
	struct str host = access_log_text(log, site->first);
	uint16_t port = 0;

	if (!access_filter_agrees(named, total))
		log->no_host = arena_printf(&job->arena, "only %zu of %zu lines have the host %.*s",
					    named, total, STR_ARG(host));
	else if (!agreed_port(log, site->first, &port))
		log->no_host = arena_printf(&job->arena, "the lines have several ports for %.*s",
					    STR_ARG(host));
	else if (port && port != 80 && port != 443)
		log->host = arena_printf(&job->arena, "%.*s:%u", STR_ARG(host), (unsigned)port);
	else
		log->host = host;
	if (port == 443 || port == 80)
		log->scheme = port == 443 ? STR("https") : STR("http");
}

/* Requests with the URL of another host, which are attempts to use the server as a proxy. */
static void report_absolute(struct import_job *job, size_t count)
{
	if (count)
		job_note(job, "look at",
			 "%zu request%s the full URL of another host: skipped; --host NAMES keeps "
			 "them",
			 count, count == 1 ? " has" : "s have");
}

/* The site's domain: that of the host that is named most often. */
static struct domain *find_site(struct import_job *job, struct domains *domains,
				struct access_log *log, const size_t *counts)
{
	struct domain *site = NULL, *d;
	size_t best = 0;

	for (uint32_t i = 1; i < log->texts.count; i++) {
		if (!counts[i])
			continue;
		d = find_domain(job, domains, access_log_text(log, i));
		if (!d)
			continue;
		if (!d->first || counts[i] > counts[d->first])
			d->first = i;
		d->requests += counts[i];
	}
	for (size_t i = 0; i < domains->list.count; i++)
		if (domains->list.items[i].requests > best) {
			site = &domains->list.items[i];
			best = site->requests;
		}
	return site;
}

/* Whether HOST is one of those given with --host. */
static bool is_requested_host(const struct import_job *job, struct str host)
{
	for (size_t i = 0; i < job->import_option_count; i++)
		if (str_eq(job->import_options[i].name, STR("host")) &&
		    is_listed(job->import_options[i].value, host))
			return true;
	return false;
}

void access_filter_hosts(struct import_job *job, struct access_log *log)
{
	struct domains domains = {.list = {.count = 0}};
	size_t *counts = count_hosts(log), kept = 0, total = log->count, absolute = 0, named = 0;
	struct domain *site = find_site(job, &domains, log, counts);

	for (size_t i = 0; i < total; i++) {
		const struct access_record *record = &log->records[i];
		struct str host = access_log_text(log, record->host);
		bool same = site && host.len && str_eq(site_domain(host), site->name);

		named += same;
		if (!host.len || same || is_requested_host(job, host)) {
			log->records[kept++] = *record;
			continue;
		}
		log->skipped[SKIP_REASON_THIRD_PARTY]++;
		absolute += !counts[record->host];
	}
	if (site && total - kept > absolute)
		report_other_hosts(job, &domains, site, total - kept - absolute);
	report_absolute(job, absolute);
	log->count = kept;
	if (site)
		set_host(job, log, site, total - absolute, named);
	free(counts);
}
