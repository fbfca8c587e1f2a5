/*
 * The run as it happens, for programs that show it: a line for each second, each event and, with
 * --once, each step, and at the end the verdict.
 */
#include "interface/output.h"
#include "output/event_lines.h"
#include "output/json_result.h"
#include "output/output.h"

static void *ndjson_open(struct str where, const struct run_facts *facts, struct buf *error);
static void ndjson_second(void *output, const struct summary *second, const struct summary *sofar,
			  const struct run_interval *m);
static void ndjson_event(void *output, const struct run_event *event);
static void ndjson_line(void *output, struct str line);
static bool ndjson_close(void *output, const struct summary *total, const struct verdict *verdict,
			 struct buf *error);

const struct output_kind output_ndjson = {
    .name = "ndjson",
    .option = "ndjson",
    .sentence = "The seconds and events of the run as they happen, one JSON object per line; - is "
		"standard output.",
    .open = ndjson_open,
    .second = ndjson_second,
    .event = ndjson_event,
    .line = ndjson_line,
    .close = ndjson_close,
};

/* In the line of a second, so that it stays short whatever the scenario is. */
#define STEPS_MAX    200u
#define FAILURES_MAX 5u

static void *ndjson_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	return event_lines_open(where, facts, error);
}

/* ---- a second */

static void put_ms(struct json_writer *j, const char *key, ns_t time)
{
	if (time < 0)
		json_writer_null(j, key);
	else
		json_writer_decimal(j, key, (double)time / (double)NS_PER_MS, 3);
}

static void put_row(struct json_writer *j, const struct summary_row *row)
{
	json_writer_uint(j, "started", row->started);
	json_writer_uint(j, "ok", row->ok);
	json_writer_uint(j, "failed", row->failed);
	json_writer_uint(j, "cut_off", row->cut_off);
	put_ms(j, "p50_ms", row->p50);
	put_ms(j, "p95_ms", row->p95);
	put_ms(j, "p99_ms", row->p99);
	put_ms(j, "max_ms", row->max);
	json_writer_uint(j, "bytes_sent", row->bytes_sent);
	json_writer_uint(j, "bytes_received", row->bytes_received);
	json_writer_uint(j, "iterations", row->iterations_completed);
	json_writer_uint(j, "dropped", row->arrivals_dropped);
}

/* Requests, and the times of the ok ones. */
static void put_series(struct json_writer *j, const struct series_total *s)
{
	json_writer_uint(j, "started", s->counts.started);
	json_writer_uint(j, "ok", s->counts.ok);
	json_writer_uint(j, "failed", recorder_series_counts_failed(&s->counts));
	put_ms(j, "p50_ms", histogram_percentile(&s->times[TIME_response], 50));
	put_ms(j, "p95_ms", histogram_percentile(&s->times[TIME_response], 95));
}

static void put_total(struct json_writer *j, const struct summary *s)
{
	const struct series_counts *iterations = &s->iterations.counts;

	json_writer_open(j, "total");
	put_series(j, &s->all);
	json_writer_uint(j, "iterations", iterations->ok);
	json_writer_uint(j, "failed_iterations", recorder_series_counts_failed(iterations));
	json_writer_uint(j, "dropped", s->run.arrivals_dropped);
	json_writer_close(j);
}

static void put_steps(struct json_writer *j, const struct summary *s)
{
	unsigned count = 0;

	json_writer_open_array(j, "steps");
	for (unsigned i = 0; i < s->table->defs.count && count < STEPS_MAX; i++) {
		const struct series_def *def = &s->table->defs.items[i];

		if (def->kind != SERIES_STEP || !s->series[i].touched)
			continue;
		count++;
		json_writer_open(j, NULL);
		json_writer_text(j, "scenario", def->scenario);
		json_writer_text(j, "name", def->name);
		put_series(j, &s->series[i]);
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

static void put_thresholds(struct json_writer *j, const struct threshold_judge *judge)
{
	json_writer_open_array(j, "thresholds");
	for (size_t i = 0; i < judge->count; i++) {
		json_writer_open(j, NULL);
		json_result_put_threshold(j, &judge->thresholds[i], &judge->results[i]);
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

static void put_failures(struct json_writer *j, const struct summary *s)
{
	json_writer_open_array(j, "failures");
	for (unsigned i = 0; i < s->failure_count && i < FAILURES_MAX; i++) {
		const struct failure_note *note = &s->failures[i];

		json_writer_open(j, NULL);
		json_writer_text(j, "step", s->table->defs.items[note->series].name);
		json_writer_text(j, "class", str_of(failure_name(note->class)));
		json_writer_text(j, "message", str_n(note->text, note->text_len));
		json_writer_uint(j, "count", note->count);
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

static void ndjson_second(void *output, const struct summary *second, const struct summary *sofar,
			  const struct run_interval *m)
{
	struct event_lines *o = output;
	enum run_stage stage = o->facts->stage ? *o->facts->stage : STAGE_LOAD;
	struct json_writer j = event_lines_begin(o, "second", stage, m->begin, m->wall);

	o->table = second->table;
	json_writer_fixed(&j, "length_s", (double)m->length / (double)NS_PER_S, 3);
	json_writer_int(&j, "users", m->users);
	json_writer_bool(&j, "limited", m->limited);
	put_row(&j, &second->last);
	put_total(&j, sofar);
	put_steps(&j, sofar);
	put_thresholds(&j, o->facts->judge);
	put_failures(&j, sofar);
	event_lines_end(o, &j);
}

/* ---- events, steps and the end */

static void ndjson_event(void *output, const struct run_event *e)
{
	struct event_lines *o = output;
	struct json_writer j;

	if (!event_lines_begin_event(o, e, &j))
		return;
	if (e->kind == RUN_EVENT_start && o->facts->planned)
		json_writer_fixed(&j, "length_s", (double)o->facts->planned / (double)NS_PER_S, 3);
	event_lines_end(o, &j);
}

static void ndjson_line(void *output, struct str line)
{
	struct event_lines *o = output;

	out_file_write(&o->file, line);
}

static void put_end(struct event_lines *o, const struct summary *total,
		    const struct verdict *verdict)
{
	struct json_writer j = event_lines_begin_end(o, total, verdict);

	json_writer_open_array(&j, "reasons");
	for (unsigned i = 0; i < verdict->validity->count; i++)
		json_writer_text(&j, NULL, str_of(verdict->validity->reasons[i]));
	json_writer_close_array(&j);
	put_total(&j, total);
	put_steps(&j, total);
	put_thresholds(&j, o->facts->judge);
	put_failures(&j, total);
	if (o->facts->out.len)
		json_writer_text(&j, "out", o->facts->out);
	event_lines_end(o, &j);
}

static bool ndjson_close(void *output, const struct summary *total, const struct verdict *verdict,
			 struct buf *error)
{
	if (verdict)
		put_end(output, total, verdict);
	return event_lines_close(output, error);
}
