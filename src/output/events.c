/* The events of the run, as lines of JSON. */
#include "interface/output.h"
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

static void *events_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	return event_lines_open(where, facts, error);
}

static void events_second(void *output, const struct summary *second, const struct summary *sofar,
			  const struct run_interval *m)
{
	struct event_lines *o = output;

	(void)sofar;
	(void)m;
	o->table = second->table;
}

static void events_event(void *output, const struct run_event *e)
{
	struct json_writer j;

	if (event_lines_begin_event(output, e, &j))
		event_lines_end(output, &j);
}

static bool events_close(void *output, const struct summary *total, const struct verdict *verdict,
			 struct buf *error)
{
	if (verdict) {
		struct json_writer j = event_lines_begin_end(output, total, verdict);

		event_lines_end(output, &j);
	}
	return event_lines_close(output, error);
}
