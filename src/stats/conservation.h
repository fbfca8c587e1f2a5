/*
 * Conservation of counts: whatever was counted at one place is counted at the others too. A check
 * of the program itself, made at the end of every run; pure.
 */
#ifndef STATS_CONSERVATION_H
#define STATS_CONSERVATION_H

#include "base/buf.h"
#include "stats/summary.h"

/*
 * Checks S, the totals of a run after all its users have left: every request, iteration and group
 * that was started has ended, the series add up to the totals, and so do the seconds and the
 * histograms. False with the first mismatch appended to WHY.
 */
bool conservation_check(const struct summary *s, struct buf *why);

#endif
