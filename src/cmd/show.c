/* `reprise show`: describes what a run would do; sends nothing. */
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/secret_mask.h"
#include "base/units.h"
#include "base/url.h"
#include "cmd/show_config.h"
#include "cmd/data_needs.h"
#include "cmd/load_file.h"
#include "cmd/plan_estimate.h"
#include "cmd/show_json.h"
#include "cmd/show_transport.h"
#include "run/load_shape.h"
#include "scenario/load.h"
#include "scenario/replay_file.h"

static enum exit_status show_main(const struct options *options);

static const char *const formats[] = {"text", "json", NULL};

static const struct option show_options[] = {
    {.name = "format",
     .value = "FORMAT",
     .choices = formats,
     .prose = "output format: text or json (default: text)"},
    {.name = "program", .prose = "print the compiled steps with their lines in the file"},
    {.name = "config", .prose = "print every setting with its value and its origin"},
    LOAD_FILE_OPTIONS,
    LOAD_FILE_LOAD_OPTIONS,
    {.name = NULL},
};

const struct command show_command = {
    .name = "show",
    .synopsis = "show FILE",
    .sentence =
	"Shows what a run would do: users, requests, connections, contacted hosts, and settings "
	"from options and the environment; sends nothing.",
    .options = show_options,
    .more = "  reprise show shop.yaml\n"
	    "  reprise show -u 200 -d 1m shop.yaml\n"
	    "  reprise show --profile smoke --config shop.yaml\n"
	    "  reprise show --program shop.yaml\n"
	    "  reprise show --format json shop.yaml",
    .main = show_main,
};

/* Appends the exact number of arrivals or requests, if the load is stages of arrivals or a replay.
 */
static void put_exact(const struct loaded_file *l, struct buf *out)
{
	const struct load *load = &l->model->load;
	const struct replay_file *replay = l->model->replay;
	struct load_shape profile;
	struct arena arena;

	if (replay) {
		ns_t length = replay_file_start_time(replay, replay->last_at, load->replay.speed);

		buf_add(out, STR("; "));
		units_put_count(out, replay->lines);
		buf_add(out, replay->lines == 1 ? STR(" request in ") : STR(" requests in "));
		units_put_duration(out, length / NS_PER_MS * NS_PER_MS);
	} else if (load->open && load->stages.count && load_common_used(l->model)) {
		arena_init(&arena, 0);
		load_shape_init(&profile, &arena, load);
		buf_add(out, STR("; "));
		units_put_count(out, load_shape_entries(&profile));
		buf_add(out, STR(" arrivals"));
		arena_release(&arena);
	}
}

static void put_load(const struct loaded_file *l, struct buf *out)
{
	struct plan_estimate iteration = plan_estimate_iteration(l->model);
	double rate = plan_estimate_rate(l->model, &iteration);

	buf_add(out, STR("  load      "));
	load_put_all(out, l->model);
	put_exact(l, out);
	if (rate > 0) {
		buf_add(out, STR("; about "));
		if (rate < 10)
			buf_printf(out, "%.1f", rate);
		else
			units_put_count(out, (uint64_t)rate);
		buf_add(out, l->model->load.open
				 ? STR(" requests/s")
				 : STR(" requests/s if the response time is 20 ms"));
		if (iteration.loops_counted_once)
			buf_add(out, STR(", loops of unknown length counted once"));
	}
	buf_add_char(out, '\n');
}

static void put_too_long(const struct loaded_file *l, struct buf *out)
{
	struct plan_estimate iteration = plan_estimate_iteration(l->model);
	double seconds = plan_estimate_iteration_s(&iteration);

	if (!plan_estimate_is_too_long(l->model, &iteration))
		return;
	buf_printf(out,
		   "  warning   one iteration takes about %.*f s, longer than the run (%.3g s), so "
		   "none may complete\n",
		   seconds < 10 ? 1 : 0, seconds,
		   (double)l->model->load.duration / (double)NS_PER_S);
}

static void put_sockets(const struct loaded_file *l, struct buf *out)
{
	uint64_t users = load_peak_users_all(l->model);
	struct rlimit files;

	buf_add(out, STR("  sockets   "));
	if (users)
		units_put_count(out, users * plan_estimate_connections(l->program));
	buf_add(out, users ? STR(" concurrent connections") : STR("one per concurrent arrival"));
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max != RLIM_INFINITY) {
		buf_add(out, STR(" (limit "));
		units_put_count(out, files.rlim_max);
		buf_add_char(out, ')');
	}
	buf_add_char(out, '\n');
}

