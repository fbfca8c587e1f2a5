/* The table of a scenario file: its keys in the order in which they are read. */
#include "scenario/scenario_file.h"

#include "scenario/addresses.h"
#include "scenario/data.h"
#include "scenario/load.h"
#include "scenario/variable_name.h"
#include "scenario/parameters.h"
#include "scenario/profiles.h"
#include "scenario/reader_private.h"
#include "scenario/think_time.h"
#include "scenario/tls_settings.h"
#include "scenario/enum_names.h"

/* ---- defaults */

static const char *const reuse_words[] = {"user", "pool", "none", NULL};
static const char *const reuse_meanings[] = {"only the same user",
					     "any user, after another one has ended",
					     "no user: each request opens a connection", NULL};
static const char *const cookie_words[] = {"per_user", "per_iteration", "none", NULL};
static const char *const cookie_meanings[] = {"kept for all iterations of a user",
					      "deleted at the start of each iteration", "not kept",
					      NULL};

static const struct field connection_fields[] = {
    FIELD(struct connections, per_host, "per_host", FIELD_INT, .label = "Connections per host",
	  .flags = FIELD_PARAMETER, .fallback = "6", .low = 1, .high = 1000, .example = "6",
	  .prose = "Maximum number of connections of one user to one host. Requests over HTTP/2 "
		   "share one connection."),
    FIELD(struct connections, reuse, "reuse", FIELD_ENUM, .meanings = reuse_meanings,
	  .flags = FIELD_PARAMETER, .fallback = "user", .choices = reuse_words, .example = "pool",
	  .prose = "Who can reuse an open connection: only the same user (user), any user after "
		   "another has ended (pool), or no user (none)."),
    FIELD_END,
};

static const struct field dns_fields[] = {
    FIELD(struct dns_settings, ttl, "ttl", FIELD_DURATION, .label = "Cache time of addresses",
	  .flags = FIELD_PARAMETER, .low = 1e-3, .high = 1e6, .example = "30s",
	  .prose = "How long to use the addresses of a name before it is looked up again."),
    FIELD_END,
};

static const struct field address_element = {
    .type = FIELD_TEXT, .flags = FIELD_PARAMETER, .bytes = sizeof(struct str)};

static const struct field header_element = {
    .type = FIELD_TEMPLATE, .bytes = sizeof(struct text), .example = "en"};

