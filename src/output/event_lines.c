#include "output/event_lines.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"

struct event_lines *event_lines_open(struct str where, const struct run_facts *facts,
				     struct buf *error)
{
	struct event_lines *o = alloc_zeroed(1, sizeof *o);

	o->facts = facts;
	buf_init(&o->line, 0);
	if (out_file_open(&o->file, where, facts->part > 0 ? OUT_FILE_APPEND : OUT_FILE_STREAM,
			  error))
		return o;
	free(o);
	return NULL;
}

bool event_lines_close(struct event_lines *o, struct buf *error)
{
	bool good = out_file_close(&o->file, error);

	buf_release(&o->line);
	free(o);
	return good;
}

/* ---- lines */

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

struct json_writer event_lines_begin(struct event_lines *o, const char *event, enum run_stage stage,
				     ns_t at, ns_t wall)
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

void event_lines_end(struct event_lines *o, struct json_writer *j)
{
	json_writer_close(j);
	buf_add_char(&o->line, '\n');
	out_file_write(&o->file, buf_str(&o->line));
}

/* ---- events */

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

bool event_lines_begin_event(struct event_lines *o, const struct run_event *e,
			     struct json_writer *j)
{
	if (e->kind == RUN_EVENT_end) {
		o->end_at = e->at;
		o->end_wall = e->wall;
		return false;
	}
	*j = event_lines_begin(o, run_event_name(e->kind), e->stage, e->at, e->wall);
	json_writer_text(j, "text", e->text);
	json_writer_int(j, "users", e->users);
	if (e->kind == RUN_EVENT_start)
		put_start(j, o->facts);
	if (e->failure)
		put_failure(j, e->failure, o->table);
	if (e->kind == RUN_EVENT_threshold)
		json_writer_text(j, "check", o->facts->judge->thresholds[e->threshold].text);
	if (e->kind == RUN_EVENT_threshold || e->kind == RUN_EVENT_limited)
		json_writer_bool(j, "holds", e->holds);
	return true;
}

struct json_writer event_lines_begin_end(struct event_lines *o, const struct summary *total,
					 const struct verdict *verdict)
{
	const struct series_counts *c = &total->all.counts;
	struct json_writer j =
	    event_lines_begin(o, "end", STAGE_LOAD, o->end_at ? o->end_at : total->duration,
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
	return j;
}
