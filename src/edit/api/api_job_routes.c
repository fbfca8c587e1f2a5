#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "edit/api/api_exchanges.h"
#include "edit/api/api_job.h"

#define RUNNING_MAX 4
#define LINE_MAX    1000 /* bytes that a client writes to a job */

/* ---- a job as JSON */

static void put_time(struct json_writer *j, const char *key, ns_t wall)
{
	char text[32];

	if (!wall) {
		json_writer_null(j, key);
		return;
	}
	clock_format_utc(text, sizeof text, "%Y-%m-%dT%H:%M:%S", wall);
	json_writer_format(j, key, "%s.%03dZ", text, (int)(wall % NS_PER_S / NS_PER_MS));
}

/* The messages without the word in front of the first one. */
static struct str message_of(const struct api_job *job)
{
	struct str text = str_trim(buf_str(&job->messages));

	return str_starts(text, STR("error: ")) ? str_slice(text, strlen("error: "), text.len)
						: text;
}

static void put_error(struct json_writer *j, const struct api_job *job)
{
	struct str message = message_of(job);

	json_writer_open(j, "error");
	if (job->child.signal) {
		json_writer_text(j, "code", STR("signal"));
		json_writer_format(j, "message", "the program was ended by signal %d (%s)",
				   job->child.signal, strsignal(job->child.signal));
	} else if (job->state == API_JOB_CANCELLED) {
		json_writer_text(j, "code", STR("cancelled"));
		json_writer_text(j, "message", STR("the job was cancelled"));
	} else if (message.len) {
		bool hosts = str_find(message, STR("not in --only-hosts"), 0) != NOT_FOUND;

		json_writer_text(j, "code", hosts ? STR("hosts") : STR("exit"));
		json_writer_text(j, "message", message);
	} else {
		json_writer_text(j, "code", STR("exit"));
		json_writer_format(j, "message", "the program ended with status %d", job->exit);
	}
	json_writer_close(j);
}

/* The document, or the last line. */
static void put_result(struct json_writer *j, const struct api_job *job)
{
	struct str line = api_lines_newest(&job->lines);

	if (job->state == API_JOB_RUNNING)
		return;
	if (job->kind->prints_document && job->partial.len)
		buf_add(json_writer_value(j, "result"), str_trim(buf_str(&job->partial)));
	else if (str_starts(line, STR("{\"event\": \"end\"")))
		buf_add(json_writer_value(j, "result"), line);
}

static void put_members(struct json_writer *j, const struct api_job *job)
{
	json_writer_text(j, "job", str_of(job->id));
	json_writer_text(j, "kind", str_of(job->kind->name));
	json_writer_text(j, "state", str_of(api_job_state_name(job->state)));
	if (job->file.ptr)
		json_writer_text(j, "file", job->file);
	if (job->to.ptr)
		json_writer_text(j, "to", job->to);
	if (job->out.ptr)
		json_writer_text(j, "out", job->out);
	put_time(j, "began", job->began);
	put_time(j, "ended", job->ended);
	json_writer_uint(j, "lines", job->lines.next);
	if (job->state == API_JOB_RUNNING)
		json_writer_null(j, "exit");
	else
		json_writer_int(j, "exit", job->exit);
	if (job->state != API_JOB_RUNNING && job->messages.len)
		json_writer_text(j, "messages", str_trim(buf_str(&job->messages)));
	if (job->state == API_JOB_FAILED || job->state == API_JOB_CANCELLED)
		put_error(j, job);
}

void api_job_routes_list(struct api_request *r)
{
	json_writer_open_array(&r->json, "jobs");
	for (const struct api_job *job = r->api->jobs; job; job = job->next) {
		json_writer_open(&r->json, NULL);
		put_members(&r->json, job);
		json_writer_close(&r->json);
	}
	json_writer_close_array(&r->json);
	api_reply(r, 200);
}

/* ---- start */

static const struct api_job_kind *find_kind(struct api_request *r, struct str name)
{
	const struct api_job_kind *kind = api_job_kinds;

	while (kind->name && !str_eq(name, str_of(kind->name)))
		kind++;
	if (kind->name)
		return kind;
	api_fail(r, 400, "kind", "'%.*s' is not a kind of job", STR_ARG(name));
	return NULL;
}

static bool is_room(struct api_request *r)
{
	unsigned running = 0;

	for (const struct api_job *job = r->api->jobs; job; job = job->next)
		running += job->state == API_JOB_RUNNING;
	if (running < RUNNING_MAX)
		return true;
	api_fail(r, 429, "jobs", "%u jobs are running; wait until one ends, or cancel one",
		 running);
	return false;
}

