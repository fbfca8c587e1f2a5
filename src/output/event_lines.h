/*
 * The lines of what happens during a run, one JSON object each (--events, --ndjson). A line is
 * begun in a buffer, gets its members and is ended.
 */
#ifndef OUTPUT_EVENT_LINES_H
#define OUTPUT_EVENT_LINES_H

#include "base/json_writer.h"
#include "result/facts.h"

/* Empties LINE and writes the members that all lines have; the object stays open. AT is the time
 * since the start of the stage, WALL the time of the clock. */
struct json_writer event_lines_begin(struct buf *line, const char *event, enum run_stage stage,
				     ns_t at, ns_t wall);
/* The members of an event of the run. TABLE is NULL before the first second. */
void event_lines_put_event(struct json_writer *j, const struct run_facts *facts,
			   const struct series_table *table, const struct run_event *e);
/* The members of the end of the run. */
void event_lines_put_end(struct json_writer *j, const struct summary *s,
			 const struct verdict *verdict);
/* Closes the object and ends the line. */
void event_lines_end(struct buf *line, struct json_writer *j);

#endif