const struct field defaults_fields[] = {
    FIELD(struct defaults, headers, "headers", FIELD_MAP, .group = FIELD_GROUP_SEND,
	  .flags = FIELD_REPEATS, .element = &header_element, .example = "{Accept-Language: en}",
	  .prose = "Headers of every request; headers of a request have precedence."),
    FIELD(struct defaults, auth, "auth", FIELD_OBJECT, .label = "Login", .group = FIELD_GROUP_SEND,
	  .fields = auth_fields, .check = auth_check,
	  .example = "{basic: {user: anna, password: \"${PASSWORD}\"}}",
	  .prose = "Authentication of every request to the target: basic, bearer, digest, ntlm, "
		   "negotiate, aws_sigv4 or oauth2. No other host gets these credentials. `auth` "
		   "of a request replaces "
		   "them; `auth: {none: yes}` sends the request without credentials."),
    FIELD(struct defaults, timeout, "timeout", FIELD_DURATION, .label = "Time limit",
	  .group = FIELD_GROUP_FAILURE, .flags = FIELD_PARAMETER, .fallback = "30s", .low = 1e-3,
	  .high = 1e6, .example = "10s", .prose = "Maximum time for a whole request."),
    FIELD(struct defaults, connect_timeout, "connect_timeout", FIELD_DURATION,
	  .label = "Time limit of the connection", .group = FIELD_GROUP_FAILURE,
	  .flags = FIELD_PARAMETER, .fallback = "10s", .low = 1e-3, .high = 1e6, .example = "5s",
	  .prose = "Maximum time to open a connection, including TLS."),
    FIELD(struct defaults, follow_redirects, "follow_redirects", FIELD_BOOL,
	  .group = FIELD_GROUP_RESPONSE, .flags = FIELD_PARAMETER, .fallback = "yes",
	  .example = "no", .prose = "Whether to follow redirects, at most 10 in a row."),
    FIELD(struct defaults, http, "http", FIELD_ENUM, .label = "HTTP version",
	  .group = FIELD_GROUP_CONNECTION, .meanings = http_version_meanings,
	  .flags = FIELD_PARAMETER, .fallback = "auto", .choices = http_version_names,
	  .example = "2",
	  .prose = "HTTP version. `auto` uses HTTP/2 if a server offers it with TLS, otherwise "
		   "HTTP/1.1; `2` also uses it without TLS. `3` uses only HTTP/3 for URLs with "
		   "https, and needs a libcurl that has it (`reprise --version`)."),
    FIELD(struct defaults, transport, "transport", FIELD_ENUM, .group = FIELD_GROUP_DETAILS,
	  .meanings = transport_meanings, .flags = FIELD_PARAMETER, .fallback = "auto",
	  .choices = transport_names, .example = "curl",
	  .prose =
	      "How requests are sent. `auto` uses the direct transport, which takes less CPU time "
	      "and memory, and libcurl only for requests that need it. `curl` uses libcurl for all "
	      "requests. With `direct`, requests that need libcurl fail."),
    FIELD(
	struct defaults, resend, "resend", FIELD_ENUM, .label = "Send again",
	.group = FIELD_GROUP_FAILURE, .meanings = resend_policy_meanings, .flags = FIELD_PARAMETER,
	.fallback = "once", .choices = resend_policy_names, .example = "never",
	.prose =
	    "Whether to send a request again, once and on a new connection, if the server closes a "
	    "kept connection before the first byte of the response or refuses the request "
	    "(HTTP/2), as browsers do. With `never`, such a request fails with class reset."),
    FIELD(
	struct defaults, trace_context, "trace_context", FIELD_ENUM, .group = FIELD_GROUP_DETAILS,
	.meanings = trace_context_meanings, .flags = FIELD_PARAMETER, .fallback = "none",
	.choices = trace_context_names, .example = "w3c",
	.prose =
	    "Adds a header of distributed tracing to every request, so that a tracing tool shows "
	    "it: `w3c` (traceparent), `b3` (one header), or `b3_multi` (X-B3-TraceId and others). "
	    "Each group has its own trace; the requests of an iteration outside groups share one."),
    FIELD(struct defaults, sampled, "sampled", FIELD_SHARE, .label = "Sampled traces",
	  .group = FIELD_GROUP_DETAILS, .flags = FIELD_PARAMETER, .fallback = "100%", .low = 0,
	  .high = 1, .example = "10%",
	  .prose = "Share of the traces of `trace_context` that the servers should record."),
    FIELD(struct defaults, tls, "tls", FIELD_OBJECT, .label = "TLS",
	  .group = FIELD_GROUP_CONNECTION, .fields = tls_fields, .check = tls_settings_check,
	  .example = "{verify: no}", .prose = "Settings of TLS connections."),
    FIELD(struct defaults, cookie_jar, "cookie_jar", FIELD_ENUM, .label = "Cookies",
	  .group = FIELD_GROUP_SEND, .meanings = cookie_meanings, .flags = FIELD_PARAMETER,
	  .fallback = "per_user", .choices = cookie_words, .example = "per_iteration",
	  .prose = "How long a user keeps cookies."),
    FIELD(struct defaults, think, "think", FIELD_SPECIAL, .label = "Think time",
	  .special = &think_time_special, .example = "1s..3s",
	  .prose = "Think time after every request, unless a think step follows in the same list."),
    FIELD(struct defaults, expect, "expect", FIELD_EXPECTS, .label = "Expected response",
	  .group = FIELD_GROUP_RESPONSE, .example = "{status: 200}",
	  .prose = "Assertions for every response; assertions of the same kind in a request "
		   "replace them."),
    FIELD(struct defaults, on_failure, "on_failure", FIELD_ENUM, .label = "After a failure",
	  .group = FIELD_GROUP_FAILURE, .meanings = on_failure_meanings, .flags = FIELD_PARAMETER,
	  .fallback = "stop_iteration", .choices = on_failure_names, .example = "continue",
	  .prose = "Action of a user after a failed step."),
    FIELD(struct defaults, user_agent, "user_agent", FIELD_TEMPLATE, .label = "User-Agent",
	  .group = FIELD_GROUP_SEND, .example = "shop-test/1",
	  .prose = "User-Agent header; by default reprise and its version."),
    FIELD(struct defaults, unix_socket, "unix_socket", FIELD_TEXT, .group = FIELD_GROUP_CONNECTION,
	  .flags = FIELD_PARAMETER | FIELD_FILE, .example = "/run/shop.sock",
	  .prose = "Unix domain socket to connect to instead of the host."),
    FIELD(struct defaults, connections, "connections", FIELD_OBJECT,
	  .group = FIELD_GROUP_CONNECTION, .fields = connection_fields, .example = "{reuse: pool}",
	  .prose = "Number of connections, and who reuses them."),
    FIELD(struct defaults, dns, "dns", FIELD_OBJECT, .label = "DNS",
	  .group = FIELD_GROUP_CONNECTION, .fields = dns_fields, .example = "{ttl: 30s}",
	  .prose = "How to look up names; by default once for the whole run."),
    FIELD(
	struct defaults, proxy, "proxy", FIELD_TEXT, .group = FIELD_GROUP_CONNECTION,
	.flags = FIELD_PARAMETER, .check = addresses_check_proxy,
	.example = "http://proxy.example:3128",
	.prose =
	    "Proxy for all requests, as a URL with http://, https://, socks5:// or socks5h://. "
	    "With "
	    "socks5h, the proxy looks up the host names. If the proxy requires a login, write "
	    "user:password@ before its host. The proxy variables of the environment are ignored."),
    FIELD(struct defaults, no_proxy, "no_proxy", FIELD_LIST, .label = "Hosts without the proxy",
	  .group = FIELD_GROUP_CONNECTION, .flags = FIELD_ONE_OK, .element = &address_element,
	  .example = "[localhost, .internal.example, 10.0.0.0/8]",
	  .prose = "Hosts to contact without the proxy: names with all their subdomains, "
		   "addresses, networks."),
    FIELD(struct defaults, resolve, "resolve", FIELD_MAP, .label = "Addresses of host names",
	  .group = FIELD_GROUP_CONNECTION, .element = &address_element,
	  .check = addresses_check_resolve, .example = "{\"shop.example:443\": 127.0.0.1}",
	  .prose = "IP addresses of names, each with its port; these names are not looked up."),
    FIELD(struct defaults, source_addresses, "source_addresses", FIELD_LIST,
	  .group = FIELD_GROUP_CONNECTION, .flags = FIELD_ONE_OK, .element = &address_element,
	  .check = addresses_check_source, .example = "[127.0.0.2, 127.0.0.3]",
	  .prose = "Addresses of this machine to connect from, used in turn."),
    FIELD(struct defaults, bandwidth, "bandwidth", FIELD_SPECIAL, .group = FIELD_GROUP_CONNECTION,
	  .special = &bandwidth_special, .example = "{down: 2MB/s, up: 512KB/s}",
	  .prose = "Speed of a user's connection for each request: 2MB/s or 16Mbit/s."),
    FIELD(struct defaults, body_limit, "body_limit", FIELD_SIZE, .label = "Maximum size",
	  .group = FIELD_GROUP_RESPONSE, .flags = FIELD_PARAMETER, .fallback = "10MiB", .low = 1,
	  .high = 1e12, .example = "1MiB",
	  .prose = "Maximum size of a response, before and after decompression."),
    FIELD_END,
};

