/*
 * InfluxDB's line protocol, once a second what happened in it: to a server (api/v2/write or write),
 * to a UDP listener, or into a file. Sums over a run are the result's:
 *
 *   reprise,scenario=Buy,step=Search started=5i,ok=4i,failed=1i,…,p95_ms=41.2 1767225600000000000
 *   reprise_status,scenario=Buy,step=Search,status=200 count=4i …
 *   reprise_failures,scenario=Buy,step=Search,class=status count=1i …
 *   reprise_run users=50i,arrivals_planned=0i,… …
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/address.h"
#include "base/alloc.h"
#include "base/escape.h"
#include "base/log.h"
#include "base/out_file.h"
#include "interface/output.h"
#include "net/datagram.h"
#include "net/http_push.h"
#include "result/facts.h"
#include "output/output.h"
#include "output/destination.h"

static void *influx_open(struct str where, const struct run_facts *facts, struct buf *error);
static void influx_second(void *output, const struct summary *second, const struct summary *sofar,
			  const struct run_interval *m);
static bool influx_close(void *output, const struct summary *total, const struct verdict *verdict,
			 struct buf *error);

const struct output_kind output_influx = {
    .name = "influx",
    .option = "influx",
    .sentence = "InfluxDB's line protocol to a URL, by UDP, or into a file.",
    .sends = true,
    .open = influx_open,
    .second = influx_second,
    .close = influx_close,
};

enum influx_transport { TRANSPORT_HTTP, TRANSPORT_UDP, TRANSPORT_FILE };

struct influx_output {
	const struct run_facts *facts;
	enum influx_transport transport;
	struct http_push *push;
	struct datagram socket;
	struct out_file file;
	struct buf where; /* without secrets */
	struct buf lines;
	size_t line; /* where the current line starts */
};

/* ---- destination */

static bool open_post(struct influx_output *o, struct str where, struct buf *error)
{
	const char *token = getenv("INFLUX_TOKEN");
	const char *lines[2] = {"Content-Type: text/plain; charset=utf-8"};
	struct http_push_config config = {.url = where, .header_lines = lines, .header_count = 1};
	struct buf line;

	buf_init(&line, 0);
	if (token && *token) {
		buf_printf(&line, "Authorization: Token %s", token);
		lines[config.header_count++] = line.data;
	}
	o->push = http_push_new(&config, error);
	buf_release(&line);
	return o->push != NULL;
}

static bool open_transport(struct influx_output *o, struct str where, bool add, struct buf *error)
{
	struct address address;

	if (str_starts(where, STR("http://")) || str_starts(where, STR("https://"))) {
		o->transport = TRANSPORT_HTTP;
		return open_post(o, where, error);
	}
	if (str_starts(where, STR("udp://"))) {
		o->transport = TRANSPORT_UDP;
		where = str_slice(where, 6, where.len);
		return address_parse(where, 0, &address, error) &&
		       datagram_open(&o->socket, address.host, address.port, error);
	}
	o->transport = TRANSPORT_FILE;
	return out_file_open(&o->file, where, add ? OUT_FILE_APPEND : OUT_FILE_STREAM, error);
}

static void *influx_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct influx_output *o = alloc_zeroed(1, sizeof *o);

	o->facts = facts;
	if (!open_transport(o, where, facts->part > 0, error)) {
		free(o);
		return NULL;
	}
	buf_init(&o->lines, 0);
	buf_init(&o->where, 0);
	destination_put(&o->where, where);
	return o;
}

/* ---- lines */

static void put_tag(struct influx_output *o, const char *name, struct str value)
{
	buf_printf(&o->lines, ",%s=", name);
	escape_influx_tag(&o->lines, value);
}

static void begin_line(struct influx_output *o, const char *measurement,
		       const struct series_def *def)
{
	o->line = o->lines.len;
	buf_add(&o->lines, str_of(measurement));
	if (def) {
		put_tag(o, "scenario", def->scenario);
		if (def->kind == SERIES_STEP)
			put_tag(o, "step", def->name);
	}
	for (size_t i = 0; i < o->facts->label_count; i++)
		if (str_eq(o->facts->labels[i].name, STR("run_id")))
			put_tag(o, "run_id", o->facts->labels[i].value);
}

