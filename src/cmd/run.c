/* `reprise run`: runs scenario files one after another, each with its own verdict. */
#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/machine.h"
#include "base/random.h"
#include "cmd/contacted_hosts.h"
#include "cmd/run_fleet.h"
#include "cmd/run_job.h"
#include "cmd/run_outputs.h"
#include "cmd/unsafe_methods.h"
#include "net/http.h"
#include "output/github_actions.h"
#include "result/archive.h"
#include "result/result_folder.h"
#include "scenario/load.h"
#include "stats/failure_samples.h"
#include "stats/request_rows.h"

#define FILES_PER_THREAD 16

/* RUN_ID, or a name from the current time and the seed. */
static struct str run_id_of(struct arena *a, const struct run_options *o, uint64_t seed)
{
	char text[32];

	if (o->run_id.len)
		return o->run_id;
	clock_format_utc(text, sizeof text, "%Y%m%dT%H%M%SZ", clock_wall_ns());
	return arena_printf(a, "%s-%04x", text, (unsigned)(seed & 0xffff));
}

/* Prints parameters that the file does not set itself. */
static void report_parameters(const struct model *model)
{
	for (size_t i = 0; i < model->parameter_count; i++) {
		const struct parameter *p = &model->parameters[i];

		if (!p->overridden)
			continue;
		if (p->secret)
			log_info("%.*s is secret (%.*s)", STR_ARG(p->name), STR_ARG(p->origin));
		else
			log_info("%.*s is '%.*s' (%.*s)", STR_ARG(p->name), STR_ARG(p->value),
				 STR_ARG(p->origin));
	}
}

static void report_unsafe_methods(struct loaded_file *loaded)
{
	struct buf list;

	buf_init(&list, 0);
	unsafe_methods_put(loaded->program, &list);
	if (list.len)
		log_info("this run sends %.*s",
			 STR_ARG(run_job_masked(&loaded->arena, loaded->program, buf_str(&list))));
	buf_release(&list);
}

/* A thread needs files for its event loop. Where the limit is tight, users are more important than
 * threads, unless their number was requested. */
static void check_file_limit(const struct model *model, struct run_settings *settings,
			     bool threads_requested, uint64_t files)
{
	uint64_t users = (load_peak_users_all(model) + settings->shards - 1) / settings->shards;
	uint64_t needed = users + FILES_PER_THREAD * (uint64_t)settings->threads;

	while (!threads_requested && files && needed > files && settings->threads > 1) {
		settings->threads--;
		needed -= FILES_PER_THREAD;
	}
	if (files && needed > files)
		log_warning("%llu users need about %llu open files, but the limit is %llu; raise "
			    "it with: ulimit -n %llu",
			    (unsigned long long)users, (unsigned long long)needed,
			    (unsigned long long)files, (unsigned long long)needed);
}

static struct str stopped_by(const struct run_job *p)
{
	const struct run *run = &p->run;

	if (run->stop_file_found)
		return STR(RESULT_FOLDER_STOPPED_BY);
	if (run->signal)
		return run->signal == SIGINT ? STR("SIGINT") : STR("SIGTERM");
	if (run->failed_fast)
		return STR("the first failure, because of --fail-fast");
	if (run->aborted)
		return STR("a threshold with abort");
	if (atomic_load(&run->shared.limit_reached))
		return STR("--max-requests");
	if (atomic_load(&run->shared.renewal_failed))
		return STR("three failed renewals of setup or of a token");
	if (run->gave_up)
		return STR("30 s without any connection");
	if (atomic_load(&run->shared.until_reached))
		return STR("--until");
	return run->stop_requested ? STR("a user of the dashboard") : STR("");
}

static bool close_outputs(struct run_job *p)
{
	struct verdict verdict = {.outcome = p->run.outcome,
				  .setup_failed = p->run.setup_failed,
				  .reached = p->run.reached,
				  .stopped_by = stopped_by(p),
				  .validity = &p->run.validity,
				  .health = &p->run.health};

	return output_set_close(&p->outputs, &p->run.summary, &verdict);
}

/* ---- a file */

/* All shards of a run must use the same seed; each user has its own random stream. Without `seed`
 * it is derived from the values that all shards share. */
static uint64_t seed_of(const struct run_options *o, const struct model *model)
{
	const uint64_t words[] = {(uint64_t)o->start_at, o->shard.count};
	uint64_t key = random_key(words, 2);

	if (model->has_seed)
		return (uint64_t)model->seed;
	if (o->shard.count == 1)
		return random_seed();
	for (size_t i = 0; i < o->run_id.len; i++) {
		const uint64_t next[] = {key, (unsigned char)o->run_id.ptr[i]};

		key = random_key(next, 2);
	}
	return key >> 11; /* 53 bits: every JSON reader keeps it */
}

