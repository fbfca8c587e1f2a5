#include "output/json_result.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/log.h"
#include "interface/output.h"
#include "result/capacity_table.h"
#include "output/out_file.h"
#include "output/output.h"
#include "stats/failure_samples.h"

static void *json_open(struct str where, const struct run_facts *facts, struct buf *error);
static bool json_close(void *output, const struct summary *total, const struct verdict *verdict,
		       struct buf *error);

const struct output_kind output_json = {
    .name = "json",
    .option = "json",
    .file = "summary.json",
    .rebuilt = true,
    .sentence = "The whole result as one JSON document; - is standard output.",
    .open = json_open,
    .close = json_close,
};

#define ROOM (256 * 1024) /* more than most results take */

struct json_output {
	const struct run_facts *facts;
	struct out_file file;
};

static void *json_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct json_output *o = calloc(1, sizeof *o);

	if (!o)
		die_out_of_memory();
	o->facts = facts;
	if (!out_file_open_part(&o->file, where, facts->part, error)) {
		free(o);
		return NULL;
	}
	/* The room is taken now: other files may have filled the disk by the end. */
	if (o->file.fd != STDOUT_FILENO)
		(void)fallocate(o->file.fd, FALLOC_FL_KEEP_SIZE, 0, ROOM);
	return o;
}

static bool json_close(void *output, const struct summary *total, const struct verdict *verdict,
		       struct buf *error)
{
	struct json_output *o = output;
	struct buf text;
	bool good;

	buf_init(&text, 0);
	if (verdict)
		json_result_put(&text, o->facts, total, verdict);
	/* Gives back the room that was not needed. */
	if (out_file_write(&o->file, buf_str(&text)) && o->file.fd != STDOUT_FILENO)
		(void)!ftruncate(o->file.fd, lseek(o->file.fd, 0, SEEK_CUR));
	good = out_file_close(&o->file, error);
	buf_release(&text);
	free(o);
	return good;
}

/* ---- pieces: each key is followed by its value; commas go before all but the first */

static void put_key(struct buf *out, const char *key)
{
	char last = out->len ? out->data[out->len - 1] : '{';

	if (last != '{' && last != '[')
		buf_add(out, STR(", "));
	buf_printf(out, "\"%s\": ", key);
}

static void put_comma(struct buf *out)
{
	if (out->data[out->len - 1] != '[')
		buf_add(out, STR(", "));
}

static void put_count(struct buf *out, const char *key, uint64_t count)
{
	put_key(out, key);
	buf_printf(out, "%" PRIu64, count);
}

static void put_text(struct buf *out, const char *key, struct str text)
{
	put_key(out, key);
	escape_json(out, text);
}

static void put_bool(struct buf *out, const char *key, bool yes)
{
	put_key(out, key);
	buf_add(out, yes ? STR("true") : STR("false"));
}

/* At most DECIMALS, without zeros at the end but the first: 60.0, 3.142. */
static void put_number(struct buf *out, const char *key, double value, int decimals)
{
	char text[64];
	int len = snprintf(text, sizeof text, "%.*f", decimals, value);

	put_key(out, key);
	while (len > 2 && text[len - 1] == '0' && text[len - 2] != '.')
		len--;
	buf_add(out, str_n(text, (size_t)len));
}

static void put_null(struct buf *out, const char *key)
{
	put_key(out, key);
	buf_add(out, STR("null"));
}

static void put_ms(struct buf *out, const char *key, double ns)
{
	if (ns < 0)
		put_null(out, key);
	else
		put_number(out, key, ns / (double)NS_PER_MS, 3);
}

static void open_object(struct buf *out, const char *key)
{
	put_key(out, key);
	buf_add_char(out, '{');
}

static void close_object(struct buf *out)
{
	buf_add_char(out, '}');
}

static void put_times(struct buf *out, const char *key, const struct histogram *h)
{
	static const double percentiles[] = {50, 90, 95, 99, 99.9};
	static const char *const names[] = {"p50", "p90", "p95", "p99", "p99.9"};
	bool any = h->m.count > 0;
	ns_t values[5];

	histogram_percentiles(h, percentiles, 5, values);
	open_object(out, key);
	put_count(out, "samples", h->m.count);
	put_ms(out, "min", any ? (double)h->m.min_ns : -1);
	put_ms(out, "mean", histogram_mean(h));
	for (size_t i = 0; i < 5; i++)
		put_ms(out, names[i], (double)values[i]);
	put_ms(out, "max", any ? (double)h->m.max_ns : -1);
	close_object(out);
}

