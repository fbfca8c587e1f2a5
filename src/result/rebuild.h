/*
 * Rebuilds a result from stored seconds (result/archive.h): they go through the same totals,
 * thresholds and outputs as those of a run. For report and merge. Main thread.
 */
#ifndef RESULT_REBUILD_H
#define RESULT_REBUILD_H

#include "result/output_set.h"
#include "result/facts.h"
#include "stats/summary.h"

struct rebuild {
	struct run_facts facts;
	struct summary total;
	struct threshold_judge judge;
	struct generator_health health;
	struct verdict_validity validity;
	struct verdict verdict;
	struct output_set outputs;
};

/* FACTS with their table and thresholds must outlive it. */
void rebuild_init(struct rebuild *r, const struct run_facts *facts);
void rebuild_release(struct rebuild *r);
/* A complete second; closed here at the end of M. */
void rebuild_second(struct rebuild *r, struct summary *second, const struct run_interval *m);
/* Adds the measurements of the load generator in M to HEALTH. */
void rebuild_health(struct generator_health *health, const struct run_interval *m);
/* Evaluates thresholds and validity. */
void rebuild_judge(struct rebuild *r);

#endif
