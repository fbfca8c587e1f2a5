/* The result for people, at the end: the verdict first, then failures and the files written. */
#ifndef TERMINAL_SUMMARY_TEXT_H
#define TERMINAL_SUMMARY_TEXT_H

#include "result/facts.h"
#include "stats/summary.h"

extern const struct output_kind output_text;

/* For a terminal of COLUMNS, or for a file if COLUMNS is 0, in the style of TERM. */
void summary_text_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		      const struct verdict *verdict, const struct terminal *term, size_t columns);

#endif
