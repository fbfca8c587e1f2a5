#include <inttypes.h>
#include <stdio.h>

#include "base/json_writer.h"
#include "output/histogram_buckets.h"
#include "output/otlp.h"

#define CUMULATIVE 2 /* AGGREGATION_TEMPORALITY_CUMULATIVE */

/* The request being written. 64-bit integers are strings in OTLP's JSON. */
struct batch {
	struct json_writer j;
	const struct run_facts *facts;
	const struct summary *s;
	ns_t wall;
};

static void put_attribute(struct batch *b, const char *key, struct str value)
{
	json_writer_open(&b->j, NULL);
	json_writer_text(&b->j, "key", str_of(key));
	json_writer_open(&b->j, "value");
	json_writer_text(&b->j, "stringValue", value);
	json_writer_close(&b->j);
	json_writer_close(&b->j);
}

/* Opens a data point and its attributes. */
static void begin_point(struct batch *b)
{
	json_writer_open(&b->j, NULL);
	json_writer_format(&b->j, "startTimeUnixNano", "%" PRId64, b->facts->started);
	json_writer_format(&b->j, "timeUnixNano", "%" PRId64, b->wall);
	json_writer_open_array(&b->j, "attributes");
}

/* The same with the attributes of a step or scenario; more can follow. */
static void begin_step_point(struct batch *b, const struct series_def *def)
{
	begin_point(b);
	put_attribute(b, "scenario", def->scenario);
	if (def->kind == SERIES_STEP)
		put_attribute(b, "step", def->name);
}

static void end_count(struct batch *b, uint64_t count)
{
	json_writer_close_array(&b->j);
	json_writer_format(&b->j, "asInt", "%" PRIu64, count);
	json_writer_close(&b->j);
}

static void begin_metric(struct batch *b, const char *name, const char *unit,
			 const char *description, const char *type)
{
	json_writer_line(&b->j, b->j.empty ? "\n" : " \n");
	json_writer_open(&b->j, NULL);
	json_writer_text(&b->j, "name", str_of(name));
	json_writer_text(&b->j, "unit", str_of(unit));
	json_writer_text(&b->j, "description", str_of(description));
	json_writer_open(&b->j, type);
	json_writer_open_array(&b->j, "dataPoints");
}

static void end_metric(struct batch *b)
{
	json_writer_close(&b->j);
	json_writer_close(&b->j);
}

static void end_sum(struct batch *b)
{
	json_writer_close_array(&b->j);
	json_writer_int(&b->j, "aggregationTemporality", CUMULATIVE);
	json_writer_bool(&b->j, "isMonotonic", true);
	end_metric(b);
}

static bool is_step(struct batch *b, unsigned i)
{
	return b->s->table->defs.items[i].kind == SERIES_STEP;
}

/* ---- requests */

static void put_result(struct batch *b, unsigned i, const char *result, uint64_t count)
{
	begin_step_point(b, &b->s->table->defs.items[i]);
	put_attribute(b, "method", b->s->table->defs.items[i].method);
	put_attribute(b, "result", str_of(result));
	end_count(b, count);
}

static void put_requests(struct batch *b)
{
	begin_metric(b, "reprise.requests", "{request}", "Requests that ended, by result.", "sum");
	for (unsigned i = 0; i < b->s->table->defs.count; i++) {
		const struct series_counts *c = &b->s->series[i].counts;

		if (!is_step(b, i))
			continue;
		put_result(b, i, "ok", c->ok);
		put_result(b, i, "failed", recorder_series_counts_failed(c));
		put_result(b, i, "cut_off", c->cut_off);
	}
	end_sum(b);
	begin_metric(b, "reprise.requests.started", "{request}", "Requests that were started.",
		     "sum");
	for (unsigned i = 0; i < b->s->table->defs.count; i++) {
		if (!is_step(b, i))
			continue;
		begin_step_point(b, &b->s->table->defs.items[i]);
		end_count(b, b->s->series[i].counts.started);
	}
	end_sum(b);
}

static void put_failures(struct batch *b)
{
	begin_metric(b, "reprise.failures", "{request}", "Failed requests, by class.", "sum");
	for (unsigned i = 0; i < b->s->table->defs.count; i++) {
		for (unsigned c = 0; is_step(b, i) && c < FAILURE_CLASS_COUNT; c++) {
			if (!b->s->series[i].counts.failed[c])
				continue;
			begin_step_point(b, &b->s->table->defs.items[i]);
			put_attribute(b, "class", str_of(failure_name((enum failure_class)c)));
			end_count(b, b->s->series[i].counts.failed[c]);
		}
	}
	end_sum(b);
}

