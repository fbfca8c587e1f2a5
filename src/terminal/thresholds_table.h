/* The table of thresholds, a line each: in the live frame and in the text at the end. */
#ifndef TERMINAL_THRESHOLDS_TABLE_H
#define TERMINAL_THRESHOLDS_TABLE_H

#include "base/buf.h"
#include "terminal/steps_table.h"
#include "stats/threshold.h"

/* "  p95 < 300ms   41 ms   holds" each; nothing without thresholds. Those that do not hold come
 * first where not all have ROOM. LAST: what has no samples will have none. */
void thresholds_table_put(struct buf *out, const struct threshold_judge *judge,
			  const struct terminal *term, struct table_size room, bool last);

#endif
