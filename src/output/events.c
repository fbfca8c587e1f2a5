#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/escape.h"
#include "base/log.h"
#include "interface/output.h"
#include "result/facts.h"
#include "output/out_file.h"
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
    .sentence = "What happened to the run, a JSON object a line; - is standard output.",
    .open = events_open,
    .second = events_second,
    .event = events_event,
    .close = events_close,
};

struct events_output {
	const struct run_facts *facts;
	const struct series_table *table; /* known from the first second on */
	struct out_file file;
	struct buf line;
	ns_t end_at, end_wall; /* of the event `end`, which is written with the totals; 0: none */
};

static void *events_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct events_output *o = calloc(1, sizeof *o);

	if (!o)
		die_out_of_memory();
	o->facts = facts;
	buf_init(&o->line, 0);
	if (out_file_open(&o->file, where, facts->part > 0, error))
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

static void put_text(struct buf *out, const char *key, struct str text)
{
	buf_printf(out, ", \"%s\": ", key);
	escape_json(out, text);
}

/* What each line begins with; it is not closed. */
static void begin_line(struct events_output *o, const char *event, enum run_stage stage, ns_t at,
		       ns_t wall)
{
	time_t seconds = (time_t)(wall / NS_PER_S);
	char text[32];
	struct tm utc;

	gmtime_r(&seconds, &utc);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
	buf_clear(&o->line);
	buf_printf(&o->line,
		   "{\"event\": \"%s\", \"time\": \"%s.%03dZ\", \"at_s\": %.3f, \"stage\": \"%s\"",
		   event, text, (int)(wall % NS_PER_S / NS_PER_MS), (double)at / (double)NS_PER_S,
		   stage_name(stage));
}

static void end_line(struct events_output *o)
{
	buf_add(&o->line, STR("}\n"));
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

static void put_failure(struct buf *out, const struct failure_note *note,
			const struct series_table *table)
{
	put_text(out, "class", str_of(failure_name(note->class)));
	if (table) {
		put_text(out, "step", table->defs.items[note->series].name);
		put_text(out, "scenario", table->defs.items[note->series].scenario);
	}
	put_text(out, "example", str_n(note->text, note->text_len));
	put_text(out, "at", note->at);
	buf_printf(out, ", \"first_s\": %.3f, \"user\": %" PRIu64 ", \"iteration\": %" PRIu64,
		   (double)note->when / (double)NS_PER_S, note->user, note->iteration);
}

static void put_start(struct buf *out, const struct run_facts *facts)
{
	put_text(out, "name", facts->name);
	put_text(out, "target", facts->target);
	put_text(out, "load", facts->load);
	buf_printf(out, ", \"seed\": %" PRIu64, facts->seed);
	put_text(out, "reprise", facts->version);
	for (size_t i = 0; i < facts->label_count; i++)
		if (str_eq(facts->labels[i].name, STR("run_id")))
			put_text(out, "run_id", facts->labels[i].value);
}

static void events_event(void *output, const struct run_event *e)
{
	struct events_output *o = output;

	if (e->kind == RUN_EVENT_end) {
		o->end_at = e->at;
		o->end_wall = e->wall;
		return;
	}
	begin_line(o, run_event_name(e->kind), e->stage, e->at, e->wall);
	put_text(&o->line, "text", e->text);
	buf_printf(&o->line, ", \"users\": %" PRId64, e->users);
	if (e->kind == RUN_EVENT_start)
		put_start(&o->line, o->facts);
	if (e->failure)
		put_failure(&o->line, e->failure, o->table);
	if (e->kind == RUN_EVENT_threshold)
		put_text(&o->line, "check", o->facts->judge->thresholds[e->threshold].text);
	if (e->kind == RUN_EVENT_threshold || e->kind == RUN_EVENT_limited)
		buf_printf(&o->line, ", \"holds\": %s", e->holds ? "true" : "false");
	end_line(o);
}

static void put_end(struct events_output *o, const struct summary *s, const struct verdict *verdict)
{
	const struct series_counts *c = &s->all.counts;

	begin_line(o, "end", STAGE_LOAD, o->end_at ? o->end_at : s->duration,
		   o->end_wall ? o->end_wall : clock_wall_ns());
	put_text(&o->line, "verdict", verdict->pass ? STR("pass") : STR("fail"));
	buf_printf(&o->line, ", \"valid\": %s", verdict->validity->valid ? "true" : "false");
	if (verdict->stopped_by.len)
		put_text(&o->line, "stopped_by", verdict->stopped_by);
	buf_printf(&o->line,
		   ", \"requests\": {\"started\": %" PRIu64 ", \"ok\": %" PRIu64
		   ", \"failed\": %" PRIu64 ", \"cut_off\": %" PRIu64 "}",
		   c->started, c->ok, recorder_series_counts_failed(c), c->cut_off);
	end_line(o);
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