static struct run_settings settings_of(const struct run_options *o, struct loaded_file *loaded)
{
	const struct model *model = loaded->model;
	struct run_settings settings = {
	    .program = loaded->program,
	    .load = model->load,
	    .seed = seed_of(o, model),
	    .threads = o->threads ? o->threads : machine_detect_cores(),
	    .stop_grace = o->stop_grace,
	    .once = o->once,
	    .fail_fast = o->fail_fast,
	    .max_requests = (uint64_t)o->max_requests,
	    .no_think = o->no_think,
	    .think_factor = o->think_factor,
	    .trace_user = (uint64_t)o->trace_user,
	    .shard = o->shard.index,
	    .shards = o->shard.count,
	    .start_at = o->start_at,
	    .thresholds = loaded->thresholds,
	    .threshold_count = loaded->threshold_count,
	};

	settings.run_id = run_id_of(&loaded->arena, o, settings.seed);
	return settings;
}

static enum exit_status status_of(const struct run_job *p)
{
	const struct run *run = &p->run;

	if (run->thread_failed)
		return EXIT_USAGE;
	if (run->signal)
		return run->signal == SIGINT ? EXIT_SIGINT : EXIT_SIGTERM;
	if (!run->reached)
		return EXIT_UNREACHED;
	if (verdict_is_failure(run->outcome))
		return EXIT_FAILED;
	if (p->unwritten)
		return EXIT_NOT_WRITTEN;
	return p->options->strict && !run->validity.valid ? EXIT_NOT_VALID : EXIT_PASSED;
}

static void on_tick(void *job, const struct summary *sofar, ns_t now)
{
	struct run_job *p = job;

	run_steps_write(p->steps, &p->outputs);
	output_set_tick(&p->outputs, sofar, now);
}

static void on_second(void *job, const struct summary *second, const struct summary *sofar,
		      const struct run_interval *m)
{
	struct run_job *p = job;

	output_set_second(&p->outputs, second, sofar, m);
}

static void on_event(void *job, const struct run_event *event)
{
	struct run_job *p = job;

	output_set_event(&p->outputs, event);
}

/* --once for programs: prepares the report of each step. */
static bool prepare_steps(struct run_job *p, struct run_settings *settings)
{
	if (!run_steps_wanted(p->options))
		return true;
	p->steps = run_steps_new(p->options, &p->loaded);
	settings->steps = run_steps_sink(p->steps);
	settings->threads = 1;
	return p->steps;
}

static enum exit_status perform(struct run_job *p, uint64_t files)
{
	struct run_settings settings = settings_of(p->options, &p->loaded);
	/* The thresholds of shards are evaluated over all shards, by merge. */
	bool judged = !p->options->once && p->options->shard.count == 1;
	size_t thresholds = judged ? p->loaded.threshold_count : 0;
	struct run_hooks hooks = {
	    .owner = p, .tick = on_tick, .second = on_second, .event = on_event};
	enum exit_status status = EXIT_USAGE;
	struct buf error;

	settings.failure_samples = p->failure_samples;
	if (options_has(p->options->options, "jtl"))
		p->request_rows = request_rows_new(settings.threads);
	settings.request_rows = p->request_rows;
	if (p->folder.len) {
		struct arena *a = &p->loaded.arena;

		settings.failure_folder = arena_printf(a, "%.*s/failures", STR_ARG(p->folder));
		settings.stop_file = result_folder_file(a, p->folder, RESULT_FOLDER_STOP).ptr;
		settings.result_file = result_folder_file(a, p->folder, ARCHIVE_FILE_NAME).ptr;
	}
	report_parameters(p->loaded.model);
	report_unsafe_methods(&p->loaded);
	check_file_limit(p->loaded.model, &settings, p->options->threads > 0, files);
	if (settings.load.replay.file.len && settings.once) {
		log_error("--once cannot be used with a replay, which has no scenarios; use -d 10s "
			  "to send the first 10 seconds of the log");
		return EXIT_USAGE;
	}
	if (!prepare_steps(p, &settings))
		return EXIT_USAGE;
	if (settings.load.capacity.wanted && settings.shards > 1) {
		log_error("a capacity search cannot be split into shards; remove %s",
			  p->options->shard.from);
		return EXIT_USAGE;
	}
	if (!run_fleet_prepare(&settings.fleet, p->options, &p->loaded, p->number,
			       run_job_digest(&p->loaded.arena, p)))
		return EXIT_USAGE;
	buf_init(&error, 0);
	if (!run_init(&p->run, &settings, p->loaded.thresholds, thresholds, &error)) {
		log_error("%.*s", STR_ARG(buf_str(&error)));
		buf_release(&error);
		return EXIT_USAGE;
	}
	run_job_build_facts(p, &settings);
	p->facts.started = clock_wall_ns();
	if (p->facts.started < settings.start_at)
		p->facts.started = settings.start_at;
	if (run_outputs_open(&p->outputs, p->options, p->folder, &p->facts)) {
		p->opened = true;
		run_perform(&p->run, &hooks);
		p->unwritten = !run_steps_finish(p->steps, &p->outputs,
						 atomic_load(&p->run.shared.until_reached));
		p->unwritten |= !close_outputs(p);
		status = status_of(p);
	}
	run_release(&p->run);
	buf_release(&error);
	return status;
}