/* ---- scenarios */

const struct field scenario_fields[] = {
    FIELD(struct scenario, name, "name", FIELD_TEXT, .example = "Buy",
	  .prose = "Name of this scenario in results."),
    FIELD(struct scenario, weight, "weight", FIELD_NUMBER, .group = FIELD_GROUP_LOAD,
	  .flags = FIELD_PARAMETER, .fallback = "1", .low = 0, .high = 1e9, .example = "3",
	  .prose = "Weight of this scenario, relative to the others: how often it is selected."),
    FIELD(
	struct scenario, pace, "pace", FIELD_DURATION, .label = "Pacing", .group = FIELD_GROUP_LOAD,
	.flags = FIELD_PARAMETER, .low = 1e-3, .high = 1e8, .example = "10s",
	.prose = "Minimum duration of an iteration (pacing): the user waits before the next one."),
    FIELD(struct scenario, on_failure, "on_failure", FIELD_ENUM, .label = "After a failure",
	  .group = FIELD_GROUP_FAILURE, .meanings = on_failure_meanings, .flags = FIELD_PARAMETER,
	  .choices = on_failure_names, .example = "continue",
	  .prose = "Action of a user after a failed step of this scenario."),
    FIELD(struct scenario, load, "load", FIELD_OBJECT, .group = FIELD_GROUP_LOAD,
	  .fields = load_fields, .check = load_check, .example = "{arrivals: 5/s, duration: 5m}",
	  .prose = "Own load: this scenario runs in parallel to the others, which are selected by "
		   "weight under the file's load."),
    FIELD(struct scenario, start_after, "start_after", FIELD_DURATION, .group = FIELD_GROUP_LOAD,
	  .flags = FIELD_PARAMETER, .high = 1e8, .example = "1m",
	  .prose = "Time from the start of the run to the start of this load."),
    FIELD(struct scenario, steps, "steps", FIELD_STEPS, .flags = FIELD_REQUIRED,
	  .example = "[get: /]", .prose = "Steps of a user, from top to bottom."),
    FIELD_END,
};

