#include "mcp/mcp_tools.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/units.h"
#include "doc/json_node.h"

#define USERS_MAX    50
#define TIME_MAX     (60 * NS_PER_S)
#define REQUESTS_MAX 10000
#define RESULT_BYTES ((size_t)4 << 20)
/* Time to start, to finish iterations and to write results. */
#define TIME_AROUND (60 * NS_PER_S)

#define PATH_ROW                                                                                   \
	{                                                                                          \
		"path", MCP_TEXT, "Path of the scenario file, in the folder of the server.", true  \
	}
#define TARGET_ROW                                                                                 \
	{                                                                                          \
		"target", MCP_TEXT, "Server to test, as a URL; replaces the target of the file.",  \
		    false                                                                          \
	}
#define HOSTS_ROW                                                                                  \
	{                                                                                          \
		"hosts", MCP_TEXTS,                                                                \
		    "Hosts that the user has allowed to be tested, with a port if it is not the "  \
		    "default. Every host of the scenario that is not on this machine must be in "  \
		    "the "                                                                         \
		    "list.",                                                                       \
		    false                                                                          \
	}
#define END_ROW                                                                                    \
	{                                                                                          \
		.name = NULL                                                                       \
	}

/* ---- tools that send nothing */

/* The file, or a text instead of it. */
static bool add_file_or_text(struct mcp_call *call)
{
	const char *text = mcp_call_text(call, "text");

	if (text) {
		call->input = str_of(text);
		mcp_call_word(call, "-");
		return true;
	}
	mcp_call_word(call, mcp_call_path(call, "path"));
	return !call->error.ptr;
}

static bool check(struct mcp_call *call)
{
	mcp_call_word(call, "check");
	mcp_call_word(call, "--format=json");
	call->usual |= 1u << 2;
	return add_file_or_text(call);
}

static bool explain(struct mcp_call *call)
{
	const char *word = mcp_call_text(call, "word");

	mcp_call_word(call, "explain");
	if (word) {
		mcp_call_word(call, "--");
		mcp_call_word(call, word);
	}
	return true;
}

/* The part of the description whose name is PART, or NULL. */
static const struct node *find_part(const struct node *forms, struct str part)
{
	static const char *const lists[] = {"steps", "extractors", "functions", "assertions", NULL};
	const struct node *whole = node_find(forms, part);

	for (size_t i = 0; !whole && lists[i]; i++) {
		const struct node *list = node_find(forms, str_of(lists[i]));

		for (size_t k = 0; list && !whole && k < list->count; k++) {
			const struct node *name = node_find(list->items[k], STR("name"));

			name = name ? name : node_find(list->items[k], STR("key"));
			if (name && str_eq(name->text, part))
				whole = list->items[k];
		}
	}
	return whole;
}

/* Without a part, the names of all parts. */
static void list_parts(struct mcp_call *call, const struct node *forms)
{
	for (size_t i = 0; i < forms->count; i++) {
		const struct node *list = forms->pairs[i].value;

		buf_printf(&call->output, "%.*s", STR_ARG(forms->pairs[i].key->text));
		for (size_t k = 0; list->kind == NODE_LIST && k < list->count; k++) {
			const struct node *name = node_find(list->items[k], STR("name"));

			name = name ? name : node_find(list->items[k], STR("key"));
			if (name)
				buf_printf(&call->output, "%s%.*s", k ? ", " : ": ",
					   STR_ARG(name->text));
		}
		buf_add_char(&call->output, '\n');
	}
}

static bool forms(struct mcp_call *call)
{
	const char *part = mcp_call_text(call, "part"), *why = "";
	struct buf language;
	size_t at;

	buf_init(&language, 0);
	call->config->services->language(&language);
	struct str text = arena_str(&call->arena, buf_str(&language));
	buf_release(&language);
	const struct node *tree =
	    json_node_read(&call->arena, source_new(&call->arena, STR("forms"), text), &at, &why);
	call->is_done = true;
	if (!part) {
		list_parts(call, tree);
		return true;
	}
	const struct node *found = find_part(tree, str_of(part));
	if (!found)
		return mcp_call_refuse(
		    call, "the language has no part '%s'; call forms without arguments for a list",
		    part);
	buf_add(&call->output, str_slice(text, found->span.begin, found->span.end));
	return true;
}

