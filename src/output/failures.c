/*
 * Failed exchanges as HAR 1.2, one file per kind of failure: DIR/failures/status-1.har. The comment
 * of each entry is the request as a curl command. Files are written during the run; when a
 * result is rebuilt, existing files are kept.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/out_file.h"
#include "interface/output.h"
#include "result/exchange_json.h"
#include "result/facts.h"
#include "output/output.h"
#include "stats/failure_messages.h"
#include "stats/failure_samples.h"

static void *failures_open(struct str where, const struct run_facts *facts, struct buf *error);
static void failures_second(void *output, const struct summary *second, const struct summary *sofar,
			    const struct run_interval *m);
static bool failures_close(void *output, const struct summary *total, const struct verdict *verdict,
			   struct buf *error);

const struct output_kind output_failures = {
    .name = "failures",
    .file = "failures/",
    .rebuild = OUTPUT_REBUILT_IF_MISSING,
    .sentence = "Complete failed exchanges as HAR, a few of each kind.",
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
	struct buf error; /* the first error; empty: none */
};

static void *failures_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct failures_output *o = alloc_zeroed(1, sizeof *o);

	(void)error;
	o->facts = facts;
	arena_init(&o->arena, 0);
	o->folder = arena_str(&o->arena, where);
	buf_init(&o->path, 0);
	buf_init(&o->text, 0);
	buf_init(&o->error, 0);
	return o;
}

/* ---- an entry */

static void put_headers(struct json_writer *j, struct str headers)
{
	json_writer_open_array(j, "cookies");
	json_writer_close_array(j);
	exchange_json_put_headers(j, headers);
	json_writer_int(j, "headersSize", -1);
}

/* Text unchanged, anything else in base64. TRUNCATED: BODY is only the start. */
static void put_body(struct json_writer *j, struct str body, bool truncated)
{
	if (exchange_json_is_text(body)) {
		json_writer_text(j, "text", body);
	} else {
		json_writer_text(j, "encoding", STR("base64"));
		json_writer_base64(j, "text", body);
	}
	if (truncated)
		json_writer_format(j, "comment", "the first %zu bytes", body.len);
}

static struct str version_name(int version)
{
	if (version >= 20)
		return version == 20 ? STR("HTTP/2") : STR("HTTP/3");
	return version == 10 ? STR("HTTP/1.0") : STR("HTTP/1.1");
}

static void put_request(struct json_writer *j, const struct failure_sample *x)
{
	json_writer_open(j, "request");
	json_writer_text(j, "method", x->method);
	json_writer_text(j, "url", x->url);
	json_writer_text(j, "httpVersion", version_name(x->version));
	json_writer_open_array(j, "queryString");
	json_writer_close_array(j);
	put_headers(j, x->request_headers);
	if (x->request_body.len) {
		json_writer_open(j, "postData");
		json_writer_text(j, "mimeType",
				 exchange_json_header(x->request_headers, STR("Content-Type")));
		json_writer_open_array(j, "params");
		json_writer_close_array(j);
		put_body(j, x->request_body, x->request_body_cut);
		json_writer_close(j);
	}
	json_writer_uint(j, "bodySize", x->request_body.len);
	json_writer_close(j);
}

static void put_response(struct json_writer *j, const struct failure_sample *x)
{
	json_writer_open(j, "response");
	json_writer_int(j, "status", x->status);
	json_writer_text(j, "statusText", STR(""));
	json_writer_text(j, "httpVersion", version_name(x->version));
	put_headers(j, x->headers);
	json_writer_text(j, "redirectURL", exchange_json_header(x->headers, STR("Location")));
	json_writer_int(j, "bodySize", -1);
	json_writer_open(j, "content");
	json_writer_uint(j, "size", x->body.len);
	json_writer_text(j, "mimeType", exchange_json_header(x->headers, STR("Content-Type")));
	put_body(j, x->body, x->more);
	json_writer_close(j);
	json_writer_close(j);
}

/* LENGTH in ms; -1 (not applicable in HAR) unless KNOWN. */
static void put_ms(struct json_writer *j, const char *key, ns_t length, bool known)
{
	json_writer_fixed(j, key, known ? (double)length / (double)NS_PER_MS : -1, 3);
}

static void put_timings(struct json_writer *j, const struct failure_sample *x)
{
	bool connected = x->connect > 0;

	json_writer_open(j, "timings");
	json_writer_int(j, "blocked", -1);
	put_ms(j, "dns", x->dns, connected);
	put_ms(j, "connect", x->connect + x->tls, connected);
	put_ms(j, "ssl", x->tls, connected && x->tls);
	json_writer_int(j, "send", 0);
	put_ms(j, "wait", x->wait > 0 ? x->wait : 0, true);
	put_ms(j, "receive", x->receive > 0 ? x->receive : 0, true);
	json_writer_close(j);
}

