/* The jobs that perform a scenario: try and run. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "edit/api/api_job.h"

#define RESULTS "results" /* the folder of results; it is created */

/* ---- try and run */

/* The text that is not saved is the child's standard input. */
static bool give_text(struct api_request *r, struct api_job *job, struct str text)
{
	const char *file = api_temp_path(r, "text-%s", job->id);

	if (!file)
		return false;
	job->input = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	unlink(file);
	if (job->input >= 0 && file_write_all(job->input, text) &&
	    lseek(job->input, 0, SEEK_SET) == 0)
		return true;
	api_fail(r, 500, "not-written", "cannot write %s: %s", file, strerror(errno));
	return false;
}

/* The text KEY of BODY's options; or NULL. */
static const char *option(const struct node *body, const char *key, struct api_job *job)
{
	struct str value = api_member(node_find(body, STR("options")), key);

	return value.ptr ? arena_cstr(&job->arena, value) : NULL;
}

/* Only hosts that the user allowed are contacted. */
static bool is_allowed(struct api_request *r, const struct node *body, struct api_job *job,
		       struct str text)
{
	job->environment = api_secrets_environment(r->api, &job->arena);
	return api_hosts_allow(r, &(struct api_scenario){.path = job->file.ptr,
							 .text = text,
							 .target = option(body, "target", job),
							 .profile = option(body, "profile", job),
							 .parameters = job->parameters.items,
							 .parameter_count = job->parameters.count,
							 .environment = job->environment});
}

/* The scenario of the request: the file, or the text that is not saved. */
static bool add_scenario(struct api_request *r, const struct node *body, struct api_job *job)
{
	const char *path = api_job_path(r, body, "file", job);
	struct str text = api_member(body, "text");

	if (!path)
		return false;
	job->file = str_of(api_job_relative(job, path));
	if (!text.ptr && !api_job_file_exists(r, path, job->file))
		return false;
	if (!api_job_variables(r, body, job) || !is_allowed(r, body, job, text))
		return false;
	if (text.ptr) {
		api_job_option(job, "stdin-filename", job->file);
		api_job_word(job, "-");
		return give_text(r, job, text);
	}
	api_job_word(job, "--");
	api_job_word(job, job->file.ptr);
	return true;
}

bool api_job_prepare_try(struct api_request *r, const struct node *body, struct api_job *job)
{
	struct str until = api_member(body, "until"), scenario = api_member(body, "scenario");

	if (!api_job_make_temp(r, job))
		return false;
	api_job_word(job, "run");
	api_job_option(job, "only-hosts", api_hosts_list(r));
	api_job_word(job, "--once");
	api_job_word(job, "--quiet");
	api_job_option(job, "ndjson", STR("-"));
	api_job_option(job, "exchanges", arena_printf(&job->arena, "%s/exchanges", job->temp));
	if (until.ptr)
		api_job_option(job, "until", until);
	if (scenario.ptr)
		api_job_option(job, "only", scenario);
	return add_scenario(r, body, job);
}

static const struct api_job_setting run_settings[] = {
    {"users", "users", false, NULL},
    {"arrivals", "arrivals", false, NULL},
    {"duration", "duration", false, NULL},
    {"iterations", "iterations", false, NULL},
    {"ramp_up", "ramp-up", false, NULL},
    {"capacity", "capacity", false, NULL},
    {"grace", "grace", false, NULL},
    {"think", "think", false, NULL},
    {"max_requests", "max-requests", false, NULL},
    {"only", "only", false, NULL},
    {"profile", "profile", false, NULL},
    {"seed", "seed", false, NULL},
    {"target", "target", false, NULL},
    {"transport", "transport", false, NULL},
    {"fail_fast", "fail-fast", true, NULL},
    {NULL, NULL, false, NULL},
};

/* results/NAME-TIME, where NAME is that of the scenario file. */
static struct str default_out(struct api_job *job, struct str file)
{
	char time[32];
	size_t slash = file.len, end;

	while (slash && file.ptr[slash - 1] != '/')
		slash--;
	struct str name = str_slice(file, slash, file.len);
	end = name.len;
	if (str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml")))
		end -= str_ends(name, STR(".yaml")) ? 5 : 4;
	clock_format_utc(time, sizeof time, "%Y%m%dT%H%M%SZ", clock_wall_ns());
	return arena_printf(&job->arena, RESULTS "/%.*s-%s", STR_ARG(str_slice(name, 0, end)),
			    time);
}

static bool add_out(struct api_request *r, const struct node *body, struct api_job *job)
{
	struct str out = api_member(body, "out");
	const char *path;

	if (!out.ptr)
		out = default_out(job, api_member(body, "file"));
	if (str_starts(out, STR(RESULTS "/")))
		mkdir(arena_printf(&r->arena, "%s/" RESULTS, r->api->folder).ptr, 0777);
	path = api_folder_place(r, out);
	if (!path)
		return false;
	if (access(path, F_OK) == 0) {
		api_fail(r, 409, "exists", "%.*s exists already", STR_ARG(out));
		return false;
	}
	job->out = arena_str(&job->arena, str_of(api_job_relative(job, path)));
	api_job_option(job, "out", job->out);
	return true;
}

bool api_job_prepare_run(struct api_request *r, const struct node *body, struct api_job *job)
{
	api_job_word(job, "run");
	api_job_option(job, "only-hosts", api_hosts_list(r));
	api_job_word(job, "--quiet");
	api_job_option(job, "ndjson", STR("-"));
	return api_job_path(r, body, "file", job) && api_job_settings(r, body, job, run_settings) &&
	       add_out(r, body, job) && add_scenario(r, body, job);
}
