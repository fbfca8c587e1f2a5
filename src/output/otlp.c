/*
 * OpenTelemetry metrics over OTLP/HTTP in JSON: cumulative totals, every five seconds and at the
 * end; the next batch makes up for a lost one. Reads OTEL_EXPORTER_OTLP_HEADERS.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/alloc.h"
#include "base/url.h"
#include "interface/output.h"
#include "result/facts.h"
#include "output/otlp.h"
#include "output/output.h"
#include "output/destination.h"

static void *otlp_open(struct str where, const struct run_facts *facts, struct buf *error);
static void otlp_second(void *output, const struct summary *second, const struct summary *sofar,
			const struct run_interval *m);
static bool otlp_close(void *output, const struct summary *total, const struct verdict *verdict,
		       struct buf *error);

const struct output_kind output_otlp = {
    .name = "otlp",
    .option = "otlp",
    .sentence = "OpenTelemetry metrics to a collector (OTLP over HTTP, JSON).",
    .sends = true,
    .open = otlp_open,
    .second = otlp_second,
    .close = otlp_close,
};

#define SEND_INTERVAL (5 * NS_PER_S)
#define HEADERS_MAX   16u

struct otlp_output {
	const struct run_facts *facts;
	struct http_push *push;
	struct buf where, batch;
	ns_t due; /* the next batch, since the start of the load */
};

/* Converts "a=b,c=d" (values percent-encoded) to field lines. */
static size_t parse_headers(struct arena *a, const char **lines)
{
	struct str text = str_of(getenv("OTEL_EXPORTER_OTLP_HEADERS"));
	size_t count = 0;

	for (size_t at = 0; at < text.len && count < HEADERS_MAX;) {
		size_t end = str_find_char(text, ',', at);
		struct str pair = str_trim(str_slice(text, at, end));
		size_t equals = str_find_char(pair, '=', 0);
		struct buf value;

		at = end == NOT_FOUND ? text.len : end + 1;
		if (equals == NOT_FOUND)
			continue;
		buf_init(&value, 0);
		url_decode(&value, str_trim(str_slice(pair, equals + 1, pair.len)), false);
		if (str_find_char(buf_str(&value), '\n', 0) == NOT_FOUND &&
		    str_find_char(buf_str(&value), '\r', 0) == NOT_FOUND)
			lines[count++] = arena_cstr(
			    a, arena_printf(a, "%.*s: %.*s",
					    STR_ARG(str_trim(str_slice(pair, 0, equals))),
					    STR_ARG(buf_str(&value))));
		buf_release(&value);
	}
	return count;
}

/* For a collector's address without a path: its /v1/metrics. */
static struct str endpoint(struct arena *a, struct str where)
{
	struct url url;

	if (!url_split(where, &url) || (url.path.len && !str_eq(url.path, STR("/"))) ||
	    url.query.ptr)
		return where;
	if (url.path.len)
		where.len--;
	return arena_printf(a, "%.*s/v1/metrics", STR_ARG(where));
}

static void *otlp_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	const char *lines[HEADERS_MAX + 1] = {"Content-Type: application/json"};
	struct otlp_output *o = alloc_zeroed(1, sizeof *o);
	struct http_push_config config;
	struct arena arena;

	arena_init(&arena, 0);
	config = (struct http_push_config){.url = endpoint(&arena, where),
					   .header_lines = lines,
					   .header_count = parse_headers(&arena, lines + 1) + 1};
	o->facts = facts;
	o->due = SEND_INTERVAL;
	o->push = http_push_new(&config, error);
	if (o->push) {
		buf_init(&o->batch, 0);
		buf_init(&o->where, 0);
		destination_put(&o->where, config.url);
	} else {
		free(o);
		o = NULL;
	}
	arena_release(&arena);
	return o;
}

static void otlp_second(void *output, const struct summary *second, const struct summary *sofar,
			const struct run_interval *m)
{
	struct otlp_output *o = output;

	(void)second;
	if (m->begin + m->length < o->due && !m->last)
		return;
	o->due = m->begin + m->length + SEND_INTERVAL;
	buf_clear(&o->batch);
	otlp_put(&o->batch, o->facts, sofar, m->users, m->wall + m->length);
	http_push_add(o->push, buf_str(&o->batch));
}

static bool otlp_close(void *output, const struct summary *total, const struct verdict *verdict,
		       struct buf *error)
{
	struct otlp_output *o = output;
	bool good;

	(void)total;
	good = destination_close_push(o->push, "otlp", buf_str(&o->where), verdict, error);
	buf_release(&o->batch);
	buf_release(&o->where);
	free(o);
	return good;
}
