#include "cmd/record_lines.h"

#include "base/json_writer.h"
#include "base/log.h"
#include "cmd/record_text.h"
#include "net/ca.h"
#include "record/capture.h"

bool record_lines_open(struct record_lines *lines, const char *path)
{
	struct buf error;
	bool good;

	buf_init(&lines->line, 0);
	buf_init(&error, 0);
	good = out_file_open(&lines->file, str_of(path), OUT_FILE_STREAM, &error);
	if (!good)
		log_error("%.*s", STR_ARG(buf_str(&error)));
	buf_release(&error);
	return good;
}

static struct json_writer begin(struct record_lines *lines, const char *event)
{
	struct json_writer j = json_writer_spaced(&lines->line);

	buf_clear(&lines->line);
	json_writer_open(&j, NULL);
	json_writer_text(&j, "event", str_of(event));
	return j;
}

static void put_text_or_null(struct json_writer *j, const char *key, const char *text)
{
	if (text)
		json_writer_text(j, key, str_of(text));
	else
		json_writer_null(j, key);
}

static void end(struct record_lines *lines, struct json_writer *j)
{
	json_writer_close(j);
	buf_add_char(&lines->line, '\n');
	out_file_write(&lines->file, buf_str(&lines->line));
}

void record_lines_ready(struct record_lines *lines, const struct record_plan *plan, unsigned port,
			const char *browser, const char *why_not)
{
	struct json_writer j;

	if (!lines)
		return;
	j = begin(lines, "ready");
	json_writer_text(&j, "host", str_of(plan->proxy.host));
	json_writer_uint(&j, "port", port);
	json_writer_text(&j, "certificate", plan->store->certificate_path);
	put_text_or_null(&j, "browser", browser);
	put_text_or_null(&j, "why_no_browser", why_not);
	end(lines, &j);
}

void record_lines_request(struct record_lines *lines, const struct capture *capture)
{
	struct json_writer j;
	struct buf url;

	if (!lines)
		return;
	buf_init(&url, 0);
	record_text_put_url(capture->url, &url);
	j = begin(lines, "request");
	json_writer_text(&j, "method", capture->request.method);
	json_writer_text(&j, "url", buf_str(&url));
	if (capture->response.status)
		json_writer_int(&j, "status", capture->response.status);
	else
		json_writer_null(&j, "status");
	json_writer_text(&j, "type", http_head_get(&capture->response, "Content-Type"));
	json_writer_text(&j, "use", capture_resource_type(capture));
	json_writer_bool(&j, "asset", record_text_is_asset(capture));
	json_writer_bool(&j, "socket", capture->socket);
	json_writer_uint(&j, "size", capture->received.bytes);
	json_writer_decimal(&j, "ms", (double)(capture->ended - capture->begun) / (double)NS_PER_MS,
			    3);
	if (capture->error.len)
		json_writer_text(&j, "error", capture->error);
	end(lines, &j);
	buf_release(&url);
}

void record_lines_step(struct record_lines *lines, struct str name)
{
	struct json_writer j;

	if (!lines)
		return;
	j = begin(lines, "step");
	json_writer_text(&j, "name", name);
	end(lines, &j);
}

void record_lines_end(struct record_lines *lines, const struct record_plan *plan,
		      const struct record_outcome *outcome)
{
	struct json_writer j;

	if (!lines)
		return;
	j = begin(lines, "end");
	json_writer_uint(&j, "requests", outcome->entries);
	json_writer_uint(&j, "steps", outcome->marks);
	json_writer_text(&j, "recording", str_of(plan->har));
	json_writer_text(&j, "scenario", str_of(plan->scenario));
	end(lines, &j);
}

bool record_lines_close(struct record_lines *lines)
{
	struct buf error;
	bool good;

	if (!lines)
		return true;
	buf_init(&error, 0);
	good = out_file_close(&lines->file, &error);
	if (!good)
		log_error("%.*s", STR_ARG(buf_str(&error)));
	buf_release(&error);
	buf_release(&lines->line);
	return good;
}
