/*
 * The evidence as HAR 1.2, a file for each kind of failure: DIR/failures/status-1.har. Each entry's
 * comment is the request as a curl command. Written as the run goes, and a file takes the place of
 * the one before only when it is whole; where a result is made again, what is there stays.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/escape.h"
#include "base/log.h"
#include "interface/output.h"
#include "result/facts.h"
#include "output/out_file.h"
#include "output/output.h"
#include "stats/failure_samples.h"

static void *failures_open(struct str where, const struct run_facts *facts, struct buf *error);
static void failures_second(void *output, const struct summary *second, const struct summary *sofar,
			    const struct run_interval *m);
static bool failures_close(void *output, const struct summary *total, const struct verdict *verdict,
			   struct buf *error);

const struct output_kind output_failures = {
    .name = "failures",
    .file = "failures/",
    .rebuilt = true,
    .sentence = "Failed exchanges whole, as HAR, a few of each kind.",
    .open = failures_open,
    .second = failures_second,
    .close = failures_close,
};

struct failures_output {
	const struct run_facts *facts;
	struct str folder;
	struct arena arena;
	unsigned written[FAILURE_SAMPLES_GROUPS]; /* exchanges in each file */
	struct buf path, text;
	struct buf error; /* the first that could not be written; empty: none */
};

static void *failures_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct failures_output *o = calloc(1, sizeof *o);

	(void)error;
	if (!o)
		die_out_of_memory();
	o->facts = facts;
	arena_init(&o->arena, 0);
	o->folder = arena_str(&o->arena, where);
	buf_init(&o->path, 0);
	buf_init(&o->text, 0);
	buf_init(&o->error, 0);
	return o;
}

/* ---- an entry */

static void put_text(struct buf *out, const char *key, struct str text)
{
	buf_printf(out, "\"%s\": ", key);
	escape_json(out, text);
}

static struct str header_field(struct str headers, struct str name)
{
	for (size_t at = 0; at < headers.len;) {
		size_t end = str_find_char(headers, '\n', at);
		struct str line = str_slice(headers, at, end);
		size_t colon = str_find_char(line, ':', 0);

		if (str_ieq(str_trim(str_slice(line, 0, colon)), name))
			return str_trim(str_slice(line, colon + 1, line.len));
		at = end == NOT_FOUND ? headers.len : end + 1;
	}
	return STR("");
}

static void put_headers(struct buf *out, struct str headers)
{
	buf_add(out, STR("\"cookies\": [], \"headers\": ["));
	for (size_t at = 0, count = 0; at < headers.len; count++) {
		size_t end = str_find_char(headers, '\n', at);
		struct str line = str_slice(headers, at, end);
		size_t colon = str_find_char(line, ':', 0);

		buf_add(out, count ? STR(", {") : STR("{"));
		put_text(out, "name", str_trim(str_slice(line, 0, colon)));
		buf_add(out, STR(", "));
		put_text(out, "value", str_trim(str_slice(line, colon + 1, line.len)));
		buf_add_char(out, '}');
		at = end == NOT_FOUND ? headers.len : end + 1;
	}
	buf_add(out, STR("], \"headersSize\": -1, "));
}

/* As it is where it is text, else as base64. */
static void put_body(struct buf *out, struct str body, bool more)
{
	if (str_is_utf8(body, NULL) && str_find_char(body, '\0', 0) == NOT_FOUND) {
		put_text(out, "text", body);
	} else {
		buf_add(out, STR("\"encoding\": \"base64\", \"text\": \""));
		base64_encode(out, body);
		buf_add_char(out, '"');
	}
	if (more)
		buf_printf(out, ", \"comment\": \"the first %zu bytes\"", body.len);
}

static const char *version_name(int version)
{
	if (version == 20)
		return "HTTP/2";
	return version == 10 ? "HTTP/1.0" : "HTTP/1.1";
}

static void put_request(struct buf *out, const struct failure_sample *x)
{
	buf_add(out, STR("\"request\": {"));
	put_text(out, "method", x->method);
	buf_add(out, STR(", "));
	put_text(out, "url", x->url);
	buf_printf(out, ", \"httpVersion\": \"%s\", \"queryString\": [], ",
		   version_name(x->version));
	put_headers(out, x->request_headers);
	if (x->request_body.len) {
		buf_add(out, STR("\"postData\": {"));
		put_text(out, "mimeType", header_field(x->request_headers, STR("Content-Type")));
		buf_add(out, STR(", \"params\": [], "));
		put_body(out, x->request_body, x->request_body_cut);
		buf_add(out, STR("}, "));
	}
	buf_printf(out, "\"bodySize\": %zu}", x->request_body.len);
}

static void put_response(struct buf *out, const struct failure_sample *x)
{
	buf_printf(out,
		   "\"response\": {\"status\": %d, \"statusText\": \"\", \"httpVersion\": \"%s\", ",
		   x->status, version_name(x->version));
	put_headers(out, x->headers);
	put_text(out, "redirectURL", header_field(x->headers, STR("Location")));
	buf_printf(out, ", \"bodySize\": -1, \"content\": {\"size\": %zu, ", x->body.len);
	put_text(out, "mimeType", header_field(x->headers, STR("Content-Type")));
	buf_add(out, STR(", "));
	put_body(out, x->body, x->more);
	buf_add(out, STR("}}"));
}

