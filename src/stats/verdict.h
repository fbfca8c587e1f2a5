/*
 * Can the figures be believed? The generator's own health: in which seconds it was the limit (a
 * thread's CPU, or a schedule it could not keep), and whether that spoils the result. Fed once a
 * second by the collector; pure arithmetic, collector's thread.
 */
#ifndef STATS_VERDICT_H
#define STATS_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "stats/health.h"
#include "stats/summary.h"

/* What spoils a result, for whoever says what helps. */
enum verdict_cause {
	VERDICT_CPU,
	VERDICT_LAG,
	VERDICT_QUOTA,
	VERDICT_STEAL,
	VERDICT_FILES,
	VERDICT_PORTS,
	VERDICT_NO_SAMPLES,
	VERDICT_OTHER,
};

#define VERDICT_REASONS 8
#define VERDICT_TEXT	160
struct verdict_validity {
	bool valid;
	unsigned count;
	enum verdict_cause causes[VERDICT_REASONS];
	char reasons[VERDICT_REASONS]
		    [VERDICT_TEXT]; /* "the generator was the limit for 14 of 60 s (…)" */
};
/* Judges: limited seconds, failures that were the generator's own, no samples at all. */
void verdict_judge(struct verdict_validity *v, const struct summary *s,
		   const struct generator_health *h);
/* False: no connection to the target was ever made. */
bool verdict_reached(const struct summary *s);
/* What passes a run without thresholds: no request, iteration or user failed. */
bool verdict_nothing_failed(const struct summary *s);
/* False: teardown failed. No threshold allows that. */
bool verdict_teardown_passed(const struct summary *s);
/* A further reason of the caller's ("data ran out: …"); makes it not valid. */
void verdict_add_reason(struct verdict_validity *v, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
