/* The kinds of jobs: the command of each. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "edit/api/api_job.h"
#include "edit/api/api_uploads.h"

#define RESULTS "results"			   /* the folder of results; it is created */
#define RESULT	1u				   /* 0: passed */
#define TEST	(1u | 1u << 1 | 1u << 3 | 1u << 4) /* and failed, not reached, not valid */

/* ---- files */

/* The path of the member KEY in the folder, in the arena of JOB; NULL after a refusal. */
static const char *member_path(struct api_request *r, const struct node *body, const char *key,
			       struct api_job *job)
{
	struct str name = api_member(body, key);
	const char *path;

	if (!name.ptr) {
		api_fail(r, 400, key, "the member \"%s\" is missing", key);
		return NULL;
	}
	path = api_folder_path(r, name);
	return path ? arena_cstr(&job->arena, str_of(path)) : NULL;
}

static bool is_there(struct api_request *r, const char *path, struct str name)
{
	if (access(path, F_OK) == 0)
		return true;
	api_fail(r, 404, "no-file", "%.*s: %s", STR_ARG(name), strerror(errno));
	return false;
}

/* PATH relative to the folder, for messages and results. */
static const char *relative(const struct api_job *job, const char *path)
{
	size_t length = strlen(job->api->folder);

	return path[length] == '/' ? path + length + 1 : path;
}

/* ---- try and run */

/* The text that is not saved is the child's standard input. Its current folder is that of the
 * file, so that relative paths in the text are those of the file. */
