/*
 * The verdict as text, each sentence separately: the summary on the terminal and the HTML report
 * use the same ones. Appends plain text in the style of TERM (text_format.h). Texts from outside
 * are safe for a terminal and must be escaped for any other place. Main thread.
 */
#ifndef RESULT_VERDICT_TEXT_H
#define RESULT_VERDICT_TEXT_H

#include "result/facts.h"
#include "stats/summary.h"

/* "PASSED", "FAILED", "NO DATA", or "DONE" for a shard. */
const char *verdict_text_word(const struct verdict *verdict);
/* Why it passed or failed: "all 3 thresholds passed."; nothing if there is nothing to say. */
void verdict_text_outcome(struct buf *text, const struct terminal *term,
			  const struct run_facts *facts, const struct summary *s,
			  const struct verdict *verdict);
/* "the run was killed; …": what is missing in a partial result. */
void verdict_text_partial(struct buf *text, const struct terminal *term,
			  const struct verdict *verdict);
/* "Stopped before its end by …" */
void verdict_text_stopped(struct buf *text, const struct terminal *term,
			  const struct verdict *verdict);
/* Advice if the target was never reached. */
void verdict_text_unreachable(struct buf *text, const struct run_facts *facts);
/* "The result is valid: …" */
void verdict_text_valid(struct buf *text, const struct terminal *term, const struct summary *s,
			const struct generator_health *health);
/* Reason I why the result is not valid, with its remedy. */
void verdict_text_invalid_reason(struct buf *text, const struct terminal *term,
				 const struct run_facts *facts, const struct verdict *verdict,
				 unsigned i);

#endif
