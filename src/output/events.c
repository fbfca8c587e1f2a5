#include <stdlib.h>

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/out_file.h"
#include "interface/output.h"
#include "result/facts.h"
#include "output/output.h"

static void *events_open(struct str where, const struct run_facts *facts, struct buf *error);
static void events_second(void *output, const struct summary *second, const struct summary *sofar,
			  const struct run_interval *m);
static void events_event(void *output, const struct run_event *event);
static bool events_close(void *output, const struct summary *total, const struct verdict *verdict,
			 struct buf *error);

const struct output_kind output_events = {
    .name = "events",
    .option = "events",
    .file = "events.ndjson",
    .sentence = "The events of the run, one JSON object per line; - is standard output.",
    .open = events_open,
    .second = events_second,
    .event = events_event,
    .close = events_close,
};

struct events_output {
	const struct run_facts *facts;
	const struct series_table *table; /* known from the first second */
	struct out_file file;
	struct buf line;
	ns_t end_at, end_wall; /* for the event `end`, which is written with the totals; 0: none */
};

static void *events_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct events_output *o = alloc_zeroed(1, sizeof *o);

	o->facts = facts;
	buf_init(&o->line, 0);
	if (out_file_open(&o->file, where, facts->part > 0 ? OUT_FILE_APPEND : OUT_FILE_STREAM,
			  error))
		return o;
	free(o);
	return NULL;
}

static const char *stage_name(enum run_stage stage)
{
	switch (stage) {
	case STAGE_SETUP:
		return "setup";
	case STAGE_WARM_UP:
		return "warm_up";
	case STAGE_TEARDOWN:
		return "teardown";
	case STAGE_LOAD:
		break;
	}
	return "load";
}

/* Starts a line with the members that all events have; the object stays open. */
static struct json_writer begin_line(struct events_output *o, const char *event,
				     enum run_stage stage, ns_t at, ns_t wall)
{
	struct json_writer j = json_writer_spaced(&o->line);
	char text[32];

	clock_format_utc(text, sizeof text, "%Y-%m-%dT%H:%M:%S", wall);
	buf_clear(&o->line);
	json_writer_open(&j, NULL);
	json_writer_text(&j, "event", str_of(event));
	json_writer_format(&j, "time", "%s.%03dZ", text, (int)(wall % NS_PER_S / NS_PER_MS));
	json_writer_fixed(&j, "at_s", (double)at / (double)NS_PER_S, 3);
	json_writer_text(&j, "stage", str_of(stage_name(stage)));
	return j;
}

static void end_line(struct events_output *o, struct json_writer *j)
{
	json_writer_close(j);
	buf_add_char(&o->line, '\n');
	out_file_write(&o->file, buf_str(&o->line));
}

static void events_second(void *output, const struct summary *second, const struct summary *sofar,
			  const struct run_interval *m)
{
	struct events_output *o = output;

	(void)sofar;
	(void)m;
	o->table = second->table;
}

static void put_failure(struct json_writer *j, const struct failure_note *note,
			const struct series_table *table)
{
	json_writer_text(j, "class", str_of(failure_name(note->class)));
	if (table) {
		json_writer_text(j, "step", table->defs.items[note->series].name);
		json_writer_text(j, "scenario", table->defs.items[note->series].scenario);
	}
	json_writer_text(j, "example", str_n(note->text, note->text_len));
	json_writer_text(j, "at", note->at);
	json_writer_fixed(j, "first_s", (double)note->when / (double)NS_PER_S, 3);
	json_writer_uint(j, "user", note->user);
	json_writer_uint(j, "iteration", note->iteration);
	if (exemplar_has_trace(note->trace)) {
		struct buf text;

		buf_init(&text, 0);
		exemplar_put_trace(&text, note->trace);
		json_writer_text(j, "trace_id", buf_str(&text));
		buf_release(&text);
	}
}

static void put_start(struct json_writer *j, const struct run_facts *facts)
{
	json_writer_text(j, "name", facts->name);
	json_writer_text(j, "target", facts->target);
	json_writer_text(j, "load", facts->load);
	json_writer_uint(j, "seed", facts->seed);
	json_writer_text(j, "reprise", facts->version);
	for (size_t i = 0; i < facts->label_count; i++)
		if (str_eq(facts->labels[i].name, STR("run_id")))
			json_writer_text(j, "run_id", facts->labels[i].value);
}

static void events_event(void *output, const struct run_event *e)
{
	struct events_output *o = output;
	struct json_writer j;

	if (e->kind == RUN_EVENT_end) {
		o->end_at = e->at;
		o->end_wall = e->wall;
		return;
	}
	j = begin_line(o, run_event_name(e->kind), e->stage, e->at, e->wall);
	json_writer_text(&j, "text", e->text);
	json_writer_int(&j, "users", e->users);
	if (e->kind == RUN_EVENT_start)
		put_start(&j, o->facts);
	if (e->failure)
		put_failure(&j, e->failure, o->table);
	if (e->kind == RUN_EVENT_threshold)
		json_writer_text(&j, "check", o->facts->judge->thresholds[e->threshold].text);
	if (e->kind == RUN_EVENT_threshold || e->kind == RUN_EVENT_limited)
		json_writer_bool(&j, "holds", e->holds);
	end_line(o, &j);
}

static void put_end(struct events_output *o, const struct summary *s, const struct verdict *verdict)
{
	const struct series_counts *c = &s->all.counts;
	struct json_writer j = begin_line(o, "end", STAGE_LOAD, o->end_at ? o->end_at : s->duration,
					  o->end_wall ? o->end_wall : clock_wall_ns());

	json_writer_text(&j, "verdict", str_of(verdict_outcome_name(verdict->outcome)));
	json_writer_bool(&j, "valid", verdict->validity->valid);
	if (verdict->stopped_by.len)
		json_writer_text(&j, "stopped_by", verdict->stopped_by);
	json_writer_open(&j, "requests");
	json_writer_uint(&j, "started", c->started);
	json_writer_uint(&j, "ok", c->ok);
	json_writer_uint(&j, "failed", recorder_series_counts_failed(c));
	json_writer_uint(&j, "cut_off", c->cut_off);
	json_writer_close(&j);
	end_line(o, &j);
}

static bool events_close(void *output, const struct summary *total, const struct verdict *verdict,
			 struct buf *error)
{
	struct events_output *o = output;
	bool good;

	if (verdict)
		put_end(o, total, verdict);
	good = out_file_close(&o->file, error);
	buf_release(&o->line);
	free(o);
	return good;
}
