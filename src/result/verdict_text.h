/*
 * The verdict in words, each sentence of it apart: the text at the end and the page say the same.
 * Appends plain text as `look` has it (words.h); texts from outside in it are safe for a terminal,
 * and to be escaped for any other place. Main thread.
 */
#ifndef RESULT_VERDICT_TEXT_H
#define RESULT_VERDICT_TEXT_H

#include "result/facts.h"
#include "stats/summary.h"

/* Why it passed or failed: "all 3 thresholds hold."; nothing when nothing is to be said. */
void verdict_text_outcome(struct buf *text, const struct terminal *term,
			  const struct run_facts *facts, const struct summary *s,
			  const struct verdict *verdict);
/* "Stopped before its end by …" */
void verdict_text_stopped(struct buf *text, const struct terminal *term,
			  const struct verdict *verdict);
/* What to look at when nothing was there. */
void verdict_text_unreachable(struct buf *text, const struct run_facts *facts);
/* "The result is valid: …" */
void verdict_text_valid(struct buf *text, const struct terminal *term, const struct summary *s,
			const struct generator_health *health);
/* Reason I of a result that is not valid, with what a person can do about it. */
void verdict_text_invalid_reason(struct buf *text, const struct terminal *term,
				 const struct run_facts *facts, const struct verdict *verdict,
				 unsigned i);

#endif
