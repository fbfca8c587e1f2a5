#include "cmd/import_verify.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/random.h"
#include "base/units.h"
#include "base/url.h"
#include "cmd/import_verdict.h"
#include "cmd/load_file.h"
#include "cmd/unsafe_methods.h"
#include "import/conversion.h"
#include "net/http.h"
#include "run/run.h"

#define ROUNDS_MAX 3
#define USERS	   2
#define ITERATIONS 2

/* A verification in progress. */
struct verifier {
	struct import_job *job;
	const char *path; /* of the scenario that is performed */
	const struct options *options;
	unsigned users, iterations;
	struct arena arena; /* of the performances of this round */
	struct import_performance *performances;
	struct str first_url; /* of the request that is being performed; empty: no redirect yet */
	enum exit_status status; /* EXIT_PASSED: it could be performed */
};

/* ---- what the run received */

static void on_redirect(void *owner, const struct exchange *x)
{
	struct verifier *v = owner;

	if (!v->first_url.len)
		v->first_url = arena_str(&v->arena, str_of(x->last_url));
}

static void on_request(void *owner, const struct run_tap_request *request)
{
	struct verifier *v = owner;
	struct arena *a = &v->arena;
	size_t n = (size_t)(request->user - 1) * v->iterations + request->iteration - 1;
	struct import_response *r;
	const struct exchange *x = request->last;

	if (n >= (size_t)v->users * v->iterations ||
	    request->request >= v->performances[n].response_count)
		return;
	r = &v->performances[n].responses[request->request];
	r->performed = true;
	r->failed = request->failed;
	r->redirected = request->redirected;
	r->failure = arena_str(a, request->failure);
	if (x) {
		r->status = x->result == HTTP_OK ? x->status : 0;
		r->headers = arena_str(a, buf_str(&x->headers));
		r->body = arena_str(a, buf_str(&x->response));
		r->url = arena_str(a, str_of(x->last_url));
		r->sent_url = v->first_url.len ? v->first_url : r->url;
	}
	v->first_url = STR("");
}

static void begin_round(struct verifier *v)
{
	size_t steps = verification_step_count(v->job), count = (size_t)v->users * v->iterations;

	arena_release(&v->arena);
	arena_init(&v->arena, 0);
	v->performances = ARENA_ARRAY(&v->arena, count, struct import_performance);
	for (size_t i = 0; i < count; i++) {
		struct import_performance *p = &v->performances[i];

		p->user = (unsigned)(i / v->iterations) + 1;
		p->iteration = (unsigned)(i % v->iterations) + 1;
		p->response_count = steps;
		p->responses = ARENA_ARRAY(&v->arena, steps + 1, struct import_response);
		for (size_t n = 0; n < steps; n++)
			p->responses[n].tx = verification_step(v->job, n);
	}
	v->job->performances = v->performances;
	v->job->performance_count = count;
}

/* ---- the run */

/* Adds the recorded passwords, unless the options give others. */
static void add_parameters(struct import_job *job, struct overrides *overrides)
{
	size_t given_options = overrides->parameters.option_count, count = 0, n = 0;
	const char **all;

	while (verification_parameter(job, count))
		count++;
	all = ARENA_ARRAY(&job->arena, given_options + count + 1, const char *);
	for (size_t i = 0; i < count; i++)
		all[n++] = verification_parameter(job, i);
	for (size_t i = 0; i < given_options; i++) {
		struct str option = str_of(overrides->parameters.options[i]);
		struct str name = str_slice(option, 0, str_find_char(option, '=', 0) + 1);

		for (size_t k = 0; k < n; k++)
			if (str_starts(str_of(all[k]), name))
				all[k--] = all[--n];
	}
	for (size_t i = 0; i < given_options; i++)
		all[n++] = overrides->parameters.options[i];
	overrides->parameters.options = (const char *const *)all;
	overrides->parameters.option_count = n;
}

/* The iterations of one user. The users are shards of one run, so that their numbers and data
 * differ, and each begins when the one before has ended. */