static void put_requests(struct buf *out, const char *key, const struct series_counts *counts,
			 ns_t duration)
{
	double seconds = (double)duration / (double)NS_PER_S;

	open_object(out, key);
	put_count(out, "started", counts->started);
	put_count(out, "ok", counts->ok);
	put_count(out, "failed", recorder_series_counts_failed(counts));
	put_count(out, "cut_off", counts->cut_off);
	put_count(out, "redirects", counts->redirects);
	put_count(out, "retries", counts->retries);
	put_count(out, "resent", counts->resent);
	put_number(out, "per_second", duration > 0 ? (double)counts->started / seconds : 0, 3);
	close_object(out);
}

/* Of iterations and groups: passes that came through, failed or were cut off. */
static void put_passes(struct buf *out, const char *key, const struct series_counts *counts)
{
	open_object(out, key);
	put_count(out, "started", counts->started);
	put_count(out, "completed", counts->ok);
	put_count(out, "failed", recorder_series_counts_failed(counts));
	put_count(out, "cut_off", counts->cut_off);
	close_object(out);
}

static void put_phases(struct buf *out, const struct histogram *times)
{
	open_object(out, "phases_ms");
	put_times(out, "dns", &times[TIME_dns]);
	put_times(out, "connect", &times[TIME_connect]);
	put_times(out, "tls", &times[TIME_tls]);
	put_times(out, "wait", &times[TIME_wait]);
	put_times(out, "receive", &times[TIME_receive]);
	close_object(out);
}

static void put_statuses(struct buf *out, const uint64_t *status)
{
	char code[8];

	open_object(out, "status");
	for (unsigned slot = 1; status && slot < STATUS_SLOTS; slot++) {
		snprintf(code, sizeof code, "%u", recorder_slot_status(slot));
		if (status[slot])
			put_count(out, code, status[slot]);
	}
	if (status && status[0])
		put_count(out, "other", status[0]);
	close_object(out);
}

static void put_classes(struct buf *out, const struct series_counts *counts)
{
	open_object(out, "failed_by_class");
	for (unsigned class = 0; class < FAILURE_CLASS_COUNT; class ++) {
		if (counts->failed[class])
			put_count(out, failure_name((enum failure_class) class),
				  counts->failed[class]);
	}
	close_object(out);
}

/* ---- the parts of the document */

static void put_head(struct buf *out, const struct run_facts *facts, const struct summary *s,
		     const struct verdict *verdict)
{
	time_t seconds = (time_t)(facts->started / NS_PER_S);
	char started[32];
	struct tm utc;

	gmtime_r(&seconds, &utc);
	strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", &utc);
	put_text(out, "reprise", facts->version);
	put_text(out, "name", facts->name);
	put_text(out, "verdict",
		 !verdict->pass	   ? STR("fail")
		 : facts->unjudged ? STR("unjudged")
				   : STR("pass"));
	put_bool(out, "valid", verdict->validity->valid);
	put_bool(out, "partial", verdict->partial);
	put_key(out, "reasons");
	buf_add_char(out, '[');
	for (unsigned i = 0; i < verdict->validity->count; i++) {
		put_comma(out);
		escape_json(out, str_of(verdict->validity->reasons[i]));
	}
	buf_add_char(out, ']');
	if (verdict->stopped_by.len)
		put_text(out, "stopped_by", verdict->stopped_by);
	else
		put_null(out, "stopped_by");
	put_count(out, "seed", facts->seed);
	put_text(out, "started", str_of(started));
	put_number(out, "duration_s", (double)s->duration / (double)NS_PER_S, 3);
}