static void put_field(struct influx_output *o, const char *name, uint64_t value)
{
	buf_printf(&o->lines, "%s=%" PRIu64 "i,", name, value);
}

static void put_ms(struct influx_output *o, const char *name, ns_t length)
{
	if (length >= 0)
		buf_printf(&o->lines, "%s=%.3f,", name, (double)length / (double)NS_PER_MS);
}

static void put_metric_ms(struct influx_output *o, const char *metric, const char *statistic,
			  ns_t length)
{
	buf_printf(&o->lines, "%s_%s_ms=%.3f,", metric, statistic,
		   (double)length / (double)NS_PER_MS);
}

/* Replaces the comma after the last field with the space before the time. */
static void end_line(struct influx_output *o, ns_t wall)
{
	o->lines.len--;
	buf_printf(&o->lines, " %" PRId64, wall);
	if (o->transport == TRANSPORT_UDP) {
		datagram_add(&o->socket, str_slice(buf_str(&o->lines), o->line, o->lines.len));
		o->lines.len = o->line;
	} else {
		buf_add_char(&o->lines, '\n');
	}
}

/* The metrics of KIND of series that thresholds use: wait_p50_ms and so on. */
static void put_metrics(struct influx_output *o, const struct series_total *t,
			enum series_kind kind)
{
	static const double percentiles[] = {50, 95, 99};

	for (unsigned i = METRIC_RESPONSE_TIME + 1; i < METRIC_COUNT; i++) {
		enum threshold_metric metric = (enum threshold_metric)i;
		const char *name = threshold_metric_name(metric);
		const struct histogram *h = &t->times[threshold_metric_time(metric)];
		ns_t values[3];

		if (threshold_metric_series(metric) != kind || !h->m.count ||
		    !threshold_metric_is_reported(o->facts->thresholds, o->facts->threshold_count,
						  metric, h))
			continue;
		histogram_percentiles(h, percentiles, 3, values);
		put_metric_ms(o, name, "p50", values[0]);
		put_metric_ms(o, name, "p95", values[1]);
		put_metric_ms(o, name, "p99", values[2]);
		put_metric_ms(o, name, "max", h->m.max_ns);
		put_metric_ms(o, name, "mean", (ns_t)histogram_mean(h));
	}
}

static void put_step(struct influx_output *o, const struct series_def *def,
		     const struct series_total *t, ns_t wall)
{
	static const double percentiles[] = {50, 95, 99};
	const struct histogram *h = &t->times[TIME_response];
	const struct series_counts *c = &t->counts;
	ns_t values[3];

	histogram_percentiles(h, percentiles, 3, values);
	begin_line(o, "reprise", def);
	buf_add_char(&o->lines, ' ');
	put_field(o, "started", c->started);
	put_field(o, "ok", c->ok);
	put_field(o, "failed", recorder_series_counts_failed(c));
	put_field(o, "cut_off", c->cut_off);
	if (c->events)
		put_field(o, "events", c->events);
	put_field(o, "bytes_sent", c->bytes_sent);
	put_field(o, "bytes_received", c->bytes_received);
	put_ms(o, "p50_ms", values[0]);
	put_ms(o, "p95_ms", values[1]);
	put_ms(o, "p99_ms", values[2]);
	put_ms(o, "max_ms", h->m.count ? h->m.max_ns : -1);
	put_ms(o, "mean_ms", (ns_t)histogram_mean(h));
	put_ms(o, "sum_ms", (ns_t)h->m.sum_ns);
	put_metrics(o, t, SERIES_STEP);
	end_line(o, wall);
}

/* The times of a scenario's iterations, if thresholds use them. */
static void put_scenario(struct influx_output *o, const struct series_def *def,
			 const struct series_total *t, ns_t wall)
{
	size_t fields;

	begin_line(o, "reprise_iteration", def);
	buf_add_char(&o->lines, ' ');
	fields = o->lines.len;
	put_metrics(o, t, SERIES_SCENARIO);
	if (o->lines.len == fields)
		o->lines.len = o->line;
	else
		end_line(o, wall);
}

