#include "demo/request_log.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "net/server.h"

struct request_log {
	FILE *file;
	struct buf line, url;
};

struct request_log *request_log_open(const char *path)
{
	FILE *file = fopen(path, "ae");
	struct request_log *log = file ? calloc(1, sizeof *log) : NULL;

	if (file && !log)
		die_out_of_memory();
	if (!log)
		return NULL;
	log->file = file;
	buf_init(&log->line, 0);
	buf_init(&log->url, 0);
	return log;
}

bool request_log_close(struct request_log *log)
{
	bool good;

	if (!log)
		return true;
	good = !ferror(log->file);
	good = fclose(log->file) == 0 && good;
	buf_release(&log->line);
	buf_release(&log->url);
	free(log);
	return good;
}

static const char *name_of(enum http_request_method method)
{
	static const char *const names[] = {
	    [HTTP_REQUEST_GET] = "GET",		[HTTP_REQUEST_HEAD] = "HEAD",
	    [HTTP_REQUEST_POST] = "POST",	[HTTP_REQUEST_PUT] = "PUT",
	    [HTTP_REQUEST_PATCH] = "PATCH",	[HTTP_REQUEST_DELETE] = "DELETE",
	    [HTTP_REQUEST_OPTIONS] = "OPTIONS",
	};

	return names[method];
}

/* A line is written whole, so that programs that follow the file see whole lines. */
void request_log_add(struct request_log *log, const struct http_request_view *seen, int status,
		     unsigned visitor, struct str token)
{
	struct json_writer j = json_writer_compact(&log->line);
	ns_t now = clock_wall_ns();

	buf_clear(&log->line);
	buf_clear(&log->url);
	buf_add(&log->url, seen->path);
	if (seen->query.ptr)
		buf_printf(&log->url, "?%.*s", STR_ARG(seen->query));
	json_writer_open(&j, NULL);
	buf_printf(json_writer_value(&j, "time"), "%lld.%06d", (long long)(now / NS_PER_S),
		   (int)(now % NS_PER_S / NS_PER_US));
	if (visitor)
		json_writer_format(&j, "user", "visitor %u", visitor);
	else
		json_writer_text(&j, "user", STR(""));
	json_writer_text(&j, "method", str_of(name_of(seen->method)));
	json_writer_text(&j, "url", buf_str(&log->url));
	json_writer_int(&j, "status", status);
	if (token.len)
		json_writer_text(&j, "csrf_token", token);
	json_writer_close(&j);
	buf_add_char(&log->line, '\n');
	fwrite(log->line.data, 1, log->line.len, log->file);
	fflush(log->file);
}