static void perform_user(struct verifier *v, const struct loaded_file *loaded, unsigned user)
{
	const struct run_tap tap = {.owner = v, .redirect = on_redirect, .request = on_request};
	const struct run_hooks hooks = {.owner = NULL};
	const struct run_settings settings = {.program = loaded->program,
					      .load = {.users = v->users,
						       .iterations = v->iterations,
						       .grace = loaded->model->load.grace},
					      .seed = random_seed(),
					      .threads = 1,
					      .no_think = true,
					      .shard = user,
					      .shards = v->users,
					      .run_id = STR("verify"),
					      .tap = &tap};
	struct buf error;
	struct run run;

	buf_init(&error, 0);
	if (!run_init(&run, &settings, NULL, 0, &error)) {
		log_error("%.*s", STR_ARG(buf_str(&error)));
		v->status = EXIT_USAGE;
	} else {
		run_perform(&run, &hooks);
		if (run.signal)
			v->status = (enum exit_status)(128 + run.signal);
		else if (!run.reached)
			v->status = EXIT_UNREACHED;
		run_release(&run);
	}
	buf_release(&error);
}

/* False, with nothing to release, if the options are wrong. */
static bool load(struct verifier *v, struct loaded_file *loaded)
{
	struct overrides overrides;

	if (!load_file_overrides(&v->job->arena, v->options, false, &overrides)) {
		v->status = EXIT_USAGE;
		return false;
	}
	add_parameters(v->job, &overrides);
	if (!load_file(loaded, v->path, &overrides, LOAD_FILE_RUN))
		v->status = EXIT_USAGE;
	return true;
}

/* Performs the scenario with all users; the performances are in the job. */
static void perform(struct verifier *v)
{
	struct loaded_file loaded;

	begin_round(v);
	if (!load(v, &loaded))
		return;
	load_file_report(&loaded, false, stderr);
	for (unsigned user = 1; user <= v->users && v->status == EXIT_PASSED; user++)
		perform_user(v, &loaded, user);
	load_file_release(&loaded);
}

/* The line of the first `fail` step from the instruction *AT on; 0 if there is none. */
static uint32_t next_fail_line(const struct program *program, uint32_t *at)
{
	while (*at < program->code_count) {
		const struct instr *in = &program->code[(*at)++];

		if (in->op == OP_FAIL && in->span.source)
			return source_position(in->span.source, in->span.begin).line;
	}
	return 0;
}

/* The lines of the steps in the file as it is now. Requests are in the order of the conversion, and
 * so are the `fail` steps. */
static const uint32_t *find_lines(struct verifier *v)
{
	size_t count = v->job->conversion->steps.count;
	uint32_t *lines = ARENA_ARRAY(&v->arena, count + 1, uint32_t);
	uint32_t request = 0, fail = 0;
	struct loaded_file loaded;

	if (!load(v, &loaded))
		return lines;
	for (size_t i = 0; loaded.program && i < count; i++) {
		const struct program *p = loaded.program;

		if (v->job->conversion->steps.items[i].disabled) {
			lines[i] = next_fail_line(p, &fail);
		} else if (request < p->request_count) {
			struct span span = p->requests[request++].span;

			if (span.source)
				lines[i] = source_position(span.source, span.begin).line;
		}
	}
	load_file_release(&loaded);
	return lines;
}

/* ---- rounds */

/* A hidden file beside PATH, for repairs that are not proven. */
static const char *candidate_path(struct import_job *job, const char *path)
{
	size_t slash = strlen(path);

	while (slash > 0 && path[slash - 1] != '/')
		slash--;
	return arena_printf(&job->arena, "%.*s.%s.verify", (int)slash, path, path + slash).ptr;
}

static bool is_better(const struct verification *now, const struct verification *before)
{
	if (now->good != before->good)
		return now->good > before->good;
	if (now->serious != before->serious)
		return now->serious < before->serious;
	return now->differences.count < before->differences.count;
}

/* Performs the repaired scenario. If the repairs are good, writes it to PATH and sets RESULT;
 * otherwise undoes the repairs. */
