#include "cmd/run_options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output/output.h"
#include "scenario/field_value.h"

extern char **environ;

#define RUN_LOAD     LOAD_FILE_LOAD_GROUP
#define RUN_RESULTS  "Results"
#define RUN_TERMINAL "Terminal output"

static const char *const when_words[] = {"auto", "always", "never", NULL};
static const char *const keep_or_drop[] = {"keep", "drop", NULL};

const struct option run_option_table[] = {
#include "cmd/run_options.def"
    {.name = NULL},
};

const struct option replay_option_table[] = {
#include "cmd/import_options.def"
#include "cmd/run_options.def"
    {.name = NULL},
};

/* Parses the value of the option NAME as FIELD says. Returns false, after reporting the error, if
 * the value is wrong. OUT is unchanged if the option was not given. */
static bool parse_value(struct run_options *o, const char *name, const struct field *field,
			void *out)
{
	const char *value = options_value(o->options, name);
	struct parse_error error;

	if (!value || field_value_parse(&o->arena, str_of(value), field, out, &error))
		return true;
	log_error("--%s: %.*s", name, STR_ARG(error.text));
	return false;
}

static bool parse_think(struct run_options *o)
{
	static const struct field factor_field = {.type = FIELD_NUMBER, .low = 0, .high = 1000};
	const char *value = options_value(o->options, "think");

	if (value && strcmp(value, "off") == 0) {
		o->no_think = true;
		return true;
	}
	if (!parse_value(o, "think", &factor_field, &o->think_factor))
		return false;
	o->no_think = value && !(o->think_factor > 0);
	return true;
}

/* Reports ERROR with the name that the user wrote: the option or its environment variable. */
static void report_shard_error(const struct run_options *o, struct str error)
{
	static const struct {
		const char *option, *named, *variable;
	} names[] = {{"shards", "--shards", "REPRISE_SHARDS"},
		     {"shard", "--shard", "REPRISE_SHARD"}};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct option_value *value = options_find(o->options, names[i].option);
		size_t len = strlen(names[i].named);

		if (!value || value->origin != OPTION_ENVIRONMENT ||
		    !str_starts(error, str_of(names[i].named)))
			continue;
		log_error("%s%.*s", names[i].variable, STR_ARG(str_slice(error, len, error.len)));
		return;
	}
	log_error("%.*s", STR_ARG(error));
}

static bool parse_shard(struct run_options *o)
{
	const char *start = options_value(o->options, "start-at");
	struct buf error;
	bool fine;

	buf_init(&error, 0);
	fine =
	    shard_find(&o->shard, options_value(o->options, "shard"),
		       options_value(o->options, "shards"), (const char *const *)environ, &error);
	if (!fine)
		report_shard_error(o, buf_str(&error));
	buf_release(&error);
	if (!start || shard_parse_time(str_of(start), &o->start_at))
		return fine;
	log_error("--start-at: '%s' is not a valid time; use 2026-01-01T12:00:00Z or seconds since "
		  "1970",
		  start);
	return false;
}

static void resolve_terminal(struct run_options *o)
{
	enum terminal_color color = TERMINAL_COLOR_AUTO;
	size_t verbose = options_count(o->options, "verbose");

	terminal_color_find(options_value(o->options, "color"), &color);
	o->plain = options_has(o->options, "plain");
	o->output = terminal_detect(STDOUT_FILENO, color);
	o->error = terminal_detect(STDERR_FILENO, color);
	o->live = !o->plain && o->error.can_redraw;
	o->level = LOG_NORMAL;
	if (options_has(o->options, "quiet"))
		o->level = LOG_QUIET;
	else if (verbose)
		o->level = verbose > 1 ? LOG_TRACE : LOG_VERBOSE;
}

/* An option with a value uses the next argument, even if the user meant it as the file. */
static void report_no_file(const struct options *options)
{
	const struct option_value *last = NULL;

	for (size_t i = 0; i < options->value_count; i++)
		if (options->values[i].origin == OPTION_COMMAND_LINE && options->values[i].value[0])
			last = &options->values[i];
	if (last && (strstr(last->value, ".yaml") || strstr(last->value, ".yml")))
		log_error("no file was given; --%s used '%s' as its value; usage: reprise %s",
			  last->option->name, last->value, options->command->synopsis);
	else
		log_error(
		    "no file was given; usage: reprise %s ('reprise init' creates an example)",
		    options->command->synopsis);
}

