#include "edit/api/api_job.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/temp_folder.h"
#include "edit/api/api_events.h"

/* A cancelled job gets this long to write its results. */
#define CANCEL_TIME (10 * NS_PER_S)
/* Jobs that have ended and are kept. */
#define ENDED_MAX 16
#define PAUSE_US  5000

/* ---- end */

const char *api_job_state_name(enum api_job_state state)
{
	static const char *const names[] = {[API_JOB_RUNNING] = "running",
					    [API_JOB_DONE] = "done",
					    [API_JOB_FAILED] = "failed",
					    [API_JOB_CANCELLED] = "cancelled"};

	return names[state];
}

static void send_end(struct api_job *job)
{
	struct buf event;

	buf_init(&event, 0);
	struct json_writer j = json_writer_spaced(&event);
	json_writer_open(&j, NULL);
	json_writer_text(&j, "job", str_of(job->id));
	json_writer_text(&j, "state", str_of(api_job_state_name(job->state)));
	json_writer_int(&j, "exit", job->exit);
	json_writer_close(&j);
	api_events_send(job->api, "job-end", buf_str(&event));
	buf_release(&event);
}

static enum api_job_state state_of(const struct api_job *job)
{
	bool usual = !job->child.signal && job->exit < 32 && job->kind->usual & 1u << job->exit;

	if (usual && (!job->kind->prints_document || job->partial.len))
		return API_JOB_DONE;
	return job->cancelled ? API_JOB_CANCELLED : API_JOB_FAILED;
}

/* The child has ended. */
static void end(struct api_job *job)
{
	api_job_output_finish(job);
	stream_loop_timer_free(job->kill);
	job->kill = NULL;
	job->ended = clock_wall_ns();
	job->exit = job->child.signal ? 128 + job->child.signal : job->child.status;
	job->state = state_of(job);
	send_end(job);
}

/* Frees the oldest of the jobs that have ended, if there are too many. */
static void forget_oldest(struct api *api)
{
	struct api_job **link = &api->jobs, **oldest = NULL, *job;
	unsigned ended = 0;

	for (; (job = *link); link = &job->next) {
		if (job->state == API_JOB_RUNNING)
			continue;
		if (!oldest)
			oldest = link;
		ended++;
	}
	if (ended <= ENDED_MAX)
		return;
	job = *oldest;
	*oldest = job->next;
	api_job_free(job);
}

void api_job_collect(struct api *api)
{
	for (struct api_job *job = api->jobs; job; job = job->next)
		if (job->state == API_JOB_RUNNING && child_has_ended(&job->child, false))
			end(job);
	forget_oldest(api);
}

/* ---- start */

static void on_output(void *arg)
{
	api_job_output_read(arg);
}

static void on_errors(void *arg)
{
	api_job_output_read_errors(arg);
}

static void on_kill(void *arg)
{
	struct api_job *job = arg;

	child_signal_all(&job->child, SIGKILL);
}

bool api_job_start(struct api_job *job)
{
	struct stream_loop *loop = server_loop(job->api->server);
	struct api_job **link = &job->api->jobs;
	struct child_config config = {.folder = job->api->folder,
				      .environment = job->environment,
				      .input = job->takes_lines	 ? CHILD_PIPE
					       : job->input >= 0 ? CHILD_FILE
								 : CHILD_NULL,
				      .file = job->input,
				      .output = CHILD_PIPE,
				      .errors = CHILD_PIPE};

	api_job_word(job, NULL);
	config.words = job->words.items;
	if (!child_start(&job->child, &config))
		return false;
	if (job->input >= 0)
		close(job->input);
	job->input = -1;
	job->began = clock_wall_ns();
	job->output = stream_loop_watch_new(loop, job->child.output, on_output, job);
	job->errors = stream_loop_watch_new(loop, job->child.errors, on_errors, job);
	while (*link)
		link = &(*link)->next;
	*link = job;
	return true;
}

void api_job_cancel(struct api_job *job)
{
	if (job->state != API_JOB_RUNNING)
		return;
	/* A second one ends a run that waits for its last requests. */
	child_signal(&job->child, SIGINT);
	if (job->cancelled)
		return;
	job->cancelled = true;
	job->kill = stream_loop_timer_new(server_loop(job->api->server), on_kill, job);
	stream_loop_timer_set(job->kill, CANCEL_TIME);
}

/* ---- life */

void api_job_free(struct api_job *job)
{
	stream_loop_timer_free(job->kill);
	if (job->temp)
		temp_folder_remove_path(job->temp);
	if (job->input >= 0)
		close(job->input);
	api_lines_release(&job->lines);
	buf_release(&job->partial);
	buf_release(&job->messages);
	arena_release(&job->arena);
	free(job);
}

static bool has_running(struct api *api)
{
	bool running = false;

	for (struct api_job *job = api->jobs; job; job = job->next) {
		if (job->state != API_JOB_RUNNING)
			continue;
		running = true;
		/* So that no child waits for a pipe to be read. */
		api_job_output_read(job);
		api_job_output_read_errors(job);
	}
	return running;
}

void api_job_free_all(struct api *api)
{
	ns_t until = clock_monotonic_ns() + CANCEL_TIME;
	struct api_job *job;

	for (job = api->jobs; job; job = job->next)
		api_job_cancel(job);
	while (has_running(api)) {
		for (job = api->jobs; job && clock_monotonic_ns() > until; job = job->next)
			child_signal_all(&job->child, SIGKILL);
		usleep(PAUSE_US);
		for (job = api->jobs; job; job = job->next)
			if (job->state == API_JOB_RUNNING && child_has_ended(&job->child, false))
				end(job);
	}
	while ((job = api->jobs)) {
		api->jobs = job->next;
		api_job_free(job);
	}
}
