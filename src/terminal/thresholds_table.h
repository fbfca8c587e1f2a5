/* The table of thresholds, one line each: in the live view and in the summary at the end. */
#ifndef TERMINAL_THRESHOLDS_TABLE_H
#define TERMINAL_THRESHOLDS_TABLE_H

#include "base/buf.h"
#include "terminal/steps_table.h"
#include "stats/threshold.h"

/* Appends lines such as "  p95 < 300ms   41 ms   passed"; nothing without thresholds. If ROOM is
 * too small for all of them, only the failed ones are shown, and the numbers of all. LAST: the run
 * has ended, so a threshold without samples has failed. */
void thresholds_table_put(struct buf *out, const struct threshold_judge *judge,
			  const struct terminal *term, struct table_size room, bool last);

#endif
