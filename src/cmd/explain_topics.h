/*
 * The topics of `reprise explain` that are not in the tables of the language: terms of load testing
 * and words of other tools (explain_terms.def), statistics and modifiers of thresholds, built-in
 * names, and the lists of all words of one kind. Plain text, 80 columns. Single-threaded.
 */
#ifndef CMD_EXPLAIN_TOPICS_H
#define CMD_EXPLAIN_TOPICS_H

#include "base/arena.h"
#include "base/buf.h"

/* Appends the names of all topics and words, each kind in one paragraph. */
void explain_topics_list(struct buf *out);
/* Appends what is known about WORD, compared without case and with - and _ as spaces; MORE says
 * that OUT has an entry for WORD already. False if nothing is known. */
bool explain_topics_put(struct buf *out, struct str word, bool more);
/* The word nearest to WORD, or STR_NULL; static. */
struct str explain_topics_nearest(struct arena *a, struct str word);

#endif
