#include "cmd/import_draft.h"

#include <stdio.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/random.h"
#include "cmd/contacted_hosts.h"
#include "cmd/import_verify.h"
#include "cmd/load_file.h"
#include "import/import.h"
#include "net/http.h"
#include "run/run.h"

/* The results of a request of the file; a loop sends it several times. */
struct draft_request {
	unsigned sent, failed;
	int status;	    /* of the last response; 0: there was none */
	struct str failure; /* the first one */
};

struct draft {
	struct import_job *job;
	const char *path;
	const struct options *options;
	struct loaded_file loaded;
	struct arena arena;
	struct draft_request *requests; /* as in the program */
	enum exit_status status;
};

static void on_request(void *owner, const struct run_tap_request *request)
{
	struct draft *d = owner;
	struct draft_request *r = &d->requests[request->request];
	const struct exchange *x = request->last;

	r->sent++;
	r->status = x && x->result == HTTP_OK ? x->status : 0;
	if (!request->failed)
		return;
	if (!r->failed++)
		r->failure = arena_str(&d->arena, request->failure);
}

/* Whether the step of the file sends it: a login of `auth` is not a step. */
static bool is_step(const struct request_plan *plan)
{
	return !plan->requests_token;
}

static bool is_write(const struct request_plan *plan)
{
	return !str_eq(plan->method, STR("GET")) && !str_eq(plan->method, STR("HEAD")) &&
	       !str_eq(plan->method, STR("OPTIONS"));
}

/* Texts of servers and of the imported file. */
static void print_escaped(struct str text)
{
	struct buf safe;

	buf_init(&safe, 0);
	escape_terminal(&safe, text);
	buf_add_char(&safe, '\n');
	fwrite(safe.data, 1, safe.len, stderr);
	buf_release(&safe);
}

static void print_plan(const struct draft *d)
{
	const struct program *program = d->loaded.program;
	size_t requests = 0, writes = 0;
	struct buf line;

	for (uint32_t i = 0; i < program->request_count; i++) {
		requests += is_step(&program->requests[i]);
		writes += is_step(&program->requests[i]) && is_write(&program->requests[i]);
	}
	buf_init(&line, 0);
	buf_printf(&line,
		   "--verify performs each scenario once on %.*s: %zu request%s, %zu write%s",
		   STR_ARG(program->target), requests, requests == 1 ? "" : "s", writes,
		   writes == 1 ? "" : "s");
	print_escaped(buf_str(&line));
	buf_release(&line);
}

static void print_request(const struct draft *d, const struct request_plan *plan,
			  const struct draft_request *r)
{
	struct str name = plan->name;
	struct buf line;

	buf_init(&line, 0);
	buf_printf(&line, "  %-8s  ", r->failed ? "failed" : r->sent ? "passed" : "not sent");
	if (plan->span.source)
		buf_printf(&line, "%s:%u: ", d->path,
			   source_position(plan->span.source, plan->span.begin).line);
	if (!str_starts(name, plan->method))
		buf_printf(&line, "%.*s ", STR_ARG(plan->method));
	buf_add(&line, name);
	if (r->sent > 1)
		buf_printf(&line, ", %u times", r->sent);
	if (r->failed)
		buf_printf(&line, ": %.*s", STR_ARG(r->failure));
	else if (r->status)
		buf_printf(&line, ": %d", r->status);
	print_escaped(buf_str(&line));
	buf_release(&line);
}

/* The command that shows what was sent and received. */
static void print_next(const struct draft *d)
{
	const char *target = options_value(d->options, "target");
	struct buf line;

	buf_init(&line, 0);
	buf_add(&line, STR("next: look at the first failure with: reprise run --once -v"));
	if (target) {
		buf_add(&line, STR(" -t "));
		escape_shell(&line, str_of(target));
	}
	buf_add(&line, import_required_options(&d->job->arena, d->job->document, "…"));
	buf_add_char(&line, ' ');
	escape_shell(&line, str_of(d->path));
	print_escaped(buf_str(&line));
	buf_release(&line);
}

static void print_verdict(struct draft *d)
{
	const struct program *program = d->loaded.program;
	size_t steps = 0, passed = 0, failed = 0;

	for (uint32_t i = 0; i < program->request_count; i++) {
		const struct draft_request *r = &d->requests[i];

		if (!is_step(&program->requests[i]) && !r->failed)
			continue;
		print_request(d, &program->requests[i], r);
		steps++;
		passed += r->sent && !r->failed;
		failed += r->failed > 0;
	}
	fprintf(stderr, "%s: %zu of %zu request%s passed",
		passed == steps ? "verified" : "NOT VERIFIED", passed, steps,
		steps == 1 ? "" : "s");
	if (failed)
		fprintf(stderr, "; %zu failed", failed);
	if (passed + failed < steps)
		fprintf(stderr, "; %zu %s not sent", steps - passed - failed,
			steps - passed - failed == 1 ? "was" : "were");
	fputc('\n', stderr);
	if (passed == steps)
		return;
	d->status = EXIT_FAILED;
	print_next(d);
}

static void perform(struct draft *d)
{
	const struct run_tap tap = {.owner = d, .request = on_request};
	const struct run_settings settings = {
	    .program = d->loaded.program,
	    .load = {.users = 1, .grace = d->loaded.model->load.grace},
	    .seed = random_seed(),
	    .threads = 1,
	    .once = true,
	    .no_think = true,
	    .run_id = STR("verify"),
	    .tap = &tap};

	import_verify_run(&settings, &d->status);
}

static void verify_loaded(struct draft *d)
{
	d->requests =
	    ARENA_ARRAY(&d->arena, d->loaded.program->request_count + 1, struct draft_request);
	print_plan(d);
	perform(d);
	if (d->status == EXIT_PASSED)
		print_verdict(d);
	else if (d->status == EXIT_UNREACHED)
		fputs("verified: nothing; no server was reached\n", stderr);
}

static void verify(struct draft *d)
{
	struct overrides overrides;
	bool good;

	d->status = EXIT_USAGE;
	if (!load_file_overrides(&d->arena, d->options, false, &overrides))
		return;
	good = load_file(&d->loaded, d->path, &overrides, LOAD_FILE_RUN);
	load_file_report(&d->loaded, false, stderr);
	if (good && contacted_hosts_permit_option(&d->loaded, d->options)) {
		d->status = EXIT_PASSED;
		verify_loaded(d);
	}
	load_file_release(&d->loaded);
}

enum exit_status import_draft_verify(struct import_job *job, const char *path,
				     const struct options *options)
{
	struct draft d = {.job = job, .path = path, .options = options};

	if (job->no_target && !options_value(options, "target")) {
		log_error("--verify needs a server, but %s does not name one; add -t URL",
			  job->files[0]);
		return EXIT_USAGE;
	}
	arena_init(&d.arena, 0);
	http_global_init();
	verify(&d);
	http_global_cleanup();
	arena_release(&d.arena);
	return d.status;
}