static void put_totals(struct buf *out, const struct summary *s)
{
	open_object(out, "users");
	put_count(out, "max", (uint64_t)s->users_max);
	put_count(out, "failed", s->run.users_failed);
	put_count(out, "after_user_failed", s->run.after_users_failed);
	put_count(out, "pauses", s->run.pauses);
	close_object(out);
	put_passes(out, "iterations", &s->iterations.counts);
	put_requests(out, "requests", &s->all.counts, s->duration);
	open_object(out, "unmeasured");
#define PUT_UNMEASURED(name) put_count(out, #name, s->run.unmeasured[UNMEASURED_##name]);
	UNMEASURED_KINDS(PUT_UNMEASURED)
#undef PUT_UNMEASURED
	close_object(out);
	put_times(out, "failed_time_ms", &s->all.times[TIME_failed]);
	open_object(out, "bytes");
	put_count(out, "sent", s->all.counts.bytes_sent);
	put_count(out, "received", s->all.counts.bytes_received);
	close_object(out);
	put_count(out, "teardown_failed", s->run.teardowns_failed);
	put_count(out, "rendezvous_timeouts", s->run.meetings_given_up);
	put_count(out, "dropped_arrivals", s->run.arrivals_dropped);
	open_object(out, "arrivals");
	put_count(out, "planned", s->run.arrivals_planned);
	put_count(out, "started", s->run.arrivals_started);
	put_count(out, "dropped", s->run.arrivals_dropped);
	close_object(out);
	put_times(out, "response_time_ms", &s->all.times[TIME_response]);
	put_times(out, "service_time_ms", &s->all.times[TIME_service]);
	put_phases(out, s->all.times);
	put_statuses(out, s->all.status);
	put_classes(out, &s->all.counts);
	put_count(out, "expect_failures", s->all.counts.expect_failures);
}

static void put_step(struct buf *out, const struct summary *s, unsigned i)
{
	const struct series_def *def = &s->table->defs.items[i];
	const struct series_total *total = &s->series[i];

	put_text(out, "name", def->name);
	put_text(out, "scenario", def->scenario);
	put_text(out, "at", def->at);
	put_requests(out, "requests", &total->counts, s->duration);
	put_times(out, "response_time_ms", &total->times[TIME_response]);
	put_times(out, "service_time_ms", &total->times[TIME_service]);
	put_times(out, "failed_time_ms", &total->times[TIME_failed]);
	put_phases(out, total->times);
	put_statuses(out, total->status);
	put_classes(out, &total->counts);
}

/* A group or a scenario. */
static void put_span(struct buf *out, const struct summary *s, unsigned i)
{
	const struct series_def *def = &s->table->defs.items[i];
	const struct series_total *total = &s->series[i];

	put_text(out, "name", def->name);
	put_text(out, "scenario", def->scenario);
	put_passes(out, "iterations", &total->counts);
	put_times(out, "response_time_ms", &total->times[TIME_response]);
	put_times(out, "elapsed_time_ms", &total->times[TIME_elapsed]);
}

static void put_series(struct buf *out, const char *key, const struct summary *s,
		       enum series_kind kind)
{
	put_key(out, key);
	buf_add_char(out, '[');
	for (unsigned i = 0; i < s->table->defs.count; i++) {
		if (s->table->defs.items[i].kind != kind)
			continue;
		put_comma(out);
		buf_add(out, STR("\n  {"));
		if (kind == SERIES_STEP)
			put_step(out, s, i);
		else
			put_span(out, s, i);
		close_object(out);
	}
	buf_add_char(out, ']');
}

/* Where such an exchange stands whole, within the folder of the result. */
static void put_evidence(struct buf *out, struct failure_samples *failure_samples,
			 const struct failure_note *note)
{
	const struct failure_sample_group *group = failure_samples_find(failure_samples, note);
	struct buf path;

	if (!group)
		return;
	buf_init(&path, 0);
	buf_add(&path, STR("failures/"));
	failure_samples_put_file(&path, group);
	put_text(out, "exchange", buf_str(&path));
	buf_release(&path);
}