static const struct field scenario_element = {
    .type = FIELD_OBJECT, .bytes = sizeof(struct scenario), .fields = scenario_fields};

/* ---- variables */

static const char *const per_words[] = {"user", NULL};
static const char *const per_meanings[] = {"kept for all iterations of a user", NULL};

/* The mapping {per: user, start: VALUE}; only `start` and `per` together distinguish it from an
 * object with these members. */
struct kept_variable {
	struct keys keys;
	int per;
	const struct node *start;
};

static void read_start(struct reader *r, const struct node *node, void *out)
{
	const struct node **start = out;

	(void)r;
	*start = node;
}

static const struct field_special start_special = {
    .widget = "json", .name = "a value", .read = read_start, .schema = "{}"};

static const struct field kept_variable_fields[] = {
    FIELD(struct kept_variable, per, "per", FIELD_ENUM, .meanings = per_meanings,
	  .flags = FIELD_REQUIRED, .choices = per_words, .example = "user",
	  .prose = "`user`: the variable lasts over all iterations of its user. Steps that set or "
		   "extract it change it for the following iterations too."),
    FIELD(struct kept_variable, start, "start", FIELD_SPECIAL, .special = &start_special,
	  .flags = FIELD_REQUIRED, .example = "\"\"",
	  .prose = "Its value when the user starts, before before_user."),
    FIELD_END,
};

/* The scalar `per: user` with or without `start`, or `start` with a `per`. */
static bool is_kept_variable(const struct node *node)
{
	const struct node *per;

	if (node->kind != NODE_MAP || node->count > 2)
		return false;
	per = node_find(node, STR("per"));
	return per &&
	       (node_find(node, STR("start")) ||
		(node->count == 1 && per->kind == NODE_SCALAR && str_eq(per->text, STR("user"))));
}

