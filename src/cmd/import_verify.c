#include "cmd/import_verify.h"

#include <stdio.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/machine.h"
#include "base/random.h"
#include "cmd/load_file.h"
#include "cmd/unsafe_methods.h"
#include "import/verification.h"
#include "net/http.h"
#include "run/run.h"

#define VERIFY_ROUNDS 5

/* The responses of one run. */
struct collected {
	struct import_job *job;
	VEC(struct import_response) responses;
};

static void collect_response(void *owner, const struct exchange *x)
{
	struct collected *g = owner;
	struct arena *a = &g->job->arena;
	struct import_response response = {.status = x->result == HTTP_OK ? x->status : 0};

	response.headers = arena_str(a, buf_str(&x->headers));
	response.body = arena_str(a, buf_str(&x->response));
	response.url = arena_str(a, str_of(x->last_url));
	VEC_PUSH(a, &g->responses, response);
}

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

/* The recording may be of a system in use, so this is printed even with --quiet. */
static void warn_unsafe_methods(const struct program *program)
{
	struct buf list;

	buf_init(&list, 0);
	unsafe_methods_put(program, &list);
	if (list.len)
		log_warning("--verify sends %.*s", STR_ARG(buf_str(&list)));
	buf_release(&list);
}

/* ROUND counts the runs from 0. */
static bool perform_once(struct collected *g, const char *path, const struct options *options,
			 int round)
{
	const struct run_tap tap = {.owner = g, .response = collect_response};
	struct overrides overrides;
	struct loaded_file loaded;
	struct buf error;
	struct run run;
	bool fine;

	if (!load_file_overrides(&g->job->arena, options, false, &overrides))
		return false;
	add_parameters(g->job, &overrides);
	fine = load_file(&loaded, path, &overrides, LOAD_FILE_RUN);
	load_file_report(&loaded, false, stderr);
	buf_init(&error, 0);
	if (fine) {
		struct run_settings settings = {.program = loaded.program,
						.load = loaded.model->load,
						.seed = random_seed(),
						.threads = 1,
						.once = true,
						.no_think = true,
						.shard = 1,
						.shards = 1,
						.run_id = STR("verify"),
						.tap = &tap};
		const struct run_hooks hooks = {.owner = NULL};

		if (!round)
			warn_unsafe_methods(loaded.program);
		fine = run_init(&run, &settings, NULL, 0, &error);
		if (!fine)
			log_error("%.*s", STR_ARG(buf_str(&error)));
		if (fine) {
			run_perform(&run, &hooks);
			run_release(&run);
		}
	}
	buf_release(&error);
	load_file_release(&loaded);
	return fine;
}

/* Returns the number of steps whose response matches the recording; appends the differences to OUT.
 */
static size_t compare(const struct collected *g, struct buf *out)
{
	size_t good = 0, mark;

	for (size_t i = 0; i < g->responses.count; i++) {
		mark = out->len;
		if (!verification_check_step(g->job, i, &g->responses.items[i], out))
			break;
		good += out->len == mark;
	}
	return good;
}

static void report_result(const struct import_job *job, size_t good, struct buf *differences,
			  int rounds)
{
	size_t steps = verification_step_count(job);
	struct buf safe;

	buf_init(&safe, 0);
	for (size_t at = 0; at < differences->len;) {
		size_t end = str_find_char(buf_str(differences), '\n', at);

		escape_terminal(&safe, str_slice(buf_str(differences), at, end));
		buf_add_char(&safe, '\n');
		at = end + 1;
	}
	fprintf(stderr, "%.*sverified: %zu of %zu steps got the recorded response%s",
		STR_ARG(safe.len ? buf_str(&safe) : STR("")), good, steps,
		rounds ? ", after new correlations" : "");
	if (rounds > 1)
		fprintf(stderr, " in %d rounds", rounds);
	fputc('\n', stderr);
	buf_release(&safe);
}

enum exit_status import_verify(struct import_job *job, const char *path,
			       const struct options *options)
{
	enum exit_status status = EXIT_FAILED;
	struct buf differences;

	buf_init(&differences, 0);
	http_global_init();
	for (int round = 0; round <= VERIFY_ROUNDS; round++) {
		struct collected g = {.job = job};
		size_t good;

		if (!perform_once(&g, path, options, round)) {
			status = EXIT_USAGE;
			break;
		}
		buf_clear(&differences);
		good = compare(&g, &differences);
		if (good < verification_step_count(job) && round < VERIFY_ROUNDS &&
		    verification_reconvert(job, g.responses.items, g.responses.count) &&
		    import_files_write(job, path, IMPORT_FILES_REPLACE, true) == EXIT_PASSED)
			continue;
		report_result(job, good, &differences, round);
		status = good == verification_step_count(job) ? EXIT_PASSED : EXIT_FAILED;
		break;
	}
	http_global_cleanup();
	buf_release(&differences);
	return status;
}
