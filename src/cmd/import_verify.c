#include "cmd/import_verify.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/random.h"
#include "base/units.h"
#include "base/url.h"
#include "cmd/import_json.h"
#include "cmd/import_verdict.h"
#include "cmd/contacted_hosts.h"
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
	bool together; /* the users overlap in this round */
	struct str
	    first_url[USERS]; /* of the request that a user performs; empty: no redirect yet */
	struct import_performed found; /* how the result was found */
	struct buf steps;	       /* the result of each step, as JSON */
	enum exit_status status;       /* EXIT_PASSED: it could be performed */
};

/* ---- what the run received */

static void on_redirect(void *owner, uint64_t user, const struct exchange *x)
{
	struct verifier *v = owner;

	if (user <= USERS && !v->first_url[user - 1].len)
		v->first_url[user - 1] = arena_str(&v->arena, str_of(x->last_url));
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
		r->sent_url =
		    v->first_url[request->user - 1].len ? v->first_url[request->user - 1] : r->url;
	}
	v->first_url[request->user - 1] = STR("");
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
	v->job->together = v->together;
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

void import_verify_run(const struct run_settings *settings, enum exit_status *status)
{
	const struct run_hooks hooks = {.owner = NULL};
	struct buf error;
	struct run run;

	buf_init(&error, 0);
	if (!run_init(&run, settings, NULL, 0, &error)) {
		log_error("%.*s", STR_ARG(buf_str(&error)));
		*status = EXIT_USAGE;
	} else {
		run_perform(&run, &hooks);
		if (run.signal)
			*status = (enum exit_status)(128 + run.signal);
		else if (!run.reached)
			*status = EXIT_UNREACHED;
		run_release(&run);
	}
	buf_release(&error);
}

/* The iterations of one user, or of all of them at the same time if USER is 0. One user is a shard
 * of a run with all of them, so that their numbers and data differ. */
static void perform_user(struct verifier *v, const struct loaded_file *loaded, unsigned user)
{
	const struct run_tap tap = {.owner = v, .redirect = on_redirect, .request = on_request};
	const struct run_settings settings = {.program = loaded->program,
					      .load = {.users = v->users,
						       .iterations = v->iterations,
						       .grace = loaded->model->load.grace},
					      .seed = random_seed(),
					      .threads = 1,
					      .no_think = true,
					      .shard = user,
					      .shards = user ? v->users : 0,
					      .run_id = STR("verify"),
					      .tap = &tap};

	import_verify_run(&settings, &v->status);
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
	if (!load_file(loaded, v->path, &overrides, LOAD_FILE_RUN) ||
	    !contacted_hosts_permit_option(loaded, v->options))
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
	if (v->together && v->status == EXIT_PASSED)
		perform_user(v, &loaded, 0);
	for (unsigned user = 1; user <= v->users && !v->together && v->status == EXIT_PASSED;
	     user++)
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
		} else if (conversion_is_performed(&v->job->conversion->steps.items[i]) &&
			   request < p->request_count) {
			struct span span = p->requests[request++].span;

			if (span.source)
				lines[i] = source_position(span.source, span.begin).line;
		}
	}
	load_file_release(&loaded);
	return lines;
}

/* ---- rounds */

/* RESULT is that of the performances in the job, which the next round replaces. */
static void keep_steps(struct verifier *v, const struct verification *result)
{
	buf_clear(&v->steps);
	import_json_put_verified_steps(v->job, result, v->path, &v->steps);
}

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
			if (better)
				keep_steps(v, &now);
		}
	}
	unlink(candidate);
	v->path = path;
	if (!verification_settle(v->job, better) && v->status == EXIT_PASSED)
		v->status = EXIT_USAGE;
	if (!better)
		return false;
	*result = now;
	v->found.apart = 0;
	v->found.together = v->together;
	if (import_files_write(v->job, path, IMPORT_FILES_REPLACE, true) != EXIT_PASSED)
		v->status = EXIT_NOT_WRITTEN;
	return v->status == EXIT_PASSED;
}

/* Whether the server asks for a password that the recording does not have. The values of the new
 * parameters are not there either: nothing can be proven without them. */
static bool asks_for_password(struct verifier *v, const char *path)
{
	if (!verification_mark_logins(v->job))
		return false;
	if (verification_settle(v->job, false) &&
	    import_files_write(v->job, path, IMPORT_FILES_REPLACE, true) != EXIT_PASSED)
		v->status = EXIT_NOT_WRITTEN;
	fputs("the server asks for a password (401) where the recording has a page: "
	      "browsers do not record what is\ntyped into the password dialog; the scenario now "
	      "requires it: -p USER_NAME=NAME -p PASSWORD=PASSWORD\n",
	      stderr);
	return true;
}