static void read_variable(struct reader *r, const struct node *node, void *out)
{
	struct variable *variable = out;

	variable->value = node;
	if (is_kept_variable(node)) {
		struct kept_variable kept = {.start = node};

		(void)reader_object(r, node, kept_variable_fields, &kept);
		variable->per_user = true;
		node = variable->value = kept.start;
	}
	if (node->kind == NODE_MAP && node->count == 1 &&
	    str_eq(node->pairs[0].key->text, STR("one_of"))) {
		const struct node *list = node->pairs[0].value;

		variable->one_of = true;
		variable->value = list;
		if (list->kind != NODE_LIST)
			reader_wrong_shape(r, list, "a list of values to choose from");
		else if (list->count == 0)
			reader_error(r, list->span, DIAG_E149, "this list is empty");
	} else if (node_is_empty(node)) {
		reader_wrong_shape(r, node, "a value (write \"\" for an empty text)");
	}
}

static const struct field_special variable_special = {
    .widget = "json",
    .name = "a value, or one_of: with a list",
    .read = read_variable,
    .schema = "{}",
    .fields = kept_variable_fields,
    .definition = "kept_variable",
};

static const struct field variable_element = {
    .type = FIELD_SPECIAL, .bytes = sizeof(struct variable), .special = &variable_special};

/* ---- data */

static const struct field data_element = {
    .type = FIELD_OBJECT, .bytes = sizeof(struct data_set), .fields = data_set_fields};

/* ---- the file */

static const struct field path_element = {
    .type = FIELD_TEXT, .flags = FIELD_FILE, .bytes = sizeof(struct str)};

static const struct field flow_element = {.type = FIELD_STEPS, .bytes = sizeof(struct steps)};

static const struct field host_element = {
    .type = FIELD_TEXT, .flags = FIELD_PARAMETER, .bytes = sizeof(struct str)};

