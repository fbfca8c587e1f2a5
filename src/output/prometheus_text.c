#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "output/histogram_buckets.h"
#include "output/prometheus.h"

/* The page being written. */
struct prometheus_page {
	struct buf *out;
	const struct run_facts *facts;
	const struct summary *s;
	bool openmetrics;
};

/* A counter's name is given without _total. */
static void put_family(const struct prometheus_page *p, const char *name, const char *type,
		       const char *unit, const char *help)
{
	bool counter = strcmp(type, "counter") == 0 && !p->openmetrics;
	const char *end = counter ? "_total" : "";

	buf_printf(p->out, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, end, help, name, end, type);
	if (p->openmetrics && unit)
		buf_printf(p->out, "# UNIT %s %s\n", name, unit);
}

static void put_label(const struct prometheus_page *p, const char *name, struct str value)
{
	char last = p->out->data[p->out->len - 1];

	if (last != '{')
		buf_add_char(p->out, ',');
	buf_printf(p->out, "%s=\"", name);
	escape_prometheus_label(p->out, value);
	buf_add_char(p->out, '"');
}

static void begin_sample(const struct prometheus_page *p, const char *name,
			 const struct series_def *def)
{
	buf_printf(p->out, "%s{", name);
	put_label(p, "scenario", def->scenario);
	if (def->kind == SERIES_STEP)
		put_label(p, "step", def->name);
}

static void end_count(const struct prometheus_page *p, uint64_t count)
{
	buf_printf(p->out, "} %" PRIu64 "\n", count);
}

static bool is_step(const struct prometheus_page *p, unsigned i)
{
	return p->s->table->defs.items[i].kind == SERIES_STEP;
}

/* ---- requests */

static void put_requests_of(const struct prometheus_page *p, const struct series_def *def,
			    const char *status, const char *result, uint64_t count)
{
	if (!count)
		return;
	begin_sample(p, "reprise_requests_total", def);
	put_label(p, "method", def->method);
	put_label(p, "status", str_of(status));
	put_label(p, "result", str_of(result));
	end_count(p, count);
}

/* By status and result; requests without a response have the status "none". */
static void put_step_requests(const struct prometheus_page *p, unsigned i)
{
	const struct series_def *def = &p->s->table->defs.items[i];
	const struct series_total *t = &p->s->series[i];
	uint64_t ok = t->counts.ok, failed = recorder_series_counts_failed(&t->counts);
	char status[8];

	for (unsigned slot = 0; t->status && slot < STATUS_SLOTS; slot++) {
		uint64_t bad = t->failed_status ? t->failed_status[slot] : 0;
		uint64_t good = t->status[slot] - bad;

		if (slot)
			snprintf(status, sizeof status, "%u", recorder_slot_status(slot));
		else
			snprintf(status, sizeof status, "other");
		put_requests_of(p, def, status, "ok", good);
		put_requests_of(p, def, status, "failed", bad);
		ok -= good;
		failed -= bad;
	}
	put_requests_of(p, def, "none", "ok", ok);
	put_requests_of(p, def, "none", "failed", failed);
	put_requests_of(p, def, "none", "cut_off", t->counts.cut_off);
}

static void put_requests(const struct prometheus_page *p)
{
	put_family(p, "reprise_requests", "counter", NULL, "Requests that ended, by result.");
	for (unsigned i = 0; i < p->s->table->defs.count; i++)
		if (is_step(p, i))
			put_step_requests(p, i);
	put_family(p, "reprise_requests_started", "counter", NULL, "Requests that were started.");
	for (unsigned i = 0; i < p->s->table->defs.count; i++) {
		if (!is_step(p, i))
			continue;
		begin_sample(p, "reprise_requests_started_total", &p->s->table->defs.items[i]);
		end_count(p, p->s->series[i].counts.started);
	}
	put_family(p, "reprise_failures", "counter", NULL, "Failed requests, by class.");
	for (unsigned i = 0; i < p->s->table->defs.count; i++) {
		for (unsigned c = 0; is_step(p, i) && c < FAILURE_CLASS_COUNT; c++) {
			if (!p->s->series[i].counts.failed[c])
				continue;
			begin_sample(p, "reprise_failures_total", &p->s->table->defs.items[i]);
			put_label(p, "class", str_of(failure_name((enum failure_class)c)));
			end_count(p, p->s->series[i].counts.failed[c]);
		}
	}
}

/* ---- times */

