/*
 * The search for the largest load that keeps the thresholds. Pure: whoever performs the trials asks
 * which level comes next and tells what it brought. From the first level the load doubles until the
 * thresholds fail or the most is reached; then the gap is halved until it is 2 % (or one user);
 * then the largest that held is tried again, and lowered a little when it does not hold twice.
 * Levels are arrivals per second, or whole users. At most CAPACITY_TRIALS.
 */
#ifndef STATS_CAPACITY_H
#define STATS_CAPACITY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

struct summary;

#define CAPACITY_TRIALS 48u

enum capacity_phase { CAPACITY_BRACKETING, CAPACITY_BISECTING, CAPACITY_CONFIRMING, CAPACITY_DONE };

/* Why nothing larger was found. */
enum capacity_stop {
	CAPACITY_RUNNING,
	CAPACITY_THRESHOLDS,  /* the next larger level broke them */
	CAPACITY_GENERATOR,   /* the next larger level was too much for ourselves */
	CAPACITY_MAX,	      /* the most that was to be tried holds */
	CAPACITY_FIRST_FAILS, /* not even the first level holds */
	CAPACITY_INTERRUPTED,
};

struct capacity_trial {
	double level;
	double per_second; /* answers that were ok */
	double error_rate;
	ns_t p50, p95, p99; /* -1: no samples */
	unsigned long long dropped;
	bool holds;   /* the thresholds */
	bool limited; /* they do not, and the generator was the limit */
	bool again;   /* a level that was tried before */
};

struct capacity {
	bool wanted, whole; /* WHOLE: of users */
	double from, to;
	enum capacity_phase phase;
	enum capacity_stop stop;
	double low, high; /* the largest that held, the smallest that did not; 0: none yet */
	bool confirmed;	  /* `low` held twice */
	unsigned lowered; /* times a second try failed */
	unsigned count;
	struct capacity_trial trials[CAPACITY_TRIALS];
};

/* A search from the load FROM up to TO: users where WHOLE, else arrivals a second. */
void capacity_init(struct capacity *c, double from, double to, bool whole);
/* The level to try next; false when the search is over. */
bool capacity_next(const struct capacity *c, double *level);
/* What the level that was asked for brought. */
void capacity_add_trial(struct capacity *c, const struct capacity_trial *trial);
/* There will be no further trial: a signal came. */
void capacity_interrupt(struct capacity *c);
/* What was found; 0: nothing held. */
double capacity_found(const struct capacity *c);
/* The largest level at which the server still answered like at the first one: its p95 no more than
 * twice that of the smallest load, and nothing lost. 0: none. */
double capacity_knee(const struct capacity *c);
/* The figures of a trial at LEVEL from what it counted; `holds` and `limited` are the caller's. */
void capacity_measure(struct capacity_trial *trial, double level, const struct summary *s);
/* "the next larger load broke the thresholds". */
const char *capacity_stop_text(enum capacity_stop stop);
/* "thresholds". */
const char *capacity_stop_name(enum capacity_stop stop);

#endif