static bool import(struct mcp_call *call)
{
	const char *kind = mcp_call_text(call, "kind"), *path = mcp_call_path(call, "path");
	const char *output = path ? mcp_call_new_path(call, "output") : NULL;

	/* Another word than a kind would be imported as a file. */
	if (!output || (kind && access(kind, F_OK) == 0 && !mcp_call_path(call, "kind")))
		return false;
	mcp_call_word(call, "import");
	mcp_call_word(call, "--quiet");
	mcp_call_word(call, "--json=-");
	mcp_call_option(call, "--output", output);
	mcp_call_word(call, "--");
	mcp_call_word(call, kind);
	mcp_call_word(call, path);
	return true;
}

static bool try_extractor(struct mcp_call *call)
{
	const char *kind = mcp_call_required(call, "kind");
	const char *expression = kind ? mcp_call_required(call, "expression") : NULL;
	const char *response = mcp_call_text(call, "response");

	if (!expression)
		return false;
	mcp_call_word(call, "try");
	mcp_call_word(call, "--");
	mcp_call_word(call, kind);
	mcp_call_word(call, expression);
	if (response)
		call->input = str_of(response);
	else
		mcp_call_word(call, mcp_call_path(call, "path"));
	call->usual |= 1u << 1;
	return !call->error.ptr;
}

static bool show(struct mcp_call *call)
{
	mcp_call_word(call, "show");
	mcp_call_word(call, "--format=json");
	mcp_call_option(call, "--target", mcp_call_text(call, "target"));
	mcp_call_word(call, mcp_call_path(call, "path"));
	return !call->error.ptr;
}

static bool results(struct mcp_call *call)
{
	const char *folder = mcp_call_path(call, "path"), *path, *error;
	struct str text;

	if (!folder)
		return false;
	call->is_done = true;
	path = mcp_call_resolved(
	    call, arena_cstr(&call->arena, arena_printf(&call->arena, "%s/summary.json", folder)));
	if (!path)
		return false;
	if (!file_read_regular(&call->arena, path, RESULT_BYTES, &text, &error))
		return mcp_call_refuse(call, "%s", error);
	buf_add(&call->output, text);
	return true;
}

static bool compare(struct mcp_call *call)
{
	const char *before = mcp_call_path(call, "before");
	const char *after = before ? mcp_call_path(call, "after") : NULL;

	mcp_call_word(call, "compare");
	mcp_call_word(call, "--format=json");
	mcp_call_word(call, before);
	mcp_call_word(call, after);
	call->usual |= 1u << 1;
	return after;
}

/* ---- runs */

static bool is_confirmed(const struct mcp_call *call, struct str host)
{
	const struct node *list = node_find(call->arguments, STR("hosts"));

	for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++)
		if (list->items[i]->kind == NODE_SCALAR && str_ieq(list->items[i]->text, host))
			return true;
	return false;
}

/* Whether the user has allowed each host that the scenario can contact. */
static bool check_hosts(struct mcp_call *call, const char *path, const char *target)
{
	struct mcp_hosts hosts = {.names = {NULL, 0, 0}};
	struct buf error;
	bool fine;

	buf_init(&error, 0);
	fine = call->config->services->hosts(&call->arena, path, target, &hosts, &error);
	if (!fine)
		mcp_call_refuse(call, "%.*s", STR_ARG(buf_str(&error)));
	buf_release(&error);
	for (size_t i = 0; fine && i < hosts.names.count; i++) {
		struct str host = hosts.names.items[i];

		if (!is_confirmed(call, host))
			return mcp_call_refuse(
			    call,
			    "the scenario contacts %.*s; ask the user whether it "
			    "may be tested, and then add it to 'hosts'",
			    STR_ARG(host));
	}
	return fine;
}