const struct field scenario_file_fields[] = {
    FIELD(struct scenario_file, name, "name", FIELD_TEXT, .example = "Web shop",
	  .prose = "Name of this test in results."),
    FIELD(struct scenario_file, parameters, "parameters", FIELD_SPECIAL, .group = FIELD_GROUP_DATA,
	  .special = &parameters_special, .element = &parameter_element, .example = "{SEARCH: hat}",
	  .prose = "Values that can be set for a run, with -p NAME=VALUE or the environment "
		   "variable NAME."),
    FIELD(struct scenario_file, target, "target", FIELD_TEXT, .label = "Server",
	  .flags = FIELD_PARAMETER, .example = "http://127.0.0.1:8080",
	  .prose = "Server to test; paths in steps are appended to it."),
    FIELD(struct scenario_file, data, "data", FIELD_MAP, .group = FIELD_GROUP_DATA,
	  .element = &data_element, .example = "{account: {file: accounts.csv, per: user}}",
	  .prose =
	      "Data sets, with one row for each user or iteration; ${account.user} is a cell."),
    FIELD(struct scenario_file, variables, "variables", FIELD_MAP, .group = FIELD_GROUP_DATA,
	  .element = &variable_element, .example = "{category: {one_of: [hats, shoes]}}",
	  .prose = "Values that are evaluated at the start of each iteration."),
    FIELD(struct scenario_file, defaults, "defaults", FIELD_OBJECT,
	  .label = "Settings of all requests", .group = FIELD_GROUP_DETAILS,
	  .fields = defaults_fields, .check = addresses_check_defaults, .example = "{timeout: 10s}",
	  .prose = "Settings for all requests; a request can override them."),
    FIELD(struct scenario_file, allowed_hosts, "allowed_hosts", FIELD_LIST,
	  .group = FIELD_GROUP_DETAILS, .flags = FIELD_ONE_OK, .element = &host_element,
	  .example = "[cdn.example.org]",
	  .prose = "Hosts that may be contacted in addition to the target; requests to all others "
		   "are blocked."),
    FIELD(struct scenario_file, seed, "seed", FIELD_INT, .group = FIELD_GROUP_DETAILS,
	  .flags = FIELD_PARAMETER, .low = 0, .high = 9007199254740991, .example = "7",
	  .prose = "Seed of the random numbers; the same seed gives the same choices, think times "
		   "and arrivals."),
    FIELD(struct scenario_file, load, "load", FIELD_OBJECT, .group = FIELD_GROUP_LOAD,
	  .fields = load_fields, .check = load_check, .example = "{users: 50, duration: 5m}",
	  .prose = "Number of users and duration; without it, one user runs once."),
    FIELD(struct scenario_file, profiles, "profiles", FIELD_MAP, .group = FIELD_GROUP_LOAD,
	  .element = &profile_element, .example = "{smoke: {load: {users: 1, iterations: 1}}}",
	  .prose =
	      "Named sets of load, thresholds and parameters; select one with --profile NAME."),
    FIELD(struct scenario_file, include, "include", FIELD_LIST, .label = "Files with flows",
	  .group = FIELD_GROUP_STEPS, .flags = FIELD_ONE_OK, .element = &path_element,
	  .example = "[common-flows.yaml]",
	  .prose = "Files with more flows, in the directory of this file."),
    FIELD(struct scenario_file, flows, "flows", FIELD_MAP, .group = FIELD_GROUP_STEPS,
	  .element = &flow_element, .example = "{log in: [get: /login]}",
	  .prose = "Named lists of steps, run by `call`; several scenarios can share one."),
    FIELD(struct scenario_file, setup, "setup", FIELD_SPECIAL, .group = FIELD_GROUP_STEPS,
	  .special = &setup_special, .example = "[post: /test/reset]",
	  .prose = "Steps that run once before the first user starts. Every user can read the "
		   "variables that they set or extract. They are not measured, and the run fails "
		   "if one of them fails."),
    FIELD(struct scenario_file, before_user, "before_user", FIELD_SPECIAL,
	  .group = FIELD_GROUP_STEPS, .special = &before_user_special, .example = "[post: /login]",
	  .prose = "Steps that each user runs once before its first iteration. The user can read "
		   "the variables that they set or extract in all its iterations. They are not "
		   "measured, and a user stops if one of them fails."),
    FIELD(struct scenario_file, steps, "steps", FIELD_STEPS, .example = "[get: /]",
	  .prose = "Steps of a user, from top to bottom, if there is only one scenario."),
    FIELD(struct scenario_file, scenarios, "scenarios", FIELD_LIST, .group = FIELD_GROUP_STEPS,
	  .element = &scenario_element, .example = "[{name: Browse, steps: [get: /]}]",
	  .prose = "Several scenarios; before each iteration, a user selects one by weight."),
    FIELD(struct scenario_file, after_user, "after_user", FIELD_STEPS, .group = FIELD_GROUP_STEPS,
	  .example = "[post: /logout]",
	  .prose = "Steps that each user runs once after its last iteration; they are not "
		   "measured. A failure counts in failed_iterations."),
    FIELD(struct scenario_file, teardown, "teardown", FIELD_SPECIAL, .group = FIELD_GROUP_STEPS,
	  .special = &teardown_special, .example = "[delete: /test/data]",
	  .prose =
	      "Steps that run once after the last user has ended, also after Ctrl-C and after a "
	      "failed setup. They are not measured, and the run fails if one of them fails."),
    FIELD(struct scenario_file, thresholds, "thresholds", FIELD_LIST, .label = "Thresholds",
	  .group = FIELD_GROUP_LOAD, .element = &threshold_element, .flags = FIELD_ONE_OK,
	  .example = "[p95 < 300ms]",
	  .prose = "Conditions that must be true for the test to pass."),
    FIELD_END,
};
