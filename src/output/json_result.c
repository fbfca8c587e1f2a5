#include "output/json_result.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/escape.h"
#include "result/capacity_table.h"
#include "result/http_versions.h"
#include "stats/failure_samples.h"

/* ---- pieces */

/* The next item of an array is on its own line. */
static void begin_row(struct json_writer *j)
{
	json_writer_line(j, j->empty ? "\n  " : " \n  ");
	json_writer_open(j, NULL);
}

static void put_ms(struct json_writer *j, const char *key, double ns)
{
	if (ns < 0)
		json_writer_null(j, key);
	else
		json_writer_decimal(j, key, ns / (double)NS_PER_MS, 3);
}

static void put_text_or_null(struct json_writer *j, const char *key, struct str text)
{
	if (text.len)
		json_writer_text(j, key, text);
	else
		json_writer_null(j, key);
}

static void put_times(struct json_writer *j, const char *key, const struct histogram *h)
{
	static const double percentiles[] = {50, 90, 95, 99, 99.9};
	static const char *const names[] = {"p50", "p90", "p95", "p99", "p99.9"};
	bool any = h->m.count > 0;
	ns_t values[5];

	histogram_percentiles(h, percentiles, 5, values);
	json_writer_open(j, key);
	json_writer_uint(j, "samples", h->m.count);
	put_ms(j, "min", any ? (double)h->m.min_ns : -1);
	put_ms(j, "mean", histogram_mean(h));
	for (size_t i = 0; i < 5; i++)
		put_ms(j, names[i], (double)values[i]);
	put_ms(j, "max", any ? (double)h->m.max_ns : -1);
	json_writer_close(j);
}

static void put_requests(struct json_writer *j, const char *key, const struct series_counts *counts,
			 ns_t duration)
{
	double seconds = (double)duration / (double)NS_PER_S;

	json_writer_open(j, key);
	json_writer_uint(j, "started", counts->started);
	json_writer_uint(j, "ok", counts->ok);
	json_writer_uint(j, "failed", recorder_series_counts_failed(counts));
	json_writer_uint(j, "cut_off", counts->cut_off);
	json_writer_uint(j, "redirects", counts->redirects);
	json_writer_uint(j, "retries", counts->retries);
	json_writer_uint(j, "resent", counts->resent);
	json_writer_uint(j, "resent_posts", counts->resent_posts);
	if (duration >= SUMMARY_RATE_MIN)
		json_writer_decimal(j, "per_second", (double)counts->started / seconds, 3);
	else
		json_writer_null(j, "per_second");
	json_writer_close(j);
}

/* For iterations and groups: completed, failed and cut off. */
static void put_passes(struct json_writer *j, const char *key, const struct series_counts *counts)
{
	json_writer_open(j, key);
	json_writer_uint(j, "started", counts->started);
	json_writer_uint(j, "completed", counts->ok);
	json_writer_uint(j, "failed", recorder_series_counts_failed(counts));
	json_writer_uint(j, "cut_off", counts->cut_off);
	json_writer_close(j);
}

static void put_phases(struct json_writer *j, const struct histogram *times)
{
	json_writer_open(j, "phases_ms");
	put_times(j, "dns", &times[TIME_dns]);
	put_times(j, "connect", &times[TIME_connect]);
	put_times(j, "tls", &times[TIME_tls]);
	put_times(j, "wait", &times[TIME_wait]);
	put_times(j, "receive", &times[TIME_receive]);
	json_writer_close(j);
}

/* Only for steps and runs that read event streams. */
static void put_streams(struct json_writer *j, const struct series_counts *counts,
			const struct histogram *times)
{
	if (!counts->events && !counts->streams_closed)
		return;
	json_writer_open(j, "streams");
	json_writer_uint(j, "events", counts->events);
	json_writer_uint(j, "closed", counts->streams_closed);
	if (counts->output_us)
		json_writer_decimal(j, "outputs_per_second",
				    (double)counts->outputs * 1e6 / (double)counts->output_us, 3);
	else
		json_writer_null(j, "outputs_per_second");
	put_times(j, "first_event_ms", &times[TIME_first_event]);
	put_times(j, "first_output_ms", &times[TIME_first_output]);
	put_times(j, "event_gap_ms", &times[TIME_event_gap]);
	json_writer_close(j);
}

