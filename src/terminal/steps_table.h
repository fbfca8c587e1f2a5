/*
 * The table of results: a line per step under its scenario. The same in the live view and in the
 * final text. It adapts to the available space: with few columns it has fewer figures; with few
 * lines it shows the steps that fail and the busiest ones and counts the rest.
 */
#ifndef TERMINAL_STEPS_TABLE_H
#define TERMINAL_STEPS_TABLE_H

#include "base/buf.h"
#include "result/facts.h"
#include "terminal/rate_window.h"
#include "stats/summary.h"

struct table_size {
	size_t lines, columns;
};

/* Number of lines of the whole table, with its heading. */
size_t steps_table_lines(const struct summary *s);
/* At most ROOM lines; rates from PACE, or over the whole run if it is NULL. */
void steps_table_put(struct buf *out, const struct summary *s, const struct rate_window *window,
		     const struct terminal *term, struct table_size room);

#endif