/* ---- times */

static void put_exemplar(struct batch *b, const struct exemplar *x)
{
	struct buf *out;

	json_writer_open_array(&b->j, "exemplars");
	json_writer_open(&b->j, NULL);
	json_writer_format(&b->j, "timeUnixNano", "%" PRId64, b->facts->started + x->when);
	json_writer_fixed(&b->j, "asDouble", (double)x->time / (double)NS_PER_S, 9);
	out = json_writer_value(&b->j, "traceId");
	buf_add_char(out, '"');
	exemplar_put_trace(out, x->trace);
	buf_add_char(out, '"');
	out = json_writer_value(&b->j, "spanId");
	buf_add_char(out, '"');
	exemplar_put_span(out, x->span);
	buf_add_char(out, '"');
	json_writer_close(&b->j);
	json_writer_close_array(&b->j);
}

/* X: a request of this histogram, or NULL. */
static void put_histogram(struct batch *b, const struct histogram *h, const struct exemplar *x)
{
	uint64_t until[BUCKET_COUNT], below = 0;

	histogram_buckets_count(h, until);
	json_writer_close_array(&b->j);
	json_writer_format(&b->j, "count", "%" PRIu64, h->m.count);
	json_writer_fixed(&b->j, "sum", (double)h->m.sum_ns / (double)NS_PER_S, 9);
	if (h->m.count) {
		json_writer_fixed(&b->j, "min", (double)h->m.min_ns / (double)NS_PER_S, 9);
		json_writer_fixed(&b->j, "max", (double)h->m.max_ns / (double)NS_PER_S, 9);
	}
	json_writer_open_array(&b->j, "explicitBounds");
	for (unsigned i = 0; i < BUCKET_COUNT; i++)
		buf_add(json_writer_value(&b->j, NULL), str_of(bucket_bounds[i]));
	json_writer_close_array(&b->j);
	json_writer_open_array(&b->j, "bucketCounts");
	for (unsigned i = 0; i < BUCKET_COUNT; i++) {
		json_writer_format(&b->j, NULL, "%" PRIu64, until[i] - below);
		below = until[i];
	}
	json_writer_format(&b->j, NULL, "%" PRIu64, h->m.count - below);
	json_writer_close_array(&b->j);
	if (x && exemplar_has_trace(x->trace))
		put_exemplar(b, x);
	json_writer_close(&b->j);
}

static void put_times(struct batch *b, const char *name, enum time_kind kind, enum series_kind of,
		      const char *description)
{
	begin_metric(b, name, "s", description, "histogram");
	for (unsigned i = 0; i < b->s->table->defs.count; i++) {
		if (b->s->table->defs.items[i].kind != of)
			continue;
		begin_step_point(b, &b->s->table->defs.items[i]);
		put_histogram(b, &b->s->series[i].times[kind],
			      kind == TIME_response ? &b->s->series[i].latest : NULL);
	}
	json_writer_close_array(&b->j);
	json_writer_int(&b->j, "aggregationTemporality", CUMULATIVE);
	end_metric(b);
}

/* The metrics that thresholds use. */
static void put_threshold_metrics(struct batch *b)
{
	char name[64];

	for (unsigned i = METRIC_RESPONSE_TIME + 1; i < METRIC_COUNT; i++) {
		enum threshold_metric metric = (enum threshold_metric)i;

		if (!threshold_metric_is_reported(b->facts->thresholds, b->facts->threshold_count,
						  metric, threshold_metric_total(metric, b->s)))
			continue;
		snprintf(name, sizeof name, "reprise.%s_time", threshold_metric_name(metric));
		put_times(b, name, threshold_metric_time(metric), threshold_metric_series(metric),
			  threshold_metric_sentence(metric));
	}
}

/* ---- the run */

static void put_counter(struct batch *b, const char *name, const char *unit,
			const char *description, uint64_t value)
{
	begin_metric(b, name, unit, description, "sum");
	begin_point(b);
	end_count(b, value);
	end_sum(b);
}