static bool try_repairs(struct verifier *v, const char *path, struct verification *result)
{
	const char *candidate = candidate_path(v->job, path);
	struct verification now = {.serious = 0};
	bool better = false;

	v->path = candidate;
	if (import_files_write(v->job, candidate, IMPORT_FILES_REPLACE, true) == EXIT_PASSED) {
		perform(v);
		if (v->status == EXIT_PASSED) {
			verification_judge(v->job, &now);
			better = is_better(&now, result);
		}
	}
	unlink(candidate);
	v->path = path;
	if (!verification_settle(v->job, better) && v->status == EXIT_PASSED)
		v->status = EXIT_USAGE;
	if (!better)
		return false;
	*result = now;
	if (import_files_write(v->job, path, IMPORT_FILES_REPLACE, true) != EXIT_PASSED)
		v->status = EXIT_NOT_WRITTEN;
	return v->status == EXIT_PASSED;
}

static int perform_rounds(struct verifier *v, const char *path, int rounds,
			  struct verification *result)
{
	int round = 1;

	perform(v);
	if (v->status != EXIT_PASSED)
		return round;
	verification_judge(v->job, result);
	if (verification_mark_logins(v->job)) {
		/* The values of the new parameters are not in the recording: nothing can be proven
		 * without them. */
		if (verification_settle(v->job, false) &&
		    import_files_write(v->job, path, IMPORT_FILES_REPLACE, true) != EXIT_PASSED)
			v->status = EXIT_NOT_WRITTEN;
		fputs(
		    "the server asks for a password (401) where the recording has a page: the "
		    "browser "
		    "leaves what is typed\ninto its dialog out of the recording; the scenario now "
		    "requires it: -p USER_NAME=NAME -p PASSWORD=PASSWORD\n",
		    stderr);
		return round;
	}
	while (verification_repair(v->job, result) && round < rounds) {
		round++;
		if (!try_repairs(v, path, result))
			break;
	}
	/* Further repairs are neither proven nor written. */
	verification_settle(v->job, false);
	return round;
}

/* The recording may be of a system in use, so the plan is printed even with --quiet. */
static void print_plan(const struct verifier *v, int rounds)
{
	unsigned count = v->users * v->iterations;
	size_t steps = verification_step_count(v->job), writes = verification_write_count(v->job);
	const char *target = options_value(v->options, "target");
	struct str host = target ? str_of(target) : v->job->conversion->target;

	fprintf(stderr, "--verify performs the visit %s on %.*s: %zu request%s",
		count == 1 ? "once" : "4 times (2 users, 2 iterations each, one after the other)",
		STR_ARG(host), steps * count, steps * count == 1 ? "" : "s");
	fprintf(stderr, ", %zu write%s", writes * count, writes * count == 1 ? "" : "s");
	if (rounds > 1)
		fprintf(stderr,
			"; at most %d rounds, if something must be repaired: %zu requests, %zu "
			"writes",
			rounds, steps * count * (unsigned)rounds,
			writes * count * (unsigned)rounds);
	fputc('\n', stderr);
}

static enum exit_status print_verdict(struct verifier *v, const struct verification *result,
				      int rounds)
{
	const struct import_performed how = {.path = v->path,
					     .target = options_value(v->options, "target"),
					     .users = v->users,
					     .iterations = v->iterations,
					     .rounds = rounds,
					     .lines = find_lines(v)};

	return import_verdict_print(v->job, result, &how);
}

enum exit_status import_verify(struct import_job *job, const char *path,
			       const struct options *options)
{
	bool once = strcmp(options_value(options, "verify"), "once") == 0;
	struct verifier v = {.job = job,
			     .path = path,
			     .options = options,
			     .users = once ? 1 : USERS,
			     .iterations = once ? 1 : ITERATIONS};
	struct verification result = {.serious = 0};
	int rounds;

	arena_init(&v.arena, 0);
	http_global_init();
	print_plan(&v, once ? 1 : ROUNDS_MAX);
	rounds = perform_rounds(&v, path, once ? 1 : ROUNDS_MAX, &result);
	if (v.status == EXIT_PASSED)
		v.status = print_verdict(&v, &result, rounds);
	else if (v.status == EXIT_UNREACHED)
		fputs("verified: nothing; no server was reached\n", stderr);
	job->performances = NULL;
	http_global_cleanup();
	arena_release(&v.arena);
	return v.status;
}
