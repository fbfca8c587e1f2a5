/* The failures of a run in its summary: the most frequent kinds with an example each. */
#ifndef TERMINAL_FAILURES_TEXT_H
#define TERMINAL_FAILURES_TEXT_H

#include "base/buf.h"
#include "result/facts.h"
#include "stats/summary.h"

/* Lines are COLUMNS wide, except for names and paths that do not fit. */
void failures_text_put(struct buf *out, const struct run_facts *facts, const struct summary *s,
		       const struct terminal *term, size_t columns);

#endif
