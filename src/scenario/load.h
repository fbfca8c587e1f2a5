/*
 * `load:` beyond its table: keys that contradict each other, and what is understood when something
 * is not said.
 */
#ifndef SCENARIO_LOAD_H
#define SCENARIO_LOAD_H

#include "base/buf.h"
#include "scenario/model.h"

struct parse_error;
struct reader;

/* The check of the row `load:`: contradictions. */
void load_check(struct reader *r, const struct node *node, void *load);
/* What a scenario says about a load of its own must go together. */
void load_check_scenario(struct reader *r, const struct scenario *scenario);
/* `50` or `200/s`. False with ERROR filled. */
bool load_level_parse(struct arena *a, struct str text, struct load_level *out,
		      struct parse_error *error);
/* What is understood when it is not said, once the options are over the file: no users means one; a
 * closed load without an end runs each user once. */
void load_apply_defaults(struct load *load);
/* Arrivals, not users: by `arrivals` or by the stages. */
bool load_is_open(const struct load *load);
/* The most users, or arrivals per second, there ever are. */
double load_peak(const struct load *load);
/* The most users at once; 0: no bound is known. */
uint64_t load_peak_users(const struct load *load);
/* Warm-up included; 0: until the iterations are done. */
ns_t load_length(const struct load *load);
/* What contradicts itself in a load put together from options, as a sentence; or empty. */
struct str load_contradiction(const struct load *load);
/* In words: "50 users for 2m, ramp 10s", "20/s for 5m, at random", "1 user once". */
void load_put(struct buf *out, const struct load *load);

/* All loads of a file: the common one, where any scenario is drawn under it, and those of
 * scenarios. "50 users for 2m; Buy: 20/s for 5m, from 1m on". */
void load_put_all(struct buf *out, const struct model *model);
/* Is any scenario drawn under the common load? */
bool load_common_used(const struct model *model);
/* The most users at once under all of them; 0: no bound is known. */
uint64_t load_peak_users_all(const struct model *model);

#endif