static void put_failure(struct json_writer *j, const struct failure_sample *x,
			const struct series_def *def)
{
	json_writer_open(j, "_failure");
	json_writer_text(j, "class", str_of(failure_name(x->note.class)));
	json_writer_text(j, "what", x->why);
	json_writer_text(j, "step", def->name);
	json_writer_text(j, "scenario", def->scenario);
	json_writer_text(j, "at", x->note.at);
	json_writer_uint(j, "user", x->note.user);
	json_writer_uint(j, "iteration", x->note.iteration);
	json_writer_close(j);
}

/* As Chrome and Playwright list them, with `_event` for the type of an event. `_bytes` is the size
 * of a message that was cut. */
static void put_message(struct json_writer *j, const struct failure_message *m)
{
	json_writer_line(j, "\n   ");
	json_writer_open(j, NULL);
	json_writer_text(j, "type", m->sent ? STR("send") : STR("receive"));
	json_writer_fixed(j, "time", (double)m->wall / (double)NS_PER_S, 6);
	json_writer_uint(j, "opcode", m->text ? 1 : 2);
	if (m->event.len)
		json_writer_text(j, "_event", m->event);
	if (m->text)
		json_writer_text(j, "data", m->data);
	else
		json_writer_base64(j, "data", m->data);
	if (m->bytes > m->data.len)
		json_writer_uint(j, "_bytes", m->bytes);
	json_writer_close(j);
}

static void put_messages(struct json_writer *j, const struct failure_sample *x)
{
	struct varint_reader messages = varint_reader_of(x->messages);
	struct failure_message m;

	json_writer_line(j, "\n  ");
	json_writer_text(j, "_resourceType",
			 x->status == 101 ? STR("websocket") : STR("eventsource"));
	json_writer_open_array(j, "_webSocketMessages");
	while (failure_messages_next(&messages, &m))
		put_message(j, &m);
	json_writer_close_array(j);
}

static void put_entry(struct json_writer *j, const struct failure_sample *x,
		      const struct series_def *def)
{
	char began[32];

	clock_format_utc(began, sizeof began, "%Y-%m-%dT%H:%M:%S", x->wall);
	json_writer_line(j, "\n ");
	json_writer_open(j, NULL);
	json_writer_format(j, "startedDateTime", "%s.%03dZ", began,
			   (int)(x->wall % NS_PER_S / NS_PER_MS));
	put_ms(j, "time", x->whole > 0 ? x->whole : 0, true);
	json_writer_line(j, "\n  ");
	put_request(j, x);
	json_writer_line(j, "\n  ");
	put_response(j, x);
	json_writer_line(j, "\n  ");
	json_writer_open(j, "cache");
	json_writer_close(j);
	put_timings(j, x);
	if (x->messages.len)
		put_messages(j, x);
	json_writer_line(j, "\n  ");
	put_failure(j, x, def);
	if (x->curl.len) {
		json_writer_line(j, "\n  ");
		json_writer_text(j, "comment", x->curl);
	}
	json_writer_close(j);
}

/* ---- the files */

static void put_group(struct buf *out, const struct failure_sample_group *group, unsigned count,
		      const struct series_def *def, struct str version)
{
	struct json_writer j = json_writer_spaced(out);

	json_writer_open(&j, NULL);
	json_writer_open(&j, "log");
	json_writer_text(&j, "version", STR("1.2"));
	json_writer_open(&j, "creator");
	json_writer_text(&j, "name", STR("reprise"));
	json_writer_text(&j, "version", version);
	json_writer_close(&j);
	json_writer_open_array(&j, "pages");
	json_writer_close_array(&j);
	json_writer_open_array(&j, "entries");
	for (unsigned i = 0; i < count; i++)
		put_entry(&j, group->items[i], def);
	json_writer_line(&j, "\n");
	json_writer_close_array(&j);
	json_writer_close(&j);
	json_writer_close(&j);
	buf_add_char(out, '\n');
}

static void write_group(struct failures_output *o, const struct failure_sample_group *group,
			unsigned count, const struct series_table *table)
{
	struct out_file file;

	buf_clear(&o->path);
	buf_add(&o->path, o->folder);
	failure_samples_put_file(&o->path, group);
	if (o->error.len || (o->facts->folder.len && access(o->path.data, F_OK) == 0))
		return;
	buf_clear(&o->text);
	put_group(&o->text, group, count, &table->defs.items[group->note.series],
		  o->facts->version);
	if (out_file_open(&file, buf_str(&o->path), OUT_FILE_WHOLE, &o->error)) {
		out_file_write(&file, buf_str(&o->text));
		out_file_close(&file, &o->error);
	}
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
	if (!o->facts->folder.len) /* otherwise once, at the end */
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