static void put_counted(struct influx_output *o, const char *measurement,
			const struct series_def *def, const char *tag, const char *value,
			uint64_t count, ns_t wall)
{
	if (!count)
		return;
	begin_line(o, measurement, def);
	put_tag(o, tag, str_of(value));
	buf_add_char(&o->lines, ' ');
	put_field(o, "count", count);
	end_line(o, wall);
}

static void put_series(struct influx_output *o, const struct series_def *def,
		       const struct series_total *t, ns_t wall)
{
	char status[8];

	put_step(o, def, t, wall);
	for (unsigned slot = 0; t->status && slot < STATUS_SLOTS; slot++) {
		snprintf(status, sizeof status, "%u", recorder_slot_status(slot));
		put_counted(o, "reprise_status", def, "status", slot ? status : "other",
			    t->status[slot], wall);
	}
	for (unsigned c = 0; c < FAILURE_CLASS_COUNT; c++)
		put_counted(o, "reprise_failures", def, "class",
			    failure_name((enum failure_class)c), t->counts.failed[c], wall);
}

static void put_run(struct influx_output *o, const struct summary *second,
		    const struct summary *sofar, const struct run_interval *m)
{
	begin_line(o, "reprise_run", NULL);
	buf_add_char(&o->lines, ' ');
	put_field(o, "users", (uint64_t)m->users);
	put_field(o, "iterations_completed", second->last.iterations_completed);
	put_field(o, "arrivals_planned", second->last.arrivals_planned);
	put_field(o, "arrivals_dropped", second->last.arrivals_dropped);
	if (summary_has_renewals(sofar)) {
		put_field(o, "renewals_count", second->run.renewals);
		put_field(o, "renewals_failed", second->run.renewals_failed);
		put_field(o, "renewals_waited", second->run.renewals_waited);
	}
	if (sofar->run.sockets_opened) {
		put_field(o, "messages_sent", second->run.messages_sent);
		put_field(o, "messages_received", second->run.messages_received);
		put_field(o, "messages_unmatched", second->run.messages_unmatched);
		put_field(o, "messages_dropped", second->run.messages_dropped);
		put_field(o, "sockets_open", summary_open_sockets(sofar));
	}
	put_ms(o, "schedule_lag_p99_ms", m->lag_p99);
	put_field(o, "generator_limited", m->limited);
	end_line(o, m->wall);
}

static void influx_second(void *output, const struct summary *second, const struct summary *sofar,
			  const struct run_interval *m)
{
	struct influx_output *o = output;
	const struct series_table *table = second->table;

	buf_clear(&o->lines);
	for (unsigned i = 0; i < table->defs.count; i++) {
		const struct series_def *def = &table->defs.items[i];

		if (!second->series[i].touched)
			continue;
		if (def->kind == SERIES_STEP)
			put_series(o, def, &second->series[i], m->wall);
		else if (def->kind == SERIES_SCENARIO)
			put_scenario(o, def, &second->series[i], m->wall);
	}
	put_run(o, second, sofar, m);
	if (o->transport == TRANSPORT_HTTP)
		http_push_add(o->push, buf_str(&o->lines));
	else if (o->transport == TRANSPORT_UDP)
		datagram_flush(&o->socket);
	else
		out_file_write(&o->file, buf_str(&o->lines));
}

/* ---- the end */

static bool influx_close(void *output, const struct summary *total, const struct verdict *verdict,
			 struct buf *error)
{
	struct influx_output *o = output;
	bool good = true;

	(void)total;
	switch (o->transport) {
	case TRANSPORT_HTTP:
		good =
		    destination_close_push(o->push, "influx", buf_str(&o->where), verdict, error);
		break;
	case TRANSPORT_UDP:
		destination_close_datagrams(&o->socket, "influx", buf_str(&o->where), verdict);
		break;
	case TRANSPORT_FILE:
		good = out_file_close(&o->file, error);
		break;
	}
	buf_release(&o->lines);
	buf_release(&o->where);
	free(o);
	return good;
}