static bool give_text(struct api_request *r, struct api_job *job, const char *path, struct str text)
{
	char *folder = arena_cstr(&job->arena, str_of(path));
	const char *file = api_temp_path(r, "text-%s", job->id);

	*strrchr(folder, '/') = '\0';
	job->folder = *folder ? folder : "/";
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

/* {"variables": {NAME: VALUE}}: parameters of the scenario. */
static bool add_variables(struct api_request *r, const struct node *body, struct api_job *job)
{
	const struct node *variables = node_find(body, STR("variables"));

	if (!variables)
		return true;
	for (size_t i = 0; variables->kind == NODE_MAP && i < variables->count; i++) {
		struct str name = variables->pairs[i].key->text;
		const struct node *value = variables->pairs[i].value;

		if (value->kind != NODE_SCALAR || !name.len ||
		    str_find_char(name, '=', 0) != NOT_FOUND) {
			api_fail(r, 400, "variables", "the variable \"%.*s\" is not a text",
				 STR_ARG(name));
			return false;
		}
		struct str pair =
		    arena_printf(&job->arena, "%.*s=%.*s", STR_ARG(name), STR_ARG(value->text));
		api_job_option(job, "param", pair);
		VEC_PUSH(&job->arena, &job->parameters, pair.ptr);
	}
	if (variables->kind != NODE_MAP)
		api_fail(r, 400, "variables", "the member \"variables\" is not an object");
	return variables->kind == NODE_MAP;
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
	const char *path = member_path(r, body, "file", job);
	struct str text = api_member(body, "text");

	if (!path)
		return false;
	job->file = str_of(relative(job, path));
	if (!text.ptr && !is_there(r, path, job->file))
		return false;
	if (!add_variables(r, body, job) || !is_allowed(r, body, job, text))
		return false;
	api_job_word(job, "--");
	if (text.ptr) {
		api_job_word(job, "-");
		return give_text(r, job, path, text);
	}
	api_job_word(job, job->file.ptr);
	return true;
}

static bool prepare_try(struct api_request *r, const struct node *body, struct api_job *job)
{
	struct str until = api_member(body, "until"), scenario = api_member(body, "scenario");
	const char *temp = api_temp_path(r, "job-%s", job->id);

	if (!temp)
		return false;
	job->temp = arena_cstr(&job->arena, str_of(temp));
	if (mkdir(job->temp, 0700) != 0) {
		api_fail(r, 500, "not-written", "cannot create %s: %s", job->temp, strerror(errno));
		return false;
	}
	api_job_word(job, "run");
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
    {"users", "users", false},
    {"arrivals", "arrivals", false},
    {"duration", "duration", false},
    {"iterations", "iterations", false},
    {"ramp_up", "ramp-up", false},
    {"capacity", "capacity", false},
    {"grace", "grace", false},
    {"think", "think", false},
    {"max_requests", "max-requests", false},
    {"only", "only", false},
    {"profile", "profile", false},
    {"seed", "seed", false},
    {"target", "target", false},
    {"transport", "transport", false},
    {"fail_fast", "fail-fast", true},
    {NULL, NULL, false},
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
	job->out = arena_str(&job->arena, str_of(relative(job, path)));
	api_job_option(job, "out", job->out);
	return true;
}

static bool prepare_run(struct api_request *r, const struct node *body, struct api_job *job)
{
	api_job_word(job, "run");
	api_job_word(job, "--quiet");
	api_job_option(job, "ndjson", STR("-"));
	return member_path(r, body, "file", job) && api_job_settings(r, body, job, run_settings) &&
	       add_out(r, body, job) && add_scenario(r, body, job);
}

/* ---- compare */

static bool add_result(struct api_request *r, const struct node *body, const char *key,
		       struct api_job *job)
{
	struct str name = api_member(body, key);
	const char *path;

	if (!name.ptr) {
		api_fail(r, 400, key, "the member \"%s\" is missing", key);
		return false;
	}
	path = api_folder_place(r, name);
	if (!path || !is_there(r, path, name))
		return false;
	api_job_word(job, relative(job, arena_cstr(&job->arena, str_of(path))));
	return true;
}

static bool prepare_compare(struct api_request *r, const struct node *body, struct api_job *job)
{
	api_job_word(job, "compare");
	api_job_option(job, "format", STR("json"));
	api_job_word(job, "--");
	return add_result(r, body, "before", job) && add_result(r, body, "after", job);
}

/* ---- record */

static const struct api_job_setting record_settings[] = {
    {"browser", "browser", false},
    {"headless", "headless", true},
    {"port", "port", false},
    {"pass", "pass", false},
    {"insecure", "insecure", true},
    {"hosts", "host", false},
    {"assets", "assets", false},
    {"analytics", "analytics", false},
    {"literal", "literal", true},
    {"replace", "force", true},
    {"proxy", "proxy", false},
    {"no_proxy", "no-proxy", false},
    {NULL, NULL, false},
};

/* {"to": "visit.har"}: the scenario is written next to the recording. */
static bool add_recording(struct api_request *r, const struct node *body, struct api_job *job)
{
	const char *path = member_path(r, body, "to", job);
	struct str to;

	if (!path)
		return false;
	to = str_of(relative(job, path));
	if (!str_ends(to, STR(".har"))) {
		api_fail(r, 400, "to", "the name of a recording ends with .har");
		return false;
	}
	job->file = to;
	api_job_option(job, "output",
		       arena_printf(&job->arena, "%.*s.yaml",
				    STR_ARG(str_slice(to, 0, to.len - strlen(".har")))));
	return true;
}

static bool prepare_record(struct api_request *r, const struct node *body, struct api_job *job)
{
	struct str url = api_member(body, "url");

	api_job_word(job, "record");
	api_job_option(job, "ndjson", STR("-"));
	job->takes_lines = true;
	if (!add_recording(r, body, job) || !api_job_settings(r, body, job, record_settings))
		return false;
	api_job_word(job, "--");
	if (url.ptr)
		api_job_word(job, arena_cstr(&job->arena, url));
	return true;
}

const struct api_job_kind api_job_kinds[] = {
    {"try", TEST, false, prepare_try},
    {"run", TEST, false, prepare_run},
    {"record", RESULT, false, prepare_record},
    {"compare", RESULT | 1u << 1, true, prepare_compare},
    {NULL, 0, false, NULL},
};
