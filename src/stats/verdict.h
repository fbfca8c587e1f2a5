/*
 * The outcome of a run, and whether the result is valid: whether the load generator could keep up.
 * Pure functions; collector's thread.
 */
#ifndef STATS_VERDICT_H
#define STATS_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "stats/health.h"
#include "stats/summary.h"

/* Why a result is not valid: X(name, code in results). Each has its own remedy. */
#define VERDICT_CAUSES(X)                                                                          \
	X(CPU, "cpu")                                                                              \
	X(LAG, "lag")                                                                              \
	X(QUOTA, "quota")                                                                          \
	X(STEAL, "steal")                                                                          \
	X(FILES, "files")                                                                          \
	X(PORTS, "ports")                                                                          \
	X(NO_SAMPLES, "no_samples")                                                                \
	X(OTHER, "other")                                                                          \
	X(WAITING, "waiting")                                                                      \
	X(STOPPED, "stopped")                                                                      \
	X(NOT_BEGUN, "not_begun")                                                                  \
	X(THREADS, "threads")                                                                      \
	X(INTERNAL, "internal")
#define VERDICT_CAUSE_ENUM(name, code) VERDICT_##name,
enum verdict_cause { VERDICT_CAUSES(VERDICT_CAUSE_ENUM) VERDICT_CAUSE_COUNT };
#undef VERDICT_CAUSE_ENUM

/* "cpu". */
extern const char *const verdict_cause_names[VERDICT_CAUSE_COUNT];

#define VERDICT_REASONS 8
#define VERDICT_TEXT	160
struct verdict_validity {
	bool valid;
	unsigned count;
	enum verdict_cause causes[VERDICT_REASONS];
	char reasons[VERDICT_REASONS]
		    [VERDICT_TEXT]; /* "the load generator could not keep up for 14 of 60 s (…)" */
};
/* Evaluates limited seconds, failures of the generator itself, and missing samples. */
void verdict_judge(struct verdict_validity *v, const struct summary *s,
		   const struct generator_health *h);
/* False: no connection to the target was made. */
bool verdict_reached(const struct summary *s);
/* False: teardown failed. No threshold allows that. */
bool verdict_teardown_passed(const struct summary *s);
/* False: no request was measured, neither an ok one nor a failed one. */
bool verdict_has_data(const struct summary *s);

/* How a run ended. */
enum verdict_outcome { VERDICT_FAIL, VERDICT_PASS, VERDICT_NO_DATA, VERDICT_UNJUDGED };

/* The evidence for the outcome of a run or of a result that is read again. */
struct verdict_evidence {
	const struct summary *summary;
	size_t thresholds;	/* number of thresholds, defaults included */
	bool thresholds_passed; /* all of them */
	bool once;		/* --once: any failure fails the run, and there are no thresholds */
	bool shard;		/* one of several: the merged result gets the outcome */
	bool reached;
	bool failed; /* for a reason that no threshold allows: setup, a search that found nothing,
			--fail-fast, a missing thread */
};

/* The only pass/fail rule: for run, report and merge. */
enum verdict_outcome verdict_decide(const struct verdict_evidence *e);
/* "pass", "fail", "no_data", "unjudged". */
const char *verdict_outcome_name(enum verdict_outcome outcome);
/* Whether the exit status is that of a failure. */
static inline bool verdict_is_failure(enum verdict_outcome outcome)
{
	return outcome == VERDICT_FAIL || outcome == VERDICT_NO_DATA;
}
/* Makes the result not valid, for CAUSE. */
void verdict_add(struct verdict_validity *v, enum verdict_cause cause, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, for VERDICT_OTHER ("data ran out: …"). */
void verdict_add_reason(struct verdict_validity *v, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same, in front of all other reasons. */
void verdict_put_first_reason(struct verdict_validity *v, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
