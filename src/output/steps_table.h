/*
 * The table a person looks at: a line per step under its scenario, and a line per threshold. The
 * same in the live frame and in the text at the end. It makes do with the room there is: narrow, it
 * has fewer columns; short, it shows the steps that fail and the busiest ones and counts the rest.
 */
#ifndef OUTPUT_STEPS_TABLE_H
#define OUTPUT_STEPS_TABLE_H

#include "base/buf.h"
#include "output/facts.h"
#include "output/pace.h"
#include "stats/summary.h"

struct table_room {
	size_t lines, columns;
};

/* Lines the whole table takes, its heading included. */
size_t steps_table_lines(const struct summary *s);
/* At most ROOM; rates as PACE has them, or over the whole run without one. */
void steps_table_put(struct buf *out, const struct summary *s, const struct pace *pace,
		     const struct terminal *look, struct table_room room);

/* "  p95 < 300ms   41 ms   holds" each; nothing without thresholds. Those that do not hold come
 * first where not all have ROOM. LAST: what has no samples will have none. */
void thresholds_table_put(struct buf *out, const struct threshold_judge *judge,
			  const struct terminal *look, struct table_room room, bool last);

#endif
