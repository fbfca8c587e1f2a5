/*
 * The file of an output that writes what happens during a run, one JSON object per line (--events,
 * --ndjson). A line is begun, gets its members and is ended. A `struct event_lines` is the output
 * itself, on the heap; its facts must outlive it. Main thread.
 */
#ifndef OUTPUT_EVENT_LINES_H
#define OUTPUT_EVENT_LINES_H

#include "base/json_writer.h"
#include "base/out_file.h"
#include "result/facts.h"

struct event_lines {
	const struct run_facts *facts;
	const struct series_table *table; /* NULL before the first second */
	struct out_file file;
	struct buf line;
	ns_t end_at, end_wall; /* of the event `end`, which is written with the totals; 0: none */
};

/* Opens the file, or standard output for "-"; a later part of a run is appended. NULL, with the
 * reason in ERROR, if it cannot be opened. */
struct event_lines *event_lines_open(struct str where, const struct run_facts *facts,
				     struct buf *error);
/* Begins a line with the members that all lines have; the object stays open. AT is the time since
 * the start of the stage, WALL the time of the clock. */
struct json_writer event_lines_begin(struct event_lines *o, const char *event, enum run_stage stage,
				     ns_t at, ns_t wall);
/* Begins the line of an event of the run in J. For the event `end` it only keeps the time, for
 * event_lines_begin_end, and returns false. */
bool event_lines_begin_event(struct event_lines *o, const struct run_event *e,
			     struct json_writer *j);
/* Begins the line of the end of the run. */
struct json_writer event_lines_begin_end(struct event_lines *o, const struct summary *total,
					 const struct verdict *verdict);
/* Closes the object and writes the line. */
void event_lines_end(struct event_lines *o, struct json_writer *j);
/* Closes the file and frees O. False, with the reason in ERROR, if not everything was written. */
bool event_lines_close(struct event_lines *o, struct buf *error);

#endif