static void put_statuses(struct json_writer *j, const uint64_t *status)
{
	char code[8];

	json_writer_open(j, "status");
	for (unsigned slot = 1; status && slot < STATUS_SLOTS; slot++) {
		snprintf(code, sizeof code, "%u", recorder_slot_status(slot));
		if (status[slot])
			json_writer_uint(j, code, status[slot]);
	}
	if (status && status[0])
		json_writer_uint(j, "other", status[0]);
	json_writer_close(j);
}

static void put_classes(struct json_writer *j, const struct series_counts *counts)
{
	json_writer_open(j, "failed_by_class");
	for (unsigned class = 0; class < FAILURE_CLASS_COUNT; class ++) {
		if (counts->failed[class])
			json_writer_uint(j, failure_name((enum failure_class) class),
					 counts->failed[class]);
	}
	json_writer_close(j);
}

/* ---- the parts of the document */

static void put_head(struct json_writer *j, const struct run_facts *facts, const struct summary *s,
		     const struct verdict *verdict)
{
	char started[32];

	clock_format_utc(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", facts->started);
	json_writer_text(j, "reprise", facts->version);
	json_writer_text(j, "name", facts->name);
	json_writer_text(j, "verdict", str_of(verdict_outcome_name(verdict->outcome)));
	json_writer_bool(j, "valid", verdict->validity->valid);
	json_writer_bool(j, "partial", verdict->partial);
	json_writer_open_array(j, "reasons");
	for (unsigned i = 0; i < verdict->validity->count; i++) {
		json_writer_text(j, NULL, str_of(verdict->validity->reasons[i]));
	}
	json_writer_close_array(j);
	put_text_or_null(j, "stopped_by", verdict->stopped_by);
	json_writer_uint(j, "seed", facts->seed);
	json_writer_text(j, "started", str_of(started));
	json_writer_decimal(j, "duration_s", (double)s->duration / (double)NS_PER_S, 3);
}

/* Only of runs with WebSockets or `listen`. */
static void put_sockets(struct json_writer *j, const struct summary *s)
{
	const struct run_counts *run = &s->run;

	json_writer_open(j, "messages");
	json_writer_uint(j, "sent", run->messages_sent);
	json_writer_uint(j, "received", run->messages_received);
	json_writer_uint(j, "unmatched", run->messages_unmatched);
	json_writer_uint(j, "dropped", run->messages_dropped);
	json_writer_uint(j, "replies_dropped", run->replies_dropped);
	json_writer_close(j);
	json_writer_open(j, "sockets");
	json_writer_uint(j, "opened", run->sockets_opened);
	json_writer_uint(j, "open", summary_open_sockets(s));
	json_writer_close(j);
	put_times(j, "handshake_ms", &s->all.times[TIME_handshake]);
	put_times(j, "message_ms", &s->all.times[TIME_message]);
}

static void put_totals(struct json_writer *j, const struct summary *s)
{
	json_writer_open(j, "users");
	json_writer_uint(j, "max", (uint64_t)s->users_max);
	json_writer_uint(j, "failed", s->run.users_failed);
	json_writer_uint(j, "after_user_failed", s->run.after_users_failed);
	json_writer_uint(j, "pauses", s->run.pauses);
	json_writer_uint(j, "back_offs", s->run.back_offs);
	json_writer_uint(j, "missed", s->run.users_missed);
	json_writer_close(j);
	put_passes(j, "iterations", &s->iterations.counts);
	put_times(j, "iteration_time_ms", &s->iterations.times[TIME_elapsed]);
	put_requests(j, "requests", &s->all.counts, s->duration);
	json_writer_open(j, "unmeasured");
#define PUT_UNMEASURED(name) json_writer_uint(j, #name, s->run.unmeasured[UNMEASURED_##name]);
	UNMEASURED_KINDS(PUT_UNMEASURED)
#undef PUT_UNMEASURED
	json_writer_close(j);
	put_times(j, "failed_time_ms", &s->all.times[TIME_failed]);
	json_writer_open(j, "bytes");
	json_writer_uint(j, "sent", s->all.counts.bytes_sent);
	json_writer_uint(j, "received", s->all.counts.bytes_received);
	json_writer_close(j);
	if (s->run.sockets_opened)
		put_sockets(j, s);
	json_writer_uint(j, "teardown_failed", s->run.teardowns_failed);
	json_writer_open(j, "renewals");
	json_writer_uint(j, "count", s->run.renewals);
	json_writer_uint(j, "failed", s->run.renewals_failed);
	json_writer_uint(j, "waited", s->run.renewals_waited);
	json_writer_close(j);
	json_writer_uint(j, "rendezvous_timeouts", s->run.meetings_given_up);
	json_writer_uint(j, "dropped_arrivals", s->run.arrivals_dropped);
	json_writer_open(j, "arrivals");
	json_writer_uint(j, "planned", s->run.arrivals_planned);
	json_writer_uint(j, "started", s->run.arrivals_started);
	json_writer_uint(j, "dropped", s->run.arrivals_dropped);
	json_writer_close(j);
	put_times(j, "response_time_ms", &s->all.times[TIME_response]);
	put_times(j, "service_time_ms", &s->all.times[TIME_service]);
	put_phases(j, s->all.times);
	put_streams(j, &s->all.counts, s->all.times);
	put_times(j, "retry_wait_ms", &s->all.times[TIME_retry_wait]);
	http_versions_put_json(j, &s->all.counts);
	put_statuses(j, s->all.status);
	put_classes(j, &s->all.counts);
	json_writer_uint(j, "expect_failures", s->all.counts.expect_failures);
}

static void put_step(struct json_writer *j, const struct summary *s, unsigned i)
{
	const struct series_def *def = &s->table->defs.items[i];
	const struct series_total *total = &s->series[i];

	json_writer_text(j, "name", def->name);
	json_writer_text(j, "scenario", def->scenario);
	json_writer_text(j, "at", def->at);
	put_requests(j, "requests", &total->counts, s->duration);
	put_times(j, "response_time_ms", &total->times[TIME_response]);
	put_times(j, "service_time_ms", &total->times[TIME_service]);
	put_times(j, "failed_time_ms", &total->times[TIME_failed]);
	put_phases(j, total->times);
	put_streams(j, &total->counts, total->times);
	put_times(j, "retry_wait_ms", &total->times[TIME_retry_wait]);
	http_versions_put_json(j, &total->counts);
	put_statuses(j, total->status);
	put_classes(j, &total->counts);
}

/* A group or a scenario. */
static void put_span(struct json_writer *j, const struct summary *s, unsigned i)
{
	const struct series_def *def = &s->table->defs.items[i];
	const struct series_total *total = &s->series[i];

	json_writer_text(j, "name", def->name);
	json_writer_text(j, "scenario", def->scenario);
	put_passes(j, "iterations", &total->counts);
	put_times(j, "response_time_ms", &total->times[TIME_response]);
	put_times(j, "elapsed_time_ms", &total->times[TIME_elapsed]);
	/* Counted for a group only if a threshold needs them. */
	if (total->times[TIME_wait].m.count || total->times[TIME_connect].m.count)
		put_phases(j, total->times);
}

static void put_series(struct json_writer *j, const char *key, const struct summary *s,
		       enum series_kind kind)
{
	json_writer_open_array(j, key);
	for (unsigned i = 0; i < s->table->defs.count; i++) {
		if (s->table->defs.items[i].kind != kind)
			continue;
		begin_row(j);
		if (kind == SERIES_STEP)
			put_step(j, s, i);
		else
			put_span(j, s, i);
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

/* The file with the complete exchange, relative to the result folder. */
static void put_evidence(struct json_writer *j, struct failure_samples *failure_samples,
			 const struct failure_note *note)
{
	const struct failure_sample_group *group = failure_samples_find(failure_samples, note);
	struct buf path;

	if (!group)
		return;
	buf_init(&path, 0);
	buf_add(&path, STR("failures/"));
	failure_samples_put_file(&path, group);
	json_writer_text(j, "exchange", buf_str(&path));
	buf_release(&path);
}

static void put_trace(struct json_writer *j, const struct run_facts *facts,
		      struct exemplar_trace trace)
{
	struct buf text;

	if (!exemplar_has_trace(trace))
		return;
	buf_init(&text, 0);
	exemplar_put_trace(&text, trace);
	json_writer_text(j, "trace_id", buf_str(&text));
	buf_clear(&text);
	exemplar_put_link(&text, facts->trace_url, trace);
	if (facts->trace_url.len)
		json_writer_text(j, "trace_url", buf_str(&text));
	buf_release(&text);
}

/* For each step, the longest request that can be looked up. Absent without a trace context. */
static void put_longest(struct json_writer *j, const struct run_facts *facts,
			const struct summary *s)
{
	if (!exemplar_has_trace(s->all.longest.trace))
		return;
	json_writer_open_array(j, "longest");
	for (unsigned i = 0; i < s->table->defs.count; i++) {
		const struct series_def *def = &s->table->defs.items[i];
		const struct exemplar *x = &s->series[i].longest;

		if (def->kind != SERIES_STEP || !exemplar_has_trace(x->trace))
			continue;
		begin_row(j);
		json_writer_text(j, "step", def->name);
		json_writer_text(j, "scenario", def->scenario);
		json_writer_decimal(j, "response_time_ms", (double)x->time / (double)NS_PER_MS, 3);
		json_writer_decimal(j, "at_s", (double)x->when / (double)NS_PER_S, 3);
		json_writer_uint(j, "user", x->user);
		json_writer_uint(j, "iteration", x->iteration);
		put_trace(j, facts, x->trace);
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

static void put_failures(struct json_writer *j, const struct run_facts *facts,
			 const struct summary *s)
{
	json_writer_open_array(j, "failures");
	for (unsigned i = 0; i < s->failure_count; i++) {
		const struct failure_note *note = &s->failures[i];
		const struct series_def *def = &s->table->defs.items[note->series];

		begin_row(j);
		json_writer_text(j, "class", str_of(failure_name(note->class)));
		json_writer_text(j, "step", def->name);
		json_writer_text(j, "scenario", def->scenario);
		json_writer_uint(j, "count", note->count);
		json_writer_text(j, "example", str_n(note->text, note->text_len));
		json_writer_text(j, "at", note->at);
		json_writer_decimal(j, "first_s", (double)note->when / (double)NS_PER_S, 3);
		json_writer_uint(j, "user", note->user);
		json_writer_uint(j, "iteration", note->iteration);
		put_trace(j, facts, note->trace);
		put_evidence(j, facts->failure_samples, note);
		json_writer_close(j);
	}
	json_writer_close_array(j);
	json_writer_uint(j, "failures_untold", s->failures_lost);
}

void json_result_put_threshold(struct json_writer *j, const struct threshold *t,
			       const struct threshold_result *r)
{
	json_writer_text(j, "check", t->text);
	if (threshold_stat_is_time(t->stat))
		json_writer_text(j, "metric", str_of(threshold_metric_name(t->metric)));
	if (r->has_value)
		json_writer_decimal(j, "value", r->value * (t->unit == THRESHOLD_SHARE ? 100 : 1),
				    4);
	else
		json_writer_null(j, "value");
	json_writer_text(j, "unit", str_of(threshold_unit_name(t->unit)));
	json_writer_bool(j, "pass", r->pass);
	if (t->is_default)
		json_writer_bool(j, "default", true);
	if (r->failed_by_request)
		json_writer_uint(j, "failed_by_request", r->failed_by_request);
}

static void put_thresholds(struct json_writer *j, const struct threshold_judge *judge)
{
	json_writer_open_array(j, "thresholds");
	for (size_t i = 0; i < judge->count; i++) {
		begin_row(j);
		json_result_put_threshold(j, &judge->thresholds[i], &judge->results[i]);
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

static void put_generator(struct json_writer *j, const struct summary *s,
			  const struct run_facts *facts, const struct verdict *verdict)
{
	const struct generator_health *health = verdict->health;

	json_writer_open(j, "generator");
	put_times(j, "schedule_lag_ms", &s->lag);
	json_writer_decimal(j, "cpu", health_cpu(health), 4);
	json_writer_open_array(j, "cpu_threads");
	for (unsigned i = 0; i < health->threads; i++) {
		json_writer_fixed(j, NULL, health->cpu[i], 4);
	}
	json_writer_close_array(j);
	json_writer_decimal(j, "limited_seconds", (double)health->limited / (double)NS_PER_S, 3);
	json_writer_decimal(j, "seconds", (double)health->evaluated / (double)NS_PER_S, 3);
	json_writer_open_array(j, "causes");
	for (unsigned i = 0; i < verdict->validity->count; i++)
		json_writer_text(j, NULL,
				 str_of(verdict_cause_names[verdict->validity->causes[i]]));
	json_writer_close_array(j);
	json_writer_uint(j, "connections_opened", s->run.connections_opened);
	json_writer_uint(j, "reconnects", s->run.reconnects);
	if (facts->skew)
		json_writer_decimal(j, "start_skew_ms", (double)*facts->skew / (double)NS_PER_MS,
				    3);
	json_writer_close(j);
}

static void put_labels(struct json_writer *j, const struct run_facts *facts)
{
	json_writer_open(j, "labels");
	for (size_t i = 0; i < facts->label_count; i++)
		escape_json(json_writer_member(j, facts->labels[i].name), facts->labels[i].value);
	json_writer_close(j);
}

/* For outputs that send: delivered and lost data. */
static void put_deliveries(struct json_writer *j, const struct output_deliveries *all)
{
	json_writer_open_array(j, "outputs");
	for (unsigned i = 0; all && i < all->count; i++) {
		const struct output_delivery *d = &all->items[i];

		begin_row(j);
		json_writer_text(j, "output", str_of(d->output));
		json_writer_text(j, "where", d->where);
		json_writer_uint(j, "given", d->sent);
		json_writer_uint(j, "lost", d->lost);
		json_writer_text(j, "unit", str_of(d->unit));
		put_text_or_null(j, "why", str_of(d->why));
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

void json_result_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		     const struct verdict *verdict)
{
	struct json_writer j = json_writer_spaced(out);

	json_writer_open(&j, NULL);
	put_head(&j, facts, s, verdict);
	put_totals(&j, s);
	put_series(&j, "steps", s, SERIES_STEP);
	put_series(&j, "groups", s, SERIES_GROUP);
	put_series(&j, "scenarios", s, SERIES_SCENARIO);
	put_failures(&j, facts, s);
	put_longest(&j, facts, s);
	put_thresholds(&j, facts->judge);
	if (facts->capacity)
		capacity_table_put_json(&j, "capacity", facts->capacity);
	put_generator(&j, s, facts, verdict);
	put_deliveries(&j, verdict->deliveries);
	put_labels(&j, facts);
	json_writer_close(&j);
	buf_add_char(out, '\n');
}
