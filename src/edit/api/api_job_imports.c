/* The jobs that write a scenario: import and record. */
#include <string.h>

#include "edit/api/api_job.h"
#include "edit/api/api_uploads.h"

#define SCENARIO_NAME "scenario.yaml"

/* ---- import */

static const struct api_job_setting import_settings[] = {
    {"hosts", "host", false, NULL},
    {"assets", "assets", false, NULL},
    {"analytics", "analytics", false, NULL},
    {"literal", "literal", true, NULL},
    {"format", "format", false, NULL},
    {"methods", "methods", false, NULL},
    {"bots", "bots", false, NULL},
    {"only_ok", "only-ok", true, NULL},
    {"from", "from", false, NULL},
    {"to", "to", false, NULL},
    {"headers", "headers", false, NULL},
    {"rate", "rate", false, NULL},
    {"speed", "speed", false, NULL},
    {"max_gap", "max-gap", false, NULL},
    {"fit", "fit", true, NULL},
    {"visits", "visits", true, NULL},
    {"busiest", "busiest", false, NULL},
    {"paths", "paths", false, NULL},
    {"tags", "tag", false, NULL},
    {"verify", "verify", true, "once"},
    {"target", "target", false, NULL},
    {"profile", "profile", false, NULL},
    {"force", "force", true, NULL},
    {NULL, NULL, false, NULL},
};

/* {"upload": ID} or {"file": PATH}. */
static const char *find_source(struct api_request *r, const struct node *body, struct api_job *job)
{
	const struct node *source = node_find(body, STR("source"));
	struct str upload = api_member(source, "upload");
	const char *path;

	if (upload.ptr) {
		path = api_uploads_path(r, upload);
		return path ? arena_cstr(&job->arena, str_of(path)) : NULL;
	}
	if (!source) {
		api_fail(r, 400, "source", "the member \"source\" is missing");
		return NULL;
	}
	path = api_job_path(r, source, "file", job);
	return path && api_job_file_exists(r, path, api_member(source, "file"))
		   ? api_job_relative(job, path)
		   : NULL;
}

/* {"to"}: the scenario to write. Without it, it is in the folder of the job. */
static bool add_target_file(struct api_request *r, const struct node *body, struct api_job *job)
{
	if (api_member(body, "to").ptr) {
		job->scenario = api_job_path(r, body, "to", job);
		if (job->scenario)
			job->to = str_of(api_job_relative(job, job->scenario));
	} else if (api_job_make_temp(r, job)) {
		job->scenario = arena_printf(&job->arena, "%s/" SCENARIO_NAME, job->temp).ptr;
	}
	if (job->scenario)
		api_job_option(job, "output", job->to.ptr ? job->to : str_of(job->scenario));
	return job->scenario != NULL;
}

bool api_job_prepare_import(struct api_request *r, const struct node *body, struct api_job *job)
{
	const char *source = find_source(r, body, job);
	struct str format = api_member(body, "as");

	if (!source)
		return false;
	api_job_word(job, "import");
	api_job_option(job, "json", STR("-"));
	if (!add_target_file(r, body, job) || !api_job_settings(r, body, job, import_settings) ||
	    !api_job_variables(r, body, job))
		return false;
	/* Only hosts that the user allowed are contacted by --verify. */
	api_job_option(job, "only-hosts", api_hosts_list(r));
	job->environment = api_secrets_environment(r->api, &job->arena);
	api_job_word(job, "--");
	if (format.ptr)
		api_job_word(job, arena_cstr(&job->arena, format));
	api_job_word(job, source);
	return true;
}

/* ---- record */

static const struct api_job_setting record_settings[] = {
    {"browser", "browser", false, NULL},
    {"headless", "headless", true, NULL},
    {"port", "port", false, NULL},
    {"pass", "pass", false, NULL},
    {"insecure", "insecure", true, NULL},
    {"hosts", "host", false, NULL},
    {"assets", "assets", false, NULL},
    {"analytics", "analytics", false, NULL},
    {"literal", "literal", true, NULL},
    {"force", "force", true, NULL},
    {"proxy", "proxy", false, NULL},
    {"no_proxy", "no-proxy", false, NULL},
    {NULL, NULL, false, NULL},
};

/* {"to": "visit.har"}: the scenario is written next to the recording. */
static bool add_recording(struct api_request *r, const struct node *body, struct api_job *job)
{
	const char *path = api_job_path(r, body, "to", job);
	struct str to;

	if (!path)
		return false;
	to = str_of(api_job_relative(job, path));
	if (!str_ends(to, STR(".har"))) {
		api_fail(r, 400, "to", "the name of a recording ends with .har");
		return false;
	}
	job->to = to;
	api_job_option(job, "output",
		       arena_printf(&job->arena, "%.*s.yaml",
				    STR_ARG(str_slice(to, 0, to.len - strlen(".har")))));
	return true;
}

bool api_job_prepare_record(struct api_request *r, const struct node *body, struct api_job *job)
{
	struct str url = api_member(body, "url");

	api_job_word(job, "record");
	api_job_option(job, "ndjson", STR("-"));
	job->takes_lines = true;
	if (!add_recording(r, body, job) || !api_job_settings(r, body, job, record_settings))
		return false;
	if (!url.ptr)
		return true;
	/* Other words are commands of record. */
	if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://"))) {
		api_fail(r, 400, "url", "the first page must be an http or https URL");
		return false;
	}
	api_job_word(job, "--");
	api_job_word(job, arena_cstr(&job->arena, url));
	return true;
}
