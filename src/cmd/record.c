/* `reprise record`: records a visit with a proxy, as a HAR file and a scenario. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/address.h"
#include "base/base64.h"
#include "base/log.h"
#include "base/units.h"
#include "base/url.h"
#include "cmd/options.h"
#include "cmd/record_ca.h"
#include "cmd/record_end.h"
#include "cmd/record_lines.h"
#include "cmd/record_session.h"
#include "cmd/all_tables.h"
#include "net/ca.h"
#include "net/stream.h"

static enum exit_status record_main(const struct options *options);

#define RECORD_SCENARIO "Scenario: what to keep"

static const char *const keep_or_drop[] = {"keep", "drop", NULL};

static const struct option record_options[] = {
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .prose = "scenario file to write; the recording (.har) is written next to it (default: "
	      "visit.yaml)"},
    {.name = "force", .prose = "replace existing files"},
    {.name = "for", .value = "TIME", .prose = "stop recording after this time, such as 10m"},
    {.name = "quiet", .letter = 'q', .prose = "print only errors, no report"},
    {.name = "ndjson",
     .value = "FILE",
     .prose = "write each request and step as it is recorded, one JSON object per line, and the "
	      "written files at the end; - is standard output"},
    {.name = "browser",
     .value = "PROGRAM",
     .prose = "browser to open, a name or a path; 'none' opens no browser (default: the first of "
	      "Chromium, Chrome, Edge, Brave and Firefox that is installed)",
     .group = "Browser"},
    {.name = "headless", .prose = "open the browser without a window", .group = "Browser"},
    {.name = "port",
     .letter = 'p',
     .value = "N",
     .prose = "port of the proxy (default: any free port)",
     .group = "Proxy"},
    {.name = "listen",
     .value = "ADDRESS",
     .prose = "address of the proxy (default: 127.0.0.1); any other needs --expose",
     .group = "Proxy"},
    {.name = "expose",
     .prose = "allow other machines to use the proxy, without a password",
     .group = "Proxy"},
    {.name = "pass",
     .value = "HOSTS",
     .repeats = true,
     .prose = "pass TLS connections to these hosts through without decrypting them; separate names "
	      "with commas, * matches any text",
     .group = "Proxy"},
    {.name = "ca",
     .value = "FILE",
     .prose = "PEM file with certificate authorities to trust in addition to the system's",
     .group = "Servers"},
    {.name = "insecure", .prose = "do not verify the certificates of servers", .group = "Servers"},
    {.name = "proxy",
     .value = "URL",
     .prose = "upstream proxy, such as http://user:password@proxy.example:3128",
     .group = "Servers"},
    {.name = "no-proxy",
     .value = "HOSTS",
     .repeats = true,
     .prose = "hosts to contact without the upstream proxy, separated by commas",
     .group = "Servers"},
    {.name = "host",
     .value = "NAMES",
     .repeats = true,
     .prose = "keep requests to these hosts too; separate names with commas, * matches any text",
     .group = RECORD_SCENARIO},
    {.name = "assets",
     .value = "keep|drop",
     .choices = keep_or_drop,
     .prose = "keep or drop images, styles, scripts and fonts (default: drop)",
     .group = RECORD_SCENARIO},
    {.name = "analytics",
     .value = "keep|drop",
     .choices = keep_or_drop,
     .prose = "keep or drop requests to analytics services (default: drop)",
     .group = RECORD_SCENARIO},
    {.name = "literal",
     .prose = "keep recorded values: do not correlate or regenerate them",
     .group = RECORD_SCENARIO},
    {.name = NULL},
};

const struct command record_command = {
    .name = "record",
    .synopsis = "record [URL] | record finish JOURNAL | record ca show|create|remove",
    .sentence = "Records a visit in a browser, or the requests of any program, and creates a "
		"scenario from it.",
    .options = record_options,
    .more =
	"Opens a browser with a new, separate profile that uses a proxy on this machine, and\n"
	"records all requests until you close the browser or press Ctrl-C in this terminal. Then\n"
	"writes the recording (HAR) and the scenario. Tokens and ids are correlated: the scenario\n"
	"extracts them from responses. Passwords become parameters. The HAR file contains\n"
	"everything, including passwords; only you can read it.\n"
	"\n"
	"To start a new named step, type the name in this terminal, or open\n"
	"http://recorder.local/ in the browser. For programs, the recorder prints a URL with a\n"
	"token, which keeps recorded pages from starting steps.\n"
	"\n"
	"To decrypt HTTPS, a certificate authority is created on this machine. Only the browser\n"
	"opened here trusts it; nothing is installed. `record ca show` prints its path, for other\n"
	"programs; `record ca remove` deletes it. Both sides use HTTP/1.1. Connections of\n"
	"programs that do not trust the authority are passed through without decrypting them.\n"
	"The messages of WebSockets are recorded. They are not compressed between the browser\n"
	"and the server, because the recorder does not offer compression (permessage-deflate).\n"
	"\n"
	"If the recorder is killed, reprise record finish visit.journal creates both files from\n"
	"the requests, messages and events recorded so far.\n"
	"\n"
	"  reprise record https://shop.example.net\n"
	"  reprise record http://127.0.0.1:8080 -o buy.yaml\n"
	"  reprise record --browser none --port 8888     for curl, a phone, a test suite",
    .main = record_main,
};

struct record {
	struct arena arena;
	const struct options *options;
	struct record_plan plan;
	struct ca_store store;
	struct stream_tls *servers;
	struct record_lines lines;
};

/* ---- options */

