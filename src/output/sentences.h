/*
 * The verdict in words, each sentence of it apart: the text at the end and the page say the same.
 * Appends plain text as `look` has it (words.h); texts from outside in it are safe for a terminal,
 * and to be escaped for any other place. Main thread.
 */
#ifndef OUTPUT_SENTENCES_H
#define OUTPUT_SENTENCES_H

#include "output/facts.h"
#include "stats/summary.h"

/* Why it passed or failed: "all 3 thresholds hold."; nothing when nothing is to be said. */
void sentence_why(struct buf *text, const struct terminal *look, const struct run_facts *facts,
		  const struct summary *s, const struct verdict *verdict);
/* "Stopped before its end by …" */
void sentence_stopped(struct buf *text, const struct terminal *look, const struct verdict *verdict);
/* What to look at when nothing was there. */
void sentence_unreached(struct buf *text, const struct run_facts *facts);
/* "The result is valid: …" */
void sentence_valid(struct buf *text, const struct terminal *look, const struct summary *s,
		    const struct generator_health *health);
/* Reason I of a result that is not valid, with what a person can do about it. */
void sentence_reason(struct buf *text, const struct terminal *look, const struct run_facts *facts,
		     const struct verdict *verdict, unsigned i);

#endif
