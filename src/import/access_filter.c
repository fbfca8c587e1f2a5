/* What of a log is not replayed, and why. */
#include <stdlib.h>

#include "base/log.h"
#include "import/access_steps.h"
#include "import/flow.h"

enum { AGENT_UNKNOWN, AGENT_PEOPLE, AGENT_REASONS };

/* ---- wishes */

static bool take_moment(struct import_job *job, const char *name, int64_t *us)
{
	struct str text = job_wish(job, name);
	bool fine;

	if (!text.ptr || access_time(text, us, &fine))
		return true;
	return job_error(job,
			 "--%s %.*s is no time; write it as the log does, or as "
			 "2026-01-31T14:00:00+01:00",
			 name, STR_ARG(text));
}

bool access_filter_init(struct import_job *job, struct access_filter *filter)
{
	*filter = (struct access_filter){
	    .assets = job_wishes(job, "assets", "keep"),
	    .no_bots = job_wishes(job, "bots", "drop"),
	    .only_ok = job_wish(job, "only-ok").ptr != NULL,
	    .methods = job_wish(job, "methods"),

	    .from_us = INT64_MIN,
	    .to_us = INT64_MAX,
	};
	if (!filter->methods.len)
		filter->methods = STR("GET,HEAD");
	return take_moment(job, "from", &filter->from_us) && take_moment(job, "to", &filter->to_us);
}

void access_filter_release(struct access_filter *filter)
{
	free(filter->agents);
}

/* ---- lines */

/* Whether WORD is one of LIST, which has commas between; without case, * stands for anything. */
static bool is_listed(struct str list, struct str word)
{
	for (size_t at = 0; at < list.len;) {
		size_t end = str_find_char(list, ',', at);

		end = end == (size_t)-1 ? list.len : end;
		struct str one = str_trim(str_slice(list, at, end));
		if (str_ieq(one, word) ||
		    (str_find_char(one, '*', 0) != (size_t)-1 && str_glob(word, one)))
			return true;
		at = end + 1;
	}
	return false;
}

static uint8_t classify(struct str agent)
{
	static const struct {
		enum tx_reason reason;
		struct str words;
	} rows[] = {
#define AGENT(reason, words) {TX_REASON_##reason, {words, sizeof(words) - 1}},
#include "import/agents.def"
#undef AGENT
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (str_iholds(agent, rows[i].words))
			return (uint8_t)(AGENT_REASONS + rows[i].reason);
	return AGENT_PEOPLE;
}

/* Each agent is looked at once, however many lines it has. */
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
		filter->agents[agent] = classify(access_text(log, agent));
	return filter->agents[agent];
}

/* Paths that nothing but a probe or a monitor asks for. */
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

enum tx_reason access_filter_line(struct access_filter *filter, struct access_log *log,
				  const struct access_line *line,
				  const struct access_record *record)
{
	struct str url = access_text(log, record->url), path;
	uint8_t agent;

	if (!line->http || str_eq(line->method, STR("PRI")))
		return TX_REASON_NOT_HTTP;
	if (str_eq(line->method, STR("CONNECT")))
		return TX_REASON_CONNECT;
	if (line->time_us < filter->from_us || line->time_us >= filter->to_us)
		return TX_REASON_OUTSIDE;
	agent = agent_class(filter, log, record->agent);
	if (agent == AGENT_REASONS + TX_REASON_PROBE || is_probe_path(url))
		return TX_REASON_PROBE;
	if (!is_listed(filter->methods, line->method) || url.ptr[0] != '/') {
		log->methods[record->method].left_out++;
		return TX_REASON_METHOD;
	}
	if (filter->no_bots && agent == AGENT_REASONS + TX_REASON_BOT)
		return TX_REASON_BOT;
	if (filter->only_ok && line->status >= 400)
		return TX_REASON_FAILED;
	path = str_slice(url, 0, str_find_char(url, '?', 0));
	if (!filter->assets && is_asset_path(path))
		return TX_REASON_ASSET;
	return TX_REASON_COUNT;
}

/* ---- hosts */

struct domain {
	struct str name;
	uint32_t first; /* of its hosts: a text's number */
	size_t requests;
};

struct domains {
	VEC(struct domain) list;
};

static struct domain *domain_of(struct import_job *job, struct domains *domains, struct str host)
{
	struct str name = registrable_domain(host);

	for (size_t i = 0; i < domains->list.count; i++)
		if (str_eq(domains->list.items[i].name, name))
			return &domains->list.items[i];
	/* So many are a forger's. */
	if (domains->list.count >= 1000)
		return NULL;
	VEC_PUSH(&job->arena, &domains->list, ((struct domain){.name = name}));
	return &domains->list.items[domains->list.count - 1];
}

/* How many requests name each host, by its number. */
static size_t *count_hosts(const struct access_log *log)
{
	size_t *counts = calloc(log->texts.count, sizeof *counts);

	if (!counts)
		die_out_of_memory();
	for (size_t i = 0; i < log->count; i++)
		counts[log->records[i].host]++;
	return counts;
}

static void tell_others(struct import_job *job, const struct domains *domains,
			const struct domain *site, size_t others)
{
	struct str names = STR("");
	size_t told = 0, more = 0;

	for (size_t i = 0; i < domains->list.count; i++) {
		const struct domain *d = &domains->list.items[i];

		if (d == site || !d->requests)
			continue;
		more += told >= 5;
		if (told++ < 5)
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

/* The site's domain: of the host that is named most often. */
static struct domain *find_site(struct import_job *job, struct domains *domains,
				struct access_log *log, const size_t *counts)
{
	struct domain *site = NULL, *d;
	size_t best = 0;

	for (uint32_t i = 1; i < log->texts.count; i++) {
		if (!counts[i])
			continue;
		d = domain_of(job, domains, access_text(log, i));
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

/* One of those that --host names. */
static bool is_wished(const struct import_job *job, struct str host)
{
	for (size_t i = 0; i < job->wish_count; i++)
		if (str_eq(job->wishes[i].name, STR("host")) &&
		    is_listed(job->wishes[i].value, host))
			return true;
	return false;
}

void access_filter_hosts(struct import_job *job, struct access_log *log)
{
	struct domains domains = {.list = {.count = 0}};
	size_t *counts = count_hosts(log), kept = 0;
	struct domain *site = find_site(job, &domains, log, counts);

	for (size_t i = 0; site && i < log->count; i++) {
		struct str host = access_text(log, log->records[i].host);

		if (!host.len || str_eq(registrable_domain(host), site->name) ||
		    is_wished(job, host))
			log->records[kept++] = log->records[i];
		else
			log->left_out[TX_REASON_THIRD_PARTY]++;
	}
	if (site) {
		log->host = access_text(log, site->first);
		if (kept < log->count)
			tell_others(job, &domains, site, log->count - kept);
		log->count = kept;
	}
	free(counts);
}