static void put_failures(struct buf *out, const struct run_facts *facts, const struct summary *s)
{
	put_key(out, "failures");
	buf_add_char(out, '[');
	for (unsigned i = 0; i < s->failure_count; i++) {
		const struct failure_note *note = &s->failures[i];
		const struct series_def *def = &s->table->defs.items[note->series];

		put_comma(out);
		buf_add(out, STR("\n  {"));
		put_text(out, "class", str_of(failure_name(note->class)));
		put_text(out, "step", def->name);
		put_text(out, "scenario", def->scenario);
		put_count(out, "count", note->count);
		put_text(out, "example", str_n(note->text, note->text_len));
		put_text(out, "at", note->at);
		put_number(out, "first_s", (double)note->when / (double)NS_PER_S, 3);
		put_count(out, "user", note->user);
		put_count(out, "iteration", note->iteration);
		put_evidence(out, facts->failure_samples, note);
		close_object(out);
	}
	buf_add_char(out, ']');
	put_count(out, "failures_untold", s->failures_lost);
}

static void put_thresholds(struct buf *out, const struct threshold_judge *judge)
{
	put_key(out, "thresholds");
	buf_add_char(out, '[');
	for (size_t i = 0; i < judge->count; i++) {
		const struct threshold *t = &judge->thresholds[i];
		const struct threshold_result *r = &judge->results[i];
		double scale = t->unit == THRESHOLD_SHARE ? 100 : 1;

		put_comma(out);
		buf_add(out, STR("\n  {"));
		put_text(out, "check", t->text);
		if (r->has_value)
			put_number(out, "value", r->value * scale, 4);
		else
			put_null(out, "value");
		put_text(out, "unit", str_of(threshold_unit_name(t->unit)));
		put_bool(out, "pass", r->pass);
		close_object(out);
	}
	buf_add_char(out, ']');
}

static void put_generator(struct buf *out, const struct summary *s, const struct run_facts *facts,
			  const struct generator_health *health)
{
	open_object(out, "generator");
	put_times(out, "schedule_lag_ms", &s->lag);
	put_number(out, "cpu", health_cpu(health), 4);
	put_key(out, "cpu_threads");
	buf_add_char(out, '[');
	for (unsigned i = 0; i < health->threads; i++) {
		put_comma(out);
		buf_printf(out, "%.4f", health->cpu[i]);
	}
	buf_add_char(out, ']');
	put_count(out, "limited_seconds", health->limited_seconds);
	put_count(out, "seconds", health->seconds);
	put_count(out, "connections_opened", s->run.connections_opened);
	put_count(out, "reconnects", s->run.reconnects);
	if (facts->skew)
		put_number(out, "start_skew_ms", (double)*facts->skew / (double)NS_PER_MS, 3);
	close_object(out);
}

static void put_labels(struct buf *out, const struct run_facts *facts)
{
	put_key(out, "labels");
	buf_add_char(out, '{');
	for (size_t i = 0; i < facts->label_count; i++) {
		if (i)
			buf_add(out, STR(", "));
		escape_json(out, facts->labels[i].name);
		buf_add(out, STR(": "));
		escape_json(out, facts->labels[i].value);
	}
	buf_add_char(out, '}');
}

/* Of the outputs that send: what arrived, and what was lost. */
static void put_deliveries(struct buf *out, const struct output_deliveries *all)
{
	put_key(out, "outputs");
	buf_add_char(out, '[');
	for (unsigned i = 0; all && i < all->count; i++) {
		const struct output_delivery *d = &all->items[i];

		put_comma(out);
		buf_add(out, STR("\n  {"));
		put_text(out, "output", str_of(d->output));
		put_text(out, "where", d->where);
		put_count(out, "given", d->sent);
		put_count(out, "lost", d->lost);
		put_text(out, "unit", str_of(d->unit));
		if (d->why[0])
			put_text(out, "why", str_of(d->why));
		else
			put_null(out, "why");
		close_object(out);
	}
	buf_add_char(out, ']');
}

void json_result_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		     const struct verdict *verdict)
{
	buf_add_char(out, '{');
	put_head(out, facts, s, verdict);
	put_totals(out, s);
	put_series(out, "steps", s, SERIES_STEP);
	put_series(out, "groups", s, SERIES_GROUP);
	put_series(out, "scenarios", s, SERIES_SCENARIO);
	put_failures(out, facts, s);
	put_thresholds(out, facts->judge);
	if (facts->capacity) {
		put_key(out, "capacity");
		capacity_table_put_json(out, facts->capacity);
	}
	put_generator(out, s, facts, verdict->health);
	put_deliveries(out, verdict->deliveries);
	put_labels(out, facts);
	buf_add(out, STR("}\n"));
}
