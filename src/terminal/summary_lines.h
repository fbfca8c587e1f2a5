/*
 * The lines of the summary about single counts: dropped arrivals, streams, retries, messages, what
 * outputs could not deliver. Only those with a count are printed.
 */
#ifndef TERMINAL_SUMMARY_LINES_H
#define TERMINAL_SUMMARY_LINES_H

#include "base/terminal.h"
#include "result/facts.h"
#include "stats/summary.h"
#include "stats/verdict.h"

/* The summary while it is built. */
struct summary_text {
	const struct run_facts *facts;
	const struct terminal *term;
	const struct summary *s;
	const struct verdict *verdict;
	size_t columns; /* of sentences */
	size_t table_columns;
	struct buf *out;
};

void summary_lines_put(const struct summary_text *r);

#endif
