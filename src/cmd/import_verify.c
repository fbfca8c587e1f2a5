#include "cmd/import_verify.h"

#include <stdio.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/machine.h"
#include "base/random.h"
#include "cmd/load_file.h"
#include "import/verify.h"
#include "net/http.h"
#include "run/control.h"

#define ROUNDS 5

/* What one performance gets. */
struct gathering {
	struct import_job *job;
	VEC(struct import_answer) answers;
};

static void take_answer(void *owner, const struct exchange *x)
{
	struct gathering *g = owner;
	struct arena *a = &g->job->arena;
	struct import_answer answer = {.status = x->result == HTTP_OK ? x->status : 0};

	answer.headers = arena_str(a, buf_str(&x->headers));
	answer.body = arena_str(a, buf_str(&x->answer));
	answer.url = arena_str(a, str_of(x->last_url));
	VEC_PUSH(a, &g->answers, answer);
}

/* The recorded passwords, unless others are given. */
static void add_parameters(struct import_job *job, struct outside *outside)
{
	size_t given = outside->parameters.option_count, count = 0, n = 0;
	const char **all;

	while (verify_parameter(job, count))
		count++;
	all = ARENA_ARRAY(&job->arena, given + count + 1, const char *);
	for (size_t i = 0; i < count; i++)
		all[n++] = verify_parameter(job, i);
	for (size_t i = 0; i < given; i++) {
		struct str option = str_of(outside->parameters.options[i]);
		struct str name = str_slice(option, 0, str_find_char(option, '=', 0) + 1);

		for (size_t k = 0; k < n; k++)
			if (str_starts(str_of(all[k]), name))
				all[k--] = all[--n];
	}
	for (size_t i = 0; i < given; i++)
		all[n++] = outside->parameters.options[i];
	outside->parameters.options = (const char *const *)all;
	outside->parameters.option_count = n;
}

static bool perform_once(struct gathering *g, const char *path, const struct options *options)
{
	const struct run_tap tap = {.owner = g, .answer = take_answer};
	struct outside outside;
	struct loaded loaded;
	struct buf error;
	struct run run;
	bool fine;

	if (!outside_from_options(&g->job->arena, options, false, &outside))
		return false;
	add_parameters(g->job, &outside);
	fine = load_file(&loaded, path, &outside, true);
	loaded_report(&loaded, false, stderr);
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

		fine = run_init(&run, &settings, NULL, 0, &error);
		if (!fine)
			log_error("%.*s", STR_ARG(buf_str(&error)));
		if (fine) {
			run_perform(&run, &hooks);
			run_release(&run);
		}
	}
	buf_release(&error);
	loaded_release(&loaded);
	return fine;
}

/* Requests that answered as recorded; what differs is told in OUT. */
static size_t compare(const struct gathering *g, struct buf *out)
{
	size_t good = 0, mark;

	for (size_t i = 0; i < g->answers.count; i++) {
		mark = out->len;
		if (!verify_step(g->job, i, &g->answers.items[i], out))
			break;
		good += out->len == mark;
	}
	return good;
}

static void tell(const struct import_job *job, size_t good, struct buf *differences, int rounds)
{
	size_t steps = verify_steps(job);
	struct buf safe;

	buf_init(&safe, 0);
	for (size_t at = 0; at < differences->len;) {
		size_t end = str_find_char(buf_str(differences), '\n', at);

		escape_terminal(&safe, str_slice(buf_str(differences), at, end));
		buf_add_char(&safe, '\n');
		at = end + 1;
	}
	fprintf(stderr, "%.*sverified: %zu of %zu steps answer as recorded%s",
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
	for (int round = 0; round <= ROUNDS; round++) {
		struct gathering g = {.job = job};
		size_t good;

		if (!perform_once(&g, path, options)) {
			status = EXIT_USAGE;
			break;
		}
		buf_clear(&differences);
		good = compare(&g, &differences);
		if (good < verify_steps(job) && round < ROUNDS &&
		    verify_again(job, g.answers.items, g.answers.count) &&
		    import_write(job, path, IMPORT_REPLACES, true) == EXIT_PASSED)
			continue;
		tell(job, good, &differences, round);
		status = good == verify_steps(job) ? EXIT_PASSED : EXIT_FAILED;
		break;
	}
	http_global_cleanup();
	buf_release(&differences);
	return status;
}
