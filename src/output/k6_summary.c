/*
 * The result as k6 writes it with `run --summary-export`, for tools that read that file, such as
 * the load performance widget of GitLab. Times are in milliseconds. http_req_duration is the
 * response time; like k6, the phases of requests on a connection that was open count as 0.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/json_writer.h"
#include "base/out_file.h"
#include "interface/output.h"
#include "output/output.h"
#include "result/facts.h"

static void *k6_summary_open(struct str where, const struct run_facts *facts, struct buf *error);
static bool k6_summary_close(void *output, const struct summary *total,
			     const struct verdict *verdict, struct buf *error);

const struct output_kind output_k6_summary = {
    .name = "k6-summary",
    .option = "k6-summary",
    .merged_option = true,
    .sentence = "The result in the format of k6 run --summary-export.",
    .open = k6_summary_open,
    .close = k6_summary_close,
};

struct k6_summary_output {
	const struct run_facts *facts;
	struct out_file file;
};

/* The document while it is built. */
struct document {
	struct json_writer json;
	const struct run_facts *facts;
	const struct summary *s;
	struct buf name;
};

static void *k6_summary_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct k6_summary_output *o = alloc_zeroed(1, sizeof *o);

	o->facts = facts;
	if (out_file_open_part(&o->file, where, facts->part, error))
		return o;
	free(o);
	return NULL;
}

/* ---- thresholds */

static bool is_of(const struct threshold *t, struct str step, bool rate)
{
	return str_eq(t->name, step) &&
	       (rate ? t->stat == STAT_ERROR_RATE
		     : threshold_stat_is_time(t->stat) && t->metric == METRIC_RESPONSE_TIME);
}

static bool has_thresholds(const struct document *d, struct str step, bool rate)
{
	for (size_t i = 0; i < d->facts->judge->count; i++)
		if (is_of(&d->facts->judge->thresholds[i], step, rate))
			return true;
	return false;
}

/* The thresholds of a metric with their texts; as in k6, true means that it failed. */
static void put_thresholds(struct document *d, struct str step, bool rate)
{
	const struct threshold_judge *judge = d->facts->judge;

	if (!has_thresholds(d, step, rate))
		return;
	json_writer_open(&d->json, "thresholds");
	for (size_t i = 0; i < judge->count; i++)
		if (is_of(&judge->thresholds[i], step, rate))
			buf_add(json_writer_member(&d->json, judge->thresholds[i].text),
				judge->results[i].pass ? STR("false") : STR("true"));
	json_writer_close(&d->json);
}

/* ---- metrics */

static void put_ms(struct document *d, const char *key, double ns)
{
	json_writer_digits(&d->json, key, ns < 0 ? 0 : ns / (double)NS_PER_MS, 12);
}

/* A percentile of the times and of ZEROS more times of 0. */
static double percentile(const struct histogram *h, uint64_t zeros, double p)
{
	double all = (double)(h->m.count + zeros), rank = p / 100 * all;

	if (!h->m.count || rank <= (double)zeros)
		return 0;
	return (double)histogram_percentile(h, (rank - (double)zeros) / (double)h->m.count * 100);
}

static void put_trend(struct document *d, const struct histogram *h, uint64_t zeros)
{
	uint64_t all = h->m.count + zeros;
	double sum = h->m.count ? histogram_mean(h) * (double)h->m.count : 0;

	put_ms(d, "avg", all ? sum / (double)all : 0);
	put_ms(d, "min", zeros || !h->m.count ? 0 : (double)histogram_percentile(h, 0));
	put_ms(d, "med", percentile(h, zeros, 50));
	put_ms(d, "max", h->m.count ? (double)histogram_percentile(h, 100) : 0);
	put_ms(d, "p(90)", percentile(h, zeros, 90));
	put_ms(d, "p(95)", percentile(h, zeros, 95));
}

static void put_plain_trend(struct document *d, const char *name, const struct histogram *h,
			    uint64_t zeros)
{
	json_writer_open(&d->json, name);
	put_trend(d, h, zeros);
	json_writer_close(&d->json);
}

/* Phases of a connection: of all finished requests, those that opened none took no time. */
static void put_phase(struct document *d, const char *name, enum time_kind kind, uint64_t finished)
{
	const struct histogram *h = &d->s->all.times[kind];

	put_plain_trend(d, name, h, finished > h->m.count ? finished - h->m.count : 0);
}

static void put_counter(struct document *d, const char *name, uint64_t count)
{
	double seconds = (double)d->s->duration / (double)NS_PER_S;

	json_writer_open(&d->json, name);
	json_writer_uint(&d->json, "count", count);
	json_writer_digits(&d->json, "rate", seconds > 0 ? (double)count / seconds : 0, 12);
	json_writer_close(&d->json);
}

/* A rate of k6: PASSES of values were true. */
static void put_rate(struct document *d, const char *name, uint64_t passes, uint64_t fails,
		     bool thresholds)
{
	uint64_t all = passes + fails;

	json_writer_open(&d->json, name);
	json_writer_uint(&d->json, "passes", passes);
	json_writer_uint(&d->json, "fails", fails);
	json_writer_digits(&d->json, "value", all ? (double)passes / (double)all : 0, 12);
	if (thresholds)
		put_thresholds(d, STR(""), true);
	json_writer_close(&d->json);
}

static void put_gauge(struct document *d, const char *name, int64_t value, int64_t min, int64_t max)
{
	json_writer_open(&d->json, name);
	json_writer_int(&d->json, "value", value);
	json_writer_int(&d->json, "min", min);
	json_writer_int(&d->json, "max", max);
	json_writer_close(&d->json);
}

