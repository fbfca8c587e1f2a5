#include "stats/capacity.h"

#include <math.h>

#include "stats/summary.h"

#define FINE	    1.02 /* relative gap at which bisection ends */
#define LOWER	    0.97 /* factor after a second try that failed */
#define LOWERED_MAX 4u

void capacity_init(struct capacity *c, double from, double to, bool whole)
{
	*c = (struct capacity){.wanted = true, .whole = whole, .from = from, .to = to};
}

static double rounded(const struct capacity *c, double level)
{
	return c->whole ? floor(level + 0.5) : level;
}

static bool is_fine(const struct capacity *c)
{
	return c->high <= c->low * FINE || (c->whole && c->high - c->low <= 1);
}

bool capacity_next(const struct capacity *c, double *level)
{
	double doubled = c->low > 0 ? c->low * 2 : c->from;

	switch (c->phase) {
	case CAPACITY_BRACKETING:
		*level = rounded(c, doubled < c->to ? doubled : c->to);
		return true;
	case CAPACITY_BISECTING:
		*level = rounded(c, (c->low + c->high) / 2);
		return true;
	case CAPACITY_CONFIRMING:
		*level = c->low;
		return true;
	case CAPACITY_DONE:
		break;
	}
	return false;
}

static void end(struct capacity *c, enum capacity_stop stop)
{
	c->phase = CAPACITY_DONE;
	if (c->stop == CAPACITY_RUNNING)
		c->stop = stop;
}

/* The largest level that passed below one that failed. */
static double largest_below(const struct capacity *c, double level)
{
	double best = 0;

	for (unsigned i = 0; i < c->count; i++)
		if (c->trials[i].holds && c->trials[i].level < level && c->trials[i].level > best)
			best = c->trials[i].level;
	return best;
}

static void add_confirmation(struct capacity *c, bool holds)
{
	double lower = rounded(c, c->low * LOWER);

	if (holds) {
		c->confirmed = true;
		end(c, CAPACITY_THRESHOLDS);
		return;
	}
	c->high = c->low;
	c->stop = CAPACITY_THRESHOLDS;
	if (c->whole && lower >= c->low)
		lower = c->low - 1;
	/* A level that passed is tried again; a slightly lower one is more likely to be the
	 * maximum. */
	c->low = largest_below(c, c->high) > 0 ? lower : 0;
	if (c->low <= 0) {
		c->stop = CAPACITY_FIRST_FAILS;
		end(c, CAPACITY_FIRST_FAILS);
	} else if (++c->lowered > LOWERED_MAX) {
		c->low = largest_below(c, c->high);
		end(c, CAPACITY_THRESHOLDS);
	}
}

static void add_level(struct capacity *c, const struct capacity_trial *trial)
{
	if (trial->holds) {
		c->low = trial->level;
		if (c->high > 0)
			return;
		if (trial->level >= c->to) {
			c->phase = CAPACITY_CONFIRMING;
			c->stop = CAPACITY_MAX;
		}
		return;
	}
	c->high = trial->level;
	c->stop = trial->limited ? CAPACITY_GENERATOR : CAPACITY_THRESHOLDS;
	if (c->low <= 0) {
		c->stop = CAPACITY_FIRST_FAILS;
		c->phase = CAPACITY_DONE;
	}
}

void capacity_add_trial(struct capacity *c, const struct capacity_trial *trial)
{
	bool confirms = c->phase == CAPACITY_CONFIRMING;

	if (c->count < CAPACITY_TRIALS) {
		c->trials[c->count] = *trial;
		c->trials[c->count++].again = confirms;
	}
	if (confirms)
		add_confirmation(c, trial->holds);
	else
		add_level(c, trial);
	if (c->phase <= CAPACITY_BISECTING && c->high > 0)
		c->phase = is_fine(c) ? CAPACITY_CONFIRMING : CAPACITY_BISECTING;
	if (c->phase != CAPACITY_DONE && c->count >= CAPACITY_TRIALS - 1)
		end(c, CAPACITY_THRESHOLDS);
}

void capacity_add_result(struct capacity *c, const struct capacity_trial *trial)
{
	if (c->count == CAPACITY_TRIALS)
		return;
	c->trials[c->count] = *trial;
	c->trials[c->count++].again = true;
}

void capacity_interrupt(struct capacity *c)
{
	if (c->phase == CAPACITY_DONE)
		return;
	c->phase = CAPACITY_DONE;
	c->stop = CAPACITY_INTERRUPTED;
}

double capacity_found(const struct capacity *c)
{
	return c->low;
}

double capacity_knee(const struct capacity *c)
{
	const struct capacity_trial *least = NULL;
	double knee = 0;

	for (unsigned i = 0; i < c->count; i++)
		if (c->trials[i].p95 >= 0 && (!least || c->trials[i].level < least->level))
			least = &c->trials[i];
	for (unsigned i = 0; least && i < c->count; i++) {
		const struct capacity_trial *t = &c->trials[i];

		if (t->p95 >= 0 && t->p95 <= 2 * least->p95 && t->error_rate <= least->error_rate &&
		    !t->dropped && t->level > knee)
			knee = t->level;
	}
	return knee;
}

void capacity_measure(struct capacity_trial *t, double level, const struct summary *s)
{
	const struct series_counts *counts = &s->all.counts;
	const struct histogram *times = &s->all.times[TIME_response];
	bool any = counts->ok > 0;

	*t = (struct capacity_trial){
	    .level = level,
	    .p50 = any ? histogram_percentile(times, 50) : -1,
	    .p95 = any ? histogram_percentile(times, 95) : -1,
	    .p99 = any ? histogram_percentile(times, 99) : -1,
	    .dropped = s->run.arrivals_dropped,
	};
	t->per_second = NAN;
	if (s->duration >= SUMMARY_RATE_MIN)
		t->per_second = (double)counts->ok * (double)NS_PER_S / (double)s->duration;
	if (counts->started)
		t->error_rate =
		    (double)recorder_series_counts_failed(counts) / (double)counts->started;
}

static const struct {
	const char *name, *why;
} stops[] = {
    [CAPACITY_RUNNING] = {"goes_on", "the search is not finished"},
    [CAPACITY_THRESHOLDS] = {"thresholds", "the next larger load failed the thresholds"},
    [CAPACITY_GENERATOR] = {"generator",
			    "the load generator could not keep up with the next larger load"},
    [CAPACITY_MAX] = {"most", "the maximum load of the search passed"},
    [CAPACITY_FIRST_FAILS] = {"first_fails", "the first load failed"},
    [CAPACITY_INTERRUPTED] = {"interrupted", "the search was interrupted"},
};

const char *capacity_stop_text(enum capacity_stop stop)
{
	return stops[stop].why;
}

const char *capacity_stop_name(enum capacity_stop stop)
{
	return stops[stop].name;
}