static void put_hosts(const struct loaded_file *l, struct buf *out)
{
	struct url url;

	buf_add(out, STR("  contacts  "));
	if (url_split(l->program->target, &url)) {
		escape_terminal(out, url.host);
		buf_printf(out, ":%u", url.port);
	} else {
		buf_add(out, STR("no target"));
	}
	for (size_t i = 0; i < l->model->allowed_host_count; i++) {
		buf_add(out, STR(", "));
		escape_terminal(out, l->model->allowed_hosts[i]);
	}
	buf_add(out, STR(" and no other hosts"));
	if (url_split(l->model->defaults.proxy, &url)) {
		buf_add(out, STR(", through the proxy "));
		escape_terminal(out, url.host);
		buf_printf(out, ":%u", url.port);
	}
	buf_add_char(out, '\n');
}

static void put_origin(struct buf *out, bool *any, struct str what, struct str from)
{
	buf_add(out, *any ? STR("   ") : STR("  from      "));
	escape_terminal(out, what);
	buf_add(out, STR(": "));
	escape_terminal(out, from);
	*any = true;
}

/* Appends the origins of values that come from options or the environment. */
static void put_origins(const struct loaded_file *l, const struct overrides *overrides,
			struct buf *out)
{
	bool any = false;

	if (l->model->profile.len)
		put_origin(out, &any, STR("profile"), overrides->profile.from);
	if (l->model->load_origin.len)
		put_origin(out, &any, STR("load"), l->model->load_origin);
	if (overrides->target.text.ptr)
		put_origin(out, &any, STR("target"), overrides->target.from);
	for (size_t i = 0; i < l->model->parameter_count; i++) {
		const struct parameter *p = &l->model->parameters[i];

		if (p->overridden)
			put_origin(out, &any, p->name, p->origin);
	}
	if (any)
		buf_add_char(out, '\n');
}

static void put_count(struct buf *out, size_t count, const char *one)
{
	buf_printf(out, "%zu %s%s", count, one, count == 1 ? "" : "s");
}

static void put_thresholds(const struct loaded_file *l, struct buf *out)
{
	for (size_t i = 0; i < l->threshold_count; i++) {
		buf_add(out, i ? STR(", ") : STR("  limits    "));
		escape_terminal(out, l->thresholds[i].text);
	}
	if (l->threshold_count)
		buf_add_char(out, '\n');
}

static void put_plan(const struct loaded_file *l, const struct overrides *overrides,
		     struct buf *out)
{
	escape_terminal(out, l->model->name.len ? l->model->name : l->name);
	buf_add(out, STR(": "));
	put_count(out, l->model->scenario_count, "scenario");
	buf_add(out, STR(", "));
	put_count(out, load_file_count_steps(l), "step");
	buf_add(out, STR(", "));
	put_count(out, l->threshold_count, "threshold");
	buf_add_char(out, '\n');
	put_load(l, out);
	put_too_long(l, out);
	put_thresholds(l, out);
	data_needs_put(l, out);
	put_sockets(l, out);
	put_hosts(l, out);
	put_origins(l, overrides, out);
}

static void put_program(const struct program *program, struct buf *out)
{
	program_disassemble(program, out);
	show_transport_put(program, out);
}

/* For programs, also if the file has errors. */
static enum exit_status show_document(const struct options *options, const struct loaded_file *l,
				      const struct overrides *overrides)
{
	struct buf text;

	buf_init(&text, 0);
	show_json_put(l, overrides,
		      options_has(options, "program")  ? SHOW_JSON_PROGRAM
		      : options_has(options, "config") ? SHOW_JSON_SETTINGS
						       : SHOW_JSON_PLAN,
		      &text);
	fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
	return l->program && !l->diags.errors ? EXIT_PASSED : EXIT_USAGE;
}

static enum exit_status show_file(const struct options *options, struct arena *arena)
{
	enum exit_status status = EXIT_PASSED;
	struct overrides overrides;
	struct loaded_file l;
	struct buf text;
	const char *format = options_value(options, "format");

	if (!load_file_overrides(arena, options, true, &overrides))
		return EXIT_USAGE;
	bool fine = load_file(&l, options->operands[0], &overrides, LOAD_FILE_SHOW);

	if (format && strcmp(format, "json") == 0) {
		status = show_document(options, &l, &overrides);
		load_file_release(&l);
		return status;
	}
	load_file_report(&l, false, stderr);
	buf_init(&text, 0);
	if (!fine)
		status = EXIT_USAGE;
	else if (options_has(options, "program"))
		put_program(l.program, &text);
	else if (options_has(options, "config"))
		show_config_put(&l, &overrides, &text);
	else
		put_plan(&l, &overrides, &text);
	if (l.program)
		secret_mask_once(&l.program->secrets, &text);
	if (text.len)
		fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
	load_file_release(&l);
	return status;
}

static enum exit_status show_main(const struct options *options)
{
	enum exit_status status = EXIT_USAGE;
	struct arena arena;

	arena_init(&arena, 0);
	if (options->operand_count == 1)
		status = show_file(options, &arena);
	else
		fputs("error: expected one file\nusage: reprise show FILE\n", stderr);
	arena_release(&arena);
	return status;
}