static double ms(ns_t length)
{
	return (double)length / (double)NS_PER_MS;
}

static void put_timings(struct buf *out, const struct failure_sample *x)
{
	bool made = x->connect > 0;

	buf_printf(out,
		   "\"cache\": {}, \"timings\": {\"blocked\": -1, \"dns\": %.3f, \"connect\": "
		   "%.3f, \"ssl\": %.3f, \"send\": 0, \"wait\": %.3f, \"receive\": %.3f}",
		   made ? ms(x->dns) : -1, made ? ms(x->connect + x->tls) : -1,
		   made && x->tls ? ms(x->tls) : -1, ms(x->wait > 0 ? x->wait : 0),
		   ms(x->receive > 0 ? x->receive : 0));
}

static void put_failure(struct buf *out, const struct failure_sample *x,
			const struct series_def *def)
{
	buf_add(out, STR("\"_failure\": {"));
	put_text(out, "class", str_of(failure_name(x->note.class)));
	buf_add(out, STR(", "));
	put_text(out, "what", x->why);
	buf_add(out, STR(", "));
	put_text(out, "step", def->name);
	buf_add(out, STR(", "));
	put_text(out, "scenario", def->scenario);
	buf_add(out, STR(", "));
	put_text(out, "at", x->note.at);
	buf_printf(out, ", \"user\": %" PRIu64 ", \"iteration\": %" PRIu64 "}", x->note.user,
		   x->note.iteration);
}

static void put_entry(struct buf *out, const struct failure_sample *x, const struct series_def *def)
{
	time_t seconds = (time_t)(x->wall / NS_PER_S);
	char began[32];
	struct buf curl;
	struct tm utc;

	gmtime_r(&seconds, &utc);
	strftime(began, sizeof began, "%Y-%m-%dT%H:%M:%S", &utc);
	buf_printf(out, "{\"startedDateTime\": \"%s.%03dZ\", \"time\": %.3f,\n  ", began,
		   (int)(x->wall % NS_PER_S / NS_PER_MS), ms(x->whole > 0 ? x->whole : 0));
	put_request(out, x);
	buf_add(out, STR(",\n  "));
	put_response(out, x);
	buf_add(out, STR(",\n  "));
	put_timings(out, x);
	buf_add(out, STR(",\n  "));
	put_failure(out, x, def);
	buf_add(out, STR(",\n  "));
	buf_init(&curl, 0);
	failure_samples_put_curl(&curl, x);
	put_text(out, "comment", buf_str(&curl));
	buf_release(&curl);
	buf_add_char(out, '}');
}

/* ---- the files */

static void write_group(struct failures_output *o, const struct failure_sample_group *group,
			unsigned count, const struct series_table *table)
{
	struct out_file file;
	struct buf part;

	buf_clear(&o->path);
	buf_add(&o->path, o->folder);
	failure_samples_put_file(&o->path, group);
	if (o->error.len || (o->facts->folder.len && access(o->path.data, F_OK) == 0))
		return;
	buf_clear(&o->text);
	buf_add(&o->text,
		STR("{\"log\": {\"version\": \"1.2\", \"creator\": {\"name\": \"reprise\", "));
	put_text(&o->text, "version", o->facts->version);
	buf_add(&o->text, STR("}, \"pages\": [], \"entries\": ["));
	for (unsigned i = 0; i < count; i++) {
		buf_add(&o->text, i ? STR(",\n ") : STR("\n "));
		put_entry(&o->text, group->items[i], &table->defs.items[group->note.series]);
	}
	buf_add(&o->text, STR("\n]}}\n"));
	buf_init(&part, 0);
	buf_add(&part, buf_str(&o->path));
	buf_add(&part, STR(".part"));
	if (out_file_open(&file, buf_str(&part), false, &o->error)) {
		out_file_write(&file, buf_str(&o->text));
		if (!out_file_close(&file, &o->error) || rename(part.data, o->path.data) != 0)
			unlink(part.data);
	}
	buf_release(&part);
}

static void write_new(struct failures_output *o, const struct series_table *table)
{
	unsigned groups = failure_samples_count(o->facts->failure_samples);

	for (unsigned i = 0; i < groups; i++) {
		const struct failure_sample_group *group =
		    failure_samples_group(o->facts->failure_samples, i);
		unsigned count = atomic_load(&group->count);

		if (count > o->written[i])
			write_group(o, group, count, table);
		o->written[i] = count;
	}
}

static void failures_second(void *output, const struct summary *second, const struct summary *sofar,
			    const struct run_interval *m)
{
	struct failures_output *o = output;

	(void)sofar;
	(void)m;
	if (!o->facts->folder.len) /* else once, at the end */
		write_new(o, second->table);
}

static bool failures_close(void *output, const struct summary *total, const struct verdict *verdict,
			   struct buf *error)
{
	struct failures_output *o = output;
	bool good;

	if (verdict)
		write_new(o, total->table);
	good = o->error.len == 0;
	if (!good && error)
		buf_add(error, buf_str(&o->error));
	buf_release(&o->path);
	buf_release(&o->text);
	buf_release(&o->error);
	arena_release(&o->arena);
	free(o);
	return good;
}
