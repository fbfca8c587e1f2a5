/*
 * The table a person looks at: a line per step under its scenario, and a line per threshold. The
 * same in the live frame and in the text at the end. It makes do with the room there is: narrow, it
 * has fewer columns; short, it shows the steps that fail and the busiest ones and counts the rest.
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

/* Lines the whole table takes, its heading included. */
size_t steps_table_lines(const struct summary *s);
/* At most ROOM; rates as PACE has them, or over the whole run without one. */
void steps_table_put(struct buf *out, const struct summary *s, const struct rate_window *window,
		     const struct terminal *term, struct table_size room);

#endif
