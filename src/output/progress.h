/*
 * How the run goes, on standard error: on a terminal a frame redrawn in place, elsewhere one plain
 * line every 10 s without escapes.
 */
#ifndef OUTPUT_PROGRESS_H
#define OUTPUT_PROGRESS_H

#include "output/facts.h"
#include "stats/summary.h"

#define PROGRESS_LINE_EVERY (10 * NS_PER_S)

/* One line with its newline; RATE is that of requests since the line before. */
void output_line_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		     ns_t now, double rate);

#endif