/* The child reads the file again, which may have changed since it was checked. */
static void add_hosts(struct mcp_call *call)
{
	const struct node *list = node_find(call->arguments, STR("hosts"));
	struct str hosts = STR("localhost");

	for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++)
		if (list->items[i]->kind == NODE_SCALAR)
			hosts = arena_printf(&call->arena, "%.*s,%.*s", STR_ARG(hosts),
					     STR_ARG(list->items[i]->text));
	mcp_call_option(call, "--only-hosts", arena_cstr(&call->arena, hosts));
}

static bool run_once(struct mcp_call *call)
{
	const char *path = mcp_call_path(call, "path"), *target = mcp_call_text(call, "target");

	if (!path || !check_hosts(call, path, target))
		return false;
	mcp_call_word(call, "run");
	mcp_call_word(call, "--once");
	add_hosts(call);
	mcp_call_word(call, "--quiet");
	mcp_call_word(call, "--ndjson=-");
	mcp_call_option(call, "--until", mcp_call_text(call, "until"));
	mcp_call_word(call, "--plain");
	mcp_call_word(call, "--color=never");
	mcp_call_option(call, "--max-requests",
			arena_cstr(&call->arena, arena_printf(&call->arena, "%d", REQUESTS_MAX)));
	mcp_call_option(call, "--target", target);
	mcp_call_word(call, path);
	call->limit = TIME_MAX + TIME_AROUND;
	call->usual |= 1u << 1;
	return true;
}

/* The number KEY, at most LIMIT without --allow-load; DEFAULT if it is missing. */
static bool limited(struct mcp_call *call, const char *key, int64_t limit, int64_t fallback,
		    int64_t *out)
{
	const char *text = mcp_call_text(call, key);

	*out = fallback;
	if (text && (!str_to_int(str_of(text), out) || *out < 1))
		return mcp_call_refuse(call, "'%s' must be a number greater than 0", key);
	if (*out > limit && !call->config->allow_load)
		return mcp_call_refuse(call,
				       "at most %lld %s are allowed; for more, the user must "
				       "start reprise mcp with --allow-load",
				       (long long)limit, key);
	return true;
}

static bool duration(struct mcp_call *call, ns_t *out)
{
	const char *text = mcp_call_text(call, "duration");
	enum units_error error = units_duration(str_of(text ? text : "10s"), out);

	if (error != UNIT_OK)
		return mcp_call_refuse(call, "duration: %s", units_error_text(error));
	if (*out > TIME_MAX && !call->config->allow_load)
		return mcp_call_refuse(call, "at most 60 s are allowed; for more, the user must "
					     "start reprise mcp with --allow-load");
	return true;
}

static const char *number(struct mcp_call *call, int64_t value)
{
	return arena_cstr(&call->arena, arena_printf(&call->arena, "%lld", (long long)value));
}

static bool run(struct mcp_call *call)
{
	const char *path = mcp_call_path(call, "path"), *target = mcp_call_text(call, "target");
	int64_t users, requests;
	ns_t length;

	if (!path || !limited(call, "users", USERS_MAX, 5, &users) ||
	    !limited(call, "requests", REQUESTS_MAX, REQUESTS_MAX, &requests) ||
	    !duration(call, &length) || !check_hosts(call, path, target))
		return false;
	mcp_call_word(call, "run");
	add_hosts(call);
	mcp_call_word(call, "--plain");
	mcp_call_word(call, "--quiet");
	mcp_call_word(call, "--color=never");
	mcp_call_option(call, "--users", number(call, users));
	mcp_call_option(call, "--duration",
			arena_cstr(&call->arena, arena_printf(&call->arena, "%lldms",
							      (long long)(length / NS_PER_MS))));
	mcp_call_option(call, "--max-requests", number(call, requests));
	mcp_call_option(call, "--target", target);
	if (mcp_call_text(call, "output"))
		mcp_call_option(call, "--out", mcp_call_new_path(call, "output"));
	mcp_call_word(call, path);
	call->limit = length + TIME_AROUND;
	call->usual |= 1u << 1 | 1u << 4;
	return !call->error.ptr;
}

/* ---- the table */

static const struct mcp_argument check_arguments[] = {
    {"path", MCP_TEXT, "Path of the scenario file, in the folder of the server.", false},
    {"text", MCP_TEXT, "The scenario itself, instead of a file.", false},
    END_ROW};
