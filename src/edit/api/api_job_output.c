/* The output of a job: lines of JSON or one document, and messages on standard error. */
#include <errno.h>
#include <unistd.h>

#include "doc/json.h"
#include "edit/api/api_events.h"
#include "edit/api/api_job.h"

#define LINE_MAX     ((size_t)1 << 20)
#define DOCUMENT_MAX ((size_t)64 << 20)
#define MESSAGES_MAX ((size_t)16 << 10)

/* ---- lines */

static bool is_object(struct str text)
{
	struct json_tape tape;
	bool good;

	json_init(&tape);
	good = json_read(&tape, text) && json_type(&tape.items[0]) == JSON_OBJECT;
	json_release(&tape);
	return good;
}

/* Keeps LINE and sends it to all pages. */
static void add_line(struct api_job *job, struct str line)
{
	struct buf event;

	buf_init(&event, 0);
	struct json_writer j = json_writer_spaced(&event);
	json_writer_open(&j, NULL);
	json_writer_text(&j, "job", str_of(job->id));
	json_writer_uint(&j, "number", job->lines.next);
	buf_add(json_writer_value(&j, "line"), line);
	json_writer_close(&j);
	api_lines_add(&job->lines, line);
	api_events_send(job->api, "job", buf_str(&event));
	buf_release(&event);
}

/* A line that is not JSON was printed by a child that ended in the middle of it. */
static void end_line(struct api_job *job)
{
	struct str line = str_trim(buf_str(&job->partial));

	if (job->cut)
		add_line(job, STR("{\"event\": \"omitted\"}"));
	else if (line.len && is_object(line))
		add_line(job, line);
	job->cut = false;
	buf_clear(&job->partial);
	buf_shrink(&job->partial, (size_t)64 << 10);
}

static void take_lines(struct api_job *job, struct str bytes)
{
	for (size_t at = 0; at < bytes.len;) {
		size_t end = str_find_char(bytes, '\n', at);
		struct str piece = str_slice(bytes, at, end == NOT_FOUND ? bytes.len : end);

		if (job->partial.len + piece.len > LINE_MAX)
			job->cut = true;
		else
			buf_add(&job->partial, piece);
		at += piece.len;
		if (end == NOT_FOUND)
			break;
		end_line(job);
		at++;
	}
}

/* ---- pipes */

/* Reads once; false at the end of the pipe and if it has nothing now. */
static bool read_some(int *end, struct stream_watch **watch, struct buf *out)
{
	char bytes[65536];
	ssize_t n = *end < 0 ? 0 : read(*end, bytes, sizeof bytes);

	buf_clear(out);
	if (n > 0)
		buf_add(out, str_n(bytes, (size_t)n));
	else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		stream_loop_watch_free(*watch);
		*watch = NULL;
		child_close(end);
	}
	return n > 0;
}

static bool read_output(struct api_job *job)
{
	struct buf bytes;
	bool more;

	buf_init(&bytes, 0);
	more = read_some(&job->child.output, &job->output, &bytes);
	if (more && !job->kind->prints_document)
		take_lines(job, buf_str(&bytes));
	else if (more && job->partial.len + bytes.len > DOCUMENT_MAX)
		job->cut = true;
	else if (more)
		buf_add(&job->partial, buf_str(&bytes));
	buf_release(&bytes);
	return more;
}

static bool read_errors(struct api_job *job)
{
	struct buf *messages = &job->messages, bytes;
	bool more;

	buf_init(&bytes, 0);
	more = read_some(&job->child.errors, &job->errors, &bytes);
	buf_add(messages, buf_str(&bytes));
	if (messages->len > MESSAGES_MAX) {
		/* The end says what went wrong. */
		size_t from = messages->len - MESSAGES_MAX;

		while (from < messages->len && messages->data[from - 1] != '\n')
			from++;
		messages->len -= from;
		memmove(messages->data, messages->data + from, messages->len);
	}
	buf_release(&bytes);
	return more;
}

void api_job_output_read(struct api_job *job)
{
	read_output(job);
}

void api_job_output_read_errors(struct api_job *job)
{
	read_errors(job);
}

/* Processes that the child has started may still have the pipes. */
void api_job_output_finish(struct api_job *job)
{
	while (read_output(job))
		continue;
	while (read_errors(job))
		continue;
	if (!job->kind->prints_document) {
		end_line(job);
	} else if (job->cut || !is_object(buf_str(&job->partial))) {
		buf_clear(&job->partial);
	}
	stream_loop_watch_free(job->output);
	stream_loop_watch_free(job->errors);
	job->output = job->errors = NULL;
	child_close(&job->child.output);
	child_close(&job->child.errors);
	child_close(&job->child.input);
}
