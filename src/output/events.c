#include <stdlib.h>

#include "base/clock.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/out_file.h"
#include "interface/output.h"
#include "result/facts.h"
#include "output/event_lines.h"
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

static void events_second(void *output, const struct summary *second, const struct summary *sofar,
			  const struct run_interval *m)
{
	struct events_output *o = output;

	(void)sofar;
	(void)m;
	o->table = second->table;
}

static void write_line(struct events_output *o, struct json_writer *j)
{
	event_lines_end(&o->line, j);
	out_file_write(&o->file, buf_str(&o->line));
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
	j = event_lines_begin(&o->line, run_event_name(e->kind), e->stage, e->at, e->wall);
	event_lines_put_event(&j, o->facts, o->table, e);
	write_line(o, &j);
}

static void put_end(struct events_output *o, const struct summary *s, const struct verdict *verdict)
{
	struct json_writer j =
	    event_lines_begin(&o->line, "end", STAGE_LOAD, o->end_at ? o->end_at : s->duration,
			      o->end_wall ? o->end_wall : clock_wall_ns());

	event_lines_put_end(&j, s, verdict);
	write_line(o, &j);
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
