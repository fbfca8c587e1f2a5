/*
 * `load:` beyond its table: keys that contradict each other, and what is understood when something
 * is not said.
 */
#ifndef SCENARIO_LOAD_H
#define SCENARIO_LOAD_H

#include "base/buf.h"
#include "scenario/model.h"

struct reader;

/* The check of the row `load:`: contradictions. */
void load_check(struct reader *r, const struct node *node, void *load);
/* What is understood when it is not said, once the options are over the file: no users means one; a
 * closed load without an end runs each user once. */
void load_complete(struct load *load);
/* What contradicts itself in a load put together from options, as a sentence; or empty. */
struct str load_contradiction(const struct load *load);
/* In words: "50 users for 2m, ramp 10s", "20/s for 5m, at random", "1 user once". */
void load_put(struct buf *out, const struct load *load);

#endif
