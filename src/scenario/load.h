/*
 * Checks of `load:` that its table cannot express: keys that contradict each other, and the
 * defaults.
 */
#ifndef SCENARIO_LOAD_H
#define SCENARIO_LOAD_H

#include "base/buf.h"
#include "scenario/model.h"

struct parse_error;
struct reader;

/* Warns if the load of a file runs with a default that few users expect: users without an end, or a
 * duration without users. */
void load_warn(struct reader *r, const struct load *load);
/* The check of the row `load:`: contradictions. */
void load_check(struct reader *r, const struct node *node, void *load);
/* Checks the keys of a scenario that has its own load. */
void load_check_scenario(struct reader *r, const struct scenario *scenario);
/* Parses `50` or `200/s`. Returns false and fills ERROR if it is neither. */
bool load_level_parse(struct arena *a, struct str text, struct load_level *out,
		      struct parse_error *error);
/* Applies the defaults, after the options have replaced values: without users, one user; a closed
 * load without an end runs each user once. */
void load_apply_defaults(struct load *load);
/* The maximum number of users, or of arrivals per second. */
double load_peak(const struct load *load);
/* The maximum number of concurrent users; 0: not limited. */
uint64_t load_peak_users(const struct load *load);
/* Including the warm-up; 0: until the iterations are done. */
ns_t load_length(const struct load *load);
/* The contradiction in a load that comes from options, as a sentence; or empty. */
struct str load_contradiction(const struct load *load);
/* Describes a load: "50 users for 2m, ramp 10s", "20/s for 5m, random spacing", "1 user once". */
void load_put(struct buf *out, const struct load *load);

/* Describes all loads of a file: the common one, if a scenario is selected under it, and those of
 * scenarios: "50 users for 2m; Buy: 20/s for 5m, starting after 1m". */
void load_put_all(struct buf *out, const struct model *model);
/* Whether a scenario is selected under the common load. */
bool load_common_used(const struct model *model);
/* The maximum number of concurrent users of all loads; 0: not limited. */
uint64_t load_peak_users_all(const struct model *model);

#endif