/* The response times of steps that have thresholds, as k6 writes a metric with a tag. */
static void put_step_trends(struct document *d)
{
	const struct series_table *table = d->s->table;

	for (unsigned i = 0; i < table->defs.count; i++) {
		struct str step = table->defs.items[i].name;

		if (table->defs.items[i].kind != SERIES_STEP || !has_thresholds(d, step, false))
			continue;
		buf_clear(&d->name);
		buf_printf(&d->name, "http_req_duration{name:%.*s}", STR_ARG(step));
		json_writer_open_member(&d->json, buf_str(&d->name));
		put_trend(d, &d->s->series[i].times[TIME_response], 0);
		put_thresholds(d, step, false);
		json_writer_close(&d->json);
	}
}

static void put_users(struct document *d)
{
	int64_t lowest = d->s->users_max;

	for (unsigned i = 0; i < d->s->row_count; i++)
		if (d->s->rows[i].users < lowest)
			lowest = d->s->rows[i].users;
	put_gauge(d, "vus", d->s->users_now, lowest, d->s->users_max);
	put_gauge(d, "vus_max", d->s->users_max, d->s->users_max, d->s->users_max);
}

static void put_metrics(struct document *d)
{
	const struct series_counts *c = &d->s->all.counts;
	uint64_t failed = recorder_series_counts_failed(c), finished = c->ok + failed;
	const struct histogram *times = d->s->all.times;

	json_writer_open(&d->json, "metrics");
	put_counter(d, "http_reqs", finished);
	json_writer_open(&d->json, "http_req_duration");
	put_trend(d, &times[TIME_response], 0);
	put_thresholds(d, STR(""), false);
	json_writer_close(&d->json);
	put_plain_trend(d, "http_req_duration{expected_response:true}", &times[TIME_response], 0);
	put_step_trends(d);
	put_rate(d, "http_req_failed", failed, c->ok, true);
	put_phase(d, "http_req_blocked", TIME_dns, finished);
	put_phase(d, "http_req_connecting", TIME_connect, finished);
	put_phase(d, "http_req_tls_handshaking", TIME_tls, finished);
	json_writer_open(&d->json, "http_req_sending"); /* a part of http_req_waiting */
	put_trend(d, &(struct histogram){.m = {.count = 0}}, finished);
	json_writer_close(&d->json);
	put_plain_trend(d, "http_req_waiting", &times[TIME_wait], 0);
	put_plain_trend(d, "http_req_receiving", &times[TIME_receive], 0);
	put_plain_trend(d, "iteration_duration", &d->s->iterations.times[TIME_elapsed], 0);
	put_counter(d, "iterations", d->s->iterations.counts.ok);
	put_rate(d, "checks", c->ok, failed, false);
	put_counter(d, "data_received", c->bytes_received);
	put_counter(d, "data_sent", c->bytes_sent);
	put_users(d);
	json_writer_close(&d->json);
}

/* ---- checks */

static void put_identity(struct document *d, struct str path)
{
	unsigned char digest[DIGEST_MAX];
	struct buf hex;

	buf_init(&hex, 0);
	buf_add_hex(&hex, str_n((const char *)digest, digest_hash(DIGEST_MD5, path, digest)));
	json_writer_text(&d->json, "path", path);
	json_writer_text(&d->json, "id", buf_str(&hex));
	buf_release(&hex);
}

/* The expectations of a step are one check. */
static void put_check(struct document *d, const struct series_def *def,
		      const struct series_counts *c)
{
	buf_clear(&d->name);
	buf_printf(&d->name, "::%.*s", STR_ARG(def->name));
	json_writer_open_member(&d->json, def->name);
	json_writer_text(&d->json, "name", def->name);
	put_identity(d, buf_str(&d->name));
	json_writer_uint(&d->json, "passes", c->ok);
	json_writer_uint(&d->json, "fails", recorder_series_counts_failed(c));
	json_writer_close(&d->json);
}

static void put_root_group(struct document *d)
{
	const struct series_table *table = d->s->table;

	json_writer_open(&d->json, "root_group");
	json_writer_text(&d->json, "name", STR(""));
	put_identity(d, STR(""));
	json_writer_open(&d->json, "groups");
	json_writer_close(&d->json);
	json_writer_open(&d->json, "checks");
	for (unsigned i = 0; i < table->defs.count; i++)
		if (table->defs.items[i].kind == SERIES_STEP && d->s->series[i].counts.started)
			put_check(d, &table->defs.items[i], &d->s->series[i].counts);
	json_writer_close(&d->json);
	json_writer_close(&d->json);
}

static bool k6_summary_close(void *output, const struct summary *total,
			     const struct verdict *verdict, struct buf *error)
{
	struct k6_summary_output *o = output;
	struct document d = {.facts = o->facts, .s = total};
	struct buf text;
	bool good;

	buf_init(&text, 0);
	buf_init(&d.name, 0);
	if (verdict) {
		d.json = json_writer_spaced(&text);
		json_writer_open(&d.json, NULL);
		put_metrics(&d);
		put_root_group(&d);
		json_writer_close(&d.json);
		buf_add_char(&text, '\n');
	}
	good = out_file_finish(&o->file, verdict ? buf_str(&text) : STR_NULL, error);
	buf_release(&d.name);
	buf_release(&text);
	free(o);
	return good;
}