static struct api_job *new_job(struct api *api, const struct api_job_kind *kind)
{
	struct api_job *job = alloc_zeroed(1, sizeof *job);

	job->api = api;
	job->kind = kind;
	job->input = -1;
	api_guard_new_id(job->id, API_ID_DIGITS);
	arena_init(&job->arena, 4096);
	buf_init(&job->partial, 0);
	buf_init(&job->messages, 0);
	return job;
}

void api_job_routes_post(struct api_request *r)
{
	const struct node *body = api_body(r);
	const struct api_job_kind *kind = body ? find_kind(r, api_member(body, "kind")) : NULL;
	struct api_job *job;

	if (!kind || !is_room(r))
		return;
	job = new_job(r->api, kind);
	api_job_word(job, r->api->config.program);
	if (!kind->prepare(r, body, job)) {
		api_job_free(job);
	} else if (!api_job_start(job)) {
		api_fail(r, 500, "not-started", "the job cannot be started: %s", strerror(errno));
		api_job_free(job);
	} else {
		json_writer_text(&r->json, "job", str_of(job->id));
		api_reply(r, 201);
	}
}

/* ---- one job */

struct api_job *api_job_routes_find(struct api_request *r, struct str id)
{
	struct api_job *job = r->api->jobs;

	while (job && !str_eq(str_of(job->id), id))
		job = job->next;
	if (!job)
		api_fail(r, 404, "no-job", "there is no job '%.*s'", STR_ARG(id));
	return job;
}

/* The part of PATH up to the next slash; PATH becomes the rest. */
static struct str next_part(struct str *path)
{
	size_t end = str_find_char(*path, '/', 0);
	struct str part = str_slice(*path, 0, end);

	*path = end == NOT_FOUND ? STR("") : str_slice(*path, end + 1, path->len);
	return part;
}

static void no_route(struct api_request *r)
{
	api_fail(r, 404, "no-route", "'%.*s' is not an address of the API", STR_ARG(r->view->path));
}

/* The text of the scenario that an import has written. */
static void put_scenario(struct api_request *r, const struct api_job *job)
{
	const char *error;
	struct str text;

	if (!job->scenario ||
	    !file_read_regular(&r->arena, job->scenario, API_FILE_MAX, &text, &error)) {
		api_fail(r, 404, "no-file", "the job has not written a scenario");
		return;
	}
	json_writer_text(&r->json, "text", text);
	api_reply(r, 200);
}

void api_job_routes_get(struct api_request *r)
{
	struct str rest = r->path;
	struct api_job *job = api_job_routes_find(r, next_part(&rest));

	if (!job)
		return;
	if (!rest.len) {
		put_members(&r->json, job);
		put_result(&r->json, job);
		api_reply(r, 200);
	} else if (str_eq(rest, STR("lines"))) {
		api_lines_put(&r->json, &job->lines, api_query_number(r, "from", 0));
		api_reply(r, 200);
	} else if (str_eq(rest, STR("scenario"))) {
		put_scenario(r, job);
	} else if (str_eq(next_part(&rest), STR("exchanges"))) {
		api_exchanges_get(r, job, rest);
	} else {
		no_route(r);
	}
}

/* {"line"}: the name of the next step of a recording. */
static void write_line(struct api_request *r, struct api_job *job)
{
	const struct node *body = api_body(r);
	struct str line = api_member(body, "line");

	if (!body)
		return;
	if (!job->takes_lines || job->state != API_JOB_RUNNING) {
		api_fail(r, 409, "input", "this job does not read lines");
	} else if (!line.ptr || line.len > LINE_MAX || str_find_char(line, '\n', 0) != NOT_FOUND) {
		api_fail(r, 400, "line", "the member \"line\" must be a text of one line");
	} else {
		struct str whole = arena_printf(&r->arena, "%.*s\n", STR_ARG(line));

		/* Shorter than what a pipe takes as a whole. */
		if (write(job->child.input, whole.ptr, whole.len) == (ssize_t)whole.len)
			api_reply(r, 200);
		else
			api_fail(r, 409, "input", "the job does not read its lines");
	}
}

void api_job_routes_act(struct api_request *r)
{
	struct str rest = r->path;
	struct api_job *job = api_job_routes_find(r, next_part(&rest));

	if (!job)
		return;
	if (str_eq(rest, STR("input")))
		write_line(r, job);
	else if (str_eq(next_part(&rest), STR("exchanges")))
		api_exchanges_post(r, job, rest);
	else
		no_route(r);
}

void api_job_routes_cancel(struct api_request *r)
{
	struct api_job *job = api_job_routes_find(r, r->path);

	if (!job)
		return;
	api_job_cancel(job);
	put_members(&r->json, job);
	api_reply(r, 200);
}
