/* The result for a person, at the end: the verdict first, then what failed and what was written. */
#ifndef OUTPUT_TEXT_H
#define OUTPUT_TEXT_H

#include "output/facts.h"
#include "stats/summary.h"

/* For a terminal of COLUMNS, or, 0, a file; in colour and ASCII as LOOK has it. */
void output_text_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		     const struct verdict *verdict, const struct terminal *look, size_t columns);

#endif