/* The result folder. If there are several files, each has its own folder in that of --out, named
 * after the file. */
static struct str folder_of(struct arena *a, const struct run_options *o, size_t number)
{
	const char *path = o->options->operands[number];
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	size_t len = strcspn(name, ".");

	if (!o->out || o->options->operand_count == 1)
		return str_of(o->out ? o->out : "");
	return arena_printf(a, "%s/%zu-%.*s", o->out, number + 1, (int)len, name);
}

/* On GitHub Actions, NAME did not start; DIAGS may have the errors. */
static void report_unstarted(const struct options *options, struct str name,
			     const struct diag_list *diags)
{
	if (github_actions_enabled(str_of(options_value(options, "github"))))
		github_actions_report_unstarted(
		    name, diags, run_options_prints_document(options) ? stderr : stdout);
}

/* Runs one file; increments PART if it opened its outputs. */
static enum exit_status run_file(const struct run_options *o, size_t number, uint64_t files,
				 unsigned *part)
{
	const char *path = o->options->operands[number];
	struct run_job p = {.options = o, .number = number, .part = *part};
	enum exit_status status = EXIT_USAGE;
	bool fine = load_file(&p.loaded, path, &o->overrides,
			      run_steps_wanted(o) ? LOAD_FILE_STEPS : LOAD_FILE_RUN);

	load_file_report(&p.loaded, o->error.color, stderr);
	if (fine && contacted_hosts_permit_option(&p.loaded, o->options)) {
		p.folder = folder_of(&p.loaded.arena, o, number);
		if (p.folder.len || options_has(o->options, "dashboard"))
			p.failure_samples = failure_samples_new();
		status = perform(&p, files);
	}
	if (status == EXIT_USAGE && !p.opened)
		report_unstarted(o->options, p.loaded.name, &p.loaded.diags);
	*part += p.opened;
	run_steps_free(p.steps);
	failure_samples_free(p.failure_samples);
	request_rows_free(p.request_rows);
	load_file_release(&p.loaded);
	return status;
}

/* ---- the command */

/* If several apply, the exit status is the first in this list. */
static enum exit_status worse_status(enum exit_status a, enum exit_status b)
{
	static const enum exit_status order[] = {EXIT_INTERNAL,	   EXIT_USAGE,	   EXIT_SIGINT,
						 EXIT_SIGTERM,	   EXIT_UNREACHED, EXIT_FAILED,
						 EXIT_NOT_WRITTEN, EXIT_NOT_VALID};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return EXIT_PASSED;
}

static enum exit_status run_main(const struct options *command_line);

const struct command run_command = {
    .name = "run",
    .synopsis = "run FILE…",
    .sentence = "Runs a load test: virtual users perform the steps of a scenario, and results are "
		"measured.",
    .options = run_option_table,
    .more =
	"If FILE is -, standard input is read. Several files run one after another, each with\n"
	"its own verdict. Press Ctrl-C to stop the run and print the results; press it again\n"
	"to exit immediately.\n"
	"\n"
	"Exit status: 0 passed; 1 a threshold failed, the default ones included, setup or\n"
	"teardown failed, or no request was measured; 2 errors in the input, nothing was sent;\n"
	" 3 the target was never reached; 4 not valid, with --strict; 5 a result\n"
	"could not be written; 130 and 143 stopped by a signal.\n"
	"\n"
	"  reprise run shop.yaml\n"
	"  reprise run -u 50 -d 2m --ramp-up 10s shop.yaml\n"
	"  reprise run --arrivals 20/s -d 5m --json result.json shop.yaml",
    .main = run_main,
};

static enum exit_status run_main(const struct options *command_line)
{
	enum exit_status worst = EXIT_PASSED;
	struct run_options options;
	unsigned part = 0;
	uint64_t files;

	if (!run_options_read(&options, command_line)) {
		report_unstarted(command_line, STR(""), NULL);
		return EXIT_USAGE;
	}
	log_set_level(options.level);
	files = machine_raise_files();
	http_global_init();
	for (size_t i = 0; i < command_line->operand_count; i++) {
		enum exit_status status;

		if (i && options.level != LOG_QUIET)
			fputc('\n', stderr);
		status = run_file(&options, i, files, &part);
		worst = worse_status(worst, status);
		if (status == EXIT_SIGINT || status == EXIT_SIGTERM)
			break;
	}
	http_global_cleanup();
	run_options_release(&options);
	return worst;
}
