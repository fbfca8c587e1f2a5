/*
 * Progress of the run, on standard error: on a terminal a view redrawn in place, otherwise one
 * plain line every 10 s without escape sequences.
 */
#ifndef TERMINAL_PROGRESS_H
#define TERMINAL_PROGRESS_H

#include "result/facts.h"
#include "stats/summary.h"

extern const struct output_kind output_progress;

#define PROGRESS_LINE_EVERY (10 * NS_PER_S)

/* One line with its newline; RATE is that of requests since the previous line. */
void progress_put_line(struct buf *out, const struct run_facts *facts, const struct summary *s,
		       ns_t now, double rate);

#endif
