/*
 * The table a person looks at: a line per step under its scenario, and a line per threshold. The
 * same in the live frame and in the text at the end.
 */
#ifndef OUTPUT_STEPS_TABLE_H
#define OUTPUT_STEPS_TABLE_H

#include "base/buf.h"
#include "output/facts.h"
#include "stats/summary.h"

/*
 * At most MAX_LINES lines (the heading included), and tells how many steps were left out. Names
 * take what they need, cut so that a line has COLUMNS at most.
 */
void steps_table_put(struct buf *out, const struct summary *s, bool color, size_t max_lines,
		     size_t columns);
/* "  p95 < 300ms   41 ms   holds" each; nothing without thresholds. */
void thresholds_table_put(struct buf *out, const struct threshold_judge *judge, bool color);

#endif