static bool usage_error(const char *option, const char *value, const char *why)
{
	log_error("--%s %s: %s", option, value, why);
	return false;
}

static bool parse_address(struct record *r)
{
	const char *port = options_value(r->options, "port");
	const char *host = options_value(r->options, "listen");
	int64_t number = 0;

	if (port && (!str_to_int(str_of(port), &number) || number < 0 || number > 65535))
		return usage_error("port", port, "a port is a number from 0 to 65535");
	r->plan.proxy.port = (unsigned)number;
	r->plan.proxy.host = host ? host : "127.0.0.1";
	r->plan.browser.proxy_host = r->plan.proxy.host;
	if (address_is_loopback(str_of(r->plan.proxy.host)))
		return true;
	if (!options_has(r->options, "expose"))
		return usage_error("listen", host,
				   "other machines could use this proxy; add --expose to allow it");
	log_warning("anyone who can connect to %s can use this proxy to access your networks and "
		    "the sites you are logged in to",
		    host);
	r->plan.browser.proxy_host = address_to_reach(host);
	return true;
}

/* All values of an option, split at commas. */
static const char *const *parse_list(struct record *r, const char *name, size_t *count)
{
	VEC(const char *) list = {0};

	for (size_t i = 0; i < r->options->value_count; i++) {
		struct str value = str_of(r->options->values[i].value);

		if (strcmp(r->options->values[i].option->name, name) != 0)
			continue;
		for (size_t at = 0; at <= value.len;) {
			size_t end = str_find_char(value, ',', at);
			struct str item;

			end = end == NOT_FOUND ? value.len : end;
			item = str_trim(str_slice(value, at, end));
			if (item.len)
				VEC_PUSH(&r->arena, &list, arena_cstr(&r->arena, item));
			at = end + 1;
		}
	}
	*count = list.count;
	return list.items;
}

static bool parse_proxy(struct record *r)
{
	const char *argument = options_value(r->options, "proxy");
	struct str text = str_of(argument);
	struct buf pair, auth;
	struct url url;

	if (!argument)
		return true;
	if (str_find(text, STR("://"), 0) == NOT_FOUND)
		text = arena_printf(&r->arena, "http://%s", argument);
	if (!url_split(text, &url) || !str_ieq(url.scheme, STR("http")))
		return usage_error("proxy", argument,
				   "this is not a valid proxy; use a URL such as "
				   "http://proxy.example:3128");
	r->plan.proxy.via_host = arena_cstr(&r->arena, url.host);
	r->plan.proxy.via_port = url.has_port ? url.port : 1080;
	if (!url.userinfo.len)
		return true;
	buf_init(&pair, 0);
	buf_init(&auth, 0);
	buf_add(&auth, STR("Basic "));
	url_decode(&pair, url.userinfo, false);
	base64_encode(&auth, buf_str(&pair));
	r->plan.proxy.via_auth = arena_str(&r->arena, buf_str(&auth));
	buf_release(&pair);
	buf_release(&auth);
	return true;
}

static bool parse_url(struct record *r)
{
	const char *argument = r->options->operand_count ? r->options->operands[0] : NULL;
	struct str text = str_of(argument);
	struct url url;

	r->plan.browser.url = "http://" PROXY_BUILTIN_HOST "/";
	if (!argument)
		return true;
	if (r->options->operand_count > 1) {
		log_error("expected one URL; remove '%s'", r->options->operands[1]);
		return false;
	}
	if (str_find(text, STR("://"), 0) == NOT_FOUND)
		text = arena_printf(&r->arena, "http://%s", argument);
	if (!url_split(text, &url) ||
	    (!str_ieq(url.scheme, STR("http")) && !str_ieq(url.scheme, STR("https")))) {
		log_error("'%s' is not an http or https URL", argument);
		return false;
	}
	r->plan.url = r->plan.browser.url = text.ptr;
	return true;
}