/* The request X of this bucket, as OpenMetrics defines it. */
static void put_exemplar(const struct prometheus_page *p, const struct exemplar *x)
{
	ns_t wall = p->facts->started + x->when;

	p->out->len--; /* the line end */
	buf_add(p->out, STR(" # {trace_id=\""));
	exemplar_put_trace(p->out, x->trace);
	buf_add(p->out, STR("\",span_id=\""));
	exemplar_put_span(p->out, x->span);
	buf_printf(p->out, "\"} %.9f %.3f\n", (double)x->time / (double)NS_PER_S,
		   (double)wall / (double)NS_PER_S);
}

/* X: a request of this histogram, or NULL. */
static void put_times_of(const struct prometheus_page *p, const char *name,
			 const struct series_def *def, const struct histogram *h,
			 const struct exemplar *x)
{
	uint64_t until[BUCKET_COUNT];
	char line[96];

	if (x && (!p->openmetrics || !exemplar_has_trace(x->trace)))
		x = NULL;
	histogram_buckets_count(h, until);
	snprintf(line, sizeof line, "%s_bucket", name);
	for (unsigned b = 0; b <= BUCKET_COUNT; b++) {
		begin_sample(p, line, def);
		put_label(p, "le", str_of(b < BUCKET_COUNT ? bucket_bounds[b] : "+Inf"));
		end_count(p, b < BUCKET_COUNT ? until[b] : h->m.count);
		if (x && (b == BUCKET_COUNT ||
			  (double)x->time <= strtod(bucket_bounds[b], NULL) * (double)NS_PER_S)) {
			put_exemplar(p, x);
			x = NULL;
		}
	}
	snprintf(line, sizeof line, "%s_sum", name);
	begin_sample(p, line, def);
	buf_printf(p->out, "} %.9f\n", (double)h->m.sum_ns / (double)NS_PER_S);
	snprintf(line, sizeof line, "%s_count", name);
	begin_sample(p, line, def);
	end_count(p, h->m.count);
}

static void put_times(const struct prometheus_page *p, const char *name, enum time_kind kind,
		      enum series_kind of, const char *help)
{
	put_family(p, name, "histogram", "seconds", help);
	for (unsigned i = 0; i < p->s->table->defs.count; i++)
		if (p->s->table->defs.items[i].kind == of)
			put_times_of(p, name, &p->s->table->defs.items[i],
				     &p->s->series[i].times[kind],
				     kind == TIME_response ? &p->s->series[i].latest : NULL);
}

/* The metrics that thresholds use, and those of event streams; a histogram of each for all steps
 * would be too much. */
static void put_metrics(const struct prometheus_page *p)
{
	char name[64];

	for (unsigned i = METRIC_RESPONSE_TIME + 1; i < METRIC_COUNT; i++) {
		enum threshold_metric metric = (enum threshold_metric)i;

		if (!threshold_metric_is_reported(p->facts->thresholds, p->facts->threshold_count,
						  metric, threshold_metric_total(metric, p->s)))
			continue;
		snprintf(name, sizeof name, "reprise_%s_time_seconds",
			 threshold_metric_name(metric));
		put_times(p, name, threshold_metric_time(metric), threshold_metric_series(metric),
			  threshold_metric_sentence(metric));
	}
}

/* ---- the run */

static void put_iterations(const struct prometheus_page *p)
{
	static const char *const results[] = {"completed", "failed", "cut_off"};

	put_family(p, "reprise_iterations", "counter", NULL, "Iterations that ended.");
	for (unsigned i = 0; i < p->s->table->defs.count; i++) {
		const struct series_def *def = &p->s->table->defs.items[i];
		const struct series_counts *c = &p->s->series[i].counts;
		const uint64_t counts[] = {c->ok, recorder_series_counts_failed(c), c->cut_off};

		for (unsigned k = 0; def->kind == SERIES_SCENARIO && k < 3; k++) {
			buf_add(p->out, STR("reprise_iterations_total{"));
			put_label(p, "scenario", def->scenario);
			put_label(p, "result", str_of(results[k]));
			end_count(p, counts[k]);
		}
	}
}

static void put_counter(const struct prometheus_page *p, const char *name, const char *unit,
			const char *help, uint64_t value)
{
	put_family(p, name, "counter", unit, help);
	buf_printf(p->out, "%s_total %" PRIu64 "\n", name, value);
}