static void find_allowed_hosts(struct run_options *o)
{
	VEC(const char *) names = {0};

	for (size_t i = 0; i < o->options->value_count; i++)
		if (strcmp(o->options->values[i].option->name, "allow-host") == 0)
			VEC_PUSH(&o->arena, &names, o->options->values[i].value);
	o->output_options.hosts = names.items;
	o->output_options.host_count = names.count;
}

static bool parse_trace_url(struct run_options *o)
{
	const char *url = options_value(o->options, "trace-url");

	o->trace_url = url ? str_of(url) : STR("");
	if (!o->trace_url.len || ((str_starts(o->trace_url, STR("https://")) ||
				   str_starts(o->trace_url, STR("http://"))) &&
				  str_find(o->trace_url, STR("{trace_id}"), 0) != NOT_FOUND))
		return true;
	log_error(
	    "--trace-url: '%s' is not the URL of a trace; write a URL with {trace_id}, such as "
	    "https://jaeger.example/trace/{trace_id}",
	    url);
	return false;
}

/* Options that have a meaning only with --once. */
static bool check_once_options(const struct run_options *o)
{
	static const char *const names[] = {"until", "exchanges"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = options_value(o->options, names[i]);

		if (value && (!o->once || !*value)) {
			log_error("--%s %s", names[i],
				  o->once ? "needs a value" : "needs --once; add --once");
			return false;
		}
		if (value && o->options->operand_count > 1) {
			log_error("--%s can be used with one file only", names[i]);
			return false;
		}
	}
	return true;
}

static bool resolve(struct run_options *o)
{
	static const struct field threads_field = {.type = FIELD_INT, .low = 1, .high = 256};
	static const struct field length_field = {.type = FIELD_DURATION};
	const char *run_id = getenv("RUN_ID"), *host_ip = getenv("HOST_IP");
	static const struct field user_field = {.type = FIELD_INT, .low = 1, .high = 1e9};
	static const struct field requests_field = {.type = FIELD_INT, .low = 1, .high = 1e15};
	int64_t threads = 0;
	bool fine = parse_value(o, "threads", &threads_field, &threads);

	o->stop_grace = 5 * NS_PER_S;
	fine &= parse_value(o, "stop-grace", &length_field, &o->stop_grace);
	fine &= load_file_overrides(&o->arena, o->options, true, &o->overrides);
	fine &= parse_value(o, "trace-user", &user_field, &o->trace_user);
	fine &= parse_think(o);
	fine &= parse_trace_url(o);
	fine &= parse_shard(o);
	o->fleet_dir = options_value(o->options, "fleet-dir");
	o->fleet_wait = 60 * NS_PER_S;
	fine &= parse_value(o, "fleet-wait", &length_field, &o->fleet_wait);
	o->fail_fast = options_has(o->options, "fail-fast");
	fine &= parse_value(o, "max-requests", &requests_field, &o->max_requests);
	o->threads = (unsigned)threads;
	o->once = options_has(o->options, "once");
	o->strict = options_has(o->options, "strict");
	o->out = options_value(o->options, "out");
	o->output_options.statsd_tags = options_has(o->options, "statsd-tags");
	o->output_options.send_wait = 3 * NS_PER_S;
	fine &= parse_value(o, "send-wait", &length_field, &o->output_options.send_wait);
	fine &= parse_value(o, "prometheus-linger", &length_field,
			    &o->output_options.prometheus_linger);
	find_allowed_hosts(o);
	o->run_id = run_id && *run_id ? str_of(run_id) : STR("");
	o->host_ip = host_ip && *host_ip ? str_of(host_ip) : STR("");
	resolve_terminal(o);
	fine &= check_once_options(o);
	if (o->out && !*o->out) {
		log_error("--out needs the name of a folder");
		fine = false;
	}
	if (o->fleet_dir && !*o->fleet_dir) {
		log_error("--fleet-dir needs the name of a folder");
		fine = false;
	}
	if (o->options->operand_count == 0) {
		report_no_file(o->options);
		fine = false;
	}
	return fine;
}

bool run_options_read(struct run_options *o, const struct options *options)
{
	*o = (struct run_options){.options = options};
	arena_init(&o->arena, 0);
	if (resolve(o))
		return true;
	run_options_release(o);
	return false;
}

bool run_options_prints_document(const struct options *options)
{
	for (const struct output_kind *const *kind = output_kinds(); *kind; kind++) {
		const char *value = (*kind)->option && !(*kind)->sends
					? options_value(options, (*kind)->option)
					: NULL;

		if (value && strcmp(value, "-") == 0)
			return true;
	}
	return false;
}

void run_options_release(struct run_options *o)
{
	arena_release(&o->arena);
}