static const struct mcp_argument explain_arguments[] = {
    {"word", MCP_TEXT, "Such as timeout, E204 or think time.", false}, END_ROW};
static const struct mcp_argument forms_arguments[] = {
    {"part", MCP_TEXT, "Such as file, request, jsonpath or status.", false}, END_ROW};
static const struct mcp_argument import_arguments[] = {
    {"path", MCP_TEXT, "Path of the file to import.", true},
    {"output", MCP_TEXT, "Path of the scenario to write.", true},
    {"kind", MCP_TEXT, "Kind of the file, such as har or postman; detected if missing.", false},
    END_ROW};
static const struct mcp_argument try_arguments[] = {
    {"kind", MCP_TEXT, "Kind of the extractor, such as jsonpath, css or regex.", true},
    {"expression", MCP_TEXT, "Its expression.", true},
    {"response", MCP_TEXT, "The response, with or without its headers.", false},
    {"path", MCP_TEXT, "Path of a file with the response, instead of it.", false},
    END_ROW};
static const struct mcp_argument show_arguments[] = {PATH_ROW, TARGET_ROW, END_ROW};
static const struct mcp_argument once_arguments[] = {
    PATH_ROW,
    {"until", MCP_TEXT, "Stop after this step: a path such as /steps/2, or a unique name.", false},
    TARGET_ROW,
    HOSTS_ROW,
    END_ROW};
static const struct mcp_argument run_arguments[] = {
    PATH_ROW,
    {"users", MCP_NUMBER, "Number of concurrent users; 5 if missing.", false},
    {"duration", MCP_TEXT, "Duration, such as 30s; 10s if missing.", false},
    {"requests", MCP_NUMBER, "Maximum number of requests.", false},
    TARGET_ROW,
    HOSTS_ROW,
    {"output", MCP_TEXT, "Folder for all results; not written if missing.", false},
    END_ROW};
static const struct mcp_argument results_arguments[] = {
    {"path", MCP_TEXT, "The result folder.", true}, END_ROW};
static const struct mcp_argument compare_arguments[] = {
    {"before", MCP_TEXT, "The earlier result folder.", true},
    {"after", MCP_TEXT, "The later result folder.", true},
    END_ROW};

const struct mcp_tool mcp_tools[] = {
    {"check", "Check a scenario",
     "Finds errors and warnings in a scenario, with their places and the edits that correct them. "
     "Sends nothing.",
     check_arguments, true, check},
    {"explain", "Explain a word",
     "Explains a key of the language, a function, an error code or a term of load testing; without "
     "a word, lists all of them.",
     explain_arguments, true, explain},
    {"forms", "Describe the language",
     "Describes a step, an extractor, an assertion, a function or the file: all keys with "
     "sentences, values, defaults and examples. Without a part, lists the parts.",
     forms_arguments, true, forms},
    {"import", "Import a file",
     "Creates a scenario from a recording (HAR), curl commands, an access log, or a file of "
     "another tool, and returns the report as JSON: steps, skipped requests, values that the "
     "server "
     "issues, typed values, warnings. Sends nothing.",
     import_arguments, false, import},
    {"try", "Try an extractor", "Tries an extractor on a saved response, and prints all matches.",
     try_arguments, true, try_extractor},
    {"show", "Show what a run would do",
     "Returns the plan of a scenario as JSON: loads over time, estimated requests, contacted "
     "hosts, "
     "thresholds, data and parameters. Sends nothing.",
     show_arguments, true, show},
    {"run_once", "Run a scenario once",
     "Performs each scenario once with one user, and returns a line of JSON for each step: its "
     "failures, the extracted values, and the variables after it.",
     once_arguments, false, run_once},
    {"run", "Run a load test",
     "Runs a load test and prints its verdict and figures: at most 50 users, 60 s and 10,000 "
     "requests.",
     run_arguments, false, run},
    {"results", "Read a result", "Returns the result of a run as JSON.", results_arguments, true,
     results},
    {"compare", "Compare two results",
     "Compares two result folders and separates real changes from noise.", compare_arguments, true,
     compare},
    {.name = NULL},
};
