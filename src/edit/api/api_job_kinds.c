/* The kinds of jobs. */
#include "edit/api/api_job.h"

/* Exit statuses that are results. */
#define PASSED	    1u
#define FAILED	    (1u << 1)
#define NOT_REACHED (1u << 3)
#define NOT_VALID   (1u << 4)
#define RUN	    (PASSED | FAILED | NOT_REACHED | NOT_VALID)

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
	if (!path || !api_job_file_exists(r, path, name))
		return false;
	api_job_word(job, api_job_relative(job, arena_cstr(&job->arena, str_of(path))));
	return true;
}

static bool prepare_compare(struct api_request *r, const struct node *body, struct api_job *job)
{
	api_job_word(job, "compare");
	api_job_option(job, "format", STR("json"));
	api_job_word(job, "--");
	return add_result(r, body, "before", job) && add_result(r, body, "after", job);
}

/* ---- demo: the sample shop, until the job is cancelled */

static const struct api_job_setting demo_settings[] = {
    {"port", "port", false, NULL},
    {"latency", "latency", false, NULL},
    {"capacity", "capacity", false, NULL},
    {NULL, NULL, false, NULL},
};

static bool prepare_demo(struct api_request *r, const struct node *body, struct api_job *job)
{
	api_job_word(job, "demo");
	api_job_option(job, "format", STR("json"));
	return api_job_settings(r, body, job, demo_settings);
}

const struct api_job_kind api_job_kinds[] = {
    {"import", PASSED | FAILED | NOT_REACHED, true, api_job_prepare_import},
    {"try", RUN, false, api_job_prepare_try},
    {"run", RUN, false, api_job_prepare_run},
    {"record", PASSED, false, api_job_prepare_record},
    {"compare", PASSED | FAILED, true, prepare_compare},
    {"demo", PASSED, false, prepare_demo},
    {NULL, 0, false, NULL},
};
