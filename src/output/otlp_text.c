#include <inttypes.h>

#include "base/escape.h"
#include "output/buckets.h"
#include "output/otlp.h"

#define CUMULATIVE "\"aggregationTemporality\": 2"

/* What is being written; commas go before all but the first of a list. */
struct batch {
	struct buf *out;
	const struct run_facts *facts;
	const struct summary *s;
	ns_t wall;
};

static void put_comma(const struct batch *b)
{
	if (b->out->data[b->out->len - 1] != '[')
		buf_add(b->out, STR(", "));
}

static void put_attribute(const struct batch *b, const char *key, struct str value)
{
	put_comma(b);
	buf_printf(b->out, "{\"key\": \"%s\", \"value\": {\"stringValue\": ", key);
	escape_json(b->out, value);
	buf_add(b->out, STR("}}"));
}

static void begin_point(const struct batch *b)
{
	put_comma(b);
	buf_printf(b->out,
		   "{\"startTimeUnixNano\": \"%" PRId64 "\", \"timeUnixNano\": \"%" PRId64
		   "\", \"attributes\": [",
		   b->facts->started, b->wall);
}

/* With the attributes of a step; they are not closed. */
static void begin_step_point(const struct batch *b, const struct series_def *def)
{
	begin_point(b);
	put_attribute(b, "scenario", def->scenario);
	put_attribute(b, "step", def->name);
}

static void end_count(const struct batch *b, uint64_t count)
{
	buf_printf(b->out, "], \"asInt\": \"%" PRIu64 "\"}", count);
}

static void begin_metric(const struct batch *b, const char *name, const char *unit,
			 const char *description, const char *type)
{
	put_comma(b);
	buf_printf(b->out,
		   "\n{\"name\": \"%s\", \"unit\": \"%s\", \"description\": \"%s\", \"%s\": "
		   "{\"dataPoints\": [",
		   name, unit, description, type);
}

static void end_sum(const struct batch *b)
{
	buf_add(b->out, STR("], " CUMULATIVE ", \"isMonotonic\": true}}"));
}

static bool is_step(const struct batch *b, unsigned i)
{
	return b->s->table->defs.items[i].kind == SERIES_STEP;
}

/* ---- requests */

static void put_result(const struct batch *b, unsigned i, const char *result, uint64_t count)
{
	begin_step_point(b, &b->s->table->defs.items[i]);
	put_attribute(b, "method", b->s->table->defs.items[i].method);
	put_attribute(b, "result", str_of(result));
	end_count(b, count);
}

static void put_requests(const struct batch *b)
{
	begin_metric(b, "reprise.requests", "{request}", "Requests that ended, by their result.",
		     "sum");
	for (unsigned i = 0; i < b->s->table->defs.count; i++) {
		const struct series_counts *c = &b->s->series[i].counts;

		if (!is_step(b, i))
			continue;
		put_result(b, i, "ok", c->ok);
		put_result(b, i, "failed", recorder_series_counts_failed(c));
		put_result(b, i, "cut_off", c->cut_off);
	}
	end_sum(b);
	begin_metric(b, "reprise.requests.started", "{request}", "Requests that were begun.",
		     "sum");
	for (unsigned i = 0; i < b->s->table->defs.count; i++) {
		if (!is_step(b, i))
			continue;
		begin_step_point(b, &b->s->table->defs.items[i]);
		end_count(b, b->s->series[i].counts.started);
	}
	end_sum(b);
}

static void put_failures(const struct batch *b)
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

static void put_histogram(const struct batch *b, const struct histogram *h)
{
	uint64_t until[BUCKET_COUNT], below = 0;

	buckets_count(h, until);
	buf_printf(b->out, "], \"count\": \"%" PRIu64 "\", \"sum\": %.9f", h->m.count,
		   (double)h->m.sum_ns / (double)NS_PER_S);
	if (h->m.count)
		buf_printf(b->out, ", \"min\": %.9f, \"max\": %.9f",
			   (double)h->m.min_ns / (double)NS_PER_S,
			   (double)h->m.max_ns / (double)NS_PER_S);
	buf_add(b->out, STR(", \"explicitBounds\": ["));
	for (unsigned i = 0; i < BUCKET_COUNT; i++)
		buf_printf(b->out, "%s%s", i ? ", " : "", bucket_bounds[i]);
	buf_add(b->out, STR("], \"bucketCounts\": ["));
	for (unsigned i = 0; i < BUCKET_COUNT; i++) {
		buf_printf(b->out, "\"%" PRIu64 "\", ", until[i] - below);
		below = until[i];
	}
	buf_printf(b->out, "\"%" PRIu64 "\"]}", h->m.count - below);
}

static void put_times(const struct batch *b, const char *name, enum time_kind kind,
		      const char *description)
{
	begin_metric(b, name, "s", description, "histogram");
	for (unsigned i = 0; i < b->s->table->defs.count; i++) {
		if (!is_step(b, i))
			continue;
		begin_step_point(b, &b->s->table->defs.items[i]);
		put_histogram(b, &b->s->series[i].times[kind]);
	}
	buf_add(b->out, STR("], " CUMULATIVE "}}"));
}

/* ---- the run */

static void put_counter(const struct batch *b, const char *name, const char *unit,
			const char *description, uint64_t value)
{
	begin_metric(b, name, unit, description, "sum");
	begin_point(b);
	end_count(b, value);
	end_sum(b);
}

static void put_resource(const struct batch *b)
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

void otlp_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
	      int64_t users, ns_t wall)
{
	struct batch b = {.out = out, .facts = facts, .s = s, .wall = wall};

	buf_add(out, STR("{\"resourceMetrics\": [{\"resource\": {\"attributes\": ["));
	put_resource(&b);
	buf_add(out, STR("]}, \"scopeMetrics\": [{\"scope\": {\"name\": \"reprise\"}, "
			 "\"metrics\": ["));
	put_requests(&b);
	put_failures(&b);
	put_times(&b, "reprise.response_time", TIME_response,
		  "From the moment a request was due to the last byte, of ok answers.");
	put_times(&b, "reprise.service_time", TIME_service,
		  "From the send to the last byte, of ok answers.");
	put_counter(&b, "reprise.sent", "By", "Bytes sent.", s->all.counts.bytes_sent);
	put_counter(&b, "reprise.received", "By", "Bytes received.", s->all.counts.bytes_received);
	put_counter(&b, "reprise.arrivals.dropped", "{arrival}",
		    "Arrivals that found all users busy.", s->run.arrivals_dropped);
	begin_metric(&b, "reprise.users", "{user}", "Users at this moment.", "gauge");
	begin_point(&b);
	end_count(&b, (uint64_t)users);
	buf_add(out, STR("]}}]}]}]}\n"));
}