static void put_gauge(const struct prometheus_page *p, const char *name, const char *unit,
		      const char *help, double value)
{
	put_family(p, name, "gauge", unit, help);
	buf_printf(p->out, "%s %.9g\n", name, value);
}

/* Only of runs with WebSockets or `listen`. */
static void put_sockets(const struct prometheus_page *p)
{
	const struct run_counts *run = &p->s->run;

	put_counter(p, "reprise_messages_sent", NULL, "Messages sent on sockets.",
		    run->messages_sent);
	put_counter(p, "reprise_messages_received", NULL,
		    "Messages and events received on sockets.", run->messages_received);
	put_counter(p, "reprise_messages_unmatched", NULL,
		    "Messages that no step and no rule has used.", run->messages_unmatched);
	put_counter(p, "reprise_messages_dropped", NULL,
		    "Messages dropped because the queue of a socket was full.",
		    run->messages_dropped);
	put_counter(p, "reprise_sockets_opened", NULL, "WebSockets and streams of `listen` opened.",
		    run->sockets_opened);
	put_gauge(p, "reprise_sockets", NULL,
		  "Current number of open WebSockets and streams of `listen`.",
		  (double)summary_open_sockets(p->s));
}

/* Only of runs with renewals. */
static void put_renewals(const struct prometheus_page *p)
{
	const struct run_counts *run = &p->s->run;

	put_counter(p, "reprise_renewals", NULL, "Renewals of setup, before_user or a token.",
		    run->renewals);
	put_counter(p, "reprise_renewals_failed", NULL, "Renewals that failed.",
		    run->renewals_failed);
	put_counter(p, "reprise_renewals_waited", NULL,
		    "Requests that waited for a renewal, outside their response time.",
		    run->renewals_waited);
}

static void put_info(const struct prometheus_page *p)
{
	put_family(p, "reprise_build_info", "gauge", NULL, "The program's version.");
	buf_add(p->out, STR("reprise_build_info{"));
	put_label(p, "version", p->facts->version);
	end_count(p, 1);
	put_family(p, "reprise_run_info", "gauge", NULL, "Identifier of the run.");
	buf_add(p->out, STR("reprise_run_info{"));
	put_label(p, "name", p->facts->name);
	for (size_t i = 0; i < p->facts->label_count; i++) {
		const struct label *label = &p->facts->labels[i];

		if (str_eq(label->name, STR("run_id")))
			put_label(p, "run_id", label->value);
		else if (str_eq(label->name, STR("shard")))
			put_label(p, "shard", label->value);
	}
	end_count(p, 1);
}

void prometheus_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		    const struct prometheus_now *now, bool openmetrics)
{
	struct prometheus_page p = {.out = out, .facts = facts, .s = s, .openmetrics = openmetrics};

	put_info(&p);
	if (s) {
		put_requests(&p);
		put_times(&p, "reprise_response_time_seconds", TIME_response, SERIES_STEP,
			  "Time from the scheduled start to the last byte, of ok responses.");
		put_times(&p, "reprise_service_time_seconds", TIME_service, SERIES_STEP,
			  "Time from the send to the last byte, of ok responses.");
		put_metrics(&p);
		put_iterations(&p);
		put_counter(&p, "reprise_sent_bytes", "bytes", "Bytes sent.",
			    s->all.counts.bytes_sent);
		put_counter(&p, "reprise_received_bytes", "bytes", "Bytes received.",
			    s->all.counts.bytes_received);
		if (s->all.counts.events)
			put_counter(&p, "reprise_events", NULL, "Events of event streams.",
				    s->all.counts.events);
		put_counter(&p, "reprise_arrivals_dropped", NULL,
			    "Arrivals dropped because all users were busy.",
			    s->run.arrivals_dropped);
		if (summary_has_renewals(s))
			put_renewals(&p);
		if (s->run.sockets_opened)
			put_sockets(&p);
		put_gauge(&p, "reprise_users", NULL, "Current number of users.",
			  (double)now->users);
		put_gauge(&p, "reprise_arrivals_planned_per_second", NULL,
			  "Arrivals planned in the last second.", now->arrivals_planned);
		put_gauge(&p, "reprise_schedule_lag_seconds", "seconds",
			  "Schedule lag in the last second, p99.",
			  now->lag_p99 < 0 ? 0 : (double)now->lag_p99 / (double)NS_PER_S);
	}
	if (openmetrics)
		buf_add(out, STR("# EOF\n"));
}