/* Only of runs with WebSockets or `listen`. */
static void put_sockets(struct batch *b)
{
	const struct run_counts *run = &b->s->run;

	put_counter(b, "reprise.messages.sent", "{message}", "Messages sent on sockets.",
		    run->messages_sent);
	put_counter(b, "reprise.messages.received", "{message}",
		    "Messages and events received on sockets.", run->messages_received);
	put_counter(b, "reprise.messages.unmatched", "{message}",
		    "Messages that no step and no rule has used.", run->messages_unmatched);
	put_counter(b, "reprise.messages.dropped", "{message}",
		    "Messages dropped because the queue of a socket was full.",
		    run->messages_dropped);
	begin_metric(b, "reprise.sockets", "{socket}",
		     "Current number of open WebSockets and streams of `listen`.", "gauge");
	begin_point(b);
	end_count(b, summary_open_sockets(b->s));
	json_writer_close_array(&b->j);
	end_metric(b);
}

/* Only of runs with renewals. */
static void put_renewals(struct batch *b)
{
	const struct run_counts *run = &b->s->run;

	put_counter(b, "reprise.renewals.count", "{renewal}",
		    "Renewals of setup, before_user or a token.", run->renewals);
	put_counter(b, "reprise.renewals.failed", "{renewal}", "Renewals that failed.",
		    run->renewals_failed);
	put_counter(b, "reprise.renewals.waited", "{request}",
		    "Requests that waited for a renewal, outside their response time.",
		    run->renewals_waited);
}

static void put_resource(struct batch *b)
{
	put_attribute(b, "service.name", STR("reprise"));
	put_attribute(b, "service.version", b->facts->version);
	put_attribute(b, "reprise.name", b->facts->name);
	put_attribute(b, "reprise.target", b->facts->target);
	for (size_t i = 0; i < b->facts->label_count; i++) {
		const struct label *label = &b->facts->labels[i];

		if (str_eq(label->name, STR("run_id")))
			put_attribute(b, "reprise.run_id", label->value);
		else if (str_eq(label->name, STR("shard")))
			put_attribute(b, "reprise.shard", label->value);
	}
}

static void put_metrics(struct batch *b, int64_t users)
{
	const struct summary *s = b->s;

	put_requests(b);
	put_failures(b);
	put_times(b, "reprise.response_time", TIME_response, SERIES_STEP,
		  "Time from the scheduled start to the last byte, of ok responses.");
	put_times(b, "reprise.service_time", TIME_service, SERIES_STEP,
		  "Time from the send to the last byte, of ok responses.");
	put_threshold_metrics(b);
	put_counter(b, "reprise.sent", "By", "Bytes sent.", s->all.counts.bytes_sent);
	put_counter(b, "reprise.received", "By", "Bytes received.", s->all.counts.bytes_received);
	if (s->all.counts.events)
		put_counter(b, "reprise.events", "{event}", "Events of event streams.",
			    s->all.counts.events);
	put_counter(b, "reprise.arrivals.dropped", "{arrival}",
		    "Arrivals dropped because all users were busy.", s->run.arrivals_dropped);
	if (summary_has_renewals(s))
		put_renewals(b);
	if (s->run.sockets_opened)
		put_sockets(b);
	begin_metric(b, "reprise.users", "{user}", "Current number of users.", "gauge");
	begin_point(b);
	end_count(b, (uint64_t)users);
	json_writer_close_array(&b->j);
	end_metric(b);
}

void otlp_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
	      int64_t users, ns_t wall)
{
	struct batch b = {.j = json_writer_spaced(out), .facts = facts, .s = s, .wall = wall};

	json_writer_open(&b.j, NULL);
	json_writer_open_array(&b.j, "resourceMetrics");
	json_writer_open(&b.j, NULL);
	json_writer_open(&b.j, "resource");
	json_writer_open_array(&b.j, "attributes");
	put_resource(&b);
	json_writer_close_array(&b.j);
	json_writer_close(&b.j);
	json_writer_open_array(&b.j, "scopeMetrics");
	json_writer_open(&b.j, NULL);
	json_writer_open(&b.j, "scope");
	json_writer_text(&b.j, "name", STR("reprise"));
	json_writer_close(&b.j);
	json_writer_open_array(&b.j, "metrics");
	put_metrics(&b, users);
	json_writer_close_array(&b.j);
	json_writer_close(&b.j);
	json_writer_close_array(&b.j);
	json_writer_close(&b.j);
	json_writer_close_array(&b.j);
	json_writer_close(&b.j);
	buf_add_char(out, '\n');
}