static bool parse_ending(struct record *r)
{
	const char *argument = options_value(r->options, "for");
	enum units_error error;

	r->plan.length = NS_NEVER;
	if (!argument)
		return true;
	error = units_duration(str_of(argument), &r->plan.length);
	return error == UNIT_OK || usage_error("for", argument, units_error_text(error));
}

static bool choose_files(struct record *r)
{
	const char *output = options_value(r->options, "output");
	struct record_plan *plan = &r->plan;

	if (!record_end_files(r->options, &r->arena, output ? output : "visit.yaml", plan))
		return false;
	if (plan->force || access(plan->journal, F_OK) != 0)
		return true;
	log_error(
	    "%s already exists: another recording is running, or was killed; save it with: reprise "
	    "record finish %s, or use --force to delete it",
	    plan->journal, plan->journal);
	return false;
}

/* The scenario contains the file's path too; it must be valid from the scenario's folder. */
static void parse_trust(struct record *r)
{
	const char *ca = options_value(r->options, "ca");
	char *full = ca && strchr(r->plan.scenario, '/') ? realpath(ca, NULL) : NULL;

	r->plan.insecure = options_has(r->options, "insecure");
	r->plan.ca = full ? arena_str(&r->arena, str_of(full)).ptr : ca;
	free(full);
}

static bool parse_options(struct record *r)
{
	const char *browser = options_value(r->options, "browser");
	struct proxy_config *proxy = &r->plan.proxy;

	r->plan.no_browser = browser && strcmp(browser, "none") == 0;
	r->plan.browser.program = browser;
	r->plan.browser.headless = options_has(r->options, "headless");
	proxy->no_proxy = parse_list(r, "no-proxy", &proxy->no_proxy_count);
	proxy->passthrough = parse_list(r, "pass", &proxy->passthrough_count);
	if (!parse_url(r) || !parse_address(r) || !parse_proxy(r) || !parse_ending(r) ||
	    !choose_files(r))
		return false;
	parse_trust(r);
	return true;
}

/* ---- TLS */

static bool open_authority(struct record *r)
{
	enum ca_result result;
	struct buf error;

	buf_init(&error, 0);
	result = ca_store_find(&r->arena, &r->store, &error)
		     ? ca_store_open(&r->store, clock_wall_ns(), true, &r->plan.authority, &error)
		     : CA_REFUSED;
	if (result != CA_REFUSED)
		r->servers = stream_tls_client(r->plan.ca, r->plan.insecure, &error);
	if (error.len)
		log_error("%.*s", STR_ARG(buf_str(&error)));
	buf_release(&error);
	if (!r->servers)
		return false;
	if (result == CA_RENEWED)
		log_info("the recorder's certificate authority had expired; the new one is %.*s",
			 STR_ARG(r->store.certificate_path));
	r->plan.store = &r->store;
	r->plan.proxy.authority = r->plan.authority;
	r->plan.proxy.servers = r->servers;
	r->plan.browser.key_pin = ca_facts(r->plan.authority)->key_pin.ptr;
	r->plan.browser.certificate = r->store.certificate_path.ptr;
	return true;
}

/* ---- the command */

/* On standard output, there are only the lines. */
static bool open_lines(struct record *r)
{
	const char *path = options_value(r->options, "ndjson");

	if (!path)
		return true;
	if (!record_lines_open(&r->lines, path))
		return false;
	r->plan.lines = &r->lines;
	r->plan.quiet |= strcmp(path, "-") == 0;
	return true;
}

static enum exit_status record_visit(struct record *r)
{
	struct record_outcome outcome;
	enum exit_status status;

	if (!record_session(&r->plan, &outcome))
		return EXIT_USAGE;
	status = record_end(&r->plan, r->options, &outcome);
	if (status == EXIT_PASSED)
		record_lines_end(r->plan.lines, &r->plan, &outcome);
	return status;
}

static enum exit_status record(struct record *r)
{
	enum exit_status status;

	if (!parse_options(r) || !open_authority(r) || !open_lines(r))
		return EXIT_USAGE;
	status = record_visit(r);
	if (!record_lines_close(r->plan.lines) && status == EXIT_PASSED)
		status = EXIT_NOT_WRITTEN;
	return status;
}

static enum exit_status record_main(const struct options *options)
{
	struct record r = {.options = options};
	enum exit_status status;

	if (options->operand_count && strcmp(options->operands[0], "ca") == 0) {
		if (options->operand_count > 2) {
			log_error("record ca needs one of: show, create, remove");
			return EXIT_USAGE;
		}
		return record_ca(options->operand_count == 2 ? options->operands[1] : NULL);
	}
	if (options->operand_count && strcmp(options->operands[0], "finish") == 0)
		return record_end_finish(options);
	arena_init(&r.arena, 0);
	status = record(&r);
	stream_tls_free(r.servers);
	ca_free(r.plan.authority);
	arena_release(&r.arena);
	return status;
}
