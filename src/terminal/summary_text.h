/* The result for a person, at the end: the verdict first, then what failed and what was written. */
#ifndef TERMINAL_SUMMARY_TEXT_H
#define TERMINAL_SUMMARY_TEXT_H

#include "result/facts.h"
#include "stats/summary.h"

extern const struct output_kind output_text;

/* For a terminal of COLUMNS, or, 0, a file; in colour and ASCII as LOOK has it. */
void summary_text_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		      const struct verdict *verdict, const struct terminal *term, size_t columns);

#endif