/* Performs the visit again with users that overlap, after nothing differed without. */
static void perform_together(struct verifier *v, struct verification *result)
{
	v->together = v->found.together = true;
	perform(v);
	if (v->status != EXIT_PASSED)
		return;
	v->found.apart = v->users * v->iterations;
	verification_judge(v->job, result);
	keep_steps(v, result);
}

/* The users one after the other, with repairs, and then at the same time: in the last round, and
 * after a round in which nothing differs. */
static void perform_rounds(struct verifier *v, const char *path, int rounds,
			   struct verification *result)
{
	bool repairs;

	v->found.rounds = 1;
	perform(v);
	if (v->status != EXIT_PASSED)
		return;
	verification_judge(v->job, result);
	keep_steps(v, result);
	if (asks_for_password(v, path))
		return;
	repairs = verification_repair(v->job, result);
	while (v->found.rounds < rounds && v->status == EXIT_PASSED &&
	       (repairs || (!v->together && !result->serious))) {
		v->found.rounds++;
		v->together |= v->found.rounds == rounds;
		if (!repairs)
			perform_together(v, result);
		repairs = repairs && !try_repairs(v, path, result)
			      ? false
			      : v->status == EXIT_PASSED && verification_repair(v->job, result);
	}
	/* Further repairs are neither proven nor written. */
	verification_settle(v->job, false);
}

/* "12 requests, 4 writes" */
static void print_counts(const struct verifier *v, unsigned performances)
{
	size_t requests = verification_step_count(v->job) * performances;
	size_t writes = verification_write_count(v->job) * performances;

	fprintf(stderr, "%zu request%s, %zu write%s", requests, requests == 1 ? "" : "s", writes,
		writes == 1 ? "" : "s");
}

/* The recording may be of a system in use, so the plan is printed even with --quiet. */
static void print_plan(const struct verifier *v, int rounds)
{
	unsigned count = v->users * v->iterations;
	const char *target = options_value(v->options, "target");
	struct str host = target ? str_of(target) : v->job->conversion->target;

	if (rounds == 1) {
		fprintf(stderr, "--verify performs the visit once on %.*s: ", STR_ARG(host));
		print_counts(v, count);
		fputc('\n', stderr);
		return;
	}
	fprintf(stderr,
		"--verify performs the visit on %.*s %u times (2 users, 2 iterations each, one "
		"after the other): ",
		STR_ARG(host), count);
	print_counts(v, count);
	fputs("; if all responses are right, also with both users at the same time, in total: ",
	      stderr);
	print_counts(v, 2 * count);
	fprintf(stderr, "; with repairs, at most %d rounds, in total: ", rounds);
	print_counts(v, (unsigned)rounds * count);
	fputc('\n', stderr);
}

static enum exit_status print_verdict(struct verifier *v, const struct verification *result,
				      struct buf *json)
{
	v->found.path = v->path;
	v->found.target = options_value(v->options, "target");
	v->found.users = v->users;
	v->found.iterations = v->iterations;
	v->found.lines = find_lines(v);
	import_json_put_verification(v->job, result, &v->found, buf_str(&v->steps), json);
	return import_verdict_print(v->job, result, &v->found);
}

enum exit_status import_verify(struct import_job *job, const char *path,
			       const struct options *options, struct buf *json)
{
	bool once = strcmp(options_value(options, "verify"), "once") == 0;
	struct verifier v = {.job = job,
			     .path = path,
			     .options = options,
			     .users = once ? 1 : USERS,
			     .iterations = once ? 1 : ITERATIONS};
	struct verification result = {.serious = 0};

	arena_init(&v.arena, 0);
	buf_init(&v.steps, 0);
	http_global_init();
	print_plan(&v, once ? 1 : ROUNDS_MAX);
	perform_rounds(&v, path, once ? 1 : ROUNDS_MAX, &result);
	if (v.status == EXIT_PASSED)
		v.status = print_verdict(&v, &result, json);
	else if (v.status == EXIT_UNREACHED)
		fputs("verified: nothing; no server was reached\n", stderr);
	job->performances = NULL;
	http_global_cleanup();
	arena_release(&v.arena);
	buf_release(&v.steps);
	return v.status;
}
