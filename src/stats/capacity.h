/*
 * The search for the largest load that passes the thresholds. Pure: the caller runs the trials,
 * asks for the next level and reports its result. From the first level the load doubles until
 * the thresholds fail or the maximum is reached; then the gap is halved until it is 2 % (or one
 * user); then the largest level that passed is tried again, and lowered a little if it does not
 * pass twice. Levels are arrivals per second, or users. At most CAPACITY_TRIALS.
 */
#ifndef STATS_CAPACITY_H
#define STATS_CAPACITY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

struct summary;

#define CAPACITY_TRIALS 48u

enum capacity_phase { CAPACITY_BRACKETING, CAPACITY_BISECTING, CAPACITY_CONFIRMING, CAPACITY_DONE };

/* Why no larger level was found. */
enum capacity_stop {
	CAPACITY_RUNNING,
	CAPACITY_THRESHOLDS,  /* the next larger level failed the thresholds */
	CAPACITY_GENERATOR,   /* the load generator could not keep up with the next larger level */
	CAPACITY_MAX,	      /* the maximum level passed */
	CAPACITY_FIRST_FAILS, /* the first level failed */
	CAPACITY_INTERRUPTED,
};

struct capacity_trial {
	double level;
	double per_second; /* ok responses; NAN if it was too short */
	double error_rate;
	ns_t p50, p95, p99; /* -1: no samples */
	unsigned long long dropped;
	bool holds;   /* the thresholds */
	bool limited; /* they failed, and the load generator could not keep up */
	bool again;   /* a level that was tried before */
};

struct capacity {
	bool wanted, whole; /* WHOLE: of users */
	double from, to;
	enum capacity_phase phase;
	enum capacity_stop stop;
	double low, high; /* the largest level that passed, the smallest that failed; 0: none yet */
	bool confirmed;	  /* `low` passed twice */
	unsigned lowered; /* number of second tries that failed */
	unsigned count;
	struct capacity_trial trials[CAPACITY_TRIALS];
};

/* A search from the load FROM up to TO: users if WHOLE, else arrivals per second. */
void capacity_init(struct capacity *c, double from, double to, bool whole);
/* The level to try next; false when the search has ended. */
bool capacity_next(const struct capacity *c, double *level);
/* The result of the trial at the requested level. */
void capacity_add_trial(struct capacity *c, const struct capacity_trial *trial);
/* Adds the run that the result describes to the curve: the level that was found, again. */
void capacity_add_result(struct capacity *c, const struct capacity_trial *trial);
/* No further trial: a signal arrived. */
void capacity_interrupt(struct capacity *c);
/* The result; 0: no level passed. */
double capacity_found(const struct capacity *c);
/* The largest level at which the server still responded as fast as at the first one: its p95 is
 * at most twice that of the smallest load, and no request was lost. 0: none. */
double capacity_knee(const struct capacity *c);
/* The figures of a trial at LEVEL from its counts; the caller sets `holds` and `limited`. */
void capacity_measure(struct capacity_trial *trial, double level, const struct summary *s);
/* "the next larger load failed the thresholds". */
const char *capacity_stop_text(enum capacity_stop stop);
/* "thresholds". */
const char *capacity_stop_name(enum capacity_stop stop);

#endif
